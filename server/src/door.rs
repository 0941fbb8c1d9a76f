//! Who stands at the door: the address a request comes from, also behind a proxy, and how many connections it holds.

use crate::refusal::RestCode;
use crate::slots::{Slot, Slots};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

/// What a proxy says of whom it speaks for. Nobody else is believed.
const FORWARDED: [&str; 4] = ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded"];

/// Counts connections by address. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Door {
    proxies: Arc<[IpNet]>,
    slots: Slots<IpAddr>,
}

/// The other end of the connection that a request came over.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// The address a request comes from: the peer's, or the one that a trusted proxy names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// A place among the connections of an address, for as long as it lives.
#[derive(Debug, Clone)]
pub struct Held(#[expect(dead_code, reason = "held until it is dropped")] Arc<Slot<IpAddr>>);

impl Door {
    /// `most` connections for each address, 0 for any number. `proxies` count by the addresses they name.
    pub fn new(proxies: &[IpNet], most: u32) -> Self {
        let most = if most == 0 { u32::MAX } else { most };
        Self { proxies: proxies.into(), slots: Slots::new(most) }
    }

    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.proxies.iter().any(|network| network.contains(&address))
    }

    /// `None` when the address holds all it may.
    pub fn take(&self, address: IpAddr) -> Option<Held> {
        self.slots.take(&household(address)).map(|slot| Held(Arc::new(slot)))
    }

    /// The last address in the list that is not a proxy's own: what stands before it, anybody may have written.
    fn named(&self, headers: &HeaderMap) -> Option<IpAddr> {
        let lists = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let mut named: Vec<Option<IpAddr>> = lists.flat_map(|list| list.split(',')).map(address_in).collect();
        while let Some(Some(address)) = named.pop() {
            if !self.trusts(address) {
                return Some(address);
            }
        }
        None
    }
}

/// Addresses that one subscriber has: of IPv6 a whole /64.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.into(),
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn address_in(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry);
    bare.parse().or_else(|_| entry.parse().map(|with_port: SocketAddr| with_port.ip())).ok()
}

/// Finds out whose a request is. A connection of a proxy carries requests of many: each takes a place of the address
/// it comes from until its answer is read, or its socket closed.
pub async fn admit(State(door): State<Door>, mut request: Request, next: Next) -> Response {
    let Some(&Peer(peer)) = request.extensions().get() else { return next.run(request).await };
    let peer = peer.ip().to_canonical();
    if !door.trusts(peer) {
        for name in FORWARDED {
            request.headers_mut().remove(name);
        }
        request.extensions_mut().insert(ClientAddress(peer));
        return next.run(request).await;
    }
    let named = door.named(request.headers());
    request.extensions_mut().insert(ClientAddress(named.unwrap_or(peer)));
    let Some(address) = named else { return next.run(request).await };
    let Some(held) = door.take(address) else { return RestCode::TooManyConnections.into_response() };
    request.extensions_mut().insert(held.clone());
    next.run(request).await.map(|body| {
        Body::new(body.map_frame(move |frame| {
            let _held = &held;
            frame
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn door(proxies: &[&str]) -> Door {
        let proxies: Vec<IpNet> = proxies.iter().map(|network| network.parse().unwrap()).collect();
        Door::new(&proxies, 2)
    }

    #[test]
    fn the_last_address_that_is_no_proxy_counts() {
        let door = door(&["127.0.0.0/8", "10.0.0.0/8", "::1/128"]);
        for (lists, expected) in [
            (vec!["203.0.113.7"], Some("203.0.113.7")),
            (vec!["6.6.6.6, 203.0.113.7"], Some("203.0.113.7")),
            (vec!["6.6.6.6", "203.0.113.7, 10.1.2.3"], Some("203.0.113.7")),
            (vec!["203.0.113.7:4711, 127.0.0.1"], Some("203.0.113.7")),
            (vec!["[2001:db8::1]:4711"], Some("2001:db8::1")),
            (vec!["2001:db8::1"], Some("2001:db8::1")),
            (vec!["203.0.113.7, unknown"], None),
            (vec!["10.1.2.3"], None),
            (vec![""], None),
            (vec![], None),
        ] {
            let mut headers = HeaderMap::new();
            for list in &lists {
                headers.append("x-forwarded-for", HeaderValue::from_static(list));
            }
            assert_eq!(door.named(&headers), expected.map(|text| text.parse().unwrap()), "{lists:?}");
        }
    }

    #[test]
    fn one_subscriber_is_one_address() {
        let door = door(&[]);
        let take = |text: &str| door.take(text.parse().unwrap());
        let _two = (take("2001:db8::1").unwrap(), take("2001:db8::ffff:2").unwrap());
        assert!(take("2001:db8::3").is_none());
        assert!(take("2001:db8:0:1::1").is_some(), "another subscriber");
        let _mapped = (take("192.0.2.1").unwrap(), take("::ffff:192.0.2.1").unwrap());
        assert!(take("192.0.2.1").is_none());
        assert!(take("192.0.2.2").is_some());
    }
}
