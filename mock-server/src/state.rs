//! What the handlers and the faults work on: everything that a server keeps, and nothing that knows them.

use crate::defects::{Defect, Defects, Memory};
use crate::settings::Settings;
use crate::stores::Stores;
use crate::token::Tokens;

/// What a server keeps between two requests.
pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) tokens: Tokens,
    pub(crate) stores: Stores,
    pub(crate) defects: Defects,
    /// What only defects remember.
    pub(crate) memory: Memory,
}

impl State {
    /// A state in which nothing is stored.
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            tokens: Tokens::new(&settings.signing_key, settings.token_lifetime, settings.token_leeway),
            stores: Stores::default(),
            defects: Defects::new(&settings.defects),
            memory: Memory::default(),
            settings,
        }
    }

    /// Whether the server was given a defect.
    pub(crate) fn has(&self, defect: Defect) -> bool {
        self.defects.has(defect)
    }

    /// Whether it was given any: on the hot path, one question for all.
    pub(crate) fn is_defective(&self) -> bool {
        !self.defects.is_empty()
    }
}
