//! Order, pages and times.

use super::listing::{Listing, Parameter, second};
use super::published::{COUNT, Feed};
use crate::behaviour::play::Play;
use proofload_probing::findings::Stop;
use proofload_probing::messages::Exchange;
use serde_json::Value;

/// The default page.
const PAGE: usize = 10;

pub(super) async fn run(play: &mut Play<'_>, listing: &Listing, feed: &Feed) -> Result<(), Stop> {
    let (exchange, whole) = feed.whole(play, listing).await?;
    if whole.iter().filter(|entry| feed.has(entry)).count() != COUNT {
        return Err(Stop::skip(
            "the list does not show what was published: see its case current",
        ));
    }
    ordered(play, listing, feed, (exchange, whole.clone())).await?;
    paged(play, listing, feed, &whole).await?;
    bounded(play, listing, feed).await
}

fn query<'a>(feed: &Feed, more: &[(&'a str, usize)]) -> Vec<Parameter<'a>> {
    let [start, end, _] = feed.window();
    let more = more.iter().map(|(name, value)| (*name, value.to_string()));
    [start, end].into_iter().chain(more).collect()
}

fn seconds(feed: &Feed, entries: &[Value]) -> Vec<i64> {
    entries
        .iter()
        .filter(|entry| feed.has(entry))
        .filter_map(second)
        .collect()
}

async fn ordered(
    play: &mut Play<'_>,
    listing: &Listing,
    feed: &Feed,
    whole: (Exchange, Vec<Value>),
) -> Result<(), Stop> {
    let operation = listing.operation;
    let given = [("dateAscending", "true"), ("dateAscending", "false")];
    let asked = |(name, value): (&'static str, &str)| {
        let mut query = feed.window().to_vec();
        query.push((name, value.to_owned()));
        query
    };
    let ascending = listing.page(play, &asked(given[0])).await?;
    for (exchange, entries) in [whole, ascending] {
        let rising = seconds(feed, &entries).is_sorted();
        play.judge(
            operation,
            "oldest-first",
            &exchange,
            rising,
            "the oldest first",
            if rising { "" } else { "another order" },
        );
    }
    let (exchange, entries) = listing.page(play, &asked(given[1])).await?;
    let falling = seconds(feed, &entries).is_sorted_by(|a, b| a >= b) && !entries.is_empty();
    play.judge(
        operation,
        "newest-first",
        &exchange,
        falling,
        "the newest first",
        if falling { "" } else { "another order" },
    );
    Ok(())
}

async fn paged(play: &mut Play<'_>, listing: &Listing, feed: &Feed, whole: &[Value]) -> Result<(), Stop> {
    let operation = listing.operation;
    let (exchange, entries) = listing.page(play, &query(feed, &[])).await?;
    let count = entries.len();
    play.judge(
        operation,
        "take-default",
        &exchange,
        count == PAGE.min(whole.len()),
        "ten detections",
        format!("{count} detections"),
    );
    for take in [1, 3, 11] {
        let (exchange, entries) = listing.page(play, &query(feed, &[("take", take)])).await?;
        let count = entries.len();
        play.judge(
            operation,
            "take",
            &exchange,
            count == take,
            &format!("{take} detections"),
            format!("{count} detections"),
        );
    }
    let mut turned = Vec::new();
    let mut last = None;
    for skip in (0..whole.len()).step_by(5) {
        let (exchange, entries) = listing.page(play, &query(feed, &[("skip", skip), ("take", 5)])).await?;
        turned.extend(entries);
        last = Some(exchange);
    }
    if let Some(exchange) = last {
        // Detections of the same second may change places; those of the feed are a minute apart.
        let same = seconds(feed, &turned) == seconds(feed, whole);
        let observed = if same {
            String::new()
        } else {
            format!(
                "{} detections on pages of 5, {} in the whole list",
                turned.len(),
                whole.len()
            )
        };
        play.judge(
            operation,
            "skip",
            &exchange,
            same,
            "each detection on one page",
            observed,
        );
    }
    let (exchange, entries) = listing.page(play, &query(feed, &[("skip", whole.len() - 1)])).await?;
    let count = entries.len();
    play.judge(
        operation,
        "skip",
        &exchange,
        count == 1,
        "one detection behind the others",
        format!("{count} detections"),
    );
    Ok(())
}

/// Whether a bound itself belongs to the time is left open: it is set between two detections.
async fn bounded(play: &mut Play<'_>, listing: &Listing, feed: &Feed) -> Result<(), Stop> {
    let between = |n: usize| ((feed.second(n) + 30) * 1000).to_string();
    let [start, end, take] = feed.window();
    let every: Vec<i64> = (0..COUNT).map(|n| feed.second(n)).collect();
    for (probe, query, expected) in [
        (
            "epoch-start",
            [("epochStartMs", between(3)), end.clone(), take.clone()],
            &every[4..],
        ),
        (
            "epoch-end",
            [start.clone(), ("epochEndMs", between(3)), take.clone()],
            &every[..4],
        ),
    ] {
        let (exchange, entries) = listing.page(play, &query).await?;
        let came = seconds(feed, &entries);
        let holds = sorted(came.clone()) == expected && outside(probe, &entries, feed, 3);
        let observed = format!("{} of the feed, {} in all", came.len(), entries.len());
        play.judge(
            listing.operation,
            probe,
            &exchange,
            holds,
            &format!("the {} within", expected.len()),
            observed,
        );
    }
    let query = [("epochStartMs", between(2)), ("epochEndMs", between(6)), take];
    let (exchange, entries) = listing.page(play, &query).await?;
    let came = sorted(seconds(feed, &entries));
    for (probe, holds) in [
        ("epoch-start", came.first() == Some(&every[3])),
        ("epoch-end", came.last() == Some(&every[6])),
    ] {
        play.judge(
            listing.operation,
            probe,
            &exchange,
            holds,
            "the four within",
            format!("{} of the feed", came.len()),
        );
    }
    Ok(())
}

fn sorted(mut seconds: Vec<i64>) -> Vec<i64> {
    seconds.sort_unstable();
    seconds
}

/// Whether nothing at all, of this feed or another, lies beyond the bound.
fn outside(probe: &str, entries: &[Value], feed: &Feed, n: usize) -> bool {
    let bound = feed.second(n) + 30;
    entries.iter().filter_map(second).all(|second| {
        if probe == "epoch-start" {
            second >= bound
        } else {
            second <= bound
        }
    })
}
