//! Goose, set up from a workload: a scenario for each journey, a transaction that is a user's whole life.

use crate::generator::desk;
use crate::generator::script::Script;
use crate::generator::virtual_user::{NotReady, VirtualUser};
use goose::config::GooseConfiguration;
use goose::goose::{Scenario, Transaction, TransactionFunction};
use goose::{GooseAttack, GooseError};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What the generator's threads tell about their users.
pub(crate) trait Roll: Send + Sync + 'static {
    /// A user is ready for its first arrival.
    fn ready(&self);
    /// A user could not get ready; one sentence says why.
    fn failed(&self, why: String);
}

/// A journey and how many users go through it.
pub(crate) struct Cast {
    pub(crate) name: String,
    pub(crate) script: Arc<Script>,
    pub(crate) users: usize,
}

/// A user whose life is over looks in this often until Goose sends it home.
const REST: Duration = Duration::from_millis(20);

/// Runs the users of `casts` on the current runtime until [`goose::trigger_killswitch`] ends them.
pub(crate) async fn attack(
    host: &str,
    casts: Vec<Cast>,
    first_user: u64,
    roll: Arc<dyn Roll>,
) -> Result<(), GooseError> {
    let users: usize = casts.iter().map(|cast| cast.users).sum();
    let mut attack = GooseAttack::initialize_with_config(configuration(host, users)?)?
        // Its own client is never used for a request: one for all costs nothing.
        .set_client_builder_without_cookies(goose::client::GooseClientBuilder::new().without_cookies())?;
    let numbers = Arc::new(AtomicU64::new(first_user));
    for cast in casts {
        let life = life(cast.script, numbers.clone(), roll.clone());
        let scenario = Scenario::new(&cast.name).set_weight(cast.users)?;
        attack = attack.register_scenario(scenario.register_transaction(Transaction::new(life).set_name(&cast.name)));
    }
    Box::pin(attack.execute()).await.map(drop)
}

fn configuration(host: &str, users: usize) -> Result<GooseConfiguration, GooseError> {
    let users = users.to_string();
    GooseConfiguration::parse_args_default(&[
        "--host",
        host,
        "--users",
        &users,
        // All at once: users line up at the desk and wait there for the run to begin.
        "--increase-rate",
        "1000000",
        "--no-metrics",
        "--no-print-metrics",
        "--no-error-summary",
        "--no-telnet",
        "--quiet",
    ])
    .map_err(|error| GooseError::InvalidOption {
        option: "configuration".to_owned(),
        value: String::new(),
        detail: error.to_string(),
    })
}

/// A user's whole life as one transaction.
fn life(script: Arc<Script>, numbers: Arc<AtomicU64>, roll: Arc<dyn Roll>) -> TransactionFunction {
    Arc::new(move |_| {
        let (script, numbers, roll) = (script.clone(), numbers.clone(), roll.clone());
        Box::pin(async move {
            if desk::with(|desk| desk.admits(script.lane)) {
                let number = numbers.fetch_add(1, Ordering::Relaxed);
                let mut user = VirtualUser::new(script, number);
                match Box::pin(user.get_ready()).await {
                    Ok(()) => {
                        roll.ready();
                        user.work().await;
                    }
                    Err(NotReady::Failed(why)) => roll.failed(why),
                    Err(NotReady::GivenUp) => {}
                }
            }
            // Goose would begin the transaction again at once.
            tokio::time::sleep(REST).await;
            Ok(())
        })
    })
}
