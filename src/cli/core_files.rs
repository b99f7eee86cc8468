//! No core files: a crash must not leave passwords and tokens on a disk.

/// Has the system write no core file of this process. Where it cannot be had, the program works all the same.
pub(super) fn forbid() {
    #[cfg(unix)]
    if let Ok((_, hard)) = rlimit::Resource::CORE.get() {
        let _ = rlimit::setrlimit(rlimit::Resource::CORE, 0, hard);
    }
    // The limit does not hold a handler that core files are piped to.
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_dumpable(false);
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn no_core_file_is_written() {
        super::forbid();
        let (soft, _) = rlimit::Resource::CORE.get().unwrap();
        assert_eq!(soft, 0);
        assert!(!nix::sys::prctl::get_dumpable().unwrap());
    }
}
