//! What would be in the way of testing a target, and why: reachability, trust, clock, accounts, and the limits of this machine.

use crate::certificate::Certificate;
use crate::holdings::{Holdings, holdings};
use crate::machine::Machine;
use crate::site::{Schema, Site, look};
use chrono::Utc;
use proofload_contract::Contract;
use proofload_deployment::client::Http;
use proofload_deployment::client::login::authenticate;
use proofload_deployment::{Account, Permissions, Target, Trust};
use std::time::Duration;

/// Clocks that differ by less are taken to agree, in seconds.
const AGREE_S: i64 = 60;
/// A certificate that ends sooner is worth a word, in days.
const SOON: i64 = 30;
/// Fewer open files than this stop a load of a thousand users.
const FEW_FILES: u64 = 4096;
/// Fewer local ports than this run out when each call has a connection of its own.
const FEW_PORTS: u32 = 10_000;

/// How it stands with one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Good,
    /// Good to know.
    Note,
    /// Worth a look.
    Doubtful,
    /// Tests would fail over it.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// How it stands.
    pub state: State,
    /// What was looked at.
    pub what: String,
    /// What was seen.
    pub seen: String,
}

impl Check {
    fn new(state: State, what: impl Into<String>, seen: impl Into<String>) -> Self {
        let (what, seen) = (what.into(), seen.into());
        Self { state, what, seen }
    }
}

/// Looks at a target as every command will, and logs each account in once.
pub async fn checks(target: &Target, contract: &Contract, timeout: Duration) -> Vec<Check> {
    let site = match look(target, timeout).await {
        Ok(site) => site,
        Err(error) => return vec![Check::new(State::Bad, "reachable", error.to_string())],
    };
    let mut checks = vec![reached(target, &site)];
    checks.push(trust(target, site.certificate.as_ref()));
    checks.extend(site.clock_ahead_s.map(clock));
    checks.push(schema(site.schema));
    if target.accounts.is_empty() {
        let seen = "there is none: only calls without a login can be tested";
        checks.push(Check::new(State::Doubtful, "accounts", seen));
    }
    for account in &target.accounts {
        checks.push(logged_in(&site.http, account, contract).await);
    }
    checks.push(permitted(target));
    checks
}

fn reached(target: &Target, site: &Site) -> Check {
    if site.base != target.base {
        let seen = format!(
            "the API is not at {}, but at {}: make that the base URL",
            target.base, site.base
        );
        return Check::new(State::Bad, "reachable", seen);
    }
    let seen = format!("{} answers in {} ms", site.base, site.answered_in.as_millis());
    Check::new(State::Good, "reachable", seen)
}

fn trust(target: &Target, certificate: Option<&Certificate>) -> Check {
    let what = "trust";
    let Some(certificate) = certificate else {
        return if target.base.is_loopback() {
            Check::new(State::Note, what, "plain HTTP, on this machine")
        } else {
            let seen = "plain HTTP: passwords and tokens can be read on the way";
            Check::new(State::Doubtful, what, seen)
        };
    };
    let (days, until) = (
        certificate.days_left(Utc::now()),
        certificate.not_after.format("%Y-%m-%d"),
    );
    if target.trust == Trust::Insecure {
        let seen = format!(
            "any certificate is accepted; this server's key has the pin {}",
            certificate.pin
        );
        return Check::new(State::Doubtful, what, seen);
    }
    let how = match target.trust {
        Trust::System => "the system trusts it",
        Trust::Ca(_) => "the given authority vouches for it",
        Trust::Pin(_) => "its key is the pinned one",
        Trust::Insecure => "anything is accepted",
    };
    match days {
        ..0 => Check::new(State::Doubtful, what, format!("{how}, but it expired on {until}")),
        0..SOON => Check::new(
            State::Doubtful,
            what,
            format!("{how}, until {until}: {days} days from now"),
        ),
        _ => Check::new(State::Good, what, format!("{how}, until {until}")),
    }
}

fn clock(ahead_s: i64) -> Check {
    if ahead_s.abs() <= AGREE_S {
        return Check::new(State::Good, "clock", "the server's agrees with ours");
    }
    let side = if ahead_s > 0 { "ahead of" } else { "behind" };
    let seen = format!(
        "the server's is {} s {side} ours: tokens may count as expired, or as not valid yet; set one of the two right",
        ahead_s.abs()
    );
    Check::new(State::Doubtful, "clock", seen)
}

fn schema(schema: Schema) -> Check {
    let seen = match schema {
        Schema::Off => "not served; the built-in contract is what counts".to_owned(),
        Schema::On { paths } => format!("served at swagger/v1/swagger.json, with {paths} paths"),
    };
    Check::new(State::Note, "schema", seen)
}

async fn logged_in(http: &Http, account: &Account, contract: &Contract) -> Check {
    let what = format!("account {}", account.name);
    let issued = match authenticate(http, account).await {
        Ok(issued) => issued,
        Err(error) => return Check::new(State::Bad, what, error.to_string()),
    };
    let found = holdings(http, &issued.token, contract).await;
    let (state, seen) = held_against(&found, &account.permissions);
    Check::new(state, what, seen)
}

/// What an account was seen to hold, against what was stated.
fn held_against(found: &Holdings, stated: &Permissions) -> (State, String) {
    let is_stated = |name: &String| stated.names().is_none_or(|names| names.contains(name));
    let missing: Vec<&String> = found.lacks.iter().filter(|name| is_stated(name)).collect();
    let beyond: Vec<&String> = found.holds.iter().filter(|name| !is_stated(name)).collect();
    let list = |names: &[&String]| {
        let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
        names.join(", ")
    };
    if !missing.is_empty() && !matches!(stated, Permissions::Untold | Permissions::Seen(_)) {
        let seen = format!("logs in, but is refused what it is stated to hold: {}", list(&missing));
        return (State::Bad, seen);
    }
    if !beyond.is_empty() {
        let seen = format!("logs in, and is let in with more than is stated: {}", list(&beyond));
        return (State::Doubtful, seen);
    }
    let held: Vec<&String> = found.holds.iter().collect();
    let seen = match (held.as_slice(), found.lacks.len()) {
        ([], _) => "logs in, and holds no permission".to_owned(),
        (_, 0) => "logs in, and holds every permission".to_owned(),
        (held, _) => format!("logs in, and holds {}", list(held)),
    };
    match found.unclear.as_slice() {
        [] => (State::Good, seen),
        some => (
            State::Doubtful,
            format!("{seen}; could not be told: {}", some.join(", ")),
        ),
    }
}

fn permitted(target: &Target) -> Check {
    let seen = match (target.allow.writes, target.may_be_loaded()) {
        (false, false) => "reads only: nothing is changed, and no load is made",
        (true, false) => "reads and writes, but no load",
        (false, true) => "reads and load, but no writes",
        (true, true) => "reads, writes and load",
    };
    Check::new(State::Note, "allowed", seen)
}

impl Machine {
    /// What of this machine would be in the way of a load.
    pub fn checks(&self) -> Vec<Check> {
        let mut checks = Vec::new();
        if let Some(files) = self.open_files {
            let few = files < FEW_FILES;
            let seen = format!("{files} may be open at once, one for each virtual user");
            let state = if few { State::Doubtful } else { State::Good };
            let seen = if few {
                format!("{seen}; raise it with ulimit -n 65535")
            } else {
                seen
            };
            checks.push(Check::new(state, "open files", seen));
        }
        if let Some(ports) = self.ports {
            let state = if ports < FEW_PORTS {
                State::Doubtful
            } else {
                State::Good
            };
            checks.push(Check::new(
                state,
                "local ports",
                format!("{ports} for connections to one address"),
            ));
        }
        let processors = self.processors;
        checks.push(match self.busy {
            #[expect(clippy::cast_precision_loss, reason = "no machine has that many processors")]
            Some(busy) if busy > processors as f64 * 0.7 => Check::new(
                State::Doubtful,
                "processors",
                format!(
                    "{processors}, and busy: {busy:.1} processes ran or waited over the last minute; figures of a load would suffer"
                ),
            ),
            _ => Check::new(State::Good, "processors", format!("{processors}, with room to spare")),
        });
        checks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        text.split_terminator(',').map(str::to_owned).collect()
    }

    #[test]
    fn an_account_is_held_against_what_was_stated() {
        let found = Holdings {
            holds: names("a,b"),
            lacks: names("c"),
            unclear: Vec::new(),
        };
        for (stated, state, words) in [
            (Permissions::All, State::Bad, "refused what it is stated to hold: c"),
            (Permissions::Only(names("a,b")), State::Good, "holds a, b"),
            (Permissions::Only(names("a")), State::Doubtful, "more than is stated: b"),
            (
                Permissions::Only(names("a,b,c")),
                State::Bad,
                "refused what it is stated to hold: c",
            ),
            (Permissions::Untold, State::Good, "holds a, b"),
        ] {
            let (seen_state, seen) = held_against(&found, &stated);
            assert_eq!(seen_state, state, "{stated:?}: {seen}");
            assert!(seen.contains(words), "{stated:?}: {seen}");
        }
    }

    #[test]
    fn a_small_machine_is_told_of() {
        let machine = Machine {
            processors: 2,
            open_files: Some(1024),
            ports: Some(28_232),
            busy: Some(1.9),
        };
        let states: Vec<State> = machine.checks().iter().map(|check| check.state).collect();
        assert_eq!(states, [State::Doubtful, State::Good, State::Doubtful]);
        assert_eq!(Machine::default().checks().len(), 1);
    }
}
