//! Which STUN and TURN servers widgets are told of, and the credentials that open them for a short while.

use bandyer_protocol::{IceServer, Timestamp, UserAlias, secret::Secret};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// What is told to every widget that enters a call.
#[derive(Debug, Clone, Default)]
pub struct IceSettings {
    /// Addresses that need no credentials (`stun:…`). In all addresses, `{host}` stands for the host under which the
    /// widget reached the server.
    pub stun: Vec<String>,
    /// Addresses that need credentials (`turn:…`, `turns:…`).
    pub turn: Vec<String>,
    /// Shared with the TURN server.
    pub secret: Option<Secret>,
    /// How long credentials are good, in seconds.
    pub ttl_s: u32,
}

impl IceSettings {
    /// The servers for one user, with credentials that count from `now`. Their name tells what they are for, such as the
    /// session of a call, so that what they opened can end with it.
    pub fn servers(&self, user: &UserAlias, purpose: &str, now: Timestamp) -> Vec<IceServer> {
        let mut servers = Vec::new();
        if !self.stun.is_empty() {
            servers.push(IceServer { urls: self.stun.clone(), username: None, credential: None });
        }
        if let Some(secret) = self.secret.as_ref().filter(|_| !self.turn.is_empty()) {
            let expiry = now.0 / 1000 + i64::from(self.ttl_s);
            let username = format!("{expiry}:{user}:{purpose}");
            let credential = Some(Secret(credential(&secret.0, &username)));
            servers.push(IceServer { urls: self.turn.clone(), username: Some(username), credential });
        }
        servers
    }
}

/// The password of a time-limited user name, as coturn's `use-auth-secret` and the embedded server compute it.
pub fn credential(secret: &str, username: &str) -> String {
    // A key of any length is allowed.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(username.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_those_other_servers_compute() {
        // printf '1700000000:anna' | openssl dgst -sha1 -hmac s3cret -binary | base64
        assert_eq!(credential("s3cret", "1700000000:anna"), EXPECTED);
        let settings = IceSettings {
            turn: vec!["turn:{host}:3478".to_owned()],
            secret: Some(Secret("s3cret".to_owned())),
            ttl_s: 600,
            ..IceSettings::default()
        };
        let user = UserAlias::parse("anna").unwrap();
        let servers = settings.servers(&user, "session_1", Timestamp(1_699_999_400_000));
        assert_eq!(servers[0].username.as_deref(), Some("1700000000:anna:session_1"));
        let expected = credential("s3cret", "1700000000:anna:session_1");
        assert_eq!(servers[0].credential, Some(Secret(expected)));
    }

    const EXPECTED: &str = "jxdTi5cndJWp4/jbBx5lYUMNQqo=";
}
