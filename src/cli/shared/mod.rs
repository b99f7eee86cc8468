//! The ritual that every command goes through, once: options and their values, the target and what may be done to it,
//! signals and progress, formats and files, and what the program exits with.

pub(super) mod arguments;
mod embedded;
pub(super) mod evidence;
mod failures;
pub(super) mod finish;
pub(super) mod format;
pub(super) mod lent;
pub(super) mod machines;
pub(super) mod output;
pub(super) mod progress_lines;
mod report_file;
pub(super) mod secrets;
pub(super) mod session;
pub(super) mod signals;
pub(super) mod target_options;
pub(super) mod watch_targets;
pub(super) mod watchers;

pub(super) use proofload_exit::exit_of;
pub(super) use proofload_options::values;
