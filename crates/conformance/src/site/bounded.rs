//! No look at the deployment takes longer than an exchange may.

use proofload_probing::context::Context;
use proofload_probing::findings::Stop;
use std::time::Duration;
use tokio::time::timeout;

/// Waits for `future`, no longer than for any other exchange.
pub(super) async fn bounded<T>(context: &Context, future: impl Future<Output = T>) -> Result<T, Stop> {
    let limit: Duration = context.options.timeout;
    timeout(limit, future)
        .await
        .map_err(|_| Stop::untestable(format!("no handshake within {} s", limit.as_secs_f64())))
}
