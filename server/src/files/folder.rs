//! The bytes of uploads on disk: one file each, named by its id. A file that is not complete lies apart, and goes
//! with whoever was writing it.

use super::content::SNIFFED_BYTES;
use crate::clock::since_epoch;
use crate::private;
use bandyer_protocol::{Timestamp, UploadId};
use std::io;
use std::path::{Path, PathBuf};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

/// Where uploads lie. Cheap to clone.
#[derive(Debug, Clone)]
pub struct UploadFolder {
    complete: PathBuf,
    partial: PathBuf,
}

impl UploadFolder {
    /// Makes the folders, and clears what a crash left incomplete.
    ///
    /// # Errors
    /// When the folders cannot be made or cleared.
    pub fn open(root: &Path) -> io::Result<Self> {
        let folder = Self { complete: root.join("complete"), partial: root.join("partial") };
        private::folder(&folder.complete)?;
        private::folder(&folder.partial)?;
        for entry in std::fs::read_dir(&folder.partial)? {
            std::fs::remove_file(entry?.path())?;
        }
        Ok(folder)
    }

    /// Begins a file.
    ///
    /// # Errors
    /// When it cannot be made, as on a full disk.
    pub async fn begin(&self, id: &UploadId) -> io::Result<PartialFile> {
        let path = self.partial.join(id.as_str());
        let file = tokio::fs::OpenOptions::from(private::new_file()).open(&path).await?;
        let place = self.complete.join(id.as_str());
        Ok(PartialFile { file, path: Leftover(Some(path)), place, head: Vec::new(), size: 0 })
    }

    /// # Errors
    /// When there is no such file.
    pub async fn read(&self, id: &UploadId) -> io::Result<File> {
        File::open(self.complete.join(id.as_str())).await
    }

    /// Deletes a file; one that is gone already is fine.
    pub async fn remove(&self, id: &UploadId) {
        match tokio::fs::remove_file(self.complete.join(id.as_str())).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "a file without a chat could not be deleted; it will be tried again");
            }
            Ok(()) | Err(_) => {}
        }
    }

    /// The files that have lain here since before `limit`.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn made_before(&self, limit: Timestamp) -> io::Result<Vec<UploadId>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.complete)? {
            let entry = entry?;
            let id = entry.file_name().to_str().and_then(|name| UploadId::parse(name).ok());
            let modified = entry.metadata().and_then(|meta| meta.modified());
            if let (Some(id), Ok(modified)) = (id, modified)
                && since_epoch(modified) <= limit
            {
                found.push(id);
            }
        }
        Ok(found)
    }
}

/// A file being written. Dropped before [`PartialFile::finish`], it is gone.
pub struct PartialFile {
    file: File,
    path: Leftover,
    place: PathBuf,
    head: Vec<u8>,
    size: u64,
}

impl PartialFile {
    /// # Errors
    /// When the disk does not take it.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let wanted = SNIFFED_BYTES.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..wanted]);
        self.file.write_all(bytes).await?;
        self.size += bytes.len() as u64;
        Ok(())
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// The first bytes, for looking at what it is.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Puts the file in its place, durably: a message may refer to it only when the bytes cannot get lost.
    ///
    /// # Errors
    /// When the disk does not take it; nothing is left behind then.
    pub async fn finish(mut self) -> io::Result<()> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        if let Some(path) = self.path.0.as_ref() {
            tokio::fs::rename(path, &self.place).await?;
        }
        self.path.0 = None;
        if let Some(folder) = self.place.parent() {
            File::open(folder).await?.sync_all().await?;
        }
        Ok(())
    }
}

/// The path of an incomplete file, deleted on drop.
struct Leftover(Option<PathBuf>);

impl Drop for Leftover {
    fn drop(&mut self) {
        // Deleting is one short call; an error means it is gone already, and the next start clears the rest.
        if let Some(path) = self.0.take() {
            drop(std::fs::remove_file(path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::now;

    #[tokio::test]
    async fn a_file_is_there_only_when_it_is_finished() {
        let root = tempfile::tempdir().unwrap();
        let folder = UploadFolder::open(root.path()).unwrap();
        let id = UploadId::parse("one").unwrap();
        let mut broken = folder.begin(&id).await.unwrap();
        broken.write(b"half").await.unwrap();
        assert!(folder.read(&id).await.is_err());
        drop(broken);
        assert_eq!(std::fs::read_dir(root.path().join("partial")).unwrap().count(), 0);

        let mut whole = folder.begin(&id).await.unwrap();
        whole.write(b"whole").await.unwrap();
        assert_eq!((whole.size(), whole.head()), (5, &b"whole"[..]));
        whole.finish().await.unwrap();
        assert!(folder.read(&id).await.is_ok());
        assert_eq!(folder.made_before(now()).unwrap(), std::slice::from_ref(&id));
        assert_eq!(folder.made_before(now().plus_ms(-60_000)).unwrap(), []);
        folder.remove(&id).await;
        folder.remove(&id).await;
        assert!(folder.read(&id).await.is_err());
    }

    #[tokio::test]
    async fn a_start_clears_what_a_crash_left() {
        let root = tempfile::tempdir().unwrap();
        UploadFolder::open(root.path()).unwrap();
        std::fs::write(root.path().join("partial/x"), "half").unwrap();
        UploadFolder::open(root.path()).unwrap();
        assert!(!root.path().join("partial/x").exists());
    }
}
