//! What a refused write is aimed at, and how one sees afterwards whether it struck.

use super::watch::{PersonPart, Watch};
use crate::behaviour::people::people;
use proofload_contract::Operation;
use proofload_deployment::images;
use proofload_probing::context::Context;
use proofload_probing::fill;
use proofload_probing::findings::Stop;
use proofload_probing::messages::{Draft, Exchange};
use rand::RngExt as _;
use serde_json::{Value, json};
use std::time::Duration;

/// How long before each look at what must be there.
const LOOKS: [Duration; 3] = [Duration::ZERO, Duration::from_millis(250), Duration::from_secs(1)];

/// A refused write, what to look at afterwards, and what to remove again.
pub(super) struct WatchedWrite {
    /// The write that must be refused, without credentials.
    pub(super) attempt: Draft,
    /// The operation and the call that show what is stored.
    look: (&'static str, Draft),
    /// What must or must not be found there.
    marker: String,
    wanted: Wanted,
    clean_up: CleanUp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// The refused write would have put the marker there.
    Absent,
    /// The refused write would have taken it away.
    Present,
}

/// What the write, or a broken server, leaves behind.
enum CleanUp {
    /// Nothing that the API could remove.
    None,
    /// This call removes it.
    Call(&'static str, Draft),
    /// The tag of this name, if there is one.
    Tag(String),
    /// Every entry of the list that has the marker in it.
    Entries(&'static PersonPart, String),
}

impl WatchedWrite {
    /// Prepares what the write is aimed at and how it is watched; `purpose` keeps several of one operation apart.
    pub(super) async fn prepare(
        context: &Context,
        operation: &Operation,
        watch: Watch,
        purpose: &str,
    ) -> Result<Self, Stop> {
        let marker = marker(context, &format!("{}/trace@{purpose}", operation.id));
        let id = operation.id.as_str();
        match watch {
            Watch::PartPut(part) => part_put(context, part, marker).await,
            Watch::PartDeleted(part) => part_deleted(context, part, marker).await,
            Watch::TagCreated => created_tag(context, marker),
            Watch::TagUpdated => changed_tag(context, id, true, marker).await,
            Watch::TagDeleted => changed_tag(context, id, false, marker).await,
            Watch::TagPutOn => person_tag(context, true, marker).await,
            Watch::TagTakenOff => person_tag(context, false, marker).await,
            Watch::AddressPut => address(context, marker).await,
            Watch::Published => published(context, id, marker).await,
        }
    }

    /// Goes on only where what the write would take away was seen to be there, again where a list lags behind: what was not
    /// seen before cannot be said to be gone.
    ///
    /// # Errors
    /// It is not to be seen.
    pub(super) async fn seen(self, context: &Context) -> Result<Self, Stop> {
        if self.wanted == Wanted::Absent {
            return Ok(self);
        }
        for wait in LOOKS {
            tokio::time::sleep(wait).await;
            match self.found(context).await {
                Ok(false) => {}
                Ok(true) => return Ok(self),
                Err(stop) => {
                    self.tidy(context).await;
                    return Err(stop);
                }
            }
        }
        let look = self.look.0;
        self.tidy(context).await;
        Err(Stop::skip(format!(
            "{look} does not show what was stored before, so nobody can see whether a refused call takes it away"
        )))
    }

    /// What the write has done although it was refused, in a few words.
    ///
    /// # Errors
    /// Nobody can look.
    pub(super) async fn trace(&self, context: &Context) -> Result<Option<String>, Stop> {
        let operation = self.look.0;
        let mut found = self.found(context).await?;
        // One that looks gone may be on its way between two servers.
        for wait in LOOKS.into_iter().skip(1) {
            if found || self.wanted == Wanted::Absent {
                break;
            }
            tokio::time::sleep(wait).await;
            found = self.found(context).await?;
        }
        Ok(match (self.wanted, found) {
            (Wanted::Absent, true) => Some(format!("yet {operation} shows it stored")),
            (Wanted::Present, false) => Some(format!("yet {operation} shows it gone")),
            _ => None,
        })
    }

    /// Whether the marker is to be seen now.
    async fn found(&self, context: &Context) -> Result<bool, Stop> {
        let (operation, draft) = &self.look;
        let exchange = call(context, operation, draft.clone()).await?;
        if !exchange.is_success() && exchange.status() != 404 {
            let observed = exchange.observed();
            return Err(Stop::skip(format!(
                "{operation}, which would show it, was answered {observed}"
            )));
        }
        let body = String::from_utf8_lossy(&exchange.answer().body).to_ascii_lowercase();
        Ok(exchange.is_success() && body.contains(&self.marker.to_ascii_lowercase()))
    }

    /// Removes what the write or a broken server stored. What will not go is found, and told, where deleting is tested.
    pub(super) async fn tidy(self, context: &Context) {
        match self.clean_up {
            CleanUp::None => {}
            CleanUp::Call(operation, draft) => _ = call(context, operation, draft).await,
            CleanUp::Tag(name) => _ = remove_tag(context, &name).await,
            CleanUp::Entries(part, person) => _ = remove(context, part, &person, &self.marker).await,
        }
    }
}

fn marker(context: &Context, purpose: &str) -> String {
    let now = chrono::Utc::now().timestamp_micros();
    format!("proofload-{now:x}{:08x}", context.random(purpose).random::<u32>())
}

/// A proper call by an account that may make it.
async fn call(context: &Context, operation: &str, draft: Draft) -> Result<Exchange, Stop> {
    let known = context.operation(operation)?;
    let caller = context.caller_of(known);
    let caller =
        caller.ok_or_else(|| Stop::skip(format!("no account may call {operation}, to see what was stored")))?;
    context.send_as(caller, draft).await
}

/// A call without which there is nothing to look at.
async fn prepared(context: &Context, operation: &str, draft: Draft) -> Result<Exchange, Stop> {
    let exchange = call(context, operation, draft).await?;
    if exchange.is_success() {
        return Ok(exchange);
    }
    let observed = exchange.observed();
    Err(Stop::skip(format!(
        "{operation}, which this needs beforehand, was answered {observed}"
    )))
}

async fn person(context: &Context) -> Result<String, Stop> {
    Ok(people(context).await?.first.id)
}

async fn part_put(context: &Context, part: &'static PersonPart, marker: String) -> Result<WatchedWrite, Stop> {
    let person = person(context).await?;
    Ok(WatchedWrite {
        attempt: context
            .call(part.put)?
            .path("personId", &person)
            .json((part.body)(&marker)),
        look: (part.list, context.call(part.list)?.path("personId", &person)),
        marker,
        wanted: Wanted::Absent,
        clean_up: CleanUp::Entries(part, person),
    })
}

async fn part_deleted(context: &Context, part: &'static PersonPart, marker: String) -> Result<WatchedWrite, Stop> {
    let person = person(context).await?;
    let put = context
        .call(part.put)?
        .path("personId", &person)
        .json((part.body)(&marker));
    prepared(context, part.put, put).await?;
    let entries = entries(context, part, &person, &marker).await?;
    let id = entries
        .first()
        .ok_or_else(|| Stop::skip(format!("{} does not show what {} stored", part.list, part.put)))?;
    Ok(WatchedWrite {
        attempt: context.call(part.delete)?.path("personId", &person).path(part.id.1, id),
        look: (part.list, context.call(part.list)?.path("personId", &person)),
        marker,
        wanted: Wanted::Present,
        clean_up: CleanUp::Entries(part, person),
    })
}

/// The ids of the entries with the marker in them.
async fn entries(context: &Context, part: &PersonPart, person: &str, marker: &str) -> Result<Vec<String>, Stop> {
    let listed = prepared(context, part.list, context.call(part.list)?.path("personId", person)).await?;
    let listed = listed.json().unwrap_or_default();
    let hits = listed
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| entry.to_string().contains(marker));
    Ok(hits
        .filter_map(|entry| entry.get(part.id.0)?.as_str().map(str::to_owned))
        .collect())
}

async fn remove(context: &Context, part: &PersonPart, person: &str, marker: &str) -> Result<(), Stop> {
    for id in entries(context, part, person, marker).await? {
        let draft = context.call(part.delete)?.path("personId", person).path(part.id.1, &id);
        call(context, part.delete, draft).await?;
    }
    Ok(())
}

fn tag(name: &str, description: &str) -> Value {
    json!({"tagName": name, "disabled": false, "description": description, "defaultExpirePeriod": "00:00:00"})
}

/// A tag's id, by its name: what createTag answers is stated nowhere.
async fn tag_id(context: &Context, name: &str) -> Result<String, Stop> {
    let listed = prepared(context, "listTags", context.call("listTags")?.query("tagName", name)).await?;
    let listed = listed.json().unwrap_or_default();
    let named = listed
        .as_array()
        .into_iter()
        .flatten()
        .find(|tag| tag["tagName"] == name);
    let id = named.and_then(|tag| tag.get("tagId")?.as_str().map(str::to_owned));
    id.ok_or_else(|| Stop::skip("listTags does not show the tag that createTag stored"))
}

async fn remove_tag(context: &Context, name: &str) -> Result<(), Stop> {
    let id = tag_id(context, name).await?;
    call(context, "deleteTag", context.call("deleteTag")?.path("tagId", &id)).await?;
    Ok(())
}

fn created_tag(context: &Context, marker: String) -> Result<WatchedWrite, Stop> {
    Ok(WatchedWrite {
        attempt: context.call("createTag")?.json(tag(&marker, "proofload")),
        look: ("listTags", context.call("listTags")?.query("tagName", &marker)),
        wanted: Wanted::Absent,
        clean_up: CleanUp::Tag(marker.clone()),
        marker,
    })
}

/// A tag that is updated, or deleted.
async fn changed_tag(context: &Context, operation: &str, updates: bool, marker: String) -> Result<WatchedWrite, Stop> {
    prepared(
        context,
        "createTag",
        context.call("createTag")?.json(tag(&marker, "before")),
    )
    .await?;
    let id = tag_id(context, &marker).await?;
    let attempt = context.call(operation)?.path("tagId", &id);
    let renamed = format!("{marker}-changed");
    let mut body = tag(&renamed, "after");
    body["tagId"] = id.as_str().into();
    Ok(WatchedWrite {
        attempt: if updates { attempt.json(body) } else { attempt },
        look: ("getTag", context.call("getTag")?.path("tagId", &id)),
        wanted: if updates { Wanted::Absent } else { Wanted::Present },
        clean_up: CleanUp::Call("deleteTag", context.call("deleteTag")?.path("tagId", &id)),
        marker: if updates { renamed } else { marker },
    })
}

/// A tag that is put on a person, or taken off.
async fn person_tag(context: &Context, puts: bool, marker: String) -> Result<WatchedWrite, Stop> {
    let person = person(context).await?;
    prepared(
        context,
        "createTag",
        context.call("createTag")?.json(tag(&marker, "proofload")),
    )
    .await?;
    let id = tag_id(context, &marker).await?;
    let put = context
        .call("putPersonTag")?
        .path("personId", &person)
        .json(json!({"tagId": id}));
    if !puts {
        prepared(context, "putPersonTag", put.clone()).await?;
    }
    let taken_off = context
        .call("deletePersonTag")?
        .path("personId", &person)
        .path("personTagId", &id);
    Ok(WatchedWrite {
        attempt: if puts { put } else { taken_off },
        look: (
            "listPersonTags",
            context.call("listPersonTags")?.path("personId", &person),
        ),
        wanted: if puts { Wanted::Absent } else { Wanted::Present },
        // With the tag goes its place at the person.
        clean_up: CleanUp::Call("deleteTag", context.call("deleteTag")?.path("tagId", &id)),
        marker: id,
    })
}

async fn address(context: &Context, marker: String) -> Result<WatchedWrite, Stop> {
    let person = person(context).await?;
    let body = json!({"street": marker, "city": "proofload", "country": "US"});
    Ok(WatchedWrite {
        attempt: context.call("putAddress")?.path("personId", &person).json(body),
        look: ("getPerson", context.call("getPerson")?.path("personId", &person)),
        marker,
        wanted: Wanted::Absent,
        clean_up: CleanUp::None,
    })
}

/// Published under a detector's name of its own, with the face of a person who is enrolled.
async fn published(context: &Context, operation: &str, marker: String) -> Result<WatchedWrite, Stop> {
    let person = people(context).await?.first;
    let mut body = fill::published(images::SCENE, &marker);
    if let Some(photo) = person.photos.first() {
        body["expanded"] = photo.base64().into();
    }
    let look = context.call("listDetectionsByPerson")?.path("personId", &person.id);
    Ok(WatchedWrite {
        attempt: context.call(operation)?.json(body),
        look: (
            "listDetectionsByPerson",
            look.query("take", "50").query("dateAscending", "false"),
        ),
        marker,
        wanted: Wanted::Absent,
        clean_up: CleanUp::None,
    })
}
