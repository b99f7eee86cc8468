use super::{Overlaid, render};
use proofload_results::examples::load_record::{write_record, write_slower_record};
use proofload_results::examples::validate::HOSTILE;
use proofload_results::load::LoadReport;
use proofload_results::record::RecordReader;
use serde_json::Value;

struct Two {
    _folder: tempfile::TempDir,
    records: [RecordReader; 2],
    reports: [LoadReport; 2],
}

impl Two {
    fn of(seconds: [u32; 2]) -> Self {
        let folder = tempfile::tempdir().expect("a directory");
        let (before, after) = (folder.path().join("before"), folder.path().join("after"));
        let reports = [
            write_record(&before, seconds[0]).expect("a record"),
            write_slower_record(&after, seconds[1]).expect("a record"),
        ];
        let records = [before, after].map(|directory| RecordReader::open(&directory).expect("a record"));
        Self {
            _folder: folder,
            records,
            reports,
        }
    }

    fn page(&self, names: [&str; 2]) -> String {
        let run = |number: usize| Overlaid {
            name: names[number],
            record: &self.records[number],
            report: &self.reports[number],
        };
        render(&[run(0), run(1)]).expect("a page")
    }
}

fn charts(page: &str) -> Vec<Value> {
    let (_, rest) = page
        .split_once("<script id=\"charts\" type=\"application/json\">")
        .expect("the data");
    let (json, _) = rest.split_once("</script>").expect("its end");
    serde_json::from_str(json).expect("JSON")
}

#[test]
fn every_figure_of_both_reports_is_on_the_page() {
    let two = Two::of([12, 12]);
    let page = two.page(["runs/before", "runs/after"]);
    for report in &two.reports {
        let mut figures = vec![report.arrivals.due, report.arrivals.done];
        for row in &report.operations {
            let us = row.response_us;
            figures.extend([row.errors, us.p50, us.p90, us.p99, us.p999, us.max]);
            figures.extend([row.service_us.p50, row.service_us.p99]);
        }
        for figure in figures {
            assert!(page.contains(&format!("<data value=\"{figure}\">")), "{figure}");
        }
    }
    for difference in ["generator&#39;s machine", "8 processors"] {
        let raw = difference.replace("&#39;", "'");
        assert!(page.contains(difference) || page.contains(&raw), "{difference}");
    }
}

#[test]
fn each_line_ends_where_its_run_does_and_shows_what_its_record_holds() {
    let two = Two::of([12, 7]);
    let charts = charts(&two.page(["runs/before", "runs/after"]));
    let p99 = charts
        .iter()
        .find(|chart| chart["title"] == "99th percentile")
        .expect("the chart");
    assert_eq!(p99["xs"].as_array().map(Vec::len), Some(12));
    for (number, record) in two.records.iter().enumerate() {
        let values = p99["series"][number]["values"].as_array().expect("values");
        let seconds = record.seconds().expect("seconds").count();
        assert!(values[..seconds].iter().all(Value::is_u64), "{values:?}");
        assert!(values[seconds..].iter().all(Value::is_null), "{values:?}");
    }
    let curve = charts
        .iter()
        .find(|chart| chart["title"] == "Percentiles of publish")
        .expect("the curve");
    let nines = curve["xs"].as_array().expect("places");
    let two_nines = nines.iter().position(|x| x.as_f64() == Some(2.0)).expect("99%");
    for (number, report) in two.reports.iter().enumerate() {
        let publish = report
            .operations
            .iter()
            .find(|row| row.name == "publish")
            .expect("publish");
        assert_eq!(curve["series"][number]["values"][two_nines], publish.response_us.p99);
    }
    let limits = curve["limits"].as_array().expect("limits");
    assert_eq!(
        limits[0]["label"], "publish.p99 < 250ms",
        "both runs had this objective"
    );
}

#[test]
fn runs_of_one_name_are_told_apart() {
    let two = Two::of([3, 3]);
    let charts = charts(&two.page(["monday/run", "tuesday/run/"]));
    let labels: Vec<&Value> = charts[0]["series"]
        .as_array()
        .expect("series")
        .iter()
        .map(|one| &one["label"])
        .collect();
    assert_eq!(labels, ["1 monday/run", "2 tuesday/run/"]);
}

#[test]
fn hostile_texts_end_as_text() {
    let mut two = Two::of([3, 3]);
    for (report, text) in two.reports.iter_mut().zip([HOSTILE[2], HOSTILE[4]]) {
        text.clone_into(&mut report.operations[0].name);
        text.clone_into(&mut report.slos[0].slo);
        text.clone_into(&mut report.slos[0].measured);
        report.findings = HOSTILE.map(str::to_owned).to_vec();
    }
    for (record, text) in two.records.iter_mut().zip([HOSTILE[3], HOSTILE[5]]) {
        text.clone_into(&mut record.run.scenario);
        text.clone_into(&mut record.run.base_url);
        text.clone_into(&mut record.run.machine.os);
        text.clone_into(&mut record.run.version);
        "</script><script>alert(1)</script>".clone_into(&mut record.run.stages[0].what);
    }
    let page = two.page([HOSTILE[2], HOSTILE[5]]);
    assert!(!page.contains("<img") && !page.contains("<failure") && !page.contains("<script>alert"));
    assert_eq!(
        page.matches("</script>").count(),
        4,
        "the data, the library and our two"
    );
    for hidden in ['\u{202e}', '\u{200b}', '\u{1b}', '\0'] {
        assert!(!page.contains(hidden), "{hidden:?}");
    }
}
