//! The server without a transport.

use crate::accounts::SeededAccount;
use crate::answer::{Answer, Problem};
use crate::call::Call;
use crate::defects::{Defect, Defects};
use crate::faults;
use crate::faults::crowd::Entered;
use crate::handlers;
use crate::operation::{Access, Row, Takes};
use crate::route::{Route, Router};
use crate::seed;
use crate::settings::Settings;
use crate::state::State;
use crate::token::Refusal;
use crate::variants::Variants;
use bytes::Bytes;
use http::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use secrecy::SecretSlice;
use serde_json::Value;

/// Bodies above this many bytes are answered with `413`; it is the default of ASP.NET Core's own server.
pub(crate) const MAX_BODY_BYTES: usize = 30_000_000;

/// Put into a request's extensions by a transport that stopped reading a body beyond the limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyTooLarge;

/// An Identities server: a request goes in, a response comes out, and what was written stays written.
///
/// It is shared between threads as it is. What `publish` and `renewToken` touch is locked for reading, or per face.
pub struct Identities {
    router: Router,
    state: State,
    variants: Option<Variants>,
}

impl Identities {
    /// A server with the seeded accounts, tags and people.
    pub fn new(mut settings: Settings) -> Self {
        if let Some(weak) = faults::issuing::weak_key(&Defects::new(&settings.defects)) {
            settings.signing_key = weak;
        }
        let variants = &settings.variants;
        let lifetime = Variants::token_lifetime(variants).unwrap_or(settings.token_lifetime);
        let leeway = Variants::token_leeway(variants).unwrap_or(settings.token_leeway);
        (settings.token_lifetime, settings.token_leeway) = (lifetime, leeway);
        let identities = Self {
            router: Router::new(&settings.prefix, settings.swagger),
            variants: Variants::new(&settings.variants),
            state: State::new(settings),
        };
        seed::plant(&identities.state.stores);
        identities
    }

    /// Answers a request. `401` comes before `403`, that before `415`, that before `413`, and all before `400`.
    pub fn respond(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let mut answer = match &self.variants {
            None => self.answer(request),
            Some(variants) => {
                let now_ms = self.state.settings.clock.now_ms();
                let token_of = |account: &SeededAccount| self.state.tokens.issue(account, now_ms);
                variants.respond(request, now_ms, token_of, |request| self.answer(request))
            }
        };
        if request.method() == Method::HEAD {
            *answer.body_mut() = Bytes::new();
        }
        answer
    }

    /// Says that a call is under way, until what is returned is dropped. Only faults ask for it.
    pub fn enter(&self) -> Option<Entered> {
        faults::crowd::enter(&self.state)
    }

    /// The key that signs tokens, for tests that mint their own.
    pub fn signing_key(&self) -> &SecretSlice<u8> {
        &self.state.settings.signing_key
    }

    /// Everything that is stored, for a comparison before and after.
    pub fn fingerprint_of_state(&self) -> Value {
        self.state.stores.fingerprint()
    }

    /// What the server was set up with.
    pub(crate) fn settings(&self) -> &Settings {
        &self.state.settings
    }

    fn answer(&self, request: &Request<Bytes>) -> Answer {
        if self.state.is_defective() {
            faults::busy::count(&self.state);
        }
        let (row, answer) = match self.router.route(request.method(), request.uri().path()) {
            Route::To(row, values) => (Some(row), self.call(request, row, &values)),
            Route::SwaggerDocument => return handlers::swagger::document(),
            Route::SwaggerPage => return handlers::swagger::page(),
            Route::Nowhere => (None, Err(Problem::new(StatusCode::NOT_FOUND))),
            Route::WrongMethod(allow) => (None, Err(wrong_method(&allow))),
        };
        let answer = answer.unwrap_or_else(Problem::into_answer);
        if self.state.is_defective() {
            if let Some(row) = row {
                faults::cached::keep(&self.state, row, request, &answer);
            }
            let mut answer = faults::answers::spoil(&self.state, row, request, answer);
            if let Some(fate) = faults::transport::fate(&self.state) {
                answer.extensions_mut().insert(fate);
            }
            answer
        } else {
            answer
        }
    }

    fn call(&self, request: &Request<Bytes>, row: &'static Row, values: &[String]) -> Result<Answer, Problem> {
        let mut call = Call {
            request,
            values,
            caller: None,
            now_ms: self.state.settings.clock.now_ms(),
        };
        if self.state.has(Defect::ValidatesBeforeAuthenticating) {
            faults::authorisation::body_problem(row, &call).map_or(Ok(()), Err)?;
        }
        if row.access != Access::Anonymous || self.state.has(Defect::LoginDemandsToken) {
            let caller = self.authenticated(request, row, call.now_ms)?;
            call.caller = Some(caller);
            if self.state.has(Defect::ValidatesBeforeAuthorising) {
                faults::authorisation::body_problem(row, &call).map_or(Ok(()), Err)?;
            }
            if !self.permitted(row, request.uri().path(), caller) {
                if self.state.is_defective() && faults::authorisation::is_done_all_the_same(&self.state, row) {
                    let _ = handlers::handle(&self.state, row.operation, &call); // thrown away: the caller hears 403
                }
                return Err(Problem::new(StatusCode::FORBIDDEN));
            }
        }
        acceptable(request, row)?;
        handlers::handle(&self.state, row.operation, &call)
    }

    /// Who sends the request, by its bearer token.
    fn authenticated(
        &self,
        request: &Request<Bytes>,
        row: &Row,
        now_ms: i64,
    ) -> Result<&'static SeededAccount, Problem> {
        let checked = match bearer_token(request.headers()) {
            Some(token) => self.state.tokens.check(token, now_ms).map_err(Some),
            None => Err(None),
        };
        if !self.state.is_defective() {
            return checked.map_err(unauthorized);
        }
        match checked {
            Ok(_) if faults::authentication::refused_all_the_same(&self.state, request, row) => Err(unauthorized(None)),
            Ok(account) => Ok(account),
            Err(refusal) => {
                faults::authentication::forgiven(&self.state, request, row, now_ms).ok_or_else(|| unauthorized(refusal))
            }
        }
    }

    /// Whether the caller holds the operation's permission.
    fn permitted(&self, row: &Row, path: &str, caller: &SeededAccount) -> bool {
        let permitted = match row.access {
            Access::Anonymous | Access::Authenticated => true,
            Access::Permission(permission) => caller.permissions.holds(permission),
        };
        if self.state.is_defective() {
            faults::authorisation::permits(&self.state, row, path, caller, permitted)
        } else {
            permitted
        }
    }
}

/// `405` with the methods that the path has.
fn wrong_method(allow: &str) -> Problem {
    let allow = HeaderValue::from_str(allow).expect("methods and commas are visible ASCII");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED).header(ALLOW, allow)
}

/// The token of `Authorization: Bearer <token>`, the scheme in any case (RFC 9110, section 11.1).
fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None; // two credentials: whichever was taken, the other would be ignored in silence
    }
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("Bearer") && !token.is_empty()).then_some(token)
}

/// `401`; a token that was sent is said to be the reason (RFC 6750, section 3.1).
fn unauthorized(refusal: Option<Refusal>) -> Problem {
    let challenge = match refusal {
        None => HeaderValue::from_static("Bearer"),
        Some(refusal) => {
            let text = format!(
                "Bearer error=\"invalid_token\", error_description=\"{}\"",
                refusal.description()
            );
            HeaderValue::from_str(&text).expect("the descriptions are plain ASCII")
        }
    };
    Problem::new(StatusCode::UNAUTHORIZED).header(WWW_AUTHENTICATE, challenge)
}

/// Checks a body's media type, then its size.
fn acceptable(request: &Request<Bytes>, row: &Row) -> Result<(), Problem> {
    let content_type = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    let supported = match row.takes {
        Takes::Nothing => true,
        Takes::Json => {
            essence == "application/json"
                || essence == "text/json"
                || (essence.starts_with("application/") && essence.ends_with("+json"))
        }
        Takes::Multipart => essence == "multipart/form-data",
    };
    if !supported {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    if request.body().len() > MAX_BODY_BYTES || request.extensions().get::<BodyTooLarge>().is_some() {
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE).detail(format!(
            "Request body too large. The max request body size is {MAX_BODY_BYTES} bytes."
        )));
    }
    Ok(())
}
