//! Answers that never arrive, or not whole: the core says which, the standalone server loses them.

use crate::defects::Defect;
use crate::state::State;
use std::sync::atomic::Ordering;

/// What becomes of an answer on its way; stands in the extensions of the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The connection is closed in the middle of its body.
    Cut,
    /// The connection is closed before it.
    Dropped,
    /// Nothing happens any more.
    Hung,
}

/// What becomes of the next answer; none when it arrives. To be asked once for each.
pub(crate) fn fate(server: &State) -> Option<Fate> {
    const REGULARLY: [(Defect, u64, Fate); 3] = [
        (Defect::CutsAnswers, 29, Fate::Cut),
        (Defect::DropsConnections, 31, Fate::Dropped),
        (Defect::NeverAnswers, 61, Fate::Hung),
    ];
    let number = server.memory.answers.fetch_add(1, Ordering::Relaxed) + 1;
    let regularly = REGULARLY
        .iter()
        .find(|(defect, every, _)| server.has(*defect) && number.is_multiple_of(*every));
    if let Some((_, _, fate)) = regularly {
        return Some(*fate);
    }
    let lot = scattered(number);
    if !server.has(Defect::LosesAnswers) || lot % 100 >= 3 {
        return None;
    }
    Some([Fate::Cut, Fate::Dropped, Fate::Hung][usize::try_from(lot / 100 % 3).unwrap_or_default()])
}

/// Numbers that look random and are the same in every run (the finalizer of `SplitMix64`).
fn scattered(number: u64) -> u64 {
    let mut lot = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    lot = (lot ^ (lot >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    lot = (lot ^ (lot >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    lot ^ (lot >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn fates(defect: Defect, answers: usize) -> Vec<Option<Fate>> {
        let server = State::new(Settings {
            defects: vec![defect],
            ..Settings::default()
        });
        (0..answers).map(|_| fate(&server)).collect()
    }

    #[test]
    fn answers_are_lost_regularly_or_at_random() {
        let dropped = fates(Defect::DropsConnections, 62);
        assert_eq!((dropped[30], dropped[61]), (Some(Fate::Dropped), Some(Fate::Dropped)));
        assert_eq!(dropped.iter().flatten().count(), 2);
        assert_eq!(fates(Defect::NoAllow, 500), vec![None; 500]);
        let lost = fates(Defect::LosesAnswers, 2_000);
        let count = |fate| lost.iter().flatten().filter(|lost| **lost == fate).count();
        for fate in [Fate::Cut, Fate::Dropped, Fate::Hung] {
            assert!((8..40).contains(&count(fate)), "{fate:?}: {}", count(fate));
        }
        assert_eq!(lost, fates(Defect::LosesAnswers, 2_000));
    }
}
