//! `proofload doctor`: what would be in the way of a test, and why.

use super::shared::arguments::TimeoutArg;
use super::shared::target_options::TargetOptions;
use super::{Console, Failure};
use crate::exit::Exit;
use clap::Args;
use proofload_contract::Contract;
use proofload_reports::console::Tone;
use proofload_survey::{Check, State, checks, machine};

const EXAMPLES: &str = "\
Examples:
  proofload doctor
  proofload doctor --target lab
  proofload doctor --url https://10.0.0.123:5009 --username svc-proof --ca lab-ca.pem";

/// Say what would be in the way of testing a deployment, and why
///
/// Looks at whether it can be reached and trusted, at its clock, at what each account may do, and at the limits of this
/// machine. Changes nothing. Exit code 3 says that a test would fail over something.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct DoctorArgs {
    #[command(flatten)]
    target: TargetOptions,
    #[command(flatten)]
    timeout: TimeoutArg,
}

/// Runs the command.
///
/// # Errors
/// The configuration or an option is wrong.
pub(super) async fn run(args: DoctorArgs, console: &Console) -> Result<Exit, Failure> {
    let chosen = args.target.or_configured().choose().await?;
    let target = &chosen.target;
    let mut all = checks(target, Contract::bundled(), args.timeout.timeout).await;
    all.extend(machine().checks());
    let bad = all.iter().filter(|check| check.state == State::Bad).count();
    let doubtful = all.iter().filter(|check| check.state == State::Doubtful).count();
    let mut text = format!("{} {}\n\n", target.name, target.base);
    for check in &all {
        text.push_str(&line(check, console));
    }
    let end = match (bad, doubtful) {
        (0, 0) => "\nnothing is in the way\n".to_owned(),
        (0, doubtful) => format!("\nnothing is in the way; worth a look: {doubtful}\n"),
        (bad, _) => format!("\ntests would fail over {bad} of these\n"),
    };
    text.push_str(&end);
    console.result(&console.style.finish(text))?;
    Ok(if bad > 0 { Exit::CouldNotTest } else { Exit::Passed })
}

fn line(check: &Check, console: &Console) -> String {
    let (word, tone) = match check.state {
        State::Good => ("ok  ", Tone::Good),
        State::Note => ("note", Tone::Faint),
        State::Doubtful => ("warn", Tone::Doubtful),
        State::Bad => ("FAIL", Tone::Bad),
    };
    let head = format!("{:<18}", check.what);
    let seen = proofload_results::text::line(&check.seen);
    let lines = proofload_results::text::wrapped(&seen, console.style.width.saturating_sub(24));
    let body = lines.join(&format!("\n{:24}", ""));
    format!("{}  {head}{body}\n", console.style.paint(tone, word))
}
