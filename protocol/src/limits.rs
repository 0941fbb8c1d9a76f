//! The limits the server names in its welcome, and their defaults.

use serde::{Deserialize, Serialize};

/// What the server will refuse. A widget checks first, so that the user learns of it before anything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Longest message text, in Unicode scalar values.
    pub message_chars: u32,
    /// Largest upload, in bytes.
    pub upload_bytes: u64,
    /// Most messages one [`crate::ChatRequest::FetchMessages`] may ask for.
    pub page_size: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { message_chars: 10_000, upload_bytes: 157_286_400, page_size: 200 }
    }
}
