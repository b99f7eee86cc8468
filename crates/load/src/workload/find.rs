//! Finding a workload: a shipped scenario by its name, or a file.

use super::error::WorkloadError;
use super::file;
use super::images::ImageSource;
use super::model::Workload;
use super::overrides::Override;
use super::shipped::SHIPPED;
use proofload_deployment::toml_file;
use std::path::Path;

impl Workload {
    /// The shipped scenario of a name, or the file at a path.
    ///
    /// # Errors
    /// There is no such scenario or file, or it is wrong; the error names file, line and key.
    pub fn find(name_or_path: &str) -> Result<Self, WorkloadError> {
        Self::find_changed(name_or_path, &[])
    }

    /// The same with fields changed, in the order given.
    ///
    /// # Errors
    /// As for [`Workload::find`]; or a change names no place of the scenario, or leaves it wrong.
    pub fn find_changed(name_or_path: &str, set: &[Override]) -> Result<Self, WorkloadError> {
        if let Some(shipped) = SHIPPED.iter().find(|shipped| shipped.name == name_or_path) {
            let file = format!("{}.toml (shipped)", shipped.name);
            return Self::read(shipped.name, &file, shipped.text, set);
        }
        let path = Path::new(name_or_path);
        let looks_like_a_path = path.extension().is_some() || path.components().count() > 1;
        if !path.is_file() && !looks_like_a_path {
            return Err(WorkloadError::unknown_scenario(
                name_or_path,
                SHIPPED.iter().map(|shipped| shipped.name),
            ));
        }
        let text = toml_file::read_text(path)?;
        let name = path
            .file_stem()
            .map_or(name_or_path.into(), |stem| stem.to_string_lossy());
        let mut workload = Self::read(&name, &path.display().to_string(), &text, set)?;
        // A directory of images stands where the file says, seen from the file.
        if let ImageSource::Directory(images) = &mut workload.images
            && images.is_relative()
            && !set.iter().any(|one| one.changes("images"))
            && let Some(parent) = path.parent()
        {
            *images = parent.join(&*images);
        }
        if let Some(data) = &mut workload.data
            && !set.iter().any(|one| one.changes("data"))
            && let Some(parent) = path.parent()
        {
            *data = parent.join(&*data);
        }
        Ok(workload)
    }

    /// The text is read as it stands first, so that what is wrong with the file is told with its line.
    fn read(name: &str, file: &str, text: &str, set: &[Override]) -> Result<Self, WorkloadError> {
        let as_it_stands = file::parse(name, file, text)?;
        if set.is_empty() {
            return Ok(as_it_stands);
        }
        let changes: Vec<String> = set.iter().map(ToString::to_string).collect();
        file::parse_changed(&format!("{name} with {}", changes.join(", ")), file, text, set)
    }
}
