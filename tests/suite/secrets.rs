//! Passwords, tokens and signing keys appear nowhere: the program is run against a deployment behind nginx, whose log
//! knows the tokens in use, and all it prints, writes and shows in the process list is searched for them.
#![cfg(unix)]

use crate::program::program;
use proofload_mock_server::{ACCOUNTS, Settings};
use proofload_test_support::{Mock, Nginx};
use secrecy::ExposeSecret;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;
use tempfile::TempDir;

const SIGNING_KEY: &str = "a-lab-signing-key-that-must-never-be-seen";

/// A deployment, and a folder in which the program may work.
struct Lab {
    nginx: Nginx,
    folder: TempDir,
    _mock: Mock,
}

/// What a run left behind, each with the name it goes by in a failure.
type Traces = Vec<(String, String)>;

impl Lab {
    fn new() -> Self {
        let mock = Mock::start(Settings {
            signing_key: SIGNING_KEY.as_bytes().to_vec().into(),
            ..Settings::default()
        });
        let lab = Self {
            nginx: Nginx::before(&mock),
            folder: tempfile::tempdir().unwrap(),
            _mock: mock,
        };
        fs::create_dir(lab.work()).unwrap();
        fs::create_dir(lab.folder.path().join("secrets")).unwrap();
        lab.write_configuration();
        lab
    }

    /// Where the program runs; the secrets lie elsewhere.
    fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Passwords come from the environment and from files, the signing key from a file.
    fn write_configuration(&self) {
        let mut text = format!(
            "[targets.lab]\nurl = \"{}\"\ntls = {{ ca = \"{}\" }}\nallow = [\"writes\", \"load\"]\nsigning_key = {{ file = \"../secrets/key\" }}\n",
            self.nginx.url(),
            self.nginx.certificate().display()
        );
        fs::write(self.folder.path().join("secrets/key"), SIGNING_KEY).unwrap();
        for account in ACCOUNTS {
            let name = account.name;
            let password = account.password();
            let (source, permissions) = match name {
                "admin" => ("{ env = \"ADMIN_PASSWORD\" }".to_owned(), "\"all\""),
                _ => (format!("{{ file = \"../secrets/{name}\" }}"), "[]"),
            };
            fs::write(self.folder.path().join("secrets").join(name), password.expose_secret()).unwrap();
            let account = format!("name = \"{name}\"\npassword = {source}\npermissions = {permissions}\n");
            text.push_str("[[targets.lab.accounts]]\n");
            text.push_str(&account);
        }
        fs::write(self.work().join("proofload.toml"), text).unwrap();
    }

    /// Runs the program with all its libraries told to log what they can.
    fn run(&self, args: &[&str]) -> Traces {
        let output = |name: &str| File::create(self.work().join(name)).unwrap();
        let mut child = program()
            .args(args)
            .current_dir(self.work())
            .env("ADMIN_PASSWORD", "admin-pass")
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "full")
            .stdout(output("stdout"))
            .stderr(output("stderr"))
            .spawn()
            .unwrap();
        let mut traces = vec![("the process list".to_owned(), command_lines(&mut child))];
        collect(&self.work(), &mut traces);
        traces
    }

    /// The secrets in use: passwords, the key, and every token that nginx saw.
    fn secrets(&self) -> BTreeSet<String> {
        let passwords = ACCOUNTS
            .iter()
            .map(|account| account.password().expose_secret().to_owned());
        let requests = self.nginx.requests();
        let tokens = requests
            .iter()
            .filter_map(|line| line.split_whitespace().find(|word| is_token(word)));
        passwords
            .chain([SIGNING_KEY.to_owned()])
            .chain(tokens.map(str::to_owned))
            .collect()
    }

    #[track_caller]
    fn assert_untold(&self, args: &[&str]) {
        let traces = self.run(args);
        let secrets = self.secrets();
        assert!(
            secrets.len() > ACCOUNTS.len() + 1,
            "no token was used by {args:?}: {traces:?}"
        );
        for (place, text) in &traces {
            for secret in &secrets {
                // A token is as good as told by its signature, wherever the rest went.
                let telling = secret.rsplit('.').next().unwrap_or(secret);
                assert!(!text.contains(telling), "{args:?}: {place} tells {secret}");
            }
        }
        let printed = |name: &str| {
            traces
                .iter()
                .any(|(place, text)| place.ends_with(name) && !text.is_empty())
        };
        assert!(printed("stdout"), "{args:?} printed nothing: {traces:?}");
    }
}

/// Three parts of which the last is as long as an HS256 signature.
fn is_token(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    parts.len() == 3 && parts[0].starts_with("eyJ") && parts[2].len() >= 43
}

/// The command lines of the process and its children, as long as it runs.
fn command_lines(child: &mut Child) -> String {
    let mut seen = BTreeSet::new();
    while child.try_wait().unwrap().is_none() {
        if cfg!(target_os = "linux") {
            look_at(&child.id().to_string(), &mut seen);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    seen.into_iter().collect()
}

/// Processes come and go: one that cannot be read is gone.
fn look_at(process: &str, seen: &mut BTreeSet<String>) {
    let read = |path: String| String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned();
    seen.insert(read(format!("/proc/{process}/cmdline")));
    for child in read(format!("/proc/{process}/task/{process}/children")).split_whitespace() {
        look_at(child, seen);
    }
}

/// Every file below a folder, binary ones as far as they are text.
fn collect(folder: &Path, traces: &mut Traces) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, traces);
        } else {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            traces.push((path.display().to_string(), text));
        }
    }
}

#[test]
fn validate_keeps_them_in_every_output() {
    let lab = Lab::new();
    let outputs = [
        "--report",
        "json=report.json",
        "--report",
        "junit=report.xml",
        "--report",
        "markdown=report.md",
        "--snapshot",
        "snapshots",
    ];
    lab.assert_untold(&[&["validate", "--target", "lab"], &outputs[..]].concat());
    for output in ["report.json", "report.xml", "report.md", "snapshots"] {
        assert!(lab.work().join(output).exists(), "{output}");
    }
}

#[test]
fn a_refused_login_does_not_repeat_the_password() {
    let lab = Lab::new();
    let password = "a-wrong-password-is-somebody's-right-one";
    fs::write(lab.folder.path().join("secrets/publisher"), password).unwrap();
    for format in ["console", "json"] {
        let args = ["validate", "--target", "lab", "--only", "publish", "--format", format];
        let traces = lab.run(&args);
        let told = traces.iter().find(|(_, text)| text.contains(password));
        assert!(told.is_none(), "{args:?}: {told:?}");
        let says_whose = |(place, text): &(String, String)| place.contains("/std") && text.contains("publisher");
        assert!(traces.iter().any(says_whose), "{args:?}: {traces:?}");
    }
}

#[test]
fn load_keeps_them_in_its_record_too() {
    let lab = Lab::new();
    for format in ["console", "json"] {
        let out = format!("runs/{format}");
        lab.assert_untold(&[
            "load",
            "--target",
            "lab",
            "--scenario",
            "field-mix",
            "--duration",
            "2s",
            "--out",
            &out,
            "--format",
            format,
        ]);
        assert!(lab.work().join(out).join("run.json").exists());
    }
}
