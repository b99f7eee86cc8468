//! Why a command could not do its work, as a type, and what can be done about it with the options that a command has.

use crate::offered::Offered;
use proofload_capacity::{CapacityError, ObjectiveError};
use proofload_deployment::client::TransportError;
use proofload_deployment::{Pin, Refusal};
use proofload_gate::GateError;
use proofload_load::{LoadError, WorkloadError};
use proofload_results::record::RecordError;

/// Why a command could not do its work, where there is something to advise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It was not stated that the target may be loaded.
    MayNotLoad,
    /// There is no account to log in with.
    NoAccount,
    /// Fewer virtual users than journeys.
    TooFewUsers {
        /// So many are needed.
        least: u32,
    },
    /// Fewer file descriptors than virtual users.
    TooFewDescriptors {
        /// So many are needed.
        needed: u64,
    },
    /// Fewer local ports than connections.
    TooFewPorts,
    /// No call falls due.
    NothingDue,
    /// The run is to start too early.
    StartsTooEarly,
    /// The run is to start too late.
    StartsTooLate,
    /// The users of a closed workload set the pace.
    NoRate,
    /// An objective speaks of the rate.
    ObjectiveOnRate,
    /// A search has no objective.
    NoObjective,
    /// An objective allows more time than calls get.
    ObjectiveBeyondTimeout,
    /// The run directory holds something.
    DirectoryNotEmpty,
    /// There is no time for as many pairs of blocks as are needed.
    TooFewPairs,
    /// Pairs of blocks took longer than planned.
    TooSlowPairs,
    /// No operation was called often enough in blocks.
    TooFewCalls,
    /// No operation of the runs is compared.
    NothingCompared,
    /// The patterns select no case.
    NoCaseSelected,
    /// There is no configuration file.
    NoConfiguration,
    /// The target's certificate is not trusted.
    Untrusted {
        /// Its key, where it can be read.
        pin: Option<Pin>,
        /// Whether a certificate could vouch for it.
        by_certificate: bool,
    },
    /// The key of the target's certificate is too short to be checked.
    ShortKey,
    /// The addresses to connect from are of another family than the target's.
    OwnAddress,
    /// The target demands a client certificate.
    WantsCertificate,
    /// The target holds another key than the pinned one.
    OtherKey {
        /// The key it holds, where it can be read.
        pin: Option<Pin>,
    },
}

impl Reason {
    /// Why a load run could not be made.
    pub fn of_load(error: &LoadError) -> Option<Self> {
        Some(match error {
            LoadError::NotAllowed(_) => Self::MayNotLoad,
            LoadError::NoAccount(_) => Self::NoAccount,
            LoadError::TooFewUsers { journeys, machines, .. } => Self::TooFewUsers {
                least: journeys.saturating_mul(*machines),
            },
            LoadError::TooFewPorts { .. } => Self::TooFewPorts,
            LoadError::TooFewDescriptors { needed, .. } => Self::TooFewDescriptors { needed: *needed },
            LoadError::NothingDue { .. } => Self::NothingDue,
            LoadError::StartIsPast { .. } | LoadError::StartWasMissed { .. } => Self::StartsTooEarly,
            LoadError::StartIsFar { .. } => Self::StartsTooLate,
            LoadError::Workload(error) => return Self::of_workload(error),
            LoadError::Record(error) => return Self::of_record(error),
            _ => return None,
        })
    }

    /// Why there is no workload.
    pub fn of_workload(error: &WorkloadError) -> Option<Self> {
        matches!(error, WorkloadError::NoRate(_)).then_some(Self::NoRate)
    }

    /// Why a search could not be made.
    pub fn of_capacity(error: &CapacityError) -> Option<Self> {
        match error {
            CapacityError::Load(error) => Self::of_load(error),
            CapacityError::Record(error) => Self::of_record(error),
            CapacityError::Objectives(ObjectiveError::None) => Some(Self::NoObjective),
            CapacityError::Objectives(ObjectiveError::AboutTheRate(_)) => Some(Self::ObjectiveOnRate),
            CapacityError::Objectives(ObjectiveError::BeyondTimeout { .. }) => Some(Self::ObjectiveBeyondTimeout),
            _ => None,
        }
    }

    /// Why runs could not be compared.
    pub fn of_gate(error: &GateError) -> Option<Self> {
        match error {
            GateError::Load { error, .. } => Self::of_load(error),
            GateError::Record(error) => Self::of_record(error),
            GateError::Time { .. } => Some(Self::TooFewPairs),
            GateError::TooSlow { .. } => Some(Self::TooSlowPairs),
            GateError::TooFewCalls => Some(Self::TooFewCalls),
            GateError::NothingCompared { .. } => Some(Self::NothingCompared),
            _ => None,
        }
    }

    /// Why no answer came.
    pub fn of_transport(error: &TransportError) -> Option<Self> {
        if matches!(error, TransportError::WantsCertificate { .. }) {
            return Some(Self::WantsCertificate);
        }
        if matches!(error, TransportError::OwnAddress { .. }) {
            return Some(Self::OwnAddress);
        }
        let TransportError::Untrusted { refused, .. } = error else {
            return None;
        };
        let pin = refused.pin;
        Some(match refused.reason {
            Refusal::OtherKey => Self::OtherKey { pin },
            Refusal::ShortKey { .. } => Self::ShortKey,
            Refusal::UnknownIssuer | Refusal::Authority { .. } | Refusal::Other(_) => Self::Untrusted {
                pin,
                by_certificate: true,
            },
            Refusal::WrongName { .. } | Refusal::Expired { .. } | Refusal::NotYetValid { .. } | Refusal::VersionOne => {
                Self::Untrusted {
                    pin,
                    by_certificate: false,
                }
            }
        })
    }

    /// Why a record cannot be written or read.
    pub fn of_record(error: &RecordError) -> Option<Self> {
        matches!(error, RecordError::NotEmpty(_)).then_some(Self::DirectoryNotEmpty)
    }

    /// What to do about it with the options of a command; nothing, when none of them helps.
    pub fn advice(self, offered: &Offered) -> Option<String> {
        let option = |long: &str, text: &str| offered.with(long, text).map(str::to_owned);
        let either = |options: [(&str, &str); 2]| {
            let known: Vec<&str> = options
                .iter()
                .filter_map(|(long, text)| offered.with(long, text))
                .collect();
            (!known.is_empty()).then(|| known.join(" or "))
        };
        match self {
            Self::MayNotLoad => {
                let flag = offered.with(
                    "i-may-load-this-target",
                    ", or give --i-may-load-this-target if it is yours to load",
                );
                Some(format!(
                    "add \"load\" to its `allow` in the configuration{}",
                    flag.unwrap_or_default()
                ))
            }
            Self::NoAccount => {
                let flag = offered.with("username", "--username or ").unwrap_or_default();
                Some(format!("give {flag}an account in the configuration"))
            }
            Self::TooFewUsers { least } => option("users", &format!("give --users {least} or more")),
            Self::TooFewDescriptors { needed } => {
                let flag = offered.with("users", " or give fewer --users").unwrap_or_default();
                Some(format!("raise the limit (ulimit -n {needed}){flag}"))
            }
            Self::TooFewPorts => either([
                ("no-keep-alive", "leave --no-keep-alive out"),
                ("rate", "give a lower --rate"),
            ]),
            Self::NothingDue => either([("duration", "give a longer --duration"), ("rate", "a higher --rate")]),
            Self::StartsTooEarly => option("start-at", "give a later --start-at"),
            Self::StartsTooLate => option("start-at", "give an earlier --start-at"),
            Self::NoRate => option("rate", "it takes --users but no --rate"),
            Self::ObjectiveOnRate => option("need", "give --need to say what rate you need"),
            Self::NoObjective => option("slo", "give one, such as --slo 'publish.p99 < 250ms'"),
            Self::ObjectiveBeyondTimeout => option("timeout", "or a longer --timeout"),
            Self::DirectoryNotEmpty => option("out", "name another with --out"),
            Self::TooFewPairs => either([("max-time", "give a longer --max-time"), ("block", "a shorter --block")]),
            Self::TooSlowPairs => option("max-time", "give a longer --max-time"),
            Self::TooFewCalls => either([
                ("compare", "name others with --compare"),
                ("block", "raise --rate or --block"),
            ]),
            Self::NoCaseSelected => option("list", "--list shows the ids there are"),
            Self::NoConfiguration => either([
                ("config", "name one with --config FILE"),
                ("url", "give the target with --url"),
            ]),
            Self::Untrusted { pin, by_certificate } => {
                let pin = shown(pin);
                let ca = "trust it with --ca FILE (the certificate or its authority, PEM), with";
                let trust = if by_certificate { ca } else { "trust its key with" };
                option("pin", &format!("{trust} --pin {pin}, or anything with --insecure"))
            }
            Self::ShortKey => option("insecure", "--insecure checks none"),
            Self::OwnAddress => option("bind", "give --bind an address of the same family, or leave it out"),
            Self::WantsCertificate => option(
                "cert",
                "give one with --cert FILE and --key FILE, or cert and key in the configuration",
            ),
            Self::OtherKey { pin } => {
                let advice = format!(
                    "if its key was changed on purpose pin the new one with --pin {}",
                    shown(pin)
                );
                option("pin", &advice)
            }
            Self::NothingCompared => option("compare", "name one of these with --compare, or run longer"),
        }
    }
}

fn shown(pin: Option<Pin>) -> String {
    pin.map_or_else(|| "sha256//...".to_owned(), |pin| pin.to_string())
}
