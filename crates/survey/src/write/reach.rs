//! How a target is reached, in the words of its configuration.

use super::configuration::{from_folder, path_quoted, quoted};
use super::names::header_variable;
use proofload_deployment::Proxy;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// How a target is reached, as far as somebody said so.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// The proxy that calls go through, or `none`. It may hold a password, which is written nowhere.
    pub proxy: Option<String>,
    /// The file of the certificate to show.
    pub cert: Option<PathBuf>,
    /// The file of its key, where that is another.
    pub key: Option<PathBuf>,
    /// Names of header fields that every call carries.
    pub headers: BTreeSet<String>,
    /// Options that a configuration has no words for, as they are typed.
    pub options: Vec<String>,
}

impl Reach {
    /// The environment variable that each header field's value is to be in.
    pub(super) fn variables<'a>(&'a self, target: &'a str) -> impl Iterator<Item = (&'a String, String)> {
        self.headers
            .iter()
            .map(move |name| (name, header_variable(target, name)))
    }

    /// Adds the lines of the configuration of the target called so.
    pub(super) fn write(&self, text: &mut String, target: &str) {
        match self.proxy.as_deref() {
            None => {}
            Some("none") => text.push_str("proxy = \"none\"\n"),
            Some(said) => proxy(text, said),
        }
        let files = [("cert", &self.cert), ("key", &self.key)];
        for (key, path) in files.into_iter().filter_map(|(key, path)| Some((key, path.as_ref()?))) {
            let _ = writeln!(text, "{key} = {}", path_quoted(path));
        }
        let headers = self.variables(target);
        let headers: Vec<String> = headers
            .map(|(name, variable)| format!("{name} = {{ env = {} }}", quoted(&variable)))
            .collect();
        if !headers.is_empty() {
            let _ = write!(
                text,
                "# Every call carries these header fields; their values are in the environment.\nheaders = {{ {} }}\n",
                headers.join(", ")
            );
        }
        if !self.options.is_empty() {
            let _ = writeln!(
                text,
                "# It was reached with {}, which no configuration says: give that to every command.",
                self.options.join(" ")
            );
        }
    }

    /// The same, its files found from a configuration in `folder`.
    #[must_use]
    pub fn located(self, folder: &Path) -> Self {
        Self {
            cert: self.cert.map(|path| from_folder(path, folder)),
            key: self.key.map(|path| from_folder(path, folder)),
            ..self
        }
    }
}

fn proxy(text: &mut String, said: &str) {
    let Ok(proxy) = said.parse::<Proxy>() else { return };
    let _ = if proxy.authorization().is_some() {
        writeln!(
            text,
            "# Calls went through the proxy {proxy}, which was given a password: name it, with that, in HTTPS_PROXY or HTTP_PROXY."
        )
    } else {
        writeln!(text, "proxy = {}", quoted(&proxy.to_string()))
    };
}
