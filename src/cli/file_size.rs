//! A limit on the size of files (`ulimit -f`) is told like a full disk.

/// Has a write beyond the limit fail with an error that is told, instead of the signal SIGXFSZ ending the program without a word. To
/// be called in a runtime; where it cannot be had, the program works all the same.
pub(super) fn tell_limit() {
    /// The same on Linux, macOS and the BSDs; no other architecture than MIPS has another.
    #[cfg(unix)]
    const SIGXFSZ: i32 = if cfg!(any(target_arch = "mips", target_arch = "mips64")) {
        31
    } else {
        25
    };
    // Once somebody listens for it, it ends nothing any more, also when nobody does later.
    #[cfg(unix)]
    let _ = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(SIGXFSZ));
}

#[cfg(all(test, unix))]
mod tests {
    use rlimit::Resource;
    use std::fs::File;
    use std::io::{ErrorKind, Write as _};

    /// The limit is the whole process's, and the other tests' too: it is larger than any file of theirs.
    #[tokio::test]
    async fn a_write_beyond_the_limit_fails_and_ends_nothing() {
        const LIMIT: u64 = 1 << 40;
        super::tell_limit();
        let (soft, hard) = Resource::FSIZE.get().unwrap();
        Resource::FSIZE.set(LIMIT.min(hard), hard).unwrap();
        let file = tempfile::tempfile().unwrap();
        let error = beyond(&file, LIMIT.min(hard));
        Resource::FSIZE.set(soft, hard).unwrap();
        assert_eq!(error, Some(ErrorKind::FileTooLarge));
    }

    fn beyond(mut file: &File, place: u64) -> Option<ErrorKind> {
        use std::io::Seek as _;
        file.seek(std::io::SeekFrom::Start(place)).ok()?;
        file.write(b"x").err().map(|error| error.kind())
    }
}
