//! The files that people give each other: where their bytes lie, how much room there is, who signs links to them, and how
//! many somebody moves at once.

pub mod content;
mod disk;
mod folder;

pub use disk::Disk;
pub use folder::{PartialFile, UploadFolder};

use crate::auth::download_link::LinkSigner;
use crate::slots::Slots;
use bandyer_protocol::UserAlias;
use std::io;
use std::path::Path;

/// Of one user at once.
const MOST_UPLOADS: u32 = 6;
const MOST_DOWNLOADS: u32 = 32;

/// Cheap to clone.
#[derive(Clone)]
pub struct Files {
    pub folder: UploadFolder,
    pub links: LinkSigner,
    pub running: Slots<UserAlias>,
    pub downloads: Slots<UserAlias>,
    pub disk: Disk,
}

impl Files {
    /// `secret` signs download links.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(root: &Path, secret: &[u8], free_bytes: u64) -> io::Result<Self> {
        Ok(Self {
            folder: UploadFolder::open(root)?,
            disk: Disk::open(root, free_bytes)?,
            links: LinkSigner::new(secret),
            running: Slots::new(MOST_UPLOADS),
            downloads: Slots::new(MOST_DOWNLOADS),
        })
    }

    /// Whatever the user sends or receives right now breaks off.
    pub fn dismiss(&self, user: &UserAlias) {
        self.running.end(user);
        self.downloads.end(user);
    }
}
