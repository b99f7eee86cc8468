//! The route of a call: its method, and its path without what differs from one call to the next.

use crate::messages::Draft;
use std::fmt;

/// Longer parts of a path than any that a route is named by.
const LONGEST: usize = 40;

/// A method and a path, such as `GET /api/v1/people/{id}/tags`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    pub(super) path: String,
    method: String,
}

impl Route {
    /// The route of a call.
    pub fn of(draft: &Draft) -> Self {
        let path = draft.path_and_query();
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let parts: Vec<&str> = path.split('/').map(part).collect();
        Self {
            path: parts.join("/"),
            method: draft.method.to_string(),
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// A part of a path as a route has it: ids, and what was made up, are left out.
fn part(text: &str) -> &str {
    let is_version = text
        .strip_prefix(['v', 'V'])
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    let is_name = text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_name || is_version { text } else { "{id}" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Method;

    #[test]
    fn a_route_leaves_out_ids_and_queries() {
        for (path, route) in [
            ("/api/v1/Tags?pageSize=3", "GET /api/v1/Tags"),
            (
                "/api/v1/people/3fd8392d-725d-4512-bbc5-d09d2a10805f/tags",
                "GET /api/v1/people/{id}/tags",
            ),
            ("/api/v1/people/%2e%2e/tags", "GET /api/v1/people/{id}/tags"),
        ] {
            assert_eq!(Route::of(&Draft::new(Method::GET, path)).to_string(), route);
        }
    }
}
