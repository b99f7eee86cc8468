//! What the operations show of the things kept about one person.

use super::kind::Kind;
use crate::behaviour::claims::Claim;
use crate::behaviour::play::Play;
use crate::behaviour::value::{Id, id};
use proofload_probing::messages::Exchange;
use serde_json::Value;

/// What an operation shows.
struct Shown {
    operation: &'static str,
    exchange: Exchange,
    entries: Vec<Value>,
}

/// What the operations show of one kind of things kept about one person.
pub(super) struct View {
    shown: Vec<Shown>,
}

/// Which cases get the blame for what a view shows wrongly.
#[derive(Clone, Copy)]
pub(super) enum About {
    /// What is stored.
    Content,
    /// That nobody else's things are in it.
    Ownership,
}

/// How to find a person by searching: the name and value of an entity field of theirs.
pub(super) type Key<'a> = Option<(&'a str, &'a str)>;

/// Asks every operation that shows things of this kind. One that does not answer is left out; it has a case for that.
pub(super) async fn view(play: &mut Play<'_>, kind: &Kind, person: &str, key: Key<'_>) -> View {
    let mut shown = Vec::new();
    if let Some(operation) = kind.list
        && let Ok(draft) = play.draft(operation)
        && let Ok((exchange, entries)) = play.list(operation, draft.path("personId", person)).await
    {
        shown.push(Shown {
            operation,
            exchange,
            entries,
        });
    }
    if let Ok(draft) = play.draft("getPerson")
        && let Ok(exchange) = play.call("getPerson", draft.path("personId", person)).await
        && let Some(body) = exchange.json()
    {
        let entries = entries(&body, kind);
        shown.push(Shown {
            operation: "getPerson",
            exchange,
            entries,
        });
    }
    if let Some((name, value)) = key
        && let Ok(draft) = play.draft("searchPeople")
    {
        let draft = draft
            .query("entityFieldName", name)
            .query("entityFieldStringValue", value);
        if let Ok((exchange, people)) = play.list("searchPeople", draft).await
            && let Some(found) = people
                .iter()
                .find(|found| found.get("personId").and_then(Value::as_str) == Some(person))
        {
            let entries = entries(found, kind);
            // A search may well answer with less than the whole record.
            if !entries.is_empty() {
                shown.push(Shown {
                    operation: "searchPeople",
                    exchange,
                    entries,
                });
            }
        }
    }
    View { shown }
}

fn entries(person: &Value, kind: &Kind) -> Vec<Value> {
    let entries = person.get(kind.member).and_then(Value::as_array);
    entries.cloned().unwrap_or_default()
}

impl View {
    /// Whether any operation answered.
    pub(super) fn is_blind(&self) -> bool {
        self.shown.is_empty()
    }

    /// The id of the entry that bears a mark, from whoever shows one.
    pub(super) fn id_of(&self, kind: &Kind, mark: &str) -> Option<Id> {
        let every = self.shown.iter().flat_map(|shown| &shown.entries);
        let mut marked = every.filter(|entry| entry.get(kind.key).and_then(Value::as_str) == Some(mark));
        marked.find_map(|entry| id(entry, kind.id))
    }

    /// What each operation says on a question about its entries; `Err` tells what is wrong with them.
    pub(super) fn claims(
        &self,
        kind: &Kind,
        about: About,
        question: impl Fn(&[Value]) -> Result<(), String>,
    ) -> Vec<Claim> {
        let claim = |shown: &Shown| {
            let answer = question(&shown.entries);
            let probe = match (about, shown.operation) {
                (About::Content, "getPerson") => Some(kind.shown),
                (About::Ownership, "getPerson") => Some(kind.own),
                // Whether a search shows the whole record is not stated.
                (_, "searchPeople") => None,
                (About::Content, _) => Some("current"),
                (About::Ownership, _) => Some("own-only"),
            };
            Claim {
                operation: shown.operation,
                probe,
                shows: Some(answer.is_ok()),
                observed: answer.err().unwrap_or_else(|| "as expected".to_owned()),
                exchange: Some(shown.exchange.clone()),
            }
        };
        self.shown.iter().map(claim).collect()
    }
}
