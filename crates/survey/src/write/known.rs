//! Accounts whose passwords are found where the configuration will say that they are.

use super::configuration::{Entry, Place};
use super::names::{account_name, variable};
use crate::holdings::holdings;
use crate::site::Site;
use proofload_contract::Contract;
use proofload_deployment::client::SessionError;
use proofload_deployment::client::login::authenticate;
use proofload_deployment::{Account, Permissions, SecretReader, read_password};
use secrecy::SecretString;
use std::path::{Path, PathBuf};

/// Where the password is of whoever is the only account.
const OF_THE_ONLY_ONE: &str = "PROOFLOAD_PASSWORD";

/// An account, its password, and where that is to be.
#[derive(Debug)]
pub struct Known {
    /// The account; what it may do has not been found out.
    pub account: Account,
    /// Where its password is to be.
    pub place: Place,
}

impl Known {
    /// The file that is to hold the password, if one is; beside a configuration in `folder`.
    pub fn file(&self, folder: &Path) -> Option<PathBuf> {
        match &self.place {
            Place::Env(_) => None,
            Place::File(path) => Some(folder.join(path)),
        }
    }
}

/// Whose passwords are looked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What the target is called.
    pub target: &'a str,
    /// User names, in the order of the configuration.
    pub usernames: &'a [String],
    /// A file that holds the password, where there is one account.
    pub password_file: Option<&'a Path>,
    /// Whether passwords are to be in files, and not in environment variables.
    pub in_files: bool,
}

/// Why passwords are not known.
#[derive(Debug, thiserror::Error)]
pub enum KnownError {
    /// There is one file, and several accounts.
    #[error("one file cannot hold the passwords of several accounts")]
    OneFileForMany,
    /// What holds one cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// These environment variables are not set, and nobody answers.
    #[error("the passwords of {} are nowhere", .0.join(", "))]
    Missing(Vec<String>),
}

/// The accounts with their passwords. Each is looked for in the file, in the environment variable that the configuration
/// will name, and asked for at last.
///
/// # Errors
/// See [`KnownError`]; all that are missing are named at once.
pub fn known(asked: &Asked, reader: &dyn SecretReader) -> Result<Vec<Known>, KnownError> {
    let (mut known, mut missing) = (Vec::new(), Vec::new());
    for (number, username) in asked.usernames.iter().enumerate() {
        let name = account_name(username, number + 1);
        let mut variable = variable(asked.target, &name);
        let Some(password) = password(asked, reader, username, &mut variable)? else {
            missing.push(variable);
            continue;
        };
        let place = if asked.in_files {
            Place::File(format!("{}-{name}.secret", asked.target).into())
        } else {
            Place::Env(variable)
        };
        let account = Account {
            name,
            username: username.clone(),
            password,
            permissions: Permissions::Untold,
        };
        known.push(Known { account, place });
    }
    if missing.is_empty() {
        Ok(known)
    } else {
        Err(KnownError::Missing(missing))
    }
}

/// None where it is nowhere, and there is nobody to ask.
fn password(
    asked: &Asked,
    reader: &dyn SecretReader,
    username: &str,
    variable: &mut String,
) -> Result<Option<SecretString>, KnownError> {
    let is_only = asked.usernames.len() == 1;
    if let Some(path) = asked.password_file {
        if !is_only {
            return Err(KnownError::OneFileForMany);
        }
        return read_password(path).map(Some).map_err(KnownError::Unreadable);
    }
    let set = |name: &str| reader.env(name).map_err(KnownError::Unreadable);
    if let Some(password) = set(variable)? {
        return Ok(Some(password));
    }
    if is_only && let Some(password) = set(OF_THE_ONLY_ONE)? {
        OF_THE_ONLY_ONE.clone_into(variable);
        return Ok(Some(password));
    }
    Ok(reader.prompt(&format!("the password of {username}")).ok())
}

/// Logs everybody in, and finds out what each may do.
///
/// # Errors
/// One of them is not let in.
pub async fn entries(site: &Site, known: &[Known]) -> Result<Vec<Entry>, SessionError> {
    let mut entries = Vec::new();
    for Known { account, place } in known {
        let issued = authenticate(&site.http, account).await?;
        entries.push(Entry {
            name: account.name.clone(),
            username: account.username.clone(),
            password: place.clone(),
            holdings: holdings(&site.http, &issued.token, Contract::bundled()).await,
        });
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    /// An environment of these pairs, and nobody at the terminal.
    struct Env(&'static [(&'static str, &'static str)]);

    impl SecretReader for Env {
        fn env(&self, name: &str) -> Result<Option<SecretString>, String> {
            let set = self.0.iter().find(|(known, _)| *known == name);
            Ok(set.map(|(_, value)| (*value).to_owned().into()))
        }

        fn prompt(&self, _: &str) -> Result<SecretString, String> {
            Err("nobody is asked".to_owned())
        }
    }

    fn asked(usernames: &[String]) -> Asked<'_> {
        Asked {
            target: "lab",
            usernames,
            password_file: None,
            in_files: false,
        }
    }

    #[test]
    fn the_only_account_may_have_the_plain_variable() {
        let one = ["svc".to_owned()];
        let found = known(&asked(&one), &Env(&[("PROOFLOAD_PASSWORD", "a")])).unwrap();
        assert_eq!(found[0].place, Place::Env("PROOFLOAD_PASSWORD".to_owned()));
        let both = Env(&[("PROOFLOAD_PASSWORD", "a"), ("LAB_SVC_PASSWORD", "b")]);
        let found = known(&asked(&one), &both).unwrap();
        assert_eq!(found[0].account.password.expose_secret(), "b", "its own goes first");
    }

    #[test]
    fn all_that_are_missing_are_named_at_once() {
        let two = ["svc".to_owned(), "other".to_owned()];
        let Err(KnownError::Missing(missing)) = known(&asked(&two), &Env(&[("PROOFLOAD_PASSWORD", "a")])) else {
            panic!("two accounts have no password");
        };
        assert_eq!(missing, ["LAB_SVC_PASSWORD", "LAB_OTHER_PASSWORD"]);
    }

    #[test]
    fn a_file_is_for_one_account() {
        let two = ["svc".to_owned(), "other".to_owned()];
        let asked = Asked {
            password_file: Some(Path::new("password")),
            ..asked(&two)
        };
        assert!(matches!(known(&asked, &Env(&[])), Err(KnownError::OneFileForMany)));
    }
}
