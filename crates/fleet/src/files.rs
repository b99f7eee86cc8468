//! What the shards read: files that everybody may see, and those that hold secrets.

use crate::plan::PlanError;
use secrecy::{ExposeSecret as _, SecretSlice};
use std::collections::BTreeMap;

/// Where the shards find what everybody may see.
pub const FOLDER: &str = "/config";
/// Where they find secrets.
pub const SECRETS: &str = "/secrets";
/// A `ConfigMap` holds no more, in bytes, and neither does a Secret.
const MOST_BYTES: usize = 1 << 20;

/// What the shards read.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// By their path below [`FOLDER`].
    pub shown: BTreeMap<String, Vec<u8>>,
    /// By their name below [`SECRETS`]; what the Secret of somebody else holds is not here.
    pub secret: BTreeMap<String, SecretSlice<u8>>,
    /// The names of all secrets that the shards read, whoever made the Secret.
    pub secret_names: Vec<String>,
}

impl Files {
    /// Refuses what does not fit.
    pub(crate) fn check(&self) -> Result<(), PlanError> {
        let shown: usize = self.shown.values().map(Vec::len).sum();
        let secret: usize = self.secret.values().map(|bytes| bytes.expose_secret().len()).sum();
        match shown.max(secret) {
            bytes if bytes > MOST_BYTES => Err(PlanError::TooLarge {
                bytes,
                most: MOST_BYTES,
            }),
            _ => Ok(()),
        }
    }

    /// The files that everybody may see, each with the key that it has in a `ConfigMap`: a path is none.
    pub(crate) fn keyed(&self) -> impl Iterator<Item = (String, &str, &[u8])> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        self.shown.iter().enumerate().map(move |(place, (path, bytes))| {
            let is_key = path.chars().all(plain) && path.len() <= 200;
            let key = if is_key { path.clone() } else { format!("file-{place}") };
            (key, path.as_str(), bytes.as_slice())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_and_paths_get_keys() {
        let mut files = Files::default();
        files.shown.insert("images/one.jpg".to_owned(), vec![0; 1 << 19]);
        files.shown.insert("mine.toml".to_owned(), vec![1]);
        files.check().unwrap();
        let keys: Vec<_> = files.keyed().map(|(key, path, _)| format!("{key} {path}")).collect();
        assert_eq!(keys, ["file-0 images/one.jpg", "mine.toml mine.toml"]);
        files.shown.insert("images/two.jpg".to_owned(), vec![0; 1 << 19]);
        let told = files.check().unwrap_err().to_string();
        assert!(
            told.contains("1048577 bytes") && told.contains("a patch of the pods"),
            "{told}"
        );
    }
}
