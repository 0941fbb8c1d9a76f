//! The pictures of users, as files in the data folder under names that nobody can guess.

use crate::clock::since_epoch;
use crate::private;
use bandyer_protocol::Timestamp;
use std::io;
use std::path::PathBuf;
use tokio::fs::OpenOptions;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

/// Where avatars are served.
const PATH: &str = "/client/avatars/";

/// Widgets hear of a new picture within a second, and those whose line is down a little later: so long the old one is still
/// served.
pub const RETIRED_FOR_MS: i64 = 3_600_000;

/// The folder of those, inside the other.
const RETIRED: &str = "retired";

/// The files.
#[derive(Debug, Clone)]
pub struct AvatarFolder {
    root: PathBuf,
}

impl AvatarFolder {
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(root: PathBuf) -> io::Result<Self> {
        private::folder(&root)?;
        private::folder(&root.join(RETIRED))?;
        Ok(Self { root })
    }

    /// Keeps a picture and answers its address.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn add(&self, bytes: &[u8], extension: &str) -> io::Result<String> {
        let name = format!("{}.{}", Uuid::new_v4().simple(), extension);
        let mut file = OpenOptions::from(private::new_file()).open(self.root.join(&name)).await?;
        file.write_all(bytes).await?;
        file.flush().await?;
        Ok(format!("{PATH}{name}"))
    }

    pub async fn read(&self, name: &str) -> Option<Vec<u8>> {
        let name = own_name(name)?;
        match tokio::fs::read(self.root.join(name)).await {
            Ok(bytes) => Some(bytes),
            Err(_) => tokio::fs::read(self.root.join(RETIRED).join(name)).await.ok(),
        }
    }

    /// Another picture has taken the place of this one, which goes a little later.
    pub async fn retire(&self, path: &str) {
        let Some(name) = path.strip_prefix(PATH).and_then(own_name) else { return };
        // A copy is as old as the moment it was made; a file that was only moved, as the picture.
        if let Err(error) = tokio::fs::copy(self.root.join(name), self.root.join(RETIRED).join(name)).await {
            tracing::warn!(%error, "an old avatar could not be kept for a while");
        }
        self.remove(path).await;
    }

    /// Deletes those that were retired before that.
    pub async fn forget_retired(&self, before: Timestamp) {
        let forgotten = async {
            let mut all = tokio::fs::read_dir(self.root.join(RETIRED)).await?;
            while let Some(file) = all.next_entry().await? {
                let retired = file.metadata().await?.modified()?;
                if since_epoch(retired) <= before {
                    tokio::fs::remove_file(file.path()).await?;
                }
            }
            io::Result::Ok(())
        };
        if let Err(error) = forgotten.await {
            tracing::warn!(%error, "old avatars could not be deleted; they will be tried again");
        }
    }

    /// Deletes a file by its address. One that stays behind costs a few kilobytes and harms nobody.
    pub async fn remove(&self, path: &str) {
        let Some(name) = path.strip_prefix(PATH).and_then(own_name) else { return };
        if let Err(error) = tokio::fs::remove_file(self.root.join(name)).await {
            tracing::warn!(%error, "an old avatar could not be deleted");
        }
    }
}

/// Only names we give ourselves: 32 hex digits and the ending.
fn own_name(name: &str) -> Option<&str> {
    let (stem, extension) = name.split_once('.')?;
    let own = stem.len() == 32
        && stem.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        && matches!(extension, "png" | "jpg");
    own.then_some(name)
}
