//! `JUnit` documents of suites that come from one result or several.

use quick_junit::Report;
pub use quick_junit::TestSuite;

/// A document of test suites.
pub fn document(name: &str, suites: Vec<TestSuite>) -> String {
    let mut document = Report::new(name);
    document.add_test_suites(suites);
    document.to_string().expect("writing into memory cannot fail")
}
