//! Chromium by its `DevTools` protocol, as far as the tests need it: commands, their answers, and what happened meanwhile.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_tungstenite::connect_async_with_config;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// Longer than anything takes, even where several builds share the processor.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// What Chromium says when it listens.
const LISTENING: &str = "DevTools listening on ";
/// Quiet, alone, and the same on every machine.
const FLAGS: [&str; 20] = [
    "--headless",
    // Nothing but our own files is opened, and the sandbox does not start for root or in containers.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--lang=en_US",
    "--mute-audio",
    "--no-first-run",
    "--password-store=basic",
    "--use-mock-keychain",
];

/// Who waits for the answer to a command, by its number.
type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Value>>>>;

/// A browser with one tab.
pub(crate) struct Devtools {
    process: Child,
    commands: mpsc::UnboundedSender<Message>,
    next: AtomicU64,
    waiting: Waiting,
    events: Arc<Mutex<Vec<Value>>>,
    tab: String,
    _tasks: JoinSet<()>,
}

impl Devtools {
    /// Starts a browser whose profile is in `folder`, and opens an empty tab.
    pub(crate) async fn launch(executable: &Path, folder: &Path) -> Self {
        let mut process = Command::new(executable)
            .args(FLAGS)
            .arg("--remote-debugging-port=0")
            .arg(format!("--user-data-dir={}", folder.display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Chromium starts");
        let mut tasks = JoinSet::new();
        let said = BufReader::new(process.stderr.take().expect("piped")).lines();
        let address = tokio::time::timeout(PATIENCE, listening(said, &mut tasks));
        let address = address.await.expect("Chromium listens in time");
        // A page on paper is larger than what a message usually may be.
        let sizes = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let connected = connect_async_with_config(&address, Some(sizes), true).await;
        let (mut sink, mut stream) = connected.expect("Chromium takes the connection").0.split();
        let (commands, mut to_send) = mpsc::unbounded_channel();
        tasks.spawn(async move {
            while let Some(message) = to_send.recv().await {
                if sink.send(message).await.is_err() {
                    return;
                }
            }
        });
        let (waiting, events) = (Waiting::default(), Arc::new(Mutex::new(Vec::new())));
        let (answers, heard) = (Arc::clone(&waiting), Arc::clone(&events));
        tasks.spawn(async move {
            while let Some(Ok(message)) = stream.next().await {
                if let Message::Text(text) = message {
                    take(serde_json::from_str(&text).expect("JSON"), &answers, &heard);
                }
            }
            // Whoever waits hears that nothing comes any more.
            answers.lock().expect("nobody panicked").clear();
        });
        let mut browser = Self {
            process,
            commands,
            next: AtomicU64::new(1),
            waiting,
            events,
            tab: String::new(),
            _tasks: tasks,
        };
        browser.attach().await;
        browser
    }

    async fn attach(&mut self) {
        let tab = self.call("Target.createTarget", json!({"url": "about:blank"})).await;
        let named = json!({"targetId": tab["targetId"], "flatten": true});
        let session = self.call("Target.attachToTarget", named).await;
        session["sessionId"]
            .as_str()
            .expect("a session")
            .clone_into(&mut self.tab);
    }

    /// Makes a command, of the tab once there is one, and gives its result.
    pub(crate) async fn call(&self, method: &str, params: Value) -> Value {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut command = json!({"id": id, "method": method, "params": params});
        if !self.tab.is_empty() && !method.starts_with("Browser.") {
            command["sessionId"] = json!(self.tab);
        }
        let (answer, answered) = oneshot::channel();
        self.waiting.lock().expect("nobody panicked").insert(id, answer);
        let text = Message::text(command.to_string());
        self.commands.send(text).expect("the connection stands");
        let answer = tokio::time::timeout(PATIENCE, answered).await;
        let answer = answer.unwrap_or_else(|_| panic!("no answer in time: {command}"));
        let mut answer = answer.unwrap_or_else(|_| panic!("Chromium went away: {command}"));
        assert!(answer["error"].is_null(), "{command}: {}", answer["error"]);
        answer["result"].take()
    }

    /// What happened since this was asked last: `method` and `params` of each event, in order.
    pub(crate) fn events(&self) -> Vec<Value> {
        std::mem::take(&mut self.events.lock().expect("nobody panicked"))
    }

    /// Ends the browser.
    pub(crate) async fn close(mut self) {
        self.call("Browser.close", json!({})).await;
        self.process.wait().await.expect("Chromium has ended");
    }
}

/// Where Chromium listens, by what it says; the rest of what it says is read and left alone.
async fn listening(
    mut said: tokio::io::Lines<BufReader<tokio::process::ChildStderr>>,
    tasks: &mut JoinSet<()>,
) -> String {
    let mut all = String::new();
    while let Some(line) = said.next_line().await.expect("text") {
        if let Some(address) = line.strip_prefix(LISTENING) {
            let address = address.trim().to_owned();
            tasks.spawn(async move { while let Ok(Some(_)) = said.next_line().await {} });
            return address;
        }
        all.push_str(&line);
        all.push('\n');
    }
    panic!("Chromium ended:\n{all}")
}

fn take(message: Value, waiting: &Waiting, events: &Mutex<Vec<Value>>) {
    match message["id"].as_u64() {
        Some(id) => {
            let waits = waiting.lock().expect("nobody panicked").remove(&id);
            // Who waited may have given up.
            let _ = waits.map(|waits| waits.send(message));
        }
        None => events.lock().expect("nobody panicked").push(message),
    }
}
