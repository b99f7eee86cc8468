//! The 38 operations: where they are found, who may call them and what bodies they take.

use Access::{Anonymous, Authenticated, Permission};
use Takes::{Json, Multipart, Nothing};
use http::Method;

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Anonymous,
    Authenticated,
    Permission(&'static str),
}

/// What body an operation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    Nothing,
    Json,
    Multipart,
}

/// A row of the table of operations.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) operation: Operation,
    /// `operationId` in the contract.
    pub(crate) id: &'static str,
    pub(crate) method: Method,
    /// The path template under the base URL.
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    pub(crate) takes: Takes,
}

macro_rules! operations {
    ($($variant:ident, $id:literal, $method:ident, $path:literal, $access:expr, $takes:expr;)*) => {
        /// One operation of the API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Operation { $($variant),* }

        /// Every operation, in the order of the developer guide.
        pub(crate) const TABLE: &[Row] = &[$(Row {
            operation: Operation::$variant,
            id: $id,
            method: Method::$method,
            path: $path,
            access: $access,
            takes: $takes,
        }),*];
    };
}

/// The `operationId`s that the server answers, in the order of the developer guide.
pub fn operation_ids() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|row| row.id)
}

const PUBLISHING: Access = Permission("Face Publishing");
const RECOGNIZE: Access = Permission("Face Recognize");
const ENROLLMENT: Access = Permission("Face Enrollment");
const DETECTION: Access = Permission("Face Detection");
const READ: Access = Permission("Read All Identity");
const MUTATE: Access = Permission("Mutate All Identity");
const DETECTIONS: Access = Permission("Read Detections");

operations! {
    Authenticate, "authenticate", POST, "/api/v1/authenticate", Anonymous, Json;
    RenewToken, "renewToken", GET, "/api/v1/renewToken", Authenticated, Nothing;
    Profile, "profile", GET, "/auth/v1/user/profile", Authenticated, Nothing;
    PublishWithResponse, "publishWithResponse", POST, "/api/v1/faceEdge/publishWithResponse", PUBLISHING, Json;
    Publish, "publish", POST, "/api/v1/faceEdge/publish", PUBLISHING, Json;
    Recognize, "recognize", POST, "/api/v1/faceEdge/recognize", RECOGNIZE, Json;
    Lookup, "lookup", POST, "/api/v1/faceEdge/lookup", RECOGNIZE, Multipart;
    FaceEnroll, "faceEnroll", POST, "/api/v1/faces/faceEnroll", ENROLLMENT, Json;
    FaceDetect, "faceDetect", POST, "/api/v1/faces/faceDetect", DETECTION, Json;
    FaceCompare, "faceCompare", POST, "/api/v1/faces/faceCompare", DETECTION, Json;
    CheckImageReference, "checkImageReference", GET, "/api/v1/faces/checkImageReference/{referenceId}", DETECTION, Nothing;
    GetPerson, "getPerson", GET, "/api/v1/people/{personId}", READ, Nothing;
    SearchPeople, "searchPeople", GET, "/api/v1/people", READ, Nothing;
    FindPeopleByEntityField, "findPeopleByEntityField", GET, "/api/v1/people/entityField/{fieldName}/entityValue/{fieldValue}", READ, Nothing;
    ListAliases, "listAliases", GET, "/api/v1/people/{personId}/aliases", READ, Nothing;
    PutAlias, "putAlias", PUT, "/api/v1/people/{personId}/aliases", MUTATE, Json;
    DeleteAlias, "deleteAlias", DELETE, "/api/v1/people/{personId}/aliases/{aliasId}", MUTATE, Nothing;
    ListPersonTags, "listPersonTags", GET, "/api/v1/people/{personId}/tags", READ, Nothing;
    PutPersonTag, "putPersonTag", PUT, "/api/v1/people/{personId}/tags", MUTATE, Json;
    DeletePersonTag, "deletePersonTag", DELETE, "/api/v1/people/{personId}/tags/{personTagId}", MUTATE, Nothing;
    ListNotes, "listNotes", GET, "/api/v1/people/{personId}/notes", READ, Nothing;
    PutNote, "putNote", PUT, "/api/v1/people/{personId}/notes", MUTATE, Json;
    DeleteNote, "deleteNote", DELETE, "/api/v1/people/{personId}/notes/{noteId}", MUTATE, Nothing;
    PutAddress, "putAddress", PUT, "/api/v1/people/{personId}/addresses", MUTATE, Json;
    ListEntityFields, "listEntityFields", GET, "/api/v1/people/{personId}/entityFields", READ, Nothing;
    PutEntityField, "putEntityField", PUT, "/api/v1/people/{personId}/entityFields", MUTATE, Json;
    DeleteEntityField, "deleteEntityField", DELETE, "/api/v1/people/{personId}/entityFields/{entityId}", MUTATE, Nothing;
    GetEnrollmentPhoto, "getEnrollmentPhoto", GET, "/api/v1/people/enrollmentPhoto/{faceId}", Authenticated, Nothing;
    GetDetectionPhoto, "getDetectionPhoto", GET, "/api/v1/people/detectionPhoto/{faceId}/{detectionId}", Authenticated, Nothing;
    UploadDocument, "uploadDocument", POST, "/api/v1/people/fileDocuments/upload", Permission("Add Identity Files"), Multipart;
    GetDocumentData, "getDocumentData", GET, "/api/v1/people/{personId}/fileDocuments/{documentId}/data", Permission("Read Identity Files"), Nothing;
    ListTags, "listTags", GET, "/api/v1/Tags", Permission("Read Tags"), Nothing;
    GetTag, "getTag", GET, "/api/v1/Tags/{tagId}", Permission("Read Tags"), Nothing;
    CreateTag, "createTag", POST, "/api/v1/Tags", Permission("Add Tags"), Json;
    UpdateTag, "updateTag", PUT, "/api/v1/Tags/{tagId}", Permission("Edit Tags"), Json;
    DeleteTag, "deleteTag", DELETE, "/api/v1/Tags/{tagId}", Permission("Delete Tags"), Nothing;
    ListDetectionsByPerson, "listDetectionsByPerson", GET, "/api/v1/people/detections/personId/{personId}", DETECTIONS, Nothing;
    ListDetectionsByFace, "listDetectionsByFace", GET, "/api/v1/people/detections/faceId/{faceId}", DETECTIONS, Nothing;
}
