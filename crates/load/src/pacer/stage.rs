//! The stages of a run: how its rate changes, or how many users there are.

use proofload_deployment::units::Level;
use std::fmt;
use std::time::Duration;

/// One stage of a run, in the order they happen. What changes is a rate, or the number of virtual users where they set the
/// pace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stage<T = Level> {
    /// It goes in a straight line to `to`.
    Ramp {
        /// How long it takes; 0 for a step.
        lasts: Duration,
        /// What it is at its end.
        to: T,
    },
    /// It stays what it is.
    Hold {
        /// For how long.
        lasts: Duration,
    },
    /// It jumps to `to` and back again.
    Spike {
        /// For how long.
        lasts: Duration,
        /// What it is meanwhile.
        to: T,
    },
}

/// A number of virtual users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Users(pub u32);

impl fmt::Display for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} users", self.0)
    }
}

impl<T> Stage<T> {
    /// How long it lasts.
    pub fn lasts(&self) -> Duration {
        match self {
            Self::Ramp { lasts, .. } | Self::Hold { lasts } | Self::Spike { lasts, .. } => *lasts,
        }
    }

    /// The same, so many times as long.
    pub fn stretch(&mut self, factor: f64) {
        let (Self::Ramp { lasts, .. } | Self::Hold { lasts } | Self::Spike { lasts, .. }) = self;
        *lasts = lasts.mul_f64(factor);
    }
}

impl<T: fmt::Display> fmt::Display for Stage<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ramp { lasts, to } if lasts.is_zero() => write!(f, "step to {to}"),
            Self::Ramp { to, .. } => write!(f, "ramp to {to}"),
            Self::Hold { .. } => f.write_str("hold"),
            Self::Spike { to, .. } => write!(f, "spike of {to}"),
        }
    }
}
