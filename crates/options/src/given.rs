//! Options that are read here and handed on as they were typed.

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};

/// Options, and how they were typed: each shard is given the same.
#[derive(Debug)]
pub struct Given<A> {
    /// What they say.
    pub args: A,
    typed: Vec<(String, Vec<String>)>,
}

impl<A> Given<A> {
    /// The options that were typed, without those named: what they say is told otherwise.
    pub fn without<'a>(&'a self, left_out: &'a [&str]) -> impl Iterator<Item = String> + 'a {
        let kept = self.typed.iter().filter(|(long, _)| !left_out.contains(&long.as_str()));
        kept.flat_map(|(_, words)| words.iter().cloned())
    }
}

impl<A: Args> Args for Given<A> {
    fn augment_args(command: Command) -> Command {
        A::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        A::augment_args_for_update(command)
    }
}

impl<A: Args> FromArgMatches for Given<A> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let own = A::augment_args(Command::new("own"));
        let typed = own
            .get_arguments()
            .filter_map(|arg| Some((arg.get_long()?.to_owned(), words(arg, matches)?)));
        Ok(Self {
            typed: typed.collect(),
            args: A::from_arg_matches(matches)?,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// How an option was typed; none where it was not.
fn words(arg: &Arg, matches: &ArgMatches) -> Option<Vec<String>> {
    let id = arg.get_id().as_str();
    if matches.value_source(id) != Some(ValueSource::CommandLine) {
        return None;
    }
    let long = arg.get_long()?;
    if matches!(arg.get_action(), ArgAction::SetTrue | ArgAction::Count) {
        return Some(vec![format!("--{long}")]);
    }
    let values = matches.get_raw(id)?;
    // Joined: what begins with a hyphen would be an option of its own.
    Some(
        values
            .map(|value| format!("--{long}={}", value.to_string_lossy()))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Args)]
    struct Own {
        #[arg(long, default_value = "smoke")]
        scenario: String,
        #[arg(long)]
        slo: Vec<String>,
        #[arg(long)]
        http2: bool,
    }

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        own: Given<Own>,
        #[arg(long)]
        other: Option<String>,
    }

    #[test]
    fn what_was_typed_is_handed_on_and_nothing_else() {
        let typed = ["x", "--slo", "errors < 1%", "--other", "y", "--slo=-1", "--http2"];
        let line = Line::try_parse_from(typed).unwrap();
        let words: Vec<String> = line.own.without(&[]).collect();
        assert_eq!(words, ["--slo=errors < 1%", "--slo=-1", "--http2"]);
        let own = &line.own.args;
        assert!(own.http2 && own.slo.len() == 2 && own.scenario == "smoke" && line.other.as_deref() == Some("y"));
        let line = Line::try_parse_from(["x", "--scenario", "soak"]).unwrap();
        assert_eq!(line.own.without(&["scenario"]).count(), 0);
    }
}
