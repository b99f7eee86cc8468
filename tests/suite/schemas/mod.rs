//! The published JSON schemas, held against real output.

mod judgements;
mod load;
mod published;
mod records;
mod validate;

use crate::program::program;
use jsonschema::Validator;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// The document, which holds, holds no longer with any one of these values put where its JSON pointer says.
fn assert_refuses(schema: &Validator, document: &Value, wrongs: &[(&str, Value)]) {
    for (pointer, value) in wrongs {
        let mut wrong = document.clone();
        let (parent, member) = pointer.rsplit_once('/').expect("a pointer");
        wrong.pointer_mut(parent).expect(pointer)[member] = value.clone();
        assert!(!schema.is_valid(&wrong), "{pointer}");
    }
}

fn proofload(folder: &Path, args: &[&str]) -> String {
    let mut command = program();
    let output = command
        .args(args)
        .current_dir(folder)
        .output()
        .expect("the program runs");
    assert_ne!(output.status.code(), Some(2), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}

fn file(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("a file")).expect("JSON")
}

fn with(document: &Value, member: &str) -> Value {
    let mut document = document.clone();
    document[member] = json!(1);
    document
}
