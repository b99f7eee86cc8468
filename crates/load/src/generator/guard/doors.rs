//! Which calls must be refused: of each kind, on the operations of the scenario and on a few that change nothing.

use crate::generator::request::{Factory, Prepared};
use crate::workload::{Journey, Step, Workload};
use proofload_contract::{Access, Contract, Operation};
use proofload_deployment::{Account, Target};
use proofload_results::load::GuardKind;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Doors are tried on so many operations at most.
const OPERATIONS: usize = 8;
/// Read beside those of the scenario, since nothing comes of it: what everybody may, and what needs a permission.
const HARMLESS: [&str; 2] = ["profile", "listTags"];
/// Asked for people that nobody knows.
const GET_PERSON: &str = "getPerson";
/// Different ids that nobody has.
const NOBODIES: usize = 4;

/// A call that must be refused.
pub(super) struct Door {
    pub(super) operation: String,
    pub(super) request: Arc<Prepared>,
}

/// All doors by what is tried at them, and why some are not tried.
pub(super) struct Doors {
    pub(super) by_kind: BTreeMap<GuardKind, Vec<Door>>,
    pub(super) untried: BTreeMap<GuardKind, String>,
    /// The account whose token is to be refused for want of a permission.
    pub(super) outsider: Option<Account>,
}

impl Doors {
    /// Those of a run whose users are dealt these accounts.
    pub(super) fn of(
        workload: &Workload,
        target: &Target,
        dealt: &[&Account],
        factory: &Factory<'_>,
        seed: u64,
    ) -> Self {
        let steps = steps(workload);
        let mut doors = Self {
            by_kind: BTreeMap::new(),
            untried: BTreeMap::new(),
            outsider: None,
        };
        let door = |step: &Step| Door {
            operation: step.operation.clone(),
            request: Arc::new(factory.step(&journey(step), step)),
        };
        let all = || steps.iter().map(door).collect::<Vec<_>>();
        doors.by_kind.insert(GuardKind::NoToken, all());
        if dealt.is_empty() {
            for kind in [GuardKind::TamperedToken, GuardKind::ExpiredToken, GuardKind::BentExpiry] {
                doors.untried.insert(kind, "the target has no account".to_owned());
            }
        } else {
            // The two kinds of a token's end share their doors: which it is turns out when one is bent.
            doors.by_kind.insert(GuardKind::TamperedToken, all());
            doors.by_kind.insert(GuardKind::BentExpiry, all());
            if target.signing_key.is_none() {
                let why = "no signing key was given to make one with, and none of the run's own has ended yet";
                doors.untried.insert(GuardKind::ExpiredToken, why.to_owned());
            }
        }
        doors.permissions(&steps, target, &door);
        doors.nobodies(dealt, seed, &door);
        doors
    }

    /// What an account that is known to lack the permission must not do.
    fn permissions(&mut self, steps: &[Step], target: &Target, door: &impl Fn(&Step) -> Door) {
        let lacked = |account: &Account| {
            let lacks = |step: &&Step| operation(step).is_some_and(|operation| !account.may_call(operation));
            steps.iter().filter(lacks).count()
        };
        let outsider = target.accounts.iter().rev().max_by_key(|account| lacked(account));
        let Some(account) = outsider.filter(|account| lacked(account) > 0) else {
            let why = "no account of the target is known to lack a permission that these calls need";
            self.untried.insert(GuardKind::WithoutPermission, why.to_owned());
            return;
        };
        let is_closed = |step: &&Step| operation(step).is_some_and(|operation| !account.may_call(operation));
        let closed = steps.iter().filter(is_closed).map(door);
        self.by_kind.insert(GuardKind::WithoutPermission, closed.collect());
        self.outsider = Some(account.clone());
    }

    /// People by ids that nobody has.
    fn nobodies(&mut self, dealt: &[&Account], seed: u64, door: &impl Fn(&Step) -> Door) {
        let may = |account: &&Account| operation_of(GET_PERSON).is_some_and(|operation| account.may_call(operation));
        // Whose token it is that is sent, nobody chooses.
        if dealt.is_empty() || !dealt.iter().all(may) {
            let why = "the account of the load is not known to be permitted to read people";
            self.untried.insert(GuardKind::NobodysId, why.to_owned());
            return;
        }
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed ^ 0x6E6F_626F_6479);
        let doors = (0..NOBODIES).map(|_| {
            let mut step = Step::plain(GET_PERSON);
            step.path.insert("personId".to_owned(), guid(&mut rng));
            door(&step)
        });
        self.by_kind.insert(GuardKind::NobodysId, doors.collect());
    }
}

/// The steps of the scenario that need a token, one of each operation, and what is harmless.
fn steps(workload: &Workload) -> Vec<Step> {
    let mut known = BTreeSet::new();
    let own = workload
        .journeys
        .iter()
        .flat_map(|journey| journey.steps.iter().cloned());
    let all = own.chain(HARMLESS.into_iter().map(Step::plain));
    let closed = all.filter(|step| operation(step).is_some_and(|operation| operation.access != Access::Anonymous));
    closed
        .filter(|step| known.insert(step.operation.clone()))
        .take(OPERATIONS)
        .collect()
}

fn operation(step: &Step) -> Option<&'static Operation> {
    operation_of(&step.operation)
}

fn operation_of(id: &str) -> Option<&'static Operation> {
    Contract::bundled().operation(id)
}

/// What a guard publishes, should it be let in, is told from the load by the name of its camera.
fn journey(step: &Step) -> Journey {
    Journey {
        name: "proofload-guard".to_owned(),
        weight: 1.0,
        cameras: 1,
        mix: false,
        steps: vec![step.clone()],
    }
}

/// A random GUID of version 4.
fn guid(rng: &mut Xoshiro256PlusPlus) -> String {
    let (high, low): (u64, u64) = (rng.random(), rng.random());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        ((low >> 48) & 0x3fff) | 0x8000,
        low & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::request::Tails;
    use proofload_deployment::{Allow, BaseUrl, Permissions, Trust, Way};

    fn target(accounts: &[(&str, Permissions)]) -> Target {
        let account = |(name, permissions): &(&str, Permissions)| Account {
            name: (*name).to_owned(),
            username: (*name).to_owned(),
            password: "x".into(),
            permissions: permissions.clone(),
        };
        Target {
            name: "lab".to_owned(),
            base: BaseUrl::parse("http://127.0.0.1:1").unwrap(),
            trust: Trust::System,
            way: Way::default(),
            accounts: accounts.iter().map(account).collect(),
            allow: Allow {
                reads: true,
                writes: false,
                load: true,
            },
            signing_key: None,
            embedded: false,
        }
    }

    fn doors(accounts: &[(&str, Permissions)]) -> Doors {
        let target = target(accounts);
        let workload = Workload::find("token-churn").unwrap();
        let dealt: Vec<&Account> = target.main_account().into_iter().collect();
        let factory = Factory {
            base: &target.base,
            proxy: None,
            account: target.main_account(),
            images: &[],
            headers: &target.way.headers,
            tails: Tails::default(),
        };
        Doors::of(&workload, &target, &dealt, &factory, 7)
    }

    fn operations(doors: &Doors, kind: GuardKind) -> Vec<&str> {
        doors.by_kind[&kind]
            .iter()
            .map(|door| door.operation.as_str())
            .collect()
    }

    #[test]
    fn every_door_of_the_scenario_is_tried_and_a_few_harmless_ones() {
        let only = |names: &[&str]| Permissions::Only(names.iter().map(|name| (*name).to_owned()).collect());
        let doors = doors(&[
            ("full", Permissions::All),
            ("tags", only(&["Read Tags"])),
            ("none", only(&[])),
        ]);
        for kind in [GuardKind::NoToken, GuardKind::TamperedToken, GuardKind::BentExpiry] {
            assert_eq!(operations(&doors, kind), ["renewToken", "profile", "listTags"]);
        }
        assert_eq!(operations(&doors, GuardKind::WithoutPermission), ["listTags"]);
        assert_eq!(doors.outsider.as_ref().unwrap().name, "none");
        assert_eq!(operations(&doors, GuardKind::NobodysId).len(), NOBODIES);
        assert_eq!(
            doors.untried.keys().copied().collect::<Vec<_>>(),
            [GuardKind::ExpiredToken]
        );
    }

    #[test]
    fn what_cannot_be_tried_says_why() {
        let lonely = doors(&[("one", Permissions::Only(Vec::new()))]);
        assert!(lonely.untried[&GuardKind::NobodysId].contains("read people"));
        assert!(
            !lonely.untried.contains_key(&GuardKind::WithoutPermission),
            "it lacks it itself"
        );
        let untold = doors(&[("one", Permissions::Untold)]);
        assert!(untold.untried[&GuardKind::WithoutPermission].contains("no account"));
        let anonymous = doors(&[]);
        assert_eq!(anonymous.untried.len(), 5);
        assert_eq!(operations(&anonymous, GuardKind::NoToken).len(), 3);
    }

    #[test]
    fn an_id_that_nobody_has_is_a_guid() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        for _ in 0..100 {
            let id = guid(&mut rng);
            let parts: Vec<usize> = id.split('-').map(str::len).collect();
            assert_eq!(parts, [8, 4, 4, 4, 12], "{id}");
            assert!(
                id.as_bytes()[14] == b'4' && b"89ab".contains(&id.as_bytes()[19]),
                "{id}"
            );
        }
    }
}
