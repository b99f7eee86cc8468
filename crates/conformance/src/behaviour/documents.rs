//! Documents: what was uploaded comes back byte for byte, and to nobody else's person.

use super::declare::{custom, guide};
use super::family::Family;
use super::limits;
use super::name::unique;
use super::people::people;
use super::play::Play;
use super::value::{same_id, text};
use bytes::Bytes;
use futures_util::future::FutureExt as _;
use proofload_contract::Source;
use proofload_probing::body::{Body, Part};
use proofload_probing::fill;
use proofload_probing::findings::{Finding, Stop};
use proofload_probing::messages::Exchange;
use proofload_probing::probe::{Declared, Sequence};
use serde_json::Value;

pub(super) const UPLOAD: &str = "uploadDocument";
pub(super) const DATA: &str = "getDocumentData";

const CASES: [Declared; 9] = [
    guide(UPLOAD, "kept-as-sent", "The file is kept byte for byte."),
    guide(
        UPLOAD,
        "any-name",
        "A document may have a name in any script, and a description or none.",
    ),
    guide(
        UPLOAD,
        "kept-apart",
        "A document leaves those that were uploaded before it as they are.",
    ),
    custom(UPLOAD, "missing-parts", "A form without personId or name is refused."),
    guide(DATA, "as-sent", "The file comes back byte for byte."),
    custom(
        DATA,
        "content-type",
        "The file comes back as the type it was sent with.",
    ),
    guide(
        DATA,
        "own-person-only",
        "Under another person's id, a person's document is not given out.",
    ),
    custom(DATA, "unknown-document", "An unknown document is not found."),
    guide(
        DATA,
        "that-one",
        "The document with the id in the path is given out and no other.",
    ),
];

pub(super) fn family() -> Box<dyn Sequence> {
    Family::new("documents", &[UPLOAD, DATA], &CASES, |play| run(play).boxed()).boxed()
}

/// A document that was uploaded.
struct Document {
    id: String,
    content: Bytes,
    content_type: &'static str,
}

async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    let mut random = play.context.random("documents");
    let (nobody, nothing) = (fill::guid(&mut random), fill::guid(&mut random));
    let exchange = play.attempt(DATA, data(play, &nobody, &nothing)?).await?;
    let none = !exchange.is_success();
    play.judge(DATA, "unknown-document", &exchange, none, "404", "");
    let people = people(play.context).await?;
    let person = people.first.id;
    play.context
        .note("The documents that this run uploaded stay with the people it enrolled, for the API cannot remove them.");
    let documents = uploaded(play, &person).await?;
    for document in &documents {
        given_back(play, &person, document, &documents).await?;
    }
    if let Ok(other) = &people.second {
        for document in &documents {
            let exchange = play.attempt(DATA, data(play, &other.id, &document.id)?).await?;
            let held = !exchange.is_success();
            play.judge(DATA, "own-person-only", &exchange, held, "404", "");
        }
    }
    let exchange = play.attempt(DATA, data(play, &person, &nothing)?).await?;
    let given = exchange.is_success();
    let ours = given
        && documents
            .iter()
            .any(|document| document.content == exchange.answer().body);
    let finding = Finding::judge(exchange, !given, "404");
    let finding = if ours {
        finding.weighed_by(Source::Guide)
    } else {
        finding
    };
    play.report(DATA, "unknown-document", finding);
    incomplete(play, &person).await
}

fn data(play: &Play<'_>, person: &str, document: &str) -> Result<proofload_probing::messages::Draft, Stop> {
    Ok(play.draft(DATA)?.path("personId", person).path("documentId", document))
}

/// A document that no site refuses for its size, in bytes.
const SMALL: usize = 1024;

/// The type of a file of which nothing is known.
const UNTYPED: &str = "application/octet-stream";

/// The head of a document that every site takes.
const PAGE: &[u8] = b"%PDF-1.4\n%proofload\n";

/// Every byte there is, line ends of all kinds, and what looks like the end of a form.
fn contents() -> [(&'static str, &'static str, Bytes); 4] {
    let mut binary: Vec<u8> = (0..=255).collect();
    binary.extend_from_slice(b"\r\n\n\r--proofload--\r\n");
    binary.extend((0..70_000_u32).map(|n| n.to_le_bytes()[n as usize % 2]));
    [
        ("binary", UNTYPED, binary.into()),
        (
            "text",
            "text/plain",
            Bytes::from_static("Zoë, 東京 \u{1F600}\r\nline two\n".as_bytes()),
        ),
        ("page", "application/pdf", Bytes::from_static(PAGE)),
        (
            "trailing",
            UNTYPED,
            Bytes::from_static(b"\r\nleading and trailing line ends\r\n"),
        ),
    ]
}

async fn uploaded(play: &mut Play<'_>, person: &str) -> Result<Vec<Document>, Stop> {
    let mut documents = Vec::new();
    for (name, content_type, content) in contents() {
        let name = unique(play.context, name);
        let typed = |content: &Bytes, content_type: &'static str| {
            let ending = if content_type == "application/pdf" {
                "pdf"
            } else {
                "bin"
            };
            Body::Multipart(vec![
                Part::text("personId", person),
                Part::text("name", &name),
                Part::text("description", "proofload"),
                Part::file("file", &format!("{name}.{ending}"), content.clone()).typed(content_type),
            ])
        };
        let form = |content: &Bytes| typed(content, content_type);
        let mut content = content;
        let mut exchange = play.attempt(UPLOAD, play.draft(UPLOAD)?.body(form(&content))).await?;
        if content.len() > SMALL && limits::too_long(&exchange) {
            let note = limits::note(play.context.operation(UPLOAD)?, &exchange, "a document of 70 KB");
            play.context.note(note);
            content = content.slice(..SMALL);
            exchange = play.attempt(UPLOAD, play.draft(UPLOAD)?.body(form(&content))).await?;
        }
        let mut content_type = content_type;
        if content_type == UNTYPED && matches!(exchange.status(), 400 | 415 | 422) {
            // Which kinds of files a site takes is its own business: the same bytes behind the head of one that all take.
            let in_page = Bytes::from([PAGE, &content].concat());
            let form = typed(&in_page, "application/pdf");
            let again = play.attempt(UPLOAD, play.draft(UPLOAD)?.body(form)).await?;
            if again.is_success() {
                let note = limits::note(
                    play.context.operation(UPLOAD)?,
                    &exchange,
                    "a document of no known type",
                );
                play.context.note(note);
                (exchange, content, content_type) = (again, in_page, "application/pdf");
            }
        }
        play.proper(UPLOAD, &exchange)?;
        if let Some(id) = id_in(&exchange, person) {
            documents.push(Document {
                id,
                content,
                content_type,
            });
        }
    }
    let form = Body::Multipart(vec![
        Part::text("personId", person),
        Part::text("name", "proofload Zoë 東京 \u{1F600}"),
        Part::file("file", "proofload.txt", Bytes::from_static(b"proofload")).typed("text/plain"),
    ]);
    let exchange = play.attempt(UPLOAD, play.draft(UPLOAD)?.body(form)).await?;
    let holds = exchange.is_success();
    play.judge(UPLOAD, "any-name", &exchange, holds, "200", "");
    if documents.is_empty() {
        return Err(Stop::skip(
            "the answer of uploadDocument shows no id, and where one is found is stated nowhere",
        ));
    }
    Ok(documents)
}

/// The id in the answer of an upload, whose shape is stated nowhere: a member that is called one, or the answer itself.
pub(super) fn id_in(exchange: &Exchange, person: &str) -> Option<String> {
    let body = exchange.json()?;
    let other = |id: &String| !same_id(id, person);
    if let Value::String(id) = &body {
        return Some(id.clone()).filter(other);
    }
    let named = ["documentId", "fileDocumentId", "id", "fileId"];
    if let Some(id) = named.iter().find_map(|name| text(&body, name)) {
        return Some(id);
    }
    let members = body.as_object()?.iter();
    let mut ids = members.filter(|(name, _)| name.to_ascii_lowercase().ends_with("id"));
    ids.find_map(|(name, _)| text(&body, name).filter(other))
}

/// Whether it is the upload or the download that spoils a file cannot be told from outside, so that both are named.
async fn given_back(play: &mut Play<'_>, person: &str, document: &Document, all: &[Document]) -> Result<(), Stop> {
    let exchange = play.attempt(DATA, data(play, person, &document.id)?).await?;
    if exchange.status() == 404 {
        play.judge(
            UPLOAD,
            "kept-as-sent",
            &exchange,
            false,
            "the file that was uploaded",
            "404",
        );
    }
    play.proper(DATA, &exchange)?;
    let came = &exchange.answer().body;
    let other = all
        .iter()
        .any(|other| other.id != document.id && other.content == *came);
    play.judge(
        DATA,
        "that-one",
        &exchange,
        !other,
        "the document of that id",
        "another document",
    );
    play.judge(
        UPLOAD,
        "kept-apart",
        &exchange,
        !other,
        "the document of that id",
        "another document",
    );
    if !other {
        let same = *came == document.content;
        let observed = format!("{} bytes of {}", came.len(), document.content.len());
        let observed = if same {
            String::new()
        } else {
            format!("{observed}, not the same")
        };
        play.judge(DATA, "as-sent", &exchange, same, "the same bytes", observed.clone());
        play.judge(UPLOAD, "kept-as-sent", &exchange, same, "the same bytes", observed);
    }
    let kind = exchange.media_type();
    let holds = kind == document.content_type;
    play.judge(
        DATA,
        "content-type",
        &exchange,
        holds,
        document.content_type,
        proofload_results::text::line(&kind),
    );
    Ok(())
}

async fn incomplete(play: &mut Play<'_>, person: &str) -> Result<(), Stop> {
    let file = || Part::file("file", "proofload.txt", Bytes::from_static(b"proofload"));
    for parts in [
        vec![Part::text("name", "proofload"), file()],
        vec![Part::text("personId", person), file()],
    ] {
        let exchange = play
            .attempt(UPLOAD, play.draft(UPLOAD)?.body(Body::Multipart(parts)))
            .await?;
        let refused = matches!(exchange.status(), 400 | 404 | 415 | 422);
        play.judge(UPLOAD, "missing-parts", &exchange, refused, "400", "");
    }
    let exchange = play
        .attempt(UPLOAD, play.draft(UPLOAD)?.body(Body::empty_form()))
        .await?;
    let refused = matches!(exchange.status(), 400 | 404 | 415 | 422);
    play.judge(UPLOAD, "missing-parts", &exchange, refused, "400", "");
    Ok(())
}
