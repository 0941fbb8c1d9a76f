//! Room on the disk: some is kept for the database, so that a user who fills it with files silences nobody, and what
//! takes up room can still be removed.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The disk of the data folder. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Disk {
    folder: PathBuf,
    /// Bytes to be kept free.
    reserve: Arc<AtomicU64>,
}

impl Disk {
    /// Keeps `wanted` bytes free, on a small disk a quarter of it.
    ///
    /// # Errors
    /// When the disk does not say how large it is.
    pub fn open(folder: &Path, wanted: u64) -> io::Result<Self> {
        let disk = Self { folder: folder.to_owned(), reserve: Arc::default() };
        let size = rustix::fs::statvfs(folder)?;
        disk.keep_free(wanted.min(size.f_blocks.saturating_mul(size.f_frsize) / 4));
        Ok(disk)
    }

    /// Keeps so many bytes free from now on.
    pub fn keep_free(&self, bytes: u64) {
        self.reserve.store(bytes, Ordering::Relaxed);
    }

    /// Whether `more` bytes leave enough free. A disk that does not say counts as large enough: writing tells.
    pub fn has_room_for(&self, more: u64) -> bool {
        let reserve = self.reserve.load(Ordering::Relaxed);
        rustix::fs::statvfs(&self.folder)
            .map_or(true, |size| size.f_bavail.saturating_mul(size.f_frsize) >= reserve.saturating_add(more))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_kept_free_is_not_given_away() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path(), 0).unwrap();
        assert!(disk.has_room_for(0) && !disk.has_room_for(u64::MAX / 2));
        disk.keep_free(u64::MAX / 2);
        assert!(!disk.has_room_for(0));
        let size = rustix::fs::statvfs(folder.path()).unwrap();
        let small = Disk::open(folder.path(), u64::MAX).unwrap();
        assert_eq!(small.reserve.load(Ordering::Relaxed), size.f_blocks * size.f_frsize / 4);
    }
}
