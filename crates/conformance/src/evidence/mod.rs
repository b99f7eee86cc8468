//! What it takes to repeat a deviation, as data that holds no secret; reports make scripts of it.
//!
//! [`flow`] says which calls it takes and what of their answers goes into later ones, [`request`] writes a call down.

mod flow;
mod request;

use flow::Flow;
use proofload_deployment::client::Answer;
use proofload_deployment::{Account, Trust};
use proofload_probing::context::Context;
use proofload_probing::messages::{Display, Step, variables};
use proofload_results::evidence::{self, AccountNames, Beside, Call, Evidence, Taken, Trail, Trusted};
use proofload_results::text;
use proofload_results::validate::CaseResult;
use request::Request;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::Arc;

/// Longer texts are cut.
const SHOWN: usize = 400;

/// Collects the ways to verdicts.
pub(crate) struct Collector {
    evidence: Evidence,
    setting: Setting,
}

/// What all of them share.
struct Setting {
    display: Display,
    /// Bodies by their hash: many cases send the same picture.
    bodies: HashMap<[u8; 32], Arc<[u8]>>,
}

impl Setting {
    fn shared(&mut self, bytes: &[u8]) -> Arc<[u8]> {
        let hash = Sha256::digest(bytes).into();
        self.bodies.entry(hash).or_insert_with(|| bytes.into()).clone()
    }

    /// A text on one line, without secrets.
    fn shown(&self, text: &str) -> String {
        text::clip(&text::line(&self.display.redactor.redact(text)), SHOWN)
    }
}

impl Collector {
    /// Nothing is collected yet.
    pub(crate) fn new(context: &Context) -> Self {
        let names = |account: &Account| AccountNames {
            account: account.name.clone(),
            username: account.username.clone(),
            token: variables::token(&account.name),
            password: context.password_variable(account),
        };
        let login = context.contract.operation("authenticate");
        Self {
            evidence: Evidence {
                base: context.target.base.to_string(),
                trust: trusted(context),
                accounts: context.accounts().map(names).collect(),
                login: login.map_or_else(|| "/api/v1/authenticate".to_owned(), |login| login.path.clone()),
                seed: context.options.seed,
                trails: Vec::new(),
            },
            setting: Setting {
                display: context.display().clone(),
                bodies: HashMap::new(),
            },
        }
    }

    /// Adds the way to a case's verdict, where there is one; the last call is made so many times.
    pub(crate) fn add(&mut self, case: &CaseResult, steps: &[Arc<Step>], times: usize) {
        let Some(last) = steps.last() else { return };
        let flow = flow::plan(steps);
        let calls = flow
            .steps
            .iter()
            .map(|&place| call(&steps[place], place, &flow, &mut self.setting));
        let calls: Vec<Call> = calls.collect();
        let trails = &mut self.evidence.trails;
        let file = evidence::unique(&case.id, |name| {
            trails.iter().any(|trail| trail.file.eq_ignore_ascii_case(name))
        });
        let observed = if case.observed.is_empty() {
            &case.detail
        } else {
            &case.observed
        };
        trails.push(Trail {
            file,
            case: case.id.clone(),
            expected: self.setting.shown(&case.expected),
            observed: self.setting.shown(observed),
            calls,
            times,
            status: last.outcome.as_ref().ok().map(|answer| answer.status.as_u16()),
            beside: last
                .outcome
                .as_ref()
                .map_or(Beside::Nothing, |answer| beside(answer, observed)),
        });
    }

    /// What was collected.
    pub(crate) fn evidence(self) -> Evidence {
        self.evidence
    }
}

/// What beside the status of the last answer a script compares. Where the verdict is about a body that is no JSON, such as a
/// document that does not come back as it was, its length tells.
fn beside(answer: &Answer, observed: &str) -> Beside {
    let is_about_status = observed.starts_with(answer.status.as_str()) || !answer.status.is_success();
    if is_about_status || answer.body.is_empty() {
        Beside::Nothing
    } else if answer.truncated || serde_json::from_slice::<serde::de::IgnoredAny>(&answer.body).is_ok() {
        Beside::Body
    } else {
        Beside::Length(answer.body.len())
    }
}

fn call(step: &Step, place: usize, flow: &Flow, setting: &mut Setting) -> Call {
    let request = Request::of(&step.draft, &flow.given, setting);
    let taken = flow.given.iter().enumerate().filter(|(_, given)| given.step == place);
    Call {
        named: setting.shown(&format!("{} {}", step.draft.method, step.draft.path_and_query())),
        method: step.draft.method.to_string(),
        path: request.path,
        headers: request.headers,
        body: request.body,
        taken: taken
            .map(|(number, given)| Taken {
                variable: request::variable(number),
                member: given.member.clone(),
                nth: given.nth,
            })
            .collect(),
    }
}

fn trusted(context: &Context) -> Trusted {
    if !context.target.base.is_tls() {
        return Trusted::Plain;
    }
    match &context.target.trust {
        Trust::System => Trusted::System,
        Trust::Ca(path) => Trusted::Certificates(pem(std::fs::read(path).unwrap_or_default())),
        Trust::Pin(pin) => Trusted::Pin(pin.to_string()),
        Trust::Insecure => Trusted::Anybody,
    }
}

/// Certificates as curl reads them: one that is kept in DER becomes PEM.
fn pem(certificates: Vec<u8>) -> Vec<u8> {
    use base64::Engine as _;
    if certificates.windows(10).any(|part| part == b"-----BEGIN") {
        return certificates;
    }
    let encoded = base64::engine::general_purpose::STANDARD.encode(certificates);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in encoded.as_bytes().chunks(64) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem.into_bytes()
}
