//! What checks work with: the target, the contract, logged-in accounts, and the one way to send.

mod as_account;
mod front;
pub mod lane;
pub mod ledger;
pub mod lent;
pub mod logins;
pub mod options;
mod push_back;
mod renewals;
pub mod sender;
mod sessions;
pub mod shared;
pub mod throttle;

use crate::context::logins::AccountLogin;
use crate::findings::{Cause, Stop};
use crate::messages::redact::{NOBODYS, Redactor, SecretKind};
use crate::messages::{Display, Draft, Exchange, room_to_keep, variables};
use ledger::Page;
use lent::Lent;
use options::ConformanceOptions;
use parking_lot::Mutex;
use proofload_contract::{Contract, Operation};
use proofload_deployment::client::{Http, Limits, TransportError};
use proofload_deployment::{Account, Permissions, Target};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use secrecy::{ExposeSecret as _, SecretString};
use sender::Sender;
use sha2::{Digest as _, Sha256};
use shared::{Enrolment, Expired};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::OnceCell;

/// Longest body that is read from a server.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// What checks work with.
pub struct Context {
    /// The deployment under test.
    pub target: Target,
    /// The contract it is held to.
    pub contract: Contract,
    /// What the person chose.
    pub options: ConformanceOptions,
    sender: Sender,
    lent: Lent,
    logins: Vec<AccountLogin>,
    main: usize,
    notes: Mutex<Vec<String>>,
    /// What a front answered in the application's place: who, with what, and how often.
    swallowed: Mutex<BTreeMap<(Cow<'static, str>, u16), usize>>,
    /// Operations of which a proper call succeeded.
    succeeded: Mutex<BTreeSet<String>>,
    /// Whether the signing key that was given is not the server's.
    key_is_wrong: bool,
    /// The run's two people, enrolled when first asked for.
    pub people: OnceCell<Enrolment>,
    /// Held by whoever changes what hangs on the run's people, from the first write to the last look: a server that
    /// deletes too much must not make one check spoil another's.
    pub turn: tokio::sync::Mutex<()>,
    /// How long what was stored was not found at once, when that was learnt.
    pub lag: OnceLock<Duration>,
    /// The id of a document of the first of the run's people, once one was uploaded.
    pub document: OnceLock<String>,
    /// Whether a renewal ends the token that it was made with, once somebody tried.
    ends_renewed: OnceCell<bool>,
    /// Whether a login is known to end the sessions before it.
    ends_sessions: AtomicBool,
    /// A token that has expired by waiting, once somebody waited.
    pub waited_for: OnceCell<Result<Expired, Stop>>,
}

impl Context {
    /// Sets up a client and learns the secrets of the target; sends nothing yet.
    ///
    /// # Errors
    /// The client cannot be set up, as with certificates that cannot be read.
    pub fn new(target: &Target, contract: &Contract, options: &ConformanceOptions) -> Result<Self, TransportError> {
        let limits = Limits {
            timeout: options.timeout,
            body_bytes: MAX_BODY,
        };
        let main = target.main_account().map(|account| account.name.clone());
        let redactor = Redactor::with_names_of(contract.document());
        for account in &target.accounts {
            let variable = variables::password(&account.name, Some(&account.name) == main.as_ref());
            let password = account.password.expose_secret();
            redactor.learn(SecretKind::Password, password, &format!("${variable}"));
        }
        for (name, value) in target.way.headers.secrets() {
            let variable = format!("$HEADER_{}", name.as_str().to_uppercase().replace('-', "_"));
            redactor.learn(SecretKind::Header, value.expose_secret(), &variable);
        }
        let display = Display {
            base: target.base.clone(),
            trust: target.trust.clone(),
            way: target.way.clone(),
            redactor: Arc::new(redactor),
            kept: room_to_keep(),
        };
        let main = target
            .accounts
            .iter()
            .position(|account| Some(&account.name) == main.as_ref());
        Ok(Self {
            sender: Sender::new(Http::new(target, limits)?, display, options),
            lent: Lent::new(target, contract, options.bad_logins, &options.halt),
            target: target.clone(),
            contract: contract.clone(),
            options: options.clone(),
            logins: target
                .accounts
                .iter()
                .map(|one| AccountLogin::new(one, target))
                .collect(),
            main: main.unwrap_or_default(),
            notes: Mutex::default(),
            swallowed: Mutex::default(),
            succeeded: Mutex::default(),
            key_is_wrong: false,
            people: OnceCell::new(),
            turn: tokio::sync::Mutex::new(()),
            lag: OnceLock::new(),
            document: OnceLock::new(),
            ends_renewed: OnceCell::new(),
            ends_sessions: AtomicBool::new(false),
            waited_for: OnceCell::new(),
        })
    }

    /// From now on an account is taken to hold these permissions.
    pub fn settle(&mut self, account: &str, permissions: &Permissions) {
        let known = self.logins.iter_mut().map(|login| &mut login.account);
        for known in known
            .chain(&mut self.target.accounts)
            .filter(|known| known.name == account)
        {
            known.permissions = permissions.clone();
        }
    }

    /// From now on nothing is minted: the signing key that was given is not the server's.
    pub fn give_up_key(&mut self) {
        self.target.signing_key = None;
        self.key_is_wrong = true;
    }

    /// Why there is no key to mint tokens with.
    pub fn no_key(&self) -> Stop {
        Stop::skip(if self.key_is_wrong {
            "the signing key that was given is not the one that the server signs its tokens with"
        } else {
            "no signing key was given to mint such a token with"
        })
    }

    /// Who answered a call, when it was not the application.
    pub fn front(&self, exchange: &Exchange) -> Option<Cow<'static, str>> {
        self.sender.voices().front(exchange.answer())
    }

    /// Counts a call that a front answered in the application's place.
    pub fn swallowed(&self, who: Cow<'static, str>, status: u16) {
        *self.swallowed.lock().entry((who, status)).or_default() += 1;
    }

    /// What a front answered in the application's place: who, with what, and how often.
    pub fn taken_by_fronts(&self) -> BTreeMap<(Cow<'static, str>, u16), usize> {
        self.swallowed.lock().clone()
    }

    /// Remembers that a proper call of an operation succeeded.
    pub fn succeeded(&self, operation: &str) {
        let mut succeeded = self.succeeded.lock();
        if !succeeded.contains(operation) {
            succeeded.insert(operation.to_owned());
        }
    }

    /// Whether any proper call of an operation succeeded so far.
    pub fn has_succeeded(&self, operation: &str) -> bool {
        self.succeeded.lock().contains(operation)
    }

    /// Whether there is any account to test with. Without one, only checks that need none are run.
    pub fn has_accounts(&self) -> bool {
        !self.logins.is_empty()
    }

    /// The account that privileged calls are made with.
    pub fn main(&self) -> &Account {
        &self.logins[self.main].account
    }

    /// The accounts, in the target's order.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.logins.iter().map(|login| &login.account)
    }

    /// An account that may call `operation`: the main one if it may, else the first that may.
    pub fn caller_of(&self, operation: &Operation) -> Option<&Account> {
        let main = self.logins.get(self.main).map(|login| &login.account);
        main.into_iter()
            .chain(self.accounts())
            .find(|account| account.may_call(operation))
    }

    /// Sends a request as it stands, without credentials unless the draft has some. A login that must be refused waits for
    /// its turn: [`lent`].
    ///
    /// # Errors
    /// There was no whole answer within the time-out.
    pub async fn send(&self, draft: Draft) -> Result<Exchange, Stop> {
        self.lent.send(&self.sender, draft).await
    }

    /// A login call with an account's password, which is held back from reports.
    pub fn login_request(&self, username: &str, password: &SecretString) -> Draft {
        self.login_request_with(username, password, "$PASSWORD")
    }

    /// A login call with a password that was made from an account's and is held back as that is; `shell` says how a command
    /// line makes it.
    pub fn login_request_with(&self, username: &str, password: &SecretString, shell: &str) -> Draft {
        self.sender
            .redactor()
            .learn(SecretKind::Password, password.expose_secret(), shell);
        crate::context::logins::request(&self.contract, username, password)
    }

    /// How a command line calls an account's password.
    pub fn password_variable(&self, account: &Account) -> String {
        variables::password(&account.name, account.name == self.main().name)
    }

    /// Whether a check that lost a call may try again.
    pub fn may_try_again(&self) -> bool {
        self.sender.ledger().may_repeat() && !self.options.halt.asked()
    }

    /// Whether the time of the run is over.
    pub fn time_is_up(&self) -> bool {
        self.sender.time_is_up()
    }

    /// What limits on the rate cost the run so far.
    pub fn limits_cost(&self) -> throttle::Cost {
        self.sender.throttle().cost()
    }

    /// How long an answered call takes of late.
    pub fn latency(&self) -> Duration {
        self.sender.ledger().latency()
    }

    /// How many calls there were, and how many were not answered.
    pub fn calls(&self) -> Page {
        self.sender.ledger().closed()
    }

    /// How exchanges are shown.
    pub fn display(&self) -> &Display {
        self.sender.display()
    }

    /// A server's text, fit to be shown: secrets redacted, control characters escaped, bounded.
    pub fn redacted(&self, text: &str) -> String {
        self.sender.display().excerpt(text)
    }

    /// Holds a token back from reports; to be called for every token that did not come by [`Context::login`]. Whether nobody
    /// in this run had it before.
    pub fn keep_secret(&self, token: &str) -> bool {
        self.sender.redactor().learn(SecretKind::Token, token, NOBODYS)
    }

    /// The same, for a token that a login of an account gave: command lines name it by the account.
    pub fn keep_secret_of(&self, account: &Account, token: &str) {
        let variable = format!("${}", variables::token(&account.name));
        self.sender.redactor().learn(SecretKind::Token, token, &variable);
    }

    /// A call of an operation with nothing filled in.
    ///
    /// # Errors
    /// The contract lacks it.
    pub fn call(&self, operation: &str) -> Result<Draft, Stop> {
        self.operation(operation).map(Draft::of)
    }

    /// An operation of the contract.
    ///
    /// # Errors
    /// The contract lacks it.
    pub fn operation(&self, id: &str) -> Result<&Operation, Stop> {
        self.contract
            .operation(id)
            .ok_or_else(|| Stop::Skip(Cause::NoOperation(id.to_owned())))
    }

    /// Goes on only where something may be stored.
    ///
    /// # Errors
    /// The target allows reads only.
    pub fn require_writes(&self) -> Result<(), Stop> {
        if self.target.allow.writes {
            Ok(())
        } else {
            Err(Stop::Skip(Cause::ReadsOnly))
        }
    }

    /// A source of randomness for one purpose: the same for the same seed and purpose, whatever runs beside it.
    pub fn random(&self, purpose: &str) -> StdRng {
        let mut hash = Sha256::new();
        hash.update(self.options.seed.to_le_bytes());
        hash.update(purpose.as_bytes());
        let mut seed = [0; 32];
        seed.copy_from_slice(&hash.finalize());
        StdRng::from_seed(seed)
    }

    /// Adds a sentence to the report's notes, once.
    pub fn note(&self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        let mut notes = self.notes.lock();
        if !notes.contains(&sentence) {
            notes.push(sentence);
        }
    }

    /// How many bad logins may be made of one account.
    pub fn bad_logins_of_one(&self) -> usize {
        lent::most_of_one(&self.target, self.options.bad_logins)
    }

    /// What was noted in passing, in its order; the notes are gone then.
    pub fn take_notes(&self) -> Vec<String> {
        let mut notes = std::mem::take(&mut *self.notes.lock());
        notes.extend(self.lent.told().map(|why| sentence(&why)));
        notes.sort();
        notes
    }

    fn login_of(&self, account: &Account) -> Result<&AccountLogin, Stop> {
        self.logins
            .iter()
            .find(|login| login.account.name == account.name)
            .ok_or_else(|| Stop::skip(format!("the target has no account {:?}", account.name)))
    }
}

/// Words as a sentence of their own.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}
