//! Clients that come over UDP: one socket for all, told apart by their address.

use super::Shared;
use super::client::{Client, Reply};
use super::request::{self, Incoming};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// Clients that have not proved anything. The oldest goes when another one comes: an address can be made up, so nobody
/// can be told to wait. Who loses the place meanwhile needs one more round trip.
const MOST_STRANGERS: usize = 1024;

const LONGEST_DATAGRAM: usize = 4096;

/// All clients share it: bursts of all of them have to fit.
const BUFFER_BYTES: usize = 4 * 1024 * 1024;

pub fn bind(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    // As much as the system gives.
    let _ = socket.set_recv_buffer_size(BUFFER_BYTES);
    let _ = socket.set_send_buffer_size(BUFFER_BYTES);
    socket.bind(&address.into())?;
    UdpSocket::from_std(socket.into())
}

pub struct Listener {
    socket: Arc<UdpSocket>,
    address: SocketAddr,
    shared: Arc<Shared>,
    clients: HashMap<SocketAddr, Arc<Client>>,
    strangers: VecDeque<SocketAddr>,
}

impl Listener {
    pub fn new(socket: UdpSocket, address: SocketAddr, shared: Arc<Shared>) -> Self {
        let (clients, strangers) = (HashMap::new(), VecDeque::new());
        Self { socket: Arc::new(socket), address, shared, clients, strangers }
    }

    /// Serves until told to stop.
    pub async fn run(mut self, stopping: CancellationToken) {
        let socket = self.socket.clone();
        let mut buffer = vec![0; LONGEST_DATAGRAM + 1];
        let mut second = interval(Duration::from_secs(1));
        second.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                received = socket.recv_from(&mut buffer) => match received {
                    Ok((length, from)) if length <= LONGEST_DATAGRAM => self.receive(from, &buffer[..length]),
                    Ok(_) => {}
                    // A client that is gone comes back as an error of the socket.
                    Err(error) => tracing::debug!(%error, "TURN over UDP heard of an error"),
                },
                _ = second.tick() => self.sweep(),
                () = stopping.cancelled() => break,
            }
        }
        self.clients.values().for_each(|client| client.close());
        self.clients.clear();
        self.count();
    }

    fn receive(&mut self, from: SocketAddr, data: &[u8]) {
        if from.port() == 0 {
            return;
        }
        if let Some(client) = self.clients.get(&from) {
            return client.receive(data);
        }
        match Incoming::read(data) {
            Incoming::Binding(message) => {
                if let Some(answer) = request::mapped(&message, from) {
                    let _ = SockRef::from(&*self.socket).send_to(&answer, &from.into());
                }
            }
            Incoming::Request(..) => self.stranger(from).receive(data),
            Incoming::Channel | Incoming::Send | Incoming::Noise => {}
        }
    }

    fn stranger(&mut self, from: SocketAddr) -> Arc<Client> {
        if self.strangers.len() >= MOST_STRANGERS
            && let Some(oldest) = self.strangers.pop_front()
            && self.clients.get(&oldest).is_some_and(|client| !client.is_held())
        {
            self.clients.remove(&oldest);
        }
        self.strangers.push_back(from);
        let reply = Reply::Udp(self.socket.clone());
        let client = Client::new(from, self.address, reply, self.shared.clone());
        self.clients.insert(from, client.clone());
        self.count();
        client
    }

    /// Ends what has come to its end.
    fn sweep(&mut self) {
        self.clients.retain(|_, client| {
            let kept = client.tick();
            if !kept {
                client.close();
            }
            kept
        });
        self.strangers.retain(|address| self.clients.get(address).is_some_and(|client| !client.is_held()));
        self.count();
    }

    fn count(&self) {
        self.shared.over_udp.store(self.clients.len(), Ordering::Relaxed);
    }
}
