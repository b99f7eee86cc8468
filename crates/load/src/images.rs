//! The images that cameras publish: built-in ones, or the JPEGs of a directory.

use crate::workload::ImageSource;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::path::{Path, PathBuf};

/// The built-in image that is taken when a workload names none: an ordinary camera's face crop.
pub(super) const DEFAULT: &str = "face-crop-260x300";

/// The largest image that is accepted, in bytes.
const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// The most images that are taken from one directory: they are all held in memory.
const MAX_IMAGES: usize = 1000;

const BUILT_IN: [(&str, &[u8]); 5] = [
    (
        "face-aligned-112",
        include_bytes!("../../../scenarios/images/face-aligned-112.jpg"),
    ),
    (
        DEFAULT,
        include_bytes!("../../../scenarios/images/face-crop-260x300.jpg"),
    ),
    (
        "face-expanded-768",
        include_bytes!("../../../scenarios/images/face-expanded-768.jpg"),
    ),
    ("scene-512", include_bytes!("../../../scenarios/images/scene-512.jpg")),
    (
        "no-face-180",
        include_bytes!("../../../scenarios/images/no-face-180.jpg"),
    ),
];

/// Why there are no images.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The directory or a file in it cannot be read.
    #[error("cannot read the images in {}: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What came back.
        source: std::io::Error,
    },
    /// No JPEG in the directory.
    #[error("the image directory {} holds no .jpg or .jpeg file; put some there or use the built-in images", .0.display())]
    Empty(PathBuf),
    /// A file is named like an image but is none.
    #[error("{} is no JPEG: it {why}; remove it or name another directory", path.display())]
    NoJpeg {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
}

/// An image: its bytes, and the same in base64 as bodies carry it.
#[derive(Debug, Clone)]
pub(super) struct Image {
    /// The JPEG.
    pub(super) jpeg: Vec<u8>,
    /// The JPEG in base64.
    pub(super) base64: String,
}

impl Image {
    fn new(jpeg: Vec<u8>) -> Self {
        let base64 = STANDARD.encode(&jpeg);
        Self { jpeg, base64 }
    }
}

/// The names of the built-in images.
pub(super) fn built_in_names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// A built-in image.
pub(super) fn built_in(name: &str) -> Option<&'static [u8]> {
    BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, jpeg)| *jpeg)
}

/// Reads the images of a workload.
pub(super) fn load(source: &ImageSource) -> Result<Vec<Image>, ImageError> {
    match source {
        // Names were checked when the workload was read.
        ImageSource::BuiltIn(names) => {
            let known = names.iter().filter_map(|name| built_in(name));
            Ok(known.map(|jpeg| Image::new(jpeg.to_vec())).collect())
        }
        ImageSource::Directory(directory) => from_directory(directory),
    }
}

fn from_directory(directory: &Path) -> Result<Vec<Image>, ImageError> {
    let read = |path: &Path| {
        let path = path.to_owned();
        move |source| ImageError::Read { path, source }
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(read(directory))? {
        let path = entry.map_err(read(directory))?.path();
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        if matches!(ending.as_deref(), Some("jpg" | "jpeg")) {
            paths.push(path);
        }
    }
    paths.sort();
    paths.truncate(MAX_IMAGES);
    if paths.is_empty() {
        return Err(ImageError::Empty(directory.to_owned()));
    }
    let mut images = Vec::new();
    for path in paths {
        let no_jpeg = |why| ImageError::NoJpeg {
            path: path.clone(),
            why,
        };
        if std::fs::metadata(&path).map_err(read(&path))?.len() > MAX_BYTES {
            return Err(no_jpeg("is larger than 16 MiB"));
        }
        let jpeg = std::fs::read(&path).map_err(read(&path))?;
        // Start of image, and a marker behind it: what every JPEG begins with.
        if !jpeg.starts_with(&[0xFF, 0xD8, 0xFF]) {
            return Err(no_jpeg("does not begin like one"));
        }
        images.push(Image::new(jpeg));
    }
    Ok(images)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_images_are_there() {
        for name in built_in_names() {
            let images = load(&ImageSource::BuiltIn(vec![name.to_owned()])).unwrap();
            assert!(images[0].jpeg.starts_with(&[0xFF, 0xD8, 0xFF]), "{name}");
            assert_eq!(STANDARD.decode(&images[0].base64).unwrap(), images[0].jpeg);
        }
    }

    #[test]
    fn a_directory_must_hold_jpegs() {
        let directory = tempfile::tempdir().unwrap();
        let source = ImageSource::Directory(directory.path().to_owned());
        assert!(matches!(load(&source), Err(ImageError::Empty(_))));
        std::fs::write(directory.path().join("notes.txt"), "no image").unwrap();
        assert!(matches!(load(&source), Err(ImageError::Empty(_))));
        std::fs::write(directory.path().join("a.JPG"), built_in(DEFAULT).unwrap()).unwrap();
        assert_eq!(load(&source).unwrap().len(), 1);
        std::fs::write(directory.path().join("b.jpeg"), "no image").unwrap();
        assert!(matches!(load(&source), Err(ImageError::NoJpeg { .. })));
        let missing = ImageSource::Directory(directory.path().join("missing"));
        assert!(matches!(load(&missing), Err(ImageError::Read { .. })));
    }
}
