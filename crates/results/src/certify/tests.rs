use super::{CertifyVerdict, SUMS, seal, sealed};
use crate::examples::certify as examples;
use crate::files::CERTIFY;
use std::fs;

#[test]
fn the_verdict_follows_from_the_parts() {
    let mut dossier = examples::of("lab");
    assert_eq!(dossier.verdict, CertifyVerdict::Fail, "a case of the example fails");
    dossier.conformance.as_mut().unwrap().verdict = crate::validate::Verdict::Warn;
    dossier.conclude();
    assert_eq!(dossier.verdict, CertifyVerdict::Pass);
    dossier.capacity = None;
    dossier.conclude();
    assert_eq!(dossier.verdict, CertifyVerdict::Incomplete);
    assert!(
        dossier.sentence.contains("capacity was not brought to its end"),
        "{}",
        dossier.sentence
    );
    dossier.capacity_left_out = true;
    dossier.conclude();
    assert_eq!(dossier.verdict, CertifyVerdict::Pass);
    dossier.load.as_mut().unwrap().verdict = crate::load::LoadVerdict::Invalid;
    dossier.conclude();
    assert_eq!(dossier.verdict, CertifyVerdict::Invalid);
}

#[test]
fn a_seal_breaks_when_any_byte_changes() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(CERTIFY, "{}\n");
    write("validate/validate.json", "{}");
    write("capacity/steps/01-20/run.json", "{}");
    write("validate/report.html", "a page");
    let written = seal(folder.path()).unwrap();
    assert_eq!(written.files, 3);
    assert_eq!(sealed(folder.path()).unwrap(), written);
    let sums = fs::read_to_string(folder.path().join(SUMS)).unwrap();
    assert!(sums.ends_with("  validate/validate.json\n"), "{sums}");
    write("validate/report.html", "another page");
    assert!(sealed(folder.path()).is_ok(), "pages are no part of the record");
    write("validate/validate.json", "{ }");
    let changed = sealed(folder.path()).unwrap_err().to_string();
    assert!(changed.contains("validate/validate.json"), "{changed}");
    write("validate/validate.json", "{}");
    write("load/run.json", "{}");
    let added = sealed(folder.path()).unwrap_err().to_string();
    assert!(added.contains("load/run.json"), "{added}");
    fs::remove_file(folder.path().join(SUMS)).unwrap();
    assert!(sealed(folder.path()).is_err());
}
