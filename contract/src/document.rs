//! Reading the `OpenAPI` document into typed operations.

use crate::operation::{Access, MediaType, Operation, Parameter, ParameterPlace, RequestBody, Response, Rule};
use crate::source::Source;
use http::Method;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The document this version of the program was built with.
const BUNDLED: &str = include_str!("../identities.yaml");

/// `$ref`s are followed this deep; a document that nests deeper refers to itself.
const MAX_REF_DEPTH: usize = 16;

/// The contract: the document and its operations.
#[derive(Debug, Clone)]
pub struct Contract {
    document: Value,
    operations: Vec<Operation>,
}

/// Why a document could not be read as a contract.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// The file could not be opened.
    #[error("cannot read the contract {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Neither YAML nor JSON.
    #[error("the contract is neither YAML nor JSON: {0}")]
    Syntax(#[from] serde_yaml_ng::Error),
    /// Not what a contract must hold.
    #[error("the contract is wrong at {at}: {what}")]
    Shape {
        /// A path into the document, e.g. `paths./api/v1/Tags.get`.
        at: String,
        /// What is wrong there, and what would be right.
        what: String,
    },
}

impl Contract {
    /// The contract this program was built with.
    pub fn bundled() -> &'static Self {
        static CONTRACT: LazyLock<Contract> =
            LazyLock::new(|| Contract::parse(BUNDLED).expect("the bundled contract is checked by this crate's tests"));
        &CONTRACT
    }

    /// Reads another version of the contract from a YAML or JSON file.
    ///
    /// # Errors
    /// The file cannot be read, or is no contract.
    pub fn load(path: &Path) -> Result<Self, ContractError> {
        let text = std::fs::read_to_string(path).map_err(|source| ContractError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text)
    }

    /// Reads a contract from YAML; JSON is YAML too.
    ///
    /// # Errors
    /// The text is no contract; the error says where and why.
    pub fn parse(text: &str) -> Result<Self, ContractError> {
        let document: Value = serde_yaml_ng::from_str(text)?;
        let operations = Reader { document: &document }.operations()?;
        Ok(Self { document, operations })
    }

    /// The whole document, as it stands in the file.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The operations in the document's order.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The operation with an `operationId`.
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// Every permission an operation asks for, each once, in the document's order.
    pub fn permissions(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for operation in &self.operations {
            if let Access::Permission { name, .. } = &operation.access
                && !names.contains(&name.as_str())
            {
                names.push(name);
            }
        }
        names
    }
}

/// The extensions of an operation that serde reads as they stand.
#[derive(Deserialize)]
struct Extensions {
    #[serde(rename = "operationId")]
    id: String,
    #[serde(default)]
    summary: String,
    #[serde(rename = "x-permission")]
    permission: Permission,
    #[serde(rename = "x-source")]
    source: Source,
    #[serde(rename = "x-writes", default)]
    writes: bool,
    #[serde(rename = "x-rules", default)]
    rules: Vec<RuleText>,
}

/// `x-permission: anonymous`, `x-permission: authenticated`, or a name with its category.
#[derive(Deserialize)]
#[serde(untagged)]
enum Permission {
    Keyword(Keyword),
    Named { name: String, category: String },
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Keyword {
    Anonymous,
    Authenticated,
}

#[derive(Deserialize)]
struct RuleText {
    name: String,
    text: String,
    source: Source,
}

struct Reader<'a> {
    document: &'a Value,
}

impl Reader<'_> {
    fn operations(&self) -> Result<Vec<Operation>, ContractError> {
        let paths = self.document.get("paths").and_then(Value::as_object);
        let paths = paths.ok_or_else(|| shape("paths", "an object of paths is missing"))?;
        let mut operations: Vec<Operation> = Vec::new();
        for (path, item) in paths {
            let at = format!("paths.{path}");
            let item = item.as_object().ok_or_else(|| shape(&at, "not an object"))?;
            for (key, raw) in item {
                let Some(method) = method(key) else { continue };
                let operation = self.operation(&format!("{at}.{key}"), path, method, item, raw)?;
                if operations.iter().any(|other| other.id == operation.id) {
                    return Err(shape(
                        &format!("{at}.{key}"),
                        &format!("the operationId {} is used twice", operation.id),
                    ));
                }
                operations.push(operation);
            }
        }
        Ok(operations)
    }

    fn operation(
        &self,
        at: &str,
        path: &str,
        method: Method,
        item: &Map<String, Value>,
        raw: &Value,
    ) -> Result<Operation, ContractError> {
        let extensions = Extensions::deserialize(raw).map_err(|error| shape(at, &error.to_string()))?;
        let shared = item.get("parameters").and_then(Value::as_array);
        let own = raw.get("parameters").and_then(Value::as_array);
        let mut parameters = Vec::new();
        for parameter in shared.into_iter().flatten().chain(own.into_iter().flatten()) {
            parameters.push(self.parameter(at, parameter)?);
        }
        let responses = self.responses(at, raw)?;
        if responses
            .iter()
            .filter(|response| (200..300).contains(&response.status))
            .count()
            != 1
        {
            return Err(shape(at, "exactly one successful response must be documented"));
        }
        Ok(Operation {
            id: extensions.id,
            method,
            path: path.to_owned(),
            summary: extensions.summary,
            access: match extensions.permission {
                Permission::Keyword(Keyword::Anonymous) => Access::Anonymous,
                Permission::Keyword(Keyword::Authenticated) => Access::Authenticated,
                Permission::Named { name, category } => Access::Permission { name, category },
            },
            writes: extensions.writes,
            parameters,
            request_body: raw
                .get("requestBody")
                .map(|body| self.request_body(at, body))
                .transpose()?,
            responses,
            rules: extensions
                .rules
                .into_iter()
                .map(|rule| Rule {
                    name: rule.name,
                    text: rule.text,
                    source: rule.source,
                })
                .collect(),
            source: extensions.source,
        })
    }

    fn parameter(&self, at: &str, raw: &Value) -> Result<Parameter, ContractError> {
        let raw = self.resolved(at, raw)?;
        let text = |key: &str| raw.get(key).and_then(Value::as_str);
        let place = match text("in") {
            Some("path") => ParameterPlace::Path,
            Some("query") => ParameterPlace::Query,
            other => {
                return Err(shape(
                    at,
                    &format!("a parameter stands in {other:?}; path or query is known"),
                ));
            }
        };
        Ok(Parameter {
            name: text("name")
                .ok_or_else(|| shape(at, "a parameter has no name"))?
                .to_owned(),
            place,
            required: raw.get("required").and_then(Value::as_bool).unwrap_or(false),
            schema: raw.get("schema").cloned().unwrap_or(Value::Bool(true)),
        })
    }

    fn request_body(&self, at: &str, raw: &Value) -> Result<RequestBody, ContractError> {
        let raw = self.resolved(at, raw)?;
        Ok(RequestBody {
            required: raw.get("required").and_then(Value::as_bool).unwrap_or(false),
            content: media_types(&raw),
        })
    }

    fn responses(&self, at: &str, raw: &Value) -> Result<Vec<Response>, ContractError> {
        let raw = raw.get("responses").and_then(Value::as_object);
        let raw = raw.ok_or_else(|| shape(at, "no responses are documented"))?;
        let mut responses = Vec::new();
        for (status, response) in raw {
            let at = format!("{at}.responses.{status}");
            let status = status
                .parse()
                .map_err(|_| shape(&at, "a status is a number such as 200"))?;
            let response = self.resolved(&at, response)?;
            let source = response
                .get("x-source")
                .ok_or_else(|| shape(&at, "x-source is missing"))?;
            responses.push(Response {
                status,
                description: response
                    .get("description")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned(),
                source: Source::deserialize(source).map_err(|error| shape(&at, &error.to_string()))?,
                content: media_types(&response),
            });
        }
        responses.sort_by_key(|response| response.status);
        Ok(responses)
    }

    /// A copy of `value` in which every `$ref` is replaced by what it names; members beside a `$ref` win.
    fn resolved(&self, at: &str, value: &Value) -> Result<Value, ContractError> {
        self.resolved_to(at, value, 0)
    }

    fn resolved_to(&self, at: &str, value: &Value, depth: usize) -> Result<Value, ContractError> {
        match value {
            Value::Object(members) => {
                let mut resolved = Map::new();
                if let Some(name) = members.get("$ref").and_then(Value::as_str) {
                    if depth >= MAX_REF_DEPTH {
                        return Err(shape(at, &format!("{name} refers to itself")));
                    }
                    let pointer = name
                        .strip_prefix('#')
                        .ok_or_else(|| shape(at, &format!("{name} is not in this document")))?;
                    let named = self
                        .document
                        .pointer(pointer)
                        .ok_or_else(|| shape(at, &format!("{name} does not exist")))?;
                    if let Value::Object(named) = self.resolved_to(name, named, depth + 1)? {
                        resolved = named;
                    }
                }
                for (key, member) in members.iter().filter(|(key, _)| *key != "$ref") {
                    resolved.insert(key.clone(), self.resolved_to(at, member, depth)?);
                }
                Ok(Value::Object(resolved))
            }
            Value::Array(items) => items
                .iter()
                .map(|item| self.resolved_to(at, item, depth))
                .collect::<Result<_, _>>()
                .map(Value::Array),
            other => Ok(other.clone()),
        }
    }
}

fn method(key: &str) -> Option<Method> {
    Some(match key {
        "get" => Method::GET,
        "put" => Method::PUT,
        "post" => Method::POST,
        "delete" => Method::DELETE,
        "patch" => Method::PATCH,
        _ => return None,
    })
}

fn media_types(resolved: &Value) -> Vec<MediaType> {
    let content = resolved.get("content").and_then(Value::as_object);
    content
        .into_iter()
        .flatten()
        .map(|(name, media)| MediaType {
            name: name.clone(),
            schema: media.get("schema").cloned().unwrap_or(Value::Bool(true)),
            example: media.get("example").cloned(),
        })
        .collect()
}

fn shape(at: &str, what: &str) -> ContractError {
    ContractError::Shape {
        at: at.to_owned(),
        what: what.to_owned(),
    }
}
