//! Finding people: by id, by an entity field's name, by its name and value, in the query and in the path.

use super::declare::{custom, guide};
use super::family::Family;
use super::name::unique;
use super::people::people;
use super::play::Play;
use super::sub_resources::remove_marked;
use super::value::{same_id, text};
use futures_util::future::FutureExt as _;
use proofload_probing::fill;
use proofload_probing::findings::Stop;
use proofload_probing::messages::{Draft, Exchange};
use proofload_probing::probe::{Declared, Sequence};
use serde_json::{Value, json};

const SEARCH: &str = "searchPeople";
const BY_PATH: &str = "findPeopleByEntityField";

const CASES: [Declared; 10] = [
    guide(
        "getPerson",
        "that-one",
        "The person with the id in the path is shown and no other.",
    ),
    custom("getPerson", "unknown-404", "An unknown person is answered 404."),
    guide(
        SEARCH,
        "by-field-finds",
        "With a field's name and value, the people whose field has that value are found, each once.",
    ),
    guide(
        SEARCH,
        "by-field-only",
        "With a field's name and value, nobody else is found.",
    ),
    guide(
        SEARCH,
        "by-field-name-finds",
        "With a field's name alone, the people who have that field are found.",
    ),
    guide(
        SEARCH,
        "by-field-name-only",
        "With a field's name alone, nobody is found who does not have that field.",
    ),
    guide(
        BY_PATH,
        "finds",
        "The people whose field has that value are found, each once.",
    ),
    guide(BY_PATH, "only", "Nobody else is found."),
    guide(
        BY_PATH,
        "decodes-path",
        "A name and a value with spaces and letters of any script are found.",
    ),
    custom(
        BY_PATH,
        "special-characters",
        "A value with characters that mean something in a URL is found when they are percent-encoded.",
    ),
];

pub(super) fn family() -> Box<dyn Sequence> {
    Family::new("search", &["getPerson", SEARCH, BY_PATH], &CASES, |play| {
        run(play).boxed()
    })
    .boxed()
}

async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    let absent = unique(play.context, "absent");
    unknown(play, &absent).await?;
    let people = people(play.context).await?;
    let first = people.first.id;
    let second = people.second.ok().map(|person| person.id);
    for person in std::iter::once(&first).chain(&second) {
        that_one(play, person).await?;
    }
    let mark = unique(play.context, "key é");
    let played = fields(play, &mark, &first, second.as_deref()).await;
    for person in std::iter::once(&first).chain(&second) {
        let operations = ("listEntityFields", "deleteEntityField");
        remove_marked(play, operations, ("entityFieldId", "entityId"), person, &mark).await;
    }
    played
}

/// What can be asked without storing anything: nobody has what nobody was given.
async fn unknown(play: &mut Play<'_>, absent: &str) -> Result<(), Stop> {
    let nobody = fill::guid(&mut play.context.random("nobody"));
    let exchange = play
        .attempt("getPerson", play.draft("getPerson")?.path("personId", &nobody))
        .await?;
    play.judge(
        "getPerson",
        "unknown-404",
        &exchange,
        exchange.status() == 404,
        "404",
        "",
    );
    let named = exchange
        .json()
        .and_then(|body| text(&body, "personId"))
        .filter(|_| exchange.is_success());
    let other = named.is_some_and(|came| !same_id(&came, &nobody));
    play.judge(
        "getPerson",
        "that-one",
        &exchange,
        !other,
        "nobody else",
        "another person than was asked for",
    );
    let by_field = by_field(play, absent, "proofload")?;
    expect(play, by_field, SEARCH, ("by-field-finds", "by-field-only"), &[], true).await?;
    let by_name = play.draft(SEARCH)?.query("entityFieldName", absent);
    expect(
        play,
        by_name,
        SEARCH,
        ("by-field-name-finds", "by-field-name-only"),
        &[],
        true,
    )
    .await?;
    let by_path = by_path(play, absent, "proofload")?;
    expect(play, by_path, BY_PATH, ("finds", "only"), &[], true).await
}

async fn that_one(play: &mut Play<'_>, person: &str) -> Result<(), Stop> {
    let exchange = play
        .call("getPerson", play.draft("getPerson")?.path("personId", person))
        .await?;
    let came = exchange
        .json()
        .and_then(|body| text(&body, "personId"))
        .unwrap_or_default();
    let holds = same_id(&came, person);
    play.judge(
        "getPerson",
        "that-one",
        &exchange,
        holds,
        "the person of that id",
        "another personId",
    );
    Ok(())
}

async fn fields(play: &mut Play<'_>, mark: &str, first: &str, second: Option<&str>) -> Result<(), Stop> {
    let (name, other_name) = (format!("{mark} name"), format!("{mark} name-more"));
    let (value, longer) = (format!("{mark} 東京"), format!("{mark} 東京 more"));
    give(play, first, &name, &value).await?;
    if let Some(second) = second {
        give(play, second, &name, &longer).await?;
        give(play, second, &other_name, &value).await?;
    }
    let second: Vec<&str> = second.into_iter().collect();
    let both: Vec<&str> = std::iter::once(first).chain(second.iter().copied()).collect();
    for (name, value, expected) in [
        (&name, &value, &[first][..]),
        (&name, &longer, &second),
        (&other_name, &value, &second),
        (&name, &format!("{mark} absent"), &[]),
        (&name, &value[..value.len() - 3].to_owned(), &[]),
    ] {
        let draft = by_field(play, name, value)?;
        expect(
            play,
            draft,
            SEARCH,
            ("by-field-finds", "by-field-only"),
            expected,
            false,
        )
        .await?;
        let draft = by_path(play, name, value)?;
        expect(play, draft, BY_PATH, ("decodes-path", "only"), expected, false).await?;
    }
    for (name, expected) in [(&name, &both), (&other_name, &second)] {
        let draft = play.draft(SEARCH)?.query("entityFieldName", name);
        expect(
            play,
            draft,
            SEARCH,
            ("by-field-name-finds", "by-field-name-only"),
            expected,
            false,
        )
        .await?;
    }
    plain_and_special(play, mark, first).await
}

/// A name and value of plain letters, and a value of letters that mean something in a URL.
async fn plain_and_special(play: &mut Play<'_>, mark: &str, person: &str) -> Result<(), Stop> {
    let plain = unique(play.context, "plain");
    give(play, person, &plain, mark).await?;
    give(play, person, mark, &plain).await?;
    let draft = by_path(play, mark, &plain)?;
    expect(play, draft, BY_PATH, ("finds", "only"), &[person], false).await?;
    let special = format!("{plain} a+b&c=d;e#f?g");
    give(play, person, &format!("{mark} s"), &special).await?;
    let draft = by_field(play, &format!("{mark} s"), &special)?;
    expect(
        play,
        draft,
        SEARCH,
        ("by-field-finds", "by-field-only"),
        &[person],
        false,
    )
    .await?;
    let draft = by_path(play, &format!("{mark} s"), &special)?;
    expect(play, draft, BY_PATH, ("special-characters", "only"), &[person], false).await
}

/// Gives a person a field, and makes sure that it is there: a search can only be blamed for what is.
async fn give(play: &mut Play<'_>, person: &str, name: &str, value: &str) -> Result<(), Stop> {
    let body = json!({"name": name, "stringValue": value});
    let draft = play.draft("putEntityField")?.path("personId", person).json(body);
    play.call("putEntityField", draft).await?;
    let draft = play.draft("listEntityFields")?.path("personId", person);
    let (_, listed) = play.list("listEntityFields", draft).await?;
    if listed
        .iter()
        .any(|field| field["name"] == name && field["stringValue"] == value)
    {
        return Ok(());
    }
    Err(Stop::skip(
        "what was to be searched for is not stored: see putEntityField and listEntityFields",
    ))
}

fn by_field(play: &Play<'_>, name: &str, value: &str) -> Result<Draft, Stop> {
    let draft = play.draft(SEARCH)?;
    Ok(draft
        .query("entityFieldName", name)
        .query("entityFieldStringValue", value))
}

fn by_path(play: &Play<'_>, name: &str, value: &str) -> Result<Draft, Stop> {
    Ok(play.draft(BY_PATH)?.path("fieldName", name).path("fieldValue", value))
}

/// Searches, and holds what is found against who should be. Where nobody should, a 404 says so as well.
async fn expect(
    play: &mut Play<'_>,
    draft: Draft,
    operation: &str,
    (finds, only): (&str, &str),
    expected: &[&str],
    may_be_unknown: bool,
) -> Result<(), Stop> {
    let exchange = play.attempt(operation, draft).await?;
    if !exchange.is_success() && expected.is_empty() && exchange.status() == 404 {
        return Ok(());
    }
    if may_be_unknown && matches!(exchange.status(), 400 | 422) {
        return Ok(());
    }
    if special(finds) && !exchange.is_success() {
        // Servers and proxies in front of them refuse some characters in paths altogether.
        play.judge(operation, finds, &exchange, false, "the person", "");
        return Ok(());
    }
    play.proper(operation, &exchange)?;
    let found = found(&exchange);
    let missing = expected
        .iter()
        .filter(|person| found.iter().filter(|id| same_id(id, person)).count() != 1)
        .count();
    let others = found
        .iter()
        .filter(|id| !expected.iter().any(|person| same_id(id, person)))
        .count();
    if !expected.is_empty() {
        let observed = format!("{missing} of {} missing or more than once", expected.len());
        play.judge(operation, finds, &exchange, missing == 0, "each once", observed);
    }
    play.judge(
        operation,
        only,
        &exchange,
        others == 0,
        "nobody else",
        format!("{others} others"),
    );
    Ok(())
}

fn special(probe: &str) -> bool {
    probe == "special-characters"
}

fn found(exchange: &Exchange) -> Vec<String> {
    let people = exchange.json();
    let people = people.as_ref().and_then(Value::as_array);
    people
        .into_iter()
        .flatten()
        .map(|person| text(person, "personId").unwrap_or_default())
        .collect()
}
