//! The published JSON schemas, read from `docs/schemas`; one may refer to another by its URN.

use jsonschema::{Retrieve, Uri, Validator};
use serde_json::Value;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// How many complaints a failing test shows.
const SHOWN: usize = 5;

/// Where the schemas are.
pub fn schema_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas")
}

fn document(name: &str) -> Result<Value, Box<dyn Error + Send + Sync>> {
    let path = schema_folder().join(format!("{name}.json"));
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

/// Finds `urn:proofload:schema:proofload.load/1` in `load.json`.
struct Folder;

impl Retrieve for Folder {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn Error + Send + Sync>> {
        let name = uri.as_str().strip_prefix("urn:proofload:schema:proofload.");
        let name = name.and_then(|name| name.split('/').next());
        document(name.ok_or_else(|| format!("{uri} is not a schema of ours"))?)
    }
}

/// A published schema; a test that cannot read it fails.
pub fn schema(name: &str) -> Validator {
    let document = document(name).expect("a published schema");
    jsonschema::draft202012::meta::validate(&document).expect("a schema");
    let options = jsonschema::options()
        .should_validate_formats(true)
        .with_retriever(Folder);
    options.build(&document).expect("a schema that can be compiled")
}

/// Fails the test when a document does not hold to a schema.
#[track_caller]
pub fn assert_holds(schema: &Validator, document: &Value) {
    let errors = schema.iter_errors(document).take(SHOWN);
    let errors: Vec<String> = errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(errors, Vec::<String>::new());
}
