use super::columns::Columns;
use super::render;
use crate::html::objective::Stated;
use proofload_results::examples::load_record::write_record;
use proofload_results::examples::validate::HOSTILE;
use proofload_results::load::{LoadReport, Percentiles};
use proofload_results::record::{HIGHEST_US, LatencyKind, RecordReader, latency_histogram};
use serde_json::Value;

fn record(seconds: u32) -> (tempfile::TempDir, RecordReader, LoadReport) {
    let folder = tempfile::tempdir().expect("a directory");
    let directory = folder.path().join("run");
    let report = write_record(&directory, seconds).expect("a record");
    let record = RecordReader::open(&directory).expect("a record");
    (folder, record, report)
}

/// The charts' data, as the script reads it.
fn charts(page: &str) -> Vec<Value> {
    let (_, rest) = page
        .split_once("<script id=\"charts\" type=\"application/json\">")
        .expect("the data");
    let (json, _) = rest.split_once("</script>").expect("its end");
    serde_json::from_str(json).expect("JSON")
}

fn chart<'a>(charts: &'a [Value], title: &str) -> &'a Value {
    charts.iter().find(|chart| chart["title"] == title).expect(title)
}

fn series<'a>(chart: &'a Value, label: &str) -> &'a Vec<Value> {
    let all = chart["series"].as_array().expect("series");
    let series = all.iter().find(|series| series["label"] == label).expect(label);
    series["values"].as_array().expect("values")
}

#[test]
fn every_figure_of_the_report_is_on_the_page() {
    let (_folder, record, report) = record(12);
    let page = render(&record, &report).expect("a page");
    let mut figures = vec![
        report.arrivals.due,
        report.arrivals.done,
        report.unauthorised,
        report.seed,
    ];
    for row in &report.operations {
        figures.extend([row.ok, row.errors]);
        figures.extend(row.statuses.values());
        for line in row.response_lines() {
            figures.extend(line.figures.into_iter().flatten());
        }
        figures.extend([row.service_us.p50, row.service_us.p99, row.service_us.max]);
    }
    let lag = report.generator.schedule_lag_us;
    figures.extend([lag.p50, lag.p99, lag.max, report.generator.max_rss_bytes]);
    for figure in figures {
        assert!(page.contains(&format!("<data value=\"{figure}\">")), "{figure}");
    }
    for slo in &report.slos {
        assert!(page.contains(slo.measured.as_str()), "{}", slo.measured);
    }
}

#[test]
fn doors_have_a_section_where_somebody_looked() {
    let (_folder, record, mut report) = record(3);
    assert!(!render(&record, &report).expect("a page").contains("id=\"doors\""));
    report.guards = proofload_results::examples::load::breached().guards;
    let page = render(&record, &report).expect("a page");
    for text in [
        "id=\"doors\"",
        "a tampered token",
        "with 73 calls in flight: its signature was changed",
        "no account is known to lack one",
        "SOMEBODY ELSE'S",
    ] {
        assert!(
            page.contains(text) || page.contains(&text.replace('\'', "&#39;")),
            "{text}"
        );
    }
}

#[test]
fn the_charts_show_what_the_record_holds() {
    let (_folder, record, report) = record(12);
    let page = render(&record, &report).expect("a page");
    let charts = charts(&page);
    let seconds: Vec<_> = record
        .seconds()
        .expect("seconds")
        .map(|second| second.expect("whole"))
        .collect();
    for (place, second) in seconds.iter().enumerate() {
        let mut all = latency_histogram();
        for (tag, histogram) in &second.histograms {
            if tag.kind == LatencyKind::Response {
                all.add(histogram).expect("the same bounds");
            }
        }
        let us = Percentiles::of(&all);
        let latency = chart(&charts, "Latency");
        assert_eq!(latency["xs"][place], second.counters.start_s);
        assert_eq!(series(latency, "p50")[place], us.p50);
        assert_eq!(series(latency, "p99")[place], us.p99);
        assert_eq!(series(latency, "max")[place], us.max);
        assert_eq!(
            series(chart(&charts, "Rate"), "due")[place].as_f64(),
            u32::try_from(second.counters.due).ok().map(f64::from)
        );
        assert_eq!(
            series(chart(&charts, "In flight"), "in flight")[place],
            second.counters.in_flight
        );
        let counted: u64 = chart(&charts, "Response times")["heat"]["columns"][place]
            .as_array()
            .expect("a column")
            .iter()
            .skip(2)
            .map(|count| count.as_u64().expect("a count"))
            .sum();
        assert_eq!(counted, all.len(), "every call is in the heat map");
    }
    let curve = chart(&charts, "publish");
    let publish = report
        .operations
        .iter()
        .find(|row| row.name == "publish")
        .expect("publish");
    let at = |nines: f64| {
        let places = curve["xs"].as_array().expect("places");
        let place = places
            .iter()
            .position(|x| x.as_f64() == Some(nines))
            .expect("a whole nine");
        series(curve, "response time")[place].clone()
    };
    assert_eq!(at(1.0), publish.response_us.p90);
    assert_eq!(at(2.0), publish.response_us.p99);
}

#[test]
fn a_column_of_several_seconds_has_the_percentiles_of_all_its_calls() {
    let (_folder, record, report) = record(602);
    let objectives: Vec<_> = report.slos.iter().map(Stated::of).collect();
    let columns = Columns::read(&record, &objectives).expect("columns");
    assert_eq!(
        (columns.length_s.to_bits(), columns.all.len()),
        (2.0_f64.to_bits(), 301)
    );
    let mut first = latency_histogram();
    for second in record.seconds().expect("seconds").take(2) {
        for (tag, histogram) in second.expect("whole").histograms {
            if tag.kind == LatencyKind::Response {
                first.add(histogram).expect("the same bounds");
            }
        }
    }
    assert_eq!(columns.all[0].response_us, Percentiles::of(&first));
    let calls: u64 = columns.all.iter().map(|column| column.calls).sum();
    assert_eq!(
        calls,
        report.operations.iter().map(|row| row.ok + row.errors).sum::<u64>()
    );
    let missed = |number: usize| columns.all.iter().any(|column| column.held[number] == Some(false));
    assert!(missed(0) && missed(1), "the stall and the refusals");
    assert!(
        columns
            .all
            .iter()
            .all(|column| column.bins.keys().all(|bin| *bin < 120)),
        "{HIGHEST_US}"
    );
}

#[test]
fn hostile_texts_end_as_text() {
    let (_folder, mut record, mut report) = record(3);
    HOSTILE[2].clone_into(&mut report.scenario);
    HOSTILE[2].clone_into(&mut report.target);
    report.findings = HOSTILE.map(str::to_owned).to_vec();
    report.generator.reasons = HOSTILE.map(str::to_owned).to_vec();
    for (slo, text) in report.slos.iter_mut().zip(HOSTILE) {
        slo.slo = format!("p99 < 1s{text}");
        text.clone_into(&mut slo.measured);
    }
    for (row, text) in report.operations.iter_mut().zip([HOSTILE[2], HOSTILE[3], HOSTILE[4]]) {
        text.clone_into(&mut row.name);
        row.statuses.insert(text.to_owned(), 1);
    }
    for (stage, text) in
        record
            .run
            .stages
            .iter_mut()
            .zip(["</script><script>alert(1)</script>", HOSTILE[4], HOSTILE[5]])
    {
        text.clone_into(&mut stage.what);
    }
    let page = render(&record, &report).expect("a page");
    assert!(
        !page.contains("<img") && !page.contains("<failure") && !page.contains("<script>alert"),
        "no element of theirs"
    );
    assert_eq!(
        page.matches("</script>").count(),
        4,
        "the data, the library and our two"
    );
    for hidden in ['\u{202e}', '\u{200b}', '\u{1b}', '\0'] {
        assert!(!page.contains(hidden), "{hidden:?}");
    }
    assert_eq!(charts(&page).len(), 11);
}

#[test]
fn a_run_in_which_nothing_was_called_is_still_a_page() {
    let (folder, _, _) = record(1);
    let directory = folder.path().join("run");
    for file in ["latency.hlog", "counters.jsonl"] {
        std::fs::write(directory.join(file), "").expect("written");
    }
    let record = RecordReader::open(&directory).expect("a record");
    let mut report = record.run.result.clone().expect("a result");
    report.operations.clear();
    let page = render(&record, &report).expect("a page");
    assert!(page.contains("The generator"), "{page}");
}

#[test]
fn a_record_that_is_gone_leaves_a_page_of_what_was_measured() {
    let (folder, record, mut report) = record(12);
    let mut run = record.run;
    run.lost = Some("cannot write latency.hlog: No space left on device".to_owned());
    report.findings.extend(run.finding_on_loss());
    let gone = RecordReader::of(&folder.path().join("gone"), run);
    let page = render(&gone, &report).expect("a page");
    assert!(page.contains("No space left on device"), "it says why");
    for row in &report.operations {
        assert!(
            page.contains(&format!("<data value=\"{}\">", row.response_us.p99)),
            "{}",
            row.name
        );
    }
}
