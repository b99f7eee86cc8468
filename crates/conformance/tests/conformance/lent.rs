//! Accounts that were lent stay open: what a server sees of bad logins, and what is made of one that locks.

use crate::behaviour::{against_with, empty, that_ended};
use bytes::Bytes;
use parking_lot::Mutex;
use proofload_conformance::{BadLogins, ConformanceOptions, ConformanceRun, MOST_A_MINUTE, bad_logins, list};
use proofload_contract::Contract;
use proofload_deployment::Trust;
use proofload_mock_server::{ACCOUNTS, Identities};
use proofload_results::validate::Verdict;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a server saw of logins: the user in lower case, and whether the password was right.
#[derive(Default)]
struct Seen {
    logins: Vec<(String, bool)>,
    locked_until: HashMap<String, Instant>,
}

fn options(bad_logins: BadLogins) -> ConformanceOptions {
    ConformanceOptions {
        only: vec!["authenticate/*".parse().unwrap()],
        bad_logins,
        ..ConformanceOptions::default()
    }
}

/// The user of a login and whether its password is right; none for what is no login of a known user.
fn login(request: &http::Request<Bytes>) -> Option<(String, bool)> {
    if request.uri().path() != "/api/v1/authenticate" {
        return None;
    }
    let body: Value = serde_json::from_slice(request.body()).ok()?;
    let user = body.get("username")?.as_str()?.trim().to_lowercase();
    let account = ACCOUNTS.iter().find(|account| account.name == user)?;
    let right = format!("{}-pass", account.name);
    Some((user, body.get("password").and_then(Value::as_str) == Some(&right)))
}

async fn watched(
    bad: BadLogins,
    rule: impl Fn(&mut Seen, &http::Request<Bytes>, &Identities) -> http::Response<Bytes> + Send + Sync + 'static,
) -> (ConformanceRun, Vec<(String, bool)>) {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let kept = Arc::clone(&seen);
    let outcome = against_with(options(bad), true, move |request, identities| {
        let mut seen = kept.lock();
        seen.logins.extend(login(request));
        rule(&mut seen, request, identities)
    })
    .await
    .unwrap();
    let logins = std::mem::take(&mut seen.lock().logins);
    (outcome, logins)
}

fn bad_of(logins: &[(String, bool)]) -> HashMap<&str, usize> {
    let mut bad = HashMap::new();
    for (user, _) in logins.iter().filter(|(_, right)| !right) {
        *bad.entry(user.as_str()).or_default() += 1;
    }
    bad
}

#[tokio::test(flavor = "multi_thread")]
async fn no_account_is_lent_for_more_bad_logins_than_were_told_and_a_right_one_is_behind_each() {
    let (outcome, logins) = watched(BadLogins::Spaced, |_, request, identities| identities.respond(request)).await;
    let accused = that_ended(&outcome, &[Verdict::Fail, Verdict::Warn, Verdict::Error]);
    assert!(accused.is_empty(), "{}", accused.join("\n"));
    let target = crate::target::target("http://127.0.0.1:1", Trust::System, true);
    let cases = list(&target, Contract::bundled(), &options(BadLogins::Spaced)).unwrap();
    let told = bad_logins(&target, &cases, BadLogins::Spaced);
    let made = bad_of(&logins);
    assert_eq!(made.len(), ACCOUNTS.len());
    for (account, told) in &told {
        assert_eq!(made[account.as_str()], *told, "{account}");
        assert!(*told <= MOST_A_MINUTE, "{account} would have to wait");
        let own = logins.iter().filter(|(user, _)| user == account);
        let own: Vec<bool> = own.map(|(_, right)| *right).collect();
        assert!(
            own.windows(2).all(|pair| pair[0] || pair[1]),
            "two in a row: {account} {own:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_bad_logins_none_is_made_and_the_sentence_says_so() {
    let (outcome, logins) = watched(BadLogins::Never, |_, request, identities| identities.respond(request)).await;
    assert!(bad_of(&logins).is_empty(), "{logins:?}");
    let accused = that_ended(&outcome, &[Verdict::Fail, Verdict::Warn, Verdict::Error]);
    assert!(accused.is_empty(), "{}", accused.join("\n"));
    let headline = outcome.report.headline.unwrap();
    let told = format!("{headline:?}");
    assert!(told.contains("of logins with wrong passwords"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_is_said_and_nobody_is_accused_of_it() {
    let (outcome, logins) = watched(BadLogins::Spaced, |seen, request, identities| {
        let Some((user, right)) = login(request) else {
            return identities.respond(request);
        };
        // The first bad login locks the account for a second.
        let now = Instant::now();
        if !right {
            seen.locked_until.insert(user.clone(), now + Duration::from_secs(1));
        }
        if seen.locked_until.get(&user).is_some_and(|until| now < *until) {
            let mut locked = empty(400);
            locked.headers_mut().insert("retry-after", "1".parse().unwrap());
            return locked;
        }
        identities.respond(request)
    })
    .await;
    let accused = that_ended(&outcome, &[Verdict::Fail, Verdict::Warn, Verdict::Error]);
    assert!(accused.is_empty(), "{}", accused.join("\n"));
    let bad = logins.iter().filter(|(_, right)| !right).count();
    assert!(bad <= 2, "it went on: {logins:?}");
    let notes = outcome.report.run.unwrap().notes;
    let told = notes.iter().find(|note| note.contains("locked out for"));
    let told = told.map(String::as_str).unwrap_or_default();
    assert!(told.contains("was answered 400 after 1 bad login"), "{notes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_on_logins_meets_one_bad_login_and_accuses_nobody() {
    for status in [429, 423] {
        let (outcome, logins) = watched(BadLogins::Spaced, move |_, request, identities| match login(request) {
            Some((_, false)) => empty(status),
            _ => identities.respond(request),
        })
        .await;
        let accused = that_ended(&outcome, &[Verdict::Fail, Verdict::Warn, Verdict::Error]);
        assert!(accused.is_empty(), "{}", accused.join("\n"));
        // Two checks may be at it side by side, each with an account of its own.
        let bad = logins.iter().filter(|(_, right)| !right).count();
        assert!((1..=2).contains(&bad), "{status}: {logins:?}");
        let notes = outcome.report.run.unwrap().notes;
        assert!(notes.iter().any(|note| note.contains(&status.to_string())), "{notes:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_every_token_meets_few_logins() {
    let seen = Arc::new(Mutex::new(0));
    let kept = Arc::clone(&seen);
    let began = Instant::now();
    let all = ConformanceOptions {
        bad_logins: BadLogins::Never,
        ..ConformanceOptions::default()
    };
    against_with(all, true, move |request, identities| {
        if request.uri().path() != "/api/v1/authenticate" {
            return empty(401);
        }
        *kept.lock() += 1;
        identities.respond(request)
    })
    .await
    .unwrap();
    let (logins, took) = (*seen.lock(), began.elapsed().as_secs_f64());
    // Those that the checks of the login itself make are counted with them.
    assert!(
        f64::from(logins) < 150.0 + 10.0 * took,
        "{logins} logins in {took:.1} s"
    );
}
