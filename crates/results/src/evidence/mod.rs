//! The ways to verdicts, as data: which calls lead to a deviation once more, with marks ([`crate::shell`]) for what a shell
//! fills in. There is no secret in it.

mod names;

pub use names::{file_name, unique};

use std::sync::Arc;

/// The folder of a record in which scripts are kept.
pub const FOLDER: &str = "evidence";

/// The ways to what failed, warned or could not be tested.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The base URL.
    pub base: String,
    /// Whom the run trusted.
    pub trust: Trusted,
    /// The accounts of the run.
    pub accounts: Vec<AccountNames>,
    /// The path of the login, below the base URL.
    pub login: String,
    /// Where random names, ids and bytes came from.
    pub seed: u64,
    /// One for each case, in the order of the report.
    pub trails: Vec<Trail>,
}

/// Whom a run trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trusted {
    /// Nobody had to be: plain HTTP.
    Plain,
    /// Whom the system trusts.
    System,
    /// These certificates, in PEM.
    Certificates(Vec<u8>),
    /// This key, as curl writes it.
    Pin(String),
    /// Everybody.
    Anybody,
}

/// An account as scripts know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountNames {
    /// Its name.
    pub account: String,
    /// What it logs in with.
    pub username: String,
    /// The shell variable of its token.
    pub token: String,
    /// The environment variable of its password.
    pub password: String,
}

/// The way to a case's verdict.
#[derive(Debug, Clone)]
pub struct Trail {
    /// The case's id.
    pub case: String,
    /// Its file, without an ending.
    pub file: String,
    /// What was expected. Secrets redacted.
    pub expected: String,
    /// What was observed. Secrets redacted.
    pub observed: String,
    /// The calls, the deciding one last; never empty.
    pub calls: Vec<Call>,
    /// How often the last call is made: more than once where only some calls fail.
    pub times: usize,
    /// The status that the last call was answered; none when it was not.
    pub status: Option<u16>,
    /// What beside the status tells whether the same is seen again.
    pub beside: Beside,
}

/// What beside the status of an answer a verdict rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Nothing.
    Nothing,
    /// So many bytes in its body.
    Length(usize),
    /// Something in its body, which a script shows and does not judge.
    Body,
}

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    /// What it is called in a comment. Secrets redacted.
    pub named: String,
    /// The method.
    pub method: String,
    /// Behind the base URL; marked.
    pub path: String,
    /// Header lines; marked.
    pub headers: Vec<String>,
    /// The body.
    pub body: Content,
    /// What later calls need of its answer.
    pub taken: Vec<Taken>,
}

/// What a body is sent from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// There is none.
    None,
    /// A file; calls that send the same share it in memory.
    File(Arc<[u8]>),
    /// Text in which something is filled in; marked.
    Text(String),
    /// JSON in whose texts something is filled in; marked.
    Json(String),
    /// Bytes that are no text, with text between them in which something is filled in: a form with a file.
    Mixed(Vec<Chunk>),
}

/// A part of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chunk {
    /// As they are.
    Bytes(Arc<[u8]>),
    /// Marked.
    Text(String),
}

/// A value of an answer: the n-th member of a name, as they stand in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The shell variable that it goes into.
    pub variable: String,
    /// The name.
    pub member: String,
    /// Counted from 1.
    pub nth: usize,
}

impl Chunk {
    /// Its text, where it is some.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Bytes(_) => None,
            Self::Text(text) => Some(text),
        }
    }
}

impl Evidence {
    /// The file of a case's script.
    pub fn script_of(&self, case: &str) -> Option<String> {
        let trail = self.trails.iter().find(|trail| trail.case == case)?;
        Some(format!("{}.sh", trail.file))
    }
}
