//! Tag definitions: created, listed, filtered by exact name, updated in place, deleted for good.

mod view;

use super::claims::settle;
use super::declare::{custom, guide};
use super::family::Family;
use super::name::unique;
use super::play::Play;
use super::texts::{Fit, fitting};
use super::value::{Id, id, same_id, text};
use futures_util::future::FutureExt as _;
use proofload_probing::fill;
use proofload_probing::findings::Stop;
use proofload_probing::probe::{Declared, Sequence};
use serde_json::Value;
use view::{NO_ID, alike, by_id, by_list, distinct, filtered, list, named, once, sweep, tag};

const CASES: [Declared; 15] = [
    guide(
        "createTag",
        "creates",
        "A created tag is there, once, with an id of its own.",
    ),
    guide(
        "createTag",
        "stored-as-given",
        "A tag is shown as it was given, in any script.",
    ),
    custom(
        "createTag",
        "assigns-id",
        "The server assigns the id, whatever the client wishes.",
    ),
    guide(
        "listTags",
        "current",
        "The list shows what is stored, and no more what was deleted.",
    ),
    guide(
        "listTags",
        "filter-finds",
        "With tagName, the tag of that name is listed.",
    ),
    guide(
        "listTags",
        "filter-exact",
        "With tagName, no tag is listed whose name merely contains it, or has nothing to do with it.",
    ),
    custom(
        "listTags",
        "filter-case",
        "With tagName, a name that differs in case is another name.",
    ),
    guide("getTag", "current", "A tag is shown as it is stored."),
    guide(
        "getTag",
        "that-one",
        "The tag with the id in the path is shown and no other.",
    ),
    custom("getTag", "unknown-404", "An unknown tag is answered 404."),
    guide(
        "updateTag",
        "updates-in-place",
        "An updated tag keeps its id, has the new values, and none is added.",
    ),
    guide(
        "updateTag",
        "leaves-others",
        "An update leaves the other tags as they are.",
    ),
    guide("deleteTag", "gone", "A deleted tag is gone for good."),
    guide(
        "deleteTag",
        "leaves-others",
        "A DELETE leaves the other tags as they are.",
    ),
    custom(
        "deleteTag",
        "repeated",
        "A tag that is gone already can be deleted again without a server error.",
    ),
];

pub(super) fn family() -> Box<dyn Sequence> {
    let owned = ["listTags", "getTag", "createTag", "updateTag", "deleteTag"];
    Family::new("tags", &owned, &CASES, |play| run(play).boxed()).boxed()
}

async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    reads(play).await?;
    let mark = unique(play.context, "tag");
    let played = writes(play, &mark).await;
    sweep(play, &mark).await;
    played
}

/// What can be asked without storing anything.
async fn reads(play: &mut Play<'_>) -> Result<(), Stop> {
    let (_, listed) = play.list("listTags", play.draft("listTags")?).await?;
    // Our own come and go while this is going on.
    let theirs = listed.iter().find(|tag| !tag.to_string().contains("proofload-"));
    if let Some(id) = theirs.and_then(|tag| text(tag, "tagId")) {
        let exchange = play.call("getTag", play.draft("getTag")?.path("tagId", &id)).await;
        if let Ok(exchange) = exchange {
            let that = exchange.json().and_then(|tag| text(&tag, "tagId"));
            let holds = that.is_some_and(|came| same_id(&came, &id));
            play.judge(
                "getTag",
                "that-one",
                &exchange,
                holds,
                "the tag of that id",
                "another tag, or one without tagId",
            );
        }
    }
    let unknown = fill::guid(&mut play.context.random("unknown tag"));
    let exchange = play
        .attempt("getTag", play.draft("getTag")?.path("tagId", &unknown))
        .await?;
    play.judge("getTag", "unknown-404", &exchange, exchange.status() == 404, "404", "");
    let named = exchange
        .json()
        .and_then(|tag| text(&tag, "tagId"))
        .filter(|_| exchange.is_success());
    let other = named.is_some_and(|came| !same_id(&came, &unknown));
    play.judge(
        "getTag",
        "that-one",
        &exchange,
        !other,
        "no other tag",
        "another tag than was asked for",
    );
    let name = unique(play.context, "absent");
    let (exchange, entries) = filtered(play, &name).await?;
    let count = entries.len();
    play.judge(
        "listTags",
        "filter-exact",
        &exchange,
        count == 0,
        "no tag",
        format!("{count} tags"),
    );
    Ok(())
}

async fn writes(play: &mut Play<'_>, mark: &str) -> Result<(), Stop> {
    // One name begins with the other: an exact filter tells them apart, a prefix or a substring does not.
    let draft = play.draft("createTag")?;
    let one = |fit| tag(fit, mark, "00:00:00", false);
    let (fit, exchange) = fitting(play, "createTag", |fit| draft.clone().json(one(fit))).await?;
    play.proper("createTag", &exchange)?;
    let one = one(fit);
    let other = tag(fit, &format!("{mark}-more"), "30.00:00:00", true);
    let second = play.call("createTag", draft.json(other.clone())).await?;
    let mut answers = [exchange, second].into_iter();
    let given = answers.find_map(|exchange| exchange.json().and_then(|tag| id(&tag, "tagId")));
    let listed = list(play).await;
    let tag_id = listed
        .iter()
        .find_map(|(_, entries)| named(entries, &one).and_then(|tag| id(tag, "tagId")));
    let shown = filtered(play, mark).await.ok();
    let tag_id = tag_id
        .or_else(|| {
            shown
                .as_ref()
                .and_then(|(_, entries)| named(entries, &one).and_then(|tag| id(tag, "tagId")))
        })
        .or(given);
    created(play, &[&one, &other], tag_id.as_deref()).await?;
    let tag_id = tag_id.ok_or_else(|| Stop::skip("nobody shows the created tag's id"))?;
    filters(play, mark).await?;
    assigned(play, fit, mark, (&tag_id, &one)).await?;
    let updated = updated(play, fit, &tag_id, mark, &other).await?;
    if let Some(changed) = updated {
        return deleted(play, &tag_id, &changed, &other).await;
    }
    // What an update has spoilt is not to be held against whoever comes next.
    let (fresh, sibling) = (
        tag(fit, &format!("{mark}-fresh"), "00:00:00", false),
        tag(fit, &format!("{mark}-stays"), "00:00:00", false),
    );
    for body in [&fresh, &sibling] {
        play.call("createTag", play.draft("createTag")?.json(body.clone()))
            .await?;
    }
    let listed = list(play).await.map(|(_, entries)| entries).unwrap_or_default();
    let fresh_id = named(&listed, &fresh).and_then(|tag| id(tag, "tagId"));
    let fresh_id = fresh_id.ok_or_else(|| Stop::skip("no tag is left to go on with"))?;
    deleted(play, &fresh_id, &fresh, &sibling).await
}

async fn created(play: &mut Play<'_>, sent: &[&Value], id: Option<&str>) -> Result<(), Stop> {
    let mut claims = by_list(play, |entries| {
        let ids: Vec<_> = sent
            .iter()
            .map(|sent| once(entries, sent).map(|tag| text(tag, "tagId")))
            .collect();
        let ids: Vec<_> = ids.into_iter().collect::<Result<_, _>>()?;
        distinct(&ids)
    })
    .await;
    claims.extend(
        by_id(play, id, |tag| match tag {
            Some(tag) if tag.get("tagName") == sent[0].get("tagName") => Ok(()),
            Some(_) => Err("another tag".to_owned()),
            None => Err("no tag".to_owned()),
        })
        .await,
    );
    if !settle(play, "createTag", "creates", "each tag once", claims) {
        return Err(Stop::skip(
            "createTag did not create what it was to: see createTag/creates",
        ));
    }
    let mut claims = by_list(play, |entries| {
        sent.iter().try_for_each(|sent| alike(once(entries, sent)?, sent))
    })
    .await;
    claims.extend(by_id(play, id, |tag| alike(tag.ok_or("no tag")?, sent[0])).await);
    settle(
        play,
        "createTag",
        "stored-as-given",
        "every member as it was given",
        claims,
    );
    Ok(())
}

async fn filters(play: &mut Play<'_>, mark: &str) -> Result<(), Stop> {
    for name in [mark.to_owned(), format!("{mark}-more")] {
        let (exchange, entries) = filtered(play, &name).await?;
        let found = entries
            .iter()
            .filter(|tag| tag.get("tagName").and_then(Value::as_str) == Some(&name))
            .count();
        play.judge(
            "listTags",
            "filter-finds",
            &exchange,
            found == 1,
            "the tag",
            format!("{found} of that name"),
        );
        let others = entries.len() - found;
        play.judge(
            "listTags",
            "filter-exact",
            &exchange,
            others == 0,
            "no other",
            format!("{others} others"),
        );
    }
    for part in [&mark[..mark.len() - 1], &mark[1..]] {
        let (exchange, entries) = filtered(play, part).await?;
        let count = entries.len();
        play.judge(
            "listTags",
            "filter-exact",
            &exchange,
            count == 0,
            "no tag",
            format!("{count} tags"),
        );
    }
    let (exchange, entries) = filtered(play, &mark.to_uppercase()).await?;
    let count = entries.len();
    play.judge(
        "listTags",
        "filter-case",
        &exchange,
        count == 0,
        "no tag",
        format!("{count} tags"),
    );
    Ok(())
}

/// A tag that comes with an id of the client's choice gets another one, or is refused; it never takes another's place.
async fn assigned(play: &mut Play<'_>, fit: Fit, mark: &str, (id, stored): (&str, &Value)) -> Result<(), Stop> {
    let wished = fill::guid(&mut play.context.random(mark));
    for (n, wish) in [wished.as_str(), id].into_iter().enumerate() {
        let mut body = tag(fit, &format!("{mark}-wish-{n}"), "00:00:00", false);
        body["tagId"] = wish.into();
        let exchange = play
            .attempt("createTag", play.draft("createTag")?.json(body.clone()))
            .await?;
        let listed = list(play).await;
        let entry = listed.iter().find_map(|(_, entries)| named(entries, &body));
        let taken = entry
            .and_then(|tag| text(tag, "tagId"))
            .is_some_and(|came| same_id(&came, wish));
        play.judge(
            "createTag",
            "assigns-id",
            &exchange,
            !taken,
            "an id of the server's",
            "the id that the client wished for",
        );
    }
    let claims = by_id(play, Some(id), |tag| alike(tag.ok_or("no tag")?, stored)).await;
    if let Some(claim) = claims.into_iter().find(|claim| claim.shows == Some(false))
        && let Some(exchange) = claim.exchange
    {
        play.judge(
            "createTag",
            "assigns-id",
            &exchange,
            false,
            "the tag of that id as it was",
            claim.observed,
        );
    }
    Ok(())
}

async fn updated(play: &mut Play<'_>, fit: Fit, id: &Id, mark: &str, other: &Value) -> Result<Option<Value>, Stop> {
    let mut body = tag(fit, &format!("{mark}-new"), "1.12:30:00", true);
    body["description"] = "changed".into();
    body["tagId"] = id.raw.clone();
    play.call(
        "updateTag",
        play.draft("updateTag")?.path("tagId", id).json(body.clone()),
    )
    .await?;
    let in_place = |tag: &Value| match text(tag, "tagId") {
        Some(came) if same_id(&came, id) => alike(tag, &body),
        Some(_) => Err("it has another tagId".to_owned()),
        None => Err(NO_ID.to_owned()),
    };
    let before = tag(fit, mark, "00:00:00", false);
    let mut claims = by_list(play, |entries| {
        if named(entries, &before).is_some() {
            return Err("a tag of the former name is there".to_owned());
        }
        in_place(once(entries, &body)?)
    })
    .await;
    claims.extend(by_id(play, Some(id), |tag| in_place(tag.ok_or("no tag")?)).await);
    let in_place = settle(
        play,
        "updateTag",
        "updates-in-place",
        "one tag, with its id and the new values",
        claims,
    );
    let claims = by_list(play, |entries| alike(once(entries, other)?, other)).await;
    let left = settle(play, "updateTag", "leaves-others", "the other tag as it was", claims);
    Ok((in_place && left).then_some(body))
}

async fn deleted(play: &mut Play<'_>, id: &str, sent: &Value, other: &Value) -> Result<(), Stop> {
    let draft = play.draft("deleteTag")?.path("tagId", id);
    play.call("deleteTag", draft.clone()).await?;
    let still = || Err("it is still there".to_owned());
    let mut claims = by_list(play, |entries| {
        let there = entries
            .iter()
            .any(|tag| text(tag, "tagId").is_some_and(|came| same_id(&came, id)));
        if there || named(entries, sent).is_some() {
            still()
        } else {
            Ok(())
        }
    })
    .await;
    claims.extend(
        by_id(play, Some(id), |tag| match tag.and_then(|tag| text(tag, "tagId")) {
            Some(came) if same_id(&came, id) => still(),
            _ => Ok(()),
        })
        .await,
    );
    settle(play, "deleteTag", "gone", "it is gone", claims);
    let exchange = play.attempt("deleteTag", draft).await?;
    let failed = exchange.is_server_error();
    play.judge("deleteTag", "repeated", &exchange, !failed, "no server error", "");
    let claims = by_list(play, |entries| once(entries, other).map(|_| ())).await;
    settle(
        play,
        "deleteTag",
        "leaves-others",
        "the other tag is still there",
        claims,
    );
    Ok(())
}
