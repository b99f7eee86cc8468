//! What a certificate says, read from its bytes.

use chrono::{DateTime, Utc};
use proofload_deployment::escaped;
use x509_parser::prelude::{GeneralName, X509Certificate};
use x509_parser::public_key::PublicKey;

/// Signatures that can be forged today.
const BROKEN_SIGNATURES: [(&str, &str); 5] = [
    ("1.2.840.113549.1.1.2", "MD2 with RSA"),
    ("1.2.840.113549.1.1.4", "MD5 with RSA"),
    ("1.2.840.113549.1.1.5", "SHA-1 with RSA"),
    ("1.2.840.10045.4.1", "SHA-1 with ECDSA"),
    ("1.2.840.10040.4.3", "SHA-1 with DSA"),
];

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Certificate {
    pub(super) subject: String,
    pub(super) issuer: String,
    pub(super) is_self_issued: bool,
    /// DNS names and addresses.
    pub(super) names: Vec<String>,
    pub(super) not_before: DateTime<Utc>,
    pub(super) not_after: DateTime<Utc>,
    /// `RSA 2048`, `EC 256`
    pub(super) key: String,
    pub(super) key_is_weak: bool,
    /// A signature that can be forged today, by name.
    pub(super) broken_signature: Option<&'static str>,
}

impl Certificate {
    /// Reads a certificate; none when the bytes are none.
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let (_, parsed) = x509_parser::parse_x509_certificate(der).ok()?;
        let (key, key_is_weak) = key(&parsed);
        let signature = parsed.signature_algorithm.algorithm.to_id_string();
        Some(Self {
            subject: shown(&parsed.subject().to_string()),
            issuer: shown(&parsed.issuer().to_string()),
            is_self_issued: parsed.subject().as_raw() == parsed.issuer().as_raw(),
            names: names(&parsed),
            not_before: instant(parsed.validity().not_before.timestamp())?,
            not_after: instant(parsed.validity().not_after.timestamp())?,
            key,
            key_is_weak,
            broken_signature: BROKEN_SIGNATURES
                .iter()
                .find(|(id, _)| *id == signature)
                .map(|(_, name)| *name),
        })
    }
}

fn instant(timestamp: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(timestamp, 0)
}

fn shown(text: &str) -> String {
    escaped(text.as_bytes(), 200)
}

fn names(parsed: &X509Certificate<'_>) -> Vec<String> {
    let alternatives = parsed.subject_alternative_name().ok().flatten();
    let Some(alternatives) = alternatives else {
        let common = parsed.subject().iter_common_name();
        return common.filter_map(|name| name.as_str().ok()).map(shown).collect();
    };
    let names = alternatives.value.general_names.iter();
    names
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(shown(name)),
            GeneralName::IPAddress(bytes) => address(bytes),
            _ => None,
        })
        .collect()
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(bytes).to_string());
    }
    let bytes = <[u8; 16]>::try_from(bytes).ok()?;
    Some(std::net::Ipv6Addr::from(bytes).to_string())
}

/// The length of a number without its leading zeroes.
fn bits(number: &[u8]) -> usize {
    let zeroes = number.iter().take_while(|byte| **byte == 0).count();
    let number = &number[zeroes..];
    let first = number.first().map_or(0, |byte| byte.leading_zeros() as usize);
    number.len() * 8 - first
}

/// The key's kind and size, and whether it is below what NIST SP 800-57 still counts 112 bits of.
fn key(parsed: &X509Certificate<'_>) -> (String, bool) {
    match parsed.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => {
            let bits = bits(key.modulus);
            (format!("RSA {bits}"), bits < 2048)
        }
        Ok(PublicKey::EC(point)) => {
            let bits = point.key_size();
            (format!("EC {bits}"), bits < 224)
        }
        Ok(PublicKey::DSA(_)) => ("DSA".to_owned(), true),
        _ => ("a key of another kind".to_owned(), false),
    }
}
