//! Scripts of made-up ways to verdicts: what stands in them, and what a shell makes of it.

use super::{EvidenceFile, files};
use proofload_results::evidence::{AccountNames, Beside, Call, Chunk, Content, Evidence, Taken, Trail, Trusted};
use proofload_results::shell::shell;

const PASSWORD: &str = "pa\"ss$(id)'";

fn evidence(trust: Trusted, trail: Trail) -> Evidence {
    Evidence {
        base: "https://h:5009/identities".to_owned(),
        trust,
        accounts: vec![AccountNames {
            account: "full".to_owned(),
            username: "o'brien $(id)".to_owned(),
            token: "TOKEN_OF_FULL".to_owned(),
            password: "PROOFLOAD_PASSWORD".to_owned(),
        }],
        login: "/api/v1/authenticate".to_owned(),
        seed: 7,
        trails: vec![trail],
    }
}

fn call(method: &str, path: &str, header: &str, body: Content) -> Call {
    Call {
        named: format!("{method} /x"),
        method: method.to_owned(),
        path: path.to_owned(),
        headers: vec![header.to_owned()],
        body,
        taken: Vec::new(),
    }
}

fn trail(calls: Vec<Call>) -> Trail {
    Trail {
        case: "getTag/current\n$(rm -rf /)".to_owned(),
        file: "getTag_current".to_owned(),
        expected: "200".to_owned(),
        observed: "404'; $(id)\n".to_owned(),
        calls,
        times: 1,
        status: Some(404),
        beside: Beside::Nothing,
    }
}

/// Creates a tag and looks at it.
fn sequence() -> Trail {
    let header = format!("authorization: Bearer {}", shell("$TOKEN_OF_FULL"));
    let body: &[u8] = br#"{"tagName":"proofload-1"}"#;
    let mut create = call("POST", "/api/v1/Tags", &header, Content::File(body.into()));
    create.taken.push(Taken {
        variable: "VALUE_1".to_owned(),
        member: "tagId".to_owned(),
        nth: 1,
    });
    let path = format!("/api/v1/Tags/{}", shell("$VALUE_1"));
    trail(vec![create, call("GET", &path, &header, Content::None)])
}

fn scripted(trust: Trusted, trail: Trail) -> (String, Vec<EvidenceFile>) {
    let mut files: Vec<EvidenceFile> = files(&evidence(trust, trail)).collect();
    let script = files.pop().expect("a script");
    assert!(script.is_script);
    (String::from_utf8(script.content).expect("text"), files)
}

#[test]
fn a_sequence_is_done_again_with_the_values_of_now() {
    let (script, files) = scripted(Trusted::System, sequence());
    for line in [
        "# 1 of 2: POST /x",
        "TOKEN_OF_FULL=$(token 'o'\\''brien $(id)' \"$PROOFLOAD_PASSWORD\") || exit 2",
        "[ -n \"${PROOFLOAD_PASSWORD:-}\" ]",
        "VALUE_1=$(value \"$work/answer.1\" 'tagId' 1)",
        "\"$base\"'/api/v1/Tags/'\"$VALUE_1\"",
        "[ \"$status\" = 404 ]",
        "# getTag/current\\n$(rm -rf /)\n",
    ] {
        assert!(script.contains(line), "{line}: {script}");
    }
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].name, "getTag_current.1.body");
    assert_eq!(files[0].content, br#"{"tagName":"proofload-1"}"#);
}

#[test]
fn what_a_script_cannot_make_it_asks_for() {
    for variable in ["MINTED_TOKEN", "FORGED_TOKEN", "EXPIRED_TOKEN", "TOKEN"] {
        let header = format!("authorization: Bearer {}", shell(&format!("${variable}")));
        let (script, _) = scripted(Trusted::Plain, trail(vec![call("GET", "/x", &header, Content::None)]));
        assert!(script.contains(&format!("[ -n \"${{{variable}:-}}\" ]")), "{script}");
        assert!(!script.contains("token USER PASSWORD"), "nobody logs in: {script}");
    }
}

#[test]
fn a_script_trusts_as_the_run_did_and_says_why_it_does_not_check() {
    for (trust, with, why) in [
        (Trusted::Plain, "-H 'expect:' \"$@\"", None),
        (Trusted::System, "-H 'expect:' \"$@\"", None),
        (
            Trusted::Certificates(b"PEM".to_vec()),
            "--cacert \"$here/ca.pem\"",
            None,
        ),
        (
            Trusted::Pin("sha256//x=".to_owned()),
            "-k --pinnedpubkey 'sha256//x='",
            Some("# -k, because the key is pinned"),
        ),
        (Trusted::Anybody, " -k \"$@\"", Some("# -k, because the run was told")),
    ] {
        let (script, files) = scripted(trust.clone(), sequence());
        assert!(script.contains(with), "{with}: {script}");
        assert_eq!(script.contains(" -k "), why.is_some(), "{script}");
        assert!(why.is_none_or(|why| script.contains(why)), "{script}");
        let kept = files.iter().any(|file| file.name == "ca.pem" && file.content == b"PEM");
        assert_eq!(kept, matches!(trust, Trusted::Certificates(_)));
    }
}

#[test]
fn a_call_that_is_lost_now_and_then_is_made_many_times() {
    let trail = Trail {
        times: 200,
        status: None,
        ..trail(vec![call("GET", "/x", "accept: */*", Content::None)])
    };
    let (script, _) = scripted(Trusted::System, trail);
    assert!(script.contains("while [ \"$n\" -lt 200 ]"), "{script}");
    assert!(script.contains("[ \"$lost\" -gt 0 ]"), "{script}");
}

/// The shell itself reads them: hostile texts end as text, and bytes come through as they are.
#[cfg(unix)]
#[test]
fn the_shell_reads_what_was_meant() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::Command;
    let folder = tempfile::tempdir().expect("a folder");
    let secret = shell("$PROOFLOAD_PASSWORD");
    let raw: &[u8] = b"\0\xff$(id)";
    let calls = vec![
        call("PUT", "/c", "content-type: x/y", Content::File(raw.into())),
        call(
            "PUT",
            "/d",
            "content-type: x/y",
            Content::Text(format!("--a%s\\n'{secret}")),
        ),
        call(
            "PUT",
            "/e",
            "content-type: x/y",
            Content::Mixed(vec![
                Chunk::Bytes((&b"\xfe\0"[..]).into()),
                Chunk::Text(secret.clone()),
                Chunk::Bytes((&b"%s$(id)\xff"[..]).into()),
            ]),
        ),
        call(
            "POST",
            "/a?b=[$(id)]",
            "x-a: it's",
            Content::Json(format!("{{\"a\":\"\\n'\",\"p\":\"{secret}\"}}")),
        ),
    ];
    // In place of curl: writes down what it is given to send and where, and answers 404.
    let curl = "#!/bin/sh\nprevious=\nfor last; do\n\
                case $previous in --data-binary) cat \"${last#@}\" >>\"$LOG\";; esac\nprevious=$last\ndone\n\
                printf ' %s\\n' \"$last\" >>\"$LOG\"\nprintf 404\n";
    let program = folder.path().join("curl");
    std::fs::write(&program, curl).expect("written");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("runnable");
    for file in files(&evidence(Trusted::System, trail(calls))) {
        std::fs::write(folder.path().join(&file.name), &file.content).expect("written");
    }
    let script = format!(
        "PATH={}:$PATH; . {}",
        folder.path().display(),
        folder.path().join("getTag_current.sh").display()
    );
    let output = Command::new("sh")
        .args([
            "-c",
            &script,
            folder.path().join("getTag_current.sh").to_str().expect("text"),
        ])
        .env("LOG", folder.path().join("log"))
        .env("PROOFLOAD_PASSWORD", PASSWORD)
        .output()
        .expect("a shell");
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let log = std::fs::read(folder.path().join("log")).expect("written by the script");
    let expected = [
        b"\0\xff$(id) https://h:5009/identities/c\n".as_slice(),
        b"--a%s\\n'pa\"ss$(id)' https://h:5009/identities/d\n",
        b"\xfe\0pa\"ss$(id)'%s$(id)\xff https://h:5009/identities/e\n",
        br#"{"a":"\n'","p":"pa\"ss$(id)'"} https://h:5009/identities/a?b=[$(id)]"#,
        b"\n",
    ]
    .concat();
    assert_eq!(String::from_utf8_lossy(&log), String::from_utf8_lossy(&expected));
}
