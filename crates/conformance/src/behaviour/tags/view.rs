//! What the operations show of tags, and how it is held against what was sent.

use crate::behaviour::claims::Claim;
use crate::behaviour::name::AWKWARD;
use crate::behaviour::play::Play;
use crate::behaviour::texts::Fit;
use crate::behaviour::value::{different, text};
use proofload_probing::findings::Stop;
use proofload_probing::messages::Exchange;
use serde_json::{Value, json};

/// What is said of a tag that has none.
pub(super) const NO_ID: &str = "it has no tagId";

/// A tag as a client sends it, with texts as the site takes them.
pub(super) fn tag(fit: Fit, name: &str, period: &str, disabled: bool) -> Value {
    let tag = json!({"tagName": name, "disabled": disabled, "description": AWKWARD, "defaultExpirePeriod": period});
    fit.body(tag, &["tagName", "defaultExpirePeriod"])
}

/// Whether a tag says what was sent; a server may say nothing for a period of none.
pub(super) fn alike(tag: &Value, sent: &Value) -> Result<(), String> {
    let mut wrong = different(sent, tag);
    if sent["defaultExpirePeriod"] == "00:00:00" && tag.get("defaultExpirePeriod").is_none_or(Value::is_null) {
        wrong.retain(|member| member != "defaultExpirePeriod");
    }
    wrong.retain(|member| member != "tagId");
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("{} differ from what was sent", wrong.join(", ")))
    }
}

pub(super) fn named<'e>(entries: &'e [Value], sent: &Value) -> Option<&'e Value> {
    entries.iter().find(|tag| tag.get("tagName") == sent.get("tagName"))
}

pub(super) fn once<'e>(entries: &'e [Value], sent: &Value) -> Result<&'e Value, String> {
    let count = entries
        .iter()
        .filter(|tag| tag.get("tagName") == sent.get("tagName"))
        .count();
    match (named(entries, sent), count) {
        (Some(tag), 1) => Ok(tag),
        (_, 0) => Err("it is missing".to_owned()),
        _ => Err(format!("it is there {count} times")),
    }
}

pub(super) async fn filtered(play: &mut Play<'_>, name: &str) -> Result<(Exchange, Vec<Value>), Stop> {
    play.list("listTags", play.draft("listTags")?.query("tagName", name))
        .await
}

pub(super) async fn list(play: &mut Play<'_>) -> Option<(Exchange, Vec<Value>)> {
    let draft = play.draft("listTags").ok()?;
    play.list("listTags", draft).await.ok()
}

/// What the whole list says.
pub(super) async fn by_list(play: &mut Play<'_>, question: impl Fn(&[Value]) -> Result<(), String>) -> Vec<Claim> {
    let listed = list(play).await;
    let claim = |(exchange, entries): (Exchange, Vec<Value>)| claim("listTags", question(&entries), exchange);
    listed.map(claim).into_iter().collect()
}

/// What the single tag says.
pub(super) async fn by_id(
    play: &mut Play<'_>,
    id: Option<&str>,
    question: impl Fn(Option<&Value>) -> Result<(), String>,
) -> Vec<Claim> {
    let (Some(id), Ok(draft)) = (id, play.draft("getTag")) else {
        return Vec::new();
    };
    let Ok(exchange) = play.attempt("getTag", draft.path("tagId", id)).await else {
        return Vec::new();
    };
    let tag = exchange.json().filter(|_| exchange.is_success());
    vec![claim("getTag", question(tag.as_ref()), exchange)]
}

fn claim(operation: &'static str, answer: Result<(), String>, exchange: Exchange) -> Claim {
    Claim {
        operation,
        probe: Some("current"),
        shows: Some(answer.is_ok()),
        observed: answer.err().unwrap_or_else(|| "as expected".to_owned()),
        exchange: Some(exchange),
    }
}

/// Removes everything that bears the mark, whatever became of it.
pub(super) async fn sweep(play: &mut Play<'_>, mark: &str) {
    if let Some((_, entries)) = list(play).await {
        let ours = entries.iter().filter(|tag| tag.to_string().contains(mark));
        for id in ours.filter_map(|tag| text(tag, "tagId")) {
            if let Ok(draft) = play.draft("deleteTag") {
                play.later("deleteTag", draft.path("tagId", &id));
            }
        }
    }
}

/// Whether each tag has an id of its own.
pub(super) fn distinct(ids: &[Option<String>]) -> Result<(), String> {
    match ids {
        _ if ids.iter().any(Option::is_none) => Err(NO_ID.to_owned()),
        _ if ids.windows(2).any(|pair| pair[0] == pair[1]) => Err("both have the same tagId".to_owned()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_are_missing_are_not_the_same() {
        let ids = |ids: [Option<&str>; 2]| distinct(&ids.map(|id| id.map(str::to_owned)));
        assert_eq!(ids([Some("1"), Some("2")]), Ok(()));
        assert_eq!(ids([Some("1"), Some("1")]), Err("both have the same tagId".to_owned()));
        assert_eq!(ids([None, None]), Err(NO_ID.to_owned()));
    }
}
