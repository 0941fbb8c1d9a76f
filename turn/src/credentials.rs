//! Who asks: user names that say when they end, and passwords that follow from them and the secret (the REST scheme
//! of draft-uberti-behave-turn-rest, which coturn calls `use-auth-secret`). Nobody has to be remembered.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use turn_server_proto::types::stun::attribute::{PasswordAlgorithm, PasswordAlgorithmValue, Username};
use turn_server_proto::types::stun::message::{
    IntegrityAlgorithm, IntegrityKey, LongTermCredentials, Message,
};

/// Part of every key: all widgets have to get it from the server, none needs to know it.
pub const REALM: &str = "bandyer";

/// Ours are far shorter; the protocol allows about as much.
const LONGEST_NAME: usize = 512;

/// Somebody who knows the password of the name.
#[derive(Clone)]
pub struct User {
    /// `<seconds since 1970>:<owner>`, and maybe `:<purpose>`, as sent.
    pub name: String,
    pub password: String,
    /// Until when, in seconds since 1970.
    pub expires_s: i64,
    key: IntegrityKey,
    algorithm: IntegrityAlgorithm,
}

impl User {
    /// The owner as quotas count: the same one behind every name made for them.
    pub fn owner(&self) -> &str {
        let holder = self.holder();
        holder.split_once(':').map_or(holder, |(owner, _)| owner)
    }

    /// Whom the name was made for, and what for.
    pub fn holder(&self) -> &str {
        self.name.split_once(':').map_or("", |(_, holder)| holder)
    }

    pub fn key(&self) -> (&IntegrityKey, IntegrityAlgorithm) {
        (&self.key, self.algorithm)
    }
}

/// Checks who signed a message.
pub struct Access {
    secret: String,
}

impl Access {
    pub fn new(secret: String) -> Self {
        Self { secret }
    }

    /// `None` when nobody did, the name is not one of ours, or the password is wrong. Whether the name has ended is
    /// for the caller to see.
    pub fn signer(&self, message: &Message<'_>) -> Option<User> {
        let username = message.attribute::<Username>().ok()?;
        let name = username.username();
        let (expiry, id) = name.split_once(':')?;
        if id.is_empty() || name.len() > LONGEST_NAME || !expiry.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let password = password(&self.secret, name);
        let algorithm = algorithm(message);
        let key = LongTermCredentials::new(name.to_owned(), password.clone())
            .to_key(REALM.to_owned())
            .make_key(algorithm);
        message.validate_integrity_with_key(&key).ok()?;
        Some(User { name: name.to_owned(), password, expires_s: expiry.parse().ok()?, key, algorithm })
    }
}

/// The password of a name, as whoever hands names out computes it too.
fn password(secret: &str, name: &str) -> String {
    // A key of any length is allowed.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(name.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// MD5 and SHA-1, unless the client has chosen better (RFC 8489).
fn algorithm(message: &Message<'_>) -> IntegrityAlgorithm {
    match message.attribute::<PasswordAlgorithm>() {
        Ok(chosen) if chosen.algorithm() == PasswordAlgorithmValue::SHA256 => IntegrityAlgorithm::Sha256,
        Ok(_) | Err(_) => IntegrityAlgorithm::Sha1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_those_other_servers_compute() {
        // printf '1700000000:anna' | openssl dgst -sha1 -hmac s3cret -binary | base64
        assert_eq!(password("s3cret", "1700000000:anna"), "jxdTi5cndJWp4/jbBx5lYUMNQqo=");
    }
}
