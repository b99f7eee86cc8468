//! Tokens that a defective server takes although it should not, and the other way round.

use crate::accounts::{ACCOUNTS, SeededAccount};
use crate::defects::Defect;
use crate::operation::{Access, Operation, Row};
use crate::state::State;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Request;
use http::header::AUTHORIZATION;
use jsonwebtoken::{Algorithm, DecodingKey};
use secrecy::ExposeSecret as _;
use serde_json::Value;

/// Seconds by which `token-expiry-behind` lags; its server has the same clock, and does not notice.
pub(super) const BEHIND_S: i64 = 8 * 3600;

const A_DAY_S: f64 = 86_400.0;

/// Operations that one defect each leaves without authentication.
const ANONYMOUS: [(Defect, Operation); 9] = [
    (Defect::AnonymousPublish, Operation::Publish),
    (Defect::AnonymousLookup, Operation::Lookup),
    (Defect::AnonymousGetPerson, Operation::GetPerson),
    (Defect::AnonymousDeleteNote, Operation::DeleteNote),
    (Defect::AnonymousListTags, Operation::ListTags),
    (Defect::AnonymousEnrollmentPhoto, Operation::GetEnrollmentPhoto),
    (Defect::AnonymousDetectionPhoto, Operation::GetDetectionPhoto),
    (Defect::AnonymousDocument, Operation::GetDocumentData),
    (Defect::AnonymousDetections, Operation::ListDetectionsByFace),
];

/// A token in parts, whatever it is worth.
pub(super) struct Presented<'a> {
    header: Value,
    pub(super) claims: Value,
    /// What the signature is over.
    signed: &'a str,
    signature: &'a str,
}

/// Who a request that should be refused is taken for, if a defect lets it in.
pub(crate) fn forgiven(
    server: &State,
    request: &Request<Bytes>,
    row: &Row,
    now_ms: i64,
) -> Option<&'static SeededAccount> {
    let everybody = &ACCOUNTS[0];
    let authorization = request.headers().get(AUTHORIZATION);
    let path_of_another_case = || !fits_to_the_letter(request.uri().path(), row.path);
    if ANONYMOUS
        .iter()
        .any(|(defect, operation)| *operation == row.operation && server.has(*defect))
        || (server.has(Defect::PathCaseSkipsAuthentication) && path_of_another_case())
        || super::cached::gives(server, Defect::PhotosAreCached, row, request.uri().path())
    {
        return Some(everybody);
    }
    let value = authorization.and_then(|value| value.to_str().ok()).unwrap_or_default();
    if server.has(Defect::AcceptsEmptyBearer) && value.trim().eq_ignore_ascii_case("Bearer") {
        return Some(everybody);
    }
    let in_query = query_token(request).filter(|_| server.has(Defect::AcceptsTokenInQuery));
    let token = in_query.or_else(|| token_in(server, value))?;
    match Presented::read(token) {
        Some(presented) => presented.account(server, row, now_ms),
        None => server.has(Defect::AcceptsGarbage).then_some(everybody),
    }
}

/// Whether a defect refuses a request that should be let in.
pub(crate) fn refused_all_the_same(server: &State, request: &Request<Bytes>, row: &Row) -> bool {
    let value = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let value = value.unwrap_or_default();
    let renewed = || {
        let token = value.split_whitespace().nth(1).and_then(Presented::read);
        token.is_some_and(|token| token.claims.get("renewed").is_some())
    };
    (server.has(Defect::SchemeCaseMatters) && !value.starts_with("Bearer "))
        || (server.has(Defect::RenewOnlyOnce) && row.operation == Operation::RenewToken && renewed())
}

/// What a token that was refused is: no JWT at all, or one with a wrong signature.
pub(super) fn is_malformed(request: &Request<Bytes>) -> Option<bool> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let token = value.split_whitespace().nth(1)?;
    Some(Presented::read(token).is_none())
}

/// The token in an `Authorization` header, where a defect lets it stand.
fn token_in<'a>(server: &State, value: &'a str) -> Option<&'a str> {
    let value = value.trim();
    match value.split_once(' ') {
        Some((scheme, token)) => {
            let scheme_fits = scheme.eq_ignore_ascii_case("Bearer") || server.has(Defect::AcceptsAnyScheme);
            scheme_fits.then(|| token.trim())
        }
        None => Some(value).filter(|value| !value.is_empty() && server.has(Defect::AcceptsNoScheme)),
    }
}

fn query_token(request: &Request<Bytes>) -> Option<&str> {
    let pairs = request
        .uri()
        .query()?
        .split('&')
        .filter_map(|pair| pair.split_once('='));
    let named = |name: &str| {
        ["access_token", "token", "bearer_token"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
    };
    pairs.into_iter().find(|(name, _)| named(name)).map(|(_, token)| token)
}

/// Whether a path ends with its template in exactly the documented spelling.
pub(super) fn fits_to_the_letter(path: &str, template: &str) -> bool {
    let literal = template
        .split('/')
        .filter(|part| !part.is_empty() && !part.starts_with('{'));
    let parts: Vec<&str> = path.split('/').collect();
    literal.into_iter().all(|part| parts.contains(&part))
}

impl<'a> Presented<'a> {
    pub(super) fn read(token: &'a str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let json = |part: &str| -> Option<Value> {
            let value: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()?;
            value.is_object().then_some(value)
        };
        Some(Self {
            header: json(header)?,
            claims: json(payload)?,
            signed,
            signature,
        })
    }

    fn account(&self, server: &State, row: &Row, now_ms: i64) -> Option<&'static SeededAccount> {
        // RFC 7515, section 4.1.11: no extension is understood here.
        if self.header.get("crit").is_some() || !self.is_signed(server, row) || !self.is_timely(server, row, now_ms) {
            return None;
        }
        let by_subject = server.has(Defect::TokenWithoutName) || server.has(Defect::TokenNamesSomebodyElse);
        let name = self.claims.get(if by_subject { "sub" } else { "unique_name" });
        SeededAccount::find(name?.as_str()?)
    }

    fn is_signed(&self, server: &State, row: &Row) -> bool {
        let has = |defect| server.has(defect);
        let at = |defect: Defect| has(defect) && defect.shows_at(row);
        let algorithm = self.header.get("alg").and_then(Value::as_str).unwrap_or_default();
        let in_capitals = algorithm != "none" && algorithm.eq_ignore_ascii_case("none");
        let hs256 = |key: &[u8]| algorithm == "HS256" && self.verifies(key, Algorithm::HS256);
        let other_hmac = |name: &str, kind| algorithm == name && self.verifies(key_of(server), kind);
        hs256(key_of(server))
            || has(Defect::IgnoresSignature)
            || super::crowd::takes_any_signature(server)
            || at(Defect::RenewIgnoresSignature)
            || at(Defect::ProfileIgnoresSignature)
            || at(Defect::PhotosIgnoreSignature)
            || (has(Defect::AcceptsEmptySignature) && algorithm == "HS256" && self.signature.is_empty())
            || (has(Defect::ChecksSignatureStart) && self.starts_right(server))
            || (has(Defect::AcceptsAlgNone) && algorithm == "none")
            || (has(Defect::AcceptsAlgNoneInCapitals) && in_capitals)
            || (has(Defect::AcceptsEmptyKey) && hs256(b""))
            || (has(Defect::AcceptsWellKnownKey) && hs256(b"secret"))
            || (has(Defect::AcceptsKeyInHeader) && self.own_key().is_some_and(|key| hs256(&key)))
            || (has(Defect::AcceptsKeyIdPath) && self.key_id_is_null_device() && hs256(b""))
            || (has(Defect::AcceptsOtherHmac) && other_hmac("HS384", Algorithm::HS384))
            || ((has(Defect::AcceptsOtherHmac) || has(Defect::TokenHs512)) && other_hmac("HS512", Algorithm::HS512))
            || (has(Defect::TokenUnsigned) && algorithm == "none" && self.signature.is_empty())
    }

    #[expect(clippy::cast_precision_loss, reason = "times of this age are exact in an f64")]
    fn is_timely(&self, server: &State, row: &Row, now_ms: i64) -> bool {
        let has = |defect| server.has(defect);
        let now = now_ms as f64 / 1000.0;
        let number = |name: &str| self.claims.get(name).and_then(Value::as_f64);
        let any_expiry =
            has(Defect::AcceptsExpired) || (has(Defect::RenewAcceptsExpired) && row.operation == Operation::RenewToken);
        let leeway = match (has(Defect::ForgivesADay), has(Defect::TokenExpiryBehind)) {
            (true, _) => A_DAY_S,
            (_, true) => BEHIND_S as f64,
            _ => 0.0,
        };
        let alive = match number("exp") {
            Some(expiry) => any_expiry || now < expiry + leeway,
            None => has(Defect::AcceptsTokenWithoutExpiry) || has(Defect::TokenWithoutExpiry),
        };
        let begun = number("nbf").is_none_or(|begin| now >= begin);
        alive && (begun || has(Defect::IgnoresNotBefore) || has(Defect::TokenNotValidYet))
    }

    fn verifies(&self, key: &[u8], algorithm: Algorithm) -> bool {
        let key = DecodingKey::from_secret(key);
        jsonwebtoken::crypto::verify(self.signature, self.signed.as_bytes(), &key, algorithm).unwrap_or(false)
    }

    fn starts_right(&self, server: &State) -> bool {
        let key = jsonwebtoken::EncodingKey::from_secret(key_of(server));
        let right = jsonwebtoken::crypto::sign(self.signed.as_bytes(), &key, Algorithm::HS256);
        right.is_ok_and(|right| self.signature.get(..8) == right.get(..8))
    }

    /// The symmetric key that the header brings along.
    fn own_key(&self) -> Option<Vec<u8>> {
        let key = self.header.get("jwk")?.get("k")?.as_str()?;
        BASE64_URL_SAFE_NO_PAD.decode(key).ok()
    }

    fn key_id_is_null_device(&self) -> bool {
        self.header
            .get("kid")
            .and_then(Value::as_str)
            .is_some_and(|kid| kid.ends_with("/dev/null"))
    }
}

fn key_of(server: &State) -> &[u8] {
    server.settings.signing_key.expose_secret()
}

impl Row {
    /// Whether it asks for a token.
    pub(super) fn is_protected(&self) -> bool {
        self.access != Access::Anonymous
    }
}
