//! The text of `proofload.toml`.

use super::reach::Reach;
use crate::certificate::Certificate;
use crate::holdings::Holdings;
use crate::schemas::CONFIGURATION;
use chrono::NaiveDate;
use proofload_deployment::{Allow, BaseUrl, Trust};
use proofload_results::text;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use toml::Value;

/// What a configuration says of a target.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub base: BaseUrl,
    /// How its certificate is trusted.
    pub trust: Trust,
    /// The certificate that it showed.
    pub certificate: Option<Certificate>,
    /// How it is reached.
    pub reach: Reach,
    /// What may be done to it.
    pub allow: Allow,
    /// Its accounts.
    pub accounts: Vec<Entry>,
}

/// An account, with what it was seen to hold.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What cases and reports call it.
    pub name: String,
    /// What it logs in with.
    pub username: String,
    /// Where its password is.
    pub password: Place,
    /// What it was seen to hold.
    pub holdings: Holdings,
}

/// Where a password is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In an environment variable.
    Env(String),
    /// In a file, relative to the configuration's folder.
    File(PathBuf),
}

/// The whole text, with a comment on each decision that a person may want to take back.
pub fn configuration(plan: &Plan, today: NaiveDate) -> String {
    let name = &plan.name;
    let mut text = format!(
        "#:schema ./{}\n\
         # A deployment to test, as `proofload init` found it on {today}. Every key is explained in docs/configuration.md.\n\
         # No password stands here, only where each one is.\n\n\
         [targets.{}]\nurl = {}\n",
        CONFIGURATION.file,
        key(name),
        quoted(&plan.base.to_string())
    );
    trust(&mut text, plan);
    plan.reach.write(&mut text, name);
    text.push_str(if plan.allow.writes && plan.allow.load {
        "# What may be done to it. It is yours to change and to load, as was said when this was written.\n"
    } else {
        "# What may be done to it. Add \"writes\" and \"load\" only for a deployment that you own.\n"
    });
    let allowed = [
        ("reads", true),
        ("writes", plan.allow.writes),
        ("load", plan.allow.load),
    ];
    let allowed = allowed.iter().filter(|(_, given)| *given);
    let allowed: Vec<String> = allowed.map(|(what, _)| format!("\"{what}\"")).collect();
    let _ = write!(
        text,
        "allow = [{}]\n\
         # Where the key is that it signs its tokens with, for lab deployments: with it, `validate` makes expired tokens.\n\
         # signing_key = {{ file = \"{name}-signing-key.secret\" }}\n",
        allowed.join(", ")
    );
    for account in &plan.accounts {
        entry(&mut text, name, account, today);
    }
    let _ = write!(
        text,
        "\n# Accounts with fewer permissions let `validate` test that others are refused; one without any tests the most.\n\
         # [[targets.{}.accounts]]\n# name = \"nobody\"\n# username = \"svc-none\"\n# password = {{ prompt = true }}\n# permissions = []\n",
        key(name)
    );
    text
}

fn trust(text: &mut String, plan: &Plan) {
    if let Some(certificate) = &plan.certificate {
        let by = if certificate.is_self_signed {
            "signed by itself".to_owned()
        } else {
            format!("signed by {}", certificate.issuer)
        };
        let _ = writeln!(
            text,
            "# It showed the certificate of {}, {by}, valid until {}.",
            text::line(&certificate.subject),
            certificate.not_after.format("%Y-%m-%d")
        );
    }
    match &plan.trust {
        Trust::System if plan.certificate.is_some() => {
            text.push_str(
                "# The system trusts it. To trust nothing but its key, write tls = { pin = \"sha256//...\" }.\n",
            );
        }
        Trust::System => {}
        Trust::Ca(path) => {
            let _ = writeln!(text, "tls = {{ ca = {} }}", path_quoted(path));
        }
        Trust::Pin(pin) => {
            let _ = write!(
                text,
                "# Its key is trusted, and no other: compare the pin with what the owner of the server says it is.\n\
                 tls = {{ pin = \"{pin}\" }}\n"
            );
        }
        Trust::Insecure => text.push_str(
            "# Any certificate is accepted: whoever stands in between can read passwords and tokens.\n\
             tls = { insecure = true }\n",
        ),
    }
}

fn entry(text: &mut String, target: &str, account: &Entry, today: NaiveDate) {
    let password = match &account.password {
        Place::Env(name) => format!("{{ env = {} }}", quoted(name)),
        Place::File(path) => format!("{{ file = {} }}", path_quoted(path)),
    };
    let _ = write!(
        text,
        "\n[[targets.{}.accounts]]\nname = {}\nusername = {}\npassword = {password}\n\
         # What it was let in with on {today}. Compare with the role editor: `validate` expects what stands here.\n",
        key(target),
        quoted(&account.name),
        quoted(&account.username)
    );
    let Holdings { holds, lacks, unclear } = &account.holdings;
    if !unclear.is_empty() {
        let _ = writeln!(text, "# It could not be told whether it holds: {}.", unclear.join(", "));
    }
    if lacks.is_empty() && unclear.is_empty() {
        text.push_str("permissions = \"all\"\n");
    } else {
        let names: Vec<String> = holds.iter().map(|name| quoted(name)).collect();
        let _ = writeln!(text, "permissions = [{}]", names.join(", "));
    }
}

/// A trust whose path was given from here, as it is found from the configuration's folder.
pub fn located(trust: Trust, folder: &Path) -> Trust {
    match trust {
        Trust::Ca(path) => Trust::Ca(from_folder(path, folder)),
        other => other,
    }
}

/// A path that was given from here, as it is found from a folder; that is here where it is empty.
pub(super) fn from_folder(path: PathBuf, folder: &Path) -> PathBuf {
    if folder.as_os_str().is_empty() {
        path
    } else {
        std::path::absolute(&path).unwrap_or(path)
    }
}

pub(super) fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

/// A key of TOML, bare where it may be.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !name.is_empty() && name.chars().all(bare) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

pub(super) fn path_quoted(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_contract::Contract;
    use proofload_deployment::{Config, Permissions, SecretReader};
    use secrecy::SecretString;

    struct Known;

    impl SecretReader for Known {
        fn env(&self, _: &str) -> Result<Option<SecretString>, String> {
            Ok(Some("secret".to_owned().into()))
        }

        fn prompt(&self, _: &str) -> Result<SecretString, String> {
            Err("nobody is asked".to_owned())
        }
    }

    #[test]
    fn a_proxy_s_password_is_written_nowhere() {
        let mut text = String::new();
        let reach = Reach {
            proxy: Some("http://bob:hunter2@proxy.example:3128".to_owned()),
            cert: Some("own.pem".into()),
            ..Reach::default()
        };
        reach.located(Path::new("there")).write(&mut text, "lab");
        assert!(
            text.starts_with("# Calls went through the proxy http://proxy.example:3128, "),
            "{text}"
        );
        assert!(!text.contains("hunter2") && !text.contains("bob"), "{text}");
        let cert = std::path::absolute("own.pem").unwrap();
        assert!(text.ends_with(&format!("cert = {}\n", path_quoted(&cert))), "{text}");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let plan = Plan {
            name: "site.north".to_owned(),
            base: BaseUrl::parse("https://10.0.0.123:5009/identities").unwrap(),
            trust: Trust::Pin("sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".parse().unwrap()),
            certificate: None,
            reach: Reach {
                proxy: Some("http://proxy.example:3128".to_owned()),
                headers: ["x-api-key".to_owned()].into(),
                options: vec!["--bind 10.0.0.9".to_owned()],
                ..Reach::default()
            },
            allow: Allow {
                reads: true,
                writes: true,
                load: false,
            },
            accounts: vec![Entry {
                name: "account-1".to_owned(),
                username: "DOMAIN\\svc \"proof\"".to_owned(),
                password: Place::Env("A".to_owned()),
                holdings: Holdings {
                    holds: vec!["Read Tags".to_owned()],
                    lacks: vec!["Add Tags".to_owned()],
                    unclear: vec!["Edit Tags".to_owned()],
                },
            }],
        };
        let text = configuration(&plan, NaiveDate::from_ymd_opt(2026, 11, 28).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("proofload.toml");
        std::fs::write(&path, &text).unwrap();
        let config = Config::load(&path, Contract::bundled()).unwrap();
        let target = config.target("site.north", &Known).unwrap();
        assert_eq!(target.base, plan.base);
        assert_eq!(target.trust, plan.trust);
        assert_eq!(target.allow, plan.allow);
        let proxy = target.way.proxy().map(ToString::to_string);
        assert_eq!(proxy.as_deref(), Some("http://proxy.example:3128"));
        assert_eq!(target.way.headers.names(), ["x-api-key"]);
        assert!(
            text.contains("x-api-key = { env = \"SITE_NORTH_X_API_KEY\" }"),
            "{text}"
        );
        assert!(text.contains("# It was reached with --bind 10.0.0.9, which"), "{text}");
        assert_eq!(target.accounts[0].username, plan.accounts[0].username);
        let held = Permissions::Only(vec!["Read Tags".to_owned()]);
        assert_eq!(target.accounts[0].permissions, held);
        assert!(
            text.contains("# It could not be told whether it holds: Edit Tags."),
            "{text}"
        );
    }
}
