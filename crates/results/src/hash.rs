//! SHA-256 as people read it.

use sha2::{Digest as _, Sha256};
use std::io::{self, Read};

/// The SHA-256 of `bytes`, in 64 hexadecimal digits.
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    hex(&Sha256::digest(bytes))
}

/// The SHA-256 of all that is read, as [`sha256`] writes it; nothing is kept of it, however much it is.
///
/// # Errors
/// It cannot be read.
pub fn sha256_of(mut reader: impl Read) -> io::Result<String> {
    let mut hasher = Sha256::new();
    io::copy(&mut reader, &mut Hashed(&mut hasher))?;
    Ok(hex(&hasher.finalize()))
}

/// The SHA-256 of a certificate as browsers show it: pairs of capital digits with colons between.
pub fn fingerprint(certificate: impl AsRef<[u8]>) -> String {
    let digits = sha256(certificate).to_uppercase();
    let pairs: Vec<&str> = (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]).collect();
    pairs.join(":")
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

struct Hashed<'a>(&'a mut Sha256);

impl io::Write for Hashed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-2, appendix B.1.
    const OF_ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn the_example_of_the_standard_is_hashed_in_every_way() {
        assert_eq!(sha256("abc"), OF_ABC);
        assert_eq!(sha256_of(&b"abc"[..]).unwrap(), OF_ABC);
        let fingerprint = fingerprint(b"abc");
        assert!(fingerprint.starts_with("BA:78:16:"), "{fingerprint}");
        assert_eq!(fingerprint.replace(':', "").to_lowercase(), OF_ABC);
    }
}
