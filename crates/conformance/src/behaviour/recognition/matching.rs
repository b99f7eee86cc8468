//! Who was enrolled is found, by all three operations that recognise.
//!
//! On a deployment that really recognises faces, all our pictures show the same woman, whom earlier runs may have
//! enrolled as well. So the three operations are held against each other: whoever alone does not find the person is at
//! fault, and when nobody finds anybody the enrolment is.

use super::witness::{Witness, ask, now};
use crate::behaviour::claims::{Claim, settle};
use crate::behaviour::declare::guide;
use crate::behaviour::name::unique;
use crate::behaviour::operations::{ENROL, LOOKUP, RECOGNIZE, RESPOND};
use crate::behaviour::people::people;
use crate::behaviour::play::Play;
use crate::behaviour::publish::faces;
use crate::behaviour::value::same_id;
use proofload_probing::context::shared::Photo;
use proofload_probing::findings::Stop;
use proofload_probing::probe::Declared;
use serde_json::json;

pub(super) const CASES: [Declared; 5] = [
    guide(
        ENROL,
        "recognised",
        "A face that was enrolled is recognised as its person's.",
    ),
    guide(
        RECOGNIZE,
        "finds-enrolled",
        "A face that was enrolled is answered with its person.",
    ),
    guide(
        LOOKUP,
        "finds-enrolled",
        "A face that was enrolled is answered with its person.",
    ),
    guide(
        RESPOND,
        "no-person-unasked",
        "Without includePerson, a face that was enrolled comes without its person.",
    ),
    guide(
        RESPOND,
        "include-person",
        "With includePerson, a face that was enrolled comes with its person.",
    ),
];

pub(super) async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    let people = people(play.context).await?;
    let mut photos: Vec<Photo> = people.first.photos;
    photos.extend(people.second.into_iter().flat_map(|person| person.photos));
    for photo in photos {
        let witnesses = ask(play, &photo.jpeg).await;
        let claims = claims(witnesses, &photo.person_id);
        settle(play, ENROL, "recognised", "the person who was enrolled", claims);
        unasked(play, &photo).await?;
    }
    Ok(())
}

/// Whether includePerson is false or left out, no person comes.
async fn unasked(play: &mut Play<'_>, photo: &Photo) -> Result<(), Stop> {
    for include in [None, Some(false)] {
        let mut body = json!({
            "expanded": photo.base64(), "detectorName": unique(play.context, "unasked"), "ianaTimeZone": "UTC",
            "detectTimeUtc": now(), "allowDoubleDetection": true,
        });
        if let Some(include) = include {
            body["includePerson"] = include.into();
        }
        let exchange = play.attempt(RESPOND, play.draft(RESPOND)?.json(body)).await?;
        let answer = exchange.json().filter(|_| exchange.is_success()).unwrap_or_default();
        let mut faces = faces::faces(&answer).into_iter().flatten();
        let person = faces.any(|face| face.get("person").is_some_and(|person| !person.is_null()));
        play.judge(
            RESPOND,
            "no-person-unasked",
            &exchange,
            !person,
            "no person",
            if person { "a person" } else { "" },
        );
    }
    Ok(())
}

fn claims(witnesses: Vec<Witness>, enrolled: &str) -> Vec<Claim> {
    let named: Vec<Option<String>> = witnesses.iter().map(Witness::person_id).collect();
    let is_enrolled = |id: &String| same_id(id, enrolled);
    // Nobody names the one who was enrolled, but all who name somebody name the same: they have met before.
    let known = named.iter().flatten().find(|id| is_enrolled(id)).or_else(|| {
        let mut others = named.iter().flatten();
        let first = others.next()?;
        (others.all(|other| same_id(other, first)) && named.iter().flatten().count() > 1).then_some(first)
    });
    let known = known.map_or(enrolled, String::as_str);
    let claim = |(witness, named): (Witness, &Option<String>)| Claim {
        operation: witness.operation,
        probe: Some(if witness.operation == RESPOND {
            "include-person"
        } else {
            "finds-enrolled"
        }),
        shows: Some(named.as_ref().is_some_and(|id| same_id(id, known))),
        observed: match named {
            None => format!("{} without a person", witness.exchange.observed()),
            Some(id) if same_id(id, known) => "the person".to_owned(),
            Some(_) => "another person".to_owned(),
        },
        exchange: Some(witness.exchange),
    };
    witnesses.into_iter().zip(&named).map(claim).collect()
}
