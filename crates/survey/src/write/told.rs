//! What a person is told of a configuration that was written.

use super::configuration::{Place, Plan};
use crate::site::Schema;
use chrono::Utc;
use proofload_deployment::DEFAULT_FILE;
use proofload_results::text;
use std::fmt::Write as _;
use std::path::Path;

/// What was found and written into `file`, and what to do next.
pub fn told(plan: &Plan, schema: Schema, file: &Path) -> String {
    let mut text = format!("{} is {}\n", plan.name, plan.base);
    if let Some(certificate) = &plan.certificate {
        let until = certificate.not_after.format("%Y-%m-%d");
        let valid = if certificate.days_left(Utc::now()) < 0 {
            format!("expired on {until}")
        } else {
            format!("valid until {until}")
        };
        let _ = writeln!(text, "  certificate  {valid}, key {}", certificate.pin);
    }
    if let Schema::On { paths } = schema {
        let _ = writeln!(text, "  schema       {paths} paths at swagger/v1/swagger.json");
    }
    let mut variables = Vec::new();
    for account in &plan.accounts {
        let held = match (account.holdings.holds.as_slice(), account.holdings.lacks.len()) {
            ([], _) => "no permission".to_owned(),
            (_, 0) => "every permission".to_owned(),
            (held, _) => held.join(", "),
        };
        let _ = writeln!(text, "  account      {}: {held}", account.username);
        if let Place::Env(name) = &account.password {
            variables.push((name.clone(), &account.username));
        }
    }
    variables.extend(
        plan.reach
            .variables(&plan.name)
            .map(|(header, variable)| (variable, header)),
    );
    let _ = writeln!(text, "\nwritten: {}", file.display());
    if !variables.is_empty() {
        text.push_str("\nIt takes what is secret from the environment. In bash:\n");
        for (name, _) in &variables {
            let _ = writeln!(text, "  read -rsp '{name}: ' {name} && export {name}");
        }
        text.push_str("in PowerShell:\n");
        for (name, username) in &variables {
            let _ = writeln!(
                text,
                "  $env:{name} = (Get-Credential -UserName '{}' -Message proofload).GetNetworkCredential().Password",
                username.replace('\'', "''")
            );
        }
    }
    let options: Vec<String> = plan.reach.options.iter().map(|option| format!(" {option}")).collect();
    let options = options.concat();
    let config = if file == Path::new(DEFAULT_FILE) {
        String::new()
    } else {
        format!(" --config {}", file.display())
    };
    let _ = write!(
        text,
        "\nnext: proofload doctor{config} --target {0}{options}\n      proofload validate{config} --target {0}{options}\n",
        plan.name
    );
    text::block(&text)
}
