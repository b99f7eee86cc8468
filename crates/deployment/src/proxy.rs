//! Proxies: which one calls to a deployment go through, and how a connection is made through it.

use crate::{BaseUrl, escaped};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use std::ffi::OsString;
use std::fmt::{self, Write as _};
use std::io;
use std::net::IpAddr;
use std::str::FromStr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::{Host, Url};

/// A proxy that speaks HTTP.
#[derive(Clone)]
pub struct Proxy {
    host: String,
    port: u16,
    /// The value of `Proxy-Authorization`.
    authorization: Option<SecretString>,
}

/// Why a text names no proxy. It is not repeated: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}; one looks like http://proxy.example:3128")]
pub struct ProxyError(String);

/// No head of an answer to CONNECT is longer.
const HEAD_BYTES: usize = 16 << 10;

impl FromStr for Proxy {
    type Err = ProxyError;

    fn from_str(text: &str) -> Result<Self, ProxyError> {
        let wrong = |why: &str| ProxyError(why.to_owned());
        let text = text.trim();
        let with_scheme = if text.contains("://") {
            text.to_owned()
        } else {
            format!("http://{text}")
        };
        let url = Url::parse(&with_scheme).map_err(|error| ProxyError(format!("that is not a proxy ({error})")))?;
        match url.scheme() {
            "http" => {}
            "https" => return Err(wrong("a proxy that is itself spoken to over TLS is not supported")),
            scheme if scheme.starts_with("socks") => {
                return Err(wrong("SOCKS proxies are not supported, those that speak HTTP are"));
            }
            _ => return Err(wrong("that is not a proxy that speaks HTTP")),
        }
        let host = match url.host() {
            Some(Host::Ipv6(address)) => address.to_string(),
            Some(host) => host.to_string(),
            None => return Err(wrong("it names no host")),
        };
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let credentials = (!url.username().is_empty()).then(|| {
            let pair = format!(
                "{}:{}",
                decoded(url.username()),
                decoded(url.password().unwrap_or_default())
            );
            SecretString::from(format!("Basic {}", STANDARD.encode(pair)))
        });
        Ok(Self {
            host,
            port: url.port_or_known_default().unwrap_or(80),
            authorization: credentials,
        })
    }
}

impl fmt::Display for Proxy {
    /// Without its password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "http://[{}]:{}", self.host, self.port)
        } else {
            write!(f, "http://{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Proxy {
    /// Where it listens: a name or an address without brackets, and a port.
    pub fn address(&self) -> (&str, u16) {
        (&self.host, self.port)
    }

    /// What it is shown in `Proxy-Authorization`, where it wants a password.
    pub fn authorization(&self) -> Option<&SecretString> {
        self.authorization.as_ref()
    }

    /// The proxy that the environment names for a deployment, as curl and Go read it: `HTTPS_PROXY` or `HTTP_PROXY` by the base
    /// URL's scheme, else `ALL_PROXY`, in small letters too, unless `NO_PROXY` excepts the host. This machine is always
    /// excepted. With the name of the variable.
    ///
    /// # Errors
    /// What stands there names no proxy, or is no text; the variable, and why.
    pub fn from_environment(
        base: &BaseUrl,
        variable: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Option<(Self, &'static str)>, (&'static str, String)> {
        let names: [&str; 4] = if base.is_tls() {
            ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        } else {
            ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
        };
        let set = |name: &'static str| {
            variable(name)
                .filter(|value| !value.to_string_lossy().trim().is_empty())
                .map(|value| (name, value))
        };
        let text = |(name, value): (&'static str, OsString)| match value.into_string() {
            Ok(text) => Ok((name, text)),
            Err(_) => Err((name, "it is not UTF-8".to_owned())),
        };
        let Some((name, proxy)) = names.into_iter().find_map(set).map(text).transpose()? else {
            return Ok(None);
        };
        let except = set("NO_PROXY").or_else(|| set("no_proxy")).map(text).transpose()?;
        let except = except.map(|(_, list)| list).unwrap_or_default();
        if base.is_loopback() || is_excepted(base, &except) {
            return Ok(None);
        }
        let proxy = proxy.parse().map_err(|error: ProxyError| (name, error.to_string()))?;
        Ok(Some((proxy, name)))
    }

    /// What it says by 407, which nobody but a proxy answers.
    pub fn wants_password(&self) -> String {
        format!("the proxy {self} wants a user name and a password (407); write http://USER:PASSWORD@HOST:PORT")
    }

    /// Asks it, on a connection to it, for one to a host and port.
    ///
    /// # Errors
    /// It does not let it through; the error says what it answered, and is of the kind `PermissionDenied` where it wants a password.
    pub async fn tunnel(&self, stream: &mut TcpStream, host: &str, port: u16) -> io::Result<()> {
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        let mut request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n");
        if let Some(authorization) = &self.authorization {
            let _ = write!(request, "Proxy-Authorization: {}\r\n", authorization.expose_secret());
        }
        request += "\r\n";
        let request = SecretString::from(request);
        stream.write_all(request.expose_secret().as_bytes()).await?;
        let head = head(stream).await?;
        let status = head
            .strip_prefix("HTTP/1.")
            .and_then(|head| head.get(2..5)?.parse::<u16>().ok());
        match status {
            Some(200..300) => Ok(()),
            Some(407) => Err(io::Error::new(io::ErrorKind::PermissionDenied, self.wants_password())),
            Some(status) => Err(refused(format!(
                "the proxy {self} answered CONNECT with status {status}"
            ))),
            None => Err(refused(format!(
                "the proxy {self} answered CONNECT with something that is not HTTP ({})",
                escaped(head.as_bytes(), 60)
            ))),
        }
    }
}

fn refused(why: String) -> io::Error {
    io::Error::other(why)
}

/// Reads the head of an answer, and not a byte that comes after it.
async fn head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    let mut seen = [0; 1024];
    loop {
        let count = stream.peek(&mut seen).await?;
        if count == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the proxy closed the connection",
            ));
        }
        // The end may begin in what was read before.
        let from = head.len().saturating_sub(3);
        let all = [&head[from..], &seen[..count]].concat();
        let end = all.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4);
        let wanted = end.map_or(count, |end| end - (head.len() - from));
        stream.read_exact(&mut seen[..wanted]).await?;
        head.extend_from_slice(&seen[..wanted]);
        if end.is_some() {
            return Ok(String::from_utf8_lossy(&head).into_owned());
        }
        if head.len() > HEAD_BYTES {
            return Err(io::Error::other("the proxy's answer to CONNECT has no end"));
        }
    }
}

/// Whether a list such as `example.com,.lab,10.0.0.0/8,host:5009,*` excepts the host of `base`.
fn is_excepted(base: &BaseUrl, list: &str) -> bool {
    let port = base.url().port_or_known_default();
    let entries = list.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty());
    entries.into_iter().any(|entry| {
        if entry == "*" {
            return true;
        }
        let (name, only) = match entry.rsplit_once(':') {
            Some((name, digits)) if !name.contains(':') || name.ends_with(']') => match digits.parse::<u16>() {
                Ok(only) => (name, Some(only)),
                Err(_) => (entry, None),
            },
            _ => (entry, None),
        };
        let name = name.trim_matches(['[', ']']);
        let same_port = only.is_none() || only == port;
        same_port
            && match base.url().host() {
                Some(Host::Domain(host)) => is_below(host, name),
                Some(Host::Ipv4(address)) => is_within(address.into(), name),
                Some(Host::Ipv6(address)) => is_within(address.into(), name),
                None => false,
            }
    })
}

fn is_below(host: &str, name: &str) -> bool {
    // A dot at the end says that the name is whole, which it is without, too.
    let (host, name) = (
        host.trim_end_matches('.').to_ascii_lowercase(),
        name.trim_start_matches("*.").trim_matches('.').to_ascii_lowercase(),
    );
    host == name
        || host
            .strip_suffix(&name)
            .is_some_and(|front| front.ends_with('.') && !name.is_empty())
}

fn is_within(address: IpAddr, network: &str) -> bool {
    let (network, bits) = network
        .split_once('/')
        .map_or((network, None), |(network, bits)| (network, Some(bits)));
    let Ok(network) = network.parse::<IpAddr>() else {
        return false;
    };
    let bits = match bits.map(str::parse::<u32>) {
        None => return network == address,
        Some(Ok(bits)) => bits,
        Some(Err(_)) => return false,
    };
    match (address, network) {
        (IpAddr::V4(one), IpAddr::V4(other)) if bits <= 32 => {
            (one.to_bits() ^ other.to_bits()).checked_shr(32 - bits).unwrap_or(0) == 0
        }
        (IpAddr::V6(one), IpAddr::V6(other)) if bits <= 128 => {
            (one.to_bits() ^ other.to_bits()).checked_shr(128 - bits).unwrap_or(0) == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> BaseUrl {
        BaseUrl::parse(text).unwrap()
    }

    #[test]
    fn proxies_are_read_as_curl_reads_them_and_their_password_stays_secret() {
        for (text, shown, authorization) in [
            ("http://proxy:3128", "http://proxy:3128", None),
            ("proxy.example:8080/", "http://proxy.example:8080", None),
            ("http://[::1]", "http://[::1]:80", None),
            (
                "http://user:p%40ss@proxy:1",
                "http://proxy:1",
                Some("Basic dXNlcjpwQHNz"),
            ),
        ] {
            let proxy: Proxy = text.parse().unwrap();
            assert_eq!(
                (proxy.to_string().as_str(), format!("{proxy:?}").as_str()),
                (shown, shown)
            );
            assert_eq!(proxy.authorization().map(ExposeSecret::expose_secret), authorization);
        }
        for (text, why) in [
            ("https://user:secret@proxy:1", "over TLS"),
            ("socks5://user:secret@proxy:1", "SOCKS"),
            ("ftp://proxy", "speaks HTTP"),
            ("http://", "not a proxy"),
        ] {
            let error = text.parse::<Proxy>().unwrap_err().to_string();
            assert!(error.contains(why) && !error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn the_environment_names_a_proxy_by_scheme_and_excepts_hosts() {
        let variables = |name: &str| match name {
            "HTTP_PROXY" => Some("http://plain:1".into()),
            "https_proxy" => Some("http://tls:2".into()),
            "NO_PROXY" => Some("lab.example, .corp,10.0.0.0/8,192.0.2.7:5009,[2001:db8::/32],whole.example.".into()),
            _ => None,
        };
        for (url, proxy) in [
            ("http://box.example", Some("http://plain:1")),
            ("https://box.example", Some("http://tls:2")),
            ("https://lab.example", None),
            ("https://a.lab.example", None),
            ("https://notlab.example", Some("http://tls:2")),
            ("https://x.corp", None),
            ("https://x.corp.", None),
            ("https://whole.example", None),
            ("https://10.9.8.7:5009", None),
            ("https://11.0.0.1", Some("http://tls:2")),
            ("https://192.0.2.7:5009", None),
            ("https://192.0.2.7", Some("http://tls:2")),
            ("https://[2001:db8::5]", None),
            ("https://localhost", None),
            ("http://127.0.0.1:80", None),
        ] {
            let chosen = Proxy::from_environment(&base(url), &variables).unwrap();
            assert_eq!(chosen.map(|(proxy, _)| proxy.to_string()).as_deref(), proxy, "{url}");
        }
        let wrong = |name: &str| (name == "ALL_PROXY").then(|| "socks5://x".into());
        assert_eq!(
            Proxy::from_environment(&base("https://a"), &wrong).unwrap_err().0,
            "ALL_PROXY"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_no_text_is_named() {
        use std::os::unix::ffi::OsStringExt as _;
        for odd in ["HTTP_PROXY", "NO_PROXY"] {
            let variables = |name: &str| match name {
                _ if name == odd => Some(OsString::from_vec(b"http://u:p\xff@h:1".to_vec())),
                "HTTP_PROXY" => Some("http://h:1".into()),
                _ => None,
            };
            let error = Proxy::from_environment(&base("http://box.example"), &variables).unwrap_err();
            assert_eq!(error, (odd, "it is not UTF-8".to_owned()));
        }
    }
}
