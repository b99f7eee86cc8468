//! What limits on the rate cost a run, in sentences: whom they are on, and what was waited for.

use super::{Cost, Route};
use crate::findings::time_in_words;

/// So many routes are named at most; more are counted.
const MOST: usize = 3;

impl Cost {
    /// The notes on it; none where nothing was refused for there having been too many.
    pub fn told(&self) -> Vec<String> {
        made_again(self).into_iter().chain(too_late(self)).collect()
    }
}

fn made_again(cost: &Cost) -> Option<String> {
    if cost.pushed_back == 0 {
        return None;
    }
    let calls = if cost.pushed_back == 1 { "call" } else { "calls" };
    let whose = if cost.held_all {
        "limits its rate".to_owned()
    } else {
        format!("refuses calls of {}", named(&cost.routes))
    };
    let in_the_end = match cost.apart.as_secs_f64() {
        apart if apart > 0.0 => format!(
            "; in the end it was sent {:.0} calls a second at most",
            apart.recip().max(1.0)
        ),
        _ => String::new(),
    };
    Some(format!(
        "The target, or what stands before it, {whose}: {} {calls} answered 429 or 503 were made again, and there was waiting \
         for it during {:.0} s of the run{in_the_end}.",
        cost.pushed_back,
        cost.waited.as_secs_f64().ceil()
    ))
}

fn too_late(cost: &Cost) -> Option<String> {
    let (first, count) = cost.too_late.as_ref()?;
    let more = match count {
        0 | 1 => String::new(),
        _ => format!(", and so were {} more", count - 1),
    };
    Some(format!(
        "{} was answered {}, to come again in {}{more}: that is beyond the time limit of this run (--time-limit), and was not \
         waited for.",
        first.route,
        first.status,
        time_in_words(first.retry_after.unwrap_or_default())
    ))
}

/// Routes by name, or how many there are.
fn named(routes: &[Route]) -> String {
    if routes.len() > MOST {
        return format!("{} routes", routes.len());
    }
    let names: Vec<String> = routes.iter().map(Route::to_string).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::throttle::Refusal;
    use crate::messages::Draft;
    use http::Method;
    use std::time::Duration;

    #[test]
    fn one_route_is_named_and_an_hour_that_was_not_waited_is_not_counted() {
        let route = Route::of(&Draft::new(Method::GET, "/api/v1/Tags"));
        let refusal = Refusal {
            route: route.clone(),
            status: 503,
            retry_after: Some(Duration::from_secs(3600)),
        };
        let cost = Cost {
            pushed_back: 2,
            routes: vec![route],
            held_all: false,
            apart: Duration::ZERO,
            waited: Duration::from_millis(900),
            too_late: Some((refusal, 8)),
        };
        assert_eq!(
            cost.told(),
            [
                "The target, or what stands before it, refuses calls of GET /api/v1/Tags: 2 calls answered 429 or 503 were made \
                 again, and there was waiting for it during 1 s of the run.",
                "GET /api/v1/Tags was answered 503, to come again in 60 minutes, and so were 7 more: that is beyond the time \
                 limit of this run (--time-limit), and was not waited for.",
            ]
        );
    }
}
