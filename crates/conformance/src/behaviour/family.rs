//! How a family of behaviour is written down: its cases, and the play that decides them.

use super::common;
use super::play::Play;
use crate::clause::Clause;
use crate::context::Context;
use crate::finding::Stop;
use crate::probe::{Declared, Sequence, Sheet};
use futures_util::future::{BoxFuture, FutureExt as _};
use proofload_contract::Source;

/// Plays a family. Every case it leaves open ends with the reason it returns.
pub(super) type Played = for<'p, 'c> fn(&'p mut Play<'c>) -> BoxFuture<'p, Result<(), Stop>>;

/// Cases that belong together because one play decides them.
pub(super) struct Family {
    name: &'static str,
    cases: Vec<Declared>,
    /// Whether the play changes what hangs on the run's people, so that it has to wait for its turn.
    changes_people: bool,
    played: Played,
}

impl Family {
    /// A family with its own cases; on the operations of `owned` it also decides the [common](super::common) ones.
    pub(super) fn new(name: &'static str, owned: &[&'static str], own: &[Declared], played: Played) -> Self {
        let mut cases: Vec<Declared> = owned.iter().flat_map(|operation| common::cases_of(operation)).collect();
        cases.extend_from_slice(own);
        let changes_people = owned.iter().any(|operation| operation.starts_with("put"));
        Self {
            name,
            cases,
            changes_people,
            played,
        }
    }

    pub(super) fn boxed(self) -> Box<dyn Sequence> {
        Box::new(self)
    }
}

impl Sequence for Family {
    fn name(&self) -> &'static str {
        self.name
    }

    fn cases(&self) -> &[Declared] {
        &self.cases
    }

    /// A play itself refuses to call what stores, where that is not allowed, so that the reading part of a family is
    /// tested there too.
    fn writes(&self) -> bool {
        false
    }

    fn run<'a>(&'a self, context: &'a Context, sheet: &'a mut Sheet) -> BoxFuture<'a, Result<(), Stop>> {
        async move {
            let _turn = if self.changes_people {
                Some(context.turn.lock().await)
            } else {
                None
            };
            let mut play = Play::new(context, sheet, &self.cases);
            let ended = (self.played)(&mut play).await;
            play.clean_up().await;
            ended?;
            Err(Stop::Skip("nothing came up that could show it".to_owned()))
        }
        .boxed()
    }
}

/// A case from the vendor's two documents.
pub(super) const fn seed(operation: &'static str, name: &'static str, text: &'static str) -> Declared {
    Declared::new(operation, Clause::new(name, Source::Seed, text))
}

/// A case from the vendor's guide.
pub(super) const fn guide(operation: &'static str, name: &'static str, text: &'static str) -> Declared {
    Declared::new(operation, Clause::new(name, Source::Guide, text))
}

/// A case that only convention supports.
pub(super) const fn custom(operation: &'static str, name: &'static str, text: &'static str) -> Declared {
    Declared::new(operation, Clause::new(name, Source::Convention, text))
}

/// A case that is only ever noted.
pub(super) const fn assumed(operation: &'static str, name: &'static str, text: &'static str) -> Declared {
    Declared::new(operation, Clause::new(name, Source::Assumed, text))
}
