//! Goose, set up from a workload: a scenario for each journey, whose Goose users each lead a crew of virtual users through their
//! lives.

use crate::generator::desk;
use crate::generator::script::Script;
use crate::generator::virtual_user::{FailedLogin, NotReady, VirtualUser};
use goose::config::GooseConfiguration;
use goose::goose::{Scenario, Transaction, TransactionFunction};
use goose::{GooseAttack, GooseError};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Hears whether the users of a thread got ready.
pub(crate) trait Readiness: Send + Sync + 'static {
    /// A user is ready for its first arrival.
    fn ready(&self);
    /// A user could not get ready.
    fn failed(&self, login: FailedLogin);
}

/// A journey and how many users go through it.
pub(crate) struct UserGroup {
    pub(crate) name: String,
    pub(crate) script: Arc<Script>,
    pub(crate) users: usize,
}

impl UserGroup {
    /// The Goose users that they take.
    fn leaders(&self) -> usize {
        self.users.div_ceil(CREW)
    }
}

/// Virtual users that a Goose user leads at most. Goose keeps nearly 8 KB for each user of its own, and a virtual user needs 3.
const CREW: usize = 32;

/// A Goose user whose crew has left looks in this often until Goose sends it home.
const REST: Duration = Duration::from_millis(20);

/// Runs the users of `groups` on the current runtime until [`goose::trigger_killswitch`] ends them.
pub(crate) async fn attack(
    host: &str,
    groups: Vec<UserGroup>,
    first_user: u64,
    readiness: Arc<dyn Readiness>,
) -> Result<(), GooseError> {
    let leaders: usize = groups.iter().map(UserGroup::leaders).sum();
    let mut attack = GooseAttack::initialize_with_config(configuration(host, leaders)?)?
        // Its own client is never used for a request: one for all costs nothing. One that trusted authorities could not even be made
        // where there are none, as in a bare container.
        .set_client_builder_without_cookies(
            goose::client::GooseClientBuilder::new()
                .accept_invalid_certs(true)
                .without_cookies(),
        )?;
    let numbers = Arc::new(AtomicU64::new(first_user));
    for group in groups {
        let scenario = Scenario::new(&group.name).set_weight(group.leaders())?;
        let lead = lead_a_crew(group.script, numbers.clone(), readiness.clone());
        attack = attack.register_scenario(scenario.register_transaction(Transaction::new(lead).set_name(&group.name)));
    }
    Box::pin(attack.execute()).await.map(drop)
}

fn configuration(host: &str, leaders: usize) -> Result<GooseConfiguration, GooseError> {
    let leaders = leaders.to_string();
    GooseConfiguration::parse_args_default(&[
        "--host",
        host,
        "--users",
        &leaders,
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

/// All that a Goose user ever does, as one transaction: it takes on users while there is place for them, up to a crew, and is with
/// them until the last has left.
fn lead_a_crew(script: Arc<Script>, numbers: Arc<AtomicU64>, readiness: Arc<dyn Readiness>) -> TransactionFunction {
    Arc::new(move |_| {
        let (script, numbers, readiness) = (script.clone(), numbers.clone(), readiness.clone());
        Box::pin(async move {
            let mut crew = Vec::with_capacity(CREW);
            while crew.len() < CREW && desk::with(|desk| desk.admits(script.lane)) {
                let number = numbers.fetch_add(1, Ordering::Relaxed);
                let user = Box::new(VirtualUser::new(script.clone(), number));
                crew.push(tokio::spawn(live(user, readiness.clone())));
            }
            for member in crew {
                // One that panicked has left, too, and said why.
                let _ = member.await;
            }
            // Goose would begin the transaction again at once.
            tokio::time::sleep(REST).await;
            Ok(())
        })
    })
}

/// A virtual user's life.
async fn live(mut user: Box<VirtualUser>, readiness: Arc<dyn Readiness>) {
    match Box::pin(user.get_ready()).await {
        Ok(()) => {
            readiness.ready();
            user.work().await;
        }
        Err(NotReady::Failed(login)) => readiness.failed(login),
        Err(NotReady::GivenUp) => {}
    }
}
