//! The data folder: made for its owner only, and held by one server at a time.

use crate::error::StartError;
use crate::private;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// Nobody else can start on the folder as long as this lives; the system lets go of it when the process ends, however
/// it ends.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: Option<File>,
}

impl DataFolder {
    /// Makes the folder if there is none, and takes it.
    ///
    /// # Errors
    /// When it cannot be made or written to, or another server has it.
    pub fn take(path: &Path) -> Result<Self, StartError> {
        let failed = |error: std::io::Error| StartError::Files(format!("{}: {error}", path.display()));
        private::folder(path).map_err(failed)?;
        let lock = open(&path.join("lock")).map_err(failed)?;
        let lock = match lock.try_lock() {
            Ok(()) => Some(lock),
            Err(TryLockError::WouldBlock) => {
                return Err(StartError::Files(format!(
                    "{}: another server runs on this data folder; stop it first, or give this one a folder of its own",
                    path.display()
                )));
            }
            Err(TryLockError::Error(error)) => {
                tracing::warn!(%error, "the file system knows no locks: see to it that no second server starts here");
                None
            }
        };
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// A restored backup may have left out what matters most. To be asked before anything is made in here.
    pub fn warn_of_lost_database(&self, database: &Path) {
        let secrets = ["api-key", "token-secret"];
        if !database.exists() && secrets.iter().any(|name| self.path.join(name).exists()) {
            tracing::warn!(
                database = %database.display(),
                "the secrets of an earlier run are here and its database is not: starting with an empty one. If this \
                 is a restored backup, stop, and put the database back"
            );
        }
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
