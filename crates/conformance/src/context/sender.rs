//! The one way out: sends a draft through the bounded client and keeps what is needed to show the exchange.

use crate::findings::{Cause, Stop};
use crate::messages::redact::Redactor;
use crate::messages::{Display, Draft, Exchange};
use http::StatusCode;
use proofload_deployment::client::Http;

/// Sends drafts to the target.
#[derive(Clone)]
pub(crate) struct Sender {
    http: Http,
    display: Display,
}

impl Sender {
    pub(crate) fn new(http: Http, display: Display) -> Self {
        Self { http, display }
    }

    pub(crate) fn redactor(&self) -> &Redactor {
        &self.display.redactor
    }

    pub(crate) fn display(&self) -> &Display {
        &self.display
    }

    /// Sends, and gives back whatever was answered.
    pub(crate) async fn send(&self, draft: Draft) -> Result<Exchange, Stop> {
        let named = format!("{} {}", draft.method, draft.path_and_query());
        let request = draft
            .request()
            .map_err(|error| Stop::untestable(format!("{named} cannot be written as a request: {error}")))?;
        let answer = self
            .http
            .send(request)
            .await
            .map_err(|error| Stop::Untestable(Cause::NoAnswer(self.display.redactor.redact(&error.to_string()))))?;
        let exchange = Exchange::new(draft, answer, self.display.clone());
        if exchange.answer().status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Stop::Untestable(Cause::RateLimited(named)));
        }
        Ok(exchange)
    }
}
