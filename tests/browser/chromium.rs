//! Headless Chromium without a network, and what a page did in it.

use chromiumoxide::browser::{Browser, BrowserConfig};
use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams, SetEmulatedMediaParams,
};
use chromiumoxide::cdp::browser_protocol::input::{DispatchMouseEventParams, DispatchMouseEventType, MouseButton};
use chromiumoxide::cdp::browser_protocol::log::{EventEntryAdded, LogEntryLevel};
use chromiumoxide::cdp::browser_protocol::network::{
    EmulateNetworkConditionsByRuleParams, EnableParams, EventRequestWillBeSent, NetworkConditions,
};
use chromiumoxide::cdp::browser_protocol::page::{CaptureScreenshotFormat, PrintToPdfParams};
use chromiumoxide::cdp::js_protocol::runtime::{
    ConsoleApiCalledType, EvaluateParams, EventConsoleApiCalled, EventExceptionThrown,
};
use chromiumoxide::layout::Point;
use chromiumoxide::listeners::EventStream;
use chromiumoxide::page::ScreenshotParams;
use chromiumoxide::{Command, Page};
use futures_util::{FutureExt as _, StreamExt as _};
use serde::de::DeserializeOwned;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::{Mutex as Turn, MutexGuard};
use tokio::task::JoinSet;

/// Longer than anything takes, even where several builds share the processor.
const PATIENCE: Duration = Duration::from_secs(60);
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

/// A page opened from disk.
pub(crate) struct Opened {
    page: Page,
    ears: Mutex<Ears>,
    browser: Browser,
    _tasks: JoinSet<()>,
    _folder: TempDir,
    _turn: MutexGuard<'static, ()>,
}

/// Opens a page from disk, with the network off, and waits until it is there.
pub(crate) async fn open(html: &str, view: View) -> Opened {
    let turn = TURN.lock().await;
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("report.html");
    fs::write(&file, html).expect("written");
    let config = BrowserConfig::builder()
        .chrome_executable(executable())
        // Nothing but our own files is opened, and the sandbox does not start for root or in containers.
        .no_sandbox()
        .user_data_dir(folder.path().join("profile"))
        .args(["--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"])
        .launch_timeout(PATIENCE)
        .request_timeout(PATIENCE)
        .viewport(None)
        .build()
        .expect("a configuration");
    let (browser, mut handler) = Browser::launch(config).await.expect("Chromium starts");
    let mut tasks = JoinSet::new();
    // Messages that this version of the protocol does not know are no concern of ours.
    tasks.spawn(async move { while handler.next().await.is_some() {} });
    let page = browser.new_page("about:blank").await.expect("a page");
    let ears = Mutex::new(Ears::open(&page).await);
    let opened = Opened {
        page,
        ears,
        browser,
        _tasks: tasks,
        _folder: folder,
        _turn: turn,
    };
    opened.switch_off_the_network().await;
    opened.view(view).await;
    let address = url::Url::from_file_path(&file).expect("an absolute path").to_string();
    opened.page.goto(address).await.expect("the file opens");
    opened.until("document.readyState === 'complete'").await;
    opened
}

/// What the page does that it should not: errors, and requests for anything but the file itself.
struct Ears {
    entries: EventStream<EventEntryAdded>,
    exceptions: EventStream<EventExceptionThrown>,
    calls: EventStream<EventConsoleApiCalled>,
    requests: EventStream<EventRequestWillBeSent>,
    heard: Vec<String>,
}

impl Ears {
    async fn open(page: &Page) -> Self {
        page.enable_log().await.expect("the log");
        page.enable_runtime().await.expect("the runtime");
        let network = EnableParams::default();
        page.execute(network).await.expect("the network's events");
        Self {
            entries: page.event_listener().await.expect("the log"),
            exceptions: page.event_listener().await.expect("exceptions"),
            calls: page.event_listener().await.expect("the console"),
            requests: page.event_listener().await.expect("requests"),
            heard: Vec::new(),
        }
    }

    /// Takes in what has arrived by now.
    fn listen(&mut self) {
        while let Some(Some(event)) = self.entries.next().now_or_never() {
            if matches!(event.entry.level, LogEntryLevel::Error | LogEntryLevel::Warning) {
                self.heard.push(format!("log: {}", event.entry.text));
            }
        }
        while let Some(Some(event)) = self.exceptions.next().now_or_never() {
            self.heard.push(format!("exception: {:?}", event.exception_details));
        }
        while let Some(Some(event)) = self.calls.next().now_or_never() {
            if matches!(
                event.r#type,
                ConsoleApiCalledType::Error | ConsoleApiCalledType::Warning
            ) {
                self.heard.push(format!("console: {:?}", event.args));
            }
        }
        while let Some(Some(event)) = self.requests.next().now_or_never() {
            let url = event.request.url.split('#').next().unwrap_or_default();
            if !(url.starts_with("file:") && url.ends_with("/report.html")) {
                self.heard.push(format!("request: {url}"));
            }
        }
    }
}

impl Opened {
    /// What the page complained about or asked for, up to now.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        // The browser tells everything in order: with the answers to these, all that came before has arrived.
        for _ in 0..2 {
            self.value::<bool>("true").await;
        }
        let mut ears = self.ears.lock().expect("nobody panicked");
        ears.listen();
        ears.heard.clone()
    }

    /// Ends the browser; the page must not have complained.
    pub(crate) async fn close(self) {
        assert_eq!(self.complaints().await, Vec::<String>::new());
        self.end().await;
    }

    /// Ends the browser.
    pub(crate) async fn end(mut self) {
        self.browser.close().await.expect("Chromium ends");
        self.browser.wait().await.expect("Chromium has ended");
    }

    async fn switch_off_the_network(&self) {
        let nothing = NetworkConditions::builder()
            .url_pattern("")
            .latency(0.0)
            .download_throughput(0.0)
            .upload_throughput(0.0)
            .build()
            .expect("conditions");
        let offline = EmulateNetworkConditionsByRuleParams::builder()
            .offline(true)
            .matched_network_condition(nothing)
            .build()
            .expect("a rule");
        self.execute(offline).await;
    }

    /// Looks at the page in another way.
    pub(crate) async fn view(&self, view: View) {
        let metrics = SetDeviceMetricsOverrideParams::new(view.width, view.height, 1.0, view.width < 600);
        self.execute(metrics).await;
        let scheme = if view.dark { "dark" } else { "light" };
        let media = SetEmulatedMediaParams::builder()
            .media(if view.paper { "print" } else { "" })
            .feature(MediaFeature::new("prefers-color-scheme", scheme))
            .build();
        self.execute(media).await;
    }

    async fn execute<C: Command>(&self, command: C) {
        self.page.execute(command).await.expect("the browser does it");
    }

    /// The value of an expression; a promise is waited for.
    pub(crate) async fn value<T: DeserializeOwned>(&self, expression: &str) -> T {
        let evaluate = EvaluateParams::builder()
            .expression(expression)
            .await_promise(true)
            .return_by_value(true)
            .build()
            .expect("an expression");
        let evaluated = tokio::time::timeout(PATIENCE, self.page.evaluate_expression(evaluate));
        let evaluated = evaluated
            .await
            .unwrap_or_else(|_| panic!("this never came true: {expression}"));
        let evaluated = evaluated.unwrap_or_else(|error| panic!("{expression}: {error}"));
        evaluated
            .into_value()
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
    async fn middle(&self, selector: &str, across: f64) -> Point {
        let [x, y] = self
            .value::<[f64; 2]>(&format!(
                "(() => {{ const element = document.querySelector({selector:?}); element.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
                 const box = element.getBoundingClientRect(); return [box.x + box.width * {across}, box.y + box.height / 2]; }})()"
            ))
            .await;
        Point { x, y }
    }

    /// Moves the mouse over an element, at a share of its width.
    pub(crate) async fn point_at(&self, selector: &str, across: f64) {
        let point = self.middle(selector, across).await;
        self.page.move_mouse(point).await.expect("the mouse moves");
    }

    /// Clicks on an element.
    pub(crate) async fn click(&self, selector: &str) {
        let point = self.middle(selector, 0.5).await;
        self.page.click(point).await.expect("a click");
    }

    /// Drags over an element, from one share of its width to another.
    pub(crate) async fn drag(&self, selector: &str, from: f64, to: f64) {
        let (from, to) = (self.middle(selector, from).await, self.middle(selector, to).await);
        for (kind, point) in [
            (DispatchMouseEventType::MouseMoved, from),
            (DispatchMouseEventType::MousePressed, from),
            (DispatchMouseEventType::MouseMoved, to),
            (DispatchMouseEventType::MouseReleased, to),
        ] {
            let event = DispatchMouseEventParams::builder()
                .r#type(kind)
                .x(point.x)
                .y(point.y)
                .button(MouseButton::Left)
                .click_count(1)
                .build()
                .expect("an event");
            self.execute(event).await;
        }
    }

    /// A picture of what is seen.
    pub(crate) async fn picture(&self) -> Vec<u8> {
        let png = ScreenshotParams::builder().format(CaptureScreenshotFormat::Png).build();
        self.page.screenshot(png).await.expect("a picture")
    }

    /// The same in little room, for documents.
    pub(crate) async fn webp(&self) -> Vec<u8> {
        let webp = ScreenshotParams::builder()
            .format(CaptureScreenshotFormat::Webp)
            .quality(80)
            .build();
        self.page.screenshot(webp).await.expect("a picture")
    }

    /// The page on paper.
    pub(crate) async fn pdf(&self) -> Vec<u8> {
        let params = PrintToPdfParams::builder().print_background(true).build();
        self.page.pdf(params).await.expect("a PDF")
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
