//! Call links: where they lead, what makes them unguessable, and until when they are good.

pub mod user_urls;

use crate::config::Config;
use crate::origin::{Scheme, at_host, forwarded_scheme, request_host};
use axum::http::HeaderMap;
use bandyer_protocol::Timestamp;
use bandyer_records::RoomRecord;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Random bytes of a link; 16 would do.
const LINK_BYTES: usize = 24;

/// A page that tells who calls whom, and waits for a click.
pub const LANDING_PATH: &str = "/connect/rest-call-handler/";
/// The same page, entering at once.
pub const DIRECT_PATH: &str = "/connect/direct-rest-call-handler/";

/// Why a link leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadLink {
    /// Its time is over.
    Expired,
    /// The room was disabled or deleted.
    Closed,
    /// The duration of the room is used up.
    UsedUp,
}

/// The last part of a new link.
///
/// # Errors
/// When the system has no randomness to give.
pub fn fresh_token() -> Result<String, getrandom::Error> {
    let mut bytes = [0u8; LINK_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The whole address of a link.
pub fn address(origin: &str, direct: bool, token: &str) -> String {
    let path = if direct { DIRECT_PATH } else { LANDING_PATH };
    format!("{origin}{path}{token}")
}

/// Whether links of this room still lead somewhere.
pub fn dead(room: &RoomRecord, now: Timestamp) -> Option<DeadLink> {
    if room.disabled || room.deleted {
        Some(DeadLink::Closed)
    } else if room.expires_at.is_some_and(|at| at <= now) {
        Some(DeadLink::Expired)
    } else if room.duration_s.is_some_and(|most| room.used_ms >= u64::from(most) * 1000) {
        Some(DeadLink::UsedUp)
    } else {
        None
    }
}

/// Where links lead: the configured address, or the one this request was sent to.
pub fn origin(config: &Config, request: &HeaderMap) -> String {
    if let Some(url) = &config.public_url {
        return url.trim_end_matches('/').to_owned();
    }
    let own = config.listen;
    let Some(host) = request_host(request) else { return format!("http://{own}") };
    let scheme = forwarded_scheme(request).unwrap_or_else(|| {
        // Asked directly: the port is ours, or the name is this machine's. Everybody else comes through a proxy.
        if is_direct(host, own.port()) { Scheme::Http } else { Scheme::Https }
    });
    // Without the default port, which some proxies pass on.
    at_host(scheme, host).map_or_else(|| format!("http://{own}"), |origin| origin.to_string())
}

fn is_direct(host: &str, port: u16) -> bool {
    let name =
        host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
    host.ends_with(&format!(":{port}")) || matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_long_and_never_the_same() {
        let (first, second) = (fresh_token().unwrap(), fresh_token().unwrap());
        assert_eq!((first.len(), second.len()), (32, 32));
        assert_ne!(first, second);
        assert!(first.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    }

    #[test]
    fn only_this_machine_and_our_own_port_are_plain_http() {
        for host in ["localhost:3000", "127.0.0.1", "[::1]:9", "chat.lan:8080"] {
            assert!(is_direct(host, 8080), "{host}");
        }
        for host in ["chat.example.com", "chat.example.com:18080", "[2001:db8::1]", "127.0.0.1.evil.test"] {
            assert!(!is_direct(host, 8080), "{host}");
        }
    }
}
