//! What an address shows before anybody logs in.

use crate::certificate::Certificate;
use bytes::Bytes;
use http::Request;
use http::header::DATE;
use proofload_deployment::client::login::{self, server_date};
use proofload_deployment::client::{Answer, Http, Limits, PreflightError, TransportError, preflight};
use proofload_deployment::{BaseUrl, Target, handshake};
use serde_json::Value;
use std::time::{Duration, SystemTime};

/// What stands at an address.
#[derive(Debug, Clone)]
pub struct Site {
    /// A client of it, below the base URL where the API is.
    pub http: Http,
    /// Where the API is; below another prefix than was given, when that was the wrong one.
    pub base: BaseUrl,
    /// The certificate it shows; none over plain HTTP.
    pub certificate: Option<Certificate>,
    /// Its own description of the API.
    pub schema: Schema,
    /// How far its clock is ahead of ours, in seconds, by the `Date` of an answer; none where it sends no date.
    pub clock_ahead_s: Option<i64>,
    /// How long one answer took.
    pub answered_in: Duration,
}

/// The description of the API that a deployment may serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// It serves none.
    Off,
    /// It serves one.
    On {
        /// With so many paths.
        paths: usize,
    },
}

/// No schema is longer, in bytes.
const SCHEMA: usize = 8 << 20;

/// Looks at a target without logging in. A prefix that is missing or one too many is put right.
///
/// # Errors
/// Nothing of the API answers there, or its certificate is not trusted.
pub async fn look(target: &Target, timeout: Duration) -> Result<Site, PreflightError> {
    let limits = Limits {
        timeout,
        body_bytes: SCHEMA,
    };
    let http = Http::new(target, limits)?;
    let right = match preflight(&http).await {
        Ok(()) => None,
        Err(PreflightError::WrongPrefix { base, seen, right }) => {
            let there = BaseUrl::parse(&right).map_err(|_| PreflightError::WrongPrefix { base, seen, right })?;
            Some(http.with_base(there))
        }
        Err(error) => return Err(error),
    };
    if let Some(right) = &right {
        preflight(right).await?;
    }
    Ok(seen(right.unwrap_or(http), target, timeout).await?)
}

async fn seen(http: Http, target: &Target, timeout: Duration) -> Result<Site, TransportError> {
    let answer = http.send(get(&login::operation(login::RENEW).path)).await?;
    let schema = http.send(get("/swagger/v1/swagger.json")).await;
    Ok(Site {
        base: http.base().clone(),
        certificate: shown(target, timeout).await,
        schema: schema.map_or(Schema::Off, |answer| schema_of(&answer)),
        clock_ahead_s: ahead(&answer),
        answered_in: answer.elapsed,
        http,
    })
}

/// The certificate that a server shows, whatever it is worth; none over plain HTTP, or where there is no handshake.
pub(crate) async fn shown(target: &Target, timeout: Duration) -> Option<Certificate> {
    if !target.base.is_tls() {
        return None;
    }
    let shaken = tokio::time::timeout(timeout, handshake(&target.base, &target.way, &[]))
        .await
        .ok()?
        .ok()?;
    Certificate::read(shaken.chain.first()?)
}

fn get(path: &str) -> Request<Bytes> {
    Request::get(path).body(Bytes::new()).expect("a path of ours")
}

fn schema_of(answer: &Answer) -> Schema {
    if !answer.status.is_success() {
        return Schema::Off;
    }
    let document: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let paths = document
        .as_ref()
        .and_then(|document| document.get("paths")?.as_object());
    paths.map_or(Schema::Off, |paths| Schema::On { paths: paths.len() })
}

/// How far the `Date` of an answer is ahead of our clock; 0 within the exchange, since dates count whole seconds.
fn ahead(answer: &Answer) -> Option<i64> {
    let date = server_date(answer.headers.get(DATE)?.as_bytes())?;
    let now = SystemTime::now();
    let seconds = |span: Duration| i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
    Some(match date.duration_since(now) {
        Ok(ahead) => seconds(ahead),
        Err(behind) => -seconds(
            behind
                .duration()
                .saturating_sub(answer.elapsed + Duration::from_secs(1)),
        ),
    })
}
