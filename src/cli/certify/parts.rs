//! The parts of a certification: a validation, a small load, a search for the capacity.

use super::CertifyArgs;
use super::folder::Folder;
use crate::cli::load::recorded;
use crate::cli::shared::arguments::load_options;
use crate::cli::shared::evidence;
use crate::cli::shared::finish;
use crate::cli::shared::lent::LentLines;
use crate::cli::shared::progress_lines::ProgressLines;
use crate::cli::shared::session::{Opened, watched};
use crate::cli::{Console, Failure};
use chrono::Utc;
use proofload_advice::{self as advice, Offered};
use proofload_capacity as capacity;
use proofload_capacity::{CapacityError, End};
use proofload_conformance as conformance;
use proofload_conformance::accepted::{self, Accepted};
use proofload_contract::Contract;
use proofload_deployment::units::Rate;
use proofload_load as load;
use proofload_load::{LoadError, Workload};
use proofload_reports::Rendering as _;
use proofload_results::capacity::CapacityReport;
use proofload_results::certify::{Conformance, Dossier};
use proofload_results::files;
use proofload_results::load::LoadReport;
use proofload_results::validate::ValidateReport;
use proofload_watch::Watcher;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the parts share.
pub(super) struct Parts<'a> {
    pub(super) args: &'a CertifyArgs,
    pub(super) opened: &'a Opened,
    pub(super) folder: &'a Folder,
    pub(super) console: &'a Console,
    pub(super) seed: u64,
    pub(super) watch: Option<Watcher>,
    /// What came of leaving the pages of the parts: one that cannot be written does not spoil its part.
    pub(super) pages: RefCell<Result<(), Failure>>,
    /// What came of recording the parts: a record that is lost takes nothing else with it, and is not sealed.
    pub(super) records: RefCell<Result<(), Failure>>,
}

impl Parts<'_> {
    /// Makes one after the other, until somebody interrupts or one cannot be made.
    ///
    /// # Errors
    /// One could not be made. What was done until then is in the dossier.
    pub(super) async fn make(
        &self,
        dossier: &mut Dossier,
        accepted: Option<&Accepted>,
        smoke: &Workload,
        search: &Workload,
    ) -> Result<(), Failure> {
        self.console.note("1 of 3: does it answer as documented?");
        let report = Box::pin(self.validate(accepted)).await?;
        dossier.conformance = Some(Conformance::of(&report));
        let out = self.folder.part("validate");
        self.recorded(finish::keep(&out, files::VALIDATE, &report.json()));
        self.left(finish::leave(
            &out,
            files::PAGE,
            self.args.output.title.page(report.html()),
        ));
        if self.interrupted() {
            return Ok(());
        }
        self.console.note("2 of 3: does it bear a small load?");
        dossier.load = self.load(smoke).await?;
        if self.interrupted() || self.args.leaves_capacity_out() {
            return Ok(());
        }
        self.console.note("3 of 3: how much does it carry?");
        if let Some((report, died)) = Box::pin(self.capacity(search)).await? {
            (dossier.capacity, dossier.target_died) = (Some(report), died);
        }
        Ok(())
    }

    fn interrupted(&self) -> bool {
        self.opened.halt.asked()
    }

    fn left(&self, page: Result<(), Failure>) {
        first(&self.pages, page);
    }

    fn recorded(&self, record: Result<(), Failure>) {
        first(&self.records, record);
    }

    fn lines(&self) -> ProgressLines {
        ProgressLines(self.console.clone())
    }

    async fn validate(&self, accepted: Option<&Accepted>) -> Result<ValidateReport, Failure> {
        let options = conformance::ConformanceOptions {
            timeout: self.args.timeout.timeout,
            seed: self.seed,
            strict: self.args.strict,
            bad_logins: self.args.bad_logins.rule(),
            halt: self.opened.halt.clone(),
            ..conformance::ConformanceOptions::default()
        };
        let lines = LentLines::new(self.lines(), self.opened.target(), Contract::bundled(), &options)?;
        let run = conformance::run(self.opened.target(), Contract::bundled(), &options, &lines);
        let mut outcome = watched(self.console, run).await?;
        let (offered, all) = (Offered::by::<CertifyArgs>(), self.console.style.verbose);
        self.console
            .advise(advice::on_validation(&outcome.report, all, &offered));
        evidence::name(&mut outcome, Path::new(""));
        self.left(evidence::leave(
            &self.folder.part("validate"),
            outcome.evidence.as_ref(),
        ));
        let mut report = outcome.report;
        if let Some(accepted) = accepted {
            let today = Utc::now().date_naive();
            accepted::apply(&mut report, accepted, accepted::Run { today, whole: true });
        }
        Ok(report)
    }

    fn options(&self, out: Option<PathBuf>) -> load::LoadOptions {
        load::LoadOptions {
            out,
            watch: self.watch.clone(),
            ..load_options(&self.args.timeout, self.seed, &self.args.permission)
        }
    }

    /// The smoke load; nothing, when it was interrupted before anything was measured.
    async fn load(&self, workload: &Workload) -> Result<Option<LoadReport>, Failure> {
        let out = self.folder.part("load");
        let options = load::LoadOptions {
            check: self.args.guards.check(),
            ..self.options(Some(out.clone()))
        };
        let (lines, halt) = (Arc::new(self.lines()), &self.opened.halt);
        let run = load::run(workload, self.opened.target(), &options, lines, halt);
        let outcome = match watched(self.console, run).await {
            Err(LoadError::InterruptedEarly(_)) => return Ok(None),
            outcome => outcome?,
        };
        self.recorded(finish::unless_lost(outcome.run.lost.as_deref(), Ok(())));
        let (run, left) = recorded(outcome.report, outcome.run, Some(&out), &self.args.output.title);
        self.left(left);
        Ok(Some(run.report))
    }

    /// The search, and whether the target died in it; nothing, when it was interrupted before anything was found.
    async fn capacity(&self, workload: &Workload) -> Result<Option<(CapacityReport, bool)>, Failure> {
        let out = self.folder.part("capacity");
        let search = &self.args.search;
        let options = capacity::CapacityOptions {
            load: self.options(None),
            out: Some(out.clone()),
            need: search.need,
            fps: search.fps,
            journey: None,
            start: Rate::per_s(capacity::START_PER_S).map_err(Failure::usage)?,
            most: search.max_rate,
            step: capacity::STEP,
            max_time: search.max_time,
            hold: search.hold.unwrap_or(capacity::HOLD),
        };
        let (lines, halt) = (Arc::new(self.lines()), &self.opened.halt);
        let run = capacity::run(workload, self.opened.target(), &options, lines, halt);
        let outcome = match Box::pin(watched(self.console, run)).await {
            Err(CapacityError::InterruptedEarly(_)) => return Ok(None),
            outcome => outcome?,
        };
        self.recorded(finish::unless_lost(outcome.lost.as_deref(), Ok(())));
        self.left(finish::leave(
            &out,
            files::PAGE,
            self.args.output.title.page(outcome.report.html()),
        ));
        self.console
            .advise(advice::on_search(&outcome, &Offered::by::<CertifyArgs>()));
        Ok(Some((outcome.report, outcome.end == End::TargetDied)))
    }
}

/// Keeps the first thing that went wrong.
fn first(kept: &RefCell<Result<(), Failure>>, came: Result<(), Failure>) {
    let mut kept = kept.borrow_mut();
    if kept.is_ok() {
        *kept = came;
    }
}
