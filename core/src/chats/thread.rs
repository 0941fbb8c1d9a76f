//! The messages of one chat that this device holds: a run of stored ones without a hole, and the ones on their way.

use super::message_list::MessageList;
use bandyer_protocol::{Attachment, ClientMessageId, Seq, Timestamp};
use std::rc::Rc;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Thread {
    /// Stored messages, ascending, without a hole.
    pub stored: MessageList,
    /// Written here and not acknowledged yet, oldest first; shown after the stored ones.
    pub outgoing: Vec<Rc<Outgoing>>,
    /// The oldest message of the chat is in `stored`, or the chat is empty.
    pub reached_start: bool,
    /// A page of older messages is on its way.
    pub loading_older: bool,
    /// A gap to the newest message is being closed.
    pub loading_gap: bool,
    /// Where the unread divider stands: above the first message after this one. Set on opening the conversation.
    pub divider_after: Option<Seq>,
    /// The last message is in view.
    pub at_bottom: bool,
    /// Messages that arrived while it was not.
    pub new_below: u32,
    /// Object URLs of loaded preview pictures.
    pub pictures: Rc<std::collections::BTreeMap<Seq, String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub client_id: ClientMessageId,
    pub content: Content,
    pub at: Timestamp,
    pub state: OutgoingState,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Text(String),
    File(OutgoingFile),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingFile {
    /// The file object in the upload service.
    pub file: u32,
    pub name: String,
    pub size: u64,
    pub picture: bool,
    /// Set once the upload is stored and only the message is missing.
    pub attachment: Option<Attachment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutgoingState {
    /// Waits for the network or its turn, or for the server's answer.
    Pending,
    /// Bytes of the upload on the server so far.
    Uploading { sent: u64, total: u64 },
    /// Refused or broken: "not sent, retry".
    Failed,
}
