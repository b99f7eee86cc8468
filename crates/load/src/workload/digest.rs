//! What tells two workloads apart that have the same name.

use super::data::Data;
use super::images::Image;
use super::model::{ArrivalPlan, Workload};
use proofload_results::hash::sha256;
use std::fmt::Write as _;

/// SHA-256 of what is sent and in which manner: journeys with all their steps, pictures, values, guards, the arrival process. How much
/// of it, for how long and held to what is compared by itself, in words that say more.
pub(crate) fn digest(workload: &Workload, images: &[Image], data: Option<&Data>) -> String {
    let mut text = String::new();
    let process = match &workload.arrivals {
        ArrivalPlan::Open { random: true, .. } => "random".to_owned(),
        ArrivalPlan::Open { random: false, .. } => "constant".to_owned(),
        ArrivalPlan::Closed { think, .. } => format!("closed, think {think:?}"),
    };
    // Quoted as Debug does it, nothing in one of them can pass for another.
    let _ = writeln!(text, "{process:?}\n{:?}\n{:?}", workload.journeys, workload.guard);
    for image in images {
        let _ = writeln!(text, "image {}", sha256(&image.jpeg));
    }
    if let Some(data) = data {
        let _ = writeln!(text, "data {:?}", data.table());
    }
    sha256(text)
}

#[cfg(test)]
mod tests {
    use super::super::{ImageSource, Override, load_images};
    use super::*;

    fn of(set: &[&str], pictures: &str) -> String {
        let set: Vec<Override> = set.iter().map(|text| text.parse().unwrap()).collect();
        let workload = Workload::find_changed("camera-feed", &set).unwrap();
        let images = load_images(&ImageSource::BuiltIn(vec![pictures.to_owned()]))
            .unwrap()
            .sent;
        digest(&workload, &images, None)
    }

    #[test]
    fn what_is_sent_tells_workloads_apart_and_how_much_of_it_does_not() {
        let [one, other] = [0, 1].map(|index| proofload_deployment::images::ALL[index].name());
        let plain = of(&[], one);
        assert_eq!(plain, of(&["duration=7s"], one));
        assert_eq!(plain.len(), 64);
        let set = |change: &str| of(&[change], one);
        let (even, random) = (set("arrivals.process=constant"), set("arrivals.process=poisson"));
        let others = [
            of(&[], other),
            even,
            random,
            set("guard=1/s"),
            set("journeys.camera.cameras=3"),
        ];
        for (index, changed) in others.iter().enumerate() {
            let same = others.iter().filter(|other| *other == changed).count();
            assert_eq!(same, 1, "{index}");
        }
    }
}
