//! What those who recognise tell of a person: a face of theirs, a name of theirs, and their tags.

use super::witness::{Witness, ask};
use crate::behaviour::declare::guide;
use crate::behaviour::name::unique;
use crate::behaviour::operations::{LOOKUP, RECOGNIZE, RESPOND};
use crate::behaviour::people::people;
use crate::behaviour::play::Play;
use crate::behaviour::value::{id, same_id, text};
use proofload_probing::context::shared::Person;
use proofload_probing::findings::Stop;
use proofload_probing::probe::Declared;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) const CASES: [Declared; 6] = [
    guide(
        RECOGNIZE,
        "person-tags",
        "The person comes with the names of their tags, and with no others.",
    ),
    guide(
        LOOKUP,
        "person-tags",
        "The person comes with the names of their tags, and with no others.",
    ),
    guide(
        RESPOND,
        "person-tags",
        "The person comes with the names of their tags, and with no others.",
    ),
    guide(RECOGNIZE, "person-name", "The person comes with a name that is theirs."),
    guide(LOOKUP, "person-name", "The person comes with a name that is theirs."),
    guide(RESPOND, "person-name", "The person comes with a name that is theirs."),
];

/// Asks about the second person, whose tags no other family changes; the first when there is no second.
pub(super) async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    let people = people(play.context).await?;
    let person = people.second?;
    let name = unique(play.context, "badge");
    let body =
        json!({"tagName": name, "disabled": false, "description": "proofload", "defaultExpirePeriod": "00:00:00"});
    let created = play.attempt("createTag", play.draft("createTag")?.json(body)).await?;
    let listed = play
        .attempt("listTags", play.draft("listTags")?.query("tagName", &name))
        .await?;
    let listed = listed.json().unwrap_or_default();
    let listed = listed
        .as_array()
        .into_iter()
        .flatten()
        .find(|tag| tag["tagName"] == *name);
    let worn = listed.and_then(|tag| id(tag, "tagId"));
    let worn = worn.or_else(|| created.json().and_then(|tag| id(&tag, "tagId")));
    let worn = worn.ok_or_else(|| Stop::skip("there is no tag to put on anybody: see createTag and listTags"))?;
    play.later("deleteTag", play.draft("deleteTag")?.path("tagId", &worn));
    let taken_off = play
        .draft("deletePersonTag")?
        .path("personId", &person.id)
        .path("personTagId", &worn);
    play.later("deletePersonTag", taken_off);
    let draft = play
        .draft("putPersonTag")?
        .path("personId", &person.id)
        .json(json!({"tagId": worn.raw}));
    play.attempt("putPersonTag", draft).await?;
    let mut names = last_names(play, &person).await;
    let witnesses = ask(play, &person.photos[0].jpeg).await;
    names.extend(last_names(play, &person).await);
    judged(play, &person, witnesses, &name, &names);
    Ok(())
}

/// Every last name that the person's aliases have had.
async fn last_names(play: &mut Play<'_>, person: &Person) -> BTreeSet<String> {
    let Ok(draft) = play.draft("listAliases") else {
        return BTreeSet::new();
    };
    let listed = play.attempt("listAliases", draft.path("personId", &person.id)).await;
    let listed = listed.ok().and_then(|exchange| exchange.json()).unwrap_or_default();
    listed
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|alias| text(alias, "lastName"))
        .collect()
}

/// A witness can only be blamed for a tag that another one shows.
fn judged(play: &mut Play<'_>, person: &Person, witnesses: Vec<Witness>, tag: &str, names: &BTreeSet<String>) {
    let ours = |witness: &Witness| witness.person_id().is_some_and(|id| same_id(&id, &person.id));
    let witnesses: Vec<_> = witnesses.into_iter().filter(ours).collect();
    let shown: Vec<bool> = witnesses.iter().map(|witness| tags(witness).contains(tag)).collect();
    let anybody = shown.contains(&true);
    for (witness, shown) in witnesses.iter().zip(shown) {
        if anybody {
            let observed = if shown {
                "the tag"
            } else {
                "without the tag, which others show"
            };
            play.judge(
                witness.operation,
                "person-tags",
                &witness.exchange,
                shown,
                "the person's tag",
                observed,
            );
        }
        let name = witness.person.as_ref().and_then(|person| text(person, "lastName"));
        // A person without a name is left open; one with another person's is not.
        let own = name.is_none_or(|name| names.is_empty() || names.contains(&name));
        play.judge(
            witness.operation,
            "person-name",
            &witness.exchange,
            own,
            "a name of the person",
            "another name",
        );
    }
}

fn tags(witness: &Witness) -> BTreeSet<String> {
    let tags = witness
        .person
        .as_ref()
        .and_then(|person| person.get("tags"))
        .and_then(Value::as_array);
    tags.into_iter()
        .flatten()
        .filter_map(|tag| text(tag, "name").or_else(|| tag.as_str().map(str::to_owned)))
        .collect()
}
