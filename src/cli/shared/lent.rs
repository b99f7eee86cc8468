//! What is told of the accounts that are lent, before the first case.

use super::progress_lines::ProgressLines;
use proofload_conformance::{BadLogins, ConformanceOptions, MOST_A_MINUTE, PlannedCase, RunError, bad_logins, list};
use proofload_contract::Contract;
use proofload_deployment::Target;
use proofload_results::events::{Event, Observer};

/// How logins that must be refused are made.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(in crate::cli) struct BadLoginsArgs {
    /// Make no login that must be refused: no account can be locked out, and wrong passwords are not tested
    #[arg(long)]
    no_bad_logins: bool,
    /// Do not pause between logins that must be refused; for deployments that never lock an account
    #[arg(long, conflicts_with = "no_bad_logins")]
    bad_logins_at_once: bool,
}

impl BadLoginsArgs {
    /// What was asked for.
    pub(in crate::cli) fn rule(self) -> BadLogins {
        match (self.no_bad_logins, self.bad_logins_at_once) {
            (true, _) => BadLogins::Never,
            (_, true) => BadLogins::AtOnce,
            _ => BadLogins::Spaced,
        }
    }
}

/// Says how a run goes; before its first case, once everybody has logged in, for what the accounts are lent.
pub(in crate::cli) struct LentLines {
    lines: ProgressLines,
    told: Option<String>,
}

impl LentLines {
    /// The lines of a run that is about to begin.
    ///
    /// # Errors
    /// A pattern selects nothing.
    pub(in crate::cli) fn new(
        lines: ProgressLines,
        target: &Target,
        contract: &Contract,
        options: &ConformanceOptions,
    ) -> Result<Self, RunError> {
        let told = told(target, &list(target, contract, options)?, options);
        Ok(Self { lines, told })
    }
}

impl Observer for LentLines {
    fn observe(&self, event: &Event) {
        if matches!(event, Event::CasesPlanned { .. })
            && let Some(told) = &self.told
        {
            self.lines.0.note(told);
        }
        self.lines.observe(event);
    }
}

/// How many bad logins each account is lent for, in a line; none where none is made, or the accounts are our own.
pub(in crate::cli) fn told(target: &Target, cases: &[PlannedCase], options: &ConformanceOptions) -> Option<String> {
    if target.embedded || options.bad_logins == BadLogins::Never {
        return None;
    }
    let lent = bad_logins(target, cases, options.bad_logins);
    let each: Vec<String> = lent.iter().map(|(name, made)| format!("{made} of '{name}'")).collect();
    let most = lent.iter().map(|(_, made)| *made).max()?;
    let minutes = (most - 1) / MOST_A_MINUTE;
    let pace = match (options.bad_logins, minutes) {
        (BadLogins::AtOnce, _) => "without waiting".to_owned(),
        (_, 0) => format!("{MOST_A_MINUTE} a minute of one account at most"),
        (_, 1) => format!("{MOST_A_MINUTE} a minute of one account at most, which takes a minute"),
        (_, more) => format!("{MOST_A_MINUTE} a minute of one account at most, which takes {more} minutes"),
    };
    Some(format!(
        "logins with wrong passwords, {pace}: {} (none with --no-bad-logins)",
        each.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_deployment::{Account, Allow, BaseUrl, Permissions, Trust, Way};

    #[test]
    fn each_account_is_named_with_what_it_is_lent_for() {
        let account = |name: &str| Account {
            name: name.to_owned(),
            username: format!("svc-{name}"),
            password: format!("{name}-secret").into(),
            permissions: Permissions::All,
        };
        let target = Target {
            name: "lab".to_owned(),
            base: BaseUrl::parse("http://127.0.0.1:1").unwrap(),
            trust: Trust::System,
            way: Way::default(),
            accounts: vec![account("main"), account("nobody")],
            allow: Allow {
                reads: true,
                writes: false,
                load: false,
            },
            signing_key: None,
            embedded: false,
        };
        let mut options = ConformanceOptions::default();
        let line = |options: &ConformanceOptions| {
            let cases = list(&target, Contract::bundled(), options).unwrap();
            told(&target, &cases, options)
        };
        assert_eq!(
            line(&options).unwrap(),
            "logins with wrong passwords, 4 a minute of one account at most, which takes a minute: \
             7 of 'main', 6 of 'nobody' (none with --no-bad-logins)"
        );
        options.only = vec!["authenticate/wrong-password".parse().unwrap()];
        assert!(
            line(&options)
                .unwrap()
                .ends_with("at most: 1 of 'main' (none with --no-bad-logins)")
        );
        options.only = vec!["publish/*".parse().unwrap()];
        assert_eq!(line(&options), None);
        options = ConformanceOptions {
            bad_logins: BadLogins::Never,
            ..ConformanceOptions::default()
        };
        assert_eq!(line(&options), None);
    }
}
