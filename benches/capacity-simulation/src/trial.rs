//! One search on a simulated target.

use crate::Setting;
use crate::world::World;
use proofload_capacity_search::{Decision, Finding, Search, SearchSettings, StepResult};

/// What the program gives a search of three minutes, in seconds.
pub const BUDGET_S: f64 = 165.0;

/// What came of a search.
#[derive(Debug, Clone)]
pub struct Trial {
    /// What it found.
    pub finding: Finding,
    /// The steps it made.
    pub steps: Vec<StepResult>,
    /// How long it took, in simulated seconds.
    pub elapsed_s: f64,
}

/// Searches with the program's defaults.
pub fn search(setting: &Setting, seed: u64) -> Trial {
    let mut world = World::new(setting, seed);
    let mut search = Search::new(SearchSettings {
        allowed: world.allowed(),
        start_per_s: 20.0,
        floor_per_s: 1.0,
        ceiling_per_s: 1e6,
        step_s: 2.0,
        budget_s: BUDGET_S,
        hold_s: setting.hold_s,
    });
    let mut plan = search.first();
    loop {
        let result = world.step(plan);
        let elapsed_s = result.elapsed_s;
        match search.next(result) {
            Decision::Measure(next) => plan = next,
            Decision::Finished(finding) => {
                return Trial {
                    finding,
                    steps: search.steps().to_vec(),
                    elapsed_s,
                };
            }
        }
    }
}
