//! What the widget says to the server.

use crate::chat::MessageBody;
use crate::ids::{ChatId, ClientMessageId, Cursor, RequestId, Seq, UserAlias};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One frame from the client. Each is answered exactly once, by a [`crate::ServerEnvelope`] whose `re` is `id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientEnvelope {
    /// [`crate::PROTOCOL_VERSION`].
    pub v: u16,
    pub id: RequestId,
    pub msg: ClientMessage,
}

/// The reply each message gets when it succeeds stands behind the arrow; failure is always
/// [`crate::ServerMessage::Error`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientMessage {
    /// Must be the first frame. → `Welcome`
    Authenticate(Authenticate),
    /// A new token for the same user. → `TokenRefreshed`
    RefreshToken { token: Secret },
    /// Everything after a cursor; sent when a step does not join. → `Synced`
    Resync { cursor: Cursor },
    /// → `MessageAdded`, once stored; for a client id already stored, the stored message again.
    SendMessage { chat: ChatId, client_id: ClientMessageId, body: MessageBody },
    /// Everything up to and including `seq` was read; a lower number than known is ignored. → `Done`
    MarkRead { chat: ChatId, seq: Seq },
    /// The user is typing. → `Done`
    Typing { chat: ChatId },
    /// Makes sure the chat with that user exists. → `ChatAdded`
    AddChat { user: UserAlias },
    /// Deletes the chat and its messages for both. → `ChatRemoved`
    RemoveChat { chat: ChatId },
    /// A page of messages next to `from`, which is not included. `limit` is 1 to [`crate::Limits::page_size`].
    /// → `Messages`, ascending
    FetchMessages { chat: ChatId, from: Seq, direction: PageDirection, limit: u32 },
    /// → `UserStatus`
    GetUser { user: UserAlias },
    /// → `OnlineUsers`
    ListOnline,
    /// Keeps the line alive and measures it. → `Pong`
    Ping,
}

/// Which way a page goes from its starting point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageDirection {
    Before,
    After,
}

/// Who is there, and how far they have seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authenticate {
    pub token: Secret,
    /// Where this device stands; absent on a fresh start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// Version of the widget, for the server's log.
    pub client: String,
}

/// A text that must not reach a log: `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
