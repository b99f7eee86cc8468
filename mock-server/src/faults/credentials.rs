//! Logins that a defective server takes although it should not, and the other way round.

use crate::accounts::SeededAccount;
use crate::defects::Defect;
use crate::state::State;
use secrecy::ExposeSecret as _;

/// The account that a defect lets in.
pub(crate) fn forgiven(
    server: &State,
    username: Option<&str>,
    password: Option<&str>,
) -> Option<&'static SeededAccount> {
    let username = username.filter(|_| server.is_defective())?;
    if server.has(Defect::LoginInjectable)
        && let Some((name, _)) = username.split_once('\'')
    {
        return Some(SeededAccount::find(name).unwrap_or(&crate::accounts::ACCOUNTS[0]));
    }
    let account = SeededAccount::find(username)?;
    let right = account.password();
    let right = right.expose_secret();
    let forgiven = match password {
        None => server.has(Defect::AcceptsMissingPassword),
        Some("") => server.has(Defect::AcceptsEmptyPassword),
        Some(sent) => {
            server.has(Defect::AcceptsAnyPassword)
                || (server.has(Defect::PasswordTruncated) && sent.get(..8).is_some_and(|sent| right.starts_with(sent)))
                || (server.has(Defect::PasswordCaseIgnored) && sent.eq_ignore_ascii_case(right))
                || (server.has(Defect::PasswordTrimmed) && sent.trim() == right)
        }
    };
    forgiven.then_some(account)
}

/// Whether a defect refuses an account that should be let in.
pub(crate) fn refused_all_the_same(server: &State, account: &SeededAccount, username: &str) -> bool {
    server.has(Defect::UsernameCaseMatters) && account.name != username
}
