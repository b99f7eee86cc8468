//! Connections from an address of this machine that somebody chose.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use tokio::net::{TcpSocket, TcpStream};

/// Makes a connection from one of the addresses `from`, the `turn`-th of those of its family; from what the system chooses
/// where there are none.
///
/// # Errors
/// There is no connection, or no address to connect from is of its family.
pub async fn connect_from(address: SocketAddr, from: &[IpAddr], turn: u64) -> io::Result<TcpStream> {
    if from.is_empty() {
        return TcpStream::connect(address).await;
    }
    let own: Vec<&IpAddr> = from.iter().filter(|own| own.is_ipv4() == address.is_ipv4()).collect();
    let at = usize::try_from(turn % (own.len() as u64).max(1)).unwrap_or_default();
    let Some(own) = own.get(at) else {
        let why = "no address to connect from is of its family";
        return Err(io::Error::new(io::ErrorKind::AddrNotAvailable, why));
    };
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.bind((**own, 0).into())?;
    socket.connect(address).await
}

/// Whether connections can be made from an address: it is one of this machine's.
///
/// # Errors
/// They cannot; what the system says.
pub fn check_own_address(address: IpAddr) -> io::Result<()> {
    UdpSocket::bind((address, 0)).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn connections_come_from_the_addresses_in_turn() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let from = ["::1", "127.0.0.2", "127.0.0.3"].map(|own| own.parse().unwrap());
        for (turn, own) in [(0, "127.0.0.2"), (1, "127.0.0.3"), (2, "127.0.0.2")] {
            let connection = connect_from(address, &from, turn).await.unwrap();
            assert_eq!(connection.local_addr().unwrap().ip().to_string(), own);
        }
        let error = connect_from(address, &from[..1], 0).await.unwrap_err();
        assert!(error.to_string().contains("of its family"), "{error}");
    }

    #[test]
    fn an_address_of_another_machine_is_none_to_connect_from() {
        check_own_address("127.0.0.1".parse().unwrap()).unwrap();
        check_own_address("192.0.2.1".parse().unwrap()).unwrap_err();
    }
}
