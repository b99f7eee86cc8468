//! The eConnect Identities REST API as data.
//!
//! One OpenAPI 3 document, [`identities.yaml`](https://spec.openapis.org/oas/v3.0.3), holds every operation with its
//! schemas and examples; each states the permission it needs (`x-permission`) and, for every documented
//! response and rule, where that is known from (`x-source`). This crate reads the document and gives typed
//! access to it. Everything else in the house generates from it or serves it.

mod document;
mod error;
mod json_schema;
mod operation;
mod own;
pub mod plain_file;
mod reader;
mod resolve;
mod source;

pub use document::Contract;
pub use error::ContractError;
pub use json_schema::json_schema;
pub use operation::{Access, MediaType, Operation, Parameter, ParameterPlace, RequestBody, Response, Rule};
pub use own::{OWN_SCHEMA, Own};
pub use source::{Severity, Source};
