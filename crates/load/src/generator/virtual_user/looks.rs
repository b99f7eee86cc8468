//! A virtual user looks into answers: whether they have the operation's shape, and are for whom they should be.

use super::asking::name_of;
use super::{Called, Fared, VirtualUser};
use crate::generator::answers::{self, Shape};
use crate::generator::desk;
use crate::generator::owner::Astray;
use crate::generator::portraits::{Portrait, Portraits, Shown};
use crate::generator::request::Frame;
use crate::generator::script::{RENEW, ScriptStep};
use crate::options::Check;
use proofload_results::load::Breach;
use proofload_wire::Answer;
use secrecy::ExposeSecret;
use std::time::{Duration, Instant};

/// Of a sample, one answer in so many is looked into, and the first of each user.
const ONE_IN: u32 = 16;
/// Before the run, what is right is found out for so many pictures of a step at most...
const PICTURES: usize = 16;
/// ...and for so long.
const LEARNING: Duration = Duration::from_secs(3);

/// Why an answer that is somebody else's is no success.
pub(super) const OTHERS: &str = "it was answered with what is somebody else's";

impl VirtualUser {
    /// Whether the answer to a step is looked into this time.
    pub(super) fn looks_into(&mut self, step: &ScriptStep) -> bool {
        step.shape.is_seen() && self.looks_closely()
    }

    /// Whether it is this answer's turn.
    pub(super) fn looks_closely(&mut self) -> bool {
        match self.script.look.check {
            Check::All => true,
            Check::None => false,
            Check::Sample => {
                self.looked = self.looked.wrapping_add(1);
                self.looked % ONE_IN == 1
            }
        }
    }

    /// How a call fared, its answer looked into where it is its turn; what gave a token is always read.
    pub(super) fn look(
        &mut self,
        place: usize,
        step: &ScriptStep,
        frame: Frame,
        called: &Called,
        looks: bool,
    ) -> Fared {
        let fared = called.fared(step.request.gives, &step.expect);
        let Ok(answer) = called.result else { return fared };
        if fared != Fared::Well || !(200..300).contains(&answer.status) {
            return fared;
        }
        if step.operation <= RENEW {
            return self.take_journeys_token(step.operation, answer);
        }
        if !looks || answer.body.encoded || self.connection.body_was_cut() {
            return fared;
        }
        let began = Instant::now();
        let seen = self.read(place, step, frame, called, answer);
        self.connection.forget_body();
        let took_ns = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        desk::with(|desk| desk.tally.looked_into(step.operation, took_ns));
        match seen {
            Ok(()) => Fared::Well,
            Err(Unlike::Shape(why)) => Fared::WrongBody(why),
            Err(Unlike::Token(what)) => {
                self.token_is_anothers(answer, what);
                Fared::Well
            }
            Err(Unlike::Owner(what)) => {
                self.misdirected(step.operation, &step.name, answer, what);
                Fared::WrongBody(OTHERS)
            }
        }
    }

    fn read(
        &self,
        place: usize,
        step: &ScriptStep,
        frame: Frame,
        called: &Called,
        answer: Answer,
    ) -> Result<(), Unlike> {
        let body = self.connection.body();
        if let Some(why) = step.shape.unlike(body) {
            return Err(Unlike::Shape(why));
        }
        let script = &self.script;
        match step.shape {
            Shape::Profile => {
                let named = answers::profile(body);
                match self.tokens.owner.other_profile(&named, self.sent_name().as_deref()) {
                    None => Ok(()),
                    Some(Astray::Answer(what)) => Err(Unlike::Owner(what)),
                    Some(Astray::Token(what)) => Err(Unlike::Token(what)),
                }
            }
            Shape::Faces => {
                let portraits = script.look.portraits.get().and_then(|steps| steps.get(place));
                let sent = step.request.picture(frame);
                let (Some(portraits), Some(sent), Some(seen)) = (portraits, sent, Portrait::of(body)) else {
                    return Ok(());
                };
                let what = || "its faces are those of another picture than the one that was sent".to_owned();
                match portraits.show(sent, &seen) {
                    Shown::Own => {
                        for breach in portraits.shown_again(sent, called.at.sent) {
                            desk::with(|desk| desk.tally.misdirected(step.operation, breach));
                        }
                    }
                    Shown::Another => return Err(Unlike::Owner(what())),
                    Shown::PerhapsAnother => {
                        portraits.wait(sent, called.at.done, self.breach(&step.name, answer, what()));
                    }
                    Shown::New => {}
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// An answer was somebody else's.
    pub(super) fn misdirected(&self, operation: usize, name: &str, answer: Answer, what: String) {
        let breach = self.breach(name, answer, what);
        if !self.is_at_work {
            self.script.commons.early.lock().push((operation, breach));
            return;
        }
        desk::with(|desk| desk.tally.misdirected(operation, breach));
    }

    fn breach(&self, name: &str, answer: Answer, what: String) -> Breach {
        let now_ns = self.script.clock.now_ns();
        desk::with(|desk| Breach {
            guard: None,
            operation: name.to_owned(),
            status: answer.status,
            at_s: desk.since_start_s(now_ns),
            in_flight: desk.all_in_flight(),
            what,
        })
    }

    /// The token that was sent is somebody else's, which is seen only now: whoever gave it is to blame, and it is not used again.
    pub(super) fn token_is_anothers(&mut self, answer: Answer, what: String) {
        let Some(operation) = self.token.as_mut().and_then(|held| held.given_by.take()) else {
            return;
        };
        desk::with(|desk| desk.tally.looked_into(operation, 0));
        self.misdirected(operation, name_of(operation), answer, what);
    }

    /// The name in the token that is sent, if it tells one.
    fn sent_name(&self) -> Option<String> {
        answers::name_in(self.token.as_ref()?.secret.expose_secret())
    }

    /// Finds out before the run, while nothing else goes on, what right answers are: one user of each account does for its
    /// profile, and one for the pictures of its journey. What cannot be found out is not looked for.
    pub(super) async fn learn(&mut self) {
        if self.script.look.check == Check::None || self.token.is_none() {
            return;
        }
        let until = Instant::now() + LEARNING;
        self.learn_profile(until).await;
        self.learn_pictures(until).await;
        self.connection.forget_body();
    }

    async fn learn_profile(&mut self, until: Instant) {
        let (script, tokens) = (self.script.clone(), self.tokens.clone());
        let Some(step) = script.steps.iter().find(|step| step.shape == Shape::Profile) else {
            return;
        };
        if tokens.owner.begins_to_ask() && self.try_out(step, 0, until).await == Some(true) {
            let named = answers::profile(self.connection.body());
            tokens.owner.profiled(&named, self.sent_name().as_deref());
        }
    }

    async fn learn_pictures(&mut self, until: Instant) {
        let script = self.script.clone();
        let look = &script.look;
        if look.learning.swap(true, std::sync::atomic::Ordering::AcqRel) {
            return;
        }
        let mut portraits = Vec::new();
        for step in &script.steps {
            let mut of_step = Vec::new();
            let pictures = match step.shape {
                Shape::Faces => step.request.pictures().min(PICTURES),
                _ => 0,
            };
            for picture in 0..pictures {
                let Some(answered) = self.try_out(step, picture, until).await else {
                    break;
                };
                of_step.push(Portrait::of(self.connection.body()).filter(|_| answered));
            }
            portraits.push(Portraits::new(of_step));
        }
        let _ = look.portraits.set(portraits);
    }

    /// Makes a step's call with one of its pictures, unrecorded; whether it was answered well. None when it is time to begin.
    async fn try_out(&mut self, step: &ScriptStep, picture: usize, until: Instant) -> Option<bool> {
        if Instant::now() >= until {
            return None;
        }
        let clock = self.script.clock;
        let frame = Frame {
            number: picture as u64,
            cameras: 1,
            unix_ms: clock.unix_ns(clock.now_ns()) / 1_000_000,
        };
        let called = self.call(&step.request, frame, true, |_| {});
        let called = tokio::time::timeout_at(until.into(), called).await.ok()?;
        let well = called.fared(step.request.gives, &[]) == Fared::Well;
        Some(well && !self.connection.body_was_cut())
    }
}

/// What is wrong with an answer.
enum Unlike {
    /// It does not look like the operation's.
    Shape(&'static str),
    /// It is somebody else's; whose.
    Owner(String),
    /// It is of whom its token names, and that is somebody else.
    Token(String),
}
