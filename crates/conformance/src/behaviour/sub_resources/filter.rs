//! `listEntityFields` with a field's name lists the field of that name and no other.

use super::sweep::remove_marked;
use crate::behaviour::declare::guide;
use crate::behaviour::name::unique;
use crate::behaviour::people::people;
use crate::behaviour::play::Play;
use proofload_probing::findings::Stop;
use proofload_probing::probe::Declared;
use serde_json::{Value, json};

const LIST: &str = "listEntityFields";

pub(super) const CASES: [Declared; 2] = [
    guide(
        LIST,
        "filter-finds",
        "With fieldName, the field of that name is listed.",
    ),
    guide(
        LIST,
        "filter-exact",
        "With fieldName, no field of another name is listed.",
    ),
];

pub(super) async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    let person = people(play.context).await?.first.id;
    let mark = unique(play.context, "filter é&");
    let played = filtered(play, &person, &mark).await;
    let operations = (LIST, "deleteEntityField");
    remove_marked(play, operations, ("entityFieldId", "entityId"), &person, &mark).await;
    played
}

async fn filtered(play: &mut Play<'_>, person: &str, mark: &str) -> Result<(), Stop> {
    // One name begins with the other: an exact filter tells them apart, a prefix or a substring does not.
    let longer = format!("{mark}-more");
    for name in [mark, &longer] {
        let body = json!({"name": name, "stringValue": "proofload"});
        let draft = play.draft("putEntityField")?.path("personId", person).json(body);
        play.call("putEntityField", draft).await?;
    }
    let (_, all) = play.list(LIST, play.draft(LIST)?.path("personId", person)).await?;
    let named = |entries: &[Value], name: &str| {
        let named = entries
            .iter()
            .filter(|entry| entry.get("name").and_then(Value::as_str) == Some(name));
        named.count()
    };
    if named(&all, mark) != 1 || named(&all, &longer) != 1 {
        return Err(Stop::skip("what was to be listed is not stored"));
    }
    for name in [mark, &longer] {
        let draft = play.draft(LIST)?.path("personId", person).query("fieldName", name);
        let (exchange, entries) = play.list(LIST, draft).await?;
        let found = named(&entries, name);
        play.judge(
            LIST,
            "filter-finds",
            &exchange,
            found == 1,
            "the field",
            format!("{found} of that name"),
        );
        let others = entries.len() - found;
        play.judge(
            LIST,
            "filter-exact",
            &exchange,
            others == 0,
            "no other",
            format!("{others} others"),
        );
    }
    let absent = format!("{mark}-absent");
    let draft = play.draft(LIST)?.path("personId", person).query("fieldName", &absent);
    let exchange = play.attempt(LIST, draft).await?;
    let count = exchange.json().as_ref().and_then(Value::as_array).map_or(0, Vec::len);
    play.judge(
        LIST,
        "filter-exact",
        &exchange,
        count == 0,
        "no other",
        format!("{count} others"),
    );
    Ok(())
}
