//! The tags of a person: put on, listed, filtered by name, changed in place, taken off.

use super::claims::{Claim, settle};
use super::declare::guide;
use super::family::Family;
use super::name::unique;
use super::people::people;
use super::play::Play;
use super::value::{Id, id, instant, same_id, text};
use futures_util::future::FutureExt as _;
use proofload_probing::context::shared::People;
use proofload_probing::fill;
use proofload_probing::findings::{Finding, Stop};
use proofload_probing::messages::Exchange;
use proofload_probing::probe::{Declared, Sequence};
use serde_json::{Value, json};

const LIST: &str = "listPersonTags";
const PUT: &str = "putPersonTag";
const DELETE: &str = "deletePersonTag";

const CASES: [Declared; 16] = [
    guide(
        PUT,
        "creates",
        "The tag with the given tagId is put on the person, once.",
    ),
    guide(PUT, "stored-as-given", "The tag expires when it was told to."),
    guide(
        PUT,
        "own-person-only",
        "What is put on one person is not put on another.",
    ),
    guide(
        PUT,
        "updates-in-place",
        "A tag that the person has already is changed, and none is added.",
    ),
    guide(
        PUT,
        "leaves-others",
        "A PUT leaves the person's other tags as they are.",
    ),
    guide(
        LIST,
        "current",
        "The list shows what is stored, and no more what was deleted.",
    ),
    guide(LIST, "own-only", "The list shows nobody else's."),
    guide(
        LIST,
        "unknown-person",
        "For a person who does not exist nothing is listed.",
    ),
    guide(LIST, "filter-finds", "With tagName, the tag of that name is listed."),
    guide(LIST, "filter-exact", "With tagName, no tag of another name is listed."),
    guide(DELETE, "gone", "A tag that was taken off is gone for good."),
    guide(
        DELETE,
        "leaves-others",
        "A DELETE leaves the person's other tags as they are.",
    ),
    guide(
        "getPerson",
        "shows-tags",
        "The full record of a person shows the tags they have.",
    ),
    guide(
        "getPerson",
        "own-tags",
        "The full record of a person shows nobody else's tags.",
    ),
    guide(
        "searchPeople",
        "by-tag-finds",
        "With tagId, the people who have that tag are found.",
    ),
    guide(
        "searchPeople",
        "by-tag-only",
        "With tagId, nobody is found who does not have that tag.",
    ),
];

pub(super) fn family() -> Box<dyn Sequence> {
    Family::new("person-tags", &[LIST, PUT, DELETE], &CASES, |play| run(play).boxed()).boxed()
}

async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    let nobody = fill::guid(&mut play.context.random(LIST));
    let exchange = play.attempt(LIST, play.draft(LIST)?.path("personId", &nobody)).await?;
    let count = exchange.json().as_ref().and_then(Value::as_array).map_or(0, Vec::len);
    play.judge(
        LIST,
        "unknown-person",
        &exchange,
        count == 0,
        "no entries",
        format!("{count} entries"),
    );
    let draft = play.draft("searchPeople")?.query("tagId", &nobody);
    let (exchange, found) = play.list("searchPeople", draft).await?;
    let count = found.len();
    play.judge(
        "searchPeople",
        "by-tag-only",
        &exchange,
        count == 0,
        "nobody",
        format!("{count} people"),
    );
    let people = people(play.context).await?;
    let mark = unique(play.context, "worn");
    let tag = define(play, &mark).await?;
    let longer = define(play, &format!("{mark}-more")).await?;
    let tags = TagsOnPerson {
        people,
        mark,
        tag,
        longer,
    };
    tags.play(play).await
}

/// Defines a tag, and sees to its removal. Gives back its id.
async fn define(play: &mut Play<'_>, name: &str) -> Result<Id, Stop> {
    let body =
        json!({"tagName": name, "disabled": false, "description": "proofload", "defaultExpirePeriod": "00:00:00"});
    let created = play.call("createTag", play.draft("createTag")?.json(body)).await?;
    let draft = play.draft("listTags")?.query("tagName", name);
    let listed = match play.list("listTags", draft).await {
        Ok((_, entries)) => entries
            .iter()
            .find(|tag| tag["tagName"] == name)
            .and_then(|tag| id(tag, "tagId")),
        Err(_) => None,
    };
    let defined = listed.or_else(|| created.json().and_then(|tag| id(&tag, "tagId")));
    let defined = defined.ok_or_else(|| Stop::skip("there is no tag to put on anybody: see createTag and listTags"))?;
    play.later("deleteTag", play.draft("deleteTag")?.path("tagId", &defined));
    Ok(defined)
}

struct TagsOnPerson {
    people: People,
    mark: String,
    tag: Id,
    longer: Id,
}

impl TagsOnPerson {
    async fn play(&self, play: &mut Play<'_>) -> Result<(), Stop> {
        let person = self.people.first.id.as_str();
        let expires = "2031-05-06T07:08:09Z";
        for tag in [&self.tag, &self.longer] {
            play.later(
                DELETE,
                play.draft(DELETE)?.path("personId", person).path("personTagId", tag),
            );
            self.put(play, person, tag, expires).await?;
        }
        self.put_on(play, expires).await?;
        self.filtered(play).await?;
        let later = "2032-06-07T08:09:10Z";
        self.put(play, person, &self.tag, later).await?;
        let in_place = |entries: &[Value]| expiring(once(entries, &self.tag)?, later);
        let claims = see(play, person, "current", "shows-tags", in_place).await;
        settle(
            play,
            PUT,
            "updates-in-place",
            "the tag once, with its new expiry",
            claims,
        );
        let others = |entries: &[Value]| expiring(once(entries, &self.longer)?, expires);
        let claims = see(play, person, "current", "shows-tags", others).await;
        settle(play, PUT, "leaves-others", "the other tag as it was", claims);
        self.taken_off(play).await
    }

    async fn put_on(&self, play: &mut Play<'_>, expires: &str) -> Result<(), Stop> {
        let person = self.people.first.id.as_str();
        let both = |entries: &[Value]| {
            once(entries, &self.tag)?;
            once(entries, &self.longer).map(|_| ())
        };
        let mut claims = see(play, person, "current", "shows-tags", both).await;
        claims.extend(self.search(play, person, true).await);
        if !settle(play, PUT, "creates", "both tags, each once", claims) {
            return Err(Stop::skip(format!("{PUT} did not put the tag on: see {PUT}/creates")));
        }
        let told = |entries: &[Value]| expiring(once(entries, &self.tag)?, expires);
        let claims = see(play, person, "current", "shows-tags", told).await;
        settle(play, PUT, "stored-as-given", "the expiry that was given", claims);
        let Ok(other) = &self.people.second else { return Ok(()) };
        let bare = |entries: &[Value]| match once(entries, &self.tag) {
            Ok(_) => Err("a tag that was put on another person".to_owned()),
            Err(_) => Ok(()),
        };
        let mut claims = see(play, &other.id, "own-only", "own-tags", bare).await;
        claims.extend(self.search(play, &other.id, false).await);
        settle(play, PUT, "own-person-only", "nothing of another person", claims);
        Ok(())
    }

    /// Whether a search by the tag finds a person, held against whether it should.
    async fn search(&self, play: &mut Play<'_>, person: &str, expected: bool) -> Option<Claim> {
        let draft = play.draft("searchPeople").ok()?.query("tagId", &self.tag);
        let (exchange, found) = play.list("searchPeople", draft).await.ok()?;
        let hit = found
            .iter()
            .any(|found| text(found, "personId").is_some_and(|id| same_id(&id, person)));
        Some(Claim {
            operation: "searchPeople",
            probe: Some(if expected { "by-tag-finds" } else { "by-tag-only" }),
            shows: Some(hit == expected),
            observed: if hit {
                "the person is found"
            } else {
                "the person is not found"
            }
            .to_owned(),
            exchange: Some(exchange),
        })
    }

    async fn filtered(&self, play: &mut Play<'_>) -> Result<(), Stop> {
        let person = self.people.first.id.as_str();
        for (name, id) in [
            (self.mark.clone(), &self.tag),
            (format!("{}-more", self.mark), &self.longer),
        ] {
            let draft = play.draft(LIST)?.path("personId", person).query("tagName", &name);
            let (exchange, entries) = play.list(LIST, draft).await?;
            let found = entries.iter().filter(|entry| is(entry, id)).count();
            play.judge(
                LIST,
                "filter-finds",
                &exchange,
                found == 1,
                "the tag",
                format!("{found} of that name"),
            );
            let others = entries.len() - found;
            play.judge(
                LIST,
                "filter-exact",
                &exchange,
                others == 0,
                "no other",
                format!("{others} others"),
            );
        }
        let absent = format!("{}-absent", self.mark);
        let draft = play.draft(LIST)?.path("personId", person).query("tagName", &absent);
        let exchange = play.attempt(LIST, draft).await?;
        let count = exchange.json().as_ref().and_then(Value::as_array).map_or(0, Vec::len);
        play.judge(
            LIST,
            "filter-exact",
            &exchange,
            count == 0,
            "no other",
            format!("{count} others"),
        );
        Ok(())
    }

    async fn taken_off(&self, play: &mut Play<'_>) -> Result<(), Stop> {
        let person = self.people.first.id.as_str();
        let (_, entries) = play.list(LIST, play.draft(LIST)?.path("personId", person)).await?;
        let entry = entries
            .iter()
            .find(|entry| is(entry, &self.tag))
            .cloned()
            .unwrap_or_default();
        // Where a personTagId is found is stated nowhere: whatever the list may call it, then the tag's own id.
        let ids = ["personTagId", "id"].iter().filter_map(|name| text(&entry, name));
        let mut answered = None;
        for id in ids.chain([self.tag.to_string()]) {
            let draft = play.draft(DELETE)?.path("personId", person).path("personTagId", &id);
            let exchange = play.attempt(DELETE, draft).await?;
            let taken = exchange.is_success();
            answered = Some(exchange);
            if taken {
                break;
            }
        }
        let Some(exchange) = answered else { return Ok(()) };
        if matches!(exchange.status(), 400 | 404 | 410 | 422) {
            let reason =
                "none of the ids that the list shows is a personTagId here, and where it is found is stated nowhere";
            for probe in [super::common::ANSWERS, "gone", "leaves-others"] {
                play.report(DELETE, probe, Finding::skip(reason));
            }
            return Ok(());
        }
        play.proper(DELETE, &exchange)?;
        let gone = |entries: &[Value]| match once(entries, &self.tag) {
            Err(_) if !entries.iter().any(|entry| is(entry, &self.tag)) => Ok(()),
            _ => Err("it is still there".to_owned()),
        };
        let mut claims = see(play, person, "current", "shows-tags", gone).await;
        claims.extend(self.search(play, person, false).await);
        settle(play, DELETE, "gone", "it is gone", claims);
        let left = |entries: &[Value]| once(entries, &self.longer).map(|_| ());
        let claims = see(play, person, "current", "shows-tags", left).await;
        settle(play, DELETE, "leaves-others", "the other tag is still there", claims);
        Ok(())
    }

    async fn put(&self, play: &mut Play<'_>, person: &str, tag: &Id, expires: &str) -> Result<(), Stop> {
        let body = json!({"tagId": tag.raw, "expires": expires});
        let draft = play.draft(PUT)?.path("personId", person).json(body);
        play.call(PUT, draft).await.map(|_| ())
    }
}

fn is(entry: &Value, tag: &str) -> bool {
    text(entry, "tagId").is_some_and(|id| same_id(&id, tag))
}

fn once<'e>(entries: &'e [Value], tag: &str) -> Result<&'e Value, String> {
    let mut worn = entries.iter().filter(|entry| is(entry, tag));
    match (worn.next(), worn.count()) {
        (Some(entry), 0) => Ok(entry),
        (None, _) => Err("the tag is missing".to_owned()),
        (Some(_), more) => Err(format!("the tag is there {} times", more + 1)),
    }
}

fn expiring(entry: &Value, expected: &str) -> Result<(), String> {
    let came = entry.get("expires").and_then(Value::as_str).unwrap_or_default();
    if instant(came) == instant(expected) {
        return Ok(());
    }
    Err("another expiry".to_owned())
}

/// What the list and the full record say of a person's tags.
async fn see(
    play: &mut Play<'_>,
    person: &str,
    listed: &'static str,
    recorded: &'static str,
    question: impl Fn(&[Value]) -> Result<(), String>,
) -> Vec<Claim> {
    let claim = |operation, probe, entries: &[Value], exchange: Exchange| {
        let answer = question(entries);
        Claim {
            operation,
            probe: Some(probe),
            shows: Some(answer.is_ok()),
            observed: answer.err().unwrap_or_else(|| "as expected".to_owned()),
            exchange: Some(exchange),
        }
    };
    let mut claims = Vec::new();
    if let Ok(draft) = play.draft(LIST)
        && let Ok((exchange, entries)) = play.list(LIST, draft.path("personId", person)).await
    {
        claims.push(claim(LIST, listed, &entries, exchange));
    }
    if let Ok(draft) = play.draft("getPerson")
        && let Ok(exchange) = play.call("getPerson", draft.path("personId", person)).await
        && let Some(body) = exchange.json()
    {
        let entries = body.get("tags").and_then(Value::as_array).cloned().unwrap_or_default();
        claims.push(claim("getPerson", recorded, &entries, exchange));
    }
    claims
}
