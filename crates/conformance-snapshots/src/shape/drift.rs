//! When an answer differs from a snapshot by more than its data.
//!
//! A deployment's data comes and goes: what was null has a value now, a list that was empty has elements. No client
//! breaks on that, so it is no drift.

use super::{Member, Scalar, Shape, Text};
use std::collections::BTreeMap;

impl Shape {
    /// Whether a client that was written for `self` can read `now`, and finds everything it knew.
    pub(crate) fn holds_for(&self, now: &Self) -> bool {
        if self.says_nothing() || now.says_nothing() {
            return true;
        }
        let scalar = |scalar: &Scalar| *scalar == Scalar::Null || self.scalars.contains(scalar);
        now.scalars.iter().all(scalar)
            && match (self.text, now.text) {
                (_, None) | (Some(Text::Plain), Some(_)) => true,
                (before, now) => before == now,
            }
            && match (&self.array, &now.array) {
                (_, None) => true,
                (Some(before), Some(now)) => before.holds_for(now),
                (None, Some(_)) => false,
            }
            && match (&self.object, &now.object) {
                (_, None) => true,
                (Some(before), Some(now)) => members_hold(before, now),
                (None, Some(_)) => false,
            }
    }

    /// Null, or the elements of an empty list: any type could stand here.
    fn says_nothing(&self) -> bool {
        let null = self.scalars.iter().all(|scalar| *scalar == Scalar::Null);
        null && self.text.is_none() && self.array.is_none() && self.object.is_none()
    }
}

/// A member more or less is drift, unless the snapshot knows that it may be missing.
fn members_hold(before: &BTreeMap<String, Member>, now: &BTreeMap<String, Member>) -> bool {
    let nothing_gone = before
        .iter()
        .all(|(name, member)| member.optional || now.get(name).is_some_and(|now| !now.optional));
    let nothing_other = now.iter().all(|(name, now)| {
        before
            .get(name)
            .is_some_and(|before| before.shape.holds_for(&now.shape))
    });
    nothing_gone && nothing_other
}
