//! The JSON Schemas of the files that people write: editors check and complete by them.

/// A JSON Schema for editors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileSchema {
    /// What it is the schema of, as people call it.
    pub name: &'static str,
    /// The file to keep it in.
    pub file: &'static str,
    /// The schema.
    pub text: &'static str,
}

/// `proofload.toml`.
pub const CONFIGURATION: FileSchema = FileSchema {
    name: "config",
    file: "proofload.schema.json",
    text: include_str!("../../../docs/schemas/config.json"),
};

/// All of them.
pub const ALL: [FileSchema; 3] = [
    CONFIGURATION,
    FileSchema {
        name: "scenario",
        file: "scenario.schema.json",
        text: include_str!("../../../docs/schemas/scenario.json"),
    },
    FileSchema {
        name: "accepted",
        file: "accepted.schema.json",
        text: include_str!("../../../docs/schemas/accepted.json"),
    },
];
