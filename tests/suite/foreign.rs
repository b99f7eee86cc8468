//! What people type who come from other tools is answered with what does it here.

use proofload_help::advised;
use std::ffi::OsString;

fn said(line: &str) -> String {
    let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
    let root = proofload::cli::command();
    let error = root.clone().try_get_matches_from(&args).expect_err(line);
    advised(error, &root, &args).to_string()
}

#[test]
fn who_comes_from_another_tool_is_told_what_does_it_here() {
    for (line, tip) in [
        ("proofload run script.js", "proofload load --scenario FILE"),
        (
            "proofload attack -rate=50 -duration=30s",
            "proofload load --url URL --rate 50/s",
        ),
        (
            "proofload http://127.0.0.1:6009",
            "proofload validate --url http://127.0.0.1:6009",
        ),
        ("proofload 127.0.0.1:6009", "proofload load --url 127.0.0.1:6009"),
        (
            "proofload load --iterations 10",
            "--iterations is an option of k6; here it is --requests 1000",
        ),
        (
            "proofload load -rate=50",
            "-rate is an option of vegeta; here it is --rate 50/s",
        ),
        ("proofload load --rps 5", "here it is --rate 50/s"),
        ("proofload validate --base-url http://a", "here it is --url"),
        ("proofload validate --checks all", "here it is --only"),
        ("proofload validate --max-examples 5", "each is listed by --list"),
        ("proofload load -H a:b", "named with --username"),
    ] {
        let said = said(line);
        assert!(said.contains(tip), "{line}: {said}");
    }
    assert!(!said("proofload load --rate fast").contains("vegeta"));
    assert!(
        said("proofload load --user 5").contains("--users"),
        "clap's own advice stays"
    );
}
