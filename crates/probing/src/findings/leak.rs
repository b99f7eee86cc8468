//! A refusal that still hands out what it refuses.

use super::Finding;
use crate::messages::Exchange;
use proofload_contract::Operation;
use serde_json::Value;

/// Members that any body may have, refusals included: RFC 9457's, and what frameworks put beside them.
const HARMLESS: [&str; 14] = [
    "type",
    "title",
    "status",
    "detail",
    "instance",
    "errors",
    "error",
    "message",
    "traceId",
    "code",
    "description",
    "name",
    "username",
    "email",
];

/// A refusal must be one in substance too.
pub fn held_back(operation: &Operation, finding: Finding) -> Finding {
    let leak = finding.exchange.as_ref().and_then(|exchange| of(operation, exchange));
    match (leak, finding.exchange) {
        (Some(leak), Some(exchange)) => {
            let observed = format!("{} with {leak}", exchange.status());
            Finding::judge(*exchange, false, format!("{} and no content", finding.expected)).observed(observed)
        }
        (_, exchange) => Finding { exchange, ..finding },
    }
}

/// What of the operation's content a refusal carries, in a few words.
fn of(operation: &Operation, exchange: &Exchange) -> Option<String> {
    let media_type = exchange.media_type();
    if media_type.starts_with("image/") && !exchange.answer().body.is_empty() {
        return Some("a picture".to_owned());
    }
    let documented = operation.success().content.iter().map(|media| &media.schema);
    let documented: Vec<&str> = documented
        .flat_map(members)
        .filter(|name| !HARMLESS.contains(name))
        .collect();
    match exchange.json()? {
        Value::Array(items) => {
            let first = items.first()?;
            Some(format!(
                "an array of {}{}",
                items.len(),
                if first.is_object() { " objects" } else { "" }
            ))
            .filter(|_| documents_array(operation))
        }
        Value::Object(body) => {
            let named = |name: &&String| documented.contains(&name.as_str());
            let found = body
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, _)| name)
                .find(named)?;
            Some(format!("the member {found:?}"))
        }
        _ => None,
    }
}

fn documents_array(operation: &Operation) -> bool {
    let schemas = operation.success().content.iter().map(|media| &media.schema);
    schemas
        .into_iter()
        .any(|schema| schema.get("type").is_some_and(|kind| kind == "array"))
}

fn members(schema: &Value) -> impl Iterator<Item = &str> {
    let members = schema.get("properties").and_then(Value::as_object);
    members.into_iter().flatten().map(|(name, _)| name.as_str())
}
