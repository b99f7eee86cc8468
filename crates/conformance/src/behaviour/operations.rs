//! The operations that several files name.

pub(super) const BY_FACE: &str = "listDetectionsByFace";
pub(super) const BY_PERSON: &str = "listDetectionsByPerson";
pub(super) const DETECTED_PHOTO: &str = "getDetectionPhoto";
pub(super) const ENROL: &str = "faceEnroll";
pub(super) const ENROLLED_PHOTO: &str = "getEnrollmentPhoto";
pub(super) const LOOKUP: &str = "lookup";
pub(super) const PUBLISH: &str = "publish";
pub(super) const RECOGNIZE: &str = "recognize";
pub(super) const REFERENCE: &str = "checkImageReference";
pub(super) const RESPOND: &str = "publishWithResponse";
