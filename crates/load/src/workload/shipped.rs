//! The scenarios that come with the program.

/// A scenario that comes with the program.
#[derive(Debug, Clone, Copy)]
pub struct Shipped {
    /// Its name.
    pub name: &'static str,
    /// Its file.
    pub text: &'static str,
}

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        [$(Shipped {
            name: $name,
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/", $name, ".toml")),
        }),*]
    };
}

/// The scenarios that come with the program, the simplest first.
pub const SHIPPED: [Shipped; 7] = shipped![
    "smoke",
    "camera-feed",
    "publish-with-response",
    "field-mix",
    "shift-change",
    "token-churn",
    "soak",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Workload;

    #[test]
    fn every_shipped_scenario_reads_and_says_what_it_is() {
        for shipped in SHIPPED {
            let workload = Workload::find(shipped.name).unwrap_or_else(|error| panic!("{}: {error}", shipped.name));
            assert_eq!(workload.name, shipped.name);
            assert!(workload.description.ends_with(['.', '?']), "{}", shipped.name);
        }
    }
}
