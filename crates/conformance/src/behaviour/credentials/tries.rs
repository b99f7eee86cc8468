//! Which bad logins there are, and of which account each is made: they are shared out, so that none is lent for many.

use super::{LOGIN, swapped};
use proofload_deployment::{Account, Target};
use proofload_probing::body::Body;
use proofload_probing::findings::Cause;
use secrecy::ExposeSecret as _;
use serde_json::json;

/// The probe of one operation that makes a bad login of the main account.
const WRONG_PASSWORD: &str = "wrong-password";

/// Cases that take a bad login of some account; those that tell most come first, for an account may be lent for few.
const BAD: [&str; 12] = [
    "password-case",
    "password-truncated",
    "password-extended",
    "password-trailing-space",
    "password-empty",
    "password-missing",
    "password-is-username",
    "password-of-another",
    "password-injection",
    "password-leading-space",
    "password-null",
    "password-no-text",
];

/// What stands where the password should.
pub(super) enum Wrong {
    /// A password, and how a command line makes it where it is nearly the right one.
    Password(String, Option<String>),
    /// A body without one.
    Body(Body),
}

/// Which of `accounts` the `nth` bad login is made of, counting from 0. The main account, which is the first, is lent for
/// the probe already.
fn turn(nth: usize, accounts: usize) -> usize {
    (nth + 1) % accounts.max(1)
}

/// The bad logins of `accounts`, each with its case and its account; the main account is the first of them. None is lent
/// for more than `most`.
///
/// # Errors
/// Why a case has no bad login.
pub(super) fn all<'a>(
    accounts: &[&'a Account],
    variable: impl Fn(&Account) -> String,
    most: usize,
) -> Vec<(&'static str, &'a Account, Result<Wrong, Cause>)> {
    let mut lent = vec![0; accounts.len()];
    // The probe of one operation.
    lent[0] = 1;
    let one = |(nth, probe): (usize, &'static str)| {
        let at = turn(nth, accounts.len());
        let account = accounts[at];
        let wrong = wrong(probe, account, accounts, &variable(account));
        let wrong = wrong.ok_or_else(|| Cause::InWords("there is no such password to try".to_owned()));
        let enough = match most {
            0 => Cause::NoBadLogins,
            most => Cause::EnoughBadLogins(most),
        };
        let wrong = wrong.and_then(|wrong| if lent[at] < most { Ok(wrong) } else { Err(enough) });
        lent[at] += usize::from(wrong.is_ok());
        (probe, account, wrong)
    };
    BAD.into_iter().enumerate().map(one).collect()
}

fn wrong(probe: &str, account: &Account, accounts: &[&Account], variable: &str) -> Option<Wrong> {
    let password = account.password.expose_secret();
    let user = &account.username;
    let bent = |bent: String, shell: String| {
        let differs = bent != password;
        differs.then_some(Wrong::Password(bent, Some(shell)))
    };
    let open = |other: String| (other != password).then_some(Wrong::Password(other, None));
    match probe {
        "password-case" => bent(
            swapped(password),
            format!("$(printf %s \"${variable}\" | tr 'A-Za-z' 'a-zA-Z')"),
        ),
        "password-truncated" => {
            let mut shorter = password.to_owned();
            shorter.pop();
            bent(shorter, format!("${{{variable}%?}}"))
        }
        "password-extended" => bent(format!("{password}x"), format!("${{{variable}}}x")),
        "password-trailing-space" => bent(format!("{password} "), format!("${variable} ")),
        "password-leading-space" => bent(format!(" {password}"), format!(" ${variable}")),
        "password-empty" => open(String::new()),
        "password-is-username" => open(user.clone()),
        "password-injection" => open("' OR '1'='1".to_owned()),
        "password-of-another" => {
            let mut others = accounts.iter().map(|other| other.password.expose_secret());
            let other = others.find(|other| *other != password)?;
            bent(other.to_owned(), String::new())
        }
        "password-missing" => Some(Wrong::Body(Body::Json(json!({"username": user})))),
        "password-null" => Some(Wrong::Body(Body::Json(json!({"username": user, "password": null})))),
        _ => Some(Wrong::Body(Body::Json(
            json!({"username": user, "password": {"$ne": null}}),
        ))),
    }
}

/// How many bad logins the cases of these names on `authenticate` make of each account of a target at most, by its name. The
/// cases of one family are played together.
pub(super) fn count(target: &Target, names: &[&str], most: usize) -> Vec<(String, usize)> {
    let main = target.main_account();
    let others = target
        .accounts
        .iter()
        .filter(|one| Some(&one.name) != main.map(|main| &main.name));
    let accounts: Vec<&Account> = main.into_iter().chain(others).collect();
    let mut made = vec![0; accounts.len()];
    if let Some(first) = made.first_mut() {
        *first = usize::from(names.contains(&WRONG_PASSWORD));
        if super::CASES.iter().any(|case| names.contains(&case.clause.name)) {
            for (_, account, wrong) in all(&accounts, |_| String::new(), most) {
                let at = accounts.iter().position(|one| one.name == account.name);
                made[at.unwrap_or_default()] += usize::from(wrong.is_ok());
            }
        }
    }
    let names = accounts.iter().map(|account| account.name.clone());
    names.zip(made).filter(|(_, made)| *made > 0).collect()
}

/// The operation whose cases make them.
pub(super) const OPERATION: &str = LOGIN;

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_deployment::Trust;
    use proofload_deployment::client::testing;

    fn lent(accounts: usize, most: usize) -> Vec<usize> {
        let mut target = testing::target("http://127.0.0.1:1", Trust::System);
        target.accounts = (0..accounts)
            .map(|nth| Account {
                name: format!("a{nth}"),
                username: format!("user{nth}"),
                password: format!("pass{nth}").into(),
                ..testing::account()
            })
            .collect();
        let counted = count(&target, &["wrong-password", "password-case"], most);
        counted.into_iter().map(|(_, made)| made).collect()
    }

    #[test]
    fn bad_logins_are_shared_out_among_the_accounts() {
        let lent = |accounts| self::lent(accounts, usize::MAX);
        assert_eq!(lent(0), [0; 0]);
        assert_eq!(lent(1), [12], "nobody else's password");
        assert_eq!(lent(2), [7, 6]);
        assert_eq!(lent(5), [3, 3, 3, 2, 2]);
        assert_eq!(lent(20).iter().sum::<usize>(), 13);
    }

    #[test]
    fn no_account_is_lent_for_more_than_it_may() {
        assert_eq!(lent(1, 8), [8]);
        assert_eq!(lent(2, 8), [7, 6]);
        assert_eq!(lent(2, 4), [4, 4]);
    }

    #[test]
    fn what_makes_no_bad_login_counts_none() {
        let mut target = testing::target("http://127.0.0.1:1", Trust::System);
        target.accounts.push(testing::account());
        assert_eq!(count(&target, &["login", "token-user"], 8), []);
        assert_eq!(count(&target, &["wrong-password"], 8), [("main".to_owned(), 1)]);
    }
}
