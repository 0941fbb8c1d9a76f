//! One client: its engine, its relay, and the ways between the two.

mod gate;

use super::Shared;
use super::credentials::User;
use super::engine::{Engine, Need, Parcel};
use super::quota::{Bucket, Slot};
use super::request::{self, Incoming};
use super::route::Peers;
use socket2::SockRef;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use turn_server_proto::api::SocketAllocateError;
use turn_server_proto::types::AddressFamily;
use turn_server_proto::types::stun::message::{Message, TransactionId};

/// Time from the first request to a relay.
const PATIENCE: Duration = Duration::from_secs(10);

/// A datagram is never longer than this where a call is concerned.
const LONGEST_DATAGRAM: usize = 4096;

/// How answers get to the client.
pub enum Reply {
    /// Out of the socket it wrote to.
    Udp(Arc<UdpSocket>),
    /// To the task that writes the stream.
    Tcp(mpsc::Sender<Vec<u8>>),
}

pub struct Client {
    address: SocketAddr,
    reply: Reply,
    shared: Arc<Shared>,
    state: Mutex<State>,
}

struct State {
    engine: Engine,
    listener: SocketAddr,
    holder: Option<Holder>,
    relay: Option<Relay>,
    /// The request that got the relay, and the answer, in case that was lost.
    granted: Option<(TransactionId, Vec<u8>)>,
    since: Instant,
}

/// Who has proved to be allowed a relay.
struct Holder {
    user: User,
    since: Instant,
    /// Keeps the place in the user's quota.
    _slot: Slot,
}

struct Relay {
    address: SocketAddr,
    socket: Arc<UdpSocket>,
    reader: AbortHandle,
    since: Instant,
    peers: Peers,
    up: Bucket,
    down: Bucket,
}

impl Client {
    pub fn new(address: SocketAddr, listener: SocketAddr, reply: Reply, shared: Arc<Shared>) -> Arc<Self> {
        let engine = Engine::new(listener, address);
        let now = Instant::now();
        let state = State { engine, listener, holder: None, relay: None, granted: None, since: now };
        Arc::new(Self { address, reply, shared, state: Mutex::new(state) })
    }

    /// A datagram or frame from the client.
    pub fn receive(self: &Arc<Self>, data: &[u8]) {
        let mut parcels = Vec::new();
        let relay = self.guarded(|state| {
            self.consider(state, data, &mut parcels);
            state.relay.as_ref().map(|relay| (relay.address, relay.socket.clone()))
        });
        for parcel in parcels {
            match (parcel, relay.as_ref().and_then(Option::as_ref)) {
                (Parcel::ToClient(data), _) => self.answer(data),
                (Parcel::ToPeer { peer, data }, Some((own, socket))) => self.send(*own, socket, peer, &data),
                // The relay has just ended.
                (Parcel::ToPeer { .. }, None) => {}
            }
        }
    }

    /// A datagram from a peer to the relay.
    fn receive_from_peer(&self, peer: SocketAddr, data: &[u8]) {
        let parcel = self.guarded(|state| {
            let relay = state.relay.as_mut()?;
            let fits = relay.down.take(data.len(), Instant::now());
            let address = relay.address;
            if !fits {
                self.shared.counters.too_fast.increment(1);
                return None;
            }
            state.engine.peer_sent(peer, address, data)
        });
        if let Some(Some(Parcel::ToClient(message))) = parcel {
            self.shared.counters.down.increment(data.len() as u64);
            self.answer(message);
        }
    }

    /// Runs something with the state. A defect in it ends this client's relay and nobody else's.
    fn guarded<T>(&self, work: impl FnOnce(&mut State) -> T) -> Option<T> {
        let mut state = self.lock();
        match catch_unwind(AssertUnwindSafe(|| work(&mut state))) {
            Ok(result) => Some(result),
            Err(_) => {
                tracing::error!("a defect in the TURN engine has ended an allocation");
                self.end(&mut state);
                None
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn consider(self: &Arc<Self>, state: &mut State, data: &[u8], parcels: &mut Vec<Parcel>) {
        match Incoming::read(data) {
            Incoming::Channel | Incoming::Send => self.pass_on(state, data, parcels),
            Incoming::Binding(message) => {
                parcels.extend(request::mapped(&message, self.address).map(Parcel::ToClient));
            }
            Incoming::Request(verb, message) => match self.judge(state, verb, &message) {
                Ok(()) => {
                    parcels.extend(state.engine.client_sent(data));
                    self.settle(state, &message, parcels);
                }
                Err(answer) => parcels.extend(answer.map(Parcel::ToClient)),
            },
            Incoming::Noise => {}
        }
    }

    /// Data from the client to a peer.
    fn pass_on(&self, state: &mut State, data: &[u8], parcels: &mut Vec<Parcel>) {
        let Some(relay) = &mut state.relay else { return };
        if !relay.up.take(data.len(), Instant::now()) {
            return self.shared.counters.too_fast.increment(1);
        }
        parcels.extend(state.engine.client_sent(data));
    }

    /// Does what the engine needs after a request.
    fn settle(self: &Arc<Self>, state: &mut State, message: &Message<'_>, parcels: &mut Vec<Parcel>) {
        let even = request::wants_even_port(message);
        while let Some(need) = state.engine.need() {
            match need {
                Need::Relay(family) => {
                    let opened = self.open(state, family, even);
                    if let Err(error) = opened {
                        self.shared.refused(error.into_error_code());
                        state.holder = None;
                    }
                    state.engine.relay(family, opened);
                    while let Some(parcel) = state.engine.pending() {
                        if let (Parcel::ToClient(answer), true) = (&parcel, opened.is_ok()) {
                            state.granted = Some((message.transaction_id(), answer.clone()));
                        }
                        parcels.push(parcel);
                    }
                }
                Need::Close => self.close_relay(state),
            }
        }
    }

    fn open(
        self: &Arc<Self>,
        state: &mut State,
        family: AddressFamily,
        even: bool,
    ) -> Result<SocketAddr, SocketAllocateError> {
        if state.relay.is_some() {
            // One of each family at once is not offered.
            return Err(SocketAllocateError::AddressFamilyNotSupported);
        }
        let (address, socket) = self.shared.relays.bind(family, even)?;
        let socket = Arc::new(socket);
        let reader = tokio::spawn(read(self.clone(), socket.clone())).abort_handle();
        let now = Instant::now();
        let bucket = || Bucket::new(self.shared.bandwidth, now);
        let (up, down) = (bucket(), bucket());
        state.relay = Some(Relay { address, socket, reader, since: now, peers: Peers::default(), up, down });
        self.shared.relays.add(address, self.clone());
        self.shared.counters.allocations.increment(1.0);
        Ok(address)
    }

    fn close_relay(&self, state: &mut State) {
        if let Some(relay) = state.relay.take() {
            relay.reader.abort();
            self.shared.relays.remove(relay.address);
            self.shared.counters.allocations.decrement(1.0);
        }
        state.holder = None;
        state.granted = None;
    }

    fn end(&self, state: &mut State) {
        self.close_relay(state);
        state.engine = Engine::new(state.listener, self.address);
    }

    /// To be called about once a second. False when nothing is left to keep.
    pub fn tick(&self) -> bool {
        let lifetime = self.shared.lifetime;
        let kept = self.guarded(|state| {
            while let Some(need) = state.engine.need() {
                if need == Need::Close {
                    self.close_relay(state);
                }
            }
            let is_over = state.relay.as_ref().is_some_and(|relay| relay.since.elapsed() > lifetime);
            let is_void = state.holder.as_ref().is_some_and(|holder| !self.shared.admits(&holder.user));
            if is_over || is_void {
                self.end(state);
            }
            match (&state.relay, &state.holder) {
                (Some(_), _) => true,
                (None, Some(holder)) if holder.since.elapsed() > PATIENCE => {
                    self.end(state);
                    false
                }
                (None, Some(_)) => true,
                (None, None) => state.since.elapsed() < PATIENCE,
            }
        });
        kept.unwrap_or(false)
    }

    /// True once somebody has proved a right to a relay here.
    pub fn is_held(&self) -> bool {
        self.lock().holder.is_some()
    }

    /// Ends the relay, if any.
    pub fn close(&self) {
        self.end(&mut self.lock());
    }

    fn answer(&self, message: Vec<u8>) {
        match &self.reply {
            // What the system cannot take now is lost, as on any full line.
            Reply::Udp(socket) => {
                let _ = SockRef::from(&**socket).send_to(&message, &self.address.into());
            }
            Reply::Tcp(queue) => {
                if queue.try_send(message).is_err() {
                    self.shared.counters.too_fast.increment(1);
                }
            }
        }
    }

    /// From the relay to a peer: to another relay of ours directly, to anybody else through the socket. What was
    /// allowed when the permission was asked for is looked at once more.
    fn send(&self, own: SocketAddr, socket: &UdpSocket, peer: SocketAddr, data: &[u8]) {
        self.shared.counters.up.increment(data.len() as u64);
        if let Some(owner) = self.shared.relays.owner(peer) {
            return owner.receive_from_peer(own, data);
        }
        if !self.shared.policy.permits(peer.ip()) {
            return self.shared.counters.withheld.increment(1);
        }
        let _ = SockRef::from(socket).send_to(data, &peer.into());
    }
}

/// Hands the client what arrives at its relay. Own relays do not write here, and nobody else whom it may not write to.
async fn read(client: Arc<Client>, socket: Arc<UdpSocket>) {
    let mut buffer = vec![0; LONGEST_DATAGRAM + 1];
    loop {
        match socket.recv_from(&mut buffer).await {
            Ok((length, _)) if length > LONGEST_DATAGRAM => {}
            Ok((length, peer)) if client.shared.policy.permits(peer.ip()) => {
                client.receive_from_peer(peer, &buffer[..length]);
            }
            Ok(_) => client.shared.counters.withheld.increment(1),
            // A port unreachable at a peer comes back as an error of the socket.
            Err(error) => {
                tracing::debug!(%error, "a relay heard of an error");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
}
