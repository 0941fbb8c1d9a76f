//! The peers of one relay: how many there may be, and which channel leads to which. The engine keeps them as well; it
//! neither bounds them nor minds a channel that is given to a second peer.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use turn_server_proto::types::stun::attribute::ErrorCode;

/// Of one relay at once. A browser has a handful of candidates.
const MOST_PEERS: usize = 128;

/// At least as long as the engine keeps a channel.
const KEPT: Duration = Duration::from_secs(600);

#[derive(Debug, Default)]
pub struct Peers {
    asked: HashMap<SocketAddr, Instant>,
    channels: HashMap<u16, (SocketAddr, Instant)>,
}

impl Peers {
    /// # Errors
    /// The STUN error code.
    pub fn admit(&mut self, peers: &[SocketAddr], channel: Option<u16>, now: Instant) -> Result<(), u16> {
        self.asked.retain(|_, since| now.saturating_duration_since(*since) < KEPT);
        self.channels.retain(|_, (_, since)| now.saturating_duration_since(*since) < KEPT);
        let fresh = peers.iter().filter(|peer| !self.asked.contains_key(peer)).count();
        if self.asked.len() + fresh > MOST_PEERS {
            return Err(ErrorCode::INSUFFICIENT_CAPACITY);
        }
        if let (Some(channel), [peer]) = (channel, peers) {
            match self.channels.get(&channel) {
                Some((bound, _)) if bound != peer => return Err(ErrorCode::BAD_REQUEST),
                Some(_) | None => self.channels.insert(channel, (*peer, now)),
            };
        }
        self.asked.extend(peers.iter().map(|peer| (*peer, now)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(port: u16) -> SocketAddr {
        SocketAddr::from(([9, 9, 9, 9], port))
    }

    #[test]
    fn peers_are_bounded_and_make_room_in_time() {
        let (mut peers, start) = (Peers::default(), Instant::now());
        let many: Vec<_> = (1..=128).map(peer).collect();
        assert_eq!(peers.admit(&many, None, start), Ok(()));
        assert_eq!(peers.admit(&[peer(1)], None, start), Ok(()));
        assert_eq!(peers.admit(&[peer(200)], None, start), Err(ErrorCode::INSUFFICIENT_CAPACITY));
        assert_eq!(peers.admit(&[peer(200)], None, start + KEPT), Ok(()));
    }

    #[test]
    fn a_channel_leads_to_one_peer() {
        let (mut peers, start) = (Peers::default(), Instant::now());
        assert_eq!(peers.admit(&[peer(1)], Some(0x4000), start), Ok(()));
        assert_eq!(peers.admit(&[peer(1)], Some(0x4000), start), Ok(()));
        assert_eq!(peers.admit(&[peer(2)], Some(0x4000), start), Err(ErrorCode::BAD_REQUEST));
        assert_eq!(peers.admit(&[peer(2)], Some(0x4000), start + KEPT), Ok(()));
    }
}
