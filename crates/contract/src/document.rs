//! The OpenAPI document and the operations read from it.

use crate::error::ContractError;
use crate::operation::{Access, Operation, Rule};
use crate::own::{self, Own};
use crate::plain_file;
use crate::reader::Reader;
use serde_json::Value;
use std::path::Path;
use std::sync::{Arc, LazyLock};

/// The document this version of the program was built with.
const BUNDLED: &str = include_str!("../identities.yaml");

/// No contract that a person writes is longer.
const MOST_BYTES: u64 = 16 << 20;

/// The contract: the document and its operations. Cloning it copies pointers only.
#[derive(Debug, Clone)]
pub struct Contract {
    text: Arc<str>,
    document: Arc<Value>,
    operations: Arc<[Operation]>,
    rules: Arc<[Rule]>,
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
        let text = plain_file::read_text(path, MOST_BYTES).map_err(|source| ContractError::Read {
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
        let document = if own::is_own(&document) {
            own::merged(&serde_yaml_ng::from_str(BUNDLED)?, &document)?
        } else {
            document
        };
        let reader = Reader::new(&document);
        let operations = reader.operations()?.into();
        let rules = reader.rules()?.into();
        Ok(Self {
            text: text.into(),
            document: Arc::new(document),
            operations,
            rules,
        })
    }

    /// The document as YAML: as it stands in its file, comments included, unless that is JSON.
    pub fn to_yaml(&self) -> String {
        if self.text.trim_start().starts_with('{') {
            serde_yaml_ng::to_string(&*self.document).expect("what was read from YAML or JSON can be written as YAML")
        } else {
            self.text.to_string()
        }
    }

    /// The document as JSON, indented, members in the file's order.
    pub fn to_json(&self) -> String {
        format!("{:#}\n", self.document)
    }

    /// What it rests on, where it was made of a deployment's own schema.
    pub fn own(&self) -> Option<Own> {
        own::of(&self.document)
    }

    /// The whole document, members in the file's order, references not followed.
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

    /// The documented rules of every protected operation (`x-rules` at the top of the document).
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Every permission an operation asks for, each once, in the document's order.
    pub fn permissions(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for operation in self.operations.iter() {
            if let Access::Permission { name, .. } = &operation.access
                && !names.contains(&name.as_str())
            {
                names.push(name);
            }
        }
        names
    }
}
