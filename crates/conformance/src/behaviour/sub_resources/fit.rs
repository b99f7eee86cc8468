//! Texts that fit the site.

use super::steps::Setup;
use crate::behaviour::limits;
use crate::behaviour::play::{Play, sent};
use serde_json::Value;

/// A length that no site refuses, in characters.
const SHORT: usize = 20;

impl Setup<'_> {
    /// Keeps texts short where the site refuses ours for their length. Whatever else is wrong with a PUT is found later.
    pub(super) async fn fitted(mut self, play: &mut Play<'_>) -> Self {
        let (Ok(draft), Ok(caller)) = (play.draft(self.kind.put), play.caller(self.kind.put)) else {
            return self;
        };
        let draft = draft.path("personId", &self.person).json(self.body(9));
        let refused = sent(play.context, caller, draft).await;
        if let Ok(exchange) = refused.as_ref()
            && limits::too_long(exchange)
            && let Ok(operation) = play.context.operation(self.kind.put)
        {
            play.context.note(limits::note(operation, exchange, "a long text"));
            self.short = true;
        }
        self
    }

    /// The body, with short texts where the site wants them so.
    pub(super) fn fit(&self, mut body: Value) -> Value {
        let members = body.as_object_mut().into_iter().flatten();
        for (_, text) in members.filter(|(name, _)| self.short && *name != self.kind.key) {
            if let Value::String(text) = text {
                *text = text.chars().take(SHORT).collect();
            }
        }
        body
    }
}
