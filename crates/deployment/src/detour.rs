//! Detours: connections that are made to another place than the one that the base URL names.

use crate::{BaseUrl, Proxy};
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};

/// Connections to one place are made to another. What a request says of where it goes stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detour {
    /// The host that it is for, in small letters; any where there is none.
    host: Option<String>,
    /// The port that it is for; any where there is none.
    port: Option<u16>,
    to: To,
    written: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum To {
    /// These addresses, in place of what the name is looked up as.
    Addresses(Vec<IpAddr>),
    /// This host and port, as far as they are given.
    Place(Option<String>, Option<u16>),
}

/// Why a text is no detour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is none: {how}")]
pub struct DetourError {
    text: String,
    how: &'static str,
}

const RESOLVE: &str =
    "write HOST:PORT:ADDRESS, such as lab.example:5009:10.0.0.7, several addresses separated by commas";
const CONNECT_TO: &str = "write HOST:PORT:HOST2:PORT2, such as lab.example:5009:10.0.0.7:6009; what is left empty before is any, and behind stays as it is";

impl Detour {
    /// Reads `HOST:PORT:ADDRESS[,ADDRESS]`: the addresses in place of those that the host has.
    ///
    /// # Errors
    /// It is none.
    pub fn resolve(text: &str) -> Result<Self, DetourError> {
        let read = || {
            let mut fields = text.splitn(3, ':');
            // Bare addresses of version 6 have colons of their own.
            let (host, port, addresses) = (fields.next()?, fields.next()?, fields.next()?);
            let addresses = addresses.split(',').map(|address| bare(address).parse().ok());
            Some(Self {
                host: Some(name(host)?),
                port: Some(port.parse().ok()?),
                to: To::Addresses(addresses.collect::<Option<_>>()?),
                written: text.to_owned(),
            })
        };
        read().ok_or_else(|| DetourError {
            text: text.to_owned(),
            how: RESOLVE,
        })
    }

    /// Reads `HOST:PORT:HOST2:PORT2`: the second place instead of the first. What is left empty before is any, and behind stays
    /// as it is.
    ///
    /// # Errors
    /// It is none.
    pub fn connect_to(text: &str) -> Result<Self, DetourError> {
        let read = || {
            let [host, port, to_host, to_port]: [&str; 4] = fields(text).try_into().ok()?;
            let number = |text: &str| match text {
                "" => Some(None),
                text => text.parse().ok().map(Some),
            };
            Some(Self {
                host: name(host),
                port: number(port)?,
                to: To::Place(name(to_host), number(to_port)?),
                written: text.to_owned(),
            })
        };
        read().ok_or_else(|| DetourError {
            text: text.to_owned(),
            how: CONNECT_TO,
        })
    }

    fn is_for(&self, host: &str, port: u16) -> bool {
        let is_host = |own: &str| own == host.trim_end_matches('.');
        self.host.as_deref().is_none_or(is_host) && self.port.is_none_or(|own| own == port)
    }

    /// Whether it is for the host and port of a base URL, which must be a name: nothing is looked up for an address.
    pub fn is_taken_by(&self, base: &BaseUrl) -> bool {
        !is_address(base.host()) && self.is_for(base.host(), port_of(base))
    }
}

impl fmt::Display for Detour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// What stands between colons, but for those in the brackets of an address.
fn fields(text: &str) -> Vec<&str> {
    let mut depth = 0;
    text.split(|c: char| {
        depth += i32::from(c == '[') - i32::from(c == ']');
        c == ':' && depth == 0
    })
    .collect()
}

fn bare(address: &str) -> &str {
    let address = address.trim();
    address
        .strip_prefix('[')
        .and_then(|address| address.strip_suffix(']'))
        .unwrap_or(address)
}

/// A host in small letters, without brackets and without a dot at its end; none where none is given.
fn name(text: &str) -> Option<String> {
    let text = bare(text).trim_end_matches('.');
    (!text.is_empty()).then(|| text.to_ascii_lowercase())
}

fn is_address(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok()
}

fn port_of(base: &BaseUrl) -> u16 {
    base.url().port_or_known_default().unwrap_or(443)
}

/// Where connections are made to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// A name or an address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The addresses in place of those that the host has.
    addresses: Option<Vec<IpAddr>>,
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = match &self.addresses {
            Some(addresses) => {
                let each: Vec<String> = addresses
                    .iter()
                    .map(|address| SocketAddr::from((*address, self.port)).to_string())
                    .collect();
                return f.write_str(&each.join(", "));
            }
            None if self.host.contains(':') => format!("[{}]", self.host),
            None => self.host.clone(),
        };
        write!(f, "{host}:{}", self.port)
    }
}

impl Destination {
    /// The place that a base URL names, after these detours: first to another place, then to other addresses of it, as curl
    /// does; of several for the same place the first.
    pub fn of(base: &BaseUrl, detours: &[Detour]) -> Self {
        let (mut host, mut port) = (base.host().to_owned(), port_of(base));
        let detours = if is_address(&host) { &[] } else { detours };
        let place = detours.iter().find_map(|detour| match &detour.to {
            To::Place(host_there, port_there) if detour.is_for(&host, port) => Some((host_there.clone(), *port_there)),
            _ => None,
        });
        if let Some((host_there, port_there)) = place {
            (host, port) = (host_there.unwrap_or(host), port_there.unwrap_or(port));
        }
        let addresses = detours.iter().find_map(|detour| match &detour.to {
            To::Addresses(addresses) if detour.is_for(&host, port) => Some(addresses.clone()),
            _ => None,
        });
        Self { host, port, addresses }
    }

    /// Where a proxy listens.
    pub(crate) fn proxy(proxy: &Proxy) -> Self {
        let (host, port) = proxy.address();
        Self {
            host: host.to_owned(),
            port,
            addresses: None,
        }
    }

    /// Whether it is looked up, and may be something else later.
    pub fn is_looked_up(&self) -> bool {
        self.addresses.is_none() && !is_address(&self.host)
    }

    /// Whether an address of this machine is of the family of one of its addresses, as far as they are known beforehand.
    pub(crate) fn may_be_reached_from(&self, own: IpAddr) -> bool {
        let is_of_family = |address: &IpAddr| address.is_ipv4() == own.is_ipv4();
        match (&self.addresses, self.host.parse::<IpAddr>()) {
            (Some(addresses), _) => addresses.iter().any(is_of_family),
            (None, Ok(address)) => is_of_family(&address),
            (None, Err(_)) => true,
        }
    }

    /// Its addresses.
    ///
    /// # Errors
    /// Its name is not known.
    pub async fn look_up(&self) -> io::Result<Vec<SocketAddr>> {
        match &self.addresses {
            Some(addresses) => Ok(addresses.iter().map(|address| (*address, self.port).into()).collect()),
            None => Ok(tokio::net::lookup_host((self.host.as_str(), self.port))
                .await?
                .collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(url: &str, detours: &[Detour]) -> (String, u16, Option<Vec<IpAddr>>) {
        let Destination { host, port, addresses } = Destination::of(&BaseUrl::parse(url).unwrap(), detours);
        (host, port, addresses)
    }

    #[test]
    fn a_detour_is_taken_where_host_and_port_are_its() {
        let resolve = |text| [Detour::resolve(text).unwrap()];
        let lab = resolve("Lab.example:5009:10.0.0.7,[::1]");
        let (host, port, addresses) = place("https://lab.example:5009", &lab);
        assert_eq!((host.as_str(), port), ("lab.example", 5009));
        let addresses: Vec<String> = addresses.unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(addresses, ["10.0.0.7", "::1"]);
        assert_eq!(place("https://lab.example:5010", &lab).2, None);
        assert!(place("https://lab.example.:5009", &lab).2.is_some());
        assert_eq!(
            place("https://10.0.0.1", &[Detour::connect_to("::other:").unwrap()]).0,
            "10.0.0.1"
        );
        assert!(lab[0].is_taken_by(&BaseUrl::parse("https://LAB.example:5009").unwrap()));

        let to = |text| [Detour::connect_to(text).unwrap()];
        let (host, port, _) = place("https://lab.example", &to(":443:[::1]:6009"));
        assert_eq!((host.as_str(), port), ("::1", 6009));
        let (host, port, _) = place("https://lab.example", &to("::other:"));
        assert_eq!((host.as_str(), port), ("other", 443));
        let both = [
            Detour::resolve("other:443:10.0.0.9").unwrap(),
            Detour::connect_to("lab.example::other:").unwrap(),
        ];
        assert_eq!(
            place("https://lab.example", &both).2,
            Some(vec!["10.0.0.9".parse().unwrap()])
        );
    }

    #[test]
    fn what_is_no_detour_is_told_what_one_looks_like() {
        for text in [
            "",
            "lab",
            "lab:5009",
            "lab:x:10.0.0.1",
            ":5009:10.0.0.1",
            "lab:5009:there",
            "lab:99999:10.0.0.1",
        ] {
            let told = Detour::resolve(text).unwrap_err().to_string();
            assert!(told.contains("HOST:PORT:ADDRESS"), "{told}");
        }
        for text in ["", "lab:1:other", "lab:x:other:1", "lab:1:other:x"] {
            let told = Detour::connect_to(text).unwrap_err().to_string();
            assert!(told.contains("HOST:PORT:HOST2:PORT2"), "{told}");
        }
    }

    #[test]
    fn a_destination_is_shown_as_what_is_connected_to() {
        let lab = BaseUrl::parse("https://lab.example").unwrap();
        for (detour, shown) in [
            (
                Detour::resolve("lab.example:443:10.0.0.7,::1"),
                "10.0.0.7:443, [::1]:443",
            ),
            (Detour::connect_to("::other:6009"), "other:6009"),
            (Detour::connect_to(":::"), "lab.example:443"),
            (Detour::connect_to("::[::1]:"), "[::1]:443"),
        ] {
            assert_eq!(Destination::of(&lab, &[detour.unwrap()]).to_string(), shown);
        }
    }

    #[tokio::test]
    async fn addresses_that_are_given_are_not_looked_up() {
        let detours = [Detour::resolve("nowhere.invalid:80:127.0.0.2").unwrap()];
        let destination = Destination::of(&BaseUrl::parse("http://nowhere.invalid").unwrap(), &detours);
        assert!(!destination.is_looked_up());
        assert_eq!(destination.look_up().await.unwrap(), ["127.0.0.2:80".parse().unwrap()]);
    }
}
