//! Chats and their messages.

mod body;

use crate::attachment::Attachment;
use crate::call::CallType;
use crate::ids::{ChatId, ClientMessageId, Seq, UserAlias};
use crate::profile::UserProfile;
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// What a user sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageBody {
    /// Plain text; never markup. 1 to [`crate::Limits::message_chars`] characters, not blank only.
    Text(String),
    /// A file uploaded before, by the same user, into the same chat.
    File(Attachment),
    /// A call of the sender that was not answered. The server writes it; nobody sends it.
    MissedCall(CallType),
    /// A call to the sender, who declined it. The server writes it; nobody sends it.
    DeclinedCall(CallType),
    /// Never sent: what is read of a kind that a later server knows. The message keeps its place in the chat.
    #[serde(skip)]
    Unknown,
}

impl MessageBody {
    /// What stands for the message where only text fits: lists, REST, the public API.
    pub fn as_text(&self) -> &str {
        match self {
            MessageBody::Text(text) => text,
            MessageBody::File(file) => &file.name,
            MessageBody::MissedCall(_) | MessageBody::DeclinedCall(_) | MessageBody::Unknown => "",
        }
    }
}

/// The last message of a chat summary holds at most so many characters (Unicode scalar values) of its text.
pub const PREVIEW_CHARS: usize = 256;

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
    /// Its text holds at most [`PREVIEW_CHARS`] characters: a list shows a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message: Option<Message>,
    /// The text of `last_message` goes on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// The last message this user has read.
    pub read_seq: Seq,
    /// The last message the other user has read.
    pub peer_read_seq: Seq,
    /// Messages of the other user after `read_seq`.
    pub unread: u32,
}

/// What a widget asks about chats. The answer stands behind the arrow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatRequest {
    /// → `MessageAdded`, once stored; for a client id already stored, the stored message again.
    SendMessage { chat: ChatId, client_id: ClientMessageId, body: MessageBody },
    /// Everything up to and including `seq` was read; a lower number than known is ignored. → `Done`
    MarkRead { chat: ChatId, seq: Seq },
    /// The user is typing. → `Done`
    Typing { chat: ChatId },
    /// Makes sure the chat with that user exists. → `Added`
    Add { user: UserAlias },
    /// Deletes the chat and its messages for both. → `Removed`
    Remove { chat: ChatId },
    /// A page of messages next to `from`, which is not included. `limit` is 1 to [`crate::Limits::page_size`].
    /// → `Messages`, ascending
    FetchMessages { chat: ChatId, from: Seq, direction: PageDirection, limit: u32 },
}

/// Which way a page goes from its starting point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageDirection {
    Before,
    After,
}

/// What the server says about chats. What is added, moved or removed is durable and carries a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatNews {
    /// A reply: one page.
    Messages {
        chat: ChatId,
        messages: Vec<Message>,
        has_more: bool,
    },
    MessageAdded {
        message: Message,
    },
    /// `user` has read up to `seq`.
    ReadMoved {
        chat: ChatId,
        user: UserAlias,
        seq: Seq,
    },
    Added {
        summary: Box<ChatSummary>,
        profile: Box<UserProfile>,
    },
    Removed {
        chat: ChatId,
    },
    /// Passing.
    Typing {
        chat: ChatId,
        user: UserAlias,
    },
}
