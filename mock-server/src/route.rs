//! From a method and a path to an operation.

use crate::operation::{Row, TABLE};
use http::Method;
use std::collections::HashMap;
use std::fmt::Write;

/// Where a request leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// To an operation, with the percent-decoded values of its path template in their order.
    To(&'static Row, Vec<String>),
    /// To the OpenAPI document.
    SwaggerDocument,
    /// To the page that shows it.
    SwaggerPage,
    /// The path exists, the method does not; `Allow` takes the text.
    WrongMethod(String),
    /// Nowhere.
    Nowhere,
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.operation == other.operation
    }
}

impl Eq for Row {}

/// Finds routes under a prefix. Paths are matched in any case, as ASP.NET Core does.
#[derive(Debug)]
pub(crate) struct Router {
    prefix: String,
    swagger: bool,
    /// Paths without parameters in their usual spelling: nearly all traffic, found with one look-up.
    literal: HashMap<&'static str, Vec<&'static Row>>,
}

impl Router {
    pub(crate) fn new(prefix: &str, swagger: bool) -> Self {
        let trimmed = prefix.trim_matches('/');
        let mut literal: HashMap<&'static str, Vec<&'static Row>> = HashMap::new();
        for row in TABLE.iter().filter(|row| !row.path.contains('{')) {
            literal.entry(row.path).or_default().push(row);
        }
        Self {
            prefix: if trimmed.is_empty() {
                String::new()
            } else {
                format!("/{trimmed}")
            },
            swagger,
            literal,
        }
    }

    pub(crate) fn route(&self, method: &Method, path: &str) -> Route {
        let Some(path) = self.below_prefix(path) else {
            return Route::Nowhere;
        };
        if let Some(rows) = self.literal.get(path) {
            let rows = rows.iter().map(|row| (*row, Vec::new())).collect();
            return choose(method, rows);
        }
        let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        let mut candidates = Vec::new();
        for row in TABLE {
            if let Some(values) = matches(row.path, &segments) {
                candidates.push((row, values));
            }
        }
        if candidates.is_empty() {
            self.swagger(method, path)
        } else {
            choose(method, candidates)
        }
    }

    fn below_prefix<'p>(&self, path: &'p str) -> Option<&'p str> {
        let head = path.get(..self.prefix.len())?;
        let rest = &path[self.prefix.len()..];
        (head.eq_ignore_ascii_case(&self.prefix) && rest.starts_with('/')).then_some(rest)
    }

    fn swagger(&self, method: &Method, path: &str) -> Route {
        let found = match path {
            "/swagger/v1/swagger.json" => Route::SwaggerDocument,
            "/swagger/index.html" | "/swagger" | "/swagger/" => Route::SwaggerPage,
            _ => return Route::Nowhere,
        };
        match (self.swagger, method) {
            (false, _) => Route::Nowhere,
            (true, &Method::GET | &Method::HEAD) => found,
            (true, _) => Route::WrongMethod("GET, HEAD".to_owned()),
        }
    }
}

/// Takes the candidate with the most literal segments: `/people/entityField/…` before `/people/{personId}/…`.
fn choose(method: &Method, candidates: Vec<(&'static Row, Vec<String>)>) -> Route {
    let fewest = candidates.iter().map(|(_, values)| values.len()).min();
    let mut allow = String::new();
    for (row, values) in candidates {
        if Some(values.len()) != fewest {
            continue;
        }
        if row.method == method {
            return Route::To(row, values);
        }
        let comma = if allow.is_empty() { "" } else { ", " };
        let _ = write!(allow, "{comma}{}", row.method);
    }
    Route::WrongMethod(allow)
}

/// The values of a template's parameters, when the path has its shape. An empty value has not.
fn matches(template: &str, segments: &[&str]) -> Option<Vec<String>> {
    let mut values = Vec::new();
    let mut rest = segments.iter();
    for part in template.split('/') {
        let segment = rest.next()?;
        if part.starts_with('{') {
            let value = percent_decoded(segment)?;
            if value.is_empty() {
                return None;
            }
            values.push(value);
        } else if !part.eq_ignore_ascii_case(segment) {
            return None;
        }
    }
    rest.next().is_none().then_some(values)
}

/// Decodes `%41` to `A`; `None` when what comes out is no UTF-8. A `%` without two hexadecimal digits stays as it is.
pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |offset: usize| bytes.get(at + offset).and_then(|byte| char::from(*byte).to_digit(16));
        if bytes[at] == b'%'
            && let (Some(high), Some(low)) = (hex(1), hex(2))
        {
            decoded.push(u8::try_from(high * 16 + low).ok()?);
            at += 3;
        } else {
            decoded.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(router: &Router, method: &Method, path: &str) -> Option<(&'static str, Vec<String>)> {
        match router.route(method, path) {
            Route::To(row, values) => Some((row.id, values)),
            _ => None,
        }
    }

    #[test]
    fn every_template_leads_to_its_own_operation() {
        let router = Router::new("", false);
        for row in TABLE {
            let path = row.path.replace('{', "x").replace('}', "");
            assert_eq!(
                to(&router, &row.method, &path).map(|(id, _)| id),
                Some(row.id),
                "{path}"
            );
        }
    }

    #[test]
    fn paths_match_in_any_case_and_values_keep_theirs() {
        let router = Router::new("identities/", false);
        let found = to(&router, &Method::GET, "/Identities/API/v1/tags/A%20b");
        assert_eq!(found, Some(("getTag", vec!["A b".to_owned()])));
        assert_eq!(router.route(&Method::GET, "/api/v1/Tags"), Route::Nowhere);
        assert_eq!(router.route(&Method::GET, "/identitiesapi/v1/Tags"), Route::Nowhere);
        assert_eq!(router.route(&Method::GET, "/"), Route::Nowhere);
    }

    #[test]
    fn a_known_path_with_another_method_says_which_are_allowed() {
        let router = Router::new("", false);
        let allow = |path: &str| match router.route(&Method::PATCH, path) {
            Route::WrongMethod(allow) => allow,
            other => panic!("{path} led to {other:?}"),
        };
        assert_eq!(allow("/api/v1/Tags"), "GET, POST");
        assert_eq!(allow("/api/v1/Tags/1"), "GET, PUT, DELETE");
        assert_eq!(allow("/api/v1/renewToken"), "GET");
    }

    #[test]
    fn a_percent_sign_that_is_none_stays() {
        assert_eq!(percent_decoded("50%").as_deref(), Some("50%"));
        assert_eq!(percent_decoded("%zz").as_deref(), Some("%zz"));
        assert_eq!(percent_decoded("%c3%a9").as_deref(), Some("é"));
        assert_eq!(percent_decoded("%ff"), None);
    }

    #[test]
    fn swagger_is_found_only_when_it_is_on() {
        let path = "/swagger/v1/swagger.json";
        assert_eq!(Router::new("", false).route(&Method::GET, path), Route::Nowhere);
        assert_eq!(Router::new("", true).route(&Method::GET, path), Route::SwaggerDocument);
        assert_eq!(Router::new("/p", true).route(&Method::GET, path), Route::Nowhere);
    }
}
