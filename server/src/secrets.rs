//! The API key and the token secret: configured, or generated once into the data folder, readable by the owner only.

use crate::error::StartError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;
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

/// Reads the secret in `path`; writes a fresh one there first when there is no such file.
///
/// # Errors
/// When the file can be neither read nor written, or is empty.
pub fn read_or_generate(path: &Path) -> Result<String, StartError> {
    let failed = |error: std::io::Error| StartError::Files(format!("{}: {error}", path.display()));
    match std::fs::read_to_string(path) {
        Ok(text) if text.trim().is_empty() => {
            Err(StartError::Files(format!("{} is empty; delete it to get a new one", path.display())))
        }
        Ok(text) => Ok(text.trim().to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => generate(path).map_err(failed),
        Err(error) => Err(failed(error)),
    }
}

fn generate(path: &Path) -> std::io::Result<String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
    let secret = URL_SAFE_NO_PAD.encode(bytes);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(format!("{secret}\n").as_bytes())?;
    file.sync_all()?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_generated_once_and_readable_by_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("api-key");
        let first = read_or_generate(&path).unwrap();
        assert_eq!(first.len(), 43);
        assert_eq!(read_or_generate(&path).unwrap(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn only_the_key_itself_matches() {
        let key = ApiKey::new("correct horse battery");
        assert!(key.matches("correct horse battery"));
        assert!(!key.matches("correct horse batter"));
        assert!(!key.matches(""));
    }
}
