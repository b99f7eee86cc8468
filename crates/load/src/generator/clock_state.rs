//! What the system says of its own clock. Latencies do not depend on it; when machines begin together does.

use proofload_results::record::ClockState;

/// Whether the clock of this machine is kept to the right time, and by how much it may be wrong; none where the system does not
/// tell, as in containers that forbid the question.
#[cfg(target_os = "linux")]
pub(crate) fn clock_state() -> Option<ClockState> {
    /// `STA_UNSYNC` of `adjtimex(2)`.
    const NOT_SYNCHRONISED: i32 = 0x40;
    let mut asked = rtime_clock::adjtime::Timex::new();
    rtime_clock::adjtime::adjtimex(&mut asked).ok()?;
    #[expect(clippy::cast_precision_loss, reason = "microseconds, of at most a minute")]
    let error_ms = asked.0.esterror.max(0) as f64 / 1000.0;
    Some(ClockState {
        synchronised: asked.0.status & NOT_SYNCHRONISED == 0,
        error_ms,
    })
}

/// The same elsewhere, where nothing asks the system without unsafe code.
#[cfg(not(target_os = "linux"))]
pub(crate) fn clock_state() -> Option<ClockState> {
    None
}
