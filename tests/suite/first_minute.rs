//! The first minute: `init` writes a configuration that works, `doctor` says what would be in the way, and neither harms anything.
#![cfg(unix)]

use crate::program::program;
use proofload_mock_server::Settings;
use proofload_test_support::{Mock, Nginx, assert_holds, schema};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Output, Stdio};

/// Runs the program where there is no terminal, with passwords in the environment.
fn run(folder: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let output: Output = program()
        .args(args)
        .current_dir(folder)
        .env("LAB_ADMIN_PASSWORD", "admin-pass")
        .env("LAB_READER_PASSWORD", "reader-pass")
        .env_remove("PROOFLOAD_PASSWORD")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn a_deployment_behind_nginx_is_found_written_down_and_validated() {
    let mock = Mock::start(Settings {
        swagger: true,
        ..Settings::default()
    });
    let nginx = Nginx::before(&mock);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // Without the prefix, which init finds.
    let url = format!("https://{}", nginx.address());
    let accounts = ["--username", "admin", "--username", "reader"];
    let init = [&["init", "--url", &url][..], &accounts, &["--secrets", "file"]].concat();

    let (code, _, said) = run(folder, &init);
    assert_eq!(code, Some(3), "{said}");
    assert!(
        said.contains("--pin sha256//"),
        "an untrusted certificate names its pin: {said}"
    );
    assert!(!folder.join("proofload.toml").exists(), "nothing is left of it");

    let (code, told, said) = run(folder, &[&init[..], &["--accept-certificate"]].concat());
    assert_eq!(code, Some(0), "{said}");
    assert!(told.contains("admin: every permission"), "{told}");
    assert!(told.contains("reader: Read All Identity, Read Tags"), "{told}");
    let text = fs::read_to_string(folder.join("proofload.toml")).unwrap();
    assert!(text.starts_with("#:schema ./proofload.schema.json\n"), "{text}");
    assert!(text.contains("/identities\""), "the prefix was found: {text}");
    assert!(!text.contains("admin-pass"), "{text}");
    let document = toml::from_str::<toml::Table>(&text).unwrap();
    assert_holds(&schema("config"), &serde_json::to_value(document).unwrap());
    let secret = folder.join("lab-admin.secret");
    assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_to_string(folder.join(".gitignore")).unwrap(), "*.secret\n");

    let (code, told, said) = run(folder, &["doctor"]);
    assert_eq!(code, Some(0), "{told}{said}");
    assert!(
        told.contains("account admin") && told.contains("holds every permission"),
        "{told}"
    );
    let (code, told, said) = run(folder, &["validate", "--target", "lab", "--only", "listTags"]);
    assert_eq!(code, Some(0), "{told}{said}");

    let (code, _, said) = run(folder, &[&init[..], &["--accept-certificate"]].concat());
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("proofload.toml is there already") && said.contains("--force"),
        "{said}"
    );
    let (code, _, said) = run(folder, &[&init[..], &["--accept-certificate", "--force"]].concat());
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn init_refuses_in_one_sentence_and_leaves_nothing() {
    let mock = Mock::on_premise();
    let url = mock.http_url();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("wrong"), "not-it").unwrap();
    let bare = mock.http().to_string();
    for (args, code, sentence) in [
        (&["init"][..], 2, "there is no terminal to ask at: give --url"),
        (&["init", "--url", &url], 2, "give --username"),
        (
            &["init", "--url", &bare, "--username", "admin"],
            2,
            "it has no scheme; is it http://",
        ),
        (
            &["init", "--url", &url, "--username", "publisher", "--username", "nobody"],
            2,
            "set LAB_PUBLISHER_PASSWORD, LAB_NOBODY_PASSWORD",
        ),
        (
            &["init", "--url", &url, "--username", "admin", "--password-file", "wrong"],
            3,
            "are its user name and password right?",
        ),
        (
            &["init", "--url", "http://127.0.0.1:9", "--username", "admin"],
            3,
            "cannot reach http://127.0.0.1:9",
        ),
    ] {
        let (seen, _, said) = run(folder, args);
        assert_eq!(seen, Some(code), "{args:?}: {said}");
        assert!(said.contains(sentence), "{args:?}: {said}");
        assert_eq!(
            said.lines().filter(|line| line.starts_with("error: ")).count(),
            1,
            "{said}"
        );
        assert_eq!(fs::read_dir(folder).unwrap().count(), 1, "{args:?} left something");
    }
}

#[test]
fn init_goes_the_way_it_is_told_and_writes_it_down() {
    let mock = Mock::on_premise();
    let port = mock.http().port();
    let url = format!("http://lab.example:{port}");
    let resolve = format!("lab.example:{port}:127.0.0.1");
    let folder = tempfile::tempdir().unwrap();
    let init = ["init", "--url", &url, "--username", "admin"];

    let proxied = program()
        .args(init)
        .current_dir(folder.path())
        .env("LAB_ADMIN_PASSWORD", "admin-pass")
        .env("HTTP_PROXY", "http://127.0.0.1:9")
        .output()
        .unwrap();
    let said = String::from_utf8(proxied.stderr).unwrap();
    assert!(
        said.contains("go through the proxy http://127.0.0.1:9 (HTTP_PROXY)"),
        "{said}"
    );
    assert!(
        said.contains(&format!("cannot reach {url} through the proxy http://127.0.0.1:9: ")),
        "{said}"
    );

    let way = [
        "--proxy",
        "none",
        "--header",
        "X-Api-Key: abcdefghij",
        "--resolve",
        &resolve,
    ];
    let (code, told, said) = run(folder.path(), &[&init[..], &way].concat());
    assert_eq!(code, Some(0), "{said}");
    assert!(
        told.contains(&format!("doctor --target lab --resolve {resolve}\n")),
        "{told}"
    );
    assert!(told.contains("export LAB_X_API_KEY"), "{told}");
    let text = fs::read_to_string(folder.path().join("proofload.toml")).unwrap();
    for line in [
        "proxy = \"none\"",
        "headers = { x-api-key = { env = \"LAB_X_API_KEY\" } }",
        &format!("# It was reached with --resolve {resolve}, "),
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(!text.contains("abcdefghij") && !told.contains("abcdefghij"), "{text}");
    let document = toml::from_str::<toml::Table>(&text).unwrap();
    assert_holds(&schema("config"), &serde_json::to_value(document).unwrap());
}

#[test]
fn what_is_not_an_identities_server_is_told() {
    use std::io::{Read as _, Write as _};
    let folder = tempfile::tempdir().unwrap();
    // A web page, whatever is asked.
    let portal = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", portal.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in portal.incoming().flatten() {
            let mut stream = stream;
            let _ = stream.read(&mut [0; 4096]);
            let page = "<!doctype html><p>Welcome";
            let length = page.len();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{page}"
            );
        }
    });
    let (code, _, said) = run(folder.path(), &["init", "--url", &url, "--username", "admin"]);
    assert!(
        code == Some(3) && said.contains("answers with a web page (status 200)"),
        "{said}"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn an_expired_certificate_is_told_and_may_be_accepted() {
    let mock = Mock::on_premise();
    let nginx = Nginx::expired(&mock);
    let folder = tempfile::tempdir().unwrap();
    let url = nginx.url();
    let init = ["init", "--url", &url, "--username", "admin"];
    let (code, _, said) = run(folder.path(), &init);
    assert!(code == Some(3) && said.contains("expired"), "{said}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let (code, told, said) = run(folder.path(), &[&init[..], &["--accept-certificate"]].concat());
    assert_eq!(code, Some(0), "{said}");
    assert!(
        told.contains("certificate  expired on 2002-01-01, key sha256//"),
        "{told}"
    );
    let (code, told, _) = run(folder.path(), &["doctor", "--target", "lab"]);
    assert!(
        code == Some(0) && told.contains("but it expired on 2002-01-01"),
        "{told}"
    );
}

/// What a person types at a terminal, which `script` makes of a pipe; what was shown. Nothing where there is no `script`.
fn at_a_terminal(folder: &Path, command: &str, typed: &str) -> Option<String> {
    let shown = std::process::Command::new("script")
        .args(["-qec", command, "/dev/null"])
        .current_dir(folder)
        .env_remove("LAB_ADMIN_PASSWORD")
        .env_remove("PROOFLOAD_PASSWORD")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut shown) = shown else {
        #[expect(clippy::print_stderr, reason = "whoever reads the log is told")]
        {
            eprintln!("not tried: there is no script(1) to make a terminal");
        }
        return None;
    };
    std::io::Write::write_all(&mut shown.stdin.take().unwrap(), typed.as_bytes()).unwrap();
    let output = shown.wait_with_output().unwrap();
    Some(String::from_utf8_lossy(&output.stdout).into_owned() + &format!("code {:?}", output.status.code()))
}

#[test]
fn at_a_terminal_init_asks_for_what_is_not_given() {
    let mock = Mock::on_premise();
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_proofload");
    let url = mock.https_url();
    // Whoever does not say yes to a certificate has written nothing.
    let Some(shown) = at_a_terminal(
        folder.path(),
        &format!("{program} init --url {url} --username admin"),
        "n\n",
    ) else {
        return;
    };
    assert!(
        shown.contains("trust its key from now on? [y/N]") && shown.ends_with("code Some(3)"),
        "{shown}"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let typed = format!("{url}\ny\n");
    // The password is asked for at the terminal itself, and never shown.
    fs::write(folder.path().join("password"), "admin-pass").unwrap();
    let shown = at_a_terminal(
        folder.path(),
        &format!("{program} init --username admin --password-file password"),
        &typed,
    )
    .unwrap();
    assert!(shown.contains("base URL, such as https://10.0.0.123:5009:"), "{shown}");
    assert!(
        shown.contains("written: proofload.toml") && shown.ends_with("code Some(0)"),
        "{shown}"
    );
    let shown = at_a_terminal(folder.path(), &format!("{program} init"), &typed).unwrap();
    assert!(
        shown.contains("is there already") && shown.contains("--force"),
        "{shown}"
    );
}

#[test]
fn doctor_names_what_is_in_the_way() {
    let mock = Mock::on_premise();
    let folder = tempfile::tempdir().unwrap();
    let config = format!(
        "[targets.lab]\nurl = \"{}\"\n[[targets.lab.accounts]]\nname = \"reader\"\npassword = {{ env = \"LAB_READER_PASSWORD\" }}\npermissions = \"all\"\n",
        mock.http_url()
    );
    fs::write(folder.path().join("proofload.toml"), config).unwrap();
    let (code, told, said) = run(folder.path(), &["doctor"]);
    assert_eq!(code, Some(3), "{told}{said}");
    assert!(
        told.contains("FAIL") && told.contains("refused what it is stated to hold: Face Publishing"),
        "{told}"
    );
    let (code, told, _) = run(folder.path(), &["doctor", "--url", "http://127.0.0.1:9"]);
    assert!(code == Some(3) && told.contains("connection refused"), "{told}");
}

#[test]
fn what_ships_and_what_the_pages_show_holds_to_the_schemas_for_editors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let holds = |name: &str, text: &str| {
        let document = toml::from_str::<toml::Table>(text).unwrap();
        let document = serde_json::to_value(document).unwrap();
        assert_holds(&schema(name), &document);
    };
    for entry in fs::read_dir(root.join("scenarios")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|kind| kind == "toml") {
            let text = fs::read_to_string(&path).unwrap();
            assert!(
                text.starts_with("#:schema ../docs/schemas/scenario.json\n"),
                "{}",
                path.display()
            );
            holds("scenario", &text);
        }
    }
    let page = fs::read_to_string(root.join("docs/configuration.md")).unwrap();
    let shown = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    holds("config", shown);
    let refused = serde_json::json!({ "targets": { "lab": { "url": "http://a", "alow": [] } } });
    assert!(!schema("config").is_valid(&refused));
}

#[test]
fn quiet_says_only_what_matters_and_colours_come_when_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (code, told, said) = run(
        folder.path(),
        &[
            "validate", "--only", "listTags", "--quiet", "--color", "always", "--out", "v",
        ],
    );
    assert_eq!((code, said.as_str()), (Some(0), ""), "{told}");
    assert!(told.contains("\u{1b}["), "{told}");
    let (_, told, _) = run(
        folder.path(),
        &["-q", "validate", "--only", "listTags", "--color", "never"],
    );
    assert!(!told.contains('\u{1b}'));
    let (code, _, said) = run(folder.path(), &["validate", "--only", "publsh/*"]);
    assert!(code == Some(3) && said.contains("did you mean publish"), "{said}");
    let (code, _, said) = run(folder.path(), &["gate"]);
    assert!(
        code == Some(2) && said.contains("--baseline DIR") && said.contains("--url-a URL"),
        "{said}"
    );
}
