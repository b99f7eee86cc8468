//! The accounts every mock starts with.

use secrecy::SecretString;

/// An account of the mock. Its password is no secret: it follows from its name and stands in the manual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeededAccount {
    /// The user name, in its stored spelling; it is matched in any case.
    pub name: &'static str,
    /// The roles it was given; they travel in its tokens.
    pub roles: &'static [&'static str],
    /// The permissions that its roles add up to.
    pub permissions: Granted,
}

/// The permissions of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granted {
    /// Every permission there is.
    All,
    /// These, named as the role editor shows them.
    Only(&'static [&'static str]),
}

/// The accounts, from the mightiest to the weakest.
pub const ACCOUNTS: [SeededAccount; 5] = [
    SeededAccount {
        name: "admin",
        roles: &["Administrators", "Operators"],
        permissions: Granted::All,
    },
    SeededAccount {
        name: "publisher",
        roles: &["Face Publishers"],
        permissions: Granted::Only(&["Face Publishing"]),
    },
    SeededAccount {
        name: "recognizer",
        roles: &["Face Recognizers"],
        permissions: Granted::Only(&["Face Recognize"]),
    },
    SeededAccount {
        name: "reader",
        roles: &["Readers"],
        permissions: Granted::Only(&["Read All Identity", "Read Tags"]),
    },
    SeededAccount {
        name: "nobody",
        roles: &[],
        permissions: Granted::Only(&[]),
    },
];

impl SeededAccount {
    /// The password, `<name>-pass`.
    pub fn password(&self) -> SecretString {
        format!("{}-pass", self.name).into()
    }

    /// The address that its profile shows.
    pub fn email(&self) -> String {
        format!("{}@identities.example", self.name)
    }

    /// Finds an account by its name in any spelling of case, as ASP.NET Core Identity does.
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        ACCOUNTS.iter().find(|account| account.name.eq_ignore_ascii_case(name))
    }

    /// Whether `text` is the password; passwords are compared to the letter.
    pub(crate) fn has_password(&self, text: &str) -> bool {
        text.strip_suffix("-pass") == Some(self.name)
    }
}

impl Granted {
    /// Whether the permission is among those granted.
    pub fn holds(&self, permission: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(held) => held.contains(&permission),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn names_match_in_any_case_and_passwords_in_one() {
        let admin = SeededAccount::find("ADMIN").expect("found in capitals");
        assert_eq!(admin.name, "admin");
        assert!(admin.has_password(admin.password().expose_secret()));
        for wrong in [
            "",
            "ADMIN-pass",
            "admin-Pass",
            "admin-pas",
            "admin-pass ",
            " admin-pass",
        ] {
            assert!(!admin.has_password(wrong), "{wrong:?} was taken");
        }
        assert!(SeededAccount::find("admin ").is_none());
    }
}
