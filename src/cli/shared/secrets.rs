//! Secrets from the process's surroundings: the only place that reads them from the environment or asks at
//! the terminal.

use proofload_deployment::SecretReader;
use secrecy::SecretString;
use std::io::IsTerminal;

/// The process's environment and its terminal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surroundings;

impl SecretReader for Surroundings {
    fn env(&self, name: &str) -> Option<SecretString> {
        std::env::var(name)
            .ok()
            .filter(|value| !value.is_empty())
            .map(SecretString::from)
    }

    fn prompt(&self, prompt: &str) -> Result<SecretString, String> {
        // Without this look, a run in the background would wait for a person who is not there.
        if !std::io::stdin().is_terminal() {
            return Err("there is no terminal to ask at".to_owned());
        }
        rpassword::prompt_password(format!("{prompt}: "))
            .map(SecretString::from)
            .map_err(|error| format!("the terminal cannot be asked for {prompt}: {error}"))
    }
}
