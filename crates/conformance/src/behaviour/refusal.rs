//! What a refused login tells.

use proofload_probing::messages::Exchange;
use serde_json::Value;

/// What a refusal says, without what differs from request to request.
pub(super) fn told(exchange: &Exchange, user: &str) -> String {
    fn steady(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.retain(|name, _| {
                    let name = name.to_ascii_lowercase();
                    !["trace", "request", "correlation", "time", "instance", "date", "span"]
                        .iter()
                        .any(|part| name.contains(part))
                });
                members.values_mut().for_each(steady);
            }
            Value::Array(entries) => entries.iter_mut().for_each(steady),
            _ => {}
        }
    }
    let mut body = exchange
        .json()
        .unwrap_or_else(|| Value::from(String::from_utf8_lossy(&exchange.answer().body).into_owned()));
    steady(&mut body);
    let text = body.to_string().to_lowercase().replace(&user.to_lowercase(), "{user}");
    text.chars().filter(|c| !c.is_ascii_digit()).collect()
}
