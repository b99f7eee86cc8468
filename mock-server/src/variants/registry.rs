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
    ProblemsAsXml, "problems-as-xml", Refusals, "A refusal is XML.";
    ProblemsTranslated, "problems-translated", Refusals, "A refusal is in the language of the site, and says so.";
    ChallengeWithRealm, "challenge-with-realm", Refusals, "WWW-Authenticate names a realm, and the scheme in small letters.";
    UnknownPathIs401, "unknown-path-is-401", Refusals, "Without a right token, even a path that is not there is refused with 401.";
    UnknownIdIs404, "unknown-id-is-404", Refusals, "An id of another shape than the server's own is not found (404) rather than refused (400).";
    InvalidIs422, "invalid-is-422", Refusals, "JSON that lacks a member is answered 422 on what is stored about people and tags.";
    UnknownPersonHasNothing, "unknown-person-has-nothing", Refusals, "Lists of a person who is unknown are empty, not 404.";
    DeletesTwice, "deletes-twice", Refusals, "Deleting what is gone already is answered as deleting it was.";
    ProblemsAsJson, "problems-as-json", Refusals, "The problem that refuses a request is sent as application/json.";
    ProblemsTraced, "problems-traced", Refusals, "The problem that refuses a request names a trace, a request and a time.";
    ChallengeOfSeveral, "challenge-of-several", Refusals, "WWW-Authenticate offers Negotiate and NTLM before Bearer.";
    ChallengeWithoutCause, "challenge-without-cause", Refusals, "WWW-Authenticate is no more than the scheme, whatever was sent.";
    OptionsAnswered, "options-answered", Refusals, "OPTIONS is answered 204 with what a browser of another origin may do.";
    HeadsAnswered, "heads-answered", Refusals, "HEAD is answered as GET is.";
    MethodsUnknownAre501, "methods-unknown-are-501", Refusals, "Methods that HTTP does not define are answered 501.";
    AcceptIsHeeded, "accept-is-heeded", Refusals, "Who accepts no JSON is answered 406.";
    UnknownBeforeForbidden, "unknown-before-forbidden", Refusals, "Whether a thing is there is looked at before whether the caller may see it.";
    HeadersAdded, "headers-added", Headers, "Answers carry a request id, security headers, caching and the cookie of a balancer.";
    JsonWithoutCharset, "json-without-charset", Headers, "JSON is sent as application/json without a charset.";
    JsonInCapitals, "json-in-capitals", Headers, "JSON is sent as Application/JSON; Charset=\"UTF-8\".";
    JsonOfAVersion, "json-of-a-version", Headers, "JSON is sent as application/json; charset=utf-8; v=1.0.";
    AnswersTagged, "answers-tagged", Headers, "Answers carry an entity tag, and may be kept privately.";
    OriginsAllowed, "origins-allowed", Headers, "Answers allow the page of another origin to read them.";
    PoliciesNamed, "policies-named", Headers, "Answers name policies for browsers: CSP, HSTS, permissions, referrers.";
    ServerNamed, "server-named", Headers, "Answers name IIS and ASP.NET as what made them.";
    ProxiesNamed, "proxies-named", Headers, "Answers name the proxies on their way, with a cache that missed.";
    LimitsAnnounced, "limits-announced", Headers, "Answers say how many calls are left of a limit that is not reached.";
    TimingsTold, "timings-told", Headers, "Answers say how long they took, and in which trace.";
    CookiesTurn, "cookies-turn", Headers, "Each answer sets a cookie of another value.";
    ClockBehind, "clock-behind", Headers, "The clock of who writes Date is a minute behind.";
    EndAnnounced, "end-announced", Headers, "Answers announce that this version will end, with a link.";
    LanguageNamed, "language-named", Headers, "Answers name their language and where their content is.";
    NothingIsText, "nothing-is-text", Headers, "An answer of no bytes is said to be text/plain.";
    JsonIndented, "json-indented", Json, "JSON is written on many lines.";
    JsonEscaped, "json-escaped", Json, "JSON is ASCII: everything else is escaped, as System.Text.Json does by default.";
    MembersTurned, "members-turned", Json, "Members come in another order.";
    MembersAdded, "members-added", Json, "Objects have members that the documents do not name.";
    NullsLeftOut, "nulls-left-out", Json, "A member that is null is left out.";
    ListsTurned, "lists-turned", Json, "Lists whose order nobody states come in another order.";
    JsonSpaced, "json-spaced", Json, "JSON has a space behind each comma and colon.";
    JsonPadded, "json-padded", Json, "JSON begins and ends with white space.";
    JsonSlashesEscaped, "json-slashes-escaped", Json, "JSON escapes slashes, as PHP does by default.";
    JsonEscapedInSmall, "json-escaped-in-small", Json, "JSON escapes what is not ASCII with small hexadecimal digits, as Newtonsoft does.";
    FractionsAsPowers, "fractions-as-powers", Json, "Fractions are written as powers of ten: 8.7e-1.";
    FractionsPadded, "fractions-padded", Json, "Fractions have six places at least: 0.870000.";
    FractionsOfFloats, "fractions-of-floats", Json, "Fractions are single precision, written in full: 0.8700000047683716.";
    MembersNested, "members-nested", Json, "Objects have members that the documents do not name, which are lists and objects.";
    TypesNamed, "types-named", Json, "Objects begin with $type.";
    GuidsInCapitals, "guids-in-capitals", Ids, "Ids are written in capitals.";
    GuidsWithoutDashes, "guids-without-dashes", Ids, "Ids are 32 digits without dashes.";
    IdsAsNumbers, "ids-as-numbers", Ids, "Ids are numbers; a path that holds none is not found.";
    IdsAsText, "ids-as-text", Ids, "Ids are short texts such as p-17.";
    IdsAsLargeNumbers, "ids-as-large-numbers", Ids, "Ids are numbers beyond 2^53.";
    IdsAsObjectIds, "ids-as-object-ids", Ids, "Ids are 24 hexadecimal digits, as document databases make them.";
    IdsAsUlids, "ids-as-ulids", Ids, "Ids are ULIDs.";
    IdsInBase64, "ids-in-base64", Ids, "Ids are 22 characters of base64url.";
    IdsPrefixed, "ids-prefixed", Ids, "Ids have their kind in front, as in `id_4fd2`.";
    GuidsInBraces, "guids-in-braces", Ids, "Ids are GUIDs in braces.";
    GuidsInSequence, "guids-in-sequence", Ids, "Ids are GUIDs that begin with the time (version 7).";
    TimesToTheTick, "times-to-the-tick", Values, "Times have seven digits behind the second.";
    TimesWithOffset, "times-with-offset", Values, "Times end in +00:00 in place of Z.";
    TimesWithoutZone, "times-without-zone", Values, "Times that are UTC do not say so.";
    TimesInSeconds, "times-in-seconds", Values, "Times are kept to the second.";
    NumbersToTwoPlaces, "numbers-to-two-places", Values, "numberValue is kept as decimal(18,2).";
    NumbersAsFloats, "numbers-as-floats", Values, "Whole numbers are written with a decimal point.";
    ScoresInPercent, "scores-in-percent", Values, "Confidence and quality count to 100.";
    ScoresRounded, "scores-rounded", Values, "Confidence and quality have two places.";
    NoImagesInLists, "no-images-in-lists", Values, "Detections are listed without their picture (null).";
    TimesToTheMicrosecond, "times-to-the-microsecond", Values, "Times have six digits behind the second.";
    TimesTrimmed, "times-trimmed", Values, "Times have no zeros at the end of their fraction.";
    TimesOfDatetime, "times-of-datetime", Values, "Times are kept to 1/300 s, as datetime in SQL Server.";
    TimesToTheHundredth, "times-to-the-hundredth", Values, "Times are kept to the hundredth of a second.";
    NumbersAsSingles, "numbers-as-singles", Values, "numberValue is kept as single precision.";
    NumbersToSixPlaces, "numbers-to-six-places", Values, "numberValue is kept as decimal(18,6).";
    BoxesAsFractions, "boxes-as-fractions", Values, "Bounding boxes are fractions of the picture.";
    ScoresToAThousand, "scores-to-a-thousand", Values, "Confidence and quality count to 1000.";
    PhotosEncodedAnew, "photos-encoded-anew", Photos, "Photos come back as a JPEG of other bytes.";
    PhotosStripped, "photos-stripped", Photos, "Photos come back without their comments.";
    PhotosAsJpg, "photos-as-jpg", Photos, "Photos are sent as image/jpg.";
    PhotosNamed, "photos-named", Photos, "Photos and documents carry a file name.";
    PhotosCached, "photos-cached", Photos, "Photos may be kept by a cache for a day, and are tagged.";
    ClaimsByUri, "claims-by-uri", Tokens, "The token has its roles under the name that .NET gives the claim.";
    ClaimsAdded, "claims-added", Tokens, "The token has jti, iss, aud and a name besides.";
    ClaimsFew, "claims-few", Tokens, "The token has neither nbf nor iat.";
    RenewalEndsOldToken, "renewal-ends-old-token", Tokens, "After a renewal the old token is refused.";
    SignedRs256, "signed-rs256", Tokens, "Tokens are signed with RS256.";
    SignedPs256, "signed-ps256", Tokens, "Tokens are signed with PS256.";
    SignedEs256, "signed-es256", Tokens, "Tokens are signed with ES256.";
    SignedEddsa, "signed-eddsa", Tokens, "Tokens are signed with `EdDSA`.";
    SignedHs384, "signed-hs384", Tokens, "Tokens are signed with HS384.";
    SignedHs512, "signed-hs512", Tokens, "Tokens are signed with HS512.";
    KeysNamed, "keys-named", Tokens, "The head of a token names its key, and says at+jwt.";
    TokensNeverAlike, "tokens-never-alike", Tokens, "No token is like another: each has a jti.";
    TokensLong, "tokens-long", Tokens, "A token has 6 KB, for all that it says of its user.";
    ClaimsEarly, "claims-early", Tokens, "nbf is five minutes before the token was made.";
    ExpiryInFractions, "expiry-in-fractions", Tokens, "exp has a fraction of a second.";
    TokensLastAMinute, "tokens-last-a-minute", Tokens, "Tokens are good for a minute.";
    TokensLastAMonth, "tokens-last-a-month", Tokens, "Tokens are good for thirty days.";
    TokensLiveOn, "tokens-live-on", Tokens, "Tokens are taken for five minutes after their end, as .NET does by default.";
    LoginsLockInARow, "logins-lock-in-a-row", Logins, "Five bad logins in a row lock an account for five minutes.";
    LoginsLockInAMinute, "logins-lock-in-a-minute", Logins, "Five bad logins of a minute lock an account for a minute, whatever lies between them.";
    LoginsThrottled, "logins-throttled", Logins, "More than five logins of one account in a second are answered 429 with Retry-After.";
    TriesLeftTold, "tries-left-told", Logins, "A bad login is told how many tries are left.";
    LoginSaysMore, "login-says-more", Logins, "A login is answered with more: when it ends, what the user may do, no second token.";
    NamesAsStored, "names-as-stored", Logins, "Users are named as they are stored, in capitals.";
    FoundLate, "found-late", Time, "What was published, enrolled or uploaded is found after 0.7 s.";
    KeptSevenDays, "kept-seven-days", Time, "Detections older than seven days are dropped.";
    KeptADay, "kept-a-day", Time, "Detections older than a day are dropped.";
    ReadsCached, "reads-cached", Time, "What was read of people and tags is answered from a cache for 0.4 s.";
    TextsLimited, "texts-limited", Limits, "Names have 50 characters at most, other texts 200: longer ones are answered 400.";
    FilesLimited, "files-limited", Limits, "Documents have 64 KB at most: larger ones are answered 413.";
    PicturesNotSmall, "pictures-not-small", Limits, "Pictures have 160 pixels at least, aligned crops apart: smaller ones are answered 400.";
    BodiesLimited, "bodies-limited", Limits, "Bodies have 1 MB at most, as in nginx by default: larger ones are answered 413 with a page.";
    MarkupRefused, "markup-refused", Limits, "Texts with angle brackets are answered 400.";
    SymbolsRefused, "symbols-refused", Limits, "Texts with characters of four bytes are answered 400.";
    PagesLimited, "pages-limited", Limits, "A page of detections has 50 entries at most; who asks for more is answered 400.";
    PagesCut, "pages-cut", Limits, "A page of detections has 50 entries at most, whatever was asked for.";
    KindsOfFilesLimited, "kinds-of-files-limited", Limits, "Documents are pictures, PDF or text: others are answered 400.";
    OldFacesRefused, "old-faces-refused", Limits, "Faces detected more than a day ago are answered 400.";
    NumbersLimited, "numbers-limited", Limits, "Numbers beyond a thousand million are answered 400.";
    HeadsLimited, "heads-limited", Limits, "A request line and a header have 8 KB at most: beyond are 414 and 431.";
    TagsUnique, "tags-unique", Limits, "A second tag of the same name is answered 400.";
    TextsTrimmed, "texts-trimmed", Texts, "Texts are kept without white space around them.";
    TextsTrimmedAtTheEnd, "texts-trimmed-at-the-end", Texts, "Texts are kept without white space at their end.";
    LinesEndAlike, "lines-end-alike", Texts, "Texts are kept with one kind of line end.";
    ControlsDropped, "controls-dropped", Texts, "Texts are kept without control characters.";
    EmptyIsNull, "empty-is-null", Texts, "A text of no characters comes back as null, as from Oracle.";
    NullIsEmpty, "null-is-empty", Texts, "A text that was never said comes back as one of no characters.";
    AnswersChunked, "answers-chunked", Transport, "Answers come in chunks, without their length.";
    AnswersDripped, "answers-dripped", Transport, "Answers come in two parts.";
    AnswersOfHttp10, "answers-of-http10", Transport, "Answers are of HTTP/1.0, and end with their connection.";
    AnswersClose, "answers-close", Transport, "Each answer closes its connection.";
    ConnectionsWorn, "connections-worn", Transport, "Every fiftieth answer closes its connection.";
    RefusalsClose, "refusals-close", Transport, "A refusal closes its connection.";
    NamesCapitalised, "names-capitalised", Transport, "Names of fields begin with capitals.";
    LoginsSlow, "logins-slow", Transport, "A login takes 0.4 s, as hashing a password well does.";
}
