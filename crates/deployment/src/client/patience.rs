//! A first call that is one too many: waited for, and made again.

use super::{Answer, Http, TransportError};
use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{Request, StatusCode};
use std::time::Duration;

/// What is waited for a target that limits its rate, unless it says itself for how long, and how long then at most.
const WAITS: [Duration; 3] = [
    Duration::from_millis(300),
    Duration::from_secs(1),
    Duration::from_secs(2),
];
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Sends a call, and again a little later where it was one too many.
pub(super) async fn patiently(http: &Http, call: Request<Bytes>) -> Result<Answer, TransportError> {
    for wait in WAITS {
        match http.send(call.clone()).await {
            Ok(answer) if is_too_busy(&answer) => {
                let told = answer.headers.get(RETRY_AFTER);
                let told = told.and_then(|value| value.to_str().ok()?.trim().parse().ok());
                tokio::time::sleep(told.map_or(wait, Duration::from_secs).min(LONGEST_WAIT)).await;
            }
            other => return other,
        }
    }
    http.send(call).await
}

/// Whether an answer says that there were too many calls: a limited rate, or a server that is just starting.
pub(super) fn is_too_busy(answer: &Answer) -> bool {
    matches!(
        answer.status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    )
}
