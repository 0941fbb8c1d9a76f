//! The protocol of one client, from the library: permissions, channels, nonces, life times. An engine each keeps one
//! client from slowing down, filling up or breaking another's. It always speaks as over UDP; what TCP needs besides is
//! done by who reads and writes the stream.

use super::credentials::{REALM, User};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use turn_server_proto::api::{
    DelayedMessageOrChannelSend, SocketAllocateError, Transmit, TurnServerApi, TurnServerPollRet,
};
use turn_server_proto::server::TurnServer;
use turn_server_proto::types::prelude::DelayedTransmitBuild;
use turn_server_proto::types::{AddressFamily, Instant as EngineInstant, TransportType};

/// As long as an allocation is given without asking for more.
const NONCE_LIFETIME: Duration = Duration::from_secs(3600);

/// Something to send.
#[derive(Debug, PartialEq, Eq)]
pub enum Parcel {
    ToClient(Vec<u8>),
    ToPeer { peer: SocketAddr, data: Vec<u8> },
}

/// Something the engine needs done.
#[derive(Debug, PartialEq, Eq)]
pub enum Need {
    /// A relay of this family; the answer goes to [`Engine::relay`].
    Relay(AddressFamily),
    /// The relay's time is over.
    Close,
}

pub struct Engine {
    server: TurnServer,
    listener: SocketAddr,
    client: SocketAddr,
    user: Option<String>,
    /// The engine's time counts from here.
    start: Instant,
}

impl Engine {
    pub fn new(listener: SocketAddr, client: SocketAddr) -> Self {
        let mut server = TurnServer::new(TransportType::Udp, listener, REALM.to_owned());
        server.set_nonce_expiry_duration(NONCE_LIFETIME);
        Self { server, listener, client, user: None, start: Instant::now() }
    }

    /// From now on requests that this user signs are carried out.
    pub fn admit(&mut self, user: &User) {
        self.server.add_user(user.name.clone(), user.password.clone());
        self.user = Some(user.name.clone());
    }

    /// True when it carries out what this user signs.
    pub fn knows(&self, name: &str) -> bool {
        self.user.as_deref() == Some(name)
    }

    /// True when it would carry out what somebody else signs. It cannot forget a user.
    pub fn knows_other_than(&self, name: Option<&str>) -> bool {
        self.user.is_some() && self.user.as_deref() != name
    }

    pub fn client_sent(&mut self, data: &[u8]) -> Option<Parcel> {
        self.receive(self.client, self.listener, data)
    }

    pub fn peer_sent(&mut self, peer: SocketAddr, relay: SocketAddr, data: &[u8]) -> Option<Parcel> {
        self.receive(peer, relay, data)
    }

    fn receive(&mut self, from: SocketAddr, to: SocketAddr, data: &[u8]) -> Option<Parcel> {
        let now = self.now();
        let answer = self.server.recv(Transmit::new(data, TransportType::Udp, from, to), now)?;
        let data = match answer.data {
            DelayedMessageOrChannelSend::Owned(data) => data,
            delayed => delayed.build(),
        };
        Some(if answer.to == self.client && answer.from == self.listener {
            Parcel::ToClient(data)
        } else {
            Parcel::ToPeer { peer: answer.to, data }
        })
    }

    /// To be asked after every request and now and then, until there is nothing.
    pub fn need(&mut self) -> Option<Need> {
        loop {
            match self.server.poll(self.now()) {
                TurnServerPollRet::WaitUntil(_) => return None,
                TurnServerPollRet::AllocateSocket { family, .. } => return Some(Need::Relay(family)),
                TurnServerPollRet::SocketClose { .. } => return Some(Need::Close),
                // Relays over TCP (RFC 6062) are refused before the engine hears of them.
                TurnServerPollRet::TcpConnect { .. } | TurnServerPollRet::TcpClose { .. } => {}
            }
        }
    }

    /// Answers [`Need::Relay`].
    pub fn relay(&mut self, family: AddressFamily, relay: Result<SocketAddr, SocketAllocateError>) {
        let udp = TransportType::Udp;
        self.server.allocated_socket(udp, self.listener, self.client, udp, family, relay, self.now());
    }

    /// What is to go to the client besides direct answers.
    pub fn pending(&mut self) -> Option<Parcel> {
        let now = self.now();
        self.server.poll_transmit(now).map(|transmit| Parcel::ToClient(transmit.data))
    }

    fn now(&self) -> EngineInstant {
        EngineInstant::from_std(self.start)
    }
}
