//! The name in an answer to a login or a renewal: whether it is the caller's.

use serde_json::Value;

/// What is wrong with the username in an answer to an account's login or renewal; whose it is says the case.
pub(crate) fn wrong_name(body: &Value, username: &str) -> Option<&'static str> {
    match body.get("username") {
        None => Some("no username"),
        Some(Value::Null) => Some("null as username"),
        Some(Value::String(came)) if came.is_empty() => Some("an empty username"),
        Some(Value::String(came)) if came.to_lowercase() == username.to_lowercase() => None,
        Some(Value::String(_)) => Some("the username of somebody else"),
        Some(_) => Some("a username that is no string"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_name_that_is_missing_is_not_another() {
        for (body, wrong) in [
            (json!({"username": "Admin"}), None),
            (json!({"username": "reader"}), Some("the username of somebody else")),
            (json!({"username": null}), Some("null as username")),
            (json!({"username": 7}), Some("a username that is no string")),
            (json!({"username": ""}), Some("an empty username")),
            (json!({"Username": "admin"}), Some("no username")),
        ] {
            assert_eq!(wrong_name(&body, "admin"), wrong, "{body}");
        }
    }
}
