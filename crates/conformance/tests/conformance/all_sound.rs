//! Sound variants: what real deployments do otherwise, and rightly. Nobody may be accused of one.
//!
//! Variants that do not get in each other's way are run together, so that all of them take some thirty runs; where one is accused, it is looked for
//! by itself. `docs/sound.md` is made from this run.

use crate::behaviour::that_ended;
use crate::target::target;
use proofload_conformance::{BadLogins, ConformanceOptions, run};
use proofload_contract::Contract;
use proofload_deployment::Trust;
use proofload_mock_server::{Identities, Kind, Listen, Server, Settings, Variant};
use proofload_results::events::Unobserved;
use proofload_results::validate::Verdict;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// How many servers are tested side by side: the checks wait for the clock more than they work.
const LANES: usize = 10;
/// No run takes longer, on a machine that is busy with others.
const LONGEST: Duration = Duration::from_secs(300);

const HEAD: &str = "\
# Sound variants

The documents leave much open, and real deployments use that freedom. `proofload mock --variant NAME` starts a server that
does; `proofload validate`, with reads alone and with writes, must accuse none of them. A variant is *clean* where no case
failed, warned or could not be tested; several were run together, that do not get in each other's way. One warning is due where tokens are signed
otherwise than the documents show: it is told once.

This page is made by `crates/conformance/tests/conformance/all_sound.rs`: `INSTA_UPDATE=always cargo test -p proofload-conformance --test conformance all_sound::`.

";

/// How many servers the variants are dealt out to.
const SETS: usize = 26;

/// Sets of variants: of each kind one in each, and one more where a kind has more of them than there are sets. They are listed so
/// that the two do not get in each other's way.
fn sets() -> Vec<Vec<Variant>> {
    let mut by_kind: BTreeMap<String, Vec<Variant>> = BTreeMap::new();
    for variant in Variant::ALL {
        by_kind.entry(variant.kind().to_string()).or_default().push(*variant);
    }
    // A refusal whose body is another says nothing of limits.
    let bare = [
        Variant::ErrorsEmpty,
        Variant::ErrorsInText,
        Variant::ErrorsInJson,
        Variant::ErrorsAsPages,
        Variant::ProblemsAsXml,
        Variant::ProblemsTranslated,
    ]
    .len();
    let mut sets = vec![Vec::new(); SETS];
    for kind in by_kind.values() {
        let first = if kind[0].kind() == Kind::Limits { bare } else { 0 };
        for (nth, variant) in kind.iter().enumerate() {
            sets[first + nth % (SETS - first)].push(*variant);
        }
    }
    sets
}

/// What is told of variants that the documents show otherwise, without saying that they may not be so: one warning.
const TOLD: &str = "authenticate/token-alg@admin";

/// Whether a variant is told.
fn is_told(variant: Variant) -> bool {
    variant.name().starts_with("signed-")
}

/// What is held against a server with these variants.
async fn accused(variants: &[Variant], writes: bool) -> Vec<String> {
    let identities = Identities::new(Settings {
        variants: variants.to_vec(),
        ..Settings::default()
    });
    let listen = Listen {
        http: Some("127.0.0.1:0".parse().unwrap()),
        ..Listen::default()
    };
    let server = Server::start(Arc::new(identities), listen).await.unwrap();
    let base = format!("http://{}", server.http_addr().unwrap());
    let options = ConformanceOptions {
        only: patterns(),
        bad_logins: BadLogins::Spaced,
        // A machine that is busy with other tests is no fault of the server's.
        timeout: Duration::from_secs(60),
        ..ConformanceOptions::default()
    };
    let target = target(&base, Trust::System, writes);
    match run(&target, Contract::bundled(), &options, &Unobserved).await {
        Ok(outcome) => {
            let mut held = that_ended(&outcome, &[Verdict::Fail, Verdict::Warn, Verdict::Error]);
            let before = held.len();
            if variants.iter().copied().any(is_told) {
                held.retain(|case| !case.starts_with(TOLD));
                if held.len() == before {
                    held.push(format!("{TOLD} is not told"));
                }
            }
            held
        }
        Err(error) => vec![format!("the run does not begin: {error}")],
    }
}

/// Every sequence, the checks of the deployment, and every probe on one operation of each kind.
fn patterns() -> Vec<proofload_deployment::pattern::Pattern> {
    let families = proofload_conformance::behaviour::all();
    let families = families.iter().flat_map(|family| family.cases());
    let families = families.map(|case| format!("{}/{}", case.operation, case.clause.name));
    let whole = ["authenticate", "renewToken", "recognize", "getPerson", "putNote"];
    let whole = whole.iter().map(|operation| format!("{operation}/*"));
    let across = ["*/control", "deployment/*"].map(str::to_owned);
    families
        .chain(whole)
        .chain(across)
        .map(|pattern| pattern.parse().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_sound_variant_is_accused() {
    use futures_util::stream::{self, StreamExt as _};
    // What reads alone send is part of what is sent with writes, but for the bodies that are broken on purpose.
    let sets = sets();
    let reads = sets.first().cloned().map(|set| (set, false));
    let runs = sets.into_iter().map(|set| (set, true)).chain(reads);
    let runs = runs.map(|(set, writes)| async move {
        let accused = tokio::time::timeout(LONGEST, accused(&set, writes)).await;
        let accused = accused.unwrap_or_else(|_| vec!["the run has no end".to_owned()]);
        (set, writes, accused)
    });
    let done: Vec<_> = stream::iter(runs).buffer_unordered(LANES).collect().await;
    let mut blamed = String::new();
    for (set, writes, together) in done.iter().filter(|(_, _, accused)| !accused.is_empty()) {
        let mut alone = String::new();
        for variant in set {
            let accused = accused(&[*variant], *writes).await;
            if !accused.is_empty() {
                let _ = writeln!(alone, "{}:\n  {}", variant.name(), accused.join("\n  "));
            }
        }
        let names: Vec<&str> = set.iter().map(|variant| variant.name()).collect();
        let (names, together) = (names.join(", "), together.join("\n  "));
        let _ = writeln!(blamed, "{names} (writes: {writes}):\n  {together}\nby itself\n{alone}");
    }
    assert!(blamed.is_empty(), "accused:\n{blamed}");
    let said = |variant| {
        if is_told(variant) {
            "one warning: `token-alg`"
        } else {
            "clean"
        }
    };
    let page = format!("{HEAD}{}", Variant::markdown(|variant| said(variant).to_owned()));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/sound.md");
    if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
        std::fs::write(path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    assert_eq!(
        kept, page,
        "docs/sound.md is out of date; INSTA_UPDATE=always writes it anew"
    );
}
