//! The script of a case: plain POSIX shell and curl, and no secret in it.

use super::call;
use super::{CA_FILE, EvidenceFile};
use proofload_results::evidence::{AccountNames, Beside, Chunk, Content, Evidence, Taken, Trail, Trusted};
use proofload_results::shell::quoted;
use proofload_results::text;
use std::fmt::Write as _;

/// Longer texts are cut in comments and where they are printed.
const SHOWN: usize = 400;

/// Variables that a script can fill in by no means of its own, and what has to be put into them.
const ASKED_FOR: [(&str, &str); 5] = [
    (
        "MINTED_TOKEN",
        "a token that was minted with the target's signing key, as the case says; this script has no key",
    ),
    (
        "FORGED_TOKEN",
        "the claims of a good token, signed with the key that the case names; this script signs nothing",
    ),
    (
        "EXPIRED_TOKEN",
        "a token of this account that has expired: log in, keep the token, and wait",
    ),
    ("TOKEN", "a token that another call of the run was given"),
    ("PASSWORD", "the password of that account"),
];

/// Functions that every script has.
const FUNCTIONS: &str = r#"work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
in_json() { printf %s "$1" | sed 's/[\\"]/\\&/g'; }
# value FILE MEMBER N: the N-th member of that name in a JSON file.
value() {
  awk -v member="\"$2\"" -v n="$3" '
    { text = text $0 "\n" }
    END {
      while (n > 0) {
        at = index(text, member)
        if (at == 0) exit 1
        text = substr(text, at + length(member))
        if (match(text, /^[ \t\r\n]*:[ \t\r\n]*/)) { text = substr(text, RLENGTH + 1); n-- }
      }
      if (substr(text, 1, 1) == "\"") { text = substr(text, 2); match(text, /^([^"\\]|\\.)*/) }
      else match(text, /^[^],} \t\r\n]*/)
      print substr(text, 1, RLENGTH)
    }' "$1"
}
"#;

/// The files of a case: its script, and the bodies that it sends.
pub(super) fn files(trail: &Trail, evidence: &Evidence) -> Vec<EvidenceFile> {
    let mut files = Vec::new();
    let mut calls = String::new();
    let count = trail.calls.len();
    for (place, call) in trail.calls.iter().enumerate() {
        let number = place + 1;
        let is_last = number == count;
        let file = if is_last {
            format!("{}.body", trail.file)
        } else {
            format!("{}.{number}.body", trail.file)
        };
        let _ = writeln!(calls, "\n# {number} of {count}: {}", shown(&call.named));
        let lines = call::lines(call, number, &file);
        if is_last && trail.times > 1 {
            calls.push_str(&repeated(&lines, trail.times));
        } else {
            calls.push_str(&lines);
        }
        calls.push_str(&takings(&call.taken, number));
        files.extend(bodies(&call.body, &file));
    }
    let expressions: Vec<String> = trail.calls.iter().flat_map(call::expressions).collect();
    let script = [
        head(trail, evidence),
        needs(&expressions, evidence),
        FUNCTIONS.to_owned(),
        client(&evidence.trust),
        logins(&expressions, evidence),
        calls,
        end(trail),
    ];
    files.push(EvidenceFile {
        name: format!("{}.sh", trail.file),
        content: script.concat().into_bytes(),
        is_script: true,
    });
    files
}

/// The files that a body is sent from.
fn bodies(body: &Content, file: &str) -> Vec<EvidenceFile> {
    let kept = |name, content: &[u8]| EvidenceFile {
        name,
        content: content.to_vec(),
        is_script: false,
    };
    match body {
        Content::File(bytes) => vec![kept(file.to_owned(), bytes)],
        Content::Mixed(chunks) => {
            let numbered = chunks.iter().enumerate().filter_map(|(number, chunk)| match chunk {
                Chunk::Bytes(bytes) => Some(kept(call::chunk_file(file, number), bytes)),
                Chunk::Text(_) => None,
            });
            numbered.collect()
        }
        Content::None | Content::Text(_) | Content::Json(_) => Vec::new(),
    }
}

/// A text on one line.
fn shown(from_elsewhere: &str) -> String {
    text::clip(&text::line(from_elsewhere), SHOWN)
}

fn head(trail: &Trail, evidence: &Evidence) -> String {
    format!(
        "#!/bin/sh\n\
         # {case}\n\
         # expected: {expected}\n\
         # observed: {observed}\n\
         # Repeats with curl what proofload did (seed {seed}). Ends with 0 where it sees the same again, with 1 where it does\n\
         # not, with 2 where it cannot tell. PROOFLOAD_URL is another place to ask.\n\
         set -u\n\
         umask 077\n\
         here=$(dirname -- \"$0\")\n\
         base=${{PROOFLOAD_URL:-{base}}}\n",
        case = shown(&trail.case),
        expected = shown(&trail.expected),
        observed = shown(&trail.observed),
        seed = evidence.seed,
        base = quoted(&evidence.base)
    )
}

/// What has to be in the environment.
fn needs(expressions: &[String], evidence: &Evidence) -> String {
    let uses = |variable: &str| expressions.iter().any(|expression| call::uses(expression, variable));
    let of_accounts = evidence
        .accounts
        .iter()
        .filter(|names| uses(&names.token) || uses(&names.password));
    let passwords = of_accounts.map(|names| {
        let account = format!("{:?} (user {:?})", names.account, names.username);
        (names.password.as_str(), format!("the password of account {account}"))
    });
    let others = ASKED_FOR.iter().filter(|(variable, _)| uses(variable));
    let others = others.map(|&(variable, what)| (variable, what.to_owned()));
    let lines = passwords.chain(others).map(|(variable, what)| {
        let words = quoted(&shown(&format!("set {variable} to {what}")));
        format!("[ -n \"${{{variable}:-}}\" ] || {{ printf '%s\\n' {words} >&2; exit 2; }}\n")
    });
    lines.collect()
}

/// curl, with the trust of the run.
fn client(trust: &Trusted) -> String {
    let (why, trust) = match trust {
        Trusted::Plain | Trusted::System => ("", String::new()),
        Trusted::Certificates(_) => ("", format!(" --cacert \"$here/{CA_FILE}\"")),
        Trusted::Pin(pin) => (
            "# -k, because the key is pinned: whatever its certificate says, curl takes this key and no other.\n",
            format!(" -k --pinnedpubkey {}", quoted(pin)),
        ),
        Trusted::Anybody => (
            "# -k, because the run was told to trust any certificate.\n",
            " -k".to_owned(),
        ),
    };
    format!(
        "{why}call() {{ curl -q -sS -g --path-as-is --http1.1 --noproxy '*' --max-time 30 -H 'expect:'{trust} \"$@\"; }}\n"
    )
}

/// Logs in each account whose token is sent.
fn logins(expressions: &[String], evidence: &Evidence) -> String {
    let uses = |names: &&AccountNames| {
        expressions
            .iter()
            .any(|expression| call::uses(expression, &names.token))
    };
    let lines: Vec<String> = evidence.accounts.iter().filter(uses).map(call::login).collect();
    if lines.is_empty() {
        return String::new();
    }
    format!(
        "# token USER PASSWORD: logs in.\n\
         token() {{\n  \
           {{ printf '{{\"username\":\"'; in_json \"$1\"; printf '\",\"password\":\"'; in_json \"$2\"; printf '\"}}'; }} >\"$work/login\"\n  \
           call -o \"$work/login.answer\" -X POST -H 'content-type: application/json' --data-binary @\"$work/login\" \"$base\"{path} || return 1\n  \
           value \"$work/login.answer\" token 1 || {{ echo 'the login gave no token' >&2; return 1; }}\n\
         }}\n{}\n",
        lines.join("\n"),
        path = quoted(&evidence.login)
    )
}

/// Takes out of an answer what later calls send.
fn takings(taken: &[Taken], place: usize) -> String {
    let lines = taken.iter().map(|value| {
        format!(
            "{}=$(value \"$work/answer.{place}\" {} {}) || {{ echo 'an earlier call was not answered as in the run' >&2; exit 2; }}\n",
            value.variable,
            quoted(&value.member),
            value.nth
        )
    });
    lines.collect()
}

/// Makes a call many times, and counts how often it is not answered.
fn repeated(lines: &str, times: usize) -> String {
    let indented: Vec<String> = lines.lines().map(|line| format!("  {line}\n")).collect();
    let indented = indented.concat();
    format!(
        "n=0 lost=0\n\
         while [ \"$n\" -lt {times} ]; do\n\
         {indented}  [ \"$failed\" = 0 ] || lost=$((lost + 1))\n  n=$((n + 1))\n\
         done\n"
    )
}

/// Says how the last call was answered. What a body means a script cannot judge: it shows it, unless there is a token in it.
fn answered(status: u16, trail: &Trail) -> String {
    let answer = format!("\"$work/answer.{}\"", trail.calls.len());
    match trail.beside {
        Beside::Nothing => format!("echo \"observed now:  $status\"\n[ \"$status\" = {status} ]\n"),
        Beside::Length(length) => format!(
            "length=$(cat {answer} 2>/dev/null | wc -c | tr -d ' ')\n\
             echo \"observed now:  $status, $length bytes\"\n\
             [ \"$status\" = {status} ] && [ \"$length\" = {length} ]\n"
        ),
        Beside::Body => format!(
            "echo \"observed now:  $status; only the status is compared, the answer begins:\"\n\
             if grep -qi token {answer} 2>/dev/null; then echo '(not shown: there is a token in it)'\n\
             else head -c {SHOWN} {answer} 2>/dev/null; echo; fi\n\
             [ \"$status\" = {status} ]\n"
        ),
    }
}

/// Says what was seen, and whether it is what was seen in the run.
fn end(trail: &Trail) -> String {
    let line = |text: &str| quoted(&shown(text));
    let told = format!(
        "\nprintf '%s\\n' {} {}\n",
        line(&format!("expected:      {}", trail.expected)),
        line(&format!("observed then: {}", trail.observed))
    );
    let judged = match trail.status {
        _ if trail.times > 1 => {
            "echo \"observed now:  $lost of $n calls were not answered\"\n[ \"$lost\" -gt 0 ]\n".to_owned()
        }
        Some(status) => answered(status, trail),
        None => {
            "echo \"observed now:  status $status, and curl ended with $failed\"\n[ \"$failed\" != 0 ]\n".to_owned()
        }
    };
    told + &judged
}
