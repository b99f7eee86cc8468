//! `[[targets.NAME.watch]]`: where figures of a target's machines are read.

use super::entry::{TlsEntry, WatchEntry};
use super::{Config, ConfigError, SecretReader};
use crate::exporter::{Credentials, Exporter};
use std::path::Path;

impl Config {
    /// The endpoints at which the machines of the target called `name` tell their figures, secrets fetched; none when there is no
    /// such target.
    ///
    /// # Errors
    /// One is wrong, or one of its secrets is not where the configuration says.
    pub fn exporters(&self, name: &str, secrets: &dyn SecretReader) -> Result<Vec<Exporter>, ConfigError> {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let entries = self.file.targets.get(name).into_iter().flat_map(|entry| &entry.watch);
        entries
            .map(|entry| self.exporter(name, entry, folder, secrets))
            .collect()
    }

    fn exporter(
        &self,
        target: &str,
        entry: &WatchEntry,
        folder: &Path,
        secrets: &dyn SecretReader,
    ) -> Result<Exporter, ConfigError> {
        let key = |part: &str| format!("targets.{target}.watch.{part}");
        let mut exporter =
            Exporter::at(entry.url.get_ref()).map_err(|why| self.wrong(entry.url.span(), &key("url"), &why))?;
        if let Some(name) = &entry.name {
            if name.get_ref().trim().is_empty() {
                return Err(self.wrong(name.span(), &key("name"), "it is empty; leave it out for host and port"));
            }
            exporter.name.clone_from(name.get_ref());
        }
        exporter.trust = TlsEntry::trust(entry.tls.as_ref(), folder);
        let whose = exporter.name.clone();
        exporter.credentials = match (&entry.bearer, &entry.username, &entry.password) {
            (None, None, None) => Credentials::None,
            (Some(bearer), None, None) => {
                let token = bearer.get_ref().text(folder, &format!("the token of {whose}"), secrets);
                Credentials::Bearer(token.map_err(|why| self.wrong(bearer.span(), &key("bearer"), &why))?)
            }
            (None, Some(username), Some(password)) => {
                let secret = format!("the password of {} at {whose}", username.get_ref());
                let secret = password.get_ref().text(folder, &secret, secrets);
                let secret = secret.map_err(|why| self.wrong(password.span(), &key("password"), &why))?;
                Credentials::Basic(username.get_ref().clone(), secret)
            }
            _ => {
                let why = "say either bearer, or username and password";
                return Err(self.wrong(entry.url.span(), &key("bearer"), why));
            }
        };
        exporter.series = entry.series.clone().into_iter().collect();
        Ok(exporter)
    }
}
