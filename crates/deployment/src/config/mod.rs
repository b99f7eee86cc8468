//! `proofload.toml`: targets by name, and where their secrets are.

mod entry;
mod secret;
mod watch;

pub use entry::AllowEntry;
pub use secret::{SecretReader, Withheld, is_readable_by_all, read_key, read_password};

use super::{Account, Allow, Identity, Permissions, ProxyError, Route, Target, Way, escaped};
use crate::nearest;
use crate::toml_file::{self, TomlError};
use entry::{AccountEntry, File, PermissionsEntry, TargetEntry, TlsEntry};
use proofload_contract::Contract;
use secret::SecretSource;
use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::Spanned;

/// The file that is looked for where the program is started.
pub const DEFAULT_FILE: &str = "proofload.toml";

/// A configuration that was read.
#[derive(Debug)]
pub struct Config {
    path: PathBuf,
    text: String,
    file: File,
}

/// Why there is no target to be had from a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// There is no such file.
    #[error("there is no configuration file {}", .0.display())]
    Missing(PathBuf),
    /// It cannot be read, or there is a mistake in it: file, line, key, and what is wrong.
    #[error(transparent)]
    Wrong(#[from] TomlError),
    /// It has no such target.
    #[error("{} has no target {name:?}{advice}", path.display())]
    UnknownTarget {
        /// The file.
        path: PathBuf,
        /// What was asked for.
        name: String,
        /// The nearest names.
        advice: String,
    },
}

impl Config {
    /// Reads `path` and checks it whole, permission names against `contract`, but fetches no secret.
    ///
    /// # Errors
    /// The file cannot be read, or holds a mistake.
    pub fn load(path: &Path, contract: &Contract) -> Result<Self, ConfigError> {
        if matches!(path.try_exists(), Ok(false)) {
            return Err(ConfigError::Missing(path.to_owned()));
        }
        Self::parse(path, toml_file::read_text(path)?, contract)
    }

    fn parse(path: &Path, text: String, contract: &Contract) -> Result<Self, ConfigError> {
        let config = Self {
            path: path.to_owned(),
            file: toml_file::parse(&path.to_string_lossy(), &text)?,
            text,
        };
        let known = contract.permissions();
        for (name, target) in &config.file.targets {
            config.check(name, target, &known)?;
        }
        Ok(config)
    }

    /// The names of its targets, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.file.targets.keys().map(String::as_str)
    }

    /// The files that hold the secrets of the target called `name`; none when there is no such target.
    pub fn secret_files(&self, name: &str) -> Vec<PathBuf> {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let Some(entry) = self.file.targets.get(name) else {
            return Vec::new();
        };
        let passwords = entry.accounts.iter().map(|account| account.password.get_ref());
        let headers = entry.headers.values().map(toml::Spanned::get_ref);
        let sources = passwords
            .chain(entry.signing_key.as_ref().map(toml::Spanned::get_ref))
            .chain(headers);
        let watched = entry.watch.iter();
        let watched = watched.flat_map(|entry| entry.bearer.iter().chain(&entry.password).map(toml::Spanned::get_ref));
        let sources = sources.chain(watched);
        let own_key = entry.key.as_ref().or(entry.cert.as_ref());
        sources
            .filter_map(SecretSource::file)
            .chain(own_key.map(|key| key.get_ref().as_path()))
            .map(|file| folder.join(file))
            .collect()
    }

    /// The target called `name`, its secrets fetched.
    ///
    /// # Errors
    /// There is no such target, or one of its secrets is not where the configuration says.
    pub fn target(&self, name: &str, secrets: &dyn SecretReader) -> Result<Target, ConfigError> {
        let entry = self.file.targets.get(name).ok_or_else(|| ConfigError::UnknownTarget {
            path: self.path.clone(),
            name: name.to_owned(),
            advice: nearest::advice(name, self.names()),
        })?;
        self.refuse_unset(name, entry, secrets)?;
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let signing_key = match &entry.signing_key {
            None => None,
            Some(source) => {
                let key = source
                    .get_ref()
                    .bytes(folder, &format!("the signing key of {name}"), secrets)
                    .map_err(|why| self.wrong(source.span(), &format!("targets.{name}.signing_key"), &why))?;
                Some(key)
            }
        };
        let accounts = entry
            .accounts
            .iter()
            .map(|account| self.account(name, account, folder, secrets))
            .collect::<Result<_, _>>()?;
        Ok(Target {
            way: self.way(name, entry, folder, secrets)?,
            name: name.to_owned(),
            base: entry.url.clone(),
            trust: TlsEntry::trust(entry.tls.as_ref(), folder),
            accounts,
            allow: entry.allow.iter().copied().collect(),
            signing_key,
            embedded: false,
        })
    }

    /// How the target called `name` is reached.
    fn way(
        &self,
        name: &str,
        entry: &TargetEntry,
        folder: &Path,
        secrets: &dyn SecretReader,
    ) -> Result<Way, ConfigError> {
        let mut way = Way::default();
        if let Some(proxy) = &entry.proxy {
            let key = format!("targets.{name}.proxy");
            let wrong = |why: &str| self.wrong(proxy.span(), &key, why);
            way.route = match proxy.get_ref().as_str() {
                "none" => Route::Direct,
                text if text.contains('@') => {
                    return Err(wrong(
                        "a secret is never written into this file; name this proxy in HTTPS_PROXY instead",
                    ));
                }
                text => Route::Proxy(Arc::new(
                    text.parse().map_err(|error: ProxyError| wrong(&error.to_string()))?,
                )),
            };
        }
        match (&entry.cert, &entry.key) {
            (Some(cert), key) => {
                let key = key.as_ref().unwrap_or(cert).get_ref();
                let identity = Identity::read(&folder.join(cert.get_ref()), &folder.join(key));
                let identity = identity
                    .map_err(|error| self.wrong(cert.span(), &format!("targets.{name}.cert"), &error.to_string()))?;
                way.identity = Some(identity);
            }
            (None, Some(key)) => {
                let why = "a key goes with the certificate that it belongs to: name it with cert";
                return Err(self.wrong(key.span(), &format!("targets.{name}.key"), why));
            }
            (None, None) => {}
        }
        for (field, source) in &entry.headers {
            let key = format!("targets.{name}.headers");
            let whose = format!(
                "the header field {} of calls to {name}",
                escaped(field.get_ref().as_bytes(), 60)
            );
            let value = source
                .get_ref()
                .text(folder, &whose, secrets)
                .map_err(|why| self.wrong(source.span(), &key, &why))?;
            way.headers
                .add(field.get_ref(), &value)
                .map_err(|error| self.wrong(field.span(), &key, &error.to_string()))?;
        }
        Ok(way)
    }

    /// Names every environment variable that is not set, and not only the first: who has five passwords sets all at once.
    fn refuse_unset(&self, target: &str, entry: &TargetEntry, secrets: &dyn SecretReader) -> Result<(), ConfigError> {
        let passwords = entry.accounts.iter().map(|account| &account.password);
        let unset: Vec<&Spanned<SecretSource>> = passwords
            .chain(&entry.signing_key)
            .chain(entry.headers.values())
            .filter(|source| {
                let variable = source.get_ref().variable();
                variable.is_some_and(|name| matches!(secrets.env(name), Ok(None)))
            })
            .collect();
        let [first, _, ..] = unset.as_slice() else {
            // One alone is named with what it should hold, where it is fetched.
            return Ok(());
        };
        let names = unset.iter().filter_map(|source| source.get_ref().variable());
        let mut names: Vec<&str> = names.map(secret::shown_name).collect();
        names.dedup();
        let why = format!(
            "environment variables are not set: {}; each should hold the secret of an account of {target}",
            names.join(", ")
        );
        Err(self.wrong(first.span(), &format!("targets.{target}.accounts.password"), &why))
    }

    fn account(
        &self,
        target: &str,
        entry: &AccountEntry,
        folder: &Path,
        secrets: &dyn SecretReader,
    ) -> Result<Account, ConfigError> {
        let name = entry.name.get_ref();
        let username = entry.username.as_ref().unwrap_or(name);
        let password = entry
            .password
            .get_ref()
            .text(folder, &format!("the password of {username} at {target}"), secrets)
            .map_err(|why| {
                let key = format!("targets.{target}.accounts.password");
                self.wrong(entry.password.span(), &key, &why)
            })?;
        Ok(Account {
            name: name.clone(),
            username: username.clone(),
            password,
            permissions: match &entry.permissions {
                PermissionsEntry::All => Permissions::All,
                PermissionsEntry::Only(names) => {
                    Permissions::Only(names.iter().map(|name| name.get_ref().clone()).collect())
                }
            },
        })
    }

    /// What the types alone cannot say.
    fn check(&self, target: &str, entry: &TargetEntry, permissions: &[&str]) -> Result<(), ConfigError> {
        let mut names = HashSet::new();
        for account in &entry.accounts {
            let key = format!("targets.{target}.accounts.name");
            let name = account.name.get_ref();
            // The name becomes part of case ids, and these go into files and reports.
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
                let why = "an account's name is made of letters, digits, '-', '_' and '.', at most 64 of them";
                return Err(self.wrong(account.name.span(), &key, why));
            }
            if !names.insert(name) {
                let why = format!("there is an account {name} already");
                return Err(self.wrong(account.name.span(), &key, &why));
            }
            let PermissionsEntry::Only(held) = &account.permissions else {
                continue;
            };
            for permission in held {
                let name = permission.get_ref();
                if !permissions.contains(&name.as_str()) {
                    let advice = nearest::advice(name, permissions.iter().copied());
                    let key = format!("targets.{target}.accounts.permissions");
                    let why = format!("there is no permission {name:?}{advice}");
                    return Err(self.wrong(permission.span(), &key, &why));
                }
            }
        }
        Ok(())
    }

    fn wrong(&self, span: Range<usize>, key: &str, why: &str) -> ConfigError {
        TomlError::at(&self.path.to_string_lossy(), &self.text, Some(span), key, why).into()
    }
}

impl FromIterator<AllowEntry> for Allow {
    /// Reads are always allowed; the rest only when named.
    fn from_iter<I: IntoIterator<Item = AllowEntry>>(entries: I) -> Self {
        let mut allow = Self {
            reads: true,
            writes: false,
            load: false,
        };
        for entry in entries {
            match entry {
                AllowEntry::Reads => {}
                AllowEntry::Writes => allow.writes = true,
                AllowEntry::Load => allow.load = true,
            }
        }
        allow
    }
}

#[cfg(test)]
mod tests;
