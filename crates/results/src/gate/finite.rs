//! A number that is one.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A number that is neither infinite nor "not a number": a figure of a gate report cannot be anything else.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd)]
pub struct Finite(f64);

impl Finite {
    /// The number, if it is one.
    pub fn new(figure: f64) -> Option<Self> {
        // Negative zero prints as `-0`, which says nothing more.
        figure
            .is_finite()
            .then_some(Self(if figure == 0.0 { 0.0 } else { figure }))
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Finite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Finite {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0)
    }
}

impl<'de> Deserialize<'de> for Finite {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let figure = f64::deserialize(deserializer)?;
        Self::new(figure).ok_or_else(|| serde::de::Error::custom("a finite number is needed"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_are_numbers() {
        for none in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Finite::new(none), None);
        }
        assert_eq!(Finite::new(1.5).map(Finite::get), Some(1.5));
        assert_eq!(serde_json::to_string(&Finite::new(-0.0)).unwrap(), "0.0");
        assert!(serde_json::from_str::<Finite>("1e999").is_err());
    }
}
