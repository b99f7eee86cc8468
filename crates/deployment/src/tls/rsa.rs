//! RSA keys that are too short.

use rustls::pki_types::CertificateDer;
use x509_parser::public_key::PublicKey;

/// No signature by a shorter key is checked, in bits: aws-lc calls every one of them wrong.
pub(super) const LEAST_BITS: usize = 2048;

/// The length of the RSA key in a certificate, in bits, where it is too short.
pub(super) fn short(certificate: &CertificateDer<'_>) -> Option<usize> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let Ok(PublicKey::RSA(key)) = parsed.tbs_certificate.subject_pki.parsed() else {
        return None;
    };
    Some(key.key_size()).filter(|bits| *bits < LEAST_BITS)
}

/// A certificate of a key of 1024 bits that `openssl req -x509` signed by itself.
#[cfg(test)]
pub(super) const SHORT: &str = "\
-----BEGIN CERTIFICATE-----
MIICQjCCAaugAwIBAgIUc5ocYaHCZFzygr9Dr4zLzRR7F64wDQYJKoZIhvcNAQEL
BQAwGDEWMBQGA1UEAwwNc2hvcnQuZXhhbXBsZTAgFw0yNjExMjkxNzU3NDVaGA8y
MTI2MTEwNTE3NTc0NVowGDEWMBQGA1UEAwwNc2hvcnQuZXhhbXBsZTCBnzANBgkq
hkiG9w0BAQEFAAOBjQAwgYkCgYEA1BxvCSNdoAhzSeV3NJV9aQeZYVXsYqVld1SN
WYGHSjyf3JilnOwhStZt62Bt3bt5jKWsFNuPZZPDRZ0YCotNcISDU1D4CIcSYZg2
eBv6QrJndB2aiOsdQB7i5SToFI96anrngPxIDKBL1i9MmWFim+cUU2xhoYNDmHi5
4lYuZrECAwEAAaOBhjCBgzAdBgNVHQ4EFgQUgq5UqGB9KrT5nnPy/ke85QVkXfow
HwYDVR0jBBgwFoAUgq5UqGB9KrT5nnPy/ke85QVkXfowDwYDVR0TAQH/BAUwAwEB
/zAwBgNVHREEKTAngg1zaG9ydC5leGFtcGxlhwR/AAABhxAAAAAAAAAAAAAAAAAA
AAABMA0GCSqGSIb3DQEBCwUAA4GBAEDat3otT/mhixa0RfrONEmLSigguD8JCSlW
Gk/oN4AVBYyqr7pOhSbEEAid7m8WFqk/SCqn4jqfGAkX2Rb+9l0xqh5gDCytVgYK
VRVx3xuh3bnRoG/gZ3QJaOvXT+cEpuN4BuuqToRBwljmba8wIS+d7jAGn6uXikrj
ny/oBtFP
-----END CERTIFICATE-----
";
