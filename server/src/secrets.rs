//! The secrets: configured, or generated once into the data folder, readable by the owner only.

use crate::error::StartError;
use crate::private;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// The secrets there are, each a setting and a file of the data folder. Shorter ones could be guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    ApiKey,
    Token,
    Turn,
}

impl SecretKind {
    pub const ALL: [SecretKind; 3] = [SecretKind::ApiKey, SecretKind::Token, SecretKind::Turn];

    pub fn setting(self) -> &'static str {
        match self {
            SecretKind::ApiKey => "api_key",
            SecretKind::Token => "token_secret",
            SecretKind::Turn => "turn_secret",
        }
    }

    pub fn file_name(self) -> &'static str {
        match self {
            SecretKind::ApiKey => "api-key",
            SecretKind::Token => "token-secret",
            SecretKind::Turn => "turn-secret",
        }
    }

    /// Fewest bytes.
    pub fn least_bytes(self) -> usize {
        match self {
            SecretKind::Token => 32,
            SecretKind::ApiKey | SecretKind::Turn => 16,
        }
    }

    /// Why a text will not do, without the text.
    ///
    /// # Errors
    /// When it is too short.
    pub fn check(self, text: &str) -> Result<(), String> {
        let (least, has) = (self.least_bytes(), text.len());
        if has < least { Err(format!("must have at least {least} bytes, it has {has}")) } else { Ok(()) }
    }
}

/// Reads a secret in the data folder; writes a fresh one there first when there is no such file.
///
/// # Errors
/// When the file can be neither read nor written, or is too short.
pub fn read_or_generate(data: &Path, kind: SecretKind) -> Result<String, StartError> {
    let path = &data.join(kind.file_name());
    let failed = |error: std::io::Error| StartError::Files(format!("{}: {error}", path.display()));
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let secret = text.trim().to_owned();
            kind.check(&secret).map_err(|why| {
                StartError::Files(format!("{} {why}; delete it to get a new one", path.display()))
            })?;
            Ok(secret)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => generate(path).map_err(failed),
        Err(error) => Err(failed(error)),
    }
}

fn generate(path: &Path) -> std::io::Result<String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
    let secret = URL_SAFE_NO_PAD.encode(bytes);
    let mut file = private::new_file().open(path)?;
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
        let first = read_or_generate(folder.path(), SecretKind::ApiKey).unwrap();
        assert_eq!(first.len(), 43);
        assert_eq!(read_or_generate(folder.path(), SecretKind::ApiKey).unwrap(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_that_is_too_short_is_refused_and_not_told() {
        let folder = tempfile::tempdir().unwrap();
        for kind in SecretKind::ALL {
            let least = kind.least_bytes();
            let write = |text: &str| std::fs::write(folder.path().join(kind.file_name()), text).unwrap();
            for short in
                ["", " \n", "Q", &"Q".repeat(least - 1), &format!("{}     \n", "Q".repeat(least - 1))]
            {
                write(short);
                let why = read_or_generate(folder.path(), kind).unwrap_err().to_string();
                assert!(why.contains(&least.to_string()) && !why.contains('Q'), "{kind:?}: {why}");
            }
            write(&format!("{}\n", "Q".repeat(least)));
            assert!(read_or_generate(folder.path(), kind).is_ok(), "{kind:?}");
        }
    }
}
