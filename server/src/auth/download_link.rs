//! Links that download one file without a token: signed, for one user, and good for a minute at most.

use bandyer_protocol::{Timestamp, UploadId, UserAlias};
use base16ct::lower;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How long a link is good for, in milliseconds.
pub const LINK_LIFETIME_MS: i64 = 60_000;

/// Signs and checks links.
#[derive(Clone)]
pub struct LinkSigner {
    key: Vec<u8>,
}

impl LinkSigner {
    /// Derives its own key from the server's secret, so that a signature of one kind is never good for another.
    pub fn new(secret: &[u8]) -> Self {
        Self { key: mac(secret, b"bandyer download link v1") }
    }

    /// Path and query of a link for `user`.
    pub fn path(&self, upload: &UploadId, user: &UserAlias, until: Timestamp) -> String {
        let signature = lower::encode_string(&mac(&self.key, statement(upload, user, until).as_bytes()));
        format!("/client/uploads/{upload}?for={user}&until={}&sig={signature}", until.0)
    }

    /// Whether `signature` was made here for exactly this, and `until` is still to come but not further away than a
    /// link may live.
    pub fn check(
        &self,
        upload: &UploadId,
        user: &UserAlias,
        until: Timestamp,
        signature: &str,
        now: Timestamp,
    ) -> bool {
        let left = until.since(now);
        let Ok(given) = lower::decode_vec(signature) else { return false };
        let Ok(mut expected) = Hmac::<Sha256>::new_from_slice(&self.key) else { return false };
        expected.update(statement(upload, user, until).as_bytes());
        // Compares in constant time.
        expected.verify_slice(&given).is_ok() && left > 0 && left <= LINK_LIFETIME_MS
    }
}

/// Neither ids nor aliases can hold a line break, so no two links share a statement.
fn statement(upload: &UploadId, user: &UserAlias, until: Timestamp) -> String {
    format!("{upload}\n{user}\n{}", until.0)
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    // HMAC takes a key of any length; the error exists for other kinds of MAC.
    Hmac::<Sha256>::new_from_slice(key).map_or_else(
        |_| Vec::new(),
        |mut mac| {
            mac.update(text);
            mac.finalize().into_bytes().to_vec()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(path: &str) -> String {
        path.split("sig=").nth(1).unwrap().to_owned()
    }

    #[test]
    fn a_link_is_good_for_its_file_its_user_and_its_minute_only() {
        let signer = LinkSigner::new(b"0123456789abcdef0123456789abcdef");
        let (file, other) = (UploadId::parse("f1").unwrap(), UploadId::parse("f2").unwrap());
        let (anna, bob) = (UserAlias::parse("anna").unwrap(), UserAlias::parse("bob").unwrap());
        let (now, until) = (Timestamp(1_000_000), Timestamp(1_060_000));
        let sig = signature(&signer.path(&file, &anna, until));

        assert!(signer.check(&file, &anna, until, &sig, now));
        assert!(!signer.check(&other, &anna, until, &sig, now));
        assert!(!signer.check(&file, &bob, until, &sig, now));
        assert!(!signer.check(&file, &anna, until.plus_ms(1), &sig, now));
        assert!(!signer.check(&file, &anna, until, &sig, until));
        assert!(!signer.check(&file, &anna, until, &sig, now.plus_ms(-1)));
        for bad in ["", "zz", "é0", &sig[..62], &sig.replace(&sig[..1], "x")] {
            assert!(!signer.check(&file, &anna, until, bad, now), "{bad}");
        }
        let foreign = LinkSigner::new(b"another secret of 32 bytes or so");
        assert!(!foreign.check(&file, &anna, until, &sig, now));
    }
}
