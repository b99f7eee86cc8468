//! Reading the operations out of an OpenAPI document.

use crate::error::ContractError;
use crate::operation::{Access, MediaType, Operation, Parameter, ParameterPlace, RequestBody, Response, Rule};
use crate::own::OWN_SCHEMA;
use crate::resolve::Resolver;
use crate::source::Source;
use http::Method;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Reads operations, and says where in the document it could not.
pub(crate) struct Reader<'a> {
    document: &'a Value,
}

/// The members of an operation that serde reads as they stand.
#[derive(Deserialize)]
struct Extensions {
    #[serde(rename = "operationId")]
    id: String,
    #[serde(default)]
    summary: String,
    #[serde(rename = "x-source")]
    source: Source,
    #[serde(rename = "x-writes", default)]
    writes: bool,
    #[serde(rename = "x-rules", default)]
    rules: Vec<Rule>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(document: &'a Value) -> Self {
        Self { document }
    }

    /// The operations in the document's order.
    pub(crate) fn operations(&self) -> Result<Vec<Operation>, ContractError> {
        let paths = self.document.get("paths").and_then(Value::as_object);
        let paths = paths.ok_or_else(|| shape("paths", "an object of paths is missing"))?;
        let mut operations: Vec<Operation> = Vec::new();
        for (path, item) in paths {
            let at = format!("paths.{path}");
            if !path.starts_with('/') {
                return Err(shape(&at, "a path begins with /"));
            }
            let item = item.as_object().ok_or_else(|| shape(&at, "not an object"))?;
            for (key, raw) in item {
                let Some(method) = method(key) else { continue };
                let at = format!("{at}.{key}");
                let operation = self.operation(&at, path, method, item, raw)?;
                if operations.iter().any(|other| other.id == operation.id) {
                    return Err(shape(&at, &format!("the operationId {} is used twice", operation.id)));
                }
                operations.push(operation);
            }
        }
        if operations.is_empty() {
            return Err(shape("paths", "there is no operation"));
        }
        Ok(operations)
    }

    /// The rules at the top of the document.
    pub(crate) fn rules(&self) -> Result<Vec<Rule>, ContractError> {
        match self.document.get("x-rules") {
            Some(rules) => Vec::deserialize(rules).map_err(|error| shape("x-rules", &error.to_string())),
            None => Ok(Vec::new()),
        }
    }

    fn operation(
        &self,
        at: &str,
        path: &str,
        method: Method,
        item: &Map<String, Value>,
        raw: &Value,
    ) -> Result<Operation, ContractError> {
        let extensions =
            Extensions::deserialize(raw).map_err(|error| shape(at, &beyond_openapi(&error.to_string())))?;
        let body = raw.get("requestBody").map(|body| self.request_body(at, body));
        Ok(Operation {
            id: extensions.id,
            method,
            path: path.to_owned(),
            summary: extensions.summary,
            access: access(at, raw)?,
            writes: extensions.writes,
            parameters: self.parameters(at, path, item, raw)?,
            request_body: body.transpose()?,
            responses: self.responses(at, raw)?,
            rules: extensions.rules,
            source: extensions.source,
        })
    }

    /// The parameters of the path and of the operation, which must be those of the path template.
    fn parameters(
        &self,
        at: &str,
        path: &str,
        item: &Map<String, Value>,
        raw: &Value,
    ) -> Result<Vec<Parameter>, ContractError> {
        let shared = item.get("parameters").and_then(Value::as_array);
        let own = raw.get("parameters").and_then(Value::as_array);
        let mut parameters = Vec::new();
        for parameter in shared.into_iter().flatten().chain(own.into_iter().flatten()) {
            parameters.push(self.parameter(at, parameter)?);
        }
        let in_path = |parameter: &&Parameter| parameter.place == ParameterPlace::Path;
        for parameter in parameters.iter().filter(in_path) {
            if !path.contains(&format!("{{{}}}", parameter.name)) {
                let what = format!("the parameter {} does not stand in the path", parameter.name);
                return Err(shape(at, &what));
            }
        }
        for name in names_in_braces(path) {
            if !parameters.iter().filter(in_path).any(|known| known.name == name) {
                return Err(shape(at, &format!("the parameter {name} of the path is not described")));
            }
        }
        Ok(parameters)
    }

    fn parameter(&self, at: &str, raw: &Value) -> Result<Parameter, ContractError> {
        let raw = self.resolved(at, raw)?;
        let text = |key: &str| raw.get(key).and_then(Value::as_str);
        let name = text("name").ok_or_else(|| shape(at, "a parameter has no name"))?;
        let place = match text("in") {
            Some("path") => ParameterPlace::Path,
            Some("query") => ParameterPlace::Query,
            Some(other) => {
                let what = format!("the parameter {name} stands in {other}; path and query are known");
                return Err(shape(at, &what));
            }
            None => return Err(shape(at, &format!("the parameter {name} does not say where it stands"))),
        };
        Ok(Parameter {
            name: name.to_owned(),
            place,
            required: raw.get("required").and_then(Value::as_bool).unwrap_or(false),
            schema: raw.get("schema").cloned().unwrap_or_else(anything),
            example: raw.get("example").cloned(),
        })
    }

    fn request_body(&self, at: &str, raw: &Value) -> Result<RequestBody, ContractError> {
        let at = format!("{at}.requestBody");
        let raw = self.resolved(&at, raw)?;
        Ok(RequestBody {
            required: raw.get("required").and_then(Value::as_bool).unwrap_or(false),
            content: media_types(&at, &raw)?,
        })
    }

    fn responses(&self, at: &str, raw: &Value) -> Result<Vec<Response>, ContractError> {
        let raw = raw.get("responses").and_then(Value::as_object);
        let raw = raw.ok_or_else(|| shape(at, "no responses are documented"))?;
        let mut responses = Vec::new();
        for (status, response) in raw {
            responses.push(self.response(&format!("{at}.responses.{status}"), status, response)?);
        }
        responses.sort_by_key(|response| response.status);
        let successes = responses.iter().filter(|response| response.is_success()).count();
        if successes != 1 {
            let what = format!("{successes} successful responses are documented; it must be exactly one");
            return Err(shape(at, &what));
        }
        Ok(responses)
    }

    fn response(&self, at: &str, status: &str, raw: &Value) -> Result<Response, ContractError> {
        let status = status.parse().ok().filter(|status| (100..600).contains(status));
        let status = status.ok_or_else(|| shape(at, "a status is a number such as 200"))?;
        let response = self.resolved(at, raw)?;
        let source = source(at, &response)?.ok_or_else(|| shape(at, &beyond_openapi("x-source is missing")))?;
        Ok(Response {
            status,
            description: response
                .get("description")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            source,
            content: media_types(at, &response)?,
        })
    }

    fn resolved(&self, at: &str, value: &Value) -> Result<Value, ContractError> {
        Resolver::new(self.document)
            .resolve(value)
            .map_err(|what| shape(at, &what))
    }
}

/// `x-permission: anonymous`, `x-permission: authenticated`, or a name with its category.
fn access(at: &str, raw: &Value) -> Result<Access, ContractError> {
    let wanted = "anonymous, authenticated, or a name and a category";
    let permission = raw.get("x-permission");
    let permission =
        permission.ok_or_else(|| shape(at, &beyond_openapi(&format!("x-permission is missing; it is {wanted}"))))?;
    let member = |key: &str| permission.get(key).and_then(Value::as_str);
    match (permission.as_str(), member("name"), member("category")) {
        (Some("anonymous"), _, _) => Ok(Access::Anonymous),
        (Some("authenticated"), _, _) => Ok(Access::Authenticated),
        (None, Some(name), Some(category)) => Ok(Access::Permission {
            name: name.to_owned(),
            category: category.to_owned(),
        }),
        _ => Err(shape(
            at,
            &format!("x-permission is {permission}, and should be {wanted}"),
        )),
    }
}

fn source(at: &str, raw: &Value) -> Result<Option<Source>, ContractError> {
    raw.get("x-source")
        .map(|source| Source::deserialize(source).map_err(|error| shape(at, &format!("x-source: {error}"))))
        .transpose()
}

fn media_types(at: &str, resolved: &Value) -> Result<Vec<MediaType>, ContractError> {
    let content = resolved.get("content").and_then(Value::as_object);
    content
        .into_iter()
        .flatten()
        .map(|(name, media)| {
            Ok(MediaType {
                name: name.clone(),
                schema: media.get("schema").cloned().unwrap_or_else(anything),
                own_schema: media.get(OWN_SCHEMA).cloned(),
                example: media.get("example").cloned(),
                source: source(at, media)?.or(source(at, resolved)?),
            })
        })
        .collect()
}

/// The schema that everything holds to.
fn anything() -> Value {
    Value::Object(Map::new())
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

/// `/people/{personId}/tags/{tagId}` names `personId` and `tagId`.
fn names_in_braces(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}

/// Says of a member that plain OpenAPI does not have where it is described.
fn beyond_openapi(what: &str) -> String {
    if what.contains("x-") {
        format!(
            "{what} (a contract says more than OpenAPI asks for: x-source, where a fact is known from; x-permission, who may call; x-writes, whether something is stored; docs/contract.md has them all)"
        )
    } else {
        what.to_owned()
    }
}

fn shape(at: &str, what: &str) -> ContractError {
    ContractError::Shape {
        at: at.to_owned(),
        what: what.to_owned(),
    }
}
