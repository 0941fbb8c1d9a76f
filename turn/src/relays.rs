//! The relays in use: their sockets, and who owns which address.

use super::client::Client;
use super::settings::PortRange;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, PoisonError, RwLock};
use turn_server_proto::api::SocketAllocateError;
use turn_server_proto::types::AddressFamily;

/// Ports tried before we say that there is none.
const MOST_TRIES: u32 = 512;

/// Holds more than a burst of a key frame.
const BUFFER_BYTES: usize = 1024 * 1024;

/// Where relays of one family are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host {
    /// What sockets are bound to.
    pub bind: IpAddr,
    /// What peers are told.
    pub public: IpAddr,
}

pub struct Relays {
    hosts: Vec<Host>,
    ports: PortRange,
    owners: RwLock<HashMap<SocketAddr, Arc<Client>>>,
}

impl Relays {
    pub fn new(hosts: Vec<Host>, ports: PortRange) -> Self {
        Self { hosts, ports, owners: RwLock::default() }
    }

    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// A socket, and the address under which peers reach it.
    ///
    /// # Errors
    /// When there is no address of that family, or no port.
    pub fn bind(
        &self,
        family: AddressFamily,
        even: bool,
    ) -> Result<(SocketAddr, tokio::net::UdpSocket), SocketAllocateError> {
        let ipv4 = family == AddressFamily::IPV4;
        let host = self.hosts.iter().find(|host| host.bind.is_ipv4() == ipv4);
        let host = host.ok_or(SocketAllocateError::AddressFamilyNotSupported)?;
        let mut seed = [0; 4];
        // Guessable ports are no danger, only easier to collide on.
        let _ = getrandom::fill(&mut seed);
        let start = u32::from_le_bytes(seed);
        let (first, count) = (u32::from(self.ports.first), self.ports.count());
        (0..count.min(MOST_TRIES))
            .map(|step| first + start.wrapping_add(step) % count)
            .filter(|port| !even || port % 2 == 0)
            .filter_map(|port| u16::try_from(port).ok())
            .find_map(|port| {
                let socket = bind(SocketAddr::new(host.bind, port)).ok()?;
                Some((SocketAddr::new(host.public, port), socket))
            })
            .ok_or(SocketAllocateError::InsufficientCapacity)
    }

    pub fn add(&self, address: SocketAddr, owner: Arc<Client>) {
        self.owners.write().unwrap_or_else(PoisonError::into_inner).insert(address, owner);
    }

    pub fn remove(&self, address: SocketAddr) {
        self.owners.write().unwrap_or_else(PoisonError::into_inner).remove(&address);
    }

    pub fn owner(&self, address: SocketAddr) -> Option<Arc<Client>> {
        self.owners.read().unwrap_or_else(PoisonError::into_inner).get(&address).cloned()
    }

    pub fn is_ours(&self, address: SocketAddr) -> bool {
        self.owners.read().unwrap_or_else(PoisonError::into_inner).contains_key(&address)
    }

    pub fn count(&self) -> usize {
        self.owners.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}

fn bind(address: SocketAddr) -> io::Result<tokio::net::UdpSocket> {
    let socket = UdpSocket::bind(address)?;
    socket.set_nonblocking(true)?;
    // As much as the system gives.
    let _ = socket2::SockRef::from(&socket).set_recv_buffer_size(BUFFER_BYTES);
    tokio::net::UdpSocket::from_std(socket)
}

/// Where relays go, given where we listen and how we are reached from outside.
pub fn hosts(listen: &[SocketAddr], external: &[IpAddr]) -> Vec<Host> {
    let of_family = |ipv4: bool| {
        let bind = listen.iter().map(SocketAddr::ip).find(|ip| ip.is_ipv4() == ipv4)?;
        let external = external.iter().copied().find(|ip| ip.is_ipv4() == ipv4);
        let public = external.or_else(|| if bind.is_unspecified() { outgoing(bind) } else { Some(bind) })?;
        Some(Host { bind, public })
    };
    [of_family(true), of_family(false)].into_iter().flatten().collect()
}

/// The address this machine has towards the rest of the world. Nothing is sent.
fn outgoing(any: IpAddr) -> Option<IpAddr> {
    let far: IpAddr = match any {
        IpAddr::V4(_) => Ipv4Addr::new(192, 0, 2, 1).into(),
        IpAddr::V6(_) => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into(),
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect((far, 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relays_are_told_as_seen_from_outside() {
        let listen = ["10.0.0.5:3478".parse().unwrap(), "[::1]:3478".parse().unwrap()];
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(
            hosts(&listen, &[ip("9.9.9.9")]),
            [
                Host { bind: ip("10.0.0.5"), public: ip("9.9.9.9") },
                Host { bind: ip("::1"), public: ip("::1") }
            ]
        );
    }
}
