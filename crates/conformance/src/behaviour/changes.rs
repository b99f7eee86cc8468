//! How long it takes until a change shows where it was looked just before: a cache of what was read may be a moment behind.

use super::name::unique;
use super::settling::{asked, found};
use super::value::text;
use futures_util::future::join_all;
use proofload_probing::context::Context;
use proofload_probing::findings::Stop;
use proofload_probing::messages::Draft;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A change has to show so often at first: one of several replicas may be behind.
const TWICE: u32 = 2;

/// Changes something of everything that can be changed, with a look before each, and gives back how long it took until the
/// changes showed; nothing of those that never did. What was stored is removed again.
pub(super) async fn shown(context: &Context, person: &str) -> Vec<Duration> {
    let mark = unique(context, "seen");
    let tag =
        json!({"tagName": mark, "disabled": false, "description": "proofload", "defaultExpirePeriod": "00:00:00"});
    let alias = json!({"lastName": mark, "firstName": "proofload"});
    let of_person = |operation| Some(context.call(operation).ok()?.path("personId", person));
    let field = json!({"name": mark, "stringValue": mark});
    let changes = [
        ("createTag", context.call("createTag").ok().map(|draft| draft.json(tag))),
        ("putAlias", of_person("putAlias").map(|draft| draft.json(alias))),
        (
            "putEntityField",
            of_person("putEntityField").map(|draft| draft.json(field)),
        ),
    ];
    let search = context.call("searchPeople").ok();
    let search = search.map(|draft| {
        draft
            .query("entityFieldName", &mark)
            .query("entityFieldStringValue", &mark)
    });
    let looks = [
        ("createTag", "listTags", context.call("listTags").ok(), mark.as_str()),
        ("putAlias", "listAliases", of_person("listAliases"), &mark),
        ("putAlias", "getPerson", of_person("getPerson"), &mark),
        ("putEntityField", "searchPeople", search, person),
    ];
    let looks: Vec<Look> = looks
        .into_iter()
        .filter_map(|(change, operation, draft, sign)| {
            Some(Look {
                change,
                operation,
                draft: draft?,
                sign,
            })
        })
        .collect();
    let before = join_all(
        looks
            .iter()
            .map(|look| asked(context, look.operation, look.draft.clone())),
    )
    .await;
    let mut done = Vec::new();
    for (operation, draft) in changes {
        let Some(draft) = draft else { continue };
        if asked(context, operation, draft)
            .await
            .is_ok_and(|exchange| exchange.is_success())
        {
            done.push(operation);
        }
    }
    let began = Instant::now();
    let seen = looks.iter().zip(&before).filter(|(look, before)| {
        let says_nothing_of_nobody = look.operation == "searchPeople";
        done.contains(&look.change)
            && before
                .as_ref()
                .is_ok_and(|before| before.is_success() || says_nothing_of_nobody && before.status() == 404)
    });
    let times = join_all(seen.map(|(look, _)| found(context, || look.shows(context), began, TWICE))).await;
    remove(context, person, &mark).await;
    times.into_iter().flatten().collect()
}

/// Where a change shows.
struct Look<'a> {
    change: &'static str,
    operation: &'static str,
    draft: Draft,
    /// What stands in the answer once it does.
    sign: &'a str,
}

impl Look<'_> {
    async fn shows(&self, context: &Context) -> Result<bool, Stop> {
        let exchange = asked(context, self.operation, self.draft.clone()).await?;
        Ok(String::from_utf8_lossy(&exchange.answer().body).contains(self.sign))
    }
}

/// Removes what bears the mark. What cannot be removed bears the mark of this tool, as all that a run leaves behind.
async fn remove(context: &Context, person: &str, mark: &str) {
    let listed = |operation: &'static str, draft: Option<Draft>| async move {
        let exchange = asked(context, operation, draft?).await.ok()?;
        exchange.json()?.as_array().cloned()
    };
    let of_person = |operation| Some(context.call(operation).ok()?.path("personId", person));
    let ours = |entries: Option<Vec<Value>>, id: &'static str| {
        let entries = entries.unwrap_or_default().into_iter();
        let marked = entries.filter(|entry| entry.to_string().contains(mark));
        marked.filter_map(move |entry| text(&entry, id)).collect::<Vec<_>>()
    };
    for id in ours(listed("listTags", context.call("listTags").ok()).await, "tagId") {
        if let Ok(draft) = context.call("deleteTag") {
            let _ = asked(context, "deleteTag", draft.path("tagId", &id)).await;
        }
    }
    for id in ours(listed("listAliases", of_person("listAliases")).await, "personAliasId") {
        if let Some(draft) = of_person("deleteAlias") {
            let _ = asked(context, "deleteAlias", draft.path("aliasId", &id)).await;
        }
    }
    for id in ours(
        listed("listEntityFields", of_person("listEntityFields")).await,
        "entityFieldId",
    ) {
        if let Some(draft) = of_person("deleteEntityField") {
            let _ = asked(context, "deleteEntityField", draft.path("entityId", &id)).await;
        }
    }
}
