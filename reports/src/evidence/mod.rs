//! What a record holds so that whoever has a shell and curl can repeat what was found: a script for each case, and what it sends.
//!
//! `call` writes a call as a shell makes it, `script` puts the script together.

mod call;
mod script;

use proofload_results::evidence::{Evidence, Trusted};

/// The file with the certificates that were trusted.
const CA_FILE: &str = "ca.pem";

/// A file of the folder.
#[derive(Debug)]
pub struct EvidenceFile {
    /// Its name: letters, digits, hyphens, dots, underscores, and `@`.
    pub name: String,
    /// What is in it. No secret.
    pub content: Vec<u8>,
    /// Whether it can be run.
    pub is_script: bool,
}

/// The files of the folder, one case after the other.
pub fn files(evidence: &Evidence) -> impl Iterator<Item = EvidenceFile> {
    let trusted = match &evidence.trust {
        Trusted::Certificates(pem) if !evidence.trails.is_empty() => Some(EvidenceFile {
            name: CA_FILE.to_owned(),
            content: pem.clone(),
            is_script: false,
        }),
        _ => None,
    };
    let scripts = evidence.trails.iter().flat_map(|trail| script::files(trail, evidence));
    trusted.into_iter().chain(scripts)
}

#[cfg(test)]
mod tests;
