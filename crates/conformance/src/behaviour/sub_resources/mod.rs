//! What is kept about a person: aliases, notes, addresses and entity fields are created, listed, updated in place and
//! deleted for good, and nobody else's come along.

mod cases;
mod filter;
mod kind;
mod steps;
mod sweep;
mod view;

pub(super) use sweep::remove_marked;

use super::family::Family;
use futures_util::future::FutureExt as _;
use kind::{ADDRESSES, ALIASES, ENTITY_FIELDS, NOTES};
use proofload_probing::probe::Sequence;

pub(super) fn all() -> Vec<Box<dyn Sequence>> {
    vec![
        Family::new(
            "aliases",
            &["listAliases", "putAlias", "deleteAlias"],
            &cases::of(&ALIASES),
            |play| steps::run(play, &ALIASES).boxed(),
        )
        .boxed(),
        Family::new(
            "notes",
            &["listNotes", "putNote", "deleteNote"],
            &cases::of(&NOTES),
            |play| steps::run(play, &NOTES).boxed(),
        )
        .boxed(),
        Family::new("addresses", &["putAddress"], &cases::of(&ADDRESSES), |play| {
            steps::run(play, &ADDRESSES).boxed()
        })
        .boxed(),
        Family::new(
            "entity-fields",
            &["listEntityFields", "putEntityField", "deleteEntityField"],
            &[cases::of(&ENTITY_FIELDS), filter::CASES.to_vec()].concat(),
            |play| {
                async move {
                    steps::run(play, &ENTITY_FIELDS).await?;
                    filter::run(play).await
                }
                .boxed()
            },
        )
        .boxed(),
    ]
}
