//! Files, as messages and calls name them.

use crate::ids::UploadId;
use serde::{Deserialize, Serialize};

/// A file in a chat or a call. On its way to the server only `upload` counts: the server fills in what it stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub upload: UploadId,
    /// File name as chosen by the sender, for display only. At most 255 characters.
    pub name: String,
    /// Size in bytes.
    pub size: u64,
    /// Media type as sniffed by the server from the content, never as claimed by the sender.
    pub media_type: String,
    /// True when the content is a picture a browser shows without running anything (PNG, JPEG, GIF, WebP).
    pub picture: bool,
}
