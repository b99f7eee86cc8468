//! A real nginx in front of a mock, as cloud deployments have one.

use crate::Mock;
use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// The path prefix under which it serves.
const PREFIX: &str = "/identities";

/// Longer than any start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// nginx terminating TLS with a self-signed certificate and serving a mock under `/identities`. Needs no rights.
#[derive(Debug)]
pub struct Nginx {
    process: Child,
    address: SocketAddr,
    folder: TempDir,
}

impl Nginx {
    /// Puts nginx before a mock. One without a prefix is served by taking `/identities` away, one with it as it is.
    ///
    /// # Panics
    /// nginx does not start; its own log says why.
    pub fn before(mock: &Mock) -> Self {
        Self::start(mock, "")
    }

    /// The same, offering HTTP/2 beside HTTP/1.1.
    ///
    /// # Panics
    /// nginx does not start; its own log says why.
    pub fn with_http2(mock: &Mock) -> Self {
        Self::start(mock, "http2")
    }

    /// The same with a certificate that expired long ago.
    ///
    /// # Panics
    /// nginx does not start; its own log says why.
    pub fn expired(mock: &Mock) -> Self {
        Self::start_until(mock, "", 2002)
    }

    fn start(mock: &Mock, offers: &str) -> Self {
        Self::start_until(mock, offers, 4096)
    }

    /// `until` is the year in which its certificate ends.
    fn start_until(mock: &Mock, offers: &str, until: i32) -> Self {
        let folder = tempfile::tempdir().expect("a folder for nginx");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        write_certificate(folder.path(), until);
        let configuration = configuration(folder.path(), address, mock, offers);
        fs::write(folder.path().join("nginx.conf"), configuration).expect("the configuration can be written");
        let nginx = Self {
            process: spawn(listener, folder.path()),
            address,
            folder,
        };
        nginx.await_start();
        nginx
    }

    /// The base URL, which ends in `/identities`.
    pub fn url(&self) -> String {
        format!("https://{}{PREFIX}", self.address)
    }

    /// The address, without a prefix.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its certificate, as a PEM file.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    /// Every request so far, one line each: status, method, path and query, `Authorization`.
    ///
    /// # Panics
    /// The log cannot be read.
    pub fn requests(&self) -> Vec<String> {
        let log = fs::read(self.folder.path().join("access.log")).expect("nginx has opened its log");
        String::from_utf8_lossy(&log).lines().map(str::to_owned).collect()
    }

    /// The protocol of every request so far, such as `HTTP/2.0`.
    ///
    /// # Panics
    /// The log cannot be read.
    pub fn protocols(&self) -> Vec<String> {
        let log = fs::read(self.folder.path().join("protocols.log")).expect("nginx has opened its log");
        String::from_utf8_lossy(&log).lines().map(str::to_owned).collect()
    }

    /// Speaks plain HTTP to the TLS port, which nginx itself answers 400: it has read its configuration and runs.
    fn await_start(&self) {
        let mut answer = String::new();
        let asked = TcpStream::connect_timeout(&self.address, PATIENCE).and_then(|mut stream| {
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
            stream.read_to_string(&mut answer)
        });
        assert!(
            asked.is_ok() && answer.contains("nginx"),
            "nginx did not start ({asked:?}, {answer:?}); its log: {}",
            fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default()
        );
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // An error means that it has ended already.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Starts nginx with the listening socket handed down, so that nobody can take the port in between: nginx takes over
/// the sockets that `NGINX` names, as it does when it is upgraded while running. It ends when stdin is closed, and so
/// also when the test is killed; it works as the user who runs the test.
const START: &str = r#"
    exec 9>&1 1>/dev/null
    NGINX='9;' nginx -p "$1" -e "$1/error.log" -c "$1/nginx.conf" -g "user $(id -un) $(id -gn);" </dev/null 2>/dev/null &
    exec 9>&-
    read -r _
    kill "$!"
    wait
"#;

fn spawn(listener: TcpListener, folder: &Path) -> Child {
    let path = std::env::var("PATH").unwrap_or_default();
    Command::new("sh")
        .args(["-c", START, "sh"])
        .arg(folder)
        // Debian keeps it in /usr/sbin, which is not in everybody's PATH.
        .env("PATH", format!("{path}:/usr/sbin:/usr/local/sbin"))
        .stdin(Stdio::piped())
        .stdout(Stdio::from(OwnedFd::from(listener)))
        .stderr(Stdio::null())
        .spawn()
        .expect("sh starts")
}

fn write_certificate(folder: &Path, until: i32) {
    let names = vec!["localhost".to_owned(), Ipv4Addr::LOCALHOST.to_string()];
    let mut params = rcgen::CertificateParams::new(names).expect("names that certificates may have");
    params.not_after = rcgen::date_time_ymd(until, 1, 1);
    let key = rcgen::KeyPair::generate().expect("a key can be made");
    let made = params.self_signed(&key).expect("a certificate can be made");
    fs::write(folder.join("certificate.pem"), made.pem()).expect("the certificate can be written");
    fs::write(folder.join("key.pem"), key.serialize_pem()).expect("the key can be written");
}

/// Everything nginx writes lies in its folder.
fn configuration(folder: &Path, address: SocketAddr, mock: &Mock, offers: &str) -> String {
    let folder = folder.display();
    let upstream = mock.http();
    // With a path behind the address, nginx puts it in place of the location's; without, the path stays.
    let stripped = if mock.prefix().is_empty() { "/" } else { "" };
    format!(
        r#"
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    log_format exchanges '$status $request_method $request_uri $http_authorization';
    log_format protocols '$server_protocol';
    access_log {folder}/access.log exchanges if=$https;
    access_log {folder}/protocols.log protocols if=$https;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 10m;
    upstream mock {{
        server {upstream};
        keepalive 32;
    }}
    server {{
        listen {address} ssl {offers};
        server_name localhost;
        ssl_certificate {folder}/certificate.pem;
        ssl_certificate_key {folder}/key.pem;
        location {PREFIX}/ {{
            proxy_pass http://mock{stripped};
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
        }}
    }}
}}
"#
    )
}
