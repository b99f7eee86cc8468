//! What must be so of a login that is wrong.

use super::LOGIN;
use crate::behaviour::declare::{custom, seed};
use proofload_probing::probe::Declared;

pub(super) const CASES: [Declared; 23] = [
    seed(
        LOGIN,
        "password-case",
        "A password in other case is a wrong one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "password-truncated",
        "A password that lacks its last character is a wrong one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "password-extended",
        "A password with a character more is a wrong one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "password-trailing-space",
        "A password with a space behind it is a wrong one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "password-leading-space",
        "A password with a space before it is a wrong one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "password-empty",
        "An empty password is a wrong one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "password-is-username",
        "The user's name is no password unless it is the password: 400 and no token.",
    ),
    seed(
        LOGIN,
        "password-of-another",
        "Another account's password is a wrong one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "username-empty",
        "An empty user name is a wrong one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "username-injection",
        "A user name in the shape of a query is an unknown one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "password-injection",
        "A password in the shape of a query is a wrong one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "refused-alike",
        "An unknown user and a wrong password are refused with the same status.",
    ),
    custom(
        LOGIN,
        "refused-alike-body",
        "The refusal does not tell an unknown user from a wrong password.",
    ),
    custom(LOGIN, "password-missing", "A login without a password is answered 400."),
    custom(
        LOGIN,
        "username-missing",
        "A login without a user name is answered 400.",
    ),
    custom(
        LOGIN,
        "password-null",
        "A login with null for a password is answered 400.",
    ),
    custom(
        LOGIN,
        "password-no-text",
        "A login whose password is an object or a truth value is answered 400.",
    ),
    custom(
        LOGIN,
        "malformed-json",
        "Malformed JSON, none at all, or JSON of another shape is answered 400.",
    ),
    custom(
        LOGIN,
        "password-huge",
        "A password of 100 000 characters is refused without a server error.",
    ),
    seed(
        LOGIN,
        "username-spelling",
        "Under another spelling of a user name, nobody gets another user's token.",
    ),
    custom(LOGIN, "username-case", "User names are matched in any case."),
    custom(
        LOGIN,
        "stored-spelling",
        "A user name comes back as it is stored, however it was spelt.",
    ),
    custom(
        LOGIN,
        "password-repeated",
        "A refusal does not repeat the password that was sent.",
    ),
];
