//! What is kept on the device.

use bandyer_protocol::{ChatId, ClientMessageId, Timestamp};

/// What a device keeps over a reload, for one user of one server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Saved {
    /// Unsent texts, oldest first.
    pub outbox: Vec<SavedMessage>,
    pub drafts: Vec<(ChatId, String)>,
}

/// A text that was not acknowledged when it was written down.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SavedMessage {
    pub chat: ChatId,
    pub client_id: ClientMessageId,
    pub text: String,
    /// When it was written, in ms since the epoch; also its place among the unsent ones.
    pub at: Timestamp,
}
