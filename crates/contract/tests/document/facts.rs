//! The facts, written down a second time: what the contract says of each operation is held against them.

/// operationId | method and path | permission (category) | statuses | whether it writes, in the document's order.
const TABLE: &str = "
authenticate            | POST /api/v1/authenticate                                           | anonymous                                     | 200 400             |
renewToken              | GET /api/v1/renewToken                                              | authenticated                                 | 200 401             |
profile                 | GET /auth/v1/user/profile                                           | authenticated                                 | 200 401             |
publishWithResponse     | POST /api/v1/faceEdge/publishWithResponse                           | Face Publishing (Facial Recognition Services) | 200 400 401 403 500 | writes
publish                 | POST /api/v1/faceEdge/publish                                       | Face Publishing (Facial Recognition Services) | 200 400 401 403 500 | writes
recognize               | POST /api/v1/faceEdge/recognize                                     | Face Recognize (Facial Recognition Services)  | 200 401 403 404     |
lookup                  | POST /api/v1/faceEdge/lookup                                        | Face Recognize (Facial Recognition Services)  | 200 401 403 404     |
faceEnroll              | POST /api/v1/faces/faceEnroll                                       | Face Enrollment (Facial Recognition Services) | 200 401 403         | writes
faceDetect              | POST /api/v1/faces/faceDetect                                       | Face Detection (Facial Recognition Services)  | 200 401 403         |
faceCompare             | POST /api/v1/faces/faceCompare                                      | Face Detection (Facial Recognition Services)  | 200 401 403         |
checkImageReference     | GET /api/v1/faces/checkImageReference/{referenceId}                 | Face Detection (Facial Recognition Services)  | 200 401 403         |
getPerson               | GET /api/v1/people/{personId}                                       | Read All Identity (Identities)                | 200 401 403 404     |
searchPeople            | GET /api/v1/people                                                  | Read All Identity (Identities)                | 200 401 403         |
findPeopleByEntityField | GET /api/v1/people/entityField/{fieldName}/entityValue/{fieldValue} | Read All Identity (Identities)                | 200 401 403         |
listAliases             | GET /api/v1/people/{personId}/aliases                               | Read All Identity (Identities)                | 200 401 403         |
putAlias                | PUT /api/v1/people/{personId}/aliases                               | Mutate All Identity (Identities)              | 200 401 403         | writes
deleteAlias             | DELETE /api/v1/people/{personId}/aliases/{aliasId}                  | Mutate All Identity (Identities)              | 200 401 403         | writes
listPersonTags          | GET /api/v1/people/{personId}/tags                                  | Read All Identity (Identities)                | 200 401 403         |
putPersonTag            | PUT /api/v1/people/{personId}/tags                                  | Mutate All Identity (Identities)              | 200 401 403         | writes
deletePersonTag         | DELETE /api/v1/people/{personId}/tags/{personTagId}                 | Mutate All Identity (Identities)              | 200 401 403         | writes
listNotes               | GET /api/v1/people/{personId}/notes                                 | Read All Identity (Identities)                | 200 401 403         |
putNote                 | PUT /api/v1/people/{personId}/notes                                 | Mutate All Identity (Identities)              | 200 401 403         | writes
deleteNote              | DELETE /api/v1/people/{personId}/notes/{noteId}                     | Mutate All Identity (Identities)              | 200 401 403         | writes
putAddress              | PUT /api/v1/people/{personId}/addresses                             | Mutate All Identity (Identities)              | 200 401 403         | writes
listEntityFields        | GET /api/v1/people/{personId}/entityFields                          | Read All Identity (Identities)                | 200 401 403         |
putEntityField          | PUT /api/v1/people/{personId}/entityFields                          | Mutate All Identity (Identities)              | 200 401 403         | writes
deleteEntityField       | DELETE /api/v1/people/{personId}/entityFields/{entityId}            | Mutate All Identity (Identities)              | 200 401 403         | writes
getEnrollmentPhoto      | GET /api/v1/people/enrollmentPhoto/{faceId}                         | authenticated                                 | 200 401             |
getDetectionPhoto       | GET /api/v1/people/detectionPhoto/{faceId}/{detectionId}            | authenticated                                 | 200 401             |
uploadDocument          | POST /api/v1/people/fileDocuments/upload                            | Add Identity Files (Identities)               | 200 401 403         | writes
getDocumentData         | GET /api/v1/people/{personId}/fileDocuments/{documentId}/data       | Read Identity Files (Identities)              | 200 401 403         |
listTags                | GET /api/v1/Tags                                                    | Read Tags (Tags)                              | 200 401 403         |
createTag               | POST /api/v1/Tags                                                   | Add Tags (Tags)                               | 200 401 403         | writes
getTag                  | GET /api/v1/Tags/{tagId}                                            | Read Tags (Tags)                              | 200 401 403 404     |
updateTag               | PUT /api/v1/Tags/{tagId}                                            | Edit Tags (Tags)                              | 200 401 403         | writes
deleteTag               | DELETE /api/v1/Tags/{tagId}                                         | Delete Tags (Tags)                            | 200 401 403         | writes
listDetectionsByPerson  | GET /api/v1/people/detections/personId/{personId}                   | Read Detections (Identities)                  | 200 401 403         |
listDetectionsByFace    | GET /api/v1/people/detections/faceId/{faceId}                       | Read Detections (Identities)                  | 200 401 403         |
";

/// One row of the facts.
pub(crate) struct Fact {
    pub(crate) id: &'static str,
    /// `POST /api/v1/authenticate`
    pub(crate) call: &'static str,
    /// `anonymous`, `authenticated`, or a name and a category in parentheses.
    pub(crate) permission: &'static str,
    pub(crate) statuses: Vec<u16>,
    pub(crate) writes: bool,
}

pub(crate) fn facts() -> Vec<Fact> {
    TABLE.trim().lines().map(fact).collect()
}

fn fact(row: &'static str) -> Fact {
    let mut cells = row.split('|').map(str::trim);
    let mut next = || cells.next().unwrap_or_default();
    Fact {
        id: next(),
        call: next(),
        permission: next(),
        statuses: next()
            .split(' ')
            .map(|status| status.parse().expect("a status"))
            .collect(),
        writes: next() == "writes",
    }
}
