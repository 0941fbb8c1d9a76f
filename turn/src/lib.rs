//! The embedded TURN and STUN server (RFC 8656, RFC 8489), so that calls connect behind NAT out of the box: over UDP
//! and TCP, for whoever holds a time-limited name of ours, towards public addresses and its own relays only.

pub mod addresses;
mod client;
pub mod counters;
mod credentials;
mod engine;
mod frame;
mod policy;
pub mod probe;
mod quota;
mod relays;
mod request;
mod route;
mod settings;
mod tcp;
mod udp;

pub use policy::PeerPolicy;
pub use settings::{Admission, PortRange, TimeOfDay, TurnSettings};

use counters::Counters;
use credentials::{Access, User};
use metrics::counter;
use quota::Quota;
use relays::Relays;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, UdpSocket};
use tokio_util::sync::CancellationToken;

/// Tries to find a port that is free for both UDP and TCP, where any will do.
const MOST_PORT_TRIES: usize = 16;

/// What all clients share.
struct Shared {
    access: Access,
    admission: Admission,
    time: TimeOfDay,
    policy: PeerPolicy,
    quota: Quota,
    relays: Relays,
    bandwidth: u32,
    lifetime: Duration,
    counters: Counters,
    over_udp: AtomicUsize,
}

impl Shared {
    /// Whether a relay may write there: a relay of ours that exists now, or an address outside.
    fn reachable(&self, peer: SocketAddr) -> bool {
        self.relays.is_ours(peer) || self.policy.permits(peer.ip())
    }

    fn admits(&self, user: &User) -> bool {
        self.admission.admits(user.holder())
    }

    fn refused(&self, code: u16) {
        counter!(counters::TURN_REFUSALS, "code" => code.to_string()).increment(1);
    }
}

/// A running TURN server.
pub struct Turn {
    shared: Arc<Shared>,
    addresses: Vec<SocketAddr>,
    stopping: CancellationToken,
}

/// An address cannot be had.
#[derive(Debug)]
pub struct CannotListen {
    pub address: SocketAddr,
    pub error: std::io::Error,
}

impl std::fmt::Display for CannotListen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} for TURN: {}", self.address, self.error)
    }
}

impl std::error::Error for CannotListen {}

/// How much there is of what an attacker might multiply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Clients over UDP that are remembered, with a relay or without.
    pub over_udp: usize,
    /// Places taken in quotas.
    pub held: u32,
    pub allocations: usize,
}

impl Turn {
    /// Listens on every address, over UDP and TCP on the same port.
    ///
    /// # Errors
    /// When an address cannot be listened on.
    pub fn start(settings: TurnSettings) -> Result<Self, CannotListen> {
        let mut bound = Vec::new();
        for address in &settings.listen {
            let failed = |error| CannotListen { address: *address, error };
            bound.push(bind(*address).map_err(failed)?);
        }
        let addresses: Vec<SocketAddr> = bound.iter().map(|(address, ..)| *address).collect();
        let hosts = relays::hosts(&addresses, &settings.external);
        let mut policy = settings.policy;
        policy.own.extend(hosts.iter().flat_map(|host| [host.bind, host.public]));
        policy.own.extend(addresses.iter().map(SocketAddr::ip));
        policy.own.extend(settings.external);
        let shared = Arc::new(Shared {
            access: Access::new(settings.secret),
            admission: settings.admission,
            time: settings.time,
            policy,
            quota: Quota::new(settings.per_user, settings.total),
            relays: Relays::new(hosts, settings.ports),
            bandwidth: settings.bandwidth,
            lifetime: Duration::from_secs(settings.lifetime_s.into()),
            counters: Counters::new(),
            over_udp: AtomicUsize::new(0),
        });
        let stopping = CancellationToken::new();
        for (address, over_udp, over_tcp) in bound {
            let listener = udp::Listener::new(over_udp, address, shared.clone());
            tokio::spawn(listener.run(stopping.clone()));
            tokio::spawn(tcp::run(over_tcp, address, shared.clone(), stopping.clone()));
            tracing::info!(turn = %address, "TURN over UDP and TCP");
        }
        for host in shared.relays.hosts() {
            tracing::info!(relays = %host.public, ports = %settings.ports, "TURN has its relays");
        }
        Ok(Self { shared, addresses, stopping })
    }

    /// The addresses it listens on.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    pub fn counts(&self) -> Counts {
        Counts {
            over_udp: self.shared.over_udp.load(Ordering::Relaxed),
            held: self.shared.quota.in_use(),
            allocations: self.shared.relays.count(),
        }
    }

    /// Ends all relays.
    pub fn stop(&self) {
        self.stopping.cancel();
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.stop();
    }
}

fn bind(address: SocketAddr) -> std::io::Result<(SocketAddr, UdpSocket, TcpListener)> {
    let tries = if address.port() == 0 { MOST_PORT_TRIES } else { 1 };
    let mut last = std::io::Error::other("no port");
    for _ in 0..tries {
        let over_udp = udp::bind(address)?;
        let own = over_udp.local_addr()?;
        match tcp::bind(own) {
            Ok(over_tcp) => return Ok((own, over_udp, over_tcp)),
            Err(error) => last = error,
        }
    }
    Err(last)
}
