//! That there is a schema for everything, and that each refuses what it does not list.

use super::{file, proofload, with};
use proofload_test_support::{assert_holds, schema, schema_folder};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn the_list_of_defects_holds_to_its_schema() {
    let list = proofload(Path::new("."), &["mock", "--list-defects", "json"]);
    let list: Value = serde_json::from_str(&list).expect("JSON");
    let schema = schema("defects");
    assert_holds(&schema, &list);
    assert!(list["defects"].as_array().is_some_and(|defects| defects.len() > 10));
    assert!(!schema.is_valid(&with(&list, "unknown")));
}

/// Whatever format the sources name has a schema, and every schema is one that refuses what it does not list.
#[test]
fn every_format_has_a_schema() {
    let mut named = BTreeSet::new();
    for folder in ["src", "crates", "reports/src", "mock-server/src"] {
        formats_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut named);
    }
    assert!(named.contains("run") && named.contains("defects"), "{named:?}");
    let mut published = BTreeSet::new();
    for entry in fs::read_dir(schema_folder()).expect("the schemas") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .expect("a name")
            .to_owned();
        let document = file(&path);
        assert_eq!(document["$id"], format!("urn:proofload:schema:proofload.{name}/1"));
        closed(&document, &name);
        schema(&name);
        published.insert(name);
    }
    // A line of counters.jsonl, target.jsonl or a stream does not name its format: run.json beside or in it does.
    named.extend(["counters", "target", "stream"].map(str::to_owned));
    // Files that people write name their schema by where it lies.
    named.extend(["config", "scenario", "accepted"].map(str::to_owned));
    assert_eq!(named, published);
}

/// Takes the `x` of every `proofload.x/1` in the sources below a folder.
fn formats_in(folder: &Path, named: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            formats_in(&path, named);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let text = fs::read_to_string(&path).expect("a source");
            for rest in text.split("\"proofload.").skip(1) {
                if let Some((name, _)) = rest.split_once("/1\"")
                    && name.chars().all(|c| c.is_ascii_lowercase())
                {
                    named.insert(name.to_owned());
                }
            }
        }
    }
}

/// No object of a schema that lists its members takes others.
fn closed(schema: &Value, place: &str) {
    match schema {
        Value::Object(members) => {
            if members.contains_key("properties")
                && members
                    .get("type")
                    .is_some_and(|kind| kind.to_string().contains("object"))
            {
                assert!(members.contains_key("additionalProperties"), "{place} is open");
            }
            for (name, member) in members {
                closed(member, &format!("{place}/{name}"));
            }
        }
        Value::Array(all) => all.iter().for_each(|one| closed(one, place)),
        _ => {}
    }
}
