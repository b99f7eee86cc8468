//! What stands between a command line and an engine: the target, what may be done to it, whether it is there, who may end it.

use super::arguments::{PermissionArg, TimeoutArg};
use super::signals;
use super::target_options::Chosen;
use crate::cli::{Console, Failure};
use proofload_deployment::client::login::AccountGate;
use proofload_deployment::client::{Http, Limits, preflight};
use proofload_deployment::halt::Halt;
use proofload_deployment::{Exporter, Target};
use proofload_load::LoadError;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// What is going to be done to a target.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Intent {
    timeout: Duration,
    /// Whether it is going to be loaded; and then, whether the person said that it may be.
    load: Option<bool>,
}

impl Intent {
    /// Calls, one after the other.
    pub(in crate::cli) fn test(timeout: &TimeoutArg) -> Self {
        Self {
            timeout: timeout.timeout,
            load: None,
        }
    }

    /// Load.
    pub(in crate::cli) fn load(timeout: &TimeoutArg, permission: &PermissionArg) -> Self {
        Self {
            timeout: timeout.timeout,
            load: Some(permission.i_may_load_this_target),
        }
    }

    /// Refuses a target that this may not be done to; sends nothing.
    ///
    /// # Errors
    /// It may not be loaded.
    pub(in crate::cli) fn allowed_on(self, target: &Target) -> Result<(), Failure> {
        match self.load {
            Some(false) if !target.may_be_loaded() => Err(LoadError::NotAllowed(target.name.clone()).into()),
            Some(_) | None => Ok(()),
        }
    }
}

/// A target that can be worked on, and whoever may end the work.
#[derive(Debug)]
pub(in crate::cli) struct Opened {
    chosen: Chosen,
    /// What befell its accounts is remembered from one part of the command to the next.
    _accounts: Vec<Arc<AccountGate>>,
    /// Asked for the end by the first signal.
    pub(in crate::cli) halt: Halt,
}

impl Opened {
    /// Tells what there is to know about a target, makes sure that it may be worked on and answers, and listens for signals.
    ///
    /// # Errors
    /// It may not, or it does not.
    pub(in crate::cli) async fn open(chosen: Chosen, intent: Intent, console: &Console) -> Result<Self, Failure> {
        admit(&chosen, intent, console).await?;
        let base = chosen.target.base.to_string();
        let accounts = chosen.target.accounts.iter();
        Ok(Self {
            _accounts: accounts
                .map(|account| AccountGate::of(&base, &account.username))
                .collect(),
            chosen,
            halt: signals::listen(console),
        })
    }

    pub(in crate::cli) fn target(&self) -> &Target {
        &self.chosen.target
    }

    pub(in crate::cli) fn exporters(&self) -> &[Exporter] {
        &self.chosen.exporters
    }
}

/// Tells what there is to know about a target, and makes sure that it may be worked on and answers.
///
/// # Errors
/// It may not, or it does not.
pub(in crate::cli) async fn admit(chosen: &Chosen, intent: Intent, console: &Console) -> Result<(), Failure> {
    chosen.announce(console);
    intent.allowed_on(&chosen.target)?;
    let limits = Limits {
        timeout: intent.timeout,
        ..Limits::default()
    };
    preflight(&Http::new(&chosen.target, limits)?).await?;
    Ok(())
}

/// Lets an engine work, and clears the progress line whatever came of it.
pub(in crate::cli) async fn watched<T>(console: &Console, engine: impl Future<Output = T>) -> T {
    let outcome = engine.await;
    console.progress(&[]);
    outcome
}
