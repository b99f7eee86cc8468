//! Every sound variant, by kind: its name and what is so about it.

use super::Kind;

/// What the registry says of a variant.
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) description: &'static str,
}

macro_rules! registry {
    ($($variant:ident, $name:literal, $kind:ident, $description:literal;)*) => {
        /// A way to be right that the documents leave open; its `description` says which.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Variant { $(#[doc = $description] $variant),* }

        impl Variant {
            /// Every variant, kind by kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
        }

        /// The row of a variant.
        pub(super) fn entry(variant: Variant) -> &'static Entry {
            const ENTRIES: &[Entry] = &[$(Entry { name: $name, kind: Kind::$kind, description: $description }),*];
            &ENTRIES[variant as usize] // both are made from the same list
        }
    };
}

registry! {
    ErrorsEmpty, "errors-empty", Refusals, "A refusal has no body.";
    ErrorsInText, "errors-in-text", Refusals, "A refusal is one line of plain text.";
    ErrorsInJson, "errors-in-json", Refusals, "A refusal is JSON of the site's own shape.";
    ErrorsAsPages, "errors-as-pages", Refusals, "A refusal is a web page of the server in front.";
    ChallengeWithRealm, "challenge-with-realm", Refusals, "WWW-Authenticate names a realm, and the scheme in small letters.";
    UnknownPathIs401, "unknown-path-is-401", Refusals, "Without a right token, even a path that is not there is refused with 401.";
    UnknownIdIs404, "unknown-id-is-404", Refusals, "An id of another shape than the server's own is not found (404) rather than refused (400).";
    InvalidIs422, "invalid-is-422", Refusals, "JSON that lacks a member is answered 422 on what is stored about people and tags.";
    UnknownPersonHasNothing, "unknown-person-has-nothing", Refusals, "Lists of a person who is unknown are empty, not 404.";
    DeletesTwice, "deletes-twice", Refusals, "Deleting what is gone already is answered as deleting it was.";
    HeadersAdded, "headers-added", Headers, "Answers carry a request id, security headers, caching and the cookie of a balancer.";
    JsonWithoutCharset, "json-without-charset", Headers, "JSON is sent as application/json without a charset.";
    JsonIndented, "json-indented", Json, "JSON is written on many lines.";
    JsonEscaped, "json-escaped", Json, "JSON is ASCII: everything else is escaped, as System.Text.Json does by default.";
    MembersTurned, "members-turned", Json, "Members come in another order.";
    MembersAdded, "members-added", Json, "Objects have members that the documents do not name.";
    NullsLeftOut, "nulls-left-out", Json, "A member that is null is left out.";
    ListsTurned, "lists-turned", Json, "Lists whose order nobody states come in another order.";
    GuidsInCapitals, "guids-in-capitals", Ids, "Ids are written in capitals.";
    GuidsWithoutDashes, "guids-without-dashes", Ids, "Ids are 32 digits without dashes.";
    IdsAsNumbers, "ids-as-numbers", Ids, "Ids are numbers; a path that holds none is not found.";
    IdsAsText, "ids-as-text", Ids, "Ids are short texts such as p-17.";
    TimesToTheTick, "times-to-the-tick", Values, "Times have seven digits behind the second.";
    TimesWithOffset, "times-with-offset", Values, "Times end in +00:00 in place of Z.";
    TimesWithoutZone, "times-without-zone", Values, "Times that are UTC do not say so.";
    TimesInSeconds, "times-in-seconds", Values, "Times are kept to the second.";
    NumbersToTwoPlaces, "numbers-to-two-places", Values, "numberValue is kept as decimal(18,2).";
    NumbersAsFloats, "numbers-as-floats", Values, "Whole numbers are written with a decimal point.";
    ScoresInPercent, "scores-in-percent", Values, "Confidence and quality count to 100.";
    ScoresRounded, "scores-rounded", Values, "Confidence and quality have two places.";
    NoImagesInLists, "no-images-in-lists", Values, "Detections are listed without their picture (null).";
    PhotosEncodedAnew, "photos-encoded-anew", Photos, "Photos come back as a JPEG of other bytes.";
    PhotosStripped, "photos-stripped", Photos, "Photos come back without their comments.";
    ClaimsByUri, "claims-by-uri", Tokens, "The token has its roles under the name that .NET gives the claim.";
    ClaimsAdded, "claims-added", Tokens, "The token has jti, iss, aud and a name besides.";
    ClaimsFew, "claims-few", Tokens, "The token has neither nbf nor iat.";
    RenewalEndsOldToken, "renewal-ends-old-token", Tokens, "After a renewal the old token is refused.";
    LoginsLockInARow, "logins-lock-in-a-row", Logins, "Five bad logins in a row lock an account for five minutes.";
    LoginsLockInAMinute, "logins-lock-in-a-minute", Logins, "Five bad logins of a minute lock an account for a minute, whatever lies between them.";
    FoundLate, "found-late", Time, "What was published, enrolled or uploaded is found after 0.7 s.";
    KeptSevenDays, "kept-seven-days", Time, "Detections older than seven days are dropped.";
    KeptADay, "kept-a-day", Time, "Detections older than a day are dropped.";
    TextsLimited, "texts-limited", Limits, "Names have 50 characters at most, other texts 200: longer ones are answered 400.";
    FilesLimited, "files-limited", Limits, "Documents have 64 KB at most: larger ones are answered 413.";
    PicturesNotSmall, "pictures-not-small", Limits, "Pictures have 160 pixels at least, aligned crops apart: smaller ones are answered 400.";
}
