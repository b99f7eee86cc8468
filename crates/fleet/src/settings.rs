//! The target as the shards find it: a configuration of their own, with every secret in a file.

use crate::files::{FOLDER, Files, SECRETS};
use proofload_deployment::{Account, Permissions, Route, Target, Trust};
use proofload_results::plain_file;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

/// The file among those that everybody may see.
const FILE: &str = "proofload.toml";
/// Certificates of authorities are no more, in bytes.
const MOST_BYTES: u64 = 1 << 20;
/// The file of virtual users' accounts among the secrets.
const ACCOUNTS: &str = "accounts.csv";
/// What a target is called whose name a configuration could not have.
const NAMELESS: &str = "target";

/// Why a target cannot be handed to shards.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// They would each have their own.
    #[error("a fleet needs a target that its shards can reach; the embedded mock would be another one in each of them")]
    Embedded,
    /// Its key is not shipped.
    #[error(
        "a client certificate is not handed to shards: its key would have to be; let a patch of the pods mount it, or load this target from one machine"
    )]
    Identity,
    /// They have other addresses.
    #[error("shards have addresses of their own: connections from {0} cannot be made there")]
    Bound(std::net::IpAddr),
    /// The certificates cannot be read.
    #[error("cannot read the certificates in {} for the shards: {source}", path.display())]
    Ca {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

#[derive(Serialize)]
struct Configuration<'a> {
    targets: BTreeMap<&'a str, Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    proxy: Option<String>,
    allow: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<Tls>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signing_key: Option<InFile>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<&'a str, InFile>,
    accounts: Vec<AccountEntry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Tls {
    Ca(&'static str),
    Pin(String),
    Insecure(bool),
}

#[derive(Serialize)]
struct InFile {
    file: String,
}

#[derive(Serialize)]
struct AccountEntry<'a> {
    name: &'a str,
    username: &'a str,
    password: InFile,
    permissions: Held<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Held<'a> {
    All(&'static str),
    Only(&'a [String]),
}

/// Puts a target among the files of shards, and says which configuration they are to be given.
///
/// # Errors
/// It cannot be reached from other machines as it is from here.
pub fn put_target(target: &Target, files: &mut Files) -> Result<String, TargetError> {
    if target.embedded {
        return Err(TargetError::Embedded);
    }
    if target.way.identity.is_some() {
        return Err(TargetError::Identity);
    }
    if let Some(address) = target.way.from.first() {
        return Err(TargetError::Bound(*address));
    }
    let tls = match &target.trust {
        Trust::System => None,
        Trust::Pin(pin) => Some(Tls::Pin(pin.to_string())),
        Trust::Insecure => Some(Tls::Insecure(true)),
        Trust::Ca(path) => {
            let bytes = plain_file::read(path, MOST_BYTES);
            let bytes = bytes.map_err(|source| TargetError::Ca {
                path: path.clone(),
                source,
            })?;
            files.shown.insert("ca.pem".to_owned(), bytes);
            Some(Tls::Ca("ca.pem"))
        }
    };
    let mut secret = |name: String, bytes: &[u8]| {
        files.secret.insert(name.clone(), bytes.to_vec().into());
        files.secret_names.push(name.clone());
        InFile {
            file: format!("{SECRETS}/{name}"),
        }
    };
    let one = target.accounts.len() == 1;
    let accounts = target.accounts.iter().map(|account| AccountEntry {
        name: &account.name,
        username: &account.username,
        password: secret(password_of(account, one), account.password.expose_secret().as_bytes()),
        permissions: match &account.permissions {
            Permissions::Only(names) => Held::Only(names),
            // What an account was not said to hold is taken to be all, as a load from here would.
            Permissions::All | Permissions::Untold | Permissions::Seen(_) => Held::All("all"),
        },
    });
    let accounts = accounts.collect();
    let host = target.way.headers.host();
    let own = target.way.headers.lines();
    let own = own.map(|(name, value)| (name.as_str(), value.expose_secret()));
    let headers = own.chain(host.map(|host| ("host", host)));
    let headers = headers.map(|(name, value)| (name, secret(format!("header-{name}"), value.as_bytes())));
    let headers = headers.collect();
    let signing_key = target.signing_key.as_ref();
    let entry = Entry {
        url: target.base.to_string(),
        proxy: match &target.way.route {
            Route::Unsaid => None,
            Route::Direct => Some("none".to_owned()),
            Route::Proxy(proxy) => Some(proxy.to_string()),
        },
        allow: ["load"],
        tls,
        signing_key: signing_key.map(|key| secret("signing-key".to_owned(), key.expose_secret())),
        headers,
        accounts,
    };
    let name = Some(target.name.as_str()).filter(|name| !name.is_empty());
    let targets = BTreeMap::from([(name.unwrap_or(NAMELESS), entry)]);
    let text = toml::to_string(&Configuration { targets }).expect("tables of texts are TOML");
    files.shown.insert(FILE.to_owned(), text.into_bytes());
    Ok(format!("{FOLDER}/{FILE}"))
}

/// Puts accounts of virtual users among the files of shards, and says which file they are to be given.
pub fn put_accounts(accounts: &[Account], files: &mut Files) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut table = String::from("name,username,password\n");
    for account in accounts {
        let cells = [&account.name, &account.username, account.password.expose_secret()];
        table += &cells.map(quoted).join(",");
        table.push('\n');
    }
    files.secret.insert(ACCOUNTS.to_owned(), table.into_bytes().into());
    files.secret_names.push(ACCOUNTS.to_owned());
    format!("{SECRETS}/{ACCOUNTS}")
}

/// The name of the file that holds an account's password: plain where there is only one.
fn password_of(account: &Account, one: bool) -> String {
    if one {
        "password".to_owned()
    } else {
        format!("password-{}", account.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_deployment::{BaseUrl, Way};

    fn target() -> Target {
        let account = |name: &str, permissions| Account {
            name: name.to_owned(),
            username: format!("svc-{name}"),
            password: format!("hush-{name}").into(),
            permissions,
        };
        let mut way = Way::default();
        way.headers.add_line("X-Api-Key: hush-key").unwrap();
        Target {
            name: "lab".to_owned(),
            base: BaseUrl::parse("https://identities.lab.example:5009").unwrap(),
            trust: Trust::Insecure,
            way,
            accounts: vec![
                account("full", Permissions::All),
                account("few", Permissions::Only(vec!["Face Publishing".to_owned()])),
            ],
            allow: std::iter::empty().collect(),
            signing_key: Some(b"hush-signing".to_vec().into()),
            embedded: false,
        }
    }

    #[test]
    fn a_target_is_read_back_as_it_was_with_its_secrets_elsewhere() {
        let mut files = Files::default();
        assert_eq!(put_target(&target(), &mut files).unwrap(), "/config/proofload.toml");
        let text = String::from_utf8(files.shown["proofload.toml"].clone()).unwrap();
        assert!(!text.contains("hush"), "{text}");
        assert!(!format!("{files:?}").contains("hush"), "{files:?}");
        let names: Vec<&str> = files.secret.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            ["header-x-api-key", "password-few", "password-full", "signing-key"]
        );
        // The same reader that the shards have takes it, once the secrets lie where it says.
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in &files.secret {
            std::fs::write(folder.path().join(name), bytes.expose_secret()).unwrap();
        }
        let path = folder.path().join("proofload.toml");
        let here = text.replace(SECRETS, &folder.path().to_string_lossy());
        std::fs::write(&path, here).unwrap();
        let config = proofload_deployment::Config::load(&path, proofload_contract::Contract::bundled()).unwrap();
        let read = config.target("lab", &Nobody).unwrap();
        assert_eq!(read.base.to_string(), "https://identities.lab.example:5009");
        assert_eq!(read.trust, Trust::Insecure);
        assert!(read.allow.load);
        assert_eq!(read.accounts[1].password.expose_secret(), "hush-few");
        assert_eq!(
            read.accounts[1].permissions,
            Permissions::Only(vec!["Face Publishing".to_owned()])
        );
        assert_eq!(read.way.headers.names(), ["x-api-key"]);
    }

    #[test]
    fn accounts_are_read_back_as_they_were() {
        let account = Account {
            name: "one".to_owned(),
            username: "svc, \"one\"".to_owned(),
            password: "hu\"sh,".to_owned().into(),
            permissions: Permissions::Untold,
        };
        let mut files = Files::default();
        assert_eq!(put_accounts(&[account], &mut files), "/secrets/accounts.csv");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(ACCOUNTS);
        std::fs::write(&path, files.secret[ACCOUNTS].expose_secret()).unwrap();
        let read = proofload_deployment::read_accounts(&path, &Nobody).unwrap();
        assert_eq!(
            (read[0].username.as_str(), read[0].password.expose_secret()),
            ("svc, \"one\"", "hu\"sh,")
        );
    }

    struct Nobody;

    impl proofload_deployment::SecretReader for Nobody {
        fn env(&self, _: &str) -> Result<Option<secrecy::SecretString>, String> {
            Ok(None)
        }

        fn prompt(&self, prompt: &str) -> Result<secrecy::SecretString, String> {
            Err(prompt.to_owned())
        }
    }

    #[test]
    fn what_shards_cannot_do_is_refused() {
        let mut embedded = target();
        embedded.embedded = true;
        let mut bound = target();
        bound.way.from = vec!["10.0.0.7".parse().unwrap()];
        let mut lost = target();
        lost.trust = Trust::Ca("nowhere/ca.pem".into());
        for (target, what) in [(embedded, "embedded mock"), (bound, "10.0.0.7"), (lost, "nowhere")] {
            let told = put_target(&target, &mut Files::default()).unwrap_err().to_string();
            assert!(told.contains(what), "{told}");
        }
    }
}
