//! A small TURN client, to try a TURN server as a browser would: for `doctor` and for tests.

use super::credentials::REALM;
use super::frame;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;
use turn_server_proto::types::attribute::{
    ChannelNumber, Data, Lifetime, RequestedTransport, XorPeerAddress, XorRelayedAddress,
};
use turn_server_proto::types::channel::ChannelData;
use turn_server_proto::types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH, SEND};
use turn_server_proto::types::stun::attribute::{ErrorCode, Nonce, Realm, Username, XorMappedAddress};
use turn_server_proto::types::stun::message::{
    BINDING, IntegrityAlgorithm, LongTermCredentials, Message, MessageWrite, MessageWriteExt,
    MessageWriteVec, Method, TransactionId,
};
use turn_server_proto::types::stun::prelude::AttributeWrite;

/// For one answer.
const PATIENCE: Duration = Duration::from_secs(2);
const TRIES: u32 = 3;

/// What the network or the server did not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// The server refused with this STUN error code.
    Refused(u16),
    Unanswered,
    /// The answer makes no sense.
    Nonsense,
    Network(String),
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failed::Refused(code) => {
                write!(f, "refused with {code} {}", ErrorCode::default_reason_for_code(*code))
            }
            Failed::Unanswered => f.write_str("no answer"),
            Failed::Nonsense => f.write_str("the answer makes no sense"),
            Failed::Network(cause) => f.write_str(cause),
        }
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Failed::Network(error.to_string())
    }
}

/// Data that came through a relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrived {
    On { channel: u16, data: Vec<u8> },
    From { peer: SocketAddr, data: Vec<u8> },
}

enum Line {
    Udp(UdpSocket),
    Tcp { stream: TcpStream, buffer: Vec<u8> },
}

/// A conversation with one TURN server.
pub struct Probe {
    line: Line,
    username: String,
    password: String,
    /// Told by the server at the first refusal.
    realm: String,
    nonce: Option<String>,
}

impl Probe {
    /// # Errors
    /// When there is no way to the server.
    pub async fn over_udp(server: SocketAddr, username: &str, password: &str) -> Result<Self, Failed> {
        let any: SocketAddr = match server {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(any).await?;
        socket.connect(server).await?;
        Ok(Self::new(Line::Udp(socket), username, password))
    }

    /// # Errors
    /// When there is no way to the server.
    pub async fn over_tcp(server: SocketAddr, username: &str, password: &str) -> Result<Self, Failed> {
        let stream =
            timeout(PATIENCE, TcpStream::connect(server)).await.map_err(|_| Failed::Unanswered)??;
        stream.set_nodelay(true)?;
        Ok(Self::new(Line::Tcp { stream, buffer: Vec::new() }, username, password))
    }

    fn new(line: Line, username: &str, password: &str) -> Self {
        let (username, password) = (username.to_owned(), password.to_owned());
        Self { line, username, password, realm: REALM.to_owned(), nonce: None }
    }

    /// How the server sees us.
    ///
    /// # Errors
    /// See [`Failed`].
    pub async fn binding(&mut self) -> Result<SocketAddr, Failed> {
        let request = Message::builder_request(BINDING, MessageWriteVec::new()).finish();
        let answer = self.ask(&request).await?;
        let message = Message::from_bytes(&answer).map_err(|_| Failed::Nonsense)?;
        let mapped = message.attribute::<XorMappedAddress>().map_err(|_| Failed::Nonsense)?;
        Ok(mapped.addr(message.transaction_id()))
    }

    /// The address of a relay.
    ///
    /// # Errors
    /// See [`Failed`].
    pub async fn allocate(&mut self) -> Result<SocketAddr, Failed> {
        let wanted = RequestedTransport::new(RequestedTransport::UDP);
        let answer = self.signed(ALLOCATE, |_| vec![Box::new(wanted.clone())]).await?;
        let message = Message::from_bytes(&answer).map_err(|_| Failed::Nonsense)?;
        let relay = message.attribute::<XorRelayedAddress>().map_err(|_| Failed::Nonsense)?;
        Ok(relay.addr(message.transaction_id()))
    }

    /// # Errors
    /// See [`Failed`].
    pub async fn permit(&mut self, peer: SocketAddr) -> Result<(), Failed> {
        self.signed(CREATE_PERMISSION, |id| vec![Box::new(XorPeerAddress::new(peer, id))]).await.map(drop)
    }

    /// # Errors
    /// See [`Failed`].
    pub async fn bind_channel(&mut self, channel: u16, peer: SocketAddr) -> Result<(), Failed> {
        let attributes = |id| -> Vec<Box<dyn AttributeWrite>> {
            vec![Box::new(ChannelNumber::new(channel)), Box::new(XorPeerAddress::new(peer, id))]
        };
        self.signed(CHANNEL_BIND, attributes).await.map(drop)
    }

    /// Gives the relay `seconds` more; none ends it.
    ///
    /// # Errors
    /// See [`Failed`].
    pub async fn refresh(&mut self, seconds: u32) -> Result<(), Failed> {
        self.signed(REFRESH, |_| vec![Box::new(Lifetime::new(seconds))]).await.map(drop)
    }

    /// # Errors
    /// When the line is broken.
    pub async fn send(&mut self, peer: SocketAddr, data: &[u8]) -> Result<(), Failed> {
        let mut message = Message::builder_indication(SEND, MessageWriteVec::new());
        let id = message.transaction_id();
        add(&mut message, &XorPeerAddress::new(peer, id))?;
        add(&mut message, &Data::new(data))?;
        self.write(&message.finish()).await
    }

    /// # Errors
    /// When the line is broken.
    pub async fn send_on(&mut self, channel: u16, data: &[u8]) -> Result<(), Failed> {
        let mut message = vec![0; data.len() + 4];
        ChannelData::new(channel, data).write_into_unchecked(&mut message);
        self.write(&message).await
    }

    /// The next data that comes.
    ///
    /// # Errors
    /// `Unanswered` when nothing comes within `patience`.
    pub async fn arrived(&mut self, patience: Duration) -> Result<Arrived, Failed> {
        let next = async {
            loop {
                let message = self.read().await?;
                if let Ok(channel) = ChannelData::parse(&message) {
                    return Ok(Arrived::On { channel: channel.id(), data: channel.data().to_vec() });
                }
                if let Ok(message) = Message::from_bytes(&message)
                    && let (Ok(peer), Ok(data)) =
                        (message.attribute::<XorPeerAddress>(), message.attribute::<Data>())
                {
                    let peer = peer.addr(message.transaction_id());
                    return Ok(Arrived::From { peer, data: data.data().to_vec() });
                }
            }
        };
        timeout(patience, next).await.unwrap_or(Err(Failed::Unanswered))
    }

    /// Asks as the long-term mechanism wants it: unsigned, then with the nonce it gave, then with a newer one.
    async fn signed(
        &mut self,
        method: Method,
        attributes: impl Fn(TransactionId) -> Vec<Box<dyn AttributeWrite>>,
    ) -> Result<Vec<u8>, Failed> {
        let mut last = Failed::Unanswered;
        for _ in 0..TRIES {
            let mut request = Message::builder_request(method, MessageWriteVec::new());
            let id = request.transaction_id();
            for attribute in attributes(id) {
                add(&mut request, &*attribute)?;
            }
            let was_signed = self.sign(&mut request)?;
            let answer = self.ask(&request.finish()).await?;
            let message = Message::from_bytes(&answer).map_err(|_| Failed::Nonsense)?;
            let Ok(error) = message.attribute::<ErrorCode>() else {
                return Ok(answer);
            };
            last = Failed::Refused(error.code());
            let again = match error.code() {
                ErrorCode::UNAUTHORIZED => !was_signed,
                ErrorCode::STALE_NONCE => true,
                _ => false,
            };
            if !again {
                break;
            }
            if let Ok(realm) = message.attribute::<Realm>() {
                realm.realm().clone_into(&mut self.realm);
            }
            self.nonce = message.attribute::<Nonce>().ok().map(|nonce| nonce.nonce().to_owned());
        }
        Err(last)
    }

    /// False when there is no nonce to sign with yet.
    fn sign(&self, request: &mut MessageWriteVec) -> Result<bool, Failed> {
        let Some(nonce) = &self.nonce else {
            return Ok(false);
        };
        let nonsense = |_| Failed::Nonsense;
        add(request, &Username::new(&self.username).map_err(nonsense)?)?;
        add(request, &Realm::new(&self.realm).map_err(nonsense)?)?;
        add(request, &Nonce::new(nonce).map_err(nonsense)?)?;
        let credentials = LongTermCredentials::new(self.username.clone(), self.password.clone());
        let key = credentials.to_key(self.realm.clone()).make_key(IntegrityAlgorithm::Sha1);
        request.add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1).map_err(nonsense)?;
        Ok(true)
    }

    async fn ask(&mut self, request: &[u8]) -> Result<Vec<u8>, Failed> {
        let tries = match self.line {
            Line::Udp(_) => TRIES,
            Line::Tcp { .. } => 1,
        };
        for _ in 0..tries {
            self.write(request).await?;
            let answered = async {
                loop {
                    let message = self.read().await?;
                    // The first 20 bytes hold the transaction's id, after type, length and cookie.
                    if message.len() >= 20
                        && message[8..20] == request[8..20]
                        && message[0] & 0b1100_0001 == 1
                    {
                        return Ok(message);
                    }
                }
            };
            match timeout(PATIENCE, answered).await {
                Ok(result) => return result,
                Err(_) => continue,
            }
        }
        Err(Failed::Unanswered)
    }

    async fn write(&mut self, message: &[u8]) -> Result<(), Failed> {
        match &mut self.line {
            Line::Udp(socket) => socket.send(message).await.map(drop)?,
            Line::Tcp { stream, .. } => {
                let mut message = message.to_vec();
                frame::pad(&mut message);
                stream.write_all(&message).await?;
            }
        }
        Ok(())
    }

    async fn read(&mut self) -> Result<Vec<u8>, Failed> {
        match &mut self.line {
            Line::Udp(socket) => {
                let mut message = vec![0; frame::LONGEST];
                let length = socket.recv(&mut message).await?;
                message.truncate(length);
                Ok(message)
            }
            Line::Tcp { stream, buffer } => loop {
                if let Some(message) = frame::take(buffer).map_err(|_| Failed::Nonsense)? {
                    return Ok(message);
                }
                if stream.read_buf(buffer).await? == 0 {
                    return Err(Failed::Network("the server closed the connection".to_owned()));
                }
            },
        }
    }
}

fn add(message: &mut MessageWriteVec, attribute: &dyn AttributeWrite) -> Result<(), Failed> {
    message.add_attribute(attribute).map_err(|_| Failed::Nonsense)
}
