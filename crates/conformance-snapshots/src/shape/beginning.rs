//! Lists that were too long to be kept whole: what their first elements have in common.

use super::Shape;
use serde_json::Value;

impl Shape {
    /// The shape of a list of which only the beginning is here; `None` when it is no list, or not one element of it is whole.
    ///
    /// Which answers are that long depends on the deployment's data, and on what other checks stored just before: the shape must not.
    pub(crate) fn of_beginning(body: &[u8]) -> Option<Self> {
        let end = last_whole_element(body)?;
        let closed = [&body[..end], b"]"].concat();
        serde_json::from_slice::<Value>(&closed)
            .ok()
            .map(|value| Self::of(&value))
    }
}

/// Where the last comma stands that separates two elements of the list itself.
fn last_whole_element(body: &[u8]) -> Option<usize> {
    let start = body.iter().position(|byte| !byte.is_ascii_whitespace())?;
    if body[start] != b'[' {
        return None;
    }
    let (mut depth, mut in_string, mut escaped, mut last) = (0_usize, false, false, None);
    for (place, byte) in body.iter().enumerate().skip(start) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 1 => last = Some(place),
            _ => {}
        }
    }
    last
}
