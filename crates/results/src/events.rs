//! The one thing that passes from an engine to what a person sees while it works.
//!
//! Engines call an [`Observer`]; progress displays implement it. Results travel as return values and records,
//! never as events.

use crate::capacity::StepRow;
use crate::record::{RunInfo, Second};
use std::sync::Arc;
use std::time::Duration;

/// What an engine tells while it works.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// Something the person should know, though the run goes on (TLS verification switched off, say).
    Warning(String),
    /// Conformance: so many cases will be run.
    CasesPlanned {
        /// How many.
        total: usize,
    },
    /// Conformance: a case has its verdict.
    CaseDone {
        /// The case's id.
        id: String,
        /// Cases done so far, this one included.
        done: usize,
        /// Cases in all.
        total: usize,
    },
    /// Load: the run is planned and its virtual users get ready.
    LoadPlanned {
        /// How many there are.
        users: usize,
    },
    /// Gate: a pair of blocks is measured.
    GatePair {
        /// Pairs so far.
        pairs: usize,
        /// Pairs at most.
        planned: usize,
    },
    /// Capacity: a step begins.
    StepBegins {
        /// Its number, from 1.
        number: usize,
        /// Arrivals per second.
        rate_per_s: f64,
    },
    /// Capacity: a step is over.
    StepDone(Box<StepRow>),
    /// Load: the virtual users are ready; an instant is waited for at which all machines begin.
    LoadReady,
    /// Load: the first arrival is about to fall due. What runs is known, and its record says the same.
    LoadBegins(Arc<RunInfo>),
    /// Load: one second is over.
    LoadTick(LoadTick),
    /// Load: all that was measured in the second that is over.
    LoadSecond(Arc<Second>),
}

/// One second of a load run, as a progress display wants it.
#[derive(Debug, Clone)]
pub struct LoadTick {
    /// Since the run began.
    pub elapsed: Duration,
    /// How long the run will take in all.
    pub planned: Duration,
    /// Requests done in this second, per second.
    pub rate_per_s: f64,
    /// Requests that fell due in this second, per second: the rate that is aimed at.
    pub due_per_s: f64,
    /// Requests in flight now.
    pub in_flight: u64,
    /// Requests done so far.
    pub done: u64,
    /// Of these, how many failed.
    pub errors: u64,
    /// Median response time in this second, in microseconds.
    pub p50_us: u64,
    /// 99th percentile of the response time in this second, in microseconds.
    pub p99_us: u64,
    /// 99th percentile of the schedule lag in this second, in microseconds.
    pub lag_p99_us: u64,
    /// Each operation that was called so far.
    pub operations: Vec<OperationTick>,
}

/// One operation in one second of a load run.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationTick {
    /// Its `operationId`.
    pub name: String,
    /// Calls answered in this second, per second.
    pub rate_per_s: f64,
    /// Of the calls so far, how many failed.
    pub errors: u64,
    /// Median response time in this second, in microseconds.
    pub p50_us: u64,
    /// 99th percentile of the response time in this second, in microseconds.
    pub p99_us: u64,
}

/// Somebody who watches an engine. Called from the engine's own tasks: it must not block.
pub trait Observer: Send + Sync {
    /// Takes note of an event.
    fn observe(&self, event: &Event);
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn observe(&self, _: &Event) {}
}
