//! When a run starts that is to start at an instant, together with others.

use crate::error::LoadError;
use crate::generator::barrier;
use crate::options::Start;
use chrono::{DateTime, Utc};
use proofload_deployment::halt::Halt;
use std::time::Duration;

/// The last stretch is left to the finer clock that paces arrivals.
const LAST_STRETCH: Duration = Duration::from_millis(50);
/// The wall clock may be set while the run waits: it is asked this often.
const LOOK: Duration = Duration::from_secs(1);
/// A run that waits for longer is a mistake in the date.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);
/// Whoever collects hears this often that a shard waits.
const BEAT: Duration = Duration::from_secs(5);

/// Refuses a start that cannot come, before anything is made ready for it.
///
/// # Errors
/// Its instant is past or far, or its file can never hold one.
pub(crate) fn check_start(start: &Start) -> Result<(), LoadError> {
    match start {
        Start::Ready => Ok(()),
        Start::At(at) => check(*at),
        Start::File { path, .. } => barrier::check(path),
    }
}

/// Refuses an instant that is past or more than a day away.
fn check(at: DateTime<Utc>) -> Result<(), LoadError> {
    check_at(at, Utc::now())
}

fn check_at(at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), LoadError> {
    match (at - now).to_std() {
        Err(_) => Err(LoadError::StartIsPast { at, now }),
        Ok(wait) if wait > LONGEST_WAIT => Err(LoadError::StartIsFar { at, now }),
        Ok(_) => Ok(()),
    }
}

/// Waits, with everybody ready, until shortly before the instant of the start, and gives it; none where nothing is waited for. Says
/// that it waits with `announce`, now and then.
///
/// # Errors
/// The instant is past or far, there is none, or the run was ended before.
pub(crate) async fn wait(start: &Start, announce: impl Fn(), halt: &Halt) -> Result<Option<DateTime<Utc>>, LoadError> {
    let start_at = async {
        match start {
            Start::Ready => Ok(None),
            Start::At(at) => approach(*at).await.map(|()| Some(*at)),
            Start::File { path, within } => {
                let at = barrier::wait(path, *within).await?;
                check(at)?;
                tokio::select! {
                    ready = approach(at) => ready?,
                    file = barrier::stopped(Some(path)) => return Err(LoadError::StoppedEarly(file)),
                }
                Ok(Some(at))
            }
        }
    };
    tokio::pin!(start_at);
    let mut beat = tokio::time::interval(BEAT);
    loop {
        tokio::select! {
            biased;
            at = &mut start_at => return at,
            interruption = halt.wait() => return Err(LoadError::InterruptedEarly(interruption)),
            _ = beat.tick() => announce(),
        }
    }
}

/// Waits until shortly before the instant.
///
/// # Errors
/// It passed while the users got ready.
async fn approach(at: DateTime<Utc>) -> Result<(), LoadError> {
    let Ok(mut wait) = (at - Utc::now()).to_std() else {
        return Err(LoadError::StartWasMissed { at });
    };
    while wait > LAST_STRETCH {
        tokio::time::sleep(wait.saturating_sub(LAST_STRETCH).min(LOOK)).await;
        wait = (at - Utc::now()).to_std().unwrap_or_default();
    }
    Ok(())
}

/// How long it still is until the instant; nothing when there is none.
pub(crate) fn lead(start_at: Option<DateTime<Utc>>) -> Option<Duration> {
    start_at.map(|at| (at - Utc::now()).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn past_and_far_instants_are_refused() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let at = |seconds| check_at(now + chrono::TimeDelta::seconds(seconds), now);
        assert!(at(1).is_ok());
        assert!(at(86_400).is_ok());
        assert!(at(-1).unwrap_err().to_string().contains("is past"));
        assert!(at(86_401).unwrap_err().to_string().contains("more than a day"));
    }
}
