//! The families against the mock as it is, and against servers bent in one place.

mod clean;
mod right;
mod wrong;

use crate::target::target;
use bytes::Bytes;
use proofload_conformance::{BadLogins, ConformanceOptions, ConformanceRun, RunError, case_id, run};
use proofload_contract::Contract;
use proofload_deployment::Trust;
use proofload_mock_server::{Identities, Settings};
use proofload_results::events::Unobserved;
use proofload_results::validate::{CaseResult, Verdict};
use serde_json::Value;
use std::sync::Arc;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// What a bent server answers; most of the time what the right one answers, bent a little.
type Bend = dyn Fn(&http::Request<Bytes>, &Identities) -> http::Response<Bytes> + Send + Sync;

struct Bent {
    identities: Identities,
    bend: Arc<Bend>,
}

impl Respond for Bent {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut ours = http::Request::new(Bytes::copy_from_slice(&request.body));
        *ours.method_mut() = request.method.clone();
        let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        *ours.uri_mut() = format!("{}{query}", request.url.path()).parse().unwrap();
        *ours.headers_mut() = request.headers.clone();
        let answer = (self.bend)(&ours, &self.identities);
        let mut template = ResponseTemplate::new(answer.status().as_u16());
        for (name, value) in answer.headers() {
            if name != http::header::CONTENT_TYPE {
                template = template.append_header(name, value);
            }
        }
        match answer.headers().get(http::header::CONTENT_TYPE) {
            Some(kind) => template.set_body_raw(answer.body().to_vec(), kind.to_str().unwrap()),
            None => template,
        }
    }
}

/// Runs the families that decide `only` (all of them, when it is empty) against a bent server.
pub(crate) async fn against(
    only: &[&str],
    writes: bool,
    rule: impl Fn(&http::Request<Bytes>, &Identities) -> http::Response<Bytes> + Send + Sync + 'static,
) -> ConformanceRun {
    tried_against(only, writes, rule).await.unwrap()
}

/// [`against`], where the run may not begin.
pub(crate) async fn tried_against(
    only: &[&str],
    writes: bool,
    rule: impl Fn(&http::Request<Bytes>, &Identities) -> http::Response<Bytes> + Send + Sync + 'static,
) -> Result<ConformanceRun, RunError> {
    let ours = proofload_conformance::behaviour::all();
    let ours = ours.iter().flat_map(|family| family.cases());
    let ours: Vec<String> = ours
        .map(|case| case_id(case.operation, case.clause.name, None))
        .collect();
    let chosen: Vec<String> = if only.is_empty() {
        ours
    } else {
        only.iter().map(ToString::to_string).collect()
    };
    let options = ConformanceOptions {
        only: chosen.iter().map(|id| id.parse().unwrap()).collect(),
        bad_logins: BadLogins::AtOnce,
        ..ConformanceOptions::default()
    };
    against_with(options, writes, rule).await
}

/// Runs what `options` select against a bent server.
pub(crate) async fn against_with(
    options: ConformanceOptions,
    writes: bool,
    rule: impl Fn(&http::Request<Bytes>, &Identities) -> http::Response<Bytes> + Send + Sync + 'static,
) -> Result<ConformanceRun, RunError> {
    let server = MockServer::start().await;
    let responder = Bent {
        identities: Identities::new(Settings::default()),
        bend: Arc::new(rule),
    };
    Mock::given(any()).respond_with(responder).mount(&server).await;
    let target = target(&server.uri(), Trust::System, writes);
    run(&target, Contract::bundled(), &options, &Unobserved).await
}

/// The cases that ended with one of these verdicts, each in a line.
pub(crate) fn that_ended(outcome: &ConformanceRun, verdicts: &[Verdict]) -> Vec<String> {
    let told = |case: &CaseResult| {
        format!(
            "{} {:?}: expected {}, observed {} ({})",
            case.id, case.verdict, case.expected, case.observed, case.detail
        )
    };
    let cases = outcome.report.cases.iter();
    cases
        .filter(|case| verdicts.contains(&case.verdict))
        .map(told)
        .collect()
}

/// A JSON answer with another body.
fn reshaped(answer: http::Response<Bytes>, reshape: impl FnOnce(Value) -> Value) -> http::Response<Bytes> {
    let (head, body) = answer.into_parts();
    match serde_json::from_slice(&body) {
        Ok(value) => http::Response::from_parts(head, reshape(value).to_string().into()),
        Err(_) => http::Response::from_parts(head, body),
    }
}

/// An answer with a status and nothing else.
pub(crate) fn empty(status: u16) -> http::Response<Bytes> {
    http::Response::builder().status(status).body(Bytes::new()).unwrap()
}
