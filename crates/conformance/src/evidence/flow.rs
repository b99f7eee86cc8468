//! Which of the calls that led to a verdict a script has to make, and which values of their answers go into later calls.

use proofload_probing::body::Body;
use proofload_probing::messages::{Draft, Step};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Shorter values are found in places where they mean something else.
const LEAST: usize = 8;
/// Longer ones are pictures, and nobody's id.
const MOST: usize = 4096;

/// A value that an answer gave and a later call sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    /// The value as it was in the run.
    pub(super) text: String,
    /// Which of the steps gave it.
    pub(super) step: usize,
    /// The member that holds it.
    pub(super) member: String,
    /// The how manieth member of that name it is, as they stand in the answer.
    pub(super) nth: usize,
}

/// What a script does.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Flow {
    /// The steps that it makes, by their place, in order; the last is the one that decides.
    pub(super) steps: Vec<usize>,
    /// What it takes out of answers.
    pub(super) given: Vec<Given>,
}

/// Plans a script: the call that decides, all before it that stored something, and whatever gave a value that these send.
pub(super) fn plan(steps: &[Arc<Step>]) -> Flow {
    let given = given(steps);
    let last = steps.len().saturating_sub(1);
    let mut needed: BTreeSet<usize> = BTreeSet::new();
    let mut taken: Vec<Given> = Vec::new();
    let mut open: Vec<usize> = (0..last)
        .filter(|&place| has_stored(&steps[place]))
        .chain([last])
        .collect();
    while let Some(place) = open.pop() {
        if !needed.insert(place) {
            continue;
        }
        let sent = Sent::of(&steps[place].draft);
        for value in given
            .iter()
            .filter(|value| value.step < place && sent.holds(&value.text))
        {
            if !taken.contains(value) {
                taken.push(value.clone());
            }
            open.push(value.step);
        }
    }
    taken.sort_by_key(|value| std::cmp::Reverse(value.text.len()));
    Flow {
        steps: needed.into_iter().collect(),
        given: taken,
    }
}

fn has_stored(step: &Step) -> bool {
    step.draft.once && step.outcome.as_ref().is_ok_and(|answer| answer.status.is_success())
}

/// What a call sends, as text.
struct Sent {
    path_and_query: String,
    headers: Vec<String>,
    texts: Vec<String>,
}

impl Sent {
    fn of(draft: &Draft) -> Self {
        let mut texts = Vec::new();
        if let Body::Json(value) = &draft.body {
            each_text(value, &mut |_, text| texts.push(text.to_owned()));
        }
        if let Body::Multipart(parts) = &draft.body {
            let fields = parts.iter().filter(|part| part.file_name.is_none());
            texts.extend(fields.filter_map(|part| std::str::from_utf8(&part.content).ok().map(str::to_owned)));
        }
        let headers = draft.headers.iter().filter_map(|line| line.value.to_str().ok());
        Self {
            path_and_query: draft.path_and_query(),
            headers: headers.map(str::to_owned).collect(),
            texts,
        }
    }

    fn holds(&self, value: &str) -> bool {
        self.path_and_query.contains(value)
            || self.texts.iter().any(|text| text == value)
            || self
                .headers
                .iter()
                .any(|line| line.strip_prefix("Bearer ") == Some(value))
    }
}

/// The values that servers make up: ids, references and tokens, each where it was given first and had not been sent before.
fn given(steps: &[Arc<Step>]) -> Vec<Given> {
    let mut given: Vec<Given> = Vec::new();
    let mut sent_before: Vec<Sent> = Vec::new();
    for (place, step) in steps.iter().enumerate() {
        sent_before.push(Sent::of(&step.draft));
        let Ok(answer) = &step.outcome else { continue };
        let Ok(body) = serde_json::from_slice::<Value>(&answer.body) else {
            continue;
        };
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        each_member(&body, &mut |member, value| {
            let nth = counts.entry(member.to_owned()).or_default();
            *nth += 1;
            let Value::String(text) = value else { return };
            let made_up = is_made_up(member) && (LEAST..=MOST).contains(&text.len());
            let known = given.iter().any(|value| value.text == *text);
            if made_up && !known && !sent_before.iter().any(|sent| sent.holds(text)) {
                given.push(Given {
                    text: text.clone(),
                    step: place,
                    member: member.to_owned(),
                    nth: *nth,
                });
            }
        });
    }
    given
}

fn is_made_up(member: &str) -> bool {
    let member = member.to_ascii_lowercase();
    ["id", "token", "reference"].iter().any(|end| member.ends_with(end))
}

fn each_member(value: &Value, look: &mut dyn FnMut(&str, &Value)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                look(name, member);
                each_member(member, look);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| each_member(item, look)),
        _ => {}
    }
}

fn each_text(value: &Value, look: &mut dyn FnMut(&str, &str)) {
    if let Value::String(text) = value {
        look("", text);
    }
    each_member(value, &mut |name, member| {
        if let Value::String(text) = member {
            look(name, text);
        }
        if let Value::Array(items) = member {
            for text in items.iter().filter_map(Value::as_str) {
                look(name, text);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::{HeaderMap, Method, StatusCode};
    use proofload_deployment::client::Answer;
    use proofload_probing::body::Part;
    use serde_json::json;
    use std::time::Duration;

    const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

    fn step(draft: Draft, body: &Value) -> Arc<Step> {
        let answer = Answer {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: Bytes::from(body.to_string()),
            truncated: false,
            elapsed: Duration::ZERO,
        };
        Arc::new(Step {
            serial: 0,
            draft,
            outcome: Ok(answer),
        })
    }

    fn get(path: &str) -> Draft {
        Draft::new(Method::GET, path)
    }

    #[test]
    fn writes_and_what_gives_ids_are_done_again_and_other_reads_are_not() {
        let create = Draft::new(Method::POST, "/Tags").json(json!({"tagName": "proofload-tag"}));
        let steps = [
            step(create, &json!({"ownerId": "another-id", "inner": {"tagId": ID}})),
            step(get("/Tags"), &json!([{"tagId": ID}])),
            step(get("/profile"), &json!({"token": "a-renewed-token"})),
            step(get("/Tags/{id}").path("id", ID), &json!({})),
            step(get("/x").bearer(&"a-renewed-token".to_owned().into()), &json!({})),
        ];
        let flow = plan(&steps[..4]);
        assert_eq!(flow.steps, [0, 3]);
        let given = |step, member: &str, text: &str| Given {
            text: text.to_owned(),
            step,
            member: member.to_owned(),
            nth: 1,
        };
        assert_eq!(flow.given, [given(0, "tagId", ID)]);
        let flow = plan(&steps);
        assert_eq!(flow.steps, [0, 2, 4]);
        assert_eq!(flow.given, [given(2, "token", "a-renewed-token")]);
    }

    #[test]
    fn what_a_form_says_was_given_or_is_needed_as_in_any_other_body() {
        let enroll = Draft::new(Method::POST, "/enroll").json(json!({"alias": "proofload"}));
        let mut upload = Draft::new(Method::POST, "/upload");
        upload.body = Body::Multipart(vec![
            Part::text("personId", ID),
            Part::file("file", "a.bin", &b"\xff\0"[..]),
        ]);
        let steps = [
            step(enroll, &json!({"personId": ID})),
            step(upload, &json!({"personId": ID, "documentId": "another-id"})),
            step(get("/data/another-id"), &json!({})),
        ];
        let flow = plan(&steps);
        assert_eq!(flow.steps, [0, 1, 2]);
        let given: Vec<_> = flow
            .given
            .iter()
            .map(|given| (given.step, given.member.as_str()))
            .collect();
        assert_eq!(
            given,
            [(0, "personId"), (1, "documentId")],
            "not as the upload echoes it"
        );
    }

    #[test]
    fn what_the_client_made_up_is_sent_again_as_it_is() {
        let put = Draft::new(Method::PUT, "/photos").json(json!({"photoReference": "proofload-photo-1"}));
        let steps = [
            step(put, &json!({"photoReference": "proofload-photo-1"})),
            step(get("/photos/proofload-photo-1"), &json!({})),
        ];
        let flow = plan(&steps);
        assert_eq!((flow.steps, flow.given), (vec![0, 1], Vec::new()));
    }
}
