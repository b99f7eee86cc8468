//! What the options of `proofload gate` hold beside what those of every command do.

use crate::cli::Failure;
use crate::cli::shared::exit_of;
use crate::cli::shared::format::{Format, Shows};
use crate::cli::shared::values;
use clap::ValueEnum;
use clap::builder::PossibleValue;
use proofload_gate::Scope;
use proofload_reports::console::Style;
use proofload_reports::gate::annotations;
use proofload_results::gate::GateReport;
use std::str::FromStr;

/// The formats of every command, and one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GateFormat {
    /// One that every command knows.
    Shared(Format),
    /// Workflow commands, which GitHub shows beside the change.
    Annotations,
}

impl ValueEnum for GateFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Shared(Format::Console),
            Self::Shared(Format::Html),
            Self::Shared(Format::Junit),
            Self::Shared(Format::Markdown),
            Self::Shared(Format::Json),
            Self::Shared(Format::Csv),
            Self::Annotations,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Shared(format) => format.to_possible_value(),
            Self::Annotations => {
                let help = "Workflow commands, which GitHub shows beside the change";
                Some(PossibleValue::new("annotations").help(help))
            }
        }
    }
}

impl Shows<GateReport> for GateFormat {
    fn show(self, report: &GateReport, name: &str, style: &Style) -> Result<String, Failure> {
        match self {
            Self::Shared(format) => format.show(report, name, style),
            Self::Annotations => Ok(annotations::render(report)),
        }
    }
}

/// What an inconclusive gate ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Inconclusive {
    /// Exit code 0
    Pass,
    /// Exit code 1
    Fail,
}

impl Inconclusive {
    /// As whoever decides on exit codes wants it.
    pub(super) fn decided(choice: Option<Self>) -> exit_of::Inconclusive {
        match choice {
            None => exit_of::Inconclusive::Invalid,
            Some(Self::Pass) => exit_of::Inconclusive::Passes,
            Some(Self::Fail) => exit_of::Inconclusive::Fails,
        }
    }
}

/// `5%`, `p99=20%`, `publish=10%`, `publish.p99=30%`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tolerance {
    /// What it is about; none for everything.
    pub(super) scope: Option<Scope>,
    /// How much worse it may be, as a share.
    pub(super) share: f64,
}

impl FromStr for Tolerance {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (scope, share) = match text.split_once('=') {
            Some((scope, share)) => (Some(scope.parse()?), share),
            None => (None, text),
        };
        Ok(Self {
            scope,
            share: values::percent(share)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tolerances_read_as_people_write_them() {
        for (text, scope, share) in [
            ("5%", None, 0.05),
            ("p99=20%", Some("p99"), 0.2),
            ("publish.p99=0.5%", Some("publish.p99"), 0.005),
        ] {
            let tolerance: Tolerance = text.parse().unwrap();
            assert_eq!(
                tolerance.scope.map(|scope| scope.to_string()).as_deref(),
                scope,
                "{text}"
            );
            assert!((tolerance.share - share).abs() < 1e-12, "{text}");
        }
        for text in ["", "5", "-5%", "NaN%", "inf%", "p42x.p9=5%", "p99=", "=5%", "1e9%"] {
            assert!(text.parse::<Tolerance>().is_err(), "{text:?} was taken");
        }
    }

    #[test]
    fn every_format_of_every_command_is_one_of_the_gate() {
        let names = |value: &dyn Fn() -> Vec<PossibleValue>| -> Vec<String> {
            value().iter().map(|value| value.get_name().to_owned()).collect()
        };
        let shared = names(&|| {
            Format::value_variants()
                .iter()
                .filter_map(ValueEnum::to_possible_value)
                .collect()
        });
        let mut gate = names(&|| {
            GateFormat::value_variants()
                .iter()
                .filter_map(ValueEnum::to_possible_value)
                .collect()
        });
        assert_eq!(gate.pop().as_deref(), Some("annotations"));
        assert_eq!(gate, shared);
    }
}
