//! How a family of behaviour is written down: its cases, and the play that decides them.

use super::common;
use super::play::Play;
use futures_util::future::{BoxFuture, FutureExt as _};
use proofload_contract::{Contract, Operation, ParameterPlace};
use proofload_probing::context::Context;
use proofload_probing::findings::Stop;
use proofload_probing::probe::{Declared, Sequence, Sheet};

/// The path parameter that names a person, in paths below a person.
const PERSON: &str = "personId";

/// Plays a family. Every case it leaves open ends with the reason it returns.
pub(super) type Played = for<'p, 'c> fn(&'p mut Play<'c>) -> BoxFuture<'p, Result<(), Stop>>;

/// Cases that belong together because one play decides them.
pub(super) struct Family {
    name: &'static str,
    cases: Vec<Declared>,
    /// The operations that it is about.
    owned: Vec<&'static str>,
    played: Played,
}

impl Family {
    /// A family with its own cases; on the operations of `owned` it also decides the [common](super::common) ones.
    pub(super) fn new(name: &'static str, owned: &[&'static str], own: &[Declared], played: Played) -> Self {
        let mut cases: Vec<Declared> = owned.iter().flat_map(|operation| common::cases_of(operation)).collect();
        cases.extend_from_slice(own);
        Self {
            name,
            cases,
            owned: owned.to_vec(),
            played,
        }
    }

    /// Whether the play changes what hangs on the run's people, so that it has to wait for its turn: one of its
    /// operations stores or deletes something of a person.
    fn changes_people(&self, contract: &Contract) -> bool {
        let changes_a_person = |operation: &Operation| {
            let addressed = operation
                .parameters
                .iter()
                .any(|parameter| parameter.place == ParameterPlace::Path && parameter.name == PERSON);
            operation.writes && addressed
        };
        let mut owned = self.owned.iter().filter_map(|id| contract.operation(id));
        owned.any(changes_a_person)
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

    fn run<'a>(&'a self, context: &'a Context, sheet: &'a mut Sheet) -> BoxFuture<'a, Result<(), Stop>> {
        async move {
            let _turn = if self.changes_people(&context.contract) {
                Some(context.turn.lock().await)
            } else {
                None
            };
            let mut play = Play::new(context, sheet);
            let ended = (self.played)(&mut play).await;
            play.clean_up().await;
            ended?;
            Err(Stop::skip("nothing came up that could show it"))
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_that_change_what_hangs_on_people_take_turns() {
        let family = |owned: &[&'static str]| Family::new("some", owned, &[], |_| async { Ok(()) }.boxed());
        let waits = |owned: &[&'static str]| family(owned).changes_people(Contract::bundled());
        for changing in [
            "putAlias",
            "deleteNote",
            "putAddress",
            "putPersonTag",
            "deleteEntityField",
        ] {
            assert!(waits(&["listTags", changing]), "{changing}");
        }
        assert!(!waits(&["listAliases", "getPerson"]), "reads");
        assert!(
            !waits(&["createTag", "updateTag", "publish", "faceEnroll"]),
            "of nobody"
        );
        assert!(!waits(&["putNothing"]), "not in the contract");
    }
}
