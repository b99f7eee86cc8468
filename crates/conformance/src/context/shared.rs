//! What is made once in a run and shared by all checks: nobody can be un-enrolled, and nobody waits twice.

use crate::findings::Stop;
use crate::messages::Exchange;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use secrecy::SecretString;

/// How enrolling the people of a run went.
pub(crate) struct Enrolment {
    /// Every call that was made, in order: the proper ones, which had to succeed.
    pub(crate) calls: Vec<Exchange>,
    /// Who was enrolled, or why nobody was.
    pub(crate) people: Result<People, Stop>,
}

/// Two people, who are enrolled with different pictures.
#[derive(Clone)]
pub(crate) struct People {
    /// With two photos.
    pub(crate) first: Person,
    /// Another one. None when the deployment took the second for the first.
    pub(crate) second: Result<Person, Stop>,
}

/// A person who was enrolled.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) photos: Vec<Photo>,
}

/// A photo that a person was enrolled with.
#[derive(Clone)]
pub(crate) struct Photo {
    pub(crate) jpeg: Bytes,
    pub(crate) reference: String,
    /// When the answer named it.
    pub(crate) face_id: Option<String>,
    /// The person whom the answer named.
    pub(crate) person_id: String,
}

impl Photo {
    pub(crate) fn base64(&self) -> String {
        STANDARD.encode(&self.jpeg)
    }
}

/// A token that has expired.
#[derive(Clone)]
pub(crate) struct Expired {
    pub(crate) token: SecretString,
    /// How it was come by, for the report.
    pub(crate) how: String,
    /// Whether a server with the usual clock skew may still take it.
    pub(crate) within_skew: bool,
}
