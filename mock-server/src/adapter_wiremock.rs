//! The server behind a `wiremock::MockServer`, for in-process tests. Never a load target: wiremock takes a lock for
//! each request and clones its body.

use crate::identities::Identities;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use std::sync::Arc;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// Lets `identities` answer everything that `server` is asked.
pub async fn mount(server: &MockServer, identities: Arc<Identities>) {
    Mock::given(any())
        .respond_with(Responder(identities))
        .mount(server)
        .await;
}

struct Responder(Arc<Identities>);

impl Respond for Responder {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let answer = self.0.respond(&in_our_terms(request));
        let mut template = ResponseTemplate::new(answer.status().as_u16());
        for (name, value) in answer.headers().iter().filter(|(name, _)| *name != CONTENT_TYPE) {
            template = template.append_header(name, value);
        }
        // wiremock keeps the content type beside the headers and puts its own there otherwise.
        match answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) {
            Some(content_type) => template.set_body_raw(answer.body().to_vec(), content_type),
            None => template,
        }
    }
}

/// Wiremock's request as ours. Its URL is made up from the path, so that only path and query are taken.
fn in_our_terms(request: &Request) -> http::Request<Bytes> {
    let mut ours = http::Request::new(Bytes::copy_from_slice(&request.body));
    *ours.method_mut() = request.method.clone();
    let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let target = format!("{}{query}", request.url.path());
    *ours.uri_mut() = target.parse().unwrap_or_default();
    *ours.headers_mut() = request.headers.clone();
    ours.headers_mut().remove(HOST);
    ours
}
