//! The deployment's own schema, when it is switched on, beside our contract.

use http::Method;
use proofload_contract::{Contract, Source};
use proofload_deployment::escaped;
use proofload_probing::context::Context;
use proofload_probing::findings::{Clause, Finding, Stop};
use proofload_probing::messages::Draft;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) const SWAGGER: Clause = Clause::new(
    "swagger",
    Source::Convention,
    "OpenAPI is off, or its schema is at swagger/v1/swagger.json (what it documents beside ours is only noted).",
);

/// So many differences are named.
const NAMED: usize = 8;

/// A method and a path whose parameters have no names: what a schema calls them is nobody's business.
type Route = (String, String);

pub(super) async fn compared(context: &Context) -> Result<Finding, Stop> {
    let schema = context
        .send(Draft::new(Method::GET, "/swagger/v1/swagger.json"))
        .await?;
    let expected = "off, or a schema";
    if !schema.answer().status.is_success() {
        let observed = format!("off ({})", schema.status());
        return Ok(Finding::judge(schema, true, expected).observed(observed));
    }
    let document = schema.json();
    let paths = document
        .as_ref()
        .and_then(|document| document.get("paths")?.as_object());
    let Some(paths) = paths else {
        // A portal that answers every address with its page has no schema there.
        let page = schema.answer().is_html();
        let observed = if page {
            "off (a web page)"
        } else {
            "no OpenAPI document"
        };
        return Ok(Finding::judge(schema, page, expected).observed(observed));
    };
    let theirs = routes_of(paths, context.target.base.prefix());
    let ours = routes_of_contract(&context.contract);
    let missing: Vec<&Route> = ours.difference(&theirs).collect();
    let further: Vec<&Route> = theirs.difference(&ours).collect();
    let observed = format!(
        "on: {} operations, {} of ours missing, {} further ones",
        theirs.len(),
        missing.len(),
        further.len()
    );
    let note = format!("missing: {}; further: {}", named(&missing), named(&further));
    Ok(Finding::judge(schema, true, expected).observed(observed).note(note))
}

fn routes_of_contract(contract: &Contract) -> BTreeSet<Route> {
    contract
        .operations()
        .iter()
        .map(|operation| route(operation.method.as_str(), &operation.path))
        .collect()
}

fn routes_of(paths: &serde_json::Map<String, Value>, prefix: &str) -> BTreeSet<Route> {
    let methods = ["get", "put", "post", "delete", "patch", "head", "options", "trace"];
    let mut routes = BTreeSet::new();
    for (path, item) in paths {
        // Some generators write the prefix into every path, others into `servers`.
        let path = path.strip_prefix(prefix).unwrap_or(path);
        for method in methods {
            if item.get(method).is_some() {
                routes.insert(route(method, path));
            }
        }
    }
    routes
}

/// ASP.NET Core matches paths in any case, and generators spell them in any.
fn route(method: &str, path: &str) -> Route {
    let mut plain = String::with_capacity(path.len());
    let mut in_parameter = false;
    for character in path.trim_end_matches('/').chars() {
        match character {
            '{' => {
                in_parameter = true;
                plain.push_str("{}");
            }
            '}' => in_parameter = false,
            _ if in_parameter => {}
            _ => plain.extend(character.to_lowercase()),
        }
    }
    (method.to_ascii_uppercase(), plain)
}

fn named(routes: &[&Route]) -> String {
    if routes.is_empty() {
        return "none".to_owned();
    }
    let more = if routes.len() > NAMED { ", …" } else { "" };
    let names: Vec<String> = routes
        .iter()
        .take(NAMED)
        .map(|(method, path)| format!("{method} {}", escaped(path.as_bytes(), 100)))
        .collect();
    format!("{}{more}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_parameters_case_and_prefix_do_not_count() {
        let document: Value = serde_json::json!({
            "/identities/API/v1/tags/{id}": { "get": {}, "parameters": [] },
            "/api/v1/Tags/": { "post": {} },
        });
        let routes = routes_of(document.as_object().unwrap(), "/identities");
        let expected = [route("GET", "/api/v1/Tags/{tagId}"), route("POST", "/api/v1/Tags")];
        assert_eq!(routes, expected.into_iter().collect());
    }

    #[test]
    fn the_contract_differs_from_itself_in_nothing() {
        let contract = Contract::bundled();
        let paths = contract.document()["paths"].as_object().unwrap();
        assert_eq!(routes_of(paths, ""), routes_of_contract(contract));
    }
}
