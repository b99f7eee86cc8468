//! When a run starts that is to start at an instant, together with others.

use crate::error::LoadError;
use chrono::{DateTime, SecondsFormat, Utc};
use std::time::Duration;

/// The last stretch is left to the finer clock that paces arrivals.
const LAST_STRETCH: Duration = Duration::from_millis(50);
/// The wall clock may be set while the run waits: it is asked this often.
const LOOK: Duration = Duration::from_secs(1);
/// A run that waits for longer is a mistake in the date.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// Refuses an instant that is past or more than a day away.
///
/// # Errors
/// One sentence says which.
pub(crate) fn check(start_at: Option<DateTime<Utc>>) -> Result<(), LoadError> {
    check_at(start_at, Utc::now())
}

fn check_at(start_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), LoadError> {
    let Some(at) = start_at else { return Ok(()) };
    let wrong = |why: &str| {
        let text = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
        Err(LoadError::Options(format!(
            "cannot start at {}: it is {} now, {why}",
            text(at),
            text(now)
        )))
    };
    match (at - now).to_std() {
        Err(_) => wrong("and the instant is past; give a later --start-at"),
        Ok(wait) if wait > LONGEST_WAIT => wrong("and the instant is more than a day away; give an earlier --start-at"),
        Ok(_) => Ok(()),
    }
}

/// Waits until shortly before the instant.
///
/// # Errors
/// It passed while the users got ready.
pub(crate) async fn approach(start_at: Option<DateTime<Utc>>) -> Result<(), LoadError> {
    let Some(at) = start_at else { return Ok(()) };
    let Ok(mut wait) = (at - Utc::now()).to_std() else {
        return Err(LoadError::Options(format!(
            "the virtual users were ready only after {}; give a later --start-at",
            at.to_rfc3339_opts(SecondsFormat::Secs, true)
        )));
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
        let at = |seconds| check_at(Some(now + chrono::TimeDelta::seconds(seconds)), now);
        assert!(check_at(None, now).is_ok());
        assert!(at(1).is_ok());
        assert!(at(86_400).is_ok());
        assert!(at(-1).unwrap_err().to_string().contains("is past"));
        assert!(at(86_401).unwrap_err().to_string().contains("more than a day"));
    }
}
