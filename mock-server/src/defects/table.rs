//! The registry for people and programs to read.

use super::Defect;
use serde_json::{Value, json};
use std::fmt::Write as _;

impl Defect {
    /// Every defect as a page of Markdown, as `docs/defects.md` holds it.
    pub fn markdown() -> String {
        let mut page = format!(
            "# Defects of the mock\n\n\
             `proofload mock --defect NAME` starts a server with one of these {} single faults (repeat the option for\n\
             several). Each is one that real servers have had; they are what `proofload validate` is tested against, and\n\
             those of the group Crowd, which show only while many calls are under way at once, the guards of `proofload load`. A\n\
             MUST breaks what the vendor documents, a SHOULD what is customary. \"Shows in\" names the operations whose\n\
             cases have to catch it.\n\n\
             This page is generated: `proofload mock --list-defects markdown > docs/defects.md`.\n",
            Self::ALL.len()
        );
        let mut group = None;
        for defect in Self::ALL {
            if group != Some(defect.group()) {
                group = Some(defect.group());
                let title = defect.group().to_string();
                let (first, rest) = title.split_at(1);
                let _ = write!(
                    page,
                    "\n## {}{rest}\n\n| name | severity | what is wrong | shows in |\n",
                    first.to_uppercase()
                );
                page.push_str("|---|---|---|---|\n");
            }
            let (name, severity, what) = (defect.name(), defect.severity(), defect.description());
            let _ = writeln!(page, "| `{name}` | {severity} | {what} | {} |", defect.shows_in());
        }
        page
    }

    /// Every defect in a line of its own, for a terminal.
    pub fn table() -> String {
        let names = Self::ALL.iter().map(|defect| defect.name().len());
        let widest = names.max().unwrap_or_default();
        let mut table = String::new();
        for defect in Self::ALL {
            let (severity, what) = (defect.severity(), defect.description());
            let _ = writeln!(table, "{defect:widest$}  {severity:6}  {what}");
        }
        table
    }

    /// Every defect as JSON: `proofload.defects/1`.
    pub fn json() -> String {
        let rows: Vec<Value> = Self::ALL.iter().map(|defect| defect.row()).collect();
        let list = json!({ "schema": "proofload.defects/1", "defects": rows });
        format!("{list:#}\n")
    }

    fn row(self) -> Value {
        json!({
            "name": self.name(),
            "severity": self.severity(),
            "group": self.group().to_string(),
            "description": self.description(),
            "operations": self.operations(),
        })
    }

    /// The operations in words, when they are too many to list.
    pub fn shows_in(self) -> String {
        match self.entry().affects {
            super::Affects::All => "every operation".to_owned(),
            super::Affects::Protected => "every operation with a token".to_owned(),
            super::Affects::Permitted => "every operation with a permission".to_owned(),
            super::Affects::Only(_) => self.operations().join(", "),
        }
    }
}
