//! Secrets from the process's surroundings: the only place that reads them from the environment or asks at
//! the terminal.

use proofload_deployment::SecretReader;
use proofload_results::text;
use secrecy::SecretString;
use std::env::VarError;
use std::io::IsTerminal;

/// The process's environment and its terminal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surroundings;

impl SecretReader for Surroundings {
    fn env(&self, name: &str) -> Result<Option<SecretString>, String> {
        match std::env::var(name) {
            Ok(value) => Ok(Some(value).filter(|value| !value.is_empty()).map(SecretString::from)),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(format!(
                "the environment variable {name} is no UTF-8 text; put the password into a file in UTF-8 instead"
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
