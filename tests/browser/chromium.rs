//! Headless Chromium without a network, and what a page did in it.

use crate::devtools::{Devtools, PATIENCE};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use tempfile::TempDir;
use tokio::sync::{Mutex as Turn, MutexGuard};

/// One browser at a time: a small machine has memory for it.
static TURN: Turn<()> = Turn::const_new(());

/// How a page is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    pub(crate) width: i64,
    pub(crate) height: i64,
    pub(crate) dark: bool,
    pub(crate) paper: bool,
}

impl View {
    pub(crate) const DESK: Self = Self {
        width: 1280,
        height: 900,
        dark: false,
        paper: false,
    };
    pub(crate) const NIGHT: Self = Self {
        dark: true,
        ..Self::DESK
    };
    pub(crate) const PHONE: Self = Self {
        width: 390,
        height: 844,
        ..Self::DESK
    };
}

/// A page opened from disk, or from a server on this machine.
pub(crate) struct Opened {
    browser: Devtools,
    heard: Mutex<Vec<String>>,
    /// Where it came from, where that is a server.
    server: Option<String>,
    folder: TempDir,
    _turn: MutexGuard<'static, ()>,
}

/// Opens a page from disk, with the network off, and waits until it is there.
pub(crate) async fn open(html: &str, view: View) -> Opened {
    let opened = Opened::empty(view).await;
    let file = opened.folder.path().join("report.html");
    fs::write(&file, html).expect("written");
    opened.switch_off_the_network().await;
    let address = url::Url::from_file_path(&file).expect("an absolute path").to_string();
    opened.go(&address).await;
    opened
}

/// Opens the page of a server on this machine.
#[cfg(unix)]
pub(crate) async fn visit(address: &str, view: View) -> Opened {
    let opened = Opened {
        server: Some(address.to_owned()),
        ..Opened::empty(view).await
    };
    opened.go(address).await;
    opened
}

/// What an event says that should not be: errors, and requests for anything but the file itself, or what its server has.
fn complaint(event: &Value, server: Option<&str>) -> Option<String> {
    let params = &event["params"];
    let is_grave = |level: &Value| matches!(level.as_str(), Some("error" | "warning"));
    match event["method"].as_str()? {
        "Log.entryAdded" => is_grave(&params["entry"]["level"]).then(|| format!("log: {}", params["entry"]["text"])),
        "Runtime.exceptionThrown" => Some(format!("exception: {}", params["exceptionDetails"])),
        "Runtime.consoleAPICalled" => is_grave(&params["type"]).then(|| format!("console: {}", params["args"])),
        "Network.requestWillBeSent" => {
            let url = params["request"]["url"].as_str().unwrap_or_default();
            let url = url.split('#').next().unwrap_or_default();
            let is_own = match server {
                Some(server) => url == server || url == format!("{server}events"),
                None => url.starts_with("file:") && url.ends_with("/report.html"),
            };
            (!is_own).then(|| format!("request: {url}"))
        }
        _ => None,
    }
}

impl Opened {
    /// A browser that shows nothing yet.
    async fn empty(view: View) -> Self {
        let turn = TURN.lock().await;
        let folder = tempfile::tempdir().expect("a directory");
        let browser = Devtools::launch(&executable(), &folder.path().join("profile")).await;
        for domain in ["Page", "Log", "Runtime", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({})).await;
        }
        let opened = Self {
            browser,
            heard: Mutex::default(),
            server: None,
            folder,
            _turn: turn,
        };
        opened.view(view).await;
        opened
    }

    async fn go(&self, address: &str) {
        let gone = self.browser.call("Page.navigate", json!({"url": address})).await;
        assert!(gone["errorText"].is_null(), "{gone}");
        let scheme = address.split(':').next().expect("a scheme");
        self.until(&format!(
            "location.protocol === '{scheme}:' && document.readyState === 'complete'"
        ))
        .await;
    }

    /// What the page complained about or asked for, up to now.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        // The browser tells everything in order: with the answers to these, all that came before has arrived.
        for _ in 0..2 {
            self.value::<bool>("true").await;
        }
        let mut heard = self.heard.lock().expect("nobody panicked");
        let complaint = |event: &Value| complaint(event, self.server.as_deref());
        heard.extend(self.browser.events().iter().filter_map(complaint));
        heard.clone()
    }

    /// Ends the browser; the page must not have complained.
    pub(crate) async fn close(self) {
        assert_eq!(self.complaints().await, Vec::<String>::new());
        self.end().await;
    }

    /// Ends the browser.
    pub(crate) async fn end(self) {
        self.browser.close().await;
    }

    async fn switch_off_the_network(&self) {
        let nothing = json!({"urlPattern": "", "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0});
        let offline = json!({"offline": true, "matchedNetworkConditions": [nothing]});
        self.browser
            .call("Network.emulateNetworkConditionsByRule", offline)
            .await;
    }

    /// Looks at the page in another way.
    pub(crate) async fn view(&self, view: View) {
        let metrics =
            json!({"width": view.width, "height": view.height, "deviceScaleFactor": 1, "mobile": view.width < 600});
        self.browser.call("Emulation.setDeviceMetricsOverride", metrics).await;
        let scheme = if view.dark { "dark" } else { "light" };
        let media = json!({
            "media": if view.paper { "print" } else { "" },
            "features": [{"name": "prefers-color-scheme", "value": scheme}],
        });
        self.browser.call("Emulation.setEmulatedMedia", media).await;
    }

    /// The value of an expression; a promise is waited for.
    pub(crate) async fn value<T: DeserializeOwned>(&self, expression: &str) -> T {
        let evaluate = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let evaluated = tokio::time::timeout(PATIENCE, self.browser.call("Runtime.evaluate", evaluate));
        let mut evaluated = evaluated
            .await
            .unwrap_or_else(|_| panic!("this never came true: {expression}"));
        let thrown = &evaluated["exceptionDetails"];
        assert!(thrown.is_null(), "{expression}: {thrown}");
        serde_json::from_value(evaluated["result"]["value"].take())
            .unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// Does something in the page.
    pub(crate) async fn run(&self, statements: &str) {
        let done: bool = self.value(&format!("{{ {statements} }}; true")).await;
        assert!(done);
    }

    /// Waits until an expression is true.
    pub(crate) async fn until(&self, condition: &str) {
        let promise = format!(
            "new Promise((done) => {{ const look = () => ({condition}) ? done(true) : setTimeout(look, 20); look(); }})"
        );
        assert!(self.value::<bool>(&promise).await);
    }

    /// The middle of an element, scrolled to where it can be seen.
    async fn middle(&self, selector: &str, across: f64) -> [f64; 2] {
        self.value(&format!(
            "(() => {{ const element = document.querySelector({selector:?}); element.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
             const box = element.getBoundingClientRect(); return [box.x + box.width * {across}, box.y + box.height / 2]; }})()"
        ))
        .await
    }

    async fn mouse(&self, kind: &str, [x, y]: [f64; 2]) {
        let button = if kind == "mouseMoved" { "none" } else { "left" };
        let event = json!({"type": kind, "x": x, "y": y, "button": button, "clickCount": 1});
        self.browser.call("Input.dispatchMouseEvent", event).await;
    }

    /// Moves the mouse over an element, at a share of its width.
    pub(crate) async fn point_at(&self, selector: &str, across: f64) {
        let point = self.middle(selector, across).await;
        self.mouse("mouseMoved", point).await;
    }

    /// Clicks on an element.
    pub(crate) async fn click(&self, selector: &str) {
        self.drag(selector, 0.5, 0.5).await;
    }

    /// Drags over an element, from one share of its width to another.
    pub(crate) async fn drag(&self, selector: &str, from: f64, to: f64) {
        let (from, to) = (self.middle(selector, from).await, self.middle(selector, to).await);
        self.mouse("mouseMoved", from).await;
        self.mouse("mousePressed", from).await;
        self.mouse("mouseMoved", to).await;
        self.mouse("mouseReleased", to).await;
    }

    /// A picture of what is seen.
    pub(crate) async fn picture(&self) -> Vec<u8> {
        self.data("Page.captureScreenshot", json!({"format": "png"})).await
    }

    /// The same in little room, for documents.
    pub(crate) async fn webp(&self) -> Vec<u8> {
        self.data("Page.captureScreenshot", json!({"format": "webp", "quality": 80}))
            .await
    }

    /// The page on paper.
    pub(crate) async fn pdf(&self) -> Vec<u8> {
        self.data("Page.printToPDF", json!({"printBackground": true})).await
    }

    async fn data(&self, method: &str, params: Value) -> Vec<u8> {
        let result = self.browser.call(method, params).await;
        STANDARD.decode(result["data"].as_str().expect("data")).expect("base64")
    }
}

/// Chromium under one of its names; `PROOFLOAD_CHROMIUM` names another.
fn executable() -> PathBuf {
    if let Some(named) = std::env::var_os("PROOFLOAD_CHROMIUM") {
        return named.into();
    }
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome-stable",
        "google-chrome",
        "chrome",
        "msedge",
    ];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let installed = std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name).with_extension(std::env::consts::EXE_EXTENSION)));
    let elsewhere = [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ];
    installed
        .chain(elsewhere.map(PathBuf::from))
        .find(|candidate| candidate.is_file())
        .expect("the browser tests need Chromium or Chrome: install it (scripts/test.sh does), or name it in PROOFLOAD_CHROMIUM")
}
