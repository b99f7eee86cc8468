//! A file that says when to start, and when to stop: the one thing that every engine which runs many machines can put before all of
//! them.

use crate::error::LoadError;
use chrono::{DateTime, Utc};
use proofload_results::plain_file;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::Instant;

/// How often it is looked at while the run waits, and while it goes on.
const LOOK: Duration = Duration::from_millis(100);
const LOOK_WHILE_RUNNING: Duration = Duration::from_millis(250);
/// What cannot be understood may be half written: it is believed when it stands there for so long.
const STANDS: Duration = Duration::from_secs(2);
/// What is longer is another file, in bytes.
const MOST_BYTES: u64 = 4096;
/// No instant is as long, in bytes.
const MOST_OF_AN_INSTANT: usize = 64;

/// What a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    /// It is not there, or empty.
    Nothing,
    At(DateTime<Utc>),
    Stop,
    /// What is wrong with it, which may be half written or pass: the end of a sentence that begins with its name.
    Unreadable(String),
    /// What is wrong with it, which no waiting makes good.
    Hopeless(String),
}

/// Looks at a file. It is opened anew each time: it may have been replaced, and stand behind a link that was turned.
fn look(path: &Path) -> Said {
    let text = match plain_file::read_text(path, MOST_BYTES) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Said::Nothing,
        Err(error) => {
            let why = format!("cannot be read: {error}");
            // No plain file, too long, or no text: none of that is an instant that is half written.
            let is_hopeless = matches!(
                error.kind(),
                ErrorKind::InvalidInput | ErrorKind::FileTooLarge | ErrorKind::InvalidData
            );
            return if is_hopeless {
                Said::Hopeless(why)
            } else {
                Said::Unreadable(why)
            };
        }
    };
    match text.trim() {
        "" => Said::Nothing,
        word if word.eq_ignore_ascii_case("stop") => Said::Stop,
        instant => DateTime::parse_from_rfc3339(instant).map_or_else(|_| puzzle(instant), |at| Said::At(at.to_utc())),
    }
}

/// What is neither an instant nor the word: it may become one, where it is the beginning of one.
fn puzzle(text: &str) -> Said {
    let shown: String = text.chars().take(60).collect();
    let why = format!("holds {shown:?}, which is neither an instant such as 2026-11-22T18:00:00Z nor the word stop");
    let begins_an_instant = text.len() < MOST_OF_AN_INSTANT
        && text.starts_with(|first: char| first.is_ascii_digit())
        && text
            .chars()
            .all(|one| one.is_ascii_digit() || "-+:.TtZz ".contains(one));
    if begins_an_instant || "stop".starts_with(&text.to_ascii_lowercase()) {
        Said::Unreadable(why)
    } else {
        Said::Hopeless(why)
    }
}

/// Looks without making anybody wait, however slow the file system is.
async fn look_beside(path: &Path) -> Said {
    let path = path.to_owned();
    let looked = tokio::task::spawn_blocking(move || look(&path)).await;
    looked.unwrap_or(Said::Nothing)
}

/// Refuses a file that can never hold an instant. One that is not there yet, or is half written, may.
///
/// # Errors
/// It is no plain file, too long, or holds something else.
pub(crate) fn check(path: &Path) -> Result<(), LoadError> {
    match look(path) {
        Said::Hopeless(why) => Err(unreadable(path, why)),
        Said::Nothing | Said::At(_) | Said::Stop | Said::Unreadable(_) => Ok(()),
    }
}

fn unreadable(path: &Path, why: String) -> LoadError {
    let file = path.to_owned();
    LoadError::StartUnreadable { file, why }
}

/// Waits until a file holds an instant.
///
/// # Errors
/// It holds something else, says to stop, or holds none in time.
pub(crate) async fn wait(path: &Path, within: Duration) -> Result<DateTime<Utc>, LoadError> {
    tokio::time::timeout(within, wait_on(path)).await.unwrap_or_else(|_| {
        Err(LoadError::StartNeverCame {
            file: path.to_owned(),
            within,
        })
    })
}

async fn wait_on(path: &Path) -> Result<DateTime<Utc>, LoadError> {
    let mut puzzled: Option<(String, Instant)> = None;
    loop {
        puzzled = match look_beside(path).await {
            Said::At(at) => return Ok(at),
            Said::Stop => return Err(LoadError::StoppedEarly(path.to_owned())),
            Said::Nothing => None,
            Said::Hopeless(why) => return Err(unreadable(path, why)),
            Said::Unreadable(why) => match puzzled {
                Some((before, since)) if before == why && since.elapsed() >= STANDS => {
                    return Err(unreadable(path, why));
                }
                Some((before, since)) if before == why => Some((before, since)),
                _ => Some((why, Instant::now())),
            },
        };
        tokio::time::sleep(LOOK).await;
    }
}

/// Waits until a file says to stop: for ever where there is none.
pub(crate) async fn stopped(path: Option<&Path>) -> PathBuf {
    let Some(path) = path else {
        return std::future::pending().await;
    };
    while look_beside(path).await != Said::Stop {
        tokio::time::sleep(LOOK_WHILE_RUNNING).await;
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_file_says_an_instant_or_stop_or_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("start-at");
        assert_eq!(look(&path), Said::Nothing);
        let at = DateTime::parse_from_rfc3339("2026-11-22T18:00:00.5Z").unwrap().to_utc();
        for (text, said) in [
            ("", Said::Nothing),
            (" \n", Said::Nothing),
            ("2026-11-22T18:00:00.5Z\n", Said::At(at)),
            ("2026-11-22T19:00:00.5+01:00", Said::At(at)),
            ("stop\n", Said::Stop),
            ("STOP", Said::Stop),
        ] {
            fs::write(&path, text).unwrap();
            assert_eq!(look(&path), said, "{text:?}");
        }
        for text in ["2026-11-2", "2026-11-22T18:00:00.", "St"] {
            fs::write(&path, text).unwrap();
            assert!(matches!(look(&path), Said::Unreadable(why) if why.contains(text)));
            assert!(check(&path).is_ok(), "it may be half written");
        }
        for text in ["now", "stop it", &"2026-11-22 ".repeat(8)] {
            fs::write(&path, text).unwrap();
            assert!(
                matches!(look(&path), Said::Hopeless(why) if why.contains(&text[..3])),
                "{text}"
            );
        }
        fs::write(&path, "x".repeat(5000)).unwrap();
        assert!(matches!(look(&path), Said::Hopeless(why) if why.contains("cannot be read")));
        let error = check(folder.path()).unwrap_err().to_string();
        assert!(
            error.starts_with("cannot tell when to start: ") && error.contains("it is a directory"),
            "{error}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_half_written_is_read_again_and_what_stays_wrong_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("start-at");
        fs::write(&path, "2026-11-2").unwrap();
        let whole = path.clone();
        let writer = async move {
            tokio::time::sleep(Duration::from_millis(500)).await;
            fs::write(&whole, "2026-11-22T18:00:00Z").unwrap();
        };
        let (at, ()) = tokio::join!(wait(&path, Duration::from_secs(60)), writer);
        assert_eq!(at.unwrap().timestamp(), 1_795_370_400);
        for wrong in ["2026-11-2", "tomorrow"] {
            fs::write(&path, wrong).unwrap();
            let error = wait(&path, Duration::from_secs(60)).await.unwrap_err().to_string();
            assert!(error.contains(&format!("holds {wrong:?}, which is neither")), "{error}");
        }
    }

    /// As Kubernetes does it with a folder of what a pod knows of itself.
    #[cfg(unix)]
    #[tokio::test(start_paused = true)]
    async fn a_file_may_come_late_and_behind_a_link_that_is_turned() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("start-at");
        let error = wait(&path, Duration::from_secs(3)).await.unwrap_err();
        assert!(matches!(error, LoadError::StartNeverCame { .. }), "{error}");
        let place = folder.path().to_owned();
        let turned = |name: &str, text: &str| {
            let data = place.join(name);
            fs::create_dir(&data).unwrap();
            fs::write(data.join("start-at"), text).unwrap();
            std::os::unix::fs::symlink(&data, place.join("new")).unwrap();
            fs::rename(place.join("new"), place.join("data")).unwrap();
        };
        turned("first", "");
        std::os::unix::fs::symlink("data/start-at", &path).unwrap();
        assert_eq!(look(&path), Said::Nothing);
        turned("second", "2026-11-22T18:00:00Z");
        assert!(wait(&path, Duration::from_secs(3)).await.is_ok());
        turned("third", "stop");
        assert_eq!(stopped(Some(&path)).await, path);
        let error = wait(&path, Duration::from_secs(3)).await.unwrap_err();
        assert!(matches!(error, LoadError::StoppedEarly(_)), "{error}");
    }
}
