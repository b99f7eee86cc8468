//! The login before everything: whether there is anything to test with, and whose fault it is when there is not.

use super::RunError;
use http::header::WWW_AUTHENTICATE;
use proofload_deployment::client::login::{AUTHENTICATE, RENEW};
use proofload_probing::context::{Context, logins};
use proofload_probing::findings::Stop;
use proofload_probing::messages::{Draft, Exchange};
use serde_json::json;

/// Stops before 900 cases say the same: the target must answer, and must not refuse the main account's login.
///
/// A login that is merely odd is a finding for the cases, and so is a refusal that the documents do not know: they have 400
/// for wrong credentials, so that 401 or 403 is wrong whether these are right or not.
pub(super) async fn begin(context: &Context) -> Result<(), RunError> {
    if !context.has_accounts() {
        context.note("no account was given, so only what needs none was tested");
        return Ok(());
    }
    let main = context.main();
    // Without a token: so the application is heard to refuse in its own words before anything is held against it.
    if let Ok(call) = context.call(RENEW) {
        let _ = context.send(call).await;
    }
    let exchange = context
        .send(logins::request(&context.contract, &main.username, &main.password))
        .await;
    let exchange = match exchange {
        Ok(exchange) => exchange,
        Err(Stop::Skip(cause) | Stop::Untestable(cause)) => return Err(RunError::LoginRefused(cause.to_string())),
    };
    let said = match exchange.status() {
        400 | 404 => format!(
            "{}; check its user name, its password and the base URL",
            exchange.excerpt()
        ),
        407 => format!(
            "{} wants credentials of its own before it passes anything on; where it is the proxy that calls go through, they stand in its URL",
            context.front(&exchange).unwrap_or_default()
        ),
        401 | 403 if is_a_fronts_own(&exchange) => format!(
            "{}; that is not how the API answers: something in front of it refuses the call or wants credentials of its own",
            exchange.excerpt()
        ),
        status @ (401 | 403) => {
            context.note(told(context, status).await);
            return Ok(());
        }
        _ => return Ok(()),
    };
    Err(RunError::LoginRefused(format!(
        "the login of account {:?} (user {:?}) at {} was answered {}: {said}",
        main.name,
        main.username,
        context.target.base,
        exchange.observed(),
    )))
}

/// Whether a refusal comes from in front of the API: a page for people, words that are no JSON, or a challenge for
/// credentials of another kind than its own.
fn is_a_fronts_own(exchange: &Exchange) -> bool {
    let challenges = exchange.answer().headers.get_all(WWW_AUTHENTICATE).iter();
    let mut schemes = challenges.filter_map(|value| value.to_str().ok()?.split([' ', ',']).next());
    let foreign = schemes.any(|scheme| !scheme.eq_ignore_ascii_case("bearer"));
    let silent = exchange.answer().body.trim_ascii().is_empty();
    foreign || !(silent || exchange.json().is_some())
}

/// What the refusal says of `authenticate`. A body without credentials, which locks nobody out, tells whether it reads
/// them before it refuses.
async fn told(context: &Context, status: u16) -> String {
    let undocumented =
        format!("authenticate answered a login with {status}; documented are 200, and 400 for wrong credentials");
    let rest = "What takes a login could not be tested.";
    let Ok(draft) = context.call(AUTHENTICATE).map(Draft::harmless) else {
        return format!("{undocumented}. {rest}");
    };
    let empty = context.send(draft.json(json!({}))).await;
    if empty.is_ok_and(|exchange| exchange.status() == status) {
        format!(
            "{undocumented}. It answers the same to a body without credentials, and so refuses before it reads them: it demands a token, where it gives the first one. {rest}"
        )
    } else {
        format!("{undocumented}. Whether this user name and password are right cannot be told from that. {rest}")
    }
}
