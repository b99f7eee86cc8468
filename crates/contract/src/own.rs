//! A deployment's own schema, as ASP.NET Core writes it to `swagger/v1/swagger.json`, taken as a contract: it knows nothing of
//! permissions and sources. Operations that it shares with ours keep what we know of them, and have its shapes beside ours;
//! the others are taken as it describes them, by convention.

use crate::error::ContractError;
use crate::resolve::Resolver;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Where the deployment's own shape of a body stands, beside ours.
pub const OWN_SCHEMA: &str = "x-own-schema";
/// Where the document says what it was made of.
const OWN: &str = "x-own";
const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// What a contract that was made of a deployment's own schema rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// Operations that both describe: judged by both.
    pub shared: usize,
    /// Operations that only the deployment describes: their checks are those that fit any operation.
    pub further: Vec<String>,
    /// Operations that only the documents describe: judged by those.
    pub missing: Vec<String>,
}

/// What a document that [`merged`] made rests on.
pub(crate) fn of(document: &Value) -> Option<Own> {
    let own = document.get(OWN)?;
    let names = |member: &str| {
        let names = own.get(member).and_then(Value::as_array).into_iter().flatten();
        names.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    Some(Own {
        shared: usize::try_from(own.get("shared")?.as_u64()?).ok()?,
        further: names("further"),
        missing: names("missing"),
    })
}

/// Whether a document is a deployment's own: an `OpenAPI` document in which nothing says where it is known from.
pub(crate) fn is_own(document: &Value) -> bool {
    let is_openapi = document.get("openapi").is_some();
    let mut operations = operations(document);
    is_openapi && operations.all(|(.., operation)| operation.get("x-source").is_none())
}

/// Our contract with a deployment's own schema beside it.
///
/// # Errors
/// It describes no operation.
pub(crate) fn merged(ours: &Value, theirs: &Value) -> Result<Value, ContractError> {
    let mut document = ours.clone();
    let mut further = Vec::new();
    let mut shared = BTreeSet::new();
    let mut ids: BTreeSet<String> = operations(ours).filter_map(|(.., one)| id(one)).collect();
    for (path, method, item, operation) in all(theirs) {
        let path = below_prefix(path);
        let route = route(method, path);
        let known = operations(ours).find(|(known, of, _)| self::route(of, known) == route);
        if let Some((known, of, _)) = known {
            shared.insert(route);
            beside(&mut document["paths"][known][of], theirs, operation);
        } else {
            let taken = taken(theirs, path, method, item, operation, &mut ids);
            further.push(format!("{} {path}", method.to_uppercase()));
            document["paths"][path][method] = taken;
        }
    }
    if shared.is_empty() && further.is_empty() {
        return Err(ContractError::Shape {
            at: "paths".to_owned(),
            what: "there is no operation".to_owned(),
        });
    }
    let missing: Vec<String> = operations(ours)
        .filter(|(path, method, _)| !shared.contains(&route(method, path)))
        .map(|(path, method, _)| format!("{} {path}", method.to_uppercase()))
        .collect();
    document[OWN] = json!({"shared": shared.len(), "further": further, "missing": missing});
    Ok(document)
}

fn all(document: &Value) -> impl Iterator<Item = (&str, &str, &Value, &Value)> {
    let paths = document.get("paths").and_then(Value::as_object);
    paths.into_iter().flatten().flat_map(|(path, item)| {
        let members = item.as_object().into_iter().flatten();
        members
            .filter(|(method, _)| METHODS.contains(&method.as_str()))
            .map(move |(method, operation)| (path.as_str(), method.as_str(), item, operation))
    })
}

fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    all(document).map(|(path, method, _, operation)| (path, method, operation))
}

fn id(operation: &Value) -> Option<String> {
    operation.get("operationId")?.as_str().map(str::to_owned)
}

/// Some generators write the prefix of a proxy into every path.
fn below_prefix(path: &str) -> &str {
    let lower = path.to_ascii_lowercase();
    let begins = ["/api/", "/auth/"].iter().filter_map(|root| lower.find(root)).min();
    begins.map_or(path, |at| &path[at..])
}

/// A method and a path without the names of its parameters, in small letters.
fn route(method: &str, path: &str) -> (String, String) {
    let plain = path.trim_end_matches('/').split('/').map(|part| {
        if part.starts_with('{') {
            "{}".to_owned()
        } else {
            part.to_ascii_lowercase()
        }
    });
    (method.to_owned(), plain.collect::<Vec<_>>().join("/"))
}

/// The schema of a success's JSON, references followed as far as they end.
fn success_schema(document: &Value, operation: &Value) -> Option<Value> {
    let (_, response) = success(operation)?;
    let response = Resolver::lenient(document).resolve(response).ok()?;
    let content = response.get("content")?.as_object()?;
    let (_, media) = content.iter().find(|(name, _)| name.contains("json"))?;
    media.get("schema").cloned()
}

fn success(operation: &Value) -> Option<(&String, &Value)> {
    let responses = operation.get("responses")?.as_object()?;
    responses
        .iter()
        .find(|(status, _)| status.starts_with('2') && status.len() == 3)
}

/// Puts the deployment's shape of a success beside ours.
fn beside(ours: &mut Value, document: &Value, theirs: &Value) {
    let Some(schema) = success_schema(document, theirs) else {
        return;
    };
    let responses = ours.get_mut("responses").and_then(Value::as_object_mut);
    let successes = responses
        .into_iter()
        .flatten()
        .filter(|(status, _)| status.starts_with('2'));
    for (_, response) in successes {
        let content = response.get_mut("content").and_then(Value::as_object_mut);
        for (_, media) in content.into_iter().flatten().filter(|(name, _)| name.contains("json")) {
            media[OWN_SCHEMA] = schema.clone();
        }
    }
}

/// An operation that only the deployment describes, in the terms of a contract.
fn taken(
    document: &Value,
    path: &str,
    method: &str,
    item: &Value,
    operation: &Value,
    ids: &mut BTreeSet<String>,
) -> Value {
    let resolved = |value: &Value| Resolver::lenient(document).resolve(value).unwrap_or_default();
    let open = operation
        .get("security")
        .and_then(Value::as_array)
        .is_some_and(Vec::is_empty);
    let mut taken = json!({
        "operationId": own_id(path, method, operation, ids),
        "summary": operation.get("summary").and_then(Value::as_str).unwrap_or_default(),
        "x-source": "convention",
        "x-permission": if open { "anonymous" } else { "authenticated" },
        "x-writes": method != "get",
        "parameters": parameters(path, &[item, operation].map(|of| resolved(&of["parameters"]))),
        "responses": responses(document, operation),
    });
    if let Some(body) = operation
        .get("requestBody")
        .map(resolved)
        .filter(|body| body.get("content").is_some())
    {
        taken["requestBody"] = body;
    }
    taken
}

/// A name that nothing else has: the document's, or one made of the route.
fn own_id(path: &str, method: &str, operation: &Value, ids: &mut BTreeSet<String>) -> String {
    let words = |text: &str| {
        let word = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let text: String = text.chars().map(word).collect();
        let parts: Vec<&str> = text.split('-').filter(|part| !part.is_empty()).collect();
        parts.join("-")
    };
    let named = id(operation).map(|name| words(&name)).filter(|name| !name.is_empty());
    let mut name = named.unwrap_or_else(|| words(&format!("{method}{path}")));
    while !ids.insert(name.clone()) {
        name.push_str("-own");
    }
    name
}

fn parameters(path: &str, described: &[Value]) -> Vec<Value> {
    let given = described.iter().filter_map(Value::as_array).flatten();
    let fits = |parameter: &&Value| {
        let name = parameter["name"].as_str().unwrap_or_default();
        parameter["in"] == "query" || (parameter["in"] == "path" && path.contains(&format!("{{{name}}}")))
    };
    let mut parameters: Vec<Value> = given.filter(fits).cloned().collect();
    for name in path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
        if !parameters
            .iter()
            .any(|known| known["in"] == "path" && known["name"] == name)
        {
            parameters.push(json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}));
        }
    }
    parameters
}

/// One success, and the refusals that have a number.
fn responses(document: &Value, operation: &Value) -> Value {
    let mut responses = Map::new();
    let resolved = |value: &Value| {
        let mut response = Resolver::lenient(document).resolve(value).unwrap_or_default();
        if !response.is_object() {
            response = json!({});
        }
        response["x-source"] = "convention".into();
        response
    };
    let described = operation.get("responses").and_then(Value::as_object);
    for (status, response) in described.into_iter().flatten() {
        if status.parse::<u16>().is_ok_and(|status| (300..600).contains(&status)) {
            responses.insert(status.clone(), resolved(response));
        }
    }
    let (status, response) = success(operation).map_or_else(
        || ("200".to_owned(), resolved(&json!({"description": "Success."}))),
        |(status, response)| (status.clone(), resolved(response)),
    );
    responses.insert(status, response);
    Value::Object(responses)
}

#[cfg(test)]
mod tests {
    use crate::{Access, Contract};
    use serde_json::{Value, json};

    /// As Swashbuckle writes it: no sources, a schema that holds itself, statuses that are no numbers.
    fn swagger() -> Value {
        json!({"openapi": "3.0.1", "info": {"title": "Identities", "version": "v1"},
            "paths": {
                "/identities/api/v1/tags/{id}": {"get": {
                    "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
                    "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Tag"}}}}}}},
                "/identities/api/v1/cameras/{id}/zones": {"post": {
                    "parameters": [{"name": "x-trace", "in": "header", "schema": {"type": "string"}}],
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Zone"}}}},
                    "responses": {"201": {"description": "Created"}, "default": {"description": "?"}, "4XX": {"description": "?"}}}},
                "/identities/api/v1/health": {"get": {"operationId": "health check", "security": [], "responses": {}}}},
            "components": {"schemas": {
                "Tag": {"type": "object", "required": ["colour"], "properties": {"colour": {"type": "string"}}},
                "Zone": {"type": "object", "properties": {"within": {"$ref": "#/components/schemas/Zone"}, "lost": {"$ref": "#/nowhere"}}}}}})
    }

    #[test]
    fn what_both_describe_is_known_by_both_and_the_rest_by_one() {
        let contract = Contract::parse(&swagger().to_string()).unwrap();
        let own = contract.own().unwrap();
        assert_eq!(own.shared, 1);
        assert_eq!(own.further, ["POST /api/v1/cameras/{id}/zones", "GET /api/v1/health"]);
        assert_eq!(own.missing.len(), 37);
        let tag = contract.operation("getTag").unwrap();
        assert!(matches!(tag.access, Access::Permission { .. }));
        let media = &tag.success().content[0];
        assert_eq!(media.own_schema.as_ref().unwrap()["required"], json!(["colour"]));
        let zones = contract.operation("post-api-v1-cameras-id-zones").unwrap();
        assert_eq!((zones.success().status, zones.writes), (201, true));
        assert_eq!(zones.access, Access::Authenticated);
        assert_eq!(
            zones.parameters.len(),
            1,
            "a parameter that is not described, and no header"
        );
        assert_eq!(contract.operation("health-check").unwrap().access, Access::Anonymous);
    }

    #[test]
    fn our_own_document_is_no_deployments() {
        assert!(Contract::bundled().own().is_none());
        let again = Contract::parse(&Contract::bundled().to_json()).unwrap();
        assert_eq!(again.operations().len(), 38);
        assert!(again.own().is_none());
    }

    #[test]
    fn a_schema_without_operations_is_refused() {
        assert!(Contract::parse(r#"{"openapi": "3.0.1", "paths": {}}"#).is_err());
    }
}
