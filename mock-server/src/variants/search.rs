//! What a search takes to be alike, and what it answers where nothing is looked for.

use super::{Variant, Variants};
use crate::answer::{self, Answer, Problem};
use crate::route::percent_decoded;
use bytes::Bytes;
use http::{Method, Request};
use icu_normalizer::DecomposingNormalizer;
use serde_json::{Value, json};

/// How many people a page holds that nobody asked for.
const PAGE: usize = 10;

/// What is read of a text.
type Reading = fn(&str) -> String;

/// What a text is compared by, as the collation of a database has it.
const ALIKE: [(Variant, Reading); 3] = [
    (Variant::SearchInAnyCase, |text| text.to_lowercase()),
    (Variant::SearchWithoutAccents, |text| {
        let parts = DecomposingNormalizer::new_nfd().normalize(text).into_owned();
        let is_mark = |c: char| ('\u{300}'..='\u{36F}').contains(&c);
        parts.chars().filter(|c| !is_mark(*c)).collect()
    }),
    (Variant::SearchWithoutBlanksAtTheEnd, |text| {
        text.trim_end_matches(' ').to_owned()
    }),
];

/// What a search looks for.
#[derive(Default)]
struct Sought {
    field: Option<String>,
    value: Option<String>,
    tag: Option<String>,
}

/// The answer of a search, where the variants have it otherwise than the server within.
pub(super) fn answered(
    server: &Variants,
    request: &Request<Bytes>,
    within: impl Fn(&Request<Bytes>) -> Answer,
) -> Option<Answer> {
    if request.method() != Method::GET {
        return None;
    }
    let path = request.uri().path();
    let sought = sought(request)?;
    if sought.field.is_none() && sought.tag.is_none() {
        return unasked(server, within(request));
    }
    let (_, alike) = ALIKE.iter().find(|(variant, _)| server.has(*variant))?;
    let name = alike(&sought.field?);
    let value = sought.value.as_deref().map(alike);
    let at = path.find("/people")?;
    let tag = sought.tag.map_or_else(String::new, |tag| format!("?tagId={tag}"));
    let everybody = asked_instead(request, &format!("{}/people{tag}", &path[..at]))?;
    let mut answer = within(&everybody);
    retain(&mut answer, |person| {
        let fields = person
            .get("entityFields")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let text = |field: &Value, name: &str| field.get(name).and_then(Value::as_str).map(alike);
        fields.into_iter().any(|field| {
            text(field, "name").as_ref() == Some(&name)
                && value
                    .as_ref()
                    .is_none_or(|value| text(field, "stringValue").as_ref() == Some(value))
        })
    });
    Some(answer)
}

/// What is looked for; nothing where a request is no search for people.
fn sought(request: &Request<Bytes>) -> Option<Sought> {
    let path = request.uri().path();
    if let Some((_, rest)) = path.split_once("/people/entityField/") {
        let (field, value) = rest.split_once("/entityValue/")?;
        return Some(Sought {
            field: percent_decoded(field),
            value: percent_decoded(value),
            tag: None,
        });
    }
    path.ends_with("/people").then(|| Sought {
        field: asked(request, "entityFieldName"),
        value: asked(request, "entityFieldStringValue"),
        tag: asked(request, "tagId"),
    })
}

/// A parameter of the query that is not empty.
fn asked(request: &Request<Bytes>, name: &str) -> Option<String> {
    let mut pairs = request
        .uri()
        .query()?
        .split('&')
        .filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(own, _)| own.eq_ignore_ascii_case(name))?;
    percent_decoded(&value.replace('+', "%20")).filter(|value| !value.is_empty())
}

fn asked_instead(request: &Request<Bytes>, target: &str) -> Option<Request<Bytes>> {
    let mut instead = request.clone();
    *instead.uri_mut() = target.parse().ok()?;
    Some(instead)
}

fn retain(answer: &mut Answer, keeps: impl Fn(&Value) -> bool) {
    if let Ok(Value::Array(mut entries)) = serde_json::from_slice::<Value>(answer.body()) {
        entries.retain(keeps);
        *answer.body_mut() = Value::Array(entries).to_string().into();
    }
}

/// What is answered to somebody who looks for nobody.
fn unasked(server: &Variants, mut answer: Answer) -> Option<Answer> {
    if !answer.status().is_success() {
        return None;
    }
    match () {
        () if server.has(Variant::NothingSoughtIs400) => {
            Some(Problem::bad_request("Either tagId or entityFieldName is required.").into_answer())
        }
        () if server.has(Variant::NothingSoughtIsNobody) => Some(answer::json(&json!([]))),
        () if server.has(Variant::NothingSoughtIsAPage) => {
            if let Ok(Value::Array(mut entries)) = serde_json::from_slice::<Value>(answer.body()) {
                entries.truncate(PAGE);
                *answer.body_mut() = Value::Array(entries).to_string().into();
            }
            Some(answer)
        }
        () => None,
    }
}
