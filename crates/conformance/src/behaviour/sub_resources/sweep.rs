//! Removing what bears a mark.

use crate::behaviour::play::{Play, sent};
use crate::behaviour::value::text;
use proofload_probing::messages::Draft;

/// Removes whatever a list of a person shows with a mark anywhere in it.
pub(in crate::behaviour) async fn remove_marked(
    play: &mut Play<'_>,
    (list, delete): (&'static str, &'static str),
    (id, path_id): (&str, &str),
    person: &str,
    mark: &str,
) {
    let (Ok(list), Ok(caller)) = (play.context.operation(list), play.caller(list)) else {
        return;
    };
    let listed = sent(play.context, caller, Draft::of(list).path("personId", person)).await;
    let listed = listed.ok().and_then(|exchange| exchange.json()).unwrap_or_default();
    for entry in listed.as_array().into_iter().flatten() {
        if entry.to_string().contains(mark)
            && let Some(value) = text(entry, id)
            && let Ok(draft) = play.draft(delete)
        {
            play.later(delete, draft.path("personId", person).path(path_id, &value));
        }
    }
}
