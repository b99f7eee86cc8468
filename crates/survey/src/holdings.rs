//! What an account may do, found out by calls that change nothing.

use proofload_contract::{Access, Contract, Operation};
use proofload_deployment::client::Http;
use proofload_probing::fill;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use secrecy::SecretString;

/// What an account was seen to hold, by the names of the role editor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Permissions it was let in with.
    pub holds: Vec<String>,
    /// Permissions of which every operation refused it with 403.
    pub lacks: Vec<String>,
    /// Permissions that cannot be told: their calls were answered otherwise, or not at all.
    pub unclear: Vec<String>,
}

/// What one call says of a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    LetIn,
    Refused,
    Nothing,
}

/// Tries each permission of the contract with the account's token. Reads ask for what nobody has; calls that could store
/// something carry a body that must be refused, so that even a broken server stores nothing.
pub async fn holdings(http: &Http, token: &SecretString, contract: &Contract) -> Holdings {
    let mut found = Holdings::default();
    for permission in contract.permissions() {
        let list = match tried(http, token, contract, permission).await {
            Said::LetIn => &mut found.holds,
            Said::Refused => &mut found.lacks,
            Said::Nothing => &mut found.unclear,
        };
        list.push(permission.to_owned());
    }
    found
}

/// One operation that lets the account in is enough; to be refused, all must refuse it.
async fn tried(http: &Http, token: &SecretString, contract: &Contract, permission: &str) -> Said {
    let mut operations: Vec<&Operation> = contract
        .operations()
        .iter()
        .filter(|operation| matches!(&operation.access, Access::Permission { name, .. } if name == permission))
        .collect();
    operations.sort_by_key(|operation| operation.writes);
    let mut said = Said::Nothing;
    for operation in operations {
        match asked(http, token, operation).await {
            Said::LetIn => return Said::LetIn,
            Said::Nothing => return Said::Nothing,
            Said::Refused => said = Said::Refused,
        }
    }
    said
}

async fn asked(http: &Http, token: &SecretString, operation: &Operation) -> Said {
    let draft = fill::harmless(operation, &mut StdRng::seed_from_u64(1)).bearer(token);
    let Ok(request) = draft.request() else {
        return Said::Nothing;
    };
    match http.send(request).await.map(|answer| answer.status.as_u16()) {
        Ok(403) => Said::Refused,
        // A lost session, a limited rate and a server in trouble say nothing of permissions.
        Ok(401 | 429 | 500..) | Err(_) => Said::Nothing,
        Ok(_) => Said::LetIn,
    }
}
