//! The one way out: sends a draft through the bounded client and keeps what is needed to show the exchange.

use super::draft::Draft;
use super::exchange::{Display, Exchange};
use super::finding::Stop;
use super::redact::Redactor;
use http::StatusCode;
use proofload_deployment::client::Http;

/// Sends drafts to the target.
#[derive(Clone)]
pub(super) struct Sender {
    http: Http,
    display: Display,
}

impl Sender {
    pub(super) fn new(http: Http, display: Display) -> Self {
        Self { http, display }
    }

    pub(super) fn redactor(&self) -> &Redactor {
        &self.display.redactor
    }

    pub(super) fn display(&self) -> &Display {
        &self.display
    }

    /// Sends, and gives back whatever was answered.
    pub(super) async fn send(&self, draft: Draft) -> Result<Exchange, Stop> {
        let named = format!("{} {}", draft.method, draft.path_and_query());
        let request = draft
            .request()
            .map_err(|error| Stop::Untestable(format!("{named} cannot be written as a request: {error}")))?;
        let answer = self
            .http
            .send(request)
            .await
            .map_err(|error| Stop::Untestable(self.display.redactor.redact(&error.to_string())))?;
        let exchange = Exchange::new(draft, answer, self.display.clone());
        if exchange.answer().status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Stop::Untestable(format!(
                "{named} was answered 429: the target limits its rate; let fewer cases run at once"
            )));
        }
        Ok(exchange)
    }
}
