//! What makes cases alike: what they observed without what differs from call to call, what lies behind the cause of another
//! cause, and operations that are not there.

use super::CONTROL;
use crate::validate::{CaseResult, Verdict};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What stands before the cause of a case that was not tested because of another.
const BEFORE_A_CAUSE: [&str; 3] = [
    "its control call could not be made: ",
    "the control call failed: ",
    "calls in a row could not be tested, the last for this: ",
];
/// What a text on the login of an account has before what came of it.
const OF_A_LOGIN: &str = "the login of account ";

/// What came, without what differs from call to call: a redirect leads to a server, whatever it is to do there.
pub(super) fn observed(case: &CaseResult) -> &str {
    let text = case.observed.as_str();
    match location(text) {
        Some((before, target)) => {
            let server = target.find("://").map_or(0, |at| at + 3);
            let end = target[server..]
                .find(['/', '?', '#'])
                .map_or(target.len(), |at| server + at);
            &text[..before + end]
        }
        None => text,
    }
}

/// What came as it is told of several cases: a redirect without its query, which often is the call that was made.
pub(super) fn told(observed: &str) -> Cow<'_, str> {
    let cut = location(observed).and_then(|(before, target)| Some(before + target.find(['?', '#'])?));
    cut.map_or(Cow::Borrowed(observed), |cut| {
        Cow::Owned(format!("{}?...", &observed[..cut]))
    })
}

/// Where a redirect leads to, and where that stands in the text.
fn location(text: &str) -> Option<(usize, &str)> {
    let rest = text.get(3..)?;
    let is_redirect = text.starts_with('3') && text.as_bytes()[..3].iter().all(u8::is_ascii_digit);
    let target = rest.strip_prefix(" to ").filter(|_| is_redirect)?;
    Some((text.len() - target.len(), target))
}

/// What lies behind it, where a case was not tested because of another.
pub(super) fn root(mut detail: &str) -> &str {
    while let Some(rest) = BEFORE_A_CAUSE
        .iter()
        .filter_map(|before| detail.split_once(before))
        .map(|(_, rest)| rest)
        .next()
    {
        detail = rest;
    }
    detail
}

/// The same without whose login it was, and without what that one was told: what a login lacks is alike for all accounts.
pub(super) fn root_of_all(detail: &str) -> &str {
    let root = root(detail);
    let of_account = root.strip_prefix(OF_A_LOGIN).and_then(|rest| rest.split_once("\") "));
    of_account.map_or(root, |(_, came)| came.split_once(": ").map_or(came, |(came, _)| came))
}

/// Operations that are not there: their control call and the call without a token were answered with the same 404 or 405, and
/// nobody was let in or refused for who he is.
pub(super) fn not_there(cases: &[CaseResult]) -> BTreeSet<&str> {
    let mut of_operations: BTreeMap<&str, Vec<&CaseResult>> = BTreeMap::new();
    for case in cases {
        of_operations.entry(case.group()).or_default().push(case);
    }
    of_operations
        .into_iter()
        .filter(|(_, cases)| is_not_there(cases))
        .map(|(operation, _)| operation)
        .collect()
}

fn is_not_there(cases: &[&CaseResult]) -> bool {
    let of = |probe: &str| cases.iter().find(|case| case.probe == probe);
    let Some(control) = of(CONTROL).map(|case| case.observed.as_str()) else {
        return false;
    };
    let without_token = of("no-token").filter(|case| case.verdict == Verdict::Fail);
    let by_caller = |case: &&CaseResult| matches!(case.observed_status(), Some(200..=299 | 401 | 403));
    ["404", "405"].contains(&control)
        && without_token.is_some_and(|case| case.observed == control)
        && !cases.iter().any(by_caller)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(observed: &str) -> CaseResult {
        CaseResult {
            observed: observed.to_owned(),
            ..CaseResult::new("a/no-token".to_owned(), String::new(), Verdict::Fail)
        }
    }

    #[test]
    fn redirects_are_alike_by_the_server_that_they_lead_to() {
        for (came, key, shown) in [
            (
                "302 to https://sso.example/login?rd=/api/v1/Tags",
                "302 to https://sso.example",
                "302 to https://sso.example/login?...",
            ),
            ("302 to /login", "302 to ", "302 to /login"),
            ("302", "302", "302"),
            ("200 with no token", "200 with no token", "200 with no token"),
            ("3\u{e9}2 to x", "3\u{e9}2 to x", "3\u{e9}2 to x"),
        ] {
            assert_eq!((observed(&case(came)), &*told(came)), (key, shown));
        }
    }

    #[test]
    fn what_was_not_tested_because_of_another_is_alike_to_it() {
        let login = "the login of account \"admin\" (user \"admin\") gave no token: {\"a\": 1}";
        let given_up = format!("given up after 3 calls in a row could not be tested, the last for this: {login}");
        let control = format!("its control call could not be made: {given_up}");
        assert_eq!(root(&control), login);
        assert_eq!(root_of_all(&control), "gave no token");
        assert_eq!(root_of_all("the target was away: it is"), "the target was away: it is");
    }
}
