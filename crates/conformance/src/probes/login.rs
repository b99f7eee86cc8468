//! `authenticate`: its documented codes and the shape of its answer.

use crate::behaviour::username::wrong_name;
use futures_util::future::{BoxFuture, FutureExt as _};
use http::header::AUTHORIZATION;
use proofload_contract::Source::Convention;
use proofload_contract::{Operation, Source};
use proofload_probing::context::Context;
use proofload_probing::context::logins;
use proofload_probing::findings::{Clause, Finding, Stop};
use proofload_probing::messages::{Exchange, HeaderLine};
use proofload_probing::probe::{Probe, Subject};
use rand::RngExt as _;
use secrecy::SecretString;
use serde_json::Value;

pub(super) fn all() -> Vec<Box<dyn Probe>> {
    vec![
        Box::new(Login),
        Box::new(Anonymous),
        Box::new(Refused {
            clause: Clause::new(
                "wrong-password",
                Source::Seed,
                "A login with a wrong password is refused with 400 and gives no token.",
            ),
            credentials: |context, random| (context.main().username.clone(), random),
            needs_account: true,
        }),
        Box::new(Refused {
            clause: Clause::new(
                "unknown-user",
                Source::Seed,
                "A login of an unknown user is refused with 400 and gives no token.",
            ),
            credentials: |_, random| (format!("proofload-{random}"), random),
            needs_account: false,
        }),
    ]
}

/// Each account logs in.
struct Login;

impl Probe for Login {
    fn clause(&self) -> Clause {
        Clause::new(
            "login",
            Source::Seed,
            "A login with the right user name and password is answered 200 with JSON that holds username and token.",
        )
    }

    fn fits(&self, operation: &Operation) -> bool {
        operation.id == "authenticate"
    }

    fn per_account(&self) -> bool {
        true
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let account = subject.account.unwrap_or_else(|| context.main());
            let draft = logins::request(&context.contract, &account.username, &account.password);
            let exchange = context.send(draft).await?;
            let undocumented = matches!(exchange.status(), 401 | 403);
            let finding = granted(context, exchange, &account.username);
            Ok(if undocumented {
                finding.note(
                    "documented for wrong credentials is 400, so that this is wrong whether they are right or not",
                )
            } else {
                finding
            })
        }
        .boxed()
    }
}

/// Judges an answer of `authenticate` or `renewToken`: 200 with `username`, in any case the caller's, and `token`.
pub(super) fn granted(context: &Context, exchange: Exchange, username: &str) -> Finding {
    let expected = "200 with username and token";
    if exchange.status() != 200 {
        return Finding::judge(exchange, false, expected);
    }
    let body = exchange.json().unwrap_or_default();
    let member = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let token = member("token");
    if !token.is_empty() {
        context.keep_secret(token);
    }
    let sent_as = exchange.media_type();
    let wrong = if !body.is_object() {
        let compressed = exchange.is_compressed();
        Some(
            if compressed {
                "a compressed body"
            } else {
                "no JSON object"
            }
            .to_owned(),
        )
    } else if !(sent_as.is_empty() || sent_as.ends_with("json")) {
        Some(format!(
            "JSON that is sent as {}",
            proofload_results::text::line(&sent_as)
        ))
    } else if token.is_empty() {
        Some("no token".to_owned())
    } else {
        wrong_name(&body, username).map(str::to_owned)
    };
    let observed = match &wrong {
        Some(wrong) => format!("200 with {wrong}"),
        None => exchange.observed(),
    };
    Finding::judge(exchange, wrong.is_none(), expected).observed(observed)
}

/// A login that must be refused.
struct Refused {
    clause: Clause,
    credentials: fn(&Context, String) -> (String, String),
    needs_account: bool,
}

impl Probe for Refused {
    fn clause(&self) -> Clause {
        self.clause
    }

    fn fits(&self, operation: &Operation) -> bool {
        operation.id == "authenticate"
    }

    fn needs_account(&self) -> bool {
        self.needs_account
    }

    fn run<'a>(&'a self, context: &'a Context, _: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let random = format!("{:016x}", context.random(self.clause.name).random::<u64>());
            let (username, password) = (self.credentials)(context, random);
            // Made up, and so no secret: whoever repeats it needs it.
            let draft = logins::request(&context.contract, &username, &SecretString::from(password));
            let exchange = context.send(draft).await?;
            let status = exchange.status();
            let body = exchange.json().unwrap_or_default();
            let token = body.get("token").and_then(Value::as_str).unwrap_or_default();
            if !token.is_empty() {
                context.keep_secret(token);
            }
            let observed = if token.is_empty() {
                exchange.observed()
            } else {
                format!("{} with a token", exchange.observed())
            };
            Ok(Finding::judge(exchange, status == 400 && token.is_empty(), "400 without a token").observed(observed))
        }
        .boxed()
    }
}

/// A login needs no token, and a bad one does it no harm.
struct Anonymous;

impl Probe for Anonymous {
    fn clause(&self) -> Clause {
        Clause::new(
            "anonymous",
            Convention,
            "A login succeeds whatever the Authorization header holds: it is anonymous.",
        )
    }

    fn fits(&self, operation: &Operation) -> bool {
        operation.id == "authenticate"
    }

    fn run<'a>(&'a self, context: &'a Context, _: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let main = context.main();
            let draft = logins::request(&context.contract, &main.username, &main.password);
            let draft = draft.header(HeaderLine::plain(AUTHORIZATION, "Bearer garbage"));
            let exchange = context.send(draft).await?;
            Ok(granted(context, exchange, &main.username))
        }
        .boxed()
    }
}
