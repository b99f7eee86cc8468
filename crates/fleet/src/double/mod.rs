//! A double of the API server, which answers as a Kubernetes 1.36 with two nodes did: its answers were recorded there, and lie in
//! `answers/` without what nobody reads. What happens when is the tests' own.

mod tests;

use crate::{Access, Cluster};
use parking_lot::Mutex;
use proofload_results::examples::load_record;
use proofload_results::record::stream::{StreamWriter, Wait};
use proofload_results::record::{RecordReader, RunStatus};
use serde_json::{Value, json};
use std::sync::Arc;
use wiremock::matchers::any;
use wiremock::{Match, Mock, MockServer, Request, Respond, ResponseTemplate};

/// The name of the fleet that was recorded.
pub(crate) const NAME: &str = "pl-rec";

/// What befalls the recorded fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing.
    Goes,
    /// The first shard is killed with -9 once the load has begun.
    Killed,
    /// Nobody may create anything but Jobs.
    NoSecrets,
    /// Nobody may create anything.
    Forbidden,
    /// The namespace is not there.
    NoNamespace,
    /// The manifest has a field that is none.
    Strict,
    /// The server is of an older version.
    Old,
}

/// The server and what was asked of it.
pub(crate) struct Double {
    server: MockServer,
    state: Arc<Mutex<State>>,
}

struct State {
    fate: Fate,
    /// Shards that were told when to begin, or to stop: what each was told last.
    told: Vec<(String, String)>,
    /// Each request: its method and path, and its body.
    asked: Vec<(String, String)>,
    streams: [Vec<String>; 2],
}

struct Answers(Arc<Mutex<State>>);

/// Nothing is matched by wiremock: what is answered depends on what was asked before.
struct Everything;

impl Match for Everything {
    fn matches(&self, _: &Request) -> bool {
        true
    }
}

impl Double {
    pub(crate) async fn of(fate: Fate) -> Self {
        let state = Arc::new(Mutex::new(State {
            fate,
            told: Vec::new(),
            asked: Vec::new(),
            streams: [stream("1/2"), stream("2/2")],
        }));
        let server = MockServer::start().await;
        let answers = Answers(state.clone());
        Mock::given(any())
            .and(Everything)
            .respond_with(answers)
            .mount(&server)
            .await;
        Self { server, state }
    }

    /// A client of it, made from a kubeconfig as people have one.
    pub(crate) async fn cluster(&self) -> Cluster {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: one\ncontexts: [{{name: one, context: {{cluster: c, user: u, namespace: loadtest}}}}]\n\
             clusters: [{{name: c, cluster: {{server: '{}'}}}}]\nusers: [{{name: u, user: {{token: hush-token}}}}]\n",
            self.server.uri()
        );
        std::fs::write(&path, text).unwrap();
        let access = Access {
            kubeconfig: Some(path),
            ..Access::default()
        };
        access.open().await.unwrap()
    }

    /// Method and path of every request, without what was only looked at.
    pub(crate) fn changes(&self) -> Vec<String> {
        let state = self.state.lock();
        let asked = state.asked.iter().map(|(line, _)| line.clone());
        asked.filter(|line| !line.starts_with("GET")).collect()
    }

    /// The bodies of requests whose line begins so.
    pub(crate) fn bodies(&self, line: &str) -> Vec<String> {
        let state = self.state.lock();
        let asked = state.asked.iter().filter(|(asked, _)| asked.starts_with(line));
        asked.map(|(_, body)| body.clone()).collect()
    }

    /// What the shards were told.
    pub(crate) fn told(&self) -> Vec<String> {
        self.state.lock().told.iter().map(|(_, word)| word.clone()).collect()
    }
}

impl Respond for Answers {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.0.lock();
        let (method, path) = (request.method.as_str(), request.url.path().to_owned());
        let body = String::from_utf8_lossy(&request.body).into_owned();
        state.asked.push((format!("{method} {path}"), body.clone()));
        state.answer(method, &path, &body)
    }
}

impl State {
    fn answer(&mut self, method: &str, path: &str, body: &str) -> ResponseTemplate {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let fate = self.fate;
        match (method, parts.as_slice()) {
            ("GET", ["version"]) if fate == Fate::Old => {
                let mut version = read(include_str!("answers/version.json"));
                version["minor"] = Value::from("28");
                json(200, &version)
            }
            ("GET", ["version"]) => recorded(200, include_str!("answers/version.json")),
            ("POST", _) if fate == Fate::Forbidden => recorded(403, include_str!("answers/forbidden.json")),
            ("POST", _) if fate == Fate::NoNamespace => recorded(404, include_str!("answers/no-namespace.json")),
            ("POST", _) if fate == Fate::Strict => recorded(400, include_str!("answers/strict.json")),
            ("POST", [.., "secrets"]) if fate == Fate::NoSecrets => {
                let forbidden = include_str!("answers/forbidden.json").replace("jobs", "secrets");
                recorded(403, &forbidden)
            }
            ("POST", [.., "jobs"]) | ("PATCH" | "DELETE", [.., "jobs", _]) | ("GET", [.., "jobs", NAME]) => self.job(),
            ("POST", _) => recorded(201, body),
            ("GET", [.., "pods"]) if self.is_killed() => recorded(200, include_str!("answers/pods-killed.json")),
            ("GET", [.., "pods"]) => recorded(200, include_str!("answers/pods-running.json")),
            ("GET", [.., "pods", pod, "log"]) => self.log(pod),
            ("PATCH", [.., "pods", pod]) => self.tell(pod, body),
            ("GET", [.., "events"]) => json(
                200,
                &json!({"kind": "EventList", "apiVersion": "v1", "metadata": {}, "items": []}),
            ),
            _ => recorded(404, include_str!("answers/missing.json")),
        }
    }

    fn is_killed(&self) -> bool {
        self.fate == Fate::Killed && self.told.len() >= 2
    }

    fn job(&self) -> ResponseTemplate {
        let job = if self.is_killed() {
            include_str!("answers/job-killed.json")
        } else {
            include_str!("answers/job-running.json")
        };
        recorded(200, job)
    }

    fn tell(&mut self, pod: &str, body: &str) -> ResponseTemplate {
        let word = read(body)["metadata"]["annotations"][crate::START_AT]
            .as_str()
            .unwrap()
            .to_owned();
        self.told.push((pod.to_owned(), word));
        json(
            200,
            &json!({"apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": {"name": pod}}),
        )
    }

    /// A shard waits until it is told; then it says all there is to say. One that is killed says less.
    fn log(&self, pod: &str) -> ResponseTemplate {
        let shard = usize::from(pod.starts_with("pl-rec-1"));
        let stream = &self.streams[shard];
        let lines = match self.told.len() {
            0 | 1 => 2,
            _ if self.is_killed() && shard == 0 => stream.len() - 2,
            _ => stream.len(),
        };
        let text = stream[..lines]
            .iter()
            .fold(String::new(), |text, line| text + line + "\n");
        ResponseTemplate::new(200).set_body_raw(text, "text/plain")
    }
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn recorded(status: u16, text: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(text.as_bytes().to_vec(), "application/json")
}

fn json(status: u16, value: &Value) -> ResponseTemplate {
    recorded(status, &value.to_string())
}

/// The log of a shard: a word of the program, and the stream of a made-up run.
fn stream(shard: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("run");
    load_record::write_record(&folder, 5).unwrap();
    let record = RecordReader::open(&folder).unwrap();
    let mut run = record.run.clone();
    run.shard = shard.to_owned();
    let mut out = b"metrics at http://0.0.0.0:9464/metrics\n".to_vec();
    let mut writer = StreamWriter::new(&mut out);
    writer
        .wait(&Wait {
            shard: shard.to_owned(),
            now: "2026-11-29T11:44:43.538294047Z".to_owned(),
            now_unix_ns: 1_795_952_683_538_294_047,
            scenario_digest: None,
            clock: None,
        })
        .unwrap();
    run.status = RunStatus::Running;
    run.result = None;
    writer.run(&run).unwrap();
    for second in record.seconds().unwrap() {
        writer.second(&second.unwrap()).unwrap();
    }
    run.status = RunStatus::Complete;
    run.result.clone_from(&record.run.result);
    writer.end(&run).unwrap();
    String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
}
