//! Which accounts virtual users have: dealt out in turn.

use crate::generator::owner::Owner;
use crate::generator::request::{Factory, Prepared, Tails};
use crate::generator::shared_session::SharedSession;
use crate::options::LoadOptions;
use crate::workload::Workload;
use proofload_contract::{Contract, Operation};
use proofload_deployment::client::login::{self, AccountGate};
use proofload_deployment::{Account, Target};
use secrecy::SecretString;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How users of an account get tokens.
pub(crate) struct TokenRequests {
    /// The account's name.
    pub(crate) name: String,
    /// What it logs in with; no two accounts have the same.
    pub(crate) username: String,
    /// `authenticate`
    pub(crate) login: Prepared,
    /// `renewToken`
    pub(crate) renewal: Arc<Prepared>,
    /// The password that the login carries, to be withheld where a server echoes it.
    pub(crate) password: SecretString,
    /// When the account may log in, and how its tokens fared.
    pub(crate) account: Arc<AccountGate>,
    /// Who the answers must be for.
    pub(crate) owner: Owner,
    /// The one session of all its users, where they share one.
    pub(crate) session: Option<SharedSession>,
}

/// Deals accounts out to users, in turn.
pub(crate) struct Dealer {
    accounts: Vec<Arc<TokenRequests>>,
    next: AtomicUsize,
}

impl Dealer {
    /// Deals these, one at least, beginning behind so many that other machines deal.
    pub(crate) fn new(accounts: Vec<Arc<TokenRequests>>, dealt: usize) -> Self {
        Self {
            next: AtomicUsize::new(dealt),
            accounts,
        }
    }

    /// The next one.
    pub(crate) fn deal(&self) -> Arc<TokenRequests> {
        let place = self.next.fetch_add(1, Ordering::Relaxed);
        self.accounts[place % self.accounts.len()].clone()
    }
}

/// The accounts that users are dealt: those that were given, or those of the target that may make every call of the workload.
pub(crate) fn dealt<'a>(workload: &Workload, target: &'a Target, options: &'a LoadOptions) -> Vec<&'a Account> {
    if !options.accounts.is_empty() {
        return options.accounts.iter().collect();
    }
    let Some(main) = target.main_account() else {
        return Vec::new();
    };
    let steps = workload.journeys.iter().flat_map(|journey| &journey.steps);
    let called: Vec<&Operation> = steps
        .filter_map(|step| Contract::bundled().operation(&step.operation))
        .collect();
    let may = |account: &&Account| called.iter().all(|operation| account.may_call(operation));
    if !may(&main) {
        return vec![main];
    }
    target.accounts.iter().filter(may).collect()
}

/// Deals these accounts out, each with the requests that get it tokens.
pub(crate) fn dealer(factory: &Factory<'_>, accounts: &[&Account], options: &LoadOptions, users: usize) -> Dealer {
    let renewal = Arc::new(factory.plain(login::RENEW));
    let base = factory.base.to_string();
    let names = Owner::names(accounts.iter().map(|account| account.username.as_str()));
    let requests = |account: Option<&Account>| {
        let factory = Factory {
            account,
            tails: Tails::default(),
            ..*factory
        };
        Arc::new(TokenRequests {
            name: account.map_or_else(String::new, |account| account.name.clone()),
            username: account.map_or_else(String::new, |account| account.username.clone()),
            login: factory.plain(login::AUTHENTICATE),
            renewal: renewal.clone(),
            password: account.map_or_else(SecretString::default, |account| account.password.clone()),
            account: AccountGate::of(&base, account.map_or("", |account| account.username.as_str())),
            owner: account.map_or_else(Owner::default, |account| Owner::new(&account.username, names.clone())),
            session: options.one_login.then(SharedSession::default),
        })
    };
    let all = if accounts.is_empty() {
        vec![requests(None)]
    } else {
        accounts.iter().map(|account| requests(Some(account))).collect()
    };
    // Machines that make a load together deal the accounts out one after the other.
    let before = usize::try_from(options.shard.index)
        .unwrap_or_default()
        .saturating_mul(users);
    Dealer::new(all, before)
}
