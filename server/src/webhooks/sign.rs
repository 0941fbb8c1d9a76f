//! How a receiver knows that it is us: the API key signs what is sent.

use base16ct::lower;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Signs with the API key, and shows it to nobody.
#[derive(Clone)]
pub struct Signer {
    mac: Hmac<Sha256>,
}

impl Signer {
    /// # Errors
    /// When the library takes no key of that length, which it has no reason to.
    pub fn new(key: &str) -> Result<Self, String> {
        let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).map_err(|error| error.to_string())?;
        Ok(Self { mac })
    }

    /// `room-id-hmac` of version 0.
    pub fn room(&self, room_id: &str) -> String {
        self.hex(&[room_id.as_bytes()])
    }

    /// `bandyer-signature` of version 1, for a body sent at `t` (milliseconds since 1970).
    pub fn body(&self, t: i64, body: &[u8]) -> String {
        let time = t.to_string();
        format!("t={time},v0={}", self.hex(&[time.as_bytes(), b".", body]))
    }

    fn hex(&self, parts: &[&[u8]]) -> String {
        let mut mac = self.mac.clone();
        for part in parts {
            mac.update(part);
        }
        lower::encode_string(&mac.finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors made with `openssl dgst -sha256 -hmac`.
    #[test]
    fn signatures_are_those_of_everybody_else() {
        let signer = Signer::new("key").unwrap();
        assert_eq!(
            signer.room("The quick brown fox jumps over the lazy dog"),
            "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
        );
        assert_eq!(
            signer.body(1_700_000_000_000, br#"{"event":"x"}"#),
            "t=1700000000000,v0=c24d23fd7345c94e7817455cc207e667d747a3ed5db1dd0b5627956209b65b9f"
        );
    }
}
