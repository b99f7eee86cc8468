//! The page of a load run while it goes on: the report's own page, made anew each second and sent to whoever looks.

use super::growing::Growing;
use super::{Content, content, headline};
use crate::html::chart::Charts;
use crate::html::objective::Stated;
use crate::html::page::{Page, titled};
use crate::html::units::{SHORT, shown};
use maud::html;
use proofload_results::load::LoadReport;
use proofload_results::record::{RecordError, RecordReader, RunInfo, Second, Totals};
use serde::Serialize;

/// The page as it is when a browser opens it: it holds nothing of the run yet and asks `events` beside it for that.
pub fn shell(scenario: &str, target: &str, title: Option<&str>) -> String {
    let about = format!("{} on {}", shown(scenario, SHORT), shown(target, SHORT));
    let page = Page {
        command: "load",
        title: &about,
        sections: &[],
    };
    let waiting = html! {
        section.verdict.unknown { div.wide { p.lead { "Virtual users get ready: nothing was measured yet." } } }
    };
    let page = page.render_live(&waiting);
    title.map_or_else(|| page.clone(), |title| titled(page.clone(), title))
}

/// A load run so far.
#[derive(Debug)]
pub struct LiveRun {
    run: RunInfo,
    growing: Growing,
}

/// What a browser is sent.
#[derive(Debug, Serialize)]
struct State<'a> {
    title: &'a str,
    /// Where the sections are.
    nav: String,
    main: String,
    charts: &'a Charts,
    /// How far the run has come, in words.
    at: String,
    /// Whether this is the last.
    over: bool,
    /// The page as a file of its own, with the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
}

impl LiveRun {
    /// A run that begins. `report` is what is said of it when nothing was measured yet.
    pub fn new(run: RunInfo, report: &LoadReport) -> Self {
        let objectives = report.slos.iter().map(Stated::of).collect();
        Self {
            growing: Growing::new(run.planned_s, objectives),
            run,
        }
    }

    /// What runs.
    pub fn run(&self) -> &RunInfo {
        &self.run
    }

    /// Adds a second.
    pub fn add(&mut self, second: &Second) {
        self.growing.add(second);
    }

    /// The sum over all seconds so far.
    pub fn totals(&self) -> &Totals {
        self.growing.totals()
    }

    /// What a browser is to show now, as JSON. `report` is what is said of the seconds so far.
    pub fn state(&self, report: &LoadReport, title: Option<&str>) -> String {
        let (run, columns) = (&self.run, self.growing.columns());
        let headline = headline::so_far(run, report);
        let content = content(run, report, &[], &columns, self.growing.objectives(), &headline);
        let window = format!(
            "Running: {}",
            title.map_or_else(|| content.about.clone(), |title| shown(title, SHORT))
        );
        let at = if run.planned_s < 1e6 {
            format!("{:.0} of {:.0} s", report.duration_s, run.planned_s)
        } else {
            format!("{:.0} s", report.duration_s)
        };
        state(&content, &window, at, None)
    }

    /// The last that a browser is to show, as JSON: what `report.html` shows, of which it gets a copy. The page is made from the
    /// record where there is one, as that file is, and from the seconds that were seen otherwise.
    ///
    /// # Errors
    /// The record cannot be read.
    pub fn end(
        &self,
        run: &RunInfo,
        report: &LoadReport,
        record: Option<&RecordReader>,
        title: Option<&str>,
    ) -> Result<String, RecordError> {
        let content = if let Some(record) = record {
            super::of_record(record, report)?
        } else {
            let (columns, headline) = (self.growing.columns(), headline::render(run, report));
            content(run, report, &[], &columns, self.growing.objectives(), &headline)
        };
        let mut page = content.page();
        let mut window = content.title.clone();
        if let Some(title) = title {
            page = titled(page, title);
            window = shown(title, SHORT);
        }
        Ok(state(&content, &window, "over".to_owned(), Some(&page)))
    }
}

fn state(content: &Content, title: &str, at: String, file: Option<&str>) -> String {
    let sections = html! { @for (id, name) in &content.sections { a href={ "#" (id) } { (name) } } };
    let state = State {
        title,
        nav: sections.into_string(),
        main: content.body.clone().into_string(),
        charts: &content.charts,
        at,
        over: file.is_some(),
        file,
    };
    serde_json::to_string(&state).expect("texts and charts are plain data")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::load_record;
    use serde_json::Value;

    #[test]
    fn what_is_shown_at_the_end_is_the_report() {
        let folder = tempfile::tempdir().unwrap();
        let report = load_record::write_record(&folder.path().join("run"), 20).unwrap();
        let record = RecordReader::open(&folder.path().join("run")).unwrap();
        let mut live = LiveRun::new(record.run.clone(), &report);
        for second in record.seconds().unwrap() {
            live.add(&second.unwrap());
            let state: Value = serde_json::from_str(&live.state(&report, Some("Site <North>"))).unwrap();
            assert_eq!(state["over"], false);
            assert_eq!(state["title"], "Running: Site <North>");
            assert!(state["main"].as_str().unwrap().contains("Running"));
        }
        let page = crate::html::load(&record, &report).unwrap();
        for record in [Some(&record), None] {
            let end: Value = serde_json::from_str(&live.end(&live.run, &report, record, None).unwrap()).unwrap();
            assert_eq!(end["file"], page, "whether it was recorded or only seen");
            let main = end["main"].as_str().unwrap();
            assert!(page.contains(main) && end["over"] == true);
        }
    }

    #[test]
    fn the_shell_asks_only_where_it_came_from() {
        let page = shell("camera-feed", "http://\"><script>alert(1)</script>", None);
        assert!(page.contains("connect-src 'self'"), "{page}");
        assert!(!page.contains("<script>alert"), "{page}");
    }
}
