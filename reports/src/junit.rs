//! `JUnit` documents of suites that come from one result or several.

use proofload_results::text;
use quick_junit::Report;
pub use quick_junit::TestSuite;

/// Servers show messages in lists and tables, so they stay short; the whole text is in the element's body.
pub(crate) const MESSAGE_CHARS: usize = 300;
/// What a hostile server may put into one case.
pub(crate) const BODY_CHARS: usize = 64 * 1024;

/// A document of test suites.
pub fn document(name: &str, suites: Vec<TestSuite>) -> String {
    let mut document = Report::new(name);
    document.add_test_suites(suites);
    written(&document)
}

/// A document as it is printed. XML lets C1 controls and bidirectional overrides stand; a log or a terminal obeys them.
pub(crate) fn written(document: &Report) -> String {
    text::block(&document.to_string().expect("writing into memory cannot fail"))
}
