//! Asking one of the two lists.

use crate::behaviour::operations::{BY_FACE, BY_PERSON};
use crate::behaviour::play::Play;
use crate::behaviour::value::{instant, text};
use proofload_probing::fill;
use proofload_probing::findings::Stop;
use proofload_probing::messages::{Draft, Exchange};
use serde_json::Value;

/// One of the two lists, of one person or face.
pub(super) struct Listing {
    pub(super) operation: &'static str,
    parameter: &'static str,
    id: String,
}

/// A query parameter.
pub(super) type Parameter<'a> = (&'a str, String);

impl Listing {
    pub(super) fn of_person(id: &str) -> Self {
        Self {
            operation: BY_PERSON,
            parameter: "personId",
            id: id.to_owned(),
        }
    }

    pub(super) fn of_face(id: &str) -> Self {
        Self {
            operation: BY_FACE,
            parameter: "faceId",
            id: id.to_owned(),
        }
    }

    pub(super) fn draft(&self, play: &Play<'_>, query: &[Parameter<'_>]) -> Result<Draft, Stop> {
        let draft = play.draft(self.operation)?.path(self.parameter, &self.id);
        Ok(query
            .iter()
            .fold(draft, |draft, (name, value)| draft.query(name, value)))
    }

    /// The entries of a page.
    pub(super) async fn page(
        &self,
        play: &mut Play<'_>,
        query: &[Parameter<'_>],
    ) -> Result<(Exchange, Vec<Value>), Stop> {
        let draft = self.draft(play, query)?;
        play.list(self.operation, draft).await
    }
}

/// When an entry says that it was, in seconds since the Unix epoch.
pub(super) fn second(entry: &Value) -> Option<i64> {
    Some(instant(entry.get("dateTimeUtc")?.as_str()?)?.timestamp())
}

/// Which detector an entry names.
pub(super) fn detector(entry: &Value) -> Option<String> {
    text(entry, "detector")
}

/// For nobody, and for no face, nothing is listed; whether as an empty list or as a 404 is left open.
pub(super) async fn unknown(play: &mut Play<'_>) -> Result<(), Stop> {
    let id = fill::guid(&mut play.context.random("unknown detections"));
    for listing in [Listing::of_person(&id), Listing::of_face(&id)] {
        let draft = listing.draft(play, &[])?;
        let exchange = play.attempt(listing.operation, draft).await?;
        let listed = exchange.json().filter(|_| exchange.is_success());
        let count = listed.as_ref().and_then(Value::as_array).map_or(0, Vec::len);
        play.judge(
            listing.operation,
            "unknown",
            &exchange,
            count == 0,
            "no detections",
            format!("{count} detections"),
        );
    }
    Ok(())
}
