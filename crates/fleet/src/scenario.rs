//! A scenario with what it reads, as the shards find it.

use crate::files::{FOLDER, Files};
use proofload_load::{ImageSource, SHIPPED, Workload};
use proofload_results::plain_file;
use std::io;
use std::path::{Component, Path, PathBuf};

/// A scenario's file or a picture is no larger, in bytes: more than that fits nowhere.
const MOST_BYTES: u64 = 2 << 20;

/// Why a scenario cannot be handed to shards.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// A file cannot be read.
    #[error("cannot read {} for the shards: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is seen from the scenario's file through folders that the shards do not have.
    #[error(
        "{} lies outside of the scenario's folder, and the shards have that folder only: put it beside the scenario's file", .0.display()
    )]
    Outside(PathBuf),
    /// A name that a path within a volume cannot have.
    #[error("{} has a name that is not UTF-8 text, which shards cannot be given", .0.display())]
    Name(PathBuf),
}

/// Puts a scenario and what it reads among the files of shards, and says what they are to be given as their scenario. `workload` is the
/// same scenario as it was read here. `images` is the folder of pictures that was asked for in place of the scenario's own; what the
/// shards are to be given for it comes second.
///
/// A folder of pictures that is not on this machine is one that the shards have: in their image, or on a volume.
///
/// # Errors
/// A file cannot be read, or the shards could not find it where the scenario says.
pub fn put_scenario(
    name_or_path: &str,
    workload: &Workload,
    images: Option<&Path>,
    files: &mut Files,
) -> Result<(String, Option<String>), ScenarioError> {
    let shipped = SHIPPED.iter().any(|shipped| shipped.name == name_or_path);
    let path = Path::new(name_or_path);
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = if shipped {
        name_or_path.to_owned()
    } else {
        let name = path.file_name().map_or(path, Path::new);
        let name = name.to_str().ok_or_else(|| ScenarioError::Name(path.to_owned()))?;
        files.shown.insert(name.to_owned(), read(path)?);
        format!("{FOLDER}/{name}")
    };
    if let Some(data) = &workload.data {
        files.shown.insert(within(folder, data)?, read(data)?);
    }
    if let Some(images) = images {
        if images.is_absolute() && !images.exists() {
            return Ok((name, Some(images.to_string_lossy().into_owned())));
        }
        put_pictures(images, "pictures", files)?;
        return Ok((name, Some(format!("{FOLDER}/pictures"))));
    }
    match &workload.images {
        ImageSource::Directory(directory) if directory.is_absolute() && !directory.exists() => {}
        ImageSource::Directory(directory) => put_pictures(directory, &within(folder, directory)?, files)?,
        ImageSource::BuiltIn(_) => {}
    }
    Ok((name, None))
}

/// Every JPEG of a folder, as `load` takes them.
fn put_pictures(directory: &Path, below: &str, files: &mut Files) -> Result<(), ScenarioError> {
    let wrong = |source| ScenarioError::Read {
        path: directory.to_owned(),
        source,
    };
    for entry in std::fs::read_dir(directory).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        if !matches!(ending.as_deref(), Some("jpg" | "jpeg")) {
            continue;
        }
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| ScenarioError::Name(path.clone()))?;
        files.shown.insert(format!("{below}/{name}"), read(&path)?);
    }
    Ok(())
}

/// A path as seen from the scenario's folder, with no way out of it.
fn within(folder: &Path, path: &Path) -> Result<String, ScenarioError> {
    let outside = || ScenarioError::Outside(path.to_owned());
    let inner = path.strip_prefix(folder).map_err(|_| outside())?;
    let parts = inner.components().map(|part| match part {
        Component::Normal(part) => part.to_str().ok_or_else(|| ScenarioError::Name(path.to_owned())),
        _ => Err(outside()),
    });
    Ok(parts.collect::<Result<Vec<_>, _>>()?.join("/"))
}

fn read(path: &Path) -> Result<Vec<u8>, ScenarioError> {
    plain_file::read(path, MOST_BYTES).map_err(|source| ScenarioError::Read {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const JPEG: &[u8] = &[0xFF, 0xD8, 0xFF, 0xE0];

    fn scenario(folder: &Path, more: &str) -> String {
        let path = folder.join("mine.toml");
        let text = format!(
            "description = \"d\"\nduration = \"1s\"\n[arrivals]\nprocess = \"constant\"\nrate = \"1/s\"\n{more}\n[[journeys]]\nname = \"j\"\n\
             steps = [{{ operation = \"publish\" }}]\n"
        );
        fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    }

    #[test]
    fn shards_get_what_a_scenario_reads() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("faces")).unwrap();
        fs::write(folder.path().join("faces/a.JPG"), JPEG).unwrap();
        fs::write(folder.path().join("faces/notes.txt"), "not shipped").unwrap();
        fs::write(folder.path().join("people.csv"), "id\n1\n").unwrap();
        let path = scenario(
            folder.path(),
            "[images]\ndirectory = \"faces\"\n[data]\nfile = \"people.csv\"",
        );
        let workload = Workload::find(&path).unwrap();
        let mut files = Files::default();
        let told = put_scenario(&path, &workload, None, &mut files).unwrap();
        assert_eq!(told, ("/config/mine.toml".to_owned(), None));
        let paths: Vec<&String> = files.shown.keys().collect();
        assert_eq!(paths, ["faces/a.JPG", "mine.toml", "people.csv"]);
    }

    #[test]
    fn pictures_of_ones_own_are_shipped_or_are_there_already() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.jpeg"), JPEG).unwrap();
        let workload = Workload::find("camera-feed").unwrap();
        let mut files = Files::default();
        let (name, images) = put_scenario("camera-feed", &workload, Some(folder.path()), &mut files).unwrap();
        assert_eq!(
            (name.as_str(), images.as_deref()),
            ("camera-feed", Some("/config/pictures"))
        );
        assert!(files.shown.contains_key("pictures/a.jpeg"));
        let elsewhere = folder.path().join("on-a-volume");
        let mut files = Files::default();
        let (_, images) = put_scenario("camera-feed", &workload, Some(&elsewhere), &mut files).unwrap();
        assert_eq!(images.as_deref(), elsewhere.to_str());
        assert!(files.shown.is_empty());
    }

    #[test]
    fn what_lies_outside_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).unwrap();
        fs::write(folder.path().join("people.csv"), "id\n1\n").unwrap();
        let path = scenario(&inner, "[data]\nfile = \"../people.csv\"");
        let workload = Workload::find(&path).unwrap();
        let error = put_scenario(&path, &workload, None, &mut Files::default()).unwrap_err();
        assert!(
            error.to_string().contains("outside of the scenario's folder"),
            "{error}"
        );
    }
}
