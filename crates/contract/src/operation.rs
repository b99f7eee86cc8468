//! One operation of the API, typed.

use crate::Source;
use http::Method;
use serde::Deserialize;
use serde_json::Value;
use std::fmt;

/// One operation: a method on a path template, who may call it, what it takes and what it answers.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `operationId`: names the operation everywhere (case ids, histograms, SLOs).
    pub id: String,
    /// The HTTP method.
    pub method: Method,
    /// The path template under the base URL, e.g. `/api/v1/people/{personId}/tags`.
    pub path: String,
    /// One line on what it does.
    pub summary: String,
    /// Who may call it.
    pub access: Access,
    /// Whether a successful call changes what the server stores (`x-writes`).
    pub writes: bool,
    /// Path and query parameters.
    pub parameters: Vec<Parameter>,
    /// The request body, when it takes one.
    pub request_body: Option<RequestBody>,
    /// The documented responses, in ascending order of status.
    pub responses: Vec<Response>,
    /// Documented rules beyond responses (`x-rules`): behaviour stated in prose.
    pub rules: Vec<Rule>,
    /// Where the operation itself is known from.
    pub source: Source,
}

/// Who may call an operation (`x-permission`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Access {
    /// Anybody, without a token.
    Anonymous,
    /// Any account, with a valid token.
    Authenticated,
    /// Accounts that hold a permission, named exactly as the product's role editor shows it.
    Permission {
        /// The permission, e.g. `Face Publishing`.
        name: String,
        /// Its category in the role editor, e.g. `Facial Recognition Services`.
        category: String,
    },
}

/// A path or query parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name, as it stands in the URL.
    pub name: String,
    /// Path or query.
    pub place: ParameterPlace,
    /// Whether a call without it is wrong.
    pub required: bool,
    /// Its schema.
    pub schema: Value,
    /// An example of its value, when the document has one.
    pub example: Option<Value>,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterPlace {
    /// In the path template, between braces.
    Path,
    /// In the query string.
    Query,
}

/// A request body.
#[derive(Debug, Clone)]
pub struct RequestBody {
    /// Whether a call without it is wrong.
    pub required: bool,
    /// The media types it may come in; one for every operation of this API.
    pub content: Vec<MediaType>,
}

/// A media type with its schema, references resolved, and an example.
#[derive(Debug, Clone)]
pub struct MediaType {
    /// E.g. `application/json`.
    pub name: String,
    /// The OpenAPI 3.0 schema with every `$ref` resolved in place; [`crate::json_schema`] makes a JSON Schema of it.
    pub schema: Value,
    /// The deployment's own schema of the same body, where the contract was made of it too.
    pub own_schema: Option<Value>,
    /// An example that holds to the schema, when the document has one.
    pub example: Option<Value>,
    /// Where the shape of the body is known from, which may be less certain than the status it comes with. None in
    /// requests that do not say.
    pub source: Option<Source>,
}

/// A documented response.
#[derive(Debug, Clone)]
pub struct Response {
    /// The HTTP status code.
    pub status: u16,
    /// What it means.
    pub description: String,
    /// Where it is known from.
    pub source: Source,
    /// The media types its body may come in; none when the body is empty or not documented.
    pub content: Vec<MediaType>,
}

/// A documented rule that no single response states.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Rule {
    /// A short name, unique within the operation, e.g. `largest-face-only`.
    pub name: String,
    /// The rule, one sentence.
    pub text: String,
    /// Where it is known from.
    pub source: Source,
}

impl Operation {
    /// The documented response of a status, if there is one.
    pub fn response(&self, status: u16) -> Option<&Response> {
        self.responses.iter().find(|response| response.status == status)
    }

    /// The documented successful response; every operation has exactly one.
    pub fn success(&self) -> &Response {
        self.responses
            .iter()
            .find(|response| response.is_success())
            .expect("checked when the document was read")
    }

    /// The documented rule of a name, if there is one.
    pub fn rule(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.name == name)
    }

    /// Whether an account that holds `permissions` may call the operation.
    pub fn allows<S: AsRef<str>>(&self, permissions: &[S]) -> bool {
        match &self.access {
            Access::Anonymous | Access::Authenticated => true,
            Access::Permission { name, .. } => permissions.iter().any(|held| held.as_ref() == name),
        }
    }
}

impl Response {
    /// Whether the status is a success (2xx).
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl fmt::Display for Operation {
    /// `POST /api/v1/faceEdge/publish`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.pad("anonymous"),
            Self::Authenticated => f.pad("any account"),
            Self::Permission { name, .. } => f.pad(name),
        }
    }
}
