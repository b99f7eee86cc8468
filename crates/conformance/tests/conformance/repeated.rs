//! Scripts of real runs against defective mocks: run as they stand, they see what the run saw.

use crate::target::target;
use proofload_conformance::{ConformanceOptions, ConformanceRun, run};
use proofload_contract::Contract;
use proofload_deployment::{Pin, Target, Trust};
use proofload_mock_server::{ACCOUNTS, Defect, Settings};
use proofload_reports::evidence::files;
use proofload_results::events::Unobserved;
use proofload_results::validate::Verdict;
use proofload_test_support::Mock;
use secrecy::ExposeSecret as _;
use std::path::Path;
use std::process::{Command, Output};

async fn left(target: &Target, only: &[&str], folder: &Path) -> ConformanceRun {
    let options = ConformanceOptions {
        only: only.iter().map(|pattern| pattern.parse().unwrap()).collect(),
        ..ConformanceOptions::default()
    };
    let run = run(target, Contract::bundled(), &options, &Unobserved).await.unwrap();
    for file in run.evidence.iter().flat_map(files) {
        std::fs::write(folder.join(file.name), file.content).unwrap();
    }
    run
}

fn script_of(run: &ConformanceRun, case: &str) -> Option<String> {
    run.evidence.as_ref()?.script_of(case)
}

/// Runs a script with nothing but the passwords of the accounts, in the variables that the run names.
fn repeated(script: &Path, run: &ConformanceRun) -> Output {
    let mut command = Command::new("sh");
    command.arg(script).current_dir("/");
    for names in run.evidence.iter().flat_map(|evidence| &evidence.accounts) {
        let seeded = ACCOUNTS.iter().find(|seeded| seeded.name == names.account).unwrap();
        command.env(&names.password, seeded.password().expose_secret());
    }
    command.output().unwrap()
}

fn told(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}", text(&output.stdout), text(&output.stderr))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_script_of_a_defective_server_sees_the_same_again() {
    let mut seen = 0;
    for (defect, only) in [
        (
            Defect::ChecksSignatureStart,
            ["publish/*signature*", "listTags/*signature*"],
        ),
        (Defect::AcceptsAlgNone, ["publish/alg-none", "profile/alg-none"]),
        (Defect::DeletedTagStillFound, ["deleteTag/*", "getTag/*"]),
        (Defect::PutNotStored, ["putNote/*", "listNotes/*"]),
        (Defect::UnknownPersonIs500, ["getPerson/*", "listTags/control"]),
        (Defect::LookupStrangerIs500, ["lookup/*", "listTags/control"]),
        (Defect::PublishAnswersBody, ["publish/answers", "publish/no-*"]),
        (Defect::StackTraces, ["createTag/*", "authenticate/*"]),
        (Defect::DocumentInBase64, ["getDocumentData/*", "uploadDocument/*"]),
    ] {
        let mock = Mock::start(Settings {
            defects: vec![defect],
            ..Settings::default()
        });
        let (folder, target) = (
            tempfile::tempdir().unwrap(),
            target(&mock.http_url(), Trust::System, true),
        );
        let run = left(&target, &only, folder.path()).await;
        for case in &run.report.cases {
            if !matches!(case.verdict, Verdict::Fail | Verdict::Warn) {
                continue;
            }
            let script = script_of(&run, &case.id);
            let script = script.unwrap_or_else(|| panic!("{defect}: {} has no script", case.id));
            let output = repeated(&folder.path().join(&script), &run);
            assert_eq!(
                output.status.code(),
                Some(0),
                "{defect}: {}: {}",
                case.id,
                told(&output)
            );
            seen += 1;
        }
        for account in ACCOUNTS {
            let password = account.password();
            let password = password.expose_secret();
            for file in run.evidence.iter().flat_map(files) {
                assert!(
                    !String::from_utf8_lossy(&file.content).contains(password),
                    "{}",
                    file.name
                );
            }
        }
    }
    assert!(seen >= 9, "{seen} scripts were run");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_trust_whom_the_run_trusted() {
    let mock = Mock::start(Settings {
        defects: vec![Defect::AcceptsAlgNone],
        ..Settings::default()
    });
    let folder = tempfile::tempdir().unwrap();
    let pem = folder.path().join("c.pem");
    std::fs::write(&pem, mock.certificate_pem()).unwrap();
    let pin = pinned(mock.certificate_pem());
    for trust in [Trust::Ca(pem.clone()), Trust::Pin(pin), Trust::Insecure] {
        let target = target(&mock.https_url(), trust.clone(), true);
        let run = left(&target, &["profile/alg-none"], folder.path()).await;
        let script = script_of(&run, "profile/alg-none").unwrap();
        let output = repeated(&folder.path().join(script), &run);
        assert_eq!(output.status.code(), Some(0), "{trust:?}: {}", told(&output));
    }
}

fn pinned(pem: &str) -> Pin {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
    Pin::of_certificate(&der).unwrap()
}
