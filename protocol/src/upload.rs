//! Files on their way over HTTP; the WebSocket carries only their ids.
//!
//! `POST /client/uploads?chat=<chat id>&name=<file name>` with the raw bytes as body and the access token as
//! bearer stores a file and answers an [`UploadReceipt`]. `POST /client/uploads/<id>/link` answers a
//! [`DownloadLink`]; `GET` on it, or on `/client/uploads/<id>` with a bearer, downloads.

use crate::attachment::Attachment;
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// A stored file, ready to be sent as [`crate::MessageBody::File`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadReceipt {
    pub attachment: Attachment,
}

/// A link that downloads one file without a token, for a short while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DownloadLink {
    /// Path and query, relative to the server's origin.
    pub path: String,
    pub expires_at: Timestamp,
}
