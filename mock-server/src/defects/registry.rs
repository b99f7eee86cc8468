//! The list of defects, one line each, group by group.

use super::affects::{
    BODIES, DELETES, FILES, GIVE, JSON, LISTED, LISTS, LOGIN, MATCHES, MUTATES, PHOTOS, PUBLISHES, READ_BODIES,
    READ_OF_PEOPLE, RENEW, UPSERTS, WITH_RESPONSE, WRITES,
};
use super::{Affects, Entry, Group};
use crate::operation::Operation as Op;
use Affects::{All, Only, Permitted, Protected};
use proofload_contract::Severity::{Must, Should};

macro_rules! registry {
    ($($variant:ident, $name:literal, $severity:ident, $group:ident, $affects:expr, $description:literal;)*) => {
        /// A single fault that the server can be given; its `description` says which.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Defect { $(#[doc = $description] $variant),* }

        impl Defect {
            /// Every defect, group by group.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
        }

        /// The row of a defect.
        pub(super) fn entry(defect: Defect) -> &'static Entry {
            const ENTRIES: &[Entry] = &[$(Entry {
                name: $name,
                severity: $severity,
                group: Group::$group,
                affects: $affects,
                description: $description,
            }),*];
            &ENTRIES[defect as usize] // both are made from the same list
        }
    };
}

registry! {
    AcceptsGarbage, "accepts-garbage", Must, Authentication, Protected, "A bearer token that is no JWT at all is taken.";
    AcceptsEmptyBearer, "accepts-empty-bearer", Must, Authentication, Protected, "The scheme Bearer without a token is taken.";
    IgnoresSignature, "ignores-signature", Must, Authentication, Protected, "The payload is believed; the signature is never looked at.";
    AcceptsEmptySignature, "accepts-empty-signature", Must, Authentication, Protected, "A token whose signature is empty is taken.";
    ChecksSignatureStart, "checks-signature-start", Must, Authentication, Protected, "Only the first eight characters of the signature are compared.";
    AcceptsAlgNone, "accepts-alg-none", Must, Authentication, Protected, "A token with alg none is taken without a signature.";
    AcceptsAlgNoneInCapitals, "accepts-alg-none-in-capitals", Must, Authentication, Protected, "alg none is refused in small letters only: None, NONE and nOnE are taken.";
    AcceptsEmptyKey, "accepts-empty-key", Must, Authentication, Protected, "A token signed with the empty key is taken.";
    AcceptsWellKnownKey, "accepts-well-known-key", Must, Authentication, Protected, "A token signed with the key `secret`, left over from development, is taken.";
    AcceptsKeyInHeader, "accepts-key-in-header", Must, Authentication, Protected, "A token is checked with the key that its own header brings along (jwk).";
    AcceptsKeyIdPath, "accepts-key-id-path", Must, Authentication, Protected, "The header's kid is opened as a file, so that ../../dev/null makes the key empty.";
    AcceptsExpired, "accepts-expired", Must, Authentication, Protected, "Expiry is not checked.";
    ForgivesADay, "forgives-a-day", Must, Authentication, Protected, "A token is taken until a day after its expiry.";
    IgnoresNotBefore, "ignores-not-before", Should, Authentication, Protected, "A token that is not valid yet is taken.";
    AcceptsTokenWithoutExpiry, "accepts-token-without-expiry", Should, Authentication, Protected, "A token without exp is taken, and lives for ever.";
    AcceptsOtherHmac, "accepts-other-hmac", Should, Authentication, Protected, "A token signed as HS384 or HS512 is taken.";
    AcceptsAnyScheme, "accepts-any-scheme", Should, Authentication, Protected, "The token is taken after any scheme, Basic say.";
    AcceptsNoScheme, "accepts-no-scheme", Should, Authentication, Protected, "The token is taken without a scheme.";
    AcceptsTokenInQuery, "accepts-token-in-query", Should, Authentication, Protected, "A token in the query string is taken, and ends up in every log.";
    SchemeCaseMatters, "scheme-case-matters", Should, Authentication, Protected, "The scheme is refused unless spelt Bearer.";
    UnauthenticatedIsRedirected, "unauthenticated-is-redirected", Must, Authentication, Protected, "Without a right token comes a redirect to a login page in place of 401.";
    UnauthenticatedIs403, "unauthenticated-is-403", Must, Authentication, Protected, "Without a right token comes 403 in place of 401.";
    UnauthenticatedIs404, "unauthenticated-is-404", Must, Authentication, Protected, "Without a right token comes 404 in place of 401.";
    UnauthenticatedIs200, "unauthenticated-is-200", Must, Authentication, Protected, "Without a right token comes 200 with an error in the body.";
    ExpiredIs403, "expired-is-403", Must, Authentication, Protected, "An expired token gets 403 in place of 401.";
    MalformedTokenIs400, "malformed-token-is-400", Must, Authentication, Protected, "A token that is no JWT gets 400 in place of 401.";
    MalformedTokenIs500, "malformed-token-is-500", Must, Authentication, Protected, "A token that is no JWT gets 500 in place of 401.";
    ForgedTokenIs500, "forged-token-is-500", Must, Authentication, Protected, "A token with a wrong signature gets 500 in place of 401.";
    LongTokenIs500, "long-token-is-500", Must, Authentication, Protected, "A token of more than 8 KB gets 500.";
    NoChallenge, "no-challenge", Should, Authentication, Protected, "401 comes without WWW-Authenticate.";
    ChallengeNamesBasic, "challenge-names-basic", Should, Authentication, Protected, "401 names Basic in WWW-Authenticate.";
    PathCaseSkipsAuthentication, "path-case-skips-authentication", Must, Authentication, Protected, "A path in capitals is routed, and not protected.";
    RenewAcceptsExpired, "renew-accepts-expired", Must, Authentication, RENEW, "renewToken takes expired tokens.";
    RenewIgnoresSignature, "renew-ignores-signature", Must, Authentication, RENEW, "renewToken reads the token without checking its signature.";
    ProfileIgnoresSignature, "profile-ignores-signature", Must, Authentication, Only(&[Op::Profile]), "The profile reads the token without checking its signature.";
    PhotosIgnoreSignature, "photos-ignore-signature", Must, Authentication, PHOTOS, "The photos read the token without checking its signature.";
    AnonymousPublish, "anonymous-publish", Must, Authentication, Only(&[Op::Publish]), "publish needs no token.";
    AnonymousLookup, "anonymous-lookup", Must, Authentication, Only(&[Op::Lookup]), "lookup needs no token.";
    AnonymousGetPerson, "anonymous-get-person", Must, Authentication, Only(&[Op::GetPerson]), "getPerson needs no token.";
    AnonymousDeleteNote, "anonymous-delete-note", Must, Authentication, Only(&[Op::DeleteNote]), "deleteNote needs no token.";
    AnonymousListTags, "anonymous-list-tags", Must, Authentication, Only(&[Op::ListTags]), "listTags needs no token.";
    AnonymousEnrollmentPhoto, "anonymous-enrollment-photo", Must, Authentication, Only(&[Op::GetEnrollmentPhoto]), "The enrolment photo needs no token.";
    AnonymousDetectionPhoto, "anonymous-detection-photo", Must, Authentication, Only(&[Op::GetDetectionPhoto]), "The detection photo needs no token.";
    AnonymousDocument, "anonymous-document", Must, Authentication, Only(&[Op::GetDocumentData]), "A document needs no token.";
    AnonymousDetections, "anonymous-detections", Must, Authentication, Only(&[Op::ListDetectionsByFace]), "Detections by face need no token.";
    PhotosAreCached, "photos-are-cached", Must, Authentication, FILES, "A photo or a document that somebody was given is given to anybody, without a token: a cache before it knows paths, and no callers.";

    TokenUnsigned, "token-unsigned", Must, Tokens, LOGIN, "Tokens are issued with alg none and no signature.";
    TokenSignedWithEmptyKey, "token-signed-with-empty-key", Must, Tokens, LOGIN, "Tokens are signed with the empty key.";
    TokenSignedWithWellKnownKey, "token-signed-with-well-known-key", Must, Tokens, LOGIN, "Tokens are signed with the key `secret`.";
    TokenHs512, "token-hs512", Should, Tokens, LOGIN, "Tokens are signed as HS512.";
    TokenWithoutName, "token-without-name", Must, Tokens, LOGIN, "Tokens have no `unique_name`.";
    TokenNamesSomebodyElse, "token-names-somebody-else", Must, Tokens, LOGIN, "Every token's `unique_name` is the name of a service account.";
    TokenWithoutExpiry, "token-without-expiry", Must, Tokens, LOGIN, "Tokens never expire: they have no exp.";
    TokenExpiryBehind, "token-expiry-behind", Must, Tokens, LOGIN, "exp is in local time, hours behind UTC.";
    TokenExpiryInMilliseconds, "token-expiry-in-milliseconds", Should, Tokens, LOGIN, "exp counts milliseconds, so that tokens live for fifty thousand years.";
    TokenLivesTenYears, "token-lives-ten-years", Should, Tokens, LOGIN, "Tokens live for ten years.";
    TokenNotValidYet, "token-not-valid-yet", Should, Tokens, LOGIN, "nbf lies ten minutes ahead.";
    TokenWithoutRoles, "token-without-roles", Must, Tokens, LOGIN, "Tokens carry no roles.";
    TokenHoldsPassword, "token-holds-password", Should, Tokens, LOGIN, "The password stands in the token's payload.";
    LoginHandsOutLastToken, "login-hands-out-last-token", Must, Tokens, LOGIN, "A login gets the token that was made for whoever logged in before.";
    LoginWithoutUsername, "login-without-username", Must, Tokens, LOGIN, "The answer to a login has no username.";
    TokensSentAsText, "tokens-sent-as-text", Must, Tokens, GIVE, "The JSON with the token is sent as text/plain.";
    LoginEchoesUsername, "login-echoes-username", Should, Tokens, LOGIN, "The user name comes back as it was typed, not as it is stored.";

    WrongPasswordIs401, "wrong-password-is-401", Must, Credentials, LOGIN, "Wrong credentials get 401 in place of 400.";
    WrongPasswordIs200, "wrong-password-is-200", Must, Credentials, LOGIN, "Wrong credentials get 200 with an empty token.";
    UnknownUserIs404, "unknown-user-is-404", Must, Credentials, LOGIN, "An unknown user gets 404, which tells who exists.";
    UnknownUserIsTold, "unknown-user-is-told", Should, Credentials, LOGIN, "An unknown user is refused in other words than a wrong password.";
    AcceptsAnyPassword, "accepts-any-password", Must, Credentials, LOGIN, "Any password logs in.";
    AcceptsEmptyPassword, "accepts-empty-password", Must, Credentials, LOGIN, "The empty password logs in.";
    AcceptsMissingPassword, "accepts-missing-password", Must, Credentials, LOGIN, "A login without a password succeeds.";
    PasswordTruncated, "password-truncated", Must, Credentials, LOGIN, "Only the first eight characters of the password count.";
    PasswordCaseIgnored, "password-case-ignored", Must, Credentials, LOGIN, "Passwords match in any case.";
    PasswordTrimmed, "password-trimmed", Must, Credentials, LOGIN, "Spaces around the password are ignored.";
    LoginInjectable, "login-injectable", Must, Credentials, LOGIN, "A quote in the user name ends the query: admin' -- logs in as admin.";
    UsernameCaseMatters, "username-case-matters", Should, Credentials, LOGIN, "User names match in their stored spelling only.";
    MissingPasswordIs500, "missing-password-is-500", Should, Credentials, LOGIN, "A login without a password gets 500.";
    MalformedLoginIs500, "malformed-login-is-500", Should, Credentials, LOGIN, "A login that is no JSON gets 500.";
    WrongPasswordEchoed, "wrong-password-echoed", Should, Credentials, LOGIN, "The refusal repeats the password that was sent.";

    LoginDemandsToken, "login-demands-token", Must, Credentials, LOGIN, "authenticate asks for a token, where it gives the first one: 401 without.";
    LoginIs201, "login-is-201", Must, Credentials, LOGIN, "A login answers 201 in place of 200.";

    RenewReturnsSameToken, "renew-returns-same-token", Must, Renewal, RENEW, "renewToken hands back the token it was given.";
    RenewKeepsExpiry, "renew-keeps-expiry", Must, Renewal, RENEW, "The new token expires when the old one did.";
    RenewDropsRoles, "renew-drops-roles", Must, Renewal, RENEW, "The new token carries no roles.";
    RenewAsAdmin, "renew-as-admin", Must, Renewal, RENEW, "The new token is the administrator's, whoever asks.";
    RenewedTokenIsRefused, "renewed-token-is-refused", Must, Renewal, RENEW, "The new token is signed with another key, and refused.";
    RenewWithoutUsername, "renew-without-username", Must, Renewal, RENEW, "The answer to a renewal has no username.";
    RenewForPreviousCaller, "renew-for-previous-caller", Must, Renewal, RENEW, "renewToken answers for whoever renewed before: a field that all requests share.";
    RenewOnlyOnce, "renew-only-once", Must, Renewal, RENEW, "A renewed token cannot be renewed again.";
    EveryThirdRenewalFails, "every-third-renewal-fails", Must, Renewal, RENEW, "Every third renewal is answered 500.";
    RenewNeedsPermission, "renew-needs-permission", Must, Renewal, RENEW, "renewToken gives 403 to accounts without any permission.";

    IgnoresPermissions, "ignores-permissions", Must, Authorisation, Permitted, "Any account may do anything.";
    PeopleAreCached, "people-are-cached", Must, Authorisation, READ_OF_PEOPLE, "What of a person or a tag was shown to somebody is shown to any account: a cache before it knows paths, and no permissions. Of unknown ids it has nothing.";
    AuthorisationRemembered, "authorisation-remembered", Must, Authorisation, Permitted, "Once somebody was allowed to call an operation, everybody is: the decision is cached without the user.";
    OpenPublish, "open-publish", Must, Authorisation, Only(&[Op::Publish]), "publish needs no permission.";
    OpenPublishWithResponse, "open-publish-with-response", Must, Authorisation, WITH_RESPONSE, "publishWithResponse needs no permission.";
    OpenRecognize, "open-recognize", Must, Authorisation, Only(&[Op::Recognize]), "recognize needs no permission.";
    OpenLookup, "open-lookup", Must, Authorisation, Only(&[Op::Lookup]), "lookup needs no permission.";
    OpenEnroll, "open-enroll", Must, Authorisation, Only(&[Op::FaceEnroll]), "faceEnroll needs no permission.";
    OpenDetect, "open-detect", Must, Authorisation, Only(&[Op::FaceDetect]), "faceDetect needs no permission.";
    OpenCompare, "open-compare", Must, Authorisation, Only(&[Op::FaceCompare]), "faceCompare needs no permission.";
    OpenCheckImageReference, "open-check-image-reference", Must, Authorisation, Only(&[Op::CheckImageReference]), "checkImageReference needs no permission.";
    OpenSearchPeople, "open-search-people", Must, Authorisation, Only(&[Op::SearchPeople]), "searchPeople needs no permission.";
    OpenFindByEntityField, "open-find-by-entity-field", Must, Authorisation, Only(&[Op::FindPeopleByEntityField]), "findPeopleByEntityField needs no permission.";
    OpenListNotes, "open-list-notes", Must, Authorisation, Only(&[Op::ListNotes]), "listNotes needs no permission.";
    OpenPutNote, "open-put-note", Must, Authorisation, Only(&[Op::PutNote]), "putNote needs no permission.";
    OpenPutAddress, "open-put-address", Must, Authorisation, Only(&[Op::PutAddress]), "putAddress needs no permission.";
    OpenDeleteAlias, "open-delete-alias", Must, Authorisation, Only(&[Op::DeleteAlias]), "deleteAlias needs no permission.";
    OpenUpload, "open-upload", Must, Authorisation, Only(&[Op::UploadDocument]), "uploadDocument needs no permission.";
    OpenDocument, "open-document", Must, Authorisation, Only(&[Op::GetDocumentData]), "getDocumentData needs no permission.";
    OpenListTags, "open-list-tags", Must, Authorisation, Only(&[Op::ListTags]), "listTags needs no permission.";
    OpenCreateTag, "open-create-tag", Must, Authorisation, Only(&[Op::CreateTag]), "createTag needs no permission.";
    OpenDetectionsByPerson, "open-detections-by-person", Must, Authorisation, Only(&[Op::ListDetectionsByPerson]), "listDetectionsByPerson needs no permission.";
    ReadersMutate, "readers-mutate", Must, Authorisation, MUTATES, "Read All Identity is enough to change people.";
    ReadersDeleteTags, "readers-delete-tags", Must, Authorisation, Only(&[Op::DeleteTag]), "Read Tags is enough to delete tags.";
    RecognizersPublish, "recognizers-publish", Must, Authorisation, PUBLISHES, "Face Recognize is enough to publish.";
    PublishersRecognize, "publishers-recognize", Must, Authorisation, MATCHES, "Face Publishing is enough to recognise and look up.";
    PublishersMayNotPublish, "publishers-may-not-publish", Must, Authorisation, Only(&[Op::Publish]), "publish asks for Face Enrollment, so that publishers get 403.";
    ReadersMayNotReadTags, "readers-may-not-read-tags", Must, Authorisation, Only(&[Op::GetTag]), "getTag asks for Edit Tags, so that readers get 403.";
    PhotosNeedPermission, "photos-need-permission", Must, Authorisation, PHOTOS, "The photos ask for Read All Identity; any account is documented.";
    ProfileNeedsPermission, "profile-needs-permission", Must, Authorisation, Only(&[Op::Profile]), "The profile gives 403 to accounts without any permission.";
    DeniedIs401, "denied-is-401", Must, Authorisation, Permitted, "A missing permission gets 401 in place of 403.";
    DeniedIs404, "denied-is-404", Must, Authorisation, Permitted, "A missing permission gets 404 in place of 403.";
    DeniedIs200, "denied-is-200", Must, Authorisation, Permitted, "A missing permission gets 200 with an error in the body.";
    DeniedIs500, "denied-is-500", Must, Authorisation, Permitted, "A missing permission gets 500 in place of 403.";
    DeniedIsRedirected, "denied-is-redirected", Must, Authorisation, Permitted, "A missing permission gets a redirect to a page that says so.";
    StoresBeforeDenying, "stores-before-denying", Must, Authorisation, WRITES, "What must not be written is written, and then answered 403.";
    DeniedDeleteDeletes, "denied-delete-deletes", Must, Authorisation, Only(&[Op::DeleteAlias, Op::DeletePersonTag, Op::DeleteNote, Op::DeleteEntityField, Op::DeleteTag]), "What must not be deleted is deleted, and then answered 403.";
    DeniedPublishIsRecorded, "denied-publish-is-recorded", Must, Authorisation, PUBLISHES, "What an account without Face Publishing publishes is recorded, and then answered 403.";
    ValidatesBeforeAuthorising, "validates-before-authorising", Should, Authorisation, BODIES, "A bad body gets 400 from who lacks the permission, in place of 403.";
    ValidatesBeforeAuthenticating, "validates-before-authenticating", Should, Authorisation, BODIES, "A bad body gets 400 from who has no token, in place of 401.";

    PublishWithoutImage, "publish-without-image", Must, Publishing, PUBLISHES, "A publish without expanded is answered 200.";
    PublishWithoutDetector, "publish-without-detector", Must, Publishing, PUBLISHES, "A publish without detectorName is answered 200.";
    PublishWithoutTimeZone, "publish-without-time-zone", Must, Publishing, PUBLISHES, "A publish without ianaTimeZone is answered 200.";
    PublishWithoutTime, "publish-without-time", Must, Publishing, PUBLISHES, "A publish without detectTimeUtc is answered 200.";
    MissingFieldIs500, "missing-field-is-500", Must, Publishing, PUBLISHES, "A publish that lacks a field gets 500 in place of 400.";
    MissingFieldIs422, "missing-field-is-422", Must, Publishing, PUBLISHES, "A publish that lacks a field gets 422 in place of 400.";
    BadBase64Published, "bad-base64-published", Should, Publishing, PUBLISHES, "An image that is no base64 is answered 200.";
    BadBase64Is500, "bad-base64-is-500", Should, Publishing, PUBLISHES, "An image that is no base64 gets 500.";
    NoImagePublished, "no-image-published", Should, Publishing, PUBLISHES, "Bytes that are no image are answered 200.";
    PublishAnswersBody, "publish-answers-body", Must, Publishing, Only(&[Op::Publish]), "publish answers with a body.";
    PublishIs202, "publish-is-202", Must, Publishing, Only(&[Op::Publish]), "publish answers 202 in place of 200.";
    PublishNotRecorded, "publish-not-recorded", Must, Publishing, Only(&[Op::Publish, Op::ListDetectionsByPerson, Op::ListDetectionsByFace]), "What publish took never appears among the detections.";
    PublishedTwice, "published-twice", Must, Publishing, PUBLISHES, "A published face appears twice among the detections.";
    PublishAnswersNothing, "publish-answers-nothing", Must, Publishing, WITH_RESPONSE, "publishWithResponse answers an empty object.";
    FacesWithoutMembers, "faces-without-members", Must, Publishing, WITH_RESPONSE, "Each published face is answered with an empty object.";
    LargestFaceOnlyFindsNone, "largest-face-only-finds-none", Must, Publishing, WITH_RESPONSE, "With largestFaceOnly no face is returned at all.";
    LargestFaceOnlyReturnsTwo, "largest-face-only-returns-two", Must, Publishing, WITH_RESPONSE, "With largestFaceOnly two faces are returned.";
    IncludePersonIgnored, "include-person-ignored", Must, Publishing, WITH_RESPONSE, "includePerson brings no person.";
    PersonUnasked, "person-unasked", Must, Publishing, WITH_RESPONSE, "The person is returned without includePerson.";
    DuplicatesNotPrevented, "duplicates-not-prevented", Must, Publishing, WITH_RESPONSE, "The same face at the same detector a moment later is a second detection.";
    DoubleDetectionIgnored, "double-detection-ignored", Must, Publishing, WITH_RESPONSE, "allowDoubleDetection is ignored: the second detection is suppressed.";
    PublishedAsSomebodyElse, "published-as-somebody-else", Must, Publishing, WITH_RESPONSE, "Every published face is taken for the person who was enrolled first.";

    RecognizeFindsNobody, "recognize-finds-nobody", Must, Recognition, Only(&[Op::Recognize]), "recognize answers 404 for a face that is enrolled.";
    LookupFindsNobody, "lookup-finds-nobody", Must, Recognition, Only(&[Op::Lookup]), "lookup answers 404 for a face that is enrolled.";
    RecognizesWrongPerson, "recognizes-wrong-person", Must, Recognition, MATCHES, "The person who was enrolled first is found for every face.";
    LookupStrangerIs200, "lookup-stranger-is-200", Must, Recognition, Only(&[Op::Lookup]), "lookup answers a stranger with 200 and null.";
    LookupStrangerIs500, "lookup-stranger-is-500", Must, Recognition, Only(&[Op::Lookup]), "lookup answers a stranger with 500.";
    RecognizeWithoutDetector, "recognize-without-detector", Should, Recognition, Only(&[Op::Recognize]), "recognize without detectorName is answered as if it were there.";
    PersonWithoutId, "person-without-id", Must, Recognition, MATCHES, "The person who is found has no personId.";
    PersonWithoutTags, "person-without-tags", Must, Recognition, MATCHES, "The person who is found has no tags, whatever they wear.";
    PersonTagsAsText, "person-tags-as-text", Must, Recognition, MATCHES, "The tags of the person who is found are texts, not objects with a name.";
    PersonNamesSwapped, "person-names-swapped", Must, Recognition, MATCHES, "First and last name of the person who is found are swapped.";
    EnrollWithoutId, "enroll-without-id", Must, Recognition, Only(&[Op::FaceEnroll]), "faceEnroll answers without personId.";
    EnrollIgnoresPerson, "enroll-ignores-person", Must, Recognition, Only(&[Op::FaceEnroll]), "faceEnroll ignores personId and makes a new person.";
    EnrollNotStored, "enroll-not-stored", Must, Recognition, Only(&[Op::FaceEnroll, Op::Recognize, Op::Lookup]), "faceEnroll answers with ids, and the face is never found.";
    EnrollIs201, "enroll-is-201", Must, Recognition, Only(&[Op::FaceEnroll]), "faceEnroll answers 201 in place of 200.";
    DetectIs500, "detect-is-500", Must, Recognition, Only(&[Op::FaceDetect]), "faceDetect answers 500 to a good image.";
    CompareIs404, "compare-is-404", Must, Recognition, Only(&[Op::FaceCompare]), "faceCompare is not there: 404.";
    DetectAnswersNothing, "detect-answers-nothing", Should, Recognition, Only(&[Op::FaceDetect]), "faceDetect answers with an empty body.";
    CompareAnswersNothing, "compare-answers-nothing", Should, Recognition, Only(&[Op::FaceCompare]), "faceCompare answers with null members alone.";
    MatchAnswersNothing, "match-answers-nothing", Must, Recognition, MATCHES, "A face that is enrolled is answered 200 with an empty body.";
    ImageReferenceIs500, "image-reference-is-500", Must, Recognition, Only(&[Op::CheckImageReference]), "checkImageReference answers 500 for a photo that is enrolled.";

    PersonOfAnotherId, "person-of-another-id", Must, People, Only(&[Op::GetPerson]), "getPerson shows the first person, whichever is asked for.";
    PersonLacksNotes, "person-lacks-notes", Must, People, Only(&[Op::GetPerson]), "getPerson leaves out notes.";
    UnknownPersonIs200, "unknown-person-is-200", Should, People, Only(&[Op::GetPerson]), "An unknown person is answered 200 with null.";
    UnknownPersonIs500, "unknown-person-is-500", Should, People, Only(&[Op::GetPerson]), "An unknown person is answered 500.";
    SearchIgnoresTag, "search-ignores-tag", Must, People, Only(&[Op::SearchPeople]), "searchPeople ignores tagId and lists everybody.";
    SearchIgnoresField, "search-ignores-field", Must, People, Only(&[Op::SearchPeople]), "searchPeople ignores entityFieldName and lists everybody.";
    SearchIgnoresValue, "search-ignores-value", Must, People, Only(&[Op::SearchPeople]), "searchPeople ignores entityFieldStringValue.";
    FindIgnoresValue, "find-ignores-value", Must, People, Only(&[Op::FindPeopleByEntityField]), "findPeopleByEntityField ignores the value.";
    FindIsObject, "find-is-object", Must, People, Only(&[Op::FindPeopleByEntityField]), "findPeopleByEntityField answers with an object in place of an array.";
    AliasesOfEverybody, "aliases-of-everybody", Must, People, Only(&[Op::ListAliases]), "listAliases lists everybody's.";
    NotesOfEverybody, "notes-of-everybody", Must, People, Only(&[Op::ListNotes]), "listNotes lists everybody's.";
    EntityFieldsOfEverybody, "entity-fields-of-everybody", Must, People, Only(&[Op::ListEntityFields]), "listEntityFields lists everybody's.";
    TagsOfEverybody, "tags-of-everybody", Must, People, Only(&[Op::ListPersonTags]), "listPersonTags lists everybody's.";
    EntityFieldFilterIgnored, "entity-field-filter-ignored", Must, People, Only(&[Op::ListEntityFields]), "listEntityFields ignores fieldName.";
    PersonTagFilterIgnored, "person-tag-filter-ignored", Must, People, Only(&[Op::ListPersonTags]), "listPersonTags ignores tagName.";
    PutAlwaysCreates, "put-always-creates", Must, People, UPSERTS, "A PUT with an id creates a second one in place of changing the first.";
    PutNoteAlwaysCreates, "put-note-always-creates", Must, People, Only(&[Op::PutNote]), "putNote with an id creates a second note.";
    PutReplacesAll, "put-replaces-all", Must, People, UPSERTS, "A PUT without an id removes all that were there.";
    PutNotStored, "put-not-stored", Must, People, UPSERTS, "A PUT answers 200 and stores nothing.";
    PutAddressNotShown, "put-address-not-shown", Must, People, Only(&[Op::PutAddress, Op::GetPerson]), "An address that was put does not appear at the person.";
    PutAliasDropsMiddleName, "put-alias-drops-middle-name", Must, People, Only(&[Op::PutAlias, Op::ListAliases]), "middleName is not kept.";
    PutNoteDropsBody, "put-note-drops-body", Must, People, Only(&[Op::PutNote, Op::ListNotes]), "The body of a note is not kept.";
    PutIntoOtherPerson, "put-into-other-person", Must, People, UPSERTS, "A PUT with an id of another person's changes theirs.";
    NumberValueAsText, "number-value-as-text", Must, People, Only(&[Op::ListEntityFields, Op::GetPerson, Op::PutEntityField]), "numberValue is stored and listed as text.";
    NamesLoseAccents, "names-lose-accents", Must, People, Only(&[Op::PutAlias, Op::ListAliases]), "Characters beyond ASCII come back as question marks.";
    DeleteAliasKeeps, "delete-alias-keeps", Must, People, Only(&[Op::DeleteAlias]), "deleteAlias answers 200 and deletes nothing.";
    DeleteNoteKeeps, "delete-note-keeps", Must, People, Only(&[Op::DeleteNote]), "deleteNote answers 200 and deletes nothing.";
    DeleteEntityFieldKeeps, "delete-entity-field-keeps", Must, People, Only(&[Op::DeleteEntityField]), "deleteEntityField answers 200 and deletes nothing.";
    DeletePersonTagKeeps, "delete-person-tag-keeps", Must, People, Only(&[Op::DeletePersonTag]), "deletePersonTag answers 200 and takes nothing off.";
    DeleteNoteDeletesAll, "delete-note-deletes-all", Must, People, Only(&[Op::DeleteNote]), "deleteNote deletes all of the person's notes.";
    DeleteAliasOfAnybody, "delete-alias-of-anybody", Must, People, Only(&[Op::DeleteAlias]), "deleteAlias deletes another person's alias through any person's path.";
    ProfileOfPreviousCaller, "profile-of-previous-caller", Must, People, Only(&[Op::Profile]), "The profile is that of whoever asked before: a field that all requests share.";
    ProfileOfLastLogin, "profile-of-last-login", Must, People, Only(&[Op::Profile]), "The profile is that of whoever logged in last.";
    ProfileIsTheAdmins, "profile-is-the-admins", Must, People, Only(&[Op::Profile]), "Email and roles of every profile are the administrator's; the token is the caller's.";
    ProfileIs203, "profile-is-203", Must, People, Only(&[Op::Profile]), "The profile is answered with 203 in place of 200.";
    ProfileWithoutRoles, "profile-without-roles", Must, People, Only(&[Op::Profile]), "The profile has no roles.";

    PutIs201, "put-is-201", Should, People, UPSERTS, "A PUT is answered with 201 in place of 200.";
    DeleteIs204, "delete-is-204", Should, People, DELETES, "A DELETE is answered with 204 in place of 200.";
    EmptyListIsNull, "empty-list-is-null", Should, People, LISTS, "A list of nothing is answered with null in place of [].";

    ListTagsIs206, "list-tags-is-206", Must, Tags, Only(&[Op::ListTags]), "listTags answers 206 in place of 200.";
    TagFilterIgnored, "tag-filter-ignored", Must, Tags, Only(&[Op::ListTags]), "listTags ignores tagName.";
    TagFilterIsPart, "tag-filter-is-part", Must, Tags, Only(&[Op::ListTags]), "listTags finds every tag whose name contains tagName; exact is documented.";
    TagKeepsClientId, "tag-keeps-client-id", Should, Tags, Only(&[Op::CreateTag]), "createTag keeps the tagId that the client sends; the server's is documented.";
    TagDropsDescription, "tag-drops-description", Must, Tags, Only(&[Op::CreateTag, Op::GetTag, Op::ListTags]), "A new tag's description is not kept.";
    TagDropsDisabled, "tag-drops-disabled", Must, Tags, Only(&[Op::CreateTag, Op::UpdateTag, Op::GetTag, Op::ListTags]), "disabled is not kept.";
    TagDropsPeriod, "tag-drops-period", Must, Tags, Only(&[Op::CreateTag, Op::UpdateTag, Op::GetTag, Op::ListTags]), "defaultExpirePeriod is not kept.";
    TagPeriodInSeconds, "tag-period-in-seconds", Must, Tags, Only(&[Op::GetTag, Op::ListTags, Op::CreateTag]), "defaultExpirePeriod comes back as a number of seconds.";
    UpdateTagNotStored, "update-tag-not-stored", Must, Tags, Only(&[Op::UpdateTag]), "updateTag answers 200 and changes nothing.";
    UpdateTagCopies, "update-tag-copies", Must, Tags, Only(&[Op::UpdateTag]), "updateTag makes a new tag beside the old one.";
    DeletedTagStillFound, "deleted-tag-still-found", Must, Tags, Only(&[Op::DeleteTag]), "deleteTag answers 200 and only disables the tag.";
    DeletedTagStillListed, "deleted-tag-still-listed", Must, Tags, Only(&[Op::DeleteTag, Op::ListTags]), "A deleted tag is gone at getTag and still in listTags.";
    CreatedTagNotListed, "created-tag-not-listed", Must, Tags, Only(&[Op::CreateTag, Op::ListTags]), "A new tag is found by its id and not listed: the list is cached for ever.";
    UnknownTagIs200, "unknown-tag-is-200", Should, Tags, Only(&[Op::GetTag]), "An unknown tag is answered 200 with null.";
    UnknownTagIs500, "unknown-tag-is-500", Should, Tags, Only(&[Op::GetTag]), "An unknown tag is answered 500.";
    MalformedTagIs500, "malformed-tag-is-500", Should, Tags, Only(&[Op::CreateTag]), "createTag answers a body that is no JSON with 500.";

    NewestFirstByDefault, "newest-first-by-default", Must, Detections, LISTED, "Detections come newest first unless told otherwise.";
    DateAscendingIgnored, "date-ascending-ignored", Must, Detections, LISTED, "dateAscending=false is ignored.";
    SkipIgnored, "skip-ignored", Must, Detections, LISTED, "skip is ignored.";
    SkipOneMore, "skip-one-more", Must, Detections, LISTED, "skip leaves out one too many, so that pages lose an entry.";
    TakeIgnored, "take-ignored", Must, Detections, LISTED, "take is ignored.";
    TakesTwentyByDefault, "takes-twenty-by-default", Must, Detections, LISTED, "Without take twenty detections are listed; ten are documented.";
    EpochStartIgnored, "epoch-start-ignored", Must, Detections, LISTED, "epochStartMs is ignored.";
    EpochEndIgnored, "epoch-end-ignored", Must, Detections, LISTED, "epochEndMs is ignored.";
    EpochInSeconds, "epoch-in-seconds", Must, Detections, LISTED, "epochStartMs and epochEndMs are read as seconds.";
    DetectionsOfEverybody, "detections-of-everybody", Must, Detections, Only(&[Op::ListDetectionsByPerson]), "Detections by person are everybody's.";
    DetectionsByFaceEmpty, "detections-by-face-empty", Must, Detections, Only(&[Op::ListDetectionsByFace]), "Detections by face are never found.";
    DetectionTimeLocal, "detection-time-local", Must, Detections, LISTED, "dateTimeUtc is the local time of the camera.";
    DetectionTimeOfArrival, "detection-time-of-arrival", Must, Detections, LISTED, "dateTimeUtc is when the server got it, not when the camera saw it.";
    DetectionTimeZoneLost, "detection-time-zone-lost", Must, Detections, LISTED, "timeZone is always UTC.";
    DetectorNameLowered, "detector-name-lowered", Must, Detections, LISTED, "The detector's name comes back in small letters.";
    ConfidenceAsText, "confidence-as-text", Must, Detections, LISTED, "confidence is a text.";
    DetectionImageAsUrl, "detection-image-as-url", Must, Detections, LISTED, "The image is a data: URL in place of base64.";

    DocumentOfAnybody, "document-of-anybody", Must, Files, Only(&[Op::GetDocumentData]), "A document is served under any person's path.";
    DocumentLineEndings, "document-line-endings", Must, Files, Only(&[Op::GetDocumentData, Op::UploadDocument]), "Line endings in documents are converted.";
    DocumentTruncated, "document-truncated", Must, Files, Only(&[Op::GetDocumentData, Op::UploadDocument]), "A document ends at its first zero byte.";
    DocumentTypeLost, "document-type-lost", Should, Files, Only(&[Op::GetDocumentData]), "Every document comes back as application/octet-stream.";
    DocumentInBase64, "document-in-base64", Must, Files, Only(&[Op::GetDocumentData]), "A document comes back in base64.";
    UploadWithoutName, "upload-without-name", Should, Files, Only(&[Op::UploadDocument]), "An upload without a name is stored.";
    PhotoAsOctetStream, "photo-as-octet-stream", Must, Files, PHOTOS, "Photos come as application/octet-stream.";
    PhotoTruncated, "photo-truncated", Must, Files, PHOTOS, "The second half of every photo is missing.";
    PhotoInBase64, "photo-in-base64", Must, Files, PHOTOS, "Photos come in base64.";
    PhotoOfSomebodyElse, "photo-of-somebody-else", Must, Files, Only(&[Op::GetEnrollmentPhoto]), "The enrolment photo is the first person's, whichever is asked for.";

    UnknownPathIs200, "unknown-path-is-200", Should, Protocol, All, "An unknown path is answered 200 with a web page.";
    WrongMethodIs500, "wrong-method-is-500", Should, Protocol, All, "A method that a path does not have is answered 500.";
    WrongMethodIs404, "wrong-method-is-404", Should, Protocol, All, "A method that a path does not have is answered 404 in place of 405.";
    PathCaseMatters, "path-case-matters", Should, Protocol, All, "Paths are found in their documented letters only.";
    WrongMediaTypeIs500, "wrong-media-type-is-500", Should, Protocol, BODIES, "A body of another media type is answered 500 in place of 415.";
    WrongMediaTypeIs400, "wrong-media-type-is-400", Should, Protocol, READ_BODIES, "A body of another media type is answered 400 in place of 415.";
    OddBodyIs500, "odd-body-is-500", Should, Protocol, BODIES, "JSON that is no object, or nested too deep, is answered 500.";
    OddIdIs500, "odd-id-is-500", Should, Protocol, MUTATES, "An id that is no GUID is answered 500.";
    OddQueryIs500, "odd-query-is-500", Should, Protocol, LISTED, "A query parameter that cannot be read is answered 500.";
    XmlAskedForIs500, "xml-asked-for-is-500", Should, Protocol, All, "Whoever asks for XML is answered 500.";
    BusyIs500, "busy-is-500", Must, Protocol, Only(&[Op::Authenticate, Op::RenewToken, Op::Profile, Op::ListTags]), "Where there were twenty calls in half a second, every seventh is answered 500.";
    BusyMixesProfiles, "busy-mixes-profiles", Must, Protocol, Only(&[Op::Profile]), "Where there were twenty calls in half a second, the profile is that of whoever asked before.";
    BusyLosesPuts, "busy-loses-puts", Must, Protocol, UPSERTS, "Where there were ten calls in half a second, every fifth thing that is put is not kept.";
    NoAllow, "no-allow", Should, Protocol, All, "405 comes without Allow.";
    JsonAsHtml, "json-as-html", Should, Protocol, JSON, "JSON is sent as text/html.";
    StackTraces, "stack-traces", Should, Protocol, Only(&[Op::Authenticate, Op::PublishWithResponse, Op::Publish, Op::CreateTag]), "A 400 shows a stack trace.";
    AnswersInPascalCase, "answers-in-pascal-case", Must, Protocol, JSON, "The members of all answers begin with a capital.";

    CutsAnswers, "cuts-answers", Must, Transport, All, "Every 29th answer is cut short: the connection is closed in the middle of its body.";
    DropsConnections, "drops-connections", Must, Transport, All, "Every 31st call is done and not answered: the connection is closed.";
    NeverAnswers, "never-answers", Must, Transport, All, "Every 61st call is done and never answered: the connection stays open.";
    LosesAnswers, "loses-answers", Must, Transport, All, "Three answers in a hundred, at random, are cut short, dropped or never given.";

    TakesTamperedInACrowd, "takes-tampered-in-a-crowd", Must, Crowd, Protected, "While more than fifty calls are under way, signatures are not looked at: tampered tokens are let in.";
    SkipsPermissionsWhenFull, "skips-permissions-when-full", Must, Crowd, Permitted, "While its queue is full, more than twenty calls under way, no permission is looked up.";
    MixesUsersInACrowd, "mixes-users-in-a-crowd", Must, Crowd, Only(&[Op::Profile, Op::RenewToken]), "While more than fifty calls are under way, every third profile or renewal is another user's.";
    MixesFacesInACrowd, "mixes-faces-in-a-crowd", Must, Crowd, WITH_RESPONSE, "While more than fifty calls are under way, publishWithResponse answers for the picture that came before.";
}
