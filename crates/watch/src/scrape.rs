//! One endpoint, looked at again and again: bounded in time and size, whatever it answers.

use crate::change::Change;
use crate::expression::Own;
use crate::known;
use crate::reading::{MOST_SERIES, Reading};
use crate::text::Page;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderValue, Request, StatusCode};
use proofload_deployment::client::{Answer, Http, Limits};
use proofload_deployment::{Credentials, Exporter, Target, Way};
use proofload_results::watched::SeriesName;
use secrecy::ExposeSecret;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// An endpoint that has not answered by then has not.
const PATIENCE: Duration = Duration::from_secs(3);
/// No page is longer, in bytes: the longest known ones have a tenth of it.
const MOST_BYTES: usize = 8 << 20;
/// An endpoint whose page is longer is left alone for so long.
const TOO_LONG: Duration = Duration::from_secs(30);
/// A page with fewer samples for each line that is nothing is no page of figures.
const SAMPLES_A_MALFORMED: u64 = 9;

/// What we take.
const TAKEN: &str = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=1,*/*;q=0.1";

fn too_long() -> String {
    format!(
        "its page is longer than {} MB: it is asked again every {} s",
        MOST_BYTES >> 20,
        TOO_LONG.as_secs()
    )
}

/// An endpoint that is looked at.
pub(crate) struct Endpoint {
    pub(crate) name: String,
    pub(crate) url: String,
    path: String,
    http: Http,
    authorization: Option<HeaderValue>,
    own: Vec<Own>,
    before: Option<(Page, Instant)>,
    admitted: BTreeSet<SeriesName>,
    /// Until then it is left alone.
    rests_until: Option<Instant>,
}

/// What a look gave.
pub(crate) struct Seen {
    /// Between asking and answering.
    pub(crate) at: Instant,
    pub(crate) took: Duration,
    /// The series, or why there are none, in a few words.
    pub(crate) found: Result<Reading, String>,
}

/// Why an endpoint cannot be looked at at all.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the exporter {name} cannot be watched: {why}")]
pub struct WatchError {
    /// The exporter.
    pub name: String,
    /// Why.
    pub why: String,
}

impl Endpoint {
    pub(crate) fn new(exporter: &Exporter, own: &[Own]) -> Result<Self, WatchError> {
        let wrong = |why: String| WatchError {
            name: exporter.name.clone(),
            why,
        };
        let target = Target {
            name: exporter.name.clone(),
            base: exporter.base.clone(),
            trust: exporter.trust.clone(),
            way: Way::default(),
            accounts: Vec::new(),
            allow: std::iter::empty().collect(),
            signing_key: None,
            embedded: false,
        };
        let limits = Limits {
            timeout: PATIENCE,
            body_bytes: MOST_BYTES,
        };
        let http = Http::new(&target, limits).map_err(|error| wrong(error.to_string()))?;
        let mut series = own.to_vec();
        for (name, expression) in &exporter.series {
            series.push(Own::named(name, expression).map_err(|why| wrong(format!("the series {name:?}: {why}")))?);
        }
        Ok(Self {
            name: exporter.name.clone(),
            url: exporter.url(),
            path: exporter.path.clone(),
            authorization: authorization(&exporter.credentials)
                .map_err(|()| wrong("its token or password holds what no header takes".to_owned()))?,
            http,
            own: series,
            before: None,
            admitted: BTreeSet::new(),
            rests_until: None,
        })
    }

    /// Looks once; while it is left alone, only says why.
    pub(crate) async fn look(&mut self) -> Seen {
        let began = Instant::now();
        if self.rests_until.is_some_and(|until| began < until) {
            return Seen {
                at: began,
                took: Duration::ZERO,
                found: Err(too_long()),
            };
        }
        let answer = self.ask().await;
        let took = began.elapsed();
        let at = began + took / 2;
        let found = answer.and_then(|answer| self.read(&answer, at));
        if found.is_err() {
            // What comes next may be another process: it has no past.
            self.before = None;
        }
        Seen { at, took, found }
    }

    async fn ask(&self) -> Result<Answer, String> {
        let mut request = Request::get(&self.path).header(ACCEPT, TAKEN);
        if let Some(value) = &self.authorization {
            request = request.header(AUTHORIZATION, value);
        }
        let request = request.body(Bytes::new()).map_err(|error| error.to_string())?;
        // It has a bound of its own; this one is for whatever that may overlook, a second request on a new connection, say.
        match tokio::time::timeout(PATIENCE, self.http.send(request)).await {
            Ok(answer) => answer.map_err(|error| in_short(&error.to_string())),
            Err(_) => Err(format!("no whole answer within {} s", PATIENCE.as_secs())),
        }
    }

    fn read(&mut self, answer: &Answer, at: Instant) -> Result<Reading, String> {
        refused(answer)?;
        if answer.truncated {
            self.rests_until = Some(Instant::now() + TOO_LONG);
            return Err(too_long());
        }
        let text = String::from_utf8_lossy(&answer.body);
        let own = &self.own;
        let page = Page::read(&text, |family| {
            known::is_wanted(family) || own.iter().any(|own| own.is_of(family))
        });
        if page.samples == 0 || page.malformed * SAMPLES_A_MALFORMED > page.samples {
            return Err(format!(
                "it answers no figures: {} samples, and {} lines that are none",
                page.samples, page.malformed
            ));
        }
        let (before, since) = self.before.as_ref().map(|(page, at)| (page, *at)).unzip();
        let length = since.map_or(Duration::ZERO, |since| at.saturating_duration_since(since));
        let change = Change::new(before, &page, length.as_secs_f64());
        let mut reading = Reading::default();
        known::read(&change, &mut reading);
        for own in &self.own {
            if let Some(figure) = own.figure(&change) {
                reading.add_named(SeriesName::own(&own.name), figure, None);
            }
        }
        self.admit(&mut reading);
        self.before = Some((page, at));
        Ok(reading)
    }

    /// Leaves out what is too many; a series that was taken once is taken always.
    fn admit(&mut self, reading: &mut Reading) {
        let own = |name: &SeriesName| name.kind().id == proofload_results::watched::OWN;
        reading.values.retain(|name, _| {
            let room = self.admitted.len() < MOST_SERIES || own(name);
            self.admitted.contains(name) || (room && self.admitted.insert(name.clone()))
        });
        reading.limits.retain(|name, _| reading.values.contains_key(name));
    }
}

/// What went wrong, without the advice that is for whoever tests a deployment.
fn in_short(why: &str) -> String {
    why.split_once("; ").map_or(why, |(what, _)| what).to_owned()
}

/// Why an answer holds no figures, by its status and kind.
fn refused(answer: &Answer) -> Result<(), String> {
    let status = answer.status;
    let why = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            "it wants credentials, or others: they go into [[targets.NAME.watch]] of the configuration"
        }
        _ if status.is_redirection() => "redirects are not followed: name the place that it points to",
        StatusCode::NOT_FOUND => "there is nothing at this path",
        StatusCode::OK if answer.is_html() => "a web page, and no figures",
        StatusCode::OK if answer.media_type().contains("protobuf") => "a binary format that nobody asked for",
        StatusCode::OK => return Ok(()),
        _ => "no figures",
    };
    Err(format!("it answers {}: {why}", status.as_u16()))
}

fn authorization(credentials: &Credentials) -> Result<Option<HeaderValue>, ()> {
    let text = match credentials {
        Credentials::None => return Ok(None),
        Credentials::Bearer(token) => format!("Bearer {}", token.expose_secret()),
        Credentials::Basic(name, password) => {
            let pair = format!("{name}:{}", password.expose_secret());
            format!("Basic {}", STANDARD.encode(pair))
        }
    };
    let mut value = HeaderValue::from_str(&text).map_err(|_| ())?;
    value.set_sensitive(true);
    Ok(Some(value))
}
