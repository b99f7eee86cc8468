//! The options that name a target: tables of good and bad command lines.

use clap::Parser;
use proofload::cli::{Chosen, Failure, TargetOptions};
use proofload::exit::Exit;
use proofload_deployment::client::{Http, Limits, Session, preflight};
use proofload_deployment::{Permissions, Trust};
use secrecy::ExposeSecret;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    options: TargetOptions,
}

fn parse(line: &[&str]) -> Result<TargetOptions, clap::Error> {
    Line::try_parse_from(std::iter::once(&"proofload").chain(line)).map(|line| line.options)
}

async fn choose(line: &[&str]) -> Result<Chosen, Failure> {
    parse(line).unwrap().choose().await
}

#[test]
fn conflicting_and_incomplete_lines_are_usage_errors() {
    for line in [
        &["--url", "http://a", "--target", "b"][..],
        &["--url", "http://a", "--config", "b"],
        &["--url", "http://a", "--password-file", "p"],
        &["--url", "http://a", "--permissions", "all"],
        &["--url", "http://a", "--ca", "c", "--insecure"],
        &[
            "--url",
            "http://a",
            "--pin",
            "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "--ca",
            "c",
        ],
        &["--url", "http://a", "--pin", "nonsense"],
        &["--url", "http://a", "--allow", "everything"],
        &["--url", "http://a", "--password", "in-the-clear"],
    ] {
        let error = parse(line).unwrap_err();
        assert!(error.use_stderr(), "{line:?}");
    }
}

#[tokio::test]
async fn options_for_a_forgotten_target_are_refused() {
    for line in [
        &["--insecure"][..],
        &["--username", "u"],
        &["--ca", "x"],
        &["--signing-key-file", "x"],
    ] {
        let failure = choose(line).await.unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.sentence.contains("--url"), "{}", failure.sentence);
    }
}

#[tokio::test]
async fn a_url_alone_is_a_target_without_accounts() {
    let chosen = choose(&["--url", "https://127.0.0.1:5009/"]).await.unwrap();
    assert_eq!(chosen.target.base.to_string(), "https://127.0.0.1:5009");
    assert_eq!(chosen.target.name, "127.0.0.1");
    assert!(chosen.target.accounts.is_empty());
    assert!(!chosen.target.allow.writes && !chosen.target.allow.load);
    assert!(chosen.warnings.is_empty());
}

#[tokio::test]
async fn a_url_with_everything() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.into_os_string().into_string().unwrap()
    };
    let (password, key) = (file("password", "p\n"), file("key", "k\n"));
    let chosen = choose(&[
        "--url",
        "https://lab.example:5009",
        "--username",
        "domain\\svc",
        "--password-file",
        &password,
        "--insecure",
        "--allow",
        "writes,load",
        "--signing-key-file",
        &key,
    ])
    .await
    .unwrap();
    let target = chosen.target;
    assert_eq!(target.accounts[0].name, "main");
    assert_eq!(target.accounts[0].username, "domain\\svc");
    assert_eq!(target.accounts[0].password.expose_secret(), "p");
    assert_eq!(target.signing_key.unwrap().expose_secret(), b"k");
    assert!(target.allow.writes && target.allow.load);
    assert_eq!(target.trust, Trust::Insecure);
    let of_trust = chosen
        .warnings
        .iter()
        .filter(|warning| warning.contains("any certificate"));
    assert_eq!(of_trust.count(), 1);
}

#[tokio::test]
async fn what_the_account_holds_is_stated_or_left_to_be_seen() {
    let folder = tempfile::tempdir().unwrap();
    let password = folder.path().join("password");
    std::fs::write(&password, "p\n").unwrap();
    let line = |permissions: &[&'static str]| {
        let mut line = vec!["--url", "https://lab.example", "--username", "u", "--password-file"];
        line.push(password.to_str().unwrap());
        line.extend(permissions);
        line.into_iter().map(str::to_owned).collect::<Vec<String>>()
    };
    for (permissions, held) in [
        (&[][..], Permissions::Untold),
        (&["--permissions", "all"], Permissions::All),
        (&["--permissions", "none"], Permissions::Only(Vec::new())),
        (
            &["--permissions", "Face Publishing, Read Tags"],
            Permissions::Only(vec!["Face Publishing".to_owned(), "Read Tags".to_owned()]),
        ),
    ] {
        let line = line(permissions);
        let chosen = choose(&line.iter().map(String::as_str).collect::<Vec<_>>())
            .await
            .unwrap();
        assert_eq!(chosen.target.accounts[0].permissions, held, "{permissions:?}");
    }
    let line = line(&["--permissions", "Face Publishin"]);
    let failure = choose(&line.iter().map(String::as_str).collect::<Vec<_>>())
        .await
        .unwrap_err();
    assert_eq!(failure.exit, Exit::Usage);
    assert!(
        failure.sentence.contains("did you mean Face Publishing"),
        "{}",
        failure.sentence
    );
}

#[tokio::test]
async fn a_configuration_with_one_target_needs_no_name_and_the_line_amends_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    std::fs::write(&path, "[targets.lab]\nurl = \"https://lab.example\"\n").unwrap();
    let path = path.to_str().unwrap();
    let chosen = choose(&["--config", path, "--insecure", "--allow", "writes"])
        .await
        .unwrap();
    assert_eq!(chosen.target.name, "lab");
    assert_eq!(chosen.target.trust, Trust::Insecure);
    assert!(chosen.target.allow.writes);
    let failure = choose(&["--config", path, "--target", "lob"]).await.unwrap_err();
    assert_eq!(failure.exit, Exit::Usage);
    assert!(failure.sentence.ends_with("did you mean lab?"), "{}", failure.sentence);
    let failure = choose(&["--config", "no/such.toml"]).await.unwrap_err();
    assert_eq!(failure.exit, Exit::Usage);
}

#[tokio::test]
async fn no_target_at_all_is_the_embedded_mock_with_its_accounts() {
    let chosen = choose(&[]).await.unwrap();
    assert!(chosen.target.embedded && chosen.target.allow.writes && chosen.target.may_be_loaded());
    let http = Http::new(&chosen.target, Limits::default()).unwrap();
    preflight(&http).await.unwrap();
    assert_eq!(chosen.target.accounts.len(), 5);
    for account in &chosen.target.accounts {
        Session::login(&http, account).await.unwrap();
    }
}
