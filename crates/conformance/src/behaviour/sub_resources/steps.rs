//! One kind from its creation to its end.

use super::kind::Kind;
use super::sweep::remove_marked;
use super::view::{About, Key, View, view};
use crate::behaviour::claims::settle;
use crate::behaviour::name::unique;
use crate::behaviour::people::people;
use crate::behaviour::play::Play;
use crate::behaviour::texts::{Fit, fitting};
use crate::behaviour::value::{Id, different, same_id, text};
use proofload_probing::fill;
use proofload_probing::findings::Stop;
use serde_json::{Value, json};

/// What a play of one kind is about.
pub(super) struct Setup<'a> {
    pub(super) kind: &'a Kind,
    /// Whose things are changed.
    pub(super) person: String,
    /// Somebody else, when there is.
    other: Option<String>,
    /// What every mark begins with.
    mark: String,
    /// An entity field by which the person can be searched for.
    key: Option<(String, String)>,
    /// What is left out of texts, for the site takes none that have it.
    fit: Fit,
}

/// One that is to be changed and deleted, and one that is to stay as it is.
struct Pair {
    id: Id,
    stored: Value,
    sibling: Value,
}

/// Plays one kind through.
pub(super) async fn run(play: &mut Play<'_>, kind: &Kind) -> Result<(), Stop> {
    unknown_person(play, kind).await?;
    let people = people(play.context).await?;
    let setup = Setup {
        kind,
        person: people.first.id,
        other: people.second.ok().map(|person| person.id),
        mark: unique(play.context, kind.noun),
        key: None,
        fit: Fit::default(),
    };
    let setup = setup.searchable(play).await.fitted(play).await;
    let played = setup.play(play).await;
    setup.sweep(play).await;
    played
}

/// For a person who does not exist, nothing is listed; whether as an empty list or as a 404 is left open.
async fn unknown_person(play: &mut Play<'_>, kind: &Kind) -> Result<(), Stop> {
    let Some(list) = kind.list else { return Ok(()) };
    let nobody = fill::guid(&mut play.context.random(list));
    let draft = play.draft(list)?.path("personId", &nobody);
    let exchange = play.attempt(list, draft).await?;
    let listed = exchange.json();
    let listed = listed
        .as_ref()
        .and_then(Value::as_array)
        .filter(|_| exchange.is_success());
    let count = listed.map_or(0, Vec::len);
    play.judge(
        list,
        "unknown-person",
        &exchange,
        count == 0,
        "no entries",
        format!("{count} entries"),
    );
    Ok(())
}

impl Setup<'_> {
    /// Gives the person an entity field to be searched by, where no list of the kind itself can tell whether a PUT or
    /// getPerson is wrong.
    async fn searchable(mut self, play: &mut Play<'_>) -> Self {
        if self.kind.list.is_none()
            && let Ok(draft) = play.draft("putEntityField")
        {
            let body = json!({"name": self.mark, "stringValue": self.mark});
            let stored = play
                .attempt("putEntityField", draft.path("personId", &self.person).json(body))
                .await;
            if stored.is_ok_and(|exchange| exchange.is_success()) {
                self.key = Some((self.mark.clone(), self.mark.clone()));
            }
        }
        self
    }

    /// Finds out which texts the site takes. Whatever else is wrong with a PUT is found later.
    async fn fitted(mut self, play: &mut Play<'_>) -> Self {
        let Ok(draft) = play.draft(self.kind.put) else {
            return self;
        };
        let draft = draft.path("personId", &self.person);
        let body = |fit: Fit| fit.body((self.kind.body)(&self.mark_of(9), 9), &[self.kind.key]);
        if let Ok((fit, _)) = fitting(play, self.kind.put, |fit| draft.clone().json(body(fit))).await {
            self.fit = fit;
        }
        self
    }

    /// The body, with texts as the site wants them.
    fn fit(&self, body: Value) -> Value {
        self.fit.body(body, &[self.kind.key])
    }

    async fn play(&self, play: &mut Play<'_>) -> Result<(), Stop> {
        let first = self.body(1);
        let second = self.body(2);
        self.put(play, &self.person, first.clone()).await?;
        self.put(play, &self.person, second.clone()).await?;
        if let Some(other) = &self.other {
            self.put(play, other, self.body(3)).await?;
        }
        let view = self.see(play, &self.person).await?;
        self.created(play, &view, &[first, second.clone()])?;
        self.kept_apart(play, &view).await?;
        let id = view
            .id_of(self.kind, &self.mark_of(1))
            .ok_or_else(|| Stop::skip(format!("no {} came with its {}", self.kind.noun, self.kind.id)))?;
        let pair = match self.updated(play, &id, &second).await? {
            Some(updated) => Pair {
                id,
                stored: updated,
                sibling: second,
            },
            // What an update has spoilt is not to be held against whoever comes next.
            None => self.fresh(play).await?,
        };
        self.not_through_another(play, &pair).await?;
        self.deleted(play, &pair).await
    }

    /// What was put is there, once and as it was given.
    fn created(&self, play: &mut Play<'_>, view: &View, sent: &[Value]) -> Result<(), Stop> {
        let put = self.kind.put;
        let once = |entries: &[Value]| sent.iter().try_for_each(|sent| self.one(entries, sent).map(|_| ()));
        if !settle(
            play,
            put,
            "creates",
            "each shown once",
            view.claims(self.kind, About::Content, once),
        ) {
            return Err(Stop::skip(format!(
                "{put} did not create what it was to: see {put}/creates"
            )));
        }
        let author = play.caller(put)?.username.clone();
        let alike = |entries: &[Value]| sent.iter().try_for_each(|sent| self.alike(entries, sent, &author));
        let claims = view.claims(self.kind, About::Content, alike);
        settle(play, put, "stored-as-given", "every member as it was given", claims);
        Ok(())
    }

    /// Neither person shows what was put on the other.
    async fn kept_apart(&self, play: &mut Play<'_>, view: &View) -> Result<(), Stop> {
        let Some(other) = &self.other else { return Ok(()) };
        let foreign = |marks: Vec<String>| {
            move |entries: &[Value]| {
                let key = |entry: &Value| entry.get(self.kind.key).and_then(Value::as_str).map(str::to_owned);
                if entries.iter().filter_map(key).any(|key| marks.contains(&key)) {
                    return Err("what was put on another person".to_owned());
                }
                Ok(())
            }
        };
        let others = self.see(play, other).await?;
        let mut claims = view.claims(self.kind, About::Ownership, foreign(vec![self.mark_of(3)]));
        settle(
            play,
            self.kind.put,
            "own-person-only",
            "nothing of another person",
            claims,
        );
        claims = others.claims(
            self.kind,
            About::Ownership,
            foreign(vec![self.mark_of(1), self.mark_of(2)]),
        );
        settle(
            play,
            self.kind.put,
            "own-person-only",
            "nothing of another person",
            claims,
        );
        Ok(())
    }

    /// Two new ones.
    async fn fresh(&self, play: &mut Play<'_>) -> Result<Pair, Stop> {
        let (stored, sibling) = (self.body(7), self.body(8));
        self.put(play, &self.person, stored.clone()).await?;
        self.put(play, &self.person, sibling.clone()).await?;
        let view = self.see(play, &self.person).await?;
        let id = view.id_of(self.kind, &self.mark_of(7));
        let id = id.ok_or_else(|| Stop::skip(format!("no {} is left to go on with", self.kind.noun)))?;
        Ok(Pair { id, stored, sibling })
    }

    /// A PUT with the id changes that one alone. Gives back what was put, when it did.
    async fn updated(&self, play: &mut Play<'_>, id: &Id, second: &Value) -> Result<Option<Value>, Stop> {
        let put = self.kind.put;
        let mut body = self.fit((self.kind.body)(&self.mark_of(1), 5));
        body[self.kind.id] = id.raw.clone();
        self.put(play, &self.person, body.clone()).await?;
        let view = self.see(play, &self.person).await?;
        let author = play.caller(put)?.username.clone();
        let in_place = |entries: &[Value]| {
            let entry = self.one(entries, &body)?;
            let came = text(entry, self.kind.id).unwrap_or_default();
            if !same_id(&came, id) {
                return Err("it has another id".to_owned());
            }
            self.alike(entries, &body, &author)
        };
        let claims = view.claims(self.kind, About::Content, in_place);
        let in_place = settle(
            play,
            put,
            "updates-in-place",
            "one, with its id and the new values",
            claims,
        );
        let others = |entries: &[Value]| self.alike(entries, second, &author);
        let claims = view.claims(self.kind, About::Content, others);
        let left = settle(play, put, "leaves-others", "the other one as it was", claims);
        Ok((in_place && left).then_some(body))
    }

    /// Neither a PUT nor a DELETE on another person reaches this one's.
    async fn not_through_another(&self, play: &mut Play<'_>, pair: &Pair) -> Result<(), Stop> {
        let Some(other) = &self.other else { return Ok(()) };
        let Pair { id, stored, .. } = pair;
        let author = play.caller(self.kind.put)?.username.clone();
        let untouched = |entries: &[Value]| self.alike(entries, stored, &author);
        let mut body = self.fit((self.kind.body)(&self.mark_of(4), 6));
        body[self.kind.id] = id.raw.clone();
        let draft = play.draft(self.kind.put)?.path("personId", other).json(body);
        play.attempt(self.kind.put, draft).await?;
        let view = self.see(play, &self.person).await?;
        let claims = view.claims(self.kind, About::Content, untouched);
        let safe = settle(
            play,
            self.kind.put,
            "other-person-untouched",
            "the first person's as it was",
            claims,
        );
        let (Some(delete), true) = (self.kind.delete, safe) else {
            return Ok(());
        };
        let draft = play.draft(delete)?.path("personId", other).path(self.kind.path_id, id);
        play.attempt(delete, draft).await?;
        let view = self.see(play, &self.person).await?;
        let claims = view.claims(self.kind, About::Content, untouched);
        settle(
            play,
            delete,
            "other-person-untouched",
            "the first person's as it was",
            claims,
        );
        Ok(())
    }

    /// What is deleted is gone, it alone, and stays so when it is deleted again.
    async fn deleted(&self, play: &mut Play<'_>, pair: &Pair) -> Result<(), Stop> {
        let Some(delete) = self.kind.delete else { return Ok(()) };
        let Pair { id, stored, sibling } = pair;
        let third = self.body(3);
        let theirs = match &self.other {
            Some(other) => self.see(play, other).await?.id_of(self.kind, &self.mark_of(3)),
            None => None,
        };
        let draft = play
            .draft(delete)?
            .path("personId", &self.person)
            .path(self.kind.path_id, id);
        play.call(delete, draft.clone()).await?;
        let view = self.see(play, &self.person).await?;
        let gone = |entries: &[Value]| {
            let still = entries.iter().any(|entry| {
                text(entry, self.kind.id).is_some_and(|came| same_id(&came, id))
                    || entry.get(self.kind.key) == stored.get(self.kind.key)
            });
            if still {
                Err("it is still there".to_owned())
            } else {
                Ok(())
            }
        };
        let claims = view.claims(self.kind, About::Content, gone);
        settle(play, delete, "gone", "it is gone", claims);
        // What an id that is gone is answered is left open; what it must not do is remove another one.
        play.attempt(delete, draft).await?;
        let view = self.see(play, &self.person).await?;
        let claims = view.claims(self.kind, About::Content, |entries| {
            self.one(entries, sibling).map(|_| ())
        });
        settle(play, delete, "leaves-others", "the other one is still there", claims);
        if let (Some(other), Some(_)) = (&self.other, theirs) {
            let view = self.see(play, other).await?;
            let claims = view.claims(self.kind, About::Content, |entries| {
                self.one(entries, &third).map(|_| ())
            });
            settle(play, delete, "leaves-others", "another person's is still there", claims);
        }
        Ok(())
    }

    fn mark_of(&self, n: u8) -> String {
        format!("{}-{n}", self.mark)
    }

    pub(super) fn body(&self, n: u8) -> Value {
        self.fit((self.kind.body)(&self.mark_of(n), n))
    }

    fn key(&self) -> Key<'_> {
        self.key.as_ref().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    async fn put(&self, play: &mut Play<'_>, person: &str, body: Value) -> Result<(), Stop> {
        let draft = play.draft(self.kind.put)?.path("personId", person).json(body);
        play.call(self.kind.put, draft).await.map(|_| ())
    }

    async fn see(&self, play: &mut Play<'_>, person: &str) -> Result<View, Stop> {
        let view = view(play, self.kind, person, self.key()).await;
        if view.is_blind() {
            return Err(Stop::skip("no operation shows what was stored"));
        }
        Ok(view)
    }

    /// The one entry that bears the mark of what was sent.
    fn one<'e>(&self, entries: &'e [Value], sent: &Value) -> Result<&'e Value, String> {
        let mut marked = entries
            .iter()
            .filter(|entry| entry.get(self.kind.key) == sent.get(self.kind.key));
        match (marked.next(), marked.count()) {
            (Some(entry), 0) => Ok(entry),
            (None, _) => Err("it is missing".to_owned()),
            (Some(_), more) => Err(format!("it is there {} times", more + 1)),
        }
    }

    /// Whether the entry that bears the mark says what was sent. A server may enter the caller as author.
    fn alike(&self, entries: &[Value], sent: &Value, caller: &str) -> Result<(), String> {
        let entry = self.one(entries, sent)?;
        let mut wrong = different(sent, entry);
        let author = entry.get("author").and_then(Value::as_str);
        if author.is_some_and(|author| author.to_lowercase() == caller.to_lowercase()) {
            wrong.retain(|member| member != "author");
        }
        if wrong.is_empty() {
            return Ok(());
        }
        Err(format!("{} differ from what was put", wrong.join(", ")))
    }

    /// Removes everything that bears the mark, whatever became of it.
    async fn sweep(&self, play: &mut Play<'_>) {
        for person in std::iter::once(&self.person).chain(&self.other) {
            if let (Some(list), Some(delete)) = (self.kind.list, self.kind.delete) {
                remove_marked(
                    play,
                    (list, delete),
                    (self.kind.id, self.kind.path_id),
                    person,
                    &self.mark,
                )
                .await;
            }
            if self.key.is_some() {
                let operations = ("listEntityFields", "deleteEntityField");
                remove_marked(play, operations, ("entityFieldId", "entityId"), person, &self.mark).await;
            }
        }
        if self.kind.delete.is_none() {
            let plural = self.kind.member;
            play.context.note(format!(
                "The {plural} that this run stored stay with the people it enrolled, for the API cannot remove them."
            ));
        }
    }
}
