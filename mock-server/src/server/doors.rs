//! Connections: they are numbered as they come, and there may be a limit to them.

use crate::queue::{Behaviour, QueueSettings};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers connections, and counts those that are open.
#[derive(Debug, Default)]
pub(super) struct Doors {
    come: AtomicU64,
    open: Arc<AtomicU64>,
    /// How many may be open at the same time, and whether those beyond are answered.
    limit: Option<(u64, bool)>,
}

/// A connection that is open.
#[derive(Debug)]
pub(super) struct Visitor {
    /// As it came, from 0.
    pub(super) number: u64,
    /// Whether it is one too many.
    pub(super) is_beyond: bool,
    open: Arc<AtomicU64>,
}

impl Doors {
    pub(super) fn of(queue: Option<&QueueSettings>) -> Self {
        let limit = queue.and_then(|queue| {
            queue.behaviours.iter().find_map(|behaviour| match behaviour {
                Behaviour::Connections { most, answers } => Some((u64::from(*most), *answers)),
                _ => None,
            })
        });
        Self {
            limit,
            ..Self::default()
        }
    }

    /// A connection comes; `None` where it is to be closed at once.
    pub(super) fn enter(&self) -> Option<Visitor> {
        let open = self.open.fetch_add(1, Ordering::AcqRel);
        let visitor = |number, is_beyond| Visitor {
            number,
            is_beyond,
            open: self.open.clone(),
        };
        match self.limit {
            Some((most, answers)) if open >= most => {
                // Those that are not served take no worker: they have no number of their own.
                let beyond = visitor(u64::MAX, true);
                answers.then_some(beyond)
            }
            _ => Some(visitor(self.come.fetch_add(1, Ordering::AcqRel), false)),
        }
    }
}

impl Drop for Visitor {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doors(limit: &str) -> Doors {
        Doors::of(Some(&QueueSettings {
            workers: std::num::NonZeroU32::MIN,
            service: "fixed:1ms".parse().unwrap(),
            slowdown: 0.0,
            behaviours: vec![limit.parse().unwrap()],
            seed: 1,
        }))
    }

    #[test]
    fn one_too_many_is_closed_or_answered_until_another_leaves() {
        let closing = doors("connections:most=2");
        let (first, second) = (closing.enter().unwrap(), closing.enter().unwrap());
        assert_eq!((first.number, second.number), (0, 1));
        assert!(closing.enter().is_none() && closing.enter().is_none());
        drop(first);
        let third = closing.enter().unwrap();
        assert_eq!((third.number, third.is_beyond), (2, false));
        let answering = doors("connections:most=1,answer=503");
        let first = answering.enter().unwrap();
        assert!(answering.enter().is_some_and(|visitor| visitor.is_beyond));
        assert!(!first.is_beyond);
        let unlimited = Doors::of(None);
        assert!((0..1000).map(|_| unlimited.enter()).all(|visitor| visitor.is_some()));
    }
}
