//! Whether a server still speaks TLS 1.0 or 1.1, asked with a hand-made `ClientHello`: rustls speaks neither.

use proofload_deployment::{BaseUrl, Way};
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A version that RFC 8996 has put away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Old {
    Tls10,
    Tls11,
}

impl Old {
    pub(super) const ALL: [Self; 2] = [Self::Tls10, Self::Tls11];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
        }
    }

    fn code(self) -> [u8; 2] {
        match self {
            Self::Tls10 => [3, 1],
            Self::Tls11 => [3, 2],
        }
    }
}

/// What every library of the time could do: ECDHE and plain RSA, AES and 3DES, in CBC mode with SHA-1.
const SUITES: [u16; 8] = [0xc014, 0xc013, 0xc00a, 0xc009, 0x0035, 0x002f, 0x000a, 0x00ff];
const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;

/// Whether `base` answers an offer of `version` by agreeing to it. Anything but a `ServerHello` of that very version is
/// a no, a closed connection included. To be called within a time-out.
///
/// # Errors
/// There is no connection.
pub(super) async fn agrees_to(base: &BaseUrl, way: &Way, version: Old, random: [u8; 32]) -> io::Result<bool> {
    let mut stream = way.connect(base).await?;
    let host = base.url().domain();
    let mut head = [0; 11];
    if stream.write_all(&client_hello(version, host, random)).await.is_err()
        || stream.read_exact(&mut head).await.is_err()
    {
        return Ok(false);
    }
    Ok(is_agreement(&head, version))
}

/// The head of a record: type, version, length, then the handshake's type, length and version.
fn is_agreement(head: &[u8; 11], version: Old) -> bool {
    head[0] == HANDSHAKE && head[5] == SERVER_HELLO && head[9..] == version.code()
}

fn client_hello(version: Old, host: Option<&str>, random: [u8; 32]) -> Vec<u8> {
    let mut hello = Vec::new();
    hello.extend(version.code());
    hello.extend(random);
    hello.push(0); // no session to resume
    let suites: Vec<u8> = SUITES.iter().flat_map(|suite| suite.to_be_bytes()).collect();
    hello.extend(with_length(suites));
    hello.extend([1, 0]); // no compression
    hello.extend(with_length(extensions(host)));
    let length = u32::try_from(hello.len()).expect("a few hundred bytes").to_be_bytes();
    let mut message = vec![CLIENT_HELLO];
    message.extend(&length[1..]);
    message.extend(hello);
    let mut record = vec![HANDSHAKE];
    record.extend(Old::Tls10.code()); // what the first record says, whatever is offered inside
    record.extend(with_length(message));
    record
}

fn extensions(host: Option<&str>) -> Vec<u8> {
    let mut all = Vec::new();
    if let Some(host) = host {
        let mut name = vec![0]; // a host name
        name.extend(with_length(host.as_bytes().to_vec()));
        all.extend(extension(0, with_length(name)));
    }
    let groups = [0x001d_u16, 0x0017, 0x0018]
        .iter()
        .flat_map(|group| group.to_be_bytes());
    all.extend(extension(10, with_length(groups.collect())));
    all.extend(extension(11, vec![1, 0])); // uncompressed points
    all
}

fn extension(kind: u16, content: Vec<u8>) -> Vec<u8> {
    let mut whole = kind.to_be_bytes().to_vec();
    whole.extend(with_length(content));
    whole
}

/// The content behind its length in two bytes.
fn with_length(content: Vec<u8>) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("names have at most 253 bytes");
    let mut whole = length.to_be_bytes().to_vec();
    whole.extend(content);
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_deployment::client::testing::listen;

    /// Asks a server that answers `reply` to whatever it hears.
    async fn asked(reply: &'static [u8]) -> bool {
        let address = listen(move |mut stream| async move {
            stream.readable().await.unwrap();
            let mut hello = [0; 4096];
            let count = stream.try_read(&mut hello).unwrap();
            assert_eq!(hello[..3], [22, 3, 1]);
            assert_eq!(usize::from(u16::from_be_bytes([hello[3], hello[4]])), count - 5);
            let _ = stream.write_all(reply).await;
        })
        .await;
        let base = BaseUrl::parse(&format!("https://{address}")).unwrap();
        agrees_to(&base, &Way::default(), Old::Tls11, [7; 32]).await.unwrap()
    }

    #[tokio::test]
    async fn only_a_server_hello_of_that_version_agrees() {
        assert!(asked(&[22, 3, 2, 0, 50, 2, 0, 0, 46, 3, 2, 0, 0]).await);
        assert!(!asked(&[22, 3, 1, 0, 50, 2, 0, 0, 46, 3, 1, 0, 0]).await);
        assert!(!asked(&[21, 3, 2, 0, 2, 2, 70, 0, 0, 0, 0]).await);
        assert!(!asked(&[21, 3, 2, 0, 2, 2, 70]).await);
        assert!(!asked(b"HTTP/1.1 400 Bad Request").await);
        assert!(!asked(b"").await);
    }
}
