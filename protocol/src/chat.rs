//! Chats and their messages.

use crate::call::CallType;
use crate::ids::{ChatId, ClientMessageId, Cursor, Seq, UploadId, UserAlias};
use crate::presence::{Presence, UserProfile};
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// What a user sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageBody {
    /// Plain text; never markup. 1 to [`crate::Limits::message_chars`] characters, not blank only.
    Text(String),
    /// A file uploaded before, by the same user, into the same chat.
    File(Attachment),
    /// A call of the sender that was not answered. The server writes it; nobody sends it.
    MissedCall(CallType),
}

impl MessageBody {
    /// What stands for the message where only text fits: lists, REST, the public API.
    pub fn as_text(&self) -> &str {
        match self {
            MessageBody::Text(text) => text,
            MessageBody::File(file) => &file.name,
            MessageBody::MissedCall(_) => "",
        }
    }
}

/// A file in a chat. On its way to the server only `upload` counts: the server fills in what it stored.
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

/// A stored message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub chat: ChatId,
    pub seq: Seq,
    pub sender: UserAlias,
    /// The sender's own id for it; unique per sender.
    pub client_id: ClientMessageId,
    pub body: MessageBody,
    /// When the server stored it.
    pub at: Timestamp,
}

impl Message {
    /// The public, globally unique id of the message: chat and place in it.
    pub fn public_id(&self) -> String {
        format!("{}:{}", self.chat, self.seq.0)
    }
}

/// A chat as its list shows it, seen by one of its two users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatSummary {
    pub chat: ChatId,
    /// Grows when a removed chat is created anew: sequence numbers of an older incarnation mean nothing.
    pub incarnation: u32,
    pub created_at: Timestamp,
    pub created_by: UserAlias,
    /// 0 for a chat without a message.
    pub last_seq: Seq,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message: Option<Message>,
    /// The last message this user has read.
    pub read_seq: Seq,
    /// The last message the other user has read.
    pub peer_read_seq: Seq,
    /// Messages of the other user after `read_seq`.
    pub unread: u32,
}

/// Everything that changed for a user after a cursor; the whole list when there was none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sync {
    /// True when `chats` is the complete list and anything else the client knows is gone.
    pub complete: bool,
    /// Where the client stands after applying this.
    pub cursor: Cursor,
    pub chats: Vec<ChatSummary>,
    pub removed: Vec<ChatId>,
    /// The other participants of `chats`.
    pub profiles: Vec<UserProfile>,
    /// Everybody who is not offline right now and shares a chat with this user.
    pub present: Vec<(UserAlias, Presence)>,
}
