//! `proofload fleet` as far as it goes without a cluster: what it prints, and what it refuses. What it does with one is tested in
//! `crates/fleet`, against recorded answers.

use crate::program::program;
use std::fs;
use std::path::Path;
use std::process::Output;

const USUAL: [&str; 8] = [
    "--image",
    "registry.example/proofload:0.1.0",
    "--shards",
    "4",
    "--scenario",
    "camera-feed",
    "--rate",
    "40/s",
];
const TARGET: [&str; 4] = ["--url", "https://identities.example:5009", "--allow", "load"];

fn run(args: &[&str]) -> Output {
    program().args(args).output().expect("the program runs")
}

fn printed(more: &[&str]) -> (Option<i32>, String, String) {
    let args: Vec<&str> = ["fleet", "--print"]
        .iter()
        .chain(&USUAL)
        .chain(&TARGET)
        .chain(more)
        .copied()
        .collect();
    let output = run(&args);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// The base that people apply is what the command prints, to the byte.
#[test]
fn the_kustomize_base_is_what_is_printed() {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/kubernetes");
    let kustomization = fs::read_to_string(base.join("kustomization.yaml")).expect("the base");
    let command: String = kustomization
        .lines()
        .skip_while(|line| !line.contains("proofload fleet --print"))
        .take_while(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches('#').trim().trim_end_matches('\\'))
        .collect::<Vec<_>>()
        .join(" ");
    let words = shlex::split(&command).expect("a command line");
    let args: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    let output = run(&args);
    let made = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let path = base.join("fleet.yaml");
    if std::env::var_os("PROOFLOAD_UPDATE").is_some() {
        fs::write(&path, made.as_bytes()).expect("written");
    }
    let kept = fs::read_to_string(&path).expect("the base").replace("\r\n", "\n");
    assert_eq!(kept, made, "PROOFLOAD_UPDATE=1 makes it anew");
}

#[test]
fn a_manifest_has_what_was_typed_and_no_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let password = folder.path().join("password");
    fs::write(&password, "hush-hush").expect("written");
    let password = password.to_string_lossy();
    let (code, yaml, said) = printed(&[
        "--username",
        "svc-proof",
        "--password-file",
        &password,
        "--slo",
        "errors < 1%",
        "--http2",
        "--name",
        "mine",
        "--memory",
        "1Gi",
        "--spread",
        "none",
    ]);
    assert_eq!(code, Some(0), "{said}");
    for line in [
        "--slo=errors < 1%",
        "--rate=40/s",
        "--http2",
        "--scenario=camera-feed",
        "name: mine",
        "memory: 1Gi",
    ] {
        assert!(yaml.contains(line), "{line}: {yaml}");
    }
    assert!(
        !yaml.contains("hush-hush") && !yaml.contains("topologySpreadConstraints"),
        "{yaml}"
    );
    let kinds: Vec<&str> = yaml.lines().filter_map(|line| line.strip_prefix("kind: ")).collect();
    assert_eq!(
        kinds,
        ["ServiceAccount", "Role", "RoleBinding", "Secret", "ConfigMap", "Job"]
    );
}

#[test]
fn what_cannot_be_is_refused_in_one_sentence() {
    for (more, sentence) in [
        (&["--shards", "0"][..], "0 is not in 1..=1000"),
        (&["--name", "My_Fleet"], "\"My_Fleet\" cannot be the name of a fleet"),
        (&["--namespace", "a.b"], "\"a.b\" cannot be the namespace"),
        (&["--image", "proofload"], "neither a tag nor a digest"),
        (&["--secret", "A"], "\"A\" cannot be the name of a Secret"),
        (&["--memory", "lots"], "\"lots\" is not a quantity of memory"),
        (&["--cpu", "2Gi"], "\"2Gi\" is not a quantity of processors"),
        (
            &["--rate", "1/s", "--duration", "3s"],
            "4 shards are more than the 3 arrivals",
        ),
        (
            &["--scenario", "smoke", "--users", "3"],
            "3 virtual users are too few for 4 shards",
        ),
        (&["--pod-patch", "nowhere.yaml"], "cannot read nowhere.yaml"),
        (&["--scenario", "nowhere.toml"], "nowhere.toml"),
    ] {
        let mut args: Vec<&str> = vec!["fleet", "--print"];
        let usual = USUAL.chunks(2).filter(|pair| !more.contains(&pair[0]));
        args.extend(
            usual
                .flatten()
                .filter(|word| !more.contains(&"--users") || !["--rate", "40/s"].contains(word)),
        );
        args.extend(TARGET);
        args.extend(more);
        let output = run(&args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{more:?}: {said}");
        assert!(said.contains(sentence), "{more:?}: {said}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_fleet_needs_a_target_that_its_shards_reach() {
    let args: Vec<&str> = ["fleet", "--print"].iter().chain(&USUAL).copied().collect();
    let output = run(&args);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("the embedded mock would be another one in each"),
        "{said}"
    );
    let (code, _, said) = printed(&["--url", "http://127.0.0.1:6009"]);
    assert_ne!(code, Some(0), "twice the same option: {said}");
}

#[test]
fn a_kubeconfig_that_is_none_is_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config");
    fs::write(&path, "hush: [").expect("written");
    let path = path.to_string_lossy();
    for args in [
        vec!["fleet", "stop", "pl-1", "--kubeconfig", &path],
        vec!["fleet", "collect", "pl-1", "--out", "nowhere", "--kubeconfig", &path],
    ] {
        let output = run(&args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(
            said.contains("it is not a kubeconfig") && !said.contains("hush"),
            "{said}"
        );
    }
}
