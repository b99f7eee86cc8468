//! The images that cameras publish: built-in ones, or the JPEGs of a directory.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use proofload_deployment::images;
use proofload_results::figures::grouped;
use proofload_results::plain_file;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The built-in image that is taken when a workload names none: an ordinary camera's face crop.
pub(super) const DEFAULT: images::Image = images::FACE;

/// The largest image that is accepted, in bytes.
const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// The most images that are taken from one directory: they are all held in memory.
const MAX_IMAGES: usize = 1000;

/// No more pictures are taken once they have so many bytes together.
const MOST_BYTES: usize = 128 << 20;

/// Where images come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageSource {
    /// Built-in ones, by name.
    BuiltIn(Vec<String>),
    /// Every JPEG of a directory.
    Directory(PathBuf),
}

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
    #[error("{} is not a JPEG: it {why}; remove it or name another directory", path.display())]
    NoJpeg {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
}

/// An image: its bytes, and the same in base64 as bodies carry it.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    /// The JPEG.
    pub(crate) jpeg: Bytes,
    /// The JPEG in base64.
    pub(crate) base64: String,
}

impl Image {
    fn new(jpeg: Bytes) -> Self {
        let base64 = STANDARD.encode(&jpeg);
        Self { jpeg, base64 }
    }
}

/// The images of a workload.
#[derive(Debug)]
pub(crate) struct Images {
    /// Those that are sent.
    pub(crate) sent: Vec<Image>,
    /// What is to be said where the folder holds more.
    pub(crate) told: Option<String>,
}

/// Reads the images of a workload.
pub(crate) fn load(source: &ImageSource) -> Result<Images, ImageError> {
    match source {
        // Names were checked when the workload was read.
        ImageSource::BuiltIn(names) => {
            let known = names.iter().filter_map(|name| images::named(name));
            Ok(Images {
                sent: known.map(|image| Image::new(image.bytes())).collect(),
                told: None,
            })
        }
        ImageSource::Directory(directory) => from_directory(directory),
    }
}

fn from_directory(directory: &Path) -> Result<Images, ImageError> {
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
    if paths.is_empty() {
        return Err(ImageError::Empty(directory.to_owned()));
    }
    // Of many, some from everywhere: those of one camera or one day stand together.
    let of = paths.len();
    let stride = of.div_ceil(MAX_IMAGES);
    let paths = paths.into_iter().step_by(stride);
    let (mut found, mut bytes) = (Vec::new(), 0);
    for path in paths {
        let no_jpeg = |why| ImageError::NoJpeg {
            path: path.clone(),
            why,
        };
        let jpeg = plain_file::read(&path, MAX_BYTES).map_err(|error| match error.kind() {
            ErrorKind::FileTooLarge => no_jpeg("is larger than 16 MiB"),
            _ => read(&path)(error),
        })?;
        // Start of image, and a marker behind it: what every JPEG begins with.
        if !jpeg.starts_with(&[0xFF, 0xD8, 0xFF]) {
            return Err(no_jpeg("does not begin like one"));
        }
        bytes += jpeg.len();
        found.push(Image::new(jpeg.into()));
        if bytes > MOST_BYTES {
            break;
        }
    }
    Ok(Images {
        told: told(found.len(), of, directory),
        sent: found,
    })
}

fn told(sent: usize, of: usize, directory: &Path) -> Option<String> {
    (sent < of).then(|| {
        format!(
            "{} of the {} pictures in {} are sent: {MAX_IMAGES} pictures or {} MiB are kept in memory at most, chosen evenly",
            grouped(sent as u64),
            grouped(of as u64),
            directory.display(),
            MOST_BYTES >> 20,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_images_are_there() {
        for image in images::ALL {
            let loaded = load(&ImageSource::BuiltIn(vec![image.name().to_owned()])).unwrap();
            assert_eq!(loaded.sent[0].jpeg, image.jpeg, "{}", image.file);
            assert_eq!(STANDARD.decode(&loaded.sent[0].base64).unwrap(), image.jpeg);
        }
    }

    #[test]
    fn a_directory_must_hold_jpegs() {
        let directory = tempfile::tempdir().unwrap();
        let source = ImageSource::Directory(directory.path().to_owned());
        assert!(matches!(load(&source), Err(ImageError::Empty(_))));
        std::fs::write(directory.path().join("notes.txt"), "no image").unwrap();
        assert!(matches!(load(&source), Err(ImageError::Empty(_))));
        std::fs::write(directory.path().join("a.JPG"), DEFAULT.jpeg).unwrap();
        let one = load(&source).unwrap();
        assert_eq!((one.sent.len(), one.told), (1, None));
        std::fs::write(directory.path().join("b.jpeg"), "no image").unwrap();
        assert!(matches!(load(&source), Err(ImageError::NoJpeg { .. })));
        for number in 0..2500 {
            let name = directory.path().join(format!("many-{number:04}.jpg"));
            std::fs::write(name, [&DEFAULT.jpeg[..4], &[0; 4]].concat()).unwrap();
        }
        std::fs::remove_file(directory.path().join("b.jpeg")).unwrap();
        let some = load(&source).unwrap();
        assert_eq!(some.sent.len(), 834, "every third of 2501");
        let told = some.told.unwrap();
        assert!(told.starts_with("834 of the 2\u{202f}501 pictures in "), "{told}");
        let missing = ImageSource::Directory(directory.path().join("missing"));
        assert!(matches!(load(&missing), Err(ImageError::Read { .. })));
    }
}
