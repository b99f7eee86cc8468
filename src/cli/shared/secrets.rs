//! What the process's surroundings tell: the only place that reads secrets from the environment or asks at the terminal.

use crate::cli::Failure;
use proofload_deployment::SecretReader;
use proofload_results::text;
use secrecy::SecretString;
use std::env::VarError;
use std::io::{self, BufRead as _, IsTerminal, Write as _};

/// The process's environment and its terminal.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Surroundings;

impl SecretReader for Surroundings {
    fn env(&self, name: &str) -> Result<Option<SecretString>, String> {
        match std::env::var(name) {
            Ok(value) => Ok(Some(value).filter(|value| !value.is_empty()).map(SecretString::from)),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(format!(
                "the environment variable {name} is not UTF-8 text; put the password into a file in UTF-8 instead"
            )),
        }
    }

    fn prompt(&self, prompt: &str) -> Result<SecretString, String> {
        // Without this look, a run in the background would wait for a person who is not there.
        if !std::io::stdin().is_terminal() {
            return Err("there is no terminal to ask at".to_owned());
        }
        rpassword::prompt_password(format!("{}: ", text::line(prompt)))
            .map(SecretString::from)
            .map_err(|error| format!("the terminal cannot be asked for {prompt}: {error}"))
    }
}

/// Asks the person at the terminal, on stderr; the option that says it beforehand is named where nobody can be asked.
pub(in crate::cli) fn ask(question: &str, option: &str) -> Result<String, Failure> {
    let nobody = |why: &str| Failure::usage(format!("{why}: give {option}"));
    if !io::stdin().is_terminal() {
        return Err(nobody("there is no terminal to ask at"));
    }
    let mut answer = String::new();
    let mut stderr = io::stderr().lock();
    let shown = write!(stderr, "{}: ", text::line(question)).and_then(|()| stderr.flush());
    let read = shown.and_then(|()| io::stdin().lock().read_line(&mut answer));
    match (read, answer.trim()) {
        (Ok(_), "") | (Err(_), _) => Err(nobody("nothing was answered")),
        (Ok(_), answer) => Ok(answer.to_owned()),
    }
}
