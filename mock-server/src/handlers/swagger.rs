//! The OpenAPI document and a page that leads to it.

use crate::answer::{self, Answer};
use http::HeaderValue;
use proofload_contract::Contract;
use std::fmt::Write;

/// The document as JSON.
pub(crate) fn document() -> Answer {
    answer::json(Contract::bundled().document())
}

/// A page that lists the operations; it loads nothing, so that it works without a network.
pub(crate) fn page() -> Answer {
    let mut rows = String::new();
    for operation in Contract::bundled().operations() {
        let (method, path, id) = (&operation.method, &operation.path, &operation.id);
        let _ = writeln!(
            rows,
            "<tr><td>{method}</td><td><code>{path}</code></td><td>{id}</td></tr>"
        );
    }
    let page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>eConnect Identities (mock)</title></head>\n\
         <body><h1>eConnect Identities (mock)</h1>\n<p>Schema: <a href=\"v1/swagger.json\">v1/swagger.json</a></p>\n\
         <table>\n{rows}</table></body></html>\n"
    );
    answer::bytes(HeaderValue::from_static("text/html; charset=utf-8"), page.into())
}
