//! What is made once in a run and shared by all checks: nobody can be un-enrolled, and nobody waits twice.

use crate::findings::Stop;
use crate::messages::Exchange;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use secrecy::SecretString;

/// How enrolling the people of a run went.
pub struct Enrolment {
    /// Every call that was made, in order: the proper ones, which had to succeed.
    pub calls: Vec<Exchange>,
    /// Who was enrolled, or why nobody was.
    pub people: Result<People, Stop>,
}

/// Two people, who are enrolled with different pictures.
#[derive(Clone)]
pub struct People {
    /// With two photos.
    pub first: Person,
    /// Another one. None when the deployment took the second for the first.
    pub second: Result<Person, Stop>,
}

/// A person who was enrolled.
#[derive(Clone)]
pub struct Person {
    /// Its id, as the deployment wrote it.
    pub id: String,
    /// What it was enrolled with.
    pub photos: Vec<Photo>,
}

/// A photo that a person was enrolled with.
#[derive(Clone)]
pub struct Photo {
    /// The picture.
    pub jpeg: Bytes,
    /// By what the deployment refers to it.
    pub reference: String,
    /// When the answer named it.
    pub face_id: Option<String>,
    /// The person whom the answer named.
    pub person_id: String,
}

impl Photo {
    /// The picture as bodies carry it.
    pub fn base64(&self) -> String {
        STANDARD.encode(&self.jpeg)
    }
}

/// A token that has expired.
#[derive(Clone)]
pub struct Expired {
    /// The token.
    pub token: SecretString,
    /// How it was come by, for the report.
    pub how: String,
    /// Whether a server with the usual clock skew may still take it.
    pub within_skew: bool,
}
