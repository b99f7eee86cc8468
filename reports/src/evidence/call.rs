//! One call as a shell makes it with curl.

use proofload_results::evidence::{AccountNames, Call, Chunk, Content};
use proofload_results::shell::{Piece, is_filled, pieces, printf, quoted, word};
use std::fmt::Write as _;

/// What is filled in, as it stands in the shell.
pub(super) fn expressions(call: &Call) -> Vec<String> {
    let body: Vec<&str> = match &call.body {
        Content::Text(text) | Content::Json(text) => vec![text],
        Content::Mixed(chunks) => chunks.iter().filter_map(Chunk::text).collect(),
        Content::None | Content::File(_) => Vec::new(),
    };
    let texts = call
        .headers
        .iter()
        .map(String::as_str)
        .chain([call.path.as_str()])
        .chain(body);
    let filled = texts.flat_map(pieces).filter_map(|piece| match piece {
        Piece::Filled(expression) => Some(expression),
        Piece::Plain(_) => None,
    });
    filled.collect()
}

/// The lines that make the call: its answer goes into `$work/answer.N`, its status into `$status`, and how curl ended into
/// `$failed`. `file` is the body's, beside the script.
pub(super) fn lines(call: &Call, place: usize, file: &str) -> String {
    let mut lines = String::new();
    let mut command = format!("status=$(call -o \"$work/answer.{place}\" -w '%{{http_code}}'");
    match call.method.as_str() {
        "HEAD" => command.push_str(" --head"),
        "GET" if call.body == Content::None => {}
        _ => {
            let _ = write!(command, " -X {}", call.method);
        }
    }
    for (number, header) in call.headers.iter().enumerate() {
        // From a file, so that no other user of the machine reads it from the list of processes.
        if is_filled(header) {
            let _ = writeln!(lines, "printf '%s\\n' {} >\"$work/header.{number}\"", word(header));
            let _ = write!(command, " -H @\"$work/header.{number}\"");
        } else {
            let _ = write!(command, " -H {}", word(header));
        }
    }
    match &call.body {
        Content::None if matches!(call.method.as_str(), "POST" | "PUT" | "PATCH") => {
            command.push_str(" -H 'content-length: 0'");
        }
        Content::None => {}
        Content::File(_) => {
            let _ = write!(command, " --data-binary @\"$here/{file}\"");
        }
        Content::Text(_) | Content::Json(_) => {
            let _ = writeln!(lines, "{{ {} }} >\"$work/body\"", written(&call.body));
            command.push_str(" --data-binary @\"$work/body\"");
        }
        Content::Mixed(chunks) => {
            let _ = writeln!(lines, "{{ {} }} >\"$work/body\"", mixed(chunks, file));
            command.push_str(" --data-binary @\"$work/body\"");
        }
    }
    let _ = writeln!(lines, "{command} \"$base\"{}); failed=$?", word(&call.path));
    lines
}

/// Commands that write a body in which something is filled in.
fn written(body: &Content) -> String {
    let (text, in_json) = match body {
        Content::Json(text) => (text.as_str(), true),
        Content::Text(text) => (text.as_str(), false),
        Content::None | Content::File(_) | Content::Mixed(_) => return String::new(),
    };
    let commands = pieces(text).into_iter().map(|piece| match piece {
        Piece::Plain(text) => format!("printf {};", printf(text.as_bytes())),
        Piece::Filled(expression) if in_json => format!("in_json \"{expression}\";"),
        Piece::Filled(expression) => format!("printf %s \"{expression}\";"),
    });
    commands.collect::<Vec<_>>().join(" ")
}

/// Commands that put a body together from files and from what is filled in between them.
fn mixed(chunks: &[Chunk], file: &str) -> String {
    let commands = chunks.iter().enumerate().map(|(number, chunk)| match chunk {
        Chunk::Bytes(_) => format!("cat \"$here/{}\";", chunk_file(file, number)),
        Chunk::Text(text) => written(&Content::Text(text.clone())),
    });
    commands.collect::<Vec<_>>().join(" ")
}

/// The file of a part of a body.
pub(super) fn chunk_file(file: &str, number: usize) -> String {
    format!("{file}.{}", number + 1)
}

/// Whether an expression uses a variable.
pub(super) fn uses(expression: &str, variable: &str) -> bool {
    let of_a_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    expression.match_indices(variable).any(|(at, _)| {
        let before = expression[..at].chars().next_back();
        let after = expression[at + variable.len()..].chars().next();
        before.is_some_and(|c| c == '$' || c == '{') && !after.is_some_and(of_a_name)
    })
}

/// The line that logs an account in.
pub(super) fn login(names: &AccountNames) -> String {
    format!(
        "{token}=$(token {user} \"${password}\") || exit 2",
        token = names.token,
        user = quoted(&names.username),
        password = names.password
    )
}
