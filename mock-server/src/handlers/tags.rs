//! Tags.

use crate::answer::{self, Answer, Problem};
use crate::call::Call;
use crate::identities::Identities;
use crate::stores::Tag;
use chrono::TimeDelta;
use uuid::Uuid;

/// All tags, or those of exactly one name.
pub(super) fn list(server: &Identities, call: &Call) -> Answer {
    let mut tags = server.stores.tags.all();
    if let Some(name) = call.query("tagName").filter(|name| !name.is_empty()) {
        tags.retain(|tag| tag.name.as_deref() == Some(&name));
    }
    answer::json(&tags)
}

pub(super) fn get(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    let tag = server.stores.tags.get(call.id(0)?);
    tag.map(|tag| answer::json(&tag)).ok_or_else(unknown)
}

/// Creates a tag; its id is the server's to give.
pub(super) fn create(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    let tag = checked(call, Uuid::new_v4())?;
    server.stores.tags.add(tag.clone());
    Ok(answer::json(&tag))
}

pub(super) fn update(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    let tag = checked(call, call.id(0)?)?;
    if server.stores.tags.replace(tag.clone()) {
        Ok(answer::json(&tag))
    } else {
        Err(unknown())
    }
}

/// Deletes a tag and takes it off everybody who wears it.
pub(super) fn delete(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    let id = call.id(0)?;
    if !server.stores.tags.remove(id) {
        return Err(unknown());
    }
    server.stores.people.forget_tag(id);
    Ok(answer::empty())
}

/// The tag of the body, under an id that the body has no say in.
fn checked(call: &Call, id: Uuid) -> Result<Tag, Problem> {
    let mut tag: Tag = call.json()?;
    if tag.name.as_deref().is_none_or(|name| name.trim().is_empty()) {
        return Err(Problem::invalid("tagName", "The tagName field is required."));
    }
    let text = tag.default_expire_period.get_or_insert_with(|| "00:00:00".to_owned());
    if period(text).is_none() {
        return Err(Problem::invalid(
            "defaultExpirePeriod",
            format!("'{text}' is not of the form days.hh:mm:ss."),
        ));
    }
    tag.id = Some(id);
    Ok(tag)
}

/// Reads `days.hh:mm:ss`, in which the days may be missing.
pub(super) fn period(text: &str) -> Option<TimeDelta> {
    let (days, clock) = text.split_once('.').unwrap_or(("0", text));
    let parts: Vec<u32> = clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [hours @ 0..24, minutes @ 0..60, seconds @ 0..60] = parts[..] else {
        return None;
    };
    let days: u32 = days.parse().ok().filter(|days| *days < 10_000_000)?; // .NET's TimeSpan ends there
    let seconds = u64::from(days) * 86_400 + u64::from(hours * 3600 + minutes * 60 + seconds);
    TimeDelta::try_seconds(i64::try_from(seconds).ok()?)
}

fn unknown() -> Problem {
    Problem::not_found("There is no such tag.")
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
