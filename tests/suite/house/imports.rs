//! Which file of a crate imports which, read from `use` lines and paths, through re-exports to where a name is defined.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Re-exports followed in a row at most; more would be a re-export of itself.
const MOST_HOPS: usize = 8;

type ModulePath = Vec<String>;

/// The files of one crate, tests left out, and what they import of each other.
pub(super) struct Files {
    modules: BTreeMap<ModulePath, Module>,
}

struct Module {
    file: PathBuf,
    /// Paths that it imports or writes out, each from the crate's root.
    imports: Vec<ModulePath>,
    /// Names that it hands on, each with the path it has them from.
    handed_on: BTreeMap<String, ModulePath>,
}

impl Files {
    /// Reads the sources below a `src` folder.
    pub(super) fn of(src: &Path) -> Self {
        let mut modules = BTreeMap::new();
        for file in super::sources(src) {
            let path = module_path(file.strip_prefix(src).expect("below src"));
            let is_test = path
                .iter()
                .any(|part| part == "tests" || part == "examples" || part == "testing");
            if is_test || file.ends_with("main.rs") {
                continue;
            }
            let text = fs::read_to_string(&file).expect("a source");
            modules.insert(path.clone(), Module::read(&path, file, &text));
        }
        Self { modules }
    }

    /// How many imports of one file from another there are.
    pub(super) fn arrows(&self) -> usize {
        self.graph().values().map(BTreeSet::len).sum()
    }

    /// Files that import each other, directly or through others: every circle with all its files.
    pub(super) fn circles(&self) -> Vec<Vec<PathBuf>> {
        let graph = self.graph();
        let reachable: BTreeMap<&Path, BTreeSet<&Path>> =
            graph.keys().map(|file| (*file, reached(&graph, file))).collect();
        let mut circles: BTreeSet<Vec<PathBuf>> = BTreeSet::new();
        for (file, others) in &reachable {
            let circle: Vec<PathBuf> = others
                .iter()
                .filter(|other| reachable.get(*other).is_some_and(|back| back.contains(file)))
                .map(|other| other.to_path_buf())
                .collect();
            if circle.len() > 1 {
                circles.insert(circle);
            }
        }
        circles.into_iter().collect()
    }

    fn graph(&self) -> BTreeMap<&Path, BTreeSet<&Path>> {
        let arrows = |module: &'_ Module| {
            let files = module
                .imports
                .iter()
                .filter_map(|path| self.defined_in(path, MOST_HOPS));
            files.filter(|file| *file != module.file).collect()
        };
        self.modules
            .values()
            .map(|module| (module.file.as_path(), arrows(module)))
            .collect()
    }

    /// The file that defines what a path from the crate's root names.
    fn defined_in(&self, path: &[String], hops: usize) -> Option<&Path> {
        let known = (0..=path.len())
            .rev()
            .find(|length| self.modules.contains_key(&path[..*length]))?;
        let module = &self.modules[&path[..known]];
        let source = path.get(known).and_then(|name| module.handed_on.get(name));
        match source {
            Some(source) if hops > 0 => self.defined_in(source, hops - 1),
            _ => Some(&module.file),
        }
    }
}

fn reached<'a>(graph: &BTreeMap<&'a Path, BTreeSet<&'a Path>>, from: &'a Path) -> BTreeSet<&'a Path> {
    let mut seen = BTreeSet::new();
    let mut next: Vec<&Path> = graph.get(from).into_iter().flatten().copied().collect();
    while let Some(file) = next.pop() {
        if seen.insert(file) {
            next.extend(graph.get(file).into_iter().flatten());
        }
    }
    seen
}

impl Module {
    fn read(path: &[String], file: PathBuf, text: &str) -> Self {
        // Tests stand last in a file, and may import whatever they test.
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let code: String = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n");
        let (mut imports, mut handed_on) = (Vec::new(), BTreeMap::new());
        for statement in code.split(';') {
            let Some((visibility, tree)) = statement.rsplit_once("use ") else {
                continue;
            };
            let visibility = visibility.rsplit('\n').next().unwrap_or_default().trim();
            if !(visibility.is_empty() || visibility.starts_with("pub")) {
                continue;
            }
            for (name, target) in expanded(tree) {
                let Some(target) = absolute(path, &target) else {
                    continue;
                };
                if visibility.starts_with("pub") {
                    handed_on.insert(name, target);
                } else {
                    imports.push(target);
                }
            }
        }
        imports.extend(written_out(&code).filter_map(|target| absolute(path, &target)));
        Self {
            file,
            imports,
            handed_on,
        }
    }
}

fn module_path(file: &Path) -> ModulePath {
    let mut parts: ModulePath = file
        .with_extension("")
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if parts
        .last()
        .is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main"))
    {
        parts.pop();
    }
    parts
}

/// The names of a use tree, each with its whole path: `a::{b, c as d}` is `b` from `a::b` and `d` from `a::c`.
fn expanded(tree: &str) -> Vec<(String, ModulePath)> {
    let tree = tree.trim();
    if let Some((head, rest)) = tree.split_once('{') {
        let head: ModulePath = segments(head);
        let inner = rest.rsplit_once('}').map_or(rest, |(inner, _)| inner);
        let each = branches(inner).into_iter().flat_map(|branch| expanded(&branch));
        return each.map(|(name, path)| (name, [head.clone(), path].concat())).collect();
    }
    let (path, alias) = tree
        .split_once(" as ")
        .map_or((tree, None), |(path, alias)| (path, Some(alias)));
    let mut path = segments(path);
    if path.last().is_some_and(|last| last == "self" && path.len() > 1) {
        path.pop();
    }
    let name = alias.map(str::trim).map(str::to_owned);
    let name = name.or_else(|| path.last().cloned()).unwrap_or_default();
    vec![(name, path)]
}

/// The parts of `a, b::{c, d}` between the commas that stand outside of braces.
fn branches(text: &str) -> Vec<String> {
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

fn segments(path: &str) -> ModulePath {
    path.split("::")
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}

/// A path as seen from the crate's root; none for what belongs to another crate.
fn absolute(module: &[String], path: &[String]) -> Option<ModulePath> {
    let up = path.iter().take_while(|part| *part == "super").count();
    match path.first().map(String::as_str)? {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([module, &path[1..]].concat()),
        "super" => Some([module.get(..module.len().checked_sub(up)?)?, &path[up..]].concat()),
        // A child, named without `self::`; what is none resolves to the module's own file.
        _ => Some([module, path].concat()),
    }
}

/// Paths in the code itself: `super::words::percent(…)`, `crate::desk::with(…)`.
fn written_out(code: &str) -> impl Iterator<Item = ModulePath> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = code.split(move |c: char| !is_part(c));
    words
        .filter(|word| word.starts_with("crate::") || word.starts_with("super::"))
        // Before a brace or a glob stands no name; `use` lines are read as such.
        .filter(|word| !word.ends_with("::"))
        .map(segments)
}

#[test]
fn names_are_followed_to_where_they_are_defined() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("has one")).expect("made");
        fs::write(path, text).expect("written");
    };
    write("lib.rs", "mod a;\nmod b;\npub use a::{Front as Face, deep::Depth};\n");
    write("a/mod.rs", "pub mod deep;\nmod front;\npub use front::Front;\n");
    write("a/deep.rs", "use crate::b::back;\npub struct Depth;\n");
    write(
        "a/front.rs",
        "pub struct Front;\n#[cfg(test)]\nmod tests {\n    use crate::b;\n}\n",
    );
    write("b.rs", "use super::{Depth, Face};\npub fn back() {}\n");
    let files = Files::of(folder.path());
    assert_eq!(files.arrows(), 3, "from b to both, and from deep to b");
    let circles = files.circles();
    assert_eq!(circles.len(), 1, "{circles:?}");
    let names: Vec<_> = circles[0]
        .iter()
        .map(|file| file.strip_prefix(folder.path()).expect("in it"))
        .collect();
    assert_eq!(names, [Path::new("a/deep.rs"), Path::new("b.rs")]);
}
