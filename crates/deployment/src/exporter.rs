//! Where the figures of a machine under test are read: an endpoint in the text format of Prometheus.

use crate::{BaseUrl, Trust};
use secrecy::SecretString;
use url::Url;

/// The path of an endpoint whose URL has none.
const USUAL_PATH: &str = "/metrics";

/// An endpoint with figures of a machine under test.
#[derive(Debug, Clone)]
pub struct Exporter {
    /// What reports call it.
    pub name: String,
    /// Its server.
    pub base: BaseUrl,
    /// Path and query below it.
    pub path: String,
    /// How its certificate is trusted.
    pub trust: Trust,
    /// What it is asked with.
    pub credentials: Credentials,
    /// Series beside those that are known, each with its name and the expression it comes from.
    pub series: Vec<(String, String)>,
}

/// What an endpoint is asked with.
#[derive(Debug, Clone, Default)]
pub enum Credentials {
    /// Nothing.
    #[default]
    None,
    /// A bearer token.
    Bearer(SecretString),
    /// A user name and a password.
    Basic(String, SecretString),
}

impl Exporter {
    /// The endpoint at a URL, such as `http://10.0.0.123:9100/metrics`; without a path, `/metrics` is meant.
    ///
    /// # Errors
    /// One sentence: it is no such URL. Credentials in it are refused and not repeated.
    pub fn at(text: &str) -> Result<Self, String> {
        const LIKE: &str = "one looks like http://10.0.0.123:9100/metrics";
        let (before, query) = match text.trim().split_once('?') {
            Some((before, query)) => (before, Some(query)),
            None => (text.trim(), None),
        };
        if before.contains('@') {
            return Err(format!(
                "the URL of an exporter carries credentials: they go into the configuration, into [[targets.NAME.watch]]; {LIKE}"
            ));
        }
        let whole = BaseUrl::parse(before).map_err(|error| {
            let why = error.to_string();
            let why = why.split("; one looks like").next().unwrap_or_default();
            format!("{}; {LIKE}", why.replace("a base URL", "the URL of an exporter"))
        })?;
        let mut url: Url = whole.url().clone();
        if query.is_some_and(|query| query.contains('#')) {
            return Err(format!("{text:?} carries a fragment, which no server sees; {LIKE}"));
        }
        url.set_query(query);
        let path = match (url.path(), url.query()) {
            ("" | "/", None) => USUAL_PATH.to_owned(),
            ("" | "/", Some(query)) => format!("{USUAL_PATH}?{query}"),
            (path, None) => path.to_owned(),
            (path, Some(query)) => format!("{path}?{query}"),
        };
        let base = whole.with_prefix("");
        let port = base.url().port().map_or_else(String::new, |port| format!(":{port}"));
        Ok(Self {
            name: format!("{}{port}", base.url().host_str().unwrap_or_default()),
            base,
            path,
            trust: Trust::System,
            credentials: Credentials::None,
            series: Vec::new(),
        })
    }

    /// Where it is, for people.
    pub fn url(&self) -> String {
        self.base.join(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_named_by_its_url() {
        for (text, name, url) in [
            ("http://10.0.0.1:9100", "10.0.0.1:9100", "http://10.0.0.1:9100/metrics"),
            ("http://10.0.0.1:9100/", "10.0.0.1:9100", "http://10.0.0.1:9100/metrics"),
            (
                "https://box/a/b?collect[]=cpu&x=1",
                "box",
                "https://box/a/b?collect[]=cpu&x=1",
            ),
            ("http://box:9182?x=1", "box:9182", "http://box:9182/metrics?x=1"),
            ("http://[::1]:9100/m", "[::1]:9100", "http://[::1]:9100/m"),
        ] {
            let exporter = Exporter::at(text).unwrap();
            assert_eq!((exporter.name.as_str(), exporter.url().as_str()), (name, url), "{text}");
        }
    }

    #[test]
    fn what_is_no_endpoint_is_refused_and_no_secret_repeated() {
        for (text, said) in [
            ("", "it is empty"),
            ("box:9100", "http://box:9100"),
            ("ftp://box/", "neither http nor https"),
            ("http://", "URL of an exporter"),
            ("http://me:secret@box:9100/metrics", "carries credentials"),
            ("me:secret@box", "carries credentials"),
            ("http://box/metrics#top", "fragment"),
        ] {
            let why = Exporter::at(text).unwrap_err();
            assert!(why.contains(said) && !why.contains("secret"), "{text}: {why}");
        }
    }
}
