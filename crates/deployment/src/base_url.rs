//! The base URL of a deployment, with or without a path prefix.

use std::fmt;
use url::{Host, Url};

/// A base URL: scheme `http` or `https`, a host, perhaps a port and a path prefix; never a query, fragment or credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why a text is not a base URL.
#[derive(Debug, thiserror::Error)]
#[error(
    "{text:?} is not a base URL: {why}; one looks like https://10.0.0.123:5009 or https://customer.econnectcloud.com/identities"
)]
pub struct BaseUrlError {
    text: String,
    why: String,
}

impl BaseUrl {
    /// Reads a base URL; slashes at its end are dropped.
    ///
    /// # Errors
    /// The text is no absolute `http` or `https` URL, or carries a query, a fragment or credentials.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let wrong = |why: &str| BaseUrlError {
            text: text.to_owned(),
            why: why.to_owned(),
        };
        // `localhost:6009` parses, with `localhost` as its scheme.
        if !text.contains("://") {
            let host = text.trim().trim_start_matches('/');
            return Err(match host {
                "" => wrong("it is empty"),
                // It may hold a password, which must not be echoed.
                _ if host.contains('@') => BaseUrlError {
                    text: "(withheld)".to_owned(),
                    why: "it has no scheme, http:// or https://".to_owned(),
                },
                _ => wrong(&format!("it has no scheme; is it http://{host} or https://{host}?")),
            });
        }
        let mut url = Url::parse(text.trim()).map_err(|error| wrong(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("its scheme is neither http nor https"));
        }
        if url.host().is_none() {
            return Err(wrong("it names no host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            // The text itself holds a secret now: it must not be echoed.
            return Err(BaseUrlError {
                text: "(withheld)".to_owned(),
                why: "it carries credentials; name an account instead".to_owned(),
            });
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it carries a query or a fragment"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    /// The URL of `path_and_query` (beginning with `/`, already percent-encoded) below the base.
    pub fn join(&self, path_and_query: &str) -> String {
        format!("{}{path_and_query}", self.0.as_str().trim_end_matches('/'))
    }

    /// The path prefix, empty or like `/identities`.
    pub fn prefix(&self) -> &str {
        self.0.path().trim_end_matches('/')
    }

    /// The same server below another path prefix, empty or like `/identities`.
    #[must_use]
    pub fn with_prefix(&self, prefix: &str) -> Self {
        let mut url = self.0.clone();
        url.set_path(prefix);
        Self(url)
    }

    /// Whether the scheme is `https`.
    pub fn is_tls(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether the host is this machine.
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// The host, an IPv6 address without the brackets that it wears in URLs.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default().trim_matches(['[', ']'])
    }

    /// The URL behind it.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::BaseUrl;

    #[test]
    fn a_scheme_that_is_missing_is_asked_for() {
        for (text, asked) in [
            ("127.0.0.1:6009", "http://127.0.0.1:6009 or https://127.0.0.1:6009?"),
            ("localhost:6009", "http://localhost:6009 or https://localhost:6009?"),
            ("lab", "http://lab or https://lab?"),
            ("", "it is empty"),
        ] {
            let error = BaseUrl::parse(text).unwrap_err().to_string();
            assert!(error.contains(asked), "{error}");
        }
        let error = BaseUrl::parse("svc:hunter2@lab:5009").unwrap_err().to_string();
        assert!(!error.contains("hunter2") && error.contains("no scheme"), "{error}");
    }
}
