//! Whether an answer with 2xx gives what is behind a door: a page, an error in JSON or nothing at all lets nobody in, whatever
//! its status.

use crate::generator::answers::Shape;
use proofload_contract::Operation;
use proofload_deployment::client::login::Reply;
use serde_json::{Map, Value};

/// Text of more characters is no short word such as `OK`.
const WORD: usize = 8;
/// Members that say what went wrong, and give nothing.
const EXCUSES: [&str; 14] = [
    "code", "detail", "details", "error", "errors", "instance", "message", "msg", "reason", "status", "success",
    "title", "traceid", "type",
];

/// What keeps the body of an answer with 2xx from being what the operation gives; none where it gives that. What is called a page,
/// or begins as none of it does, was sorted out before.
pub(super) fn withheld(operation: &Operation, body: &[u8]) -> Option<&'static str> {
    let shape = Shape::of(operation);
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
    match shape {
        Shape::Token => {
            let token = Reply::of_body(200, body).token("");
            return token.err().map(|_| "it gave no token");
        }
        Shape::Nothing => return no_word(operation, body),
        _ => {}
    }
    if let Some(why) = shape.unlike(body) {
        return Some(why);
    }
    let Ok(given) = serde_json::from_slice::<Value>(body) else {
        return Some("it was no JSON");
    };
    let content = operation.success().content.first();
    let schema = content.map_or(&Value::Null, |media| &media.schema);
    let told = match (shape, &given) {
        (Shape::Array, Value::Array(list)) => list.first().is_some_and(|first| tells(first, &schema["items"])),
        (Shape::Faces, Value::Array(list)) => !list.is_empty(),
        (_, given) => tells(given, schema),
    };
    (!told).then_some("it gave nothing of what the operation gives")
}

/// Where nothing is documented: a page, an error, or a sentence is no answer of the operation's.
fn no_word(operation: &Operation, body: &[u8]) -> Option<&'static str> {
    // What gives a file gives any bytes.
    let is_file = !operation.success().content.is_empty();
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(members)) if is_excuse(&members) => Some("it was an error in JSON"),
        Err(_) if body.starts_with(b"<") => Some("it was a page"),
        Err(_) if body.len() > WORD && !is_file => Some("it was a text, where the operation answers with nothing"),
        _ => None,
    }
}

/// Whether a value says anything that is documented; where no names are, whether it says anything but what went wrong.
fn tells(given: &Value, schema: &Value) -> bool {
    let known = schema.get("properties").and_then(Value::as_object);
    match (given, known.filter(|known| !known.is_empty())) {
        (Value::Object(members), Some(known)) => members.iter().any(|(name, value)| {
            let is_known = known.keys().any(|known| known.eq_ignore_ascii_case(name));
            is_known && !value.is_null()
        }),
        (Value::Object(members), None) => !members.is_empty() && !is_excuse(members),
        (Value::Array(list), _) => !list.is_empty(),
        (Value::Null, _) => false,
        (_, known) => known.is_none(),
    }
}

fn is_excuse(members: &Map<String, Value>) -> bool {
    let excuses = |name: &String| EXCUSES.contains(&name.to_lowercase().as_str());
    !members.is_empty() && members.keys().all(excuses)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_contract::Contract;

    #[test]
    fn only_what_gives_the_operations_answer_lets_in() {
        for (operation, body, lets_in) in [
            ("getPerson", "null", false),
            ("getPerson", "{}", false),
            ("getPerson", "[]", false),
            ("getPerson", r#"{"error":"not found"}"#, false),
            ("listTags", r#"{"error":"denied"}"#, false),
            ("listTags", "[]", false),
            ("listTags", r#"[{"tagId":"1","tagName":"a"}]"#, true),
            ("profile", r#"{"email":"a@b","roles":[]}"#, true),
            ("profile", r#"{"EMAIL":"a@b"}"#, true),
            ("profile", r#"{"email":null}"#, false),
            ("profile", r#"{"status":200}"#, false),
            ("publish", "", true),
            ("publish", "OK", true),
            ("publish", "{}", true),
            ("publish", r#"{"id":4}"#, true),
            ("publish", r#"{"success":false,"error":"forbidden"}"#, false),
            ("publish", "<!DOCTYPE html><p>Please sign in", false),
            ("publish", "Please sign in", false),
            ("publishWithResponse", r#"{"faces":[]}"#, true),
            ("publishWithResponse", "[]", false),
            ("publishWithResponse", r#"{"error":"denied"}"#, false),
            ("renewToken", r#"{"token":"a.b.c"}"#, true),
            ("renewToken", r#"{"error":"no"}"#, false),
        ] {
            let of = Contract::bundled().operation(operation).unwrap();
            let why = withheld(of, body.as_bytes());
            assert_eq!(why.is_none(), lets_in, "{operation} {body}: {why:?}");
        }
    }
}
