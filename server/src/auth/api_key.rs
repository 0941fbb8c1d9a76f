//! The key of the host site's server.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Only the key's hash stays in memory, and comparing takes the same time for every wrong key.
#[derive(Clone)]
pub struct ApiKey {
    hash: [u8; 32],
}

impl ApiKey {
    pub fn new(key: &str) -> Self {
        Self { hash: Sha256::digest(key.as_bytes()).into() }
    }

    pub fn matches(&self, offered: &str) -> bool {
        let offered: [u8; 32] = Sha256::digest(offered.as_bytes()).into();
        self.hash.ct_eq(&offered).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_itself_matches() {
        let key = ApiKey::new("correct horse battery");
        assert!(key.matches("correct horse battery"));
        assert!(!key.matches("correct horse batter"));
        assert!(!key.matches(""));
    }
}
