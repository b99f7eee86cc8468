//! A deployment to test: where it is, how its certificate is trusted, who may log in and what is permitted there; and a
//! client of its API.

mod account;
mod accounts_file;
mod base_url;
mod bound;
pub mod client;
mod config;
pub mod csv;
mod detour;
pub mod echo;
mod exporter;
pub mod halt;
mod handshake;
mod identity;
pub mod images;
pub mod nearest;
mod own_headers;
pub mod pattern;
mod pin;
mod proxy;
mod race;
pub mod requests;
mod target;
mod text;
mod tls;
pub mod token;
pub mod toml_file;
mod trust;
pub mod units;
mod way;

pub use account::{Account, Permissions};
pub use accounts_file::read_accounts;
pub use base_url::{BaseUrl, BaseUrlError};
pub use bound::{check_own_address, connect_from};
pub use config::{
    AllowEntry, Config, ConfigError, DEFAULT_FILE, SecretReader, Withheld, is_readable_by_all, read_key, read_password,
};
pub use detour::{Destination, Detour, DetourError};
pub use exporter::{Credentials, Exporter};
pub use handshake::{Handshake, HandshakeError, handshake, handshake_with};
pub use identity::{Identity, IdentityError};
pub use own_headers::{OwnHeaderError, OwnHeaders};
pub use pin::{Pin, PinError};
pub use proxy::{Proxy, ProxyError};
pub use race::{HEAD_START, Race, families_in_turn};
pub use target::{Allow, Target};
pub use text::{escaped, percent_encoded};
pub use tls::{CertificateRefused, Refusal, is_made_for, tls_in_words};
pub use trust::{Trust, TrustError};
pub use way::{Route, Way};
