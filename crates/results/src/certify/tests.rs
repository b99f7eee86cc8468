use super::{CertifyVerdict, Dossier, DossierKind, Excludable, Exclusion, LEAST_LOAD_S, Missing, SUMS, seal, sealed};
use crate::capacity::CapacityVerdict;
use crate::examples::certify as examples;
use crate::files::CERTIFY;
use crate::validate::{Untested, Verdict};
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

/// A dossier that is a certificate.
fn whole() -> Dossier {
    let mut dossier = examples::of("lab");
    let conformance = dossier.conformance.as_mut().unwrap();
    conformance.verdict = Verdict::Pass;
    conformance.scope.as_mut().unwrap().untested =
        vec![Untested::Writes, Untested::ExpiredTokens { signing_key: false }];
    let capacity = dossier.capacity.as_mut().unwrap();
    (capacity.verdict, capacity.confirmed) = (CapacityVerdict::Pass, true);
    dossier.conclude();
    dossier
}

#[test]
fn a_certificate_asks_for_a_minimum_and_below_it_a_dossier_is_a_report() {
    let certificate = whole();
    assert_eq!(certificate.kind, DossierKind::Certificate, "{:?}", certificate.missing);
    for words in ["expired tokens (no signing key)", "without writes (lab)", "reads only"] {
        assert!(certificate.sentence.contains(words), "{}", certificate.sentence);
    }
    let lacks = |change: &dyn Fn(&mut Dossier), what: &str| {
        let mut dossier = whole();
        change(&mut dossier);
        dossier.conclude();
        assert_eq!(dossier.verdict, CertifyVerdict::Pass, "{what}");
        assert_eq!(dossier.kind, DossierKind::Report, "{what}");
        assert!(dossier.sentence.contains(what), "{}", dossier.sentence);
    };
    let scope = |dossier: &mut Dossier, untested| {
        let part = dossier.conformance.as_mut().unwrap();
        part.scope.as_mut().unwrap().untested.push(untested);
    };
    let one_account = |dossier: &mut Dossier| {
        let (permissions, every) = (vec!["Read Tags".to_owned()], true);
        scope(dossier, Untested::Refusals { permissions, every });
    };
    lacks(&one_account, "refusals to other accounts");
    lacks(
        &|dossier| scope(dossier, Untested::LeftOut),
        "the cases that were left out",
    );
    lacks(
        &|dossier| dossier.excluded.clear(),
        "writes, or that the customer excludes them",
    );
    lacks(&|dossier| dossier.need_per_s = None, "a load of stated size");
    lacks(
        &|dossier| (dossier.capacity, dossier.capacity_left_out) = (None, true),
        "the capacity, or that the customer excludes it",
    );
    lacks(
        &|dossier| dossier.conformance.as_mut().unwrap().scope = None,
        "a validation",
    );
}

#[test]
fn a_chosen_load_of_a_minute_is_of_stated_size_and_a_customer_may_exclude_the_capacity() {
    let mut dossier = whole();
    dossier.need_per_s = None;
    (dossier.capacity, dossier.capacity_left_out) = (None, true);
    dossier.excluded.push(Exclusion {
        what: Excludable::Capacity,
        reason: "one camera only".to_owned(),
    });
    dossier.load_chosen = true;
    dossier.load.as_mut().unwrap().duration_s = LEAST_LOAD_S;
    dossier.conclude();
    assert_eq!(dossier.kind, DossierKind::Certificate, "{:?}", dossier.missing);
    assert!(
        dossier.sentence.contains("without capacity (one camera only)"),
        "{}",
        dossier.sentence
    );
    dossier.load.as_mut().unwrap().duration_s = LEAST_LOAD_S - 1.0;
    dossier.conclude();
    assert_eq!(dossier.missing, [Missing::Load]);
}

#[test]
fn a_target_that_dies_in_the_search_fails_it() {
    let mut dossier = whole();
    dossier.capacity.as_mut().unwrap().verdict = CapacityVerdict::Incomplete;
    dossier.conclude();
    assert_eq!(dossier.verdict, CertifyVerdict::Incomplete, "interrupted");
    dossier.target_died = true;
    dossier.conclude();
    assert_eq!(dossier.verdict, CertifyVerdict::Fail);
}

#[test]
fn what_failed_is_never_a_certificate() {
    let mut dossier = whole();
    dossier.load.as_mut().unwrap().verdict = crate::load::LoadVerdict::Fail;
    dossier.conclude();
    assert_eq!(
        (dossier.kind, dossier.verdict),
        (DossierKind::Report, CertifyVerdict::Fail)
    );
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
