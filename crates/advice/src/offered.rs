//! The options of a command.

use clap::{Args, Command};
use std::collections::BTreeSet;

/// The options of a command, by their long names.
#[derive(Debug, Clone)]
pub struct Offered(BTreeSet<String>);

impl Offered {
    /// Those of the command with the arguments `A`.
    pub fn by<A: Args>() -> Self {
        Self::of(&A::augment_args(Command::new("command")))
    }

    /// Those of a command.
    pub fn of(command: &Command) -> Self {
        let names = command.get_arguments().filter_map(|argument| argument.get_long());
        Self(names.map(str::to_owned).collect())
    }

    /// Whether there is this one.
    pub fn has(&self, long: &str) -> bool {
        self.0.contains(long)
    }

    /// `text` where there is the option `long`, which it names.
    pub(crate) fn with<'a>(&self, long: &str, text: &'a str) -> Option<&'a str> {
        self.has(long).then_some(text)
    }
}
