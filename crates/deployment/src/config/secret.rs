//! Where a secret comes from: never from the configuration itself.

use proofload_results::plain_file;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::de::{self, Deserialize, Deserializer, MapAccess, Unexpected, Visitor};
use std::fmt;
use std::path::{Path, PathBuf};

/// Where a secret comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SecretSource {
    /// An environment variable.
    Env(String),
    /// A file, relative to the configuration's folder.
    File(PathBuf),
    /// The person at the terminal.
    Prompt,
}

/// What a configuration asks of its surroundings; engines never read the environment or a terminal themselves.
pub trait SecretReader {
    /// The value of an environment variable, when it is set.
    ///
    /// # Errors
    /// It is no text; the sentence says so.
    fn env(&self, name: &str) -> Result<Option<SecretString>, String>;

    /// Asks the person at the terminal, showing `prompt`, without echo.
    ///
    /// # Errors
    /// There is no terminal; the text says so.
    fn prompt(&self, prompt: &str) -> Result<SecretString, String>;

    /// Reads a password from a file, as [`read_password`] does.
    ///
    /// # Errors
    /// As there.
    fn password_file(&self, path: &Path) -> Result<SecretString, String> {
        read_password(path)
    }

    /// Reads a key from a file, as [`read_key`] does.
    ///
    /// # Errors
    /// As there.
    fn key_file(&self, path: &Path) -> Result<SecretSlice<u8>, String> {
        read_key(path)
    }
}

/// Fetches nothing: for whoever needs to know what is there, and which secrets it has, and not what they are.
#[derive(Debug, Clone, Copy)]
pub struct Withheld;

impl Withheld {
    /// Stands for every secret.
    const WORD: &'static str = "withheld";
}

impl SecretReader for Withheld {
    fn env(&self, _: &str) -> Result<Option<SecretString>, String> {
        Ok(Some(Self::WORD.into()))
    }

    fn prompt(&self, _: &str) -> Result<SecretString, String> {
        Ok(Self::WORD.into())
    }

    fn password_file(&self, _: &Path) -> Result<SecretString, String> {
        Ok(Self::WORD.into())
    }

    fn key_file(&self, _: &Path) -> Result<SecretSlice<u8>, String> {
        Ok(Self::WORD.as_bytes().to_vec().into())
    }
}

/// No password or key is longer.
const SECRET_BYTES: u64 = 64 << 10;

const SHAPES: &str = "{ env = \"NAME\" }, { file = \"PATH\" } or { prompt = true }";

impl SecretSource {
    /// The file, where it is one.
    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Env(_) | Self::Prompt => None,
        }
    }

    /// The environment variable, where it is one.
    pub(super) fn variable(&self) -> Option<&str> {
        match self {
            Self::Env(name) => Some(name),
            Self::File(_) | Self::Prompt => None,
        }
    }

    /// The secret as text, with one line ending at its end dropped when it comes from a file.
    pub(super) fn text(&self, folder: &Path, whose: &str, reader: &dyn SecretReader) -> Result<SecretString, String> {
        let secret = match self {
            Self::Env(name) => reader.env(name)?.ok_or_else(|| {
                format!(
                    "the environment variable {} is not set; it should hold {whose}",
                    shown_name(name)
                )
            })?,
            Self::File(path) => reader.password_file(&folder.join(path))?,
            Self::Prompt => reader.prompt(whose)?,
        };
        if secret.expose_secret().is_empty() {
            return Err(format!("{whose} is empty"));
        }
        Ok(secret)
    }

    /// The secret as bytes, read as [`read_key`] does.
    pub(super) fn bytes(
        &self,
        folder: &Path,
        whose: &str,
        reader: &dyn SecretReader,
    ) -> Result<SecretSlice<u8>, String> {
        match self {
            Self::File(path) => reader.key_file(&folder.join(path)),
            other => {
                let text = other.text(folder, whose, reader)?;
                Ok(text.expose_secret().as_bytes().to_vec().into())
            }
        }
    }
}

/// A variable's name as it may be shown: who mistakes `env` for the password itself does not see it repeated.
pub(super) fn shown_name(name: &str) -> &str {
    let is_of_a_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let is_name = name.len() <= 64 && name.bytes().all(is_of_a_name);
    // Capitals with a digit in their middle may be a password that somebody was given; names of several words have a `_`.
    let is_telling = name.contains('_') || !name.bytes().any(|byte| byte.is_ascii_digit());
    if is_name && is_telling {
        name
    } else {
        "that `env` names (not repeated: it may be the secret itself; `env` takes a name such as CAMERA_PASSWORD)"
    }
}

/// Reads a password from a file, without the byte-order mark and the line ending that editors put around it.
///
/// # Errors
/// One sentence: the file cannot be read, is no text, or is empty.
pub fn read_password(path: &Path) -> Result<SecretString, String> {
    let bytes = read(path)?;
    if plain_file::is_utf16(bytes.expose_secret()) {
        return Err(utf16(path));
    }
    match std::str::from_utf8(bytes.expose_secret()) {
        Ok(text) if text.contains('\0') => Err(format!(
            "the password in {} holds a zero byte, which no password has: is it the right file?",
            path.display()
        )),
        Ok(text) => Ok(bare(text).into()),
        Err(_) => Err(format!("the password in {} is not UTF-8 text", path.display())),
    }
}

/// Whether everybody on this machine can read a file; `false` where it cannot be told.
pub fn is_readable_by_all(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// Reads a key from a file: text without the byte-order mark and the line ending that editors put around it, or bytes as they
/// are.
///
/// # Errors
/// One sentence: the file cannot be read or is empty.
pub fn read_key(path: &Path) -> Result<SecretSlice<u8>, String> {
    let bytes = read(path)?;
    // A key of random bytes may begin like UTF-16; it does not go on like it.
    if plain_file::is_utf16(bytes.expose_secret().get(2..).unwrap_or_default()) {
        return Err(utf16(path));
    }
    match std::str::from_utf8(bytes.expose_secret()) {
        Ok(text) => Ok(bare(text).as_bytes().to_vec().into()),
        Err(_) => Ok(bytes),
    }
}

fn utf16(path: &Path) -> String {
    format!("cannot read the secret in {}: {}", path.display(), plain_file::UTF16)
}

/// Without what editors put around it: the byte-order mark of Windows, the line ending.
fn bare(text: &str) -> &str {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

fn read(path: &Path) -> Result<SecretSlice<u8>, String> {
    let shown = path.display();
    let bytes =
        plain_file::read(path, SECRET_BYTES).map_err(|error| format!("cannot read the secret in {shown}: {error}"))?;
    let content = plain_file::without_mark(&bytes);
    if content.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
        return Err(format!("the secret in {shown} is empty"));
    }
    Ok(bytes.into())
}

impl<'de> Deserialize<'de> for SecretSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SourceVisitor)
    }
}

/// Reads a table with one of three keys. What is written in the clear is refused without being repeated: the library's
/// own words would quote it.
struct SourceVisitor;

impl<'de> Visitor<'de> for SourceVisitor {
    type Value = SecretSource;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SHAPES)
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<SecretSource, E> {
        Err(E::custom(format!(
            "a secret is never written into this file; say where it is with {SHAPES}"
        )))
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<SecretSource, E> {
        self.visit_str("")
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<SecretSource, E> {
        self.visit_str("")
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<SecretSource, E> {
        self.visit_str("")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SecretSource, A::Error> {
        let mut source = None;
        while let Some(key) = map.next_key::<String>()? {
            let next = match key.as_str() {
                "env" => SecretSource::Env(map.next_value()?),
                "file" => SecretSource::File(map.next_value()?),
                "prompt" => {
                    if !map.next_value::<bool>()? {
                        return Err(de::Error::invalid_value(Unexpected::Bool(false), &"true"));
                    }
                    SecretSource::Prompt
                }
                _ => return Err(de::Error::unknown_field(&key, &["env", "file", "prompt"])),
            };
            if source.replace(next).is_some() {
                return Err(de::Error::custom(format!("more than one place is named; say {SHAPES}")));
            }
        }
        source.ok_or_else(|| de::Error::custom(format!("no place is named; say {SHAPES}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_look_like_a_variable_is_not_repeated() {
        for (name, is_shown) in [
            ("FULLP", true),
            ("CAMERA_2_PASSWORD", true),
            ("my-literal-SECRETPW9", false),
            ("SECRETPW9", false),
            ("hunter", false),
            ("A=B", false),
        ] {
            assert_eq!(shown_name(name) == name, is_shown, "{name}");
        }
        assert_ne!(shown_name(&"A".repeat(65)), "A".repeat(65));
    }

    #[test]
    fn what_windows_puts_around_a_password_is_no_part_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let read = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            read_password(&path).map(|password| password.expose_secret().to_owned())
        };
        for (bytes, password) in [
            (&b"\xef\xbb\xbfsecret12\r\n"[..], "secret12"),
            (b"\xef\xbb\xbfsecret12", "secret12"),
            (b" spaces stay \n", " spaces stay "),
        ] {
            assert_eq!(read(bytes).unwrap(), password);
        }
        for (bytes, why) in [
            (&b"\xff\xfes\0e\0\r\0\n\0"[..], "it is UTF-16"),
            (b"s\0e\0", "it is UTF-16"),
            (b"\xef\xbb\xbf\r\n", "is empty"),
            (b"se\0cret", "a zero byte"),
        ] {
            let sentence = read(bytes).unwrap_err();
            assert!(sentence.contains(why), "{sentence}");
        }
        #[cfg(unix)]
        for (mode, readable) in [(0o600, false), (0o640, false), (0o644, true)] {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(is_readable_by_all(&path), readable, "{mode:o}");
        }
        std::fs::write(&path, b"\xff\xfe\x10\x99").unwrap();
        assert!(read_key(&path).is_ok(), "a key may be any bytes");
        assert!(read_password(folder.path()).unwrap_err().contains("it is a directory"));
    }
}
