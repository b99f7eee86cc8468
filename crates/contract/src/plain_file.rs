//! The one way to read a file that somebody names: plain files only, and only so much of them.
//!
//! A named pipe would be waited for without end, a device read without end. It stands in this crate, the lowest, because all
//! others read files too.

use std::fs::{File, FileType, Metadata};
use std::io::{self, BufRead, Read};
use std::path::Path;

/// The bytes EF BB BF that Windows editors put in front of UTF-8.
const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// Opens a plain file.
///
/// # Errors
/// It cannot be opened, or is none: a directory, a pipe, a socket, a device. The error is the end of a sentence.
pub fn open(path: &Path) -> io::Result<File> {
    // Before it is opened, since that alone may wait; and after, since it may have been another file meanwhile.
    check(&std::fs::metadata(path)?)?;
    let file = File::open(path)?;
    check(&file.metadata()?)?;
    Ok(file)
}

/// Reads a plain file of `most` bytes at most.
///
/// # Errors
/// As [`open`]; or it is longer, with [`io::ErrorKind::FileTooLarge`].
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    if file.metadata()?.len() > most {
        return Err(too_long(most));
    }
    let mut bytes = Vec::new();
    // What grows meanwhile, or does not tell its length, is bounded too.
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(too_long(most));
    }
    Ok(bytes)
}

/// Reads the text of a plain file of `most` bytes at most. A byte-order mark in front of it is dropped.
///
/// # Errors
/// As [`read`]; or it is not UTF-8, with [`io::ErrorKind::InvalidData`].
pub fn read_text(path: &Path, most: u64) -> io::Result<String> {
    let bytes = read(path, most)?;
    if is_utf16(&bytes) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, UTF16));
    }
    let text = String::from_utf8(bytes);
    let mut text = text.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()))?;
    if without_mark(text.as_bytes()).len() < text.len() {
        text.drain(..UTF8_MARK.len());
    }
    Ok(text)
}

/// Reads a line with its end, of `most` bytes at most, to the end of `line`; 0 at the end of the file.
///
/// # Errors
/// It cannot be read, or is longer.
pub fn read_line(lines: &mut impl BufRead, line: &mut Vec<u8>, most: u64) -> io::Result<usize> {
    let count = lines.take(most.saturating_add(1)).read_until(b'\n', line)?;
    if count as u64 > most {
        return Err(too_long(most));
    }
    Ok(count)
}

/// The same bytes without a byte-order mark of UTF-8 in front.
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes)
}

/// What is wrong with a file of which [`is_utf16`] holds, and what to do: the end of a sentence.
pub const UTF16: &str = "it is UTF-16, as `>` of Windows PowerShell writes it; save it as UTF-8, such as with `Set-Content -Encoding ascii`";

/// Whether bytes are text in UTF-16, with a byte-order mark, or without one and of the characters of ASCII.
pub fn is_utf16(bytes: &[u8]) -> bool {
    if matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        return true;
    }
    let ascii = |pair: &[u8]| matches!(pair, [1..=0x7f, 0]);
    let turned = |pair: &[u8]| matches!(pair, [0, 1..=0x7f]);
    let all = |is: fn(&[u8]) -> bool| bytes.len() >= 2 && bytes.len().is_multiple_of(2) && bytes.chunks(2).all(is);
    all(ascii) || all(turned)
}

fn check(metadata: &Metadata) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let what = kind(metadata.file_type());
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        format!("it is {what} and no plain file"),
    ))
}

#[cfg(unix)]
fn kind(file: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if file.is_dir() {
        "a directory"
    } else if file.is_fifo() {
        "a pipe"
    } else if file.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn kind(file: FileType) -> &'static str {
    if file.is_dir() { "a directory" } else { "a device" }
}

fn too_long(most: u64) -> io::Error {
    let shown = match (most >> 20, most >> 10) {
        (0, 0) => format!("{most} bytes"),
        (0, kib) => format!("{kib} KiB"),
        (mib, _) => format!("{mib} MiB"),
    };
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("it is longer than {shown}; is it the right file?"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(path: &str) -> String {
        open(Path::new(path)).unwrap_err().to_string()
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_plain_file_is_refused_at_once() {
        assert_eq!(refused("/"), "it is a directory and no plain file");
        assert_eq!(refused("/dev/zero"), "it is a device and no plain file");
        let own = std::env::temp_dir().join(format!("proofload-socket-{}", std::process::id()));
        let _ = std::fs::remove_file(&own);
        let _socket = std::os::unix::net::UnixListener::bind(&own).unwrap();
        assert_eq!(refused(own.to_str().unwrap()), "it is a socket and no plain file");
        std::fs::remove_file(&own).unwrap();
        let kind = open(Path::new("/no/such/file")).unwrap_err().kind();
        assert_eq!(kind, io::ErrorKind::NotFound);
    }

    #[test]
    fn a_file_is_read_up_to_its_bound() {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let whole = std::fs::read(&own).unwrap();
        let length = whole.len() as u64;
        assert_eq!(read(&own, length).unwrap(), whole);
        let error = read(&own, length - 1).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(
            too_long(64 << 10).to_string(),
            "it is longer than 64 KiB; is it the right file?"
        );
    }

    #[test]
    fn lines_are_bounded_too() {
        let (mut lines, mut line) = (&b"ab\nabcd\n"[..], Vec::new());
        assert_eq!(read_line(&mut lines, &mut line, 4).unwrap(), 3);
        assert!(read_line(&mut lines, &mut line, 4).is_err());
    }

    #[test]
    fn marks_and_utf16_are_told_apart() {
        assert_eq!(without_mark(b"\xef\xbb\xbfab"), b"ab");
        assert_eq!(without_mark(b"ab"), b"ab");
        for (bytes, utf16) in [
            (&b"\xff\xfes\0e\0"[..], true),
            (b"\xfe\xff\0s", true),
            (b"s\0e\0\r\0\n\0", true),
            (b"\0s\0e", true),
            (b"se", false),
            (b"s\0e", false),
            (b"", false),
            (b"\xff\0\n", false),
        ] {
            assert_eq!(is_utf16(bytes), utf16, "{bytes:?}");
        }
    }
}
