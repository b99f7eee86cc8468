//! For whom the answers to an account's calls must be: for the name that was typed. What an answer says is held against that, not
//! against another answer: the first one may have been the wrong one.

use crate::generator::answers::{Named, name_in};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// Where an answer names its user.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// Beside the token.
    Beside,
    /// In the token.
    Token,
}

/// For whom the answers to an account's calls must be.
#[derive(Debug, Default)]
pub(crate) struct Owner {
    /// Whether somebody asks for its profile already, to see whose it is.
    asked: AtomicBool,
    /// What was typed, in small letters, as all here: names match in any case. Empty where nobody logs in.
    typed: String,
    /// The names of all accounts of the run.
    accounts: Arc<HashSet<String>>,
    /// Whether an answer named the account as it was typed, by [`Place`]. Servers may have a spelling of their own, a domain before it
    /// or an address in its place; who was named as typed once is not named otherwise.
    as_typed: [AtomicBool; 2],
    email: OnceLock<String>,
}

/// Who is to blame for an answer that is not for whoever asked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Astray {
    /// Itself: whose it is.
    Answer(String),
    /// The token that was sent, which was somebody else's when it was given out: whose.
    Token(String),
}

impl Owner {
    /// The account of that user name, one of several of a run.
    pub(crate) fn new(typed: &str, accounts: Arc<HashSet<String>>) -> Self {
        Self {
            typed: typed.trim().to_lowercase(),
            accounts,
            ..Self::default()
        }
    }

    /// The names of accounts, as they are compared.
    pub(crate) fn names<'a>(usernames: impl Iterator<Item = &'a str>) -> Arc<HashSet<String>> {
        Arc::new(usernames.map(|name| name.trim().to_lowercase()).collect())
    }

    /// Whether nobody asked for its profile before, which is then for the caller to do.
    pub(crate) fn begins_to_ask(&self) -> bool {
        !self.asked.swap(true, Ordering::AcqRel)
    }

    /// What its first profile says, which was asked for with a token of that `sent` name.
    pub(crate) fn profiled(&self, named: &Named, sent: Option<&str>) {
        let users = [sent, named.name.as_deref()];
        let is_others = users.into_iter().flatten().any(|name| self.is_account_beside(name));
        if let Some(email) = named.email.as_ref().filter(|_| !is_others) {
            let _ = self.email.set(email.clone());
        }
    }

    /// Whom an answer with a token is for instead, if it names somebody else. The token itself is only looked into when it is
    /// to be looked at `closely`; `sent` is the token that it was got with, if any.
    pub(crate) fn other(
        &self,
        username: Option<&str>,
        token: &str,
        sent: Option<&str>,
        closely: bool,
    ) -> Option<Astray> {
        let beside = username.and_then(|name| self.stranger(Place::Beside, name));
        let what = beside.or_else(|| {
            let name = closely.then(|| name_in(token))??;
            self.stranger(Place::Token, &name)
                .or_else(|| self.not_as_sent(&name, &name_in(sent?)?))
        })?;
        let by_token = || self.stranger(Place::Token, &name_in(sent?)?);
        Some(by_token().map_or(Astray::Answer(what), Astray::Token))
    }

    /// Whom a profile is of instead, if it is of somebody else; it was asked for with a token of that `sent` name.
    pub(crate) fn other_profile(&self, named: &Named, sent: Option<&str>) -> Option<Astray> {
        if let Some(what) = sent.and_then(|name| self.stranger(Place::Token, name)) {
            return Some(Astray::Token(what));
        }
        let by_name = named.name.as_deref().and_then(|name| {
            self.stranger(Place::Token, name)
                .or_else(|| self.not_as_sent(name, sent?))
        });
        let what = by_name.or_else(|| {
            let (own, email) = self.email.get().zip(named.email.as_deref())?;
            let what = (own != email).then(|| told(email, own))?;
            Some(match sent {
                Some(_) => what,
                None => format!("{what}, or the token that was sent is"),
            })
        })?;
        Some(Astray::Answer(what))
    }

    /// Who is named, if it is certainly somebody else.
    fn stranger(&self, place: Place, name: &str) -> Option<String> {
        let named = name.trim();
        if named.is_empty() || self.typed.is_empty() {
            return None;
        }
        let as_typed = &self.as_typed[place as usize];
        // Without a copy where it is as typed.
        if named == self.typed || named.to_lowercase() == self.typed {
            if !as_typed.load(Ordering::Relaxed) {
                as_typed.store(true, Ordering::Relaxed);
            }
            return None;
        }
        let is_other = as_typed.load(Ordering::Relaxed) || self.is_account_beside(&named.to_lowercase());
        is_other.then(|| told(named, &self.typed))
    }

    /// Whether it is the name of another account of the run, with a domain before it or not.
    fn is_account_beside(&self, name: &str) -> bool {
        let bare = |name: &str| -> Option<String> { name.rsplit_once('\\').map(|(_, bare)| bare.to_owned()) };
        let is_own = |name: &str| *name == self.typed || bare(&self.typed).as_deref() == Some(name);
        let is_another = |name: &str| !is_own(name) && self.accounts.contains(name);
        is_another(name) || (!is_own(name) && bare(name).is_some_and(|bare| is_another(&bare)))
    }

    /// An answer that names another than the token that was sent, and not the account as it was typed.
    fn not_as_sent(&self, named: &str, sent: &str) -> Option<String> {
        (named != self.typed && named != sent && !self.typed.is_empty()).then(|| told(named, sent))
    }
}

fn told(named: &str, own: &str) -> String {
    let shown = |name: &str| proofload_deployment::escaped(name.as_bytes(), 60);
    format!("it is for {}, and {} asked", shown(named), shown(own))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::answers::profile;
    use proofload_deployment::token::jwt::{Hs, Jwt};
    use serde_json::json;

    fn token(name: &str) -> String {
        Jwt::signed(&json!({"alg": "HS256"}), &json!({"unique_name": name}), Hs::Hs256, b"k").compact()
    }

    fn anna() -> Owner {
        Owner::new("Anna", Owner::names(["Anna", "bert", "corp\\carl"].into_iter()))
    }

    fn named(email: &str, name: &str) -> Named {
        profile(json!({"email": email, "token": token(name)}).to_string().as_bytes())
    }

    #[test]
    fn an_answer_for_another_account_is_told_and_letters_do_not_matter() {
        let owner = anna();
        assert_eq!(owner.other(Some("ANNA"), &token("Anna"), None, true), None);
        assert_eq!(owner.other(None, "opaque", None, true), None);
        let told = owner.other(Some("bert"), &token("anna"), None, false);
        assert_eq!(told, Some(Astray::Answer("it is for bert, and anna asked".to_owned())));
        assert_eq!(
            owner.other(Some("anna"), &token("bert"), None, false),
            None,
            "not looked at closely"
        );
        assert!(owner.other(Some("anna"), &token("bert"), None, true).is_some());
    }

    #[test]
    fn the_wrong_one_is_accused_though_it_was_the_first() {
        let owner = anna();
        assert!(owner.other(Some("Bert"), &token("bert"), None, true).is_some());
        assert_eq!(owner.other(Some("anna"), &token("anna"), None, true), None);
        assert!(
            owner.other(Some("bert"), &token("bert"), None, true).is_some(),
            "and always"
        );
    }

    #[test]
    fn a_server_may_spell_a_name_in_its_own_way() {
        for spelling in ["CORP\\anna", "anna@x.example", "a.smith@x.example", "Anna ", "", " "] {
            let owner = anna();
            let other = owner.other(Some(spelling), &token(spelling), None, true);
            assert_eq!(other, None, "{spelling}");
            let sent = token(spelling);
            assert_eq!(
                owner.other(Some(spelling), &token(spelling), Some(&sent), true),
                None,
                "{spelling}"
            );
        }
        let owner = anna();
        for other in ["CORP\\bert", "corp\\carl"] {
            assert!(owner.other(Some(other), "opaque", None, true).is_some(), "{other}");
        }
        // Who is named as typed is not named otherwise.
        assert_eq!(owner.other(Some("anna"), "opaque", None, true), None);
        assert!(owner.other(Some("dora"), "opaque", None, true).is_some());
        // A renewal of Dora's token gives Dora's.
        let owner = anna();
        let sent = token("CORP\\anna");
        assert!(owner.other(None, &token("dora"), Some(&sent), true).is_some());
    }

    #[test]
    fn a_renewal_of_anothers_token_is_no_fault_of_the_renewal() {
        let owner = anna();
        let other = owner.other(Some("bert"), &token("bert"), Some(&token("bert")), false);
        assert_eq!(other, Some(Astray::Token("it is for bert, and anna asked".to_owned())));
        let other = owner.other(Some("bert"), &token("bert"), Some(&token("anna")), false);
        assert!(matches!(other, Some(Astray::Answer(_))));
    }

    #[test]
    fn nobody_is_accused_where_nobody_logs_in() {
        let owner = Owner::default();
        assert_eq!(
            owner.other(Some("bert"), &token("anna"), Some(&token("bert")), true),
            None
        );
    }

    #[test]
    fn a_profile_must_be_of_whom_its_token_names() {
        let owner = anna();
        owner.profiled(&named("Anna@x", "anna"), Some("anna"));
        let seen = |email: &str, name: &str, sent| owner.other_profile(&named(email, name), sent);
        assert_eq!(seen("anna@X", "anna", Some("anna")), None);
        assert_eq!(seen("", "", Some("anna")), None);
        assert_eq!(owner.other_profile(&profile(b"{}"), None), None);
        for (email, name) in [("bert@x", "anna"), ("anna@x", "bert"), ("anna@x", "dora")] {
            let astray = seen(email, name, Some("anna"));
            assert!(matches!(astray, Some(Astray::Answer(_))), "{email} {name}");
        }
        // The right profile of a token that is Bert's.
        let astray = seen("bert@x", "bert", Some("bert"));
        assert_eq!(astray, Some(Astray::Token("it is for bert, and anna asked".to_owned())));
        let astray = owner.other_profile(&profile(br#"{"email":"bert@x"}"#), None);
        assert!(matches!(astray, Some(Astray::Answer(what)) if what.ends_with("or the token that was sent is")));
    }

    #[test]
    fn nothing_is_learnt_of_a_profile_that_is_anothers() {
        let owner = anna();
        owner.profiled(&named("bert@x", "bert"), Some("bert"));
        assert_eq!(owner.other_profile(&named("anna@x", "anna"), Some("anna")), None);
    }
}
