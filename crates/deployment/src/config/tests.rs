//! Good and bad configurations.

use super::*;
use crate::Trust;
use secrecy::{ExposeSecret, SecretString};

/// An environment of one variable, and a person who answers one thing.
struct Surroundings;

impl SecretReader for Surroundings {
    fn env(&self, name: &str) -> Result<Option<SecretString>, String> {
        Ok((name == "LAB_PASSWORD").then(|| "from-env".into()))
    }

    fn prompt(&self, prompt: &str) -> Result<SecretString, String> {
        assert!(prompt.contains("the password of"), "{prompt}");
        Ok("from-prompt".into())
    }
}

fn parse(text: &str) -> Result<Config, ConfigError> {
    let path = Path::new("conf/proofload.toml");
    Config::parse(path, text.to_owned(), Contract::bundled())
}

fn mistake(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

/// A target with one more line, the second one.
fn target(line: &str) -> String {
    format!("[targets.lab]\n{line}\nurl = \"https://10.0.0.123:5009\"\n")
}

/// An account with one more line, the fifth one.
fn account(line: &str) -> String {
    format!("[targets.lab]\nurl = \"https://10.0.0.123:5009\"\n[[targets.lab.accounts]]\nname = \"full\"\n{line}\n")
}

#[test]
fn everything_there_is() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("none.secret"), "from-file\r\n").unwrap();
    std::fs::write(folder.path().join("key.bin"), b"\xff\x00\n").unwrap();
    let path = folder.path().join("proofload.toml");
    std::fs::write(
        &path,
        r#"
            [targets.lab]
            url = "https://10.0.0.123:5009/"
            tls = { ca = "lab-ca.pem" }
            allow = ["reads", "writes"]
            signing_key = { file = "key.bin" }

            [[targets.lab.accounts]]
            name = "full"
            username = "svc-proof"
            password = { env = "LAB_PASSWORD" }
            permissions = "all"

            [[targets.lab.accounts]]
            name = "some"
            password = { prompt = true }
            permissions = ["Face Publishing", "Read Tags"]

            [[targets.lab.accounts]]
            name = "nobody"
            password = { file = "none.secret" }
            permissions = []

            [targets.cloud]
            url = "https://customer.econnectcloud.com/identities"
            tls = { pin = "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
        "#,
    )
    .unwrap();
    let config = Config::load(&path, Contract::bundled()).unwrap();
    assert_eq!(config.names().collect::<Vec<_>>(), ["cloud", "lab"]);
    let lab = config.target("lab", &Surroundings).unwrap();
    assert_eq!(lab.base.to_string(), "https://10.0.0.123:5009");
    assert_eq!(lab.trust, Trust::Ca(folder.path().join("lab-ca.pem")));
    assert!(lab.allow.writes && !lab.allow.load);
    assert_eq!(lab.signing_key.unwrap().expose_secret(), b"\xff\x00\n");
    let seen: Vec<_> = lab
        .accounts
        .iter()
        .map(|account| {
            (
                account.name.as_str(),
                account.username.as_str(),
                account.password.expose_secret(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("full", "svc-proof", "from-env"),
            ("some", "some", "from-prompt"),
            ("nobody", "nobody", "from-file")
        ]
    );
    assert_eq!(lab.accounts[2].permissions, Permissions::Only(Vec::new()));
    let cloud = config.target("cloud", &Surroundings).unwrap();
    assert!(matches!(cloud.trust, Trust::Pin(_)));
    assert_eq!(cloud.base.prefix(), "/identities");
    assert_eq!(
        config.target("lob", &Surroundings).unwrap_err().to_string(),
        format!("{} has no target \"lob\"; did you mean lab?", path.display())
    );
}

#[test]
fn mistakes_name_file_line_and_key() {
    for (text, place, what) in [
        ("[targets.lab\n".to_owned(), "`conf/proofload.toml`, line 1", "table"),
        (
            "[targets.lab]\n".to_owned(),
            "`conf/proofload.toml`, line 1, key `targets.lab`:",
            "missing field `url`",
        ),
        (
            "[target.lab]\nurl = \"x\"\n".to_owned(),
            "`conf/proofload.toml`, line 1",
            "unknown field `target`",
        ),
        (
            target("nope = 1"),
            "`conf/proofload.toml`, line 2, key `targets.lab`:",
            "unknown field `nope`",
        ),
        (
            target("allow = [\"write\"]"),
            "`conf/proofload.toml`, line 2, key `targets.lab.allow`:",
            "unknown variant `write`, expected one of `reads`, `writes`, `load`",
        ),
        (
            target("tls = { insecure = true, ca = \"x\" }"),
            "`conf/proofload.toml`, line 2, key `targets.lab.tls`:",
            "exactly one",
        ),
        (
            target("tls = { pin = \"sha256//x\" }"),
            "`conf/proofload.toml`, line 2, key `targets.lab.tls`:",
            "is not a pin",
        ),
        (
            target("signing_key = \"k\""),
            "`conf/proofload.toml`, line 2, key `targets.lab.signing_key`:",
            "never written into this file",
        ),
        (
            "[targets.lab]\nurl = \"ftp://x\"\n".to_owned(),
            "`conf/proofload.toml`, line 2, key `targets.lab.url`:",
            "neither http nor https",
        ),
        (
            account("permissions = []"),
            "`conf/proofload.toml`, line 3, key `targets.lab.accounts`:",
            "missing field `password`",
        ),
        (
            account("password = { env = \"A\", file = \"b\" }"),
            "`conf/proofload.toml`, line 5, key `targets.lab.accounts.password`:",
            "more than one place",
        ),
        (
            account("password = { prompt = false }"),
            "`conf/proofload.toml`, line 5, key `targets.lab.accounts.password`:",
            "expected true",
        ),
        (
            account("permissions = \"some\""),
            "`conf/proofload.toml`, line 5, key `targets.lab.accounts.permissions`:",
            "expected \"all\"",
        ),
        (
            account("password = { prompt = true }\npermissions = [\"Read Tags\", \"Read Tag\"]"),
            "`conf/proofload.toml`, line 6, key `targets.lab.accounts.permissions`:",
            "did you mean Read Tags",
        ),
        (
            account(
                "password = { prompt = true }\npermissions = []\n[[targets.lab.accounts]]\nname = \"full\"\npassword = { prompt = true }\npermissions = []",
            ),
            "`conf/proofload.toml`, line 8, key `targets.lab.accounts.name`:",
            "an account full already",
        ),
    ] {
        let sentence = mistake(&text);
        assert!(sentence.starts_with(place), "{sentence} begins with {place}");
        assert!(sentence.contains(what), "{sentence} contains {what}");
        assert!(!sentence.contains('\n'), "{sentence}");
    }
}

#[test]
fn a_password_in_the_clear_is_refused_and_not_repeated() {
    for password in [
        "\"hunter2\"",
        "72727272",
        "7272.7272",
        "true",
        "[\"hunter2\"]",
        "'''hunter2'''",
    ] {
        let sentence = mistake(&account(&format!("password = {password}")));
        assert!(sentence.contains("targets.lab.accounts.password"), "{sentence}");
        assert!(
            !sentence.contains("hunter2") && !sentence.contains("7272"),
            "{sentence}"
        );
        assert!(sentence.contains("{ env = \"NAME\" }"), "{sentence}");
    }
}

#[test]
fn absent_secrets_are_named_with_their_place() {
    let missing = |line: &str| {
        let text = account(&format!("password = {line}\npermissions = []"));
        parse(&text)
            .unwrap()
            .target("lab", &Surroundings)
            .unwrap_err()
            .to_string()
    };
    let sentence = missing("{ env = \"UNSET\" }");
    assert_eq!(
        sentence,
        "`conf/proofload.toml`, line 5, key `targets.lab.accounts.password`: the environment variable UNSET is not set; it should hold the password of full at lab"
    );
    let sentence = missing("{ file = \"no-such-file\" }");
    assert!(sentence.contains("conf/no-such-file"), "{sentence}");
}

#[test]
fn a_missing_file_is_one_sentence() {
    let sentence = Config::load(Path::new("no/such.toml"), Contract::bundled())
        .unwrap_err()
        .to_string();
    assert!(
        sentence.starts_with("there is no configuration file no/such.toml"),
        "{sentence}"
    );
}

#[test]
fn the_way_to_a_target_is_part_of_it() {
    let way = |line: &str| parse(&target(line)).unwrap().target("lab", &Surroundings);
    let proxied = way("proxy = \"http://proxy:3128\"").unwrap();
    assert_eq!(
        proxied.way.proxy().map(ToString::to_string).as_deref(),
        Some("http://proxy:3128")
    );
    assert!(matches!(way("proxy = \"none\"").unwrap().way.route, Route::Direct));
    let told = parse(&target("headers = { X-Key = \"hush\" }"))
        .unwrap_err()
        .to_string();
    assert!(
        told.contains("headers.X-Key") && told.contains("{ env =") && !told.contains("hush"),
        "{told}"
    );
    let carried = way("headers = { X-Api-Key = { env = \"LAB_PASSWORD\" } }").unwrap();
    assert_eq!(carried.way.headers.lines().count(), 1);
    assert!(matches!(way("").unwrap().way.route, Route::Unsaid));
    for (line, what) in [
        ("proxy = \"http://u:hush@proxy:1\"", "name this proxy in HTTPS_PROXY"),
        ("proxy = \"socks5://proxy:1\"", "SOCKS"),
        ("key = \"client.key\"", "name it with cert"),
        ("headers = { Accept = { env = \"LAB_PASSWORD\" } }", "by themselves"),
        ("headers = { X-Key = { env = \"NOT_SET\" } }", "NOT_SET is not set"),
        (
            "cert = \"no-such.pem\"",
            "cannot read the client certificate in conf/no-such.pem",
        ),
    ] {
        let sentence = way(line).unwrap_err().to_string();
        assert!(
            sentence.contains("line 2") && sentence.contains(what) && !sentence.contains("hush"),
            "{sentence}"
        );
    }
}

#[test]
fn variables_that_are_not_set_are_all_named_at_once() {
    let account = |name: &str| {
        format!("[[targets.lab.accounts]]\nname = \"{name}\"\npassword = {{ env = \"{name}\" }}\npermissions = []\n")
    };
    let accounts = ["ONE", "LAB_PASSWORD", "TWO", "THREE"].map(account).concat();
    let text = format!("[targets.lab]\nurl = \"https://10.0.0.123:5009\"\n{accounts}");
    let error = parse(&text)
        .unwrap()
        .target("lab", &Surroundings)
        .unwrap_err()
        .to_string();
    assert!(error.contains("not set: ONE, TWO, THREE;"), "{error}");
    assert!(!error.contains("LAB_PASSWORD"), "{error}");
}

#[test]
fn where_the_machines_tell_their_figures() {
    let text = r#"
        [targets.lab]
        url = "https://10.0.0.123:5009"

        [[targets.lab.watch]]
        url = "http://10.0.0.123:9100"

        [[targets.lab.watch]]
        url = "https://10.0.0.123:9400/metrics"
        name = "gpu"
        tls = { ca = "lab-ca.pem" }
        username = "prometheus"
        password = { env = "LAB_PASSWORD" }
        series = { faces = "rate(faces_total)" }

        [[targets.lab.watch]]
        url = "http://10.0.0.124:9100"
        bearer = { env = "LAB_PASSWORD" }
    "#;
    let exporters = parse(text).unwrap().exporters("lab", &Surroundings).unwrap();
    let names: Vec<_> = exporters.iter().map(|exporter| exporter.name.as_str()).collect();
    assert_eq!(names, ["10.0.0.123:9100", "gpu", "10.0.0.124:9100"]);
    assert_eq!(exporters[1].trust, Trust::Ca("conf/lab-ca.pem".into()));
    assert_eq!(
        exporters[1].series,
        [("faces".to_owned(), "rate(faces_total)".to_owned())]
    );
    assert!(!format!("{exporters:?}").contains("from-env"));
    assert!(
        parse(text)
            .unwrap()
            .exporters("none", &Surroundings)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn an_endpoint_that_is_wrong_is_told_with_its_place() {
    for (lines, said) in [
        ("url = \"box:9100\"", "http://box:9100"),
        ("url = \"http://me:hunter2@box:9100\"", "carries credentials"),
        ("url = \"http://box:9100\"\nname = \" \"", "empty"),
        ("url = \"http://box:9100\"\nusername = \"me\"", "username and password"),
        (
            "url = \"http://box:9100\"\nbearer = { env = \"UNSET\" }",
            "UNSET is not set",
        ),
    ] {
        let text = format!("[targets.lab]\nurl = \"https://box\"\n[[targets.lab.watch]]\n{lines}\n");
        let why = parse(&text)
            .unwrap()
            .exporters("lab", &Surroundings)
            .unwrap_err()
            .to_string();
        assert!(
            why.contains(said) && why.contains("proofload.toml") && !why.contains("hunter2"),
            "{why}"
        );
    }
    assert!(
        mistake("[targets.lab]\nurl = \"https://box\"\n[[targets.lab.watch]]\nurl = \"x\"\nbearer = \"hunter2\"\n")
            .contains("bearer")
    );
}
