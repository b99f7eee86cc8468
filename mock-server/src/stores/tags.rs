//! Tags that people can wear.

use chrono::TimeDelta;
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A tag.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Tag {
    /// Given by the server.
    #[serde(rename = "tagId")]
    pub(crate) id: Option<Uuid>,
    #[serde(rename = "tagName")]
    pub(crate) name: Option<String>,
    pub(crate) disabled: bool,
    pub(crate) description: Option<String>,
    /// `days.hh:mm:ss`; `00:00:00` for none.
    pub(crate) default_expire_period: Option<String>,
}

/// All tags, in the order of their creation. There are few, so that they are simply looked through.
#[derive(Default)]
pub(crate) struct Tags(RwLock<Vec<Tag>>);

impl Tags {
    pub(crate) fn add(&self, tag: Tag) {
        self.0.write().push(tag);
    }

    pub(crate) fn get(&self, id: Uuid) -> Option<Tag> {
        self.0.read().iter().find(|tag| tag.id == Some(id)).cloned()
    }

    pub(crate) fn name_of(&self, id: Option<Uuid>) -> Option<String> {
        self.get(id?)?.name
    }

    /// Replaces the tag of the same id; `false` when there is none.
    pub(crate) fn replace(&self, new: Tag) -> bool {
        let mut tags = self.0.write();
        match tags.iter_mut().find(|tag| tag.id == new.id) {
            Some(tag) => {
                *tag = new;
                true
            }
            None => false,
        }
    }

    pub(crate) fn remove(&self, id: Uuid) {
        self.0.write().retain(|tag| tag.id != Some(id));
    }

    pub(crate) fn all(&self) -> Vec<Tag> {
        self.0.read().clone()
    }
}

/// Reads `days.hh:mm:ss`, in which the days may be missing.
pub(crate) fn period(text: &str) -> Option<TimeDelta> {
    let (days, clock) = text.split_once('.').unwrap_or(("0", text));
    let parts: Vec<u32> = clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [hours @ 0..24, minutes @ 0..60, seconds @ 0..60] = parts[..] else {
        return None;
    };
    let days: u32 = days.parse().ok().filter(|days| *days < 10_000_000)?; // .NET's TimeSpan ends there
    let seconds = u64::from(days) * 86_400 + u64::from(hours * 3600 + minutes * 60 + seconds);
    TimeDelta::try_seconds(i64::try_from(seconds).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_as_dotnet_writes_them() {
        for (text, seconds) in [
            ("00:00:00", Some(0)),
            ("01:02:03", Some(3723)),
            ("30.00:00:00", Some(30 * 86_400)),
            ("1.23:59:59", Some(2 * 86_400 - 1)),
            ("24:00:00", None),
            ("00:60:00", None),
            ("30", None),
            ("-1.00:00:00", None),
            ("x.00:00:00", None),
            ("99999999.00:00:00", None),
            ("", None),
        ] {
            assert_eq!(period(text).map(|period| period.num_seconds()), seconds, "{text:?}");
        }
    }
}
