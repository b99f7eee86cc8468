//! Options of a pipeline, as `ci/common.sh` takes them apart.
#![cfg(unix)]

use std::process::Command;

/// What the script makes of options, word by word.
#[test]
fn options_are_taken_apart_as_on_a_command_line() {
    let script = include_str!("../../ci/common.sh");
    let (_, split) = script.split_once("split() {").expect("the function");
    let (split, _) = split.split_once("\n}\n").expect("its end");
    let words = |options: &str| {
        let program = format!(
            "set -euo pipefail; say() {{ echo \"$*\" >&2; }}; split() {{{split}\n}}\nsplit OPTIONS; printf '[%s]' ${{words[@]+\"${{words[@]}}\"}}"
        );
        let output = Command::new("bash")
            .args(["-c", &program])
            .env("OPTIONS", options)
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    for (options, expected) in [
        (
            "--rate 20/s\n--duration 2s\r\n\n  --slo a<1us\n",
            "[--rate][20/s][--duration][2s][--slo][a<1us]",
        ),
        ("--slo 'publish.p99 < 250ms' e\\ f", "[--slo][publish.p99 < 250ms][e f]"),
        ("--set \"a=\\\"b c\\\"\" 'd=\"e\"'", "[--set][a=\"b c\"][d=\"e\"]"),
        ("a \\\n  b", "[a][b]"),
        ("* $HOME `id` $(id) ~", "[*][$HOME][`id`][$(id)][~]"),
        ("''", "[]"),
    ] {
        assert_eq!(words(options), (Some(0), expected.to_owned()), "{options}");
    }
    assert_eq!(words("--slo 'a < 1us").0, Some(2), "a quote that is never closed");
}
