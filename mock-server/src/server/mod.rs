//! The server on sockets: HTTP and HTTPS.

mod answer;
mod body;
mod doors;
mod idle;
mod serve;
mod tls;

use crate::identities::Identities;
use crate::queue::Turnstile;
use doors::Doors;
use hyper_util::server::graceful::GracefulShutdown;
use serve::Service;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// How long open requests may take to end when the server stops.
const DRAIN: Duration = Duration::from_secs(5);

/// Where to listen. Port 0 takes a free one.
#[derive(Debug, Clone, Default)]
pub struct Listen {
    /// Plain HTTP.
    pub http: Option<SocketAddr>,
    /// HTTPS, with a self-signed certificate made at start for `localhost`, `127.0.0.1` and `::1`.
    pub https: Option<SocketAddr>,
    /// Whether that certificate says that it is a certificate authority. Self-signed certificates in the field say
    /// either; clients that are given one to trust must take both.
    pub certificate_is_ca: bool,
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address could not be listened on.
    #[error("cannot listen on {address}: {source}; choose another address, or port 0 for a free one")]
    Bind {
        /// What was asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// A server of known capacity needs a thread more.
    #[error("cannot start a thread for the queue: {0}")]
    Thread(io::Error),
    /// The certificate could not be made.
    #[error("cannot make a self-signed certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The certificate could not be used.
    #[error("cannot set up TLS with the certificate just made: {0}")]
    Tls(#[from] rustls::Error),
}

/// A running server. It stops when it is shut down or dropped.
#[derive(Debug)]
pub struct Server {
    http_addr: Option<SocketAddr>,
    https_addr: Option<SocketAddr>,
    certificate_pem: Option<String>,
    stop: watch::Sender<bool>,
    listeners: Vec<JoinHandle<()>>,
}

impl Server {
    /// Listens, and answers from then on.
    ///
    /// # Errors
    /// An address cannot be listened on, the certificate cannot be made, or no thread can be started.
    pub async fn start(identities: Arc<Identities>, listen: Listen) -> Result<Self, StartError> {
        let queue = identities.settings().queue.clone();
        let doors = Doors::of(queue.as_ref());
        let turnstile = queue.map(Turnstile::open).transpose().map_err(StartError::Thread)?;
        let service = Arc::new(Service {
            identities,
            turnstile,
            doors,
        });
        let (stop, stopped) = watch::channel(false);
        let mut server = Self {
            http_addr: None,
            https_addr: None,
            certificate_pem: None,
            stop,
            listeners: Vec::new(),
        };
        if let Some(address) = listen.http {
            let (listener, bound) = bind(address).await?;
            server.http_addr = Some(bound);
            server.listen(listener, None, &service, &stopped);
        }
        if let Some(address) = listen.https {
            let (listener, bound) = bind(address).await?;
            let identity = tls::self_signed(listen.certificate_is_ca)?;
            server.https_addr = Some(bound);
            server.certificate_pem = Some(identity.certificate_pem);
            server.listen(listener, Some(identity.acceptor), &service, &stopped);
        }
        Ok(server)
    }

    /// Where it serves HTTP, with the port it really has.
    pub fn http_addr(&self) -> Option<SocketAddr> {
        self.http_addr
    }

    /// Where it serves HTTPS, with the port it really has.
    pub fn https_addr(&self) -> Option<SocketAddr> {
        self.https_addr
    }

    /// The certificate of HTTPS, for clients to trust.
    pub fn certificate_pem(&self) -> Option<&str> {
        self.certificate_pem.as_deref()
    }

    /// Stops: nothing new is taken, what is open may end within five seconds.
    pub async fn shutdown(mut self) {
        let _ = self.stop.send(true); // nobody listens when every listener has ended
        for listener in std::mem::take(&mut self.listeners) {
            let _ = listener.await; // it ends by itself; that it panicked would have been printed
        }
    }

    fn listen(
        &mut self,
        listener: TcpListener,
        tls: Option<TlsAcceptor>,
        service: &Arc<Service>,
        stopped: &watch::Receiver<bool>,
    ) {
        let (service, mut stopped) = (Arc::clone(service), stopped.clone());
        self.listeners.push(tokio::spawn(async move {
            let graceful = GracefulShutdown::new();
            tokio::select! {
                () = serve::accept(&listener, tls, &service, &graceful) => {}
                _ = stopped.wait_for(|stop| *stop) => {}
            }
            drop(listener);
            let _ = tokio::time::timeout(DRAIN, graceful.shutdown()).await;
        }));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for listener in &self.listeners {
            listener.abort();
        }
    }
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let refused = |source| StartError::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    Ok((listener, bound))
}
