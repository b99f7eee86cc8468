//! Input that nobody expects: bodies, ids, queries and headers of the wrong kind. What they are answered is stated nowhere,
//! but for one thing that holds for all of HTTP: whatever a caller sends, a server error is not the answer to it.

use super::malformed::{as_caller, takes_json, usual};
use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt as _};
use http::header::ACCEPT;
use proofload_contract::Source::Convention;
use proofload_contract::{Operation, ParameterPlace};
use proofload_probing::body::Body;
use proofload_probing::context::Context;
use proofload_probing::fill;
use proofload_probing::findings::{Clause, Finding, Stop};
use proofload_probing::messages::{Draft, Exchange, HeaderLine};
use proofload_probing::probe::{Probe, Subject};
use rand::RngExt as _;
use rand::rngs::StdRng;
use serde_json::{Map, Value, json};

/// Deeper than any parser follows without a limit of its own.
const DEEP: usize = 4_000;

/// Calls of an operation with input of one odd kind.
struct Odd {
    clause: Clause,
    fits: fn(&Operation) -> bool,
    /// Each variant with its name; the first that is answered wrongly is reported.
    variants: fn(&Context, &Operation, &mut StdRng) -> Vec<(&'static str, Draft)>,
    /// Whether a success is wrong, too: what was sent cannot mean anything.
    senseless: bool,
}

pub(super) fn all() -> Vec<Box<dyn Probe>> {
    let probes = [
        Odd {
            clause: Clause::new(
                "odd-body",
                Convention,
                "A body that is JSON and not what is asked for is refused, and is no cause for a server error.",
            ),
            fits: takes_json,
            variants: |_, operation, rng| bodies(operation, rng),
            senseless: true,
        },
        Odd {
            clause: Clause::new(
                "odd-id",
                Convention,
                "An id that cannot be anybody's is no cause for a server error.",
            ),
            fits: |operation| parameters(operation, ParameterPlace::Path).next().is_some(),
            variants: |context, operation, rng| ids(operation, rng, context.target.allow.writes),
            senseless: false,
        },
        Odd {
            clause: Clause::new(
                "odd-query",
                Convention,
                "A query parameter of the wrong kind is no cause for a server error.",
            ),
            fits: |operation| parameters(operation, ParameterPlace::Query).next().is_some(),
            variants: |_, operation, rng| queries(operation, rng),
            senseless: false,
        },
        Odd {
            clause: Clause::new(
                "odd-accept",
                Convention,
                "A caller who asks for XML gets JSON or 406, and no server error.",
            ),
            fits: |_| true,
            variants: |context, operation, rng| {
                let line = HeaderLine::plain(ACCEPT, "application/xml;q=0.9, application/x-proofload");
                vec![("Accept: application/xml", usual(context, operation, rng).header(line))]
            },
            senseless: false,
        },
    ];
    probes
        .into_iter()
        .map(|probe| -> Box<dyn Probe> { Box::new(probe) })
        .collect()
}

fn parameters(operation: &Operation, place: ParameterPlace) -> impl Iterator<Item = &str> {
    let parameters = operation.parameters.iter();
    parameters
        .filter(move |parameter| parameter.place == place)
        .map(|parameter| parameter.name.as_str())
}

/// Whether a server that takes everything would keep something of a call with made-up ids: what belongs to a person
/// needs one who exists.
fn could_be_stored(operation: &Operation) -> bool {
    operation.writes && !parameters(operation, ParameterPlace::Path).any(|name| name == "personId")
}

fn bodies(operation: &Operation, rng: &mut StdRng) -> Vec<(&'static str, Draft)> {
    let json = |text: String| Body::Raw {
        content_type: "application/json".to_owned(),
        bytes: Bytes::from(text),
    };
    let mut bodies = vec![("JSON that is nested too deep", json("[".repeat(DEEP)))];
    if !could_be_stored(operation) {
        bodies.extend([
            ("no bytes", json(String::new())),
            ("null", json("null".to_owned())),
            ("an array", json("[]".to_owned())),
            ("members of other types", Body::Json(mistyped(operation, rng))),
        ]);
    }
    let draft = fill::harmless(operation, rng);
    let with = |(name, body)| (name, draft.clone().body(body));
    bodies.into_iter().map(with).collect()
}

/// A proper body in which every member is an object in place of what it should be.
fn mistyped(operation: &Operation, rng: &mut StdRng) -> Value {
    let Body::Json(Value::Object(members)) = fill::proper_body(operation, rng) else {
        return json!(5);
    };
    let members = members.into_iter().map(|(name, _)| (name, json!({"proofload": [5]})));
    Value::Object(members.collect::<Map<_, _>>())
}

/// Where something may be stored, what is put on a person is sent with a proper body: a broken one would be refused before
/// anybody looks for the person, who cannot exist.
fn ids(operation: &Operation, rng: &mut StdRng, writes: bool) -> Vec<(&'static str, Draft)> {
    let proper = writes && operation.writes && !could_be_stored(operation);
    let body = if proper {
        fill::proper_body(operation, rng)
    } else {
        fill::harmless(operation, rng).body
    };
    let odd = format!("proofload-{:08x}", rng.random::<u32>());
    let long = format!("{odd}-{}", "x".repeat(200));
    let script = format!("{odd} 東京'\u{1F600}");
    let mut with = |name, value: &str| {
        let draft = Draft::of(operation);
        let draft = parameters(operation, ParameterPlace::Path).fold(draft, |draft, name| draft.path(name, value));
        let draft = fill::remaining(draft, operation, rng).body(body.clone());
        (name, if proper { draft } else { draft.harmless() })
    };
    vec![with("a long text", &long), with("letters of any script", &script)]
}

fn queries(operation: &Operation, rng: &mut StdRng) -> Vec<(&'static str, Draft)> {
    let draft = fill::harmless(operation, rng);
    let mut variants = vec![("words for numbers", "proofload"), ("a negative number", "-1")];
    variants.push(("a number beyond all bounds", "99999999999999999999"));
    let typed = |name: &str| {
        let mut known = operation.parameters.iter();
        let parameter = known.find(|parameter| parameter.name == name);
        let kind = parameter
            .and_then(|parameter| parameter.schema.get("type"))
            .and_then(Value::as_str);
        matches!(kind, Some("integer" | "number" | "boolean"))
    };
    let names: Vec<&str> = parameters(operation, ParameterPlace::Query).collect();
    if !names.iter().any(|name| typed(name)) {
        variants = vec![("a long text", "")];
    }
    let long = "proofload'%_ 東京 ".repeat(60);
    let with = |(variant, value): (&'static str, &str)| {
        let draft = names.iter().fold(draft.clone(), |draft, name| {
            draft.query(name, if typed(name) { value } else { long.as_str() })
        });
        (variant, draft)
    };
    variants.into_iter().map(with).collect()
}

/// Whether the server failed. That it has not heard of something (501) is no failure.
pub(super) fn failed(exchange: &Exchange) -> bool {
    exchange.is_server_error() && exchange.status() != 501
}

impl Probe for Odd {
    fn clause(&self) -> Clause {
        self.clause
    }

    fn fits(&self, operation: &Operation) -> bool {
        (self.fits)(operation)
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let operation = subject.operation;
            let mut rng = context.random(&format!("{}/{}", operation.id, self.clause.name));
            let expected = if self.senseless { "400" } else { "no server error" };
            let mut last = Err(Stop::skip("nothing odd to send"));
            for (variant, draft) in (self.variants)(context, operation, &mut rng) {
                let exchange = as_caller(context, operation, draft).await?;
                let wrong = failed(&exchange) || (self.senseless && exchange.is_success());
                let finding = Finding::judge(exchange, !wrong, expected);
                if wrong {
                    return Ok(finding.note(variant));
                }
                last = Ok(finding);
            }
            last
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_contract::Contract;
    use rand::SeedableRng as _;

    #[test]
    fn nothing_odd_is_sent_that_a_careless_server_could_store() {
        for operation in Contract::bundled().operations() {
            let mut rng = StdRng::seed_from_u64(7);
            for (variant, draft) in bodies(operation, &mut rng) {
                let (_, bytes) = draft.body.encoded();
                let parses = serde_json::from_slice::<Value>(&bytes).is_ok();
                assert!(!(parses && could_be_stored(operation)), "{}: {variant}", operation.id);
            }
            for (variant, draft) in ids(operation, &mut rng, false) {
                let path = draft.path_and_query();
                assert!(!path.contains(['{', '}']), "{}: {variant}: {path}", operation.id);
                assert!(draft.request().is_ok(), "{}: {variant}", operation.id);
            }
        }
    }

    #[test]
    fn a_query_is_odd_in_every_parameter() {
        let contract = Contract::bundled();
        let mut rng = StdRng::seed_from_u64(7);
        let listing = contract.operation("listDetectionsByPerson").unwrap();
        let paths: Vec<String> = queries(listing, &mut rng)
            .iter()
            .map(|(_, draft)| draft.path_and_query())
            .collect();
        assert_eq!(paths.len(), 3);
        assert!(
            paths[1].contains("take=-1") && paths[1].contains("dateAscending=-1"),
            "{}",
            paths[1]
        );
        let tags = contract.operation("listTags").unwrap();
        let paths = queries(tags, &mut rng);
        assert_eq!(paths.len(), 1);
        assert!(paths[0].1.path_and_query().contains("tagName=proofload%27"));
    }
}
