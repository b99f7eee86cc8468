//! Writes at once: of twenty notes that are put on one person at the same moment, none is lost and none is there twice.

use super::declare::guide;
use super::family::Family;
use super::name::unique;
use super::people::people;
use super::play::{Play, sent};
use super::sub_resources::remove_marked;
use super::value::text;
use futures_util::future::{FutureExt as _, join_all};
use proofload_probing::findings::{Finding, Stop};
use proofload_probing::probe::{Declared, Sequence};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// So many notes are put at once.
const AT_ONCE: usize = 20;

/// So often the list is looked at before a note counts as lost: what was put may take a while to show.
const LOOKS: u32 = 5;

/// Before the second look; each later one waits twice as long.
const PAUSE: Duration = Duration::from_millis(150);

const PUT: &str = "putNote";
const LIST: &str = "listNotes";

const CASES: [Declared; 1] = [guide(
    PUT,
    "together",
    "Of twenty notes that are put at once, each is kept, once and with an id of its own.",
)];

pub(super) fn family() -> Box<dyn Sequence> {
    Family::new("together", &[], &CASES, |play| run(play).boxed()).boxed()
}

async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    let person = people(play.context).await?.first.id;
    let context = play.context;
    let _turn = context.turn.lock().await;
    let mark = unique(play.context, "together");
    let played = put(play, &person, &mark).await;
    remove_marked(play, (LIST, "deleteNote"), ("noteId", "noteId"), &person, &mark).await;
    // Before somebody else's turn.
    play.clean_up().await;
    played
}

async fn put(play: &mut Play<'_>, person: &str, mark: &str) -> Result<(), Stop> {
    let context = play.context;
    let caller = play.caller(PUT)?;
    let mut calls = Vec::new();
    for n in 0..AT_ONCE {
        let body = json!({"summary": format!("{mark}-{n}"), "body": "proofload", "author": "proofload"});
        let draft = play.draft(PUT)?.path("personId", person).json(body);
        calls.push(sent(context, caller, draft));
    }
    let mut last = None;
    for answer in join_all(calls).await {
        let answer = answer?;
        if let Some(limit) = super::burst::limited(&answer) {
            play.report(PUT, "together", limit);
            return Ok(());
        }
        if !answer.is_success() {
            play.report(PUT, "together", Finding::judge(answer, false, "200 as for one alone"));
            return Ok(());
        }
        last = Some(answer);
    }
    let mut seen = looked(play, person, mark).await?;
    for look in 1..LOOKS {
        if seen.kept >= AT_ONCE {
            break;
        }
        tokio::time::sleep(PAUSE * 2_u32.pow(look - 1)).await;
        seen = looked(play, person, mark).await?;
    }
    if seen.kept == 0 {
        return Err(Stop::skip(format!(
            "{LIST} shows none of what was put: see {LIST}/current"
        )));
    }
    let holds = seen.kept == AT_ONCE && seen.ids == AT_ONCE;
    let observed = format!("{} listed, under {} ids", seen.kept, seen.ids);
    let finding = Finding::verdict(holds, format!("{AT_ONCE}, each under an id of its own"), observed);
    let finding = match last {
        Some(exchange) => finding.shown_by(exchange),
        None => finding,
    };
    play.report(PUT, "together", finding);
    Ok(())
}

/// How many of the notes are listed, and under how many ids.
struct Seen {
    kept: usize,
    ids: usize,
}

async fn looked(play: &mut Play<'_>, person: &str, mark: &str) -> Result<Seen, Stop> {
    let draft = play.draft(LIST)?.path("personId", person);
    let (_, entries) = play.list(LIST, draft).await?;
    let marked = |entry: &&Value| text(entry, "summary").is_some_and(|summary| summary.starts_with(mark));
    let ours: Vec<&Value> = entries.iter().filter(marked).collect();
    let ids: BTreeSet<_> = ours.iter().filter_map(|entry| text(entry, "noteId")).collect();
    Ok(Seen {
        kept: ours.len(),
        ids: ids.len(),
    })
}
