//! The shape of `proofload.toml`.

use super::secret::SecretSource;
use crate::{BaseUrl, Pin, Trust};
use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub(super) targets: BTreeMap<String, TargetEntry>,
}

/// `[targets.NAME]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TargetEntry {
    #[serde(deserialize_with = "base_url")]
    pub(super) url: BaseUrl,
    pub(super) tls: Option<TlsEntry>,
    /// `"http://proxy:3128"`, or `"none"` whatever the surroundings say.
    pub(super) proxy: Option<Spanned<String>>,
    /// Our own certificate, in PEM.
    pub(super) cert: Option<Spanned<PathBuf>>,
    /// Its key; in the same file when absent.
    pub(super) key: Option<Spanned<PathBuf>>,
    /// Header fields that every call carries: where the value of each is.
    #[serde(default)]
    pub(super) headers: BTreeMap<Spanned<String>, Spanned<SecretSource>>,
    #[serde(default)]
    pub(super) allow: Vec<AllowEntry>,
    pub(super) signing_key: Option<Spanned<SecretSource>>,
    #[serde(default)]
    pub(super) accounts: Vec<AccountEntry>,
    /// Where figures of its machines are read beside a load.
    #[serde(default)]
    pub(super) watch: Vec<WatchEntry>,
}

/// `[[targets.NAME.watch]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WatchEntry {
    pub(super) url: Spanned<String>,
    /// Host and port, when absent.
    pub(super) name: Option<Spanned<String>>,
    pub(super) tls: Option<TlsEntry>,
    pub(super) bearer: Option<Spanned<SecretSource>>,
    pub(super) username: Option<Spanned<String>>,
    pub(super) password: Option<Spanned<SecretSource>>,
    /// Series beside those that are known: of each name, the expression it comes from.
    #[serde(default)]
    pub(super) series: BTreeMap<String, String>,
}

/// What may be done to a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AllowEntry {
    /// Calls that change nothing; always allowed.
    Reads,
    /// Calls that store things, each removed again.
    Writes,
    /// Load.
    Load,
}

/// `[[targets.NAME.accounts]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountEntry {
    pub(super) name: Spanned<String>,
    /// The name, when absent.
    pub(super) username: Option<String>,
    pub(super) password: Spanned<SecretSource>,
    pub(super) permissions: PermissionsEntry,
}

/// `tls = { ca = "…" }`, `{ pin = "…" }` or `{ insecure = true }`
#[derive(Debug)]
pub(super) enum TlsEntry {
    Ca(PathBuf),
    Pin(Pin),
    Insecure,
    System,
}

impl TlsEntry {
    /// The trust that it stands for, files seen from the configuration's folder.
    pub(super) fn trust(entry: Option<&Self>, folder: &Path) -> Trust {
        match entry {
            None | Some(Self::System) => Trust::System,
            Some(Self::Ca(path)) => Trust::Ca(folder.join(path)),
            Some(Self::Pin(pin)) => Trust::Pin(*pin),
            Some(Self::Insecure) => Trust::Insecure,
        }
    }
}

impl<'de> Deserialize<'de> for TlsEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Fields {
            ca: Option<PathBuf>,
            pin: Option<String>,
            insecure: Option<bool>,
        }
        let fields = Fields::deserialize(deserializer)?;
        match (fields.ca, fields.pin, fields.insecure) {
            (Some(ca), None, None | Some(false)) => Ok(Self::Ca(ca)),
            (None, Some(pin), None | Some(false)) => pin.parse().map(Self::Pin).map_err(de::Error::custom),
            (None, None, Some(true)) => Ok(Self::Insecure),
            (None, None, Some(false)) => Ok(Self::System),
            _ => Err(de::Error::custom(
                "say exactly one of { ca = \"FILE\" }, { pin = \"sha256//...\" } and { insecure = true }",
            )),
        }
    }
}

/// `permissions = "all"` or a list of names as the role editor shows them.
#[derive(Debug)]
pub(super) enum PermissionsEntry {
    All,
    Only(Vec<Spanned<String>>),
}

impl<'de> Deserialize<'de> for PermissionsEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PermissionsVisitor)
    }
}

struct PermissionsVisitor;

impl<'de> Visitor<'de> for PermissionsVisitor {
    type Value = PermissionsEntry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"all\" or a list of permission names, [] for none")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<PermissionsEntry, E> {
        if text == "all" {
            Ok(PermissionsEntry::All)
        } else {
            Err(E::invalid_value(de::Unexpected::Str(text), &self))
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<PermissionsEntry, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = list.next_element()? {
            names.push(name);
        }
        Ok(PermissionsEntry::Only(names))
    }
}

fn base_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BaseUrl, D::Error> {
    let text = String::deserialize(deserializer)?;
    BaseUrl::parse(&text).map_err(de::Error::custom)
}
