//! All chats of the user: the list, and what the public getters remember of the session.

pub mod composer;
pub mod message_list;
pub mod thread;

use bandyer_protocol::{ChatId, ClientMessageId, Message, Seq, Timestamp, UserAlias};
use std::collections::BTreeMap;
use std::rc::Rc;
pub use thread::{Outgoing, OutgoingState, Thread};

#[derive(Debug, Clone, Default)]
pub struct Chats {
    pub by_id: BTreeMap<ChatId, Rc<Chat>>,
    /// The order of the list: newest last message first, else newest chat first.
    pub order: Rc<Vec<ChatId>>,
    /// The first complete list has arrived.
    pub loaded: bool,
    pub last_received: Option<Message>,
    pub last_sent: Option<Message>,
}

/// One chat, with everything its row in the list and its conversation show.
#[derive(Debug, Clone)]
pub struct Chat {
    pub id: ChatId,
    pub other: UserAlias,
    pub incarnation: u32,
    pub created_at: Timestamp,
    pub created_by: UserAlias,
    pub last_message: Option<Message>,
    /// The last message the server is known to hold.
    pub last_seq: Seq,
    pub read_seq: Seq,
    pub peer_read_seq: Seq,
    pub unread: u32,
    /// The other user is typing.
    pub typing: bool,
    pub draft: String,
    pub thread: Rc<Thread>,
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
    MarkRead(ChatId),
    Typing(ChatId),
}
