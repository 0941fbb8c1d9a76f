//! All chats of the user: the list, and what the public getters remember of the session.

pub mod composer;
pub mod days;
pub mod message_list;
pub mod rows;
pub mod thread;

use crate::api::CallId;
use bandyer_protocol::{ChatId, ClientMessageId, Message, Seq, Timestamp, UserAlias};
pub use rows::{Row, RowKey, Rows, Tick};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
pub use thread::{Outgoing, OutgoingState, Thread};

#[derive(Debug, Clone, Default)]
pub struct Chats {
    /// Makes message ids unique; see [`crate::State::new`].
    pub seed: String,
    pub by_id: BTreeMap<ChatId, Rc<Chat>>,
    /// The order of the list: newest last message first, else newest chat first.
    pub order: Rc<Vec<ChatId>>,
    /// The first complete list has arrived.
    pub loaded: bool,
    /// Of this session only.
    pub last_received: Option<Message>,
    /// Of this session only.
    pub last_sent: Option<Message>,
    /// What was kept on this device has been read: nothing is sent before, or newer texts would overtake older ones.
    pub restored: bool,
    /// Number of the next message id.
    pub next_message: u32,
    /// Calls that wait until a message is stored.
    pub awaiting: BTreeMap<ClientMessageId, CallId>,
    /// Sends without an answer yet.
    pub in_flight: u32,
    /// The server asked for a pause, or something failed that will be tried again: the resend timer runs.
    pub pausing: bool,
    /// Drafts that changed since they were written to storage.
    pub unsaved_drafts: BTreeSet<ChatId>,
}

/// One chat, with everything its row in the list and its conversation show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chat {
    pub id: ChatId,
    pub other: UserAlias,
    pub incarnation: u32,
    pub created_at: Timestamp,
    pub created_by: UserAlias,
    pub last_message: Option<Message>,
    /// The last message the server is known to hold.
    pub last_seq: Seq,
    /// The last message that was announced here, or was there before this session. Behind `last_seq` while a gap is
    /// being closed.
    pub heard: Seq,
    pub read_seq: Seq,
    pub peer_read_seq: Seq,
    pub unread: u32,
    /// The other user is typing.
    pub typing: bool,
    pub draft: String,
    pub thread: Rc<Thread>,
    /// A read marker the server has not confirmed yet.
    pub marking: Option<Seq>,
    /// The other user has read this message, and the host page was not told yet because it is not loaded.
    pub receipt: Option<Seq>,
    /// When this user's typing was last told to the other one.
    pub typing_told: Option<Timestamp>,
}

/// Requests whose answers concern one chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatRequest {
    /// Older messages, wanted by scrolling or opening.
    Older(ChatId),
    /// Messages after the last known one: a gap to close before anything newer is shown.
    Gap(ChatId),
    Send {
        chat: ChatId,
        client_id: ClientMessageId,
    },
    MarkRead {
        chat: ChatId,
        seq: Seq,
    },
    /// The message the other user has read last, wanted for `message_read`.
    Receipt {
        chat: ChatId,
        seq: Seq,
    },
    Typing(ChatId),
}

impl ChatRequest {
    /// The chat it is about.
    pub fn chat(&self) -> &ChatId {
        match self {
            ChatRequest::Older(chat) | ChatRequest::Gap(chat) | ChatRequest::Typing(chat) => chat,
            ChatRequest::Send { chat, .. }
            | ChatRequest::MarkRead { chat, .. }
            | ChatRequest::Receipt { chat, .. } => chat,
        }
    }
}
