//! Goose as most people run it: one transaction again and again, no wait, its own client for each user, its own metrics.
//!
//! `proofload-bench-goose URL SECONDS USERS TOKEN [BODY_FILE]` renews a token, or publishes the file, and prints
//! `{"requests":N,"failed":N}` as one line.

use bytes::Bytes;
use goose::config::GooseConfiguration;
use goose::prelude::*;
use std::sync::Arc;

type Failed = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failed> {
    let args: Vec<String> = std::env::args().collect();
    let [_, url, seconds, users, token, body @ ..] = args.as_slice() else {
        return Err("usage: proofload-bench-goose URL SECONDS USERS TOKEN [BODY_FILE]".into());
    };
    let body = body.first().map(std::fs::read).transpose()?.map(Bytes::from);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let metrics = runtime.block_on(attack(url, seconds, users, token, body))?;
    let count = |of: fn(&goose::metrics::GooseRequestMetricAggregate) -> usize| {
        metrics.requests.values().map(of).sum::<usize>()
    };
    let requests = count(|request| request.success_count + request.fail_count);
    say(&format!(
        "{}",
        serde_json::json!({ "requests": requests, "failed": count(|request| request.fail_count) })
    ));
    Ok(())
}

async fn attack(
    url: &str,
    seconds: &str,
    users: &str,
    token: &str,
    body: Option<Bytes>,
) -> Result<GooseMetrics, Failed> {
    let token: Arc<str> = token.into();
    let call: TransactionFunction = Arc::new(move |user| {
        let (token, body) = (token.clone(), body.clone());
        Box::pin(async move {
            let (method, path) = match &body {
                None => (GooseMethod::Get, "api/v1/renewToken"),
                Some(_) => (GooseMethod::Post, "api/v1/faceEdge/publish"),
            };
            let mut request = user.get_request_builder(&method, path)?.bearer_auth(token);
            if let Some(body) = body {
                request = request.header("content-type", "application/json").body(body);
            }
            let request = GooseRequest::builder()
                .name(path)
                .method(method)
                .set_request_builder(request)
                .build();
            let answer = user.request(request).await?;
            // Whoever measures answers reads them.
            if let Ok(response) = answer.response {
                let _ = response.bytes().await;
            }
            Ok(())
        })
    });
    let configuration = GooseConfiguration::parse_args_default(&[
        "--host",
        url,
        "--users",
        users,
        "--increase-rate",
        "1000000",
        "--run-time",
        seconds,
        "--accept-invalid-certs",
        "--no-print-metrics",
        "--no-telnet",
        "--quiet",
    ])?;
    let scenario = scenario!("peer").register_transaction(Transaction::new(call));
    let attack = GooseAttack::initialize_with_config(configuration)?.register_scenario(scenario);
    Ok(Box::pin(attack.execute()).await?)
}

#[expect(clippy::print_stdout, reason = "the count on stdout is what the script reads")]
fn say(line: &str) {
    println!("{line}");
}
