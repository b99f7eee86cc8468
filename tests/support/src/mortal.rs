//! A server that dies in the middle of a test, and comes back at the same address.

use crate::Mock;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};

/// A TCP proxy before the HTTP port of a mock, alive at first. While it is dead, connections are refused.
pub struct Mortal {
    address: SocketAddr,
    prefix: String,
    upstream: SocketAddr,
    /// Everything alive runs here: without it there is no listener and no connection.
    life: Option<Runtime>,
    /// Bound and never listening, so that nobody else gets the port meanwhile.
    _claim: TcpSocket,
}

impl fmt::Debug for Mortal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let alive = self.life.is_some();
        f.debug_struct("Mortal")
            .field("address", &self.address)
            .field("alive", &alive)
            .finish_non_exhaustive()
    }
}

impl Mortal {
    /// A living one before a mock.
    ///
    /// # Panics
    /// There is no free port.
    pub fn before(mock: &Mock) -> Self {
        let claim = socket(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a free port");
        let mut mortal = Self {
            address: claim.local_addr().expect("it is bound"),
            prefix: mock.prefix().to_owned(),
            upstream: mock.http(),
            life: None,
            _claim: claim,
        };
        mortal.revive();
        mortal
    }

    /// The base URL.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, self.prefix)
    }

    /// Ends every connection and refuses new ones.
    pub fn die(&mut self) {
        if let Some(life) = self.life.take() {
            life.shutdown_background();
        }
    }

    /// Answers again.
    ///
    /// # Panics
    /// It cannot listen.
    pub fn revive(&mut self) {
        let life = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let (address, upstream) = (self.address, self.upstream);
        let listener = {
            let _inside = life.enter();
            socket(address)
                .and_then(|socket| socket.listen(1024))
                .expect("its own port")
        };
        life.spawn(serve(listener, upstream));
        self.life = Some(life);
    }
}

impl Drop for Mortal {
    fn drop(&mut self) {
        self.die();
    }
}

fn socket(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}

async fn serve(listener: TcpListener, upstream: SocketAddr) {
    while let Ok((mut client, _)) = listener.accept().await {
        tokio::spawn(async move {
            let Ok(mut server) = TcpStream::connect(upstream).await else {
                return;
            };
            // Whatever ends it ends both.
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        });
    }
}
