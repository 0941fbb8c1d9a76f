//! What the server says to the widget.

use crate::board::BoardNews;
use crate::call::CallNews;
use crate::chat::ChatNews;
use crate::error_code::Failure;
use crate::ids::{Cursor, RequestId};
use crate::nests::nests;
use crate::presence::UserNews;
use crate::session::SessionNews;
use serde::{Deserialize, Serialize, de::IgnoredAny};

/// One frame from the server: a reply (`re` is set) or an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerEnvelope {
    /// [`crate::PROTOCOL_VERSION`].
    pub v: u16,
    /// The request this answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub re: Option<RequestId>,
    /// Set on everything durable: what was added, moved or removed for this user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<CursorStep>,
    pub msg: ServerMessage,
}

/// What can be told of a frame whose message is not known.
#[derive(Deserialize)]
struct Head {
    v: u16,
    #[serde(default)]
    re: Option<RequestId>,
    #[serde(default)]
    step: Option<CursorStep>,
    #[serde(rename = "msg")]
    _msg: IgnoredAny,
}

impl ServerEnvelope {
    /// Reads a frame. A message that is not known here, or has a word in it that is not, becomes
    /// [`ServerMessage::Unknown`]; its step and the request it answers still count.
    ///
    /// # Errors
    /// When it is no frame at all.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text).or_else(|_| {
            let Head { v, re, step, .. } = serde_json::from_str(text)?;
            Ok(Self { v, re, step, msg: ServerMessage::Unknown })
        })
    }
}

/// Moves the device from `prev` to `cursor`. A device that does not stand at `prev` has missed something and asks
/// for a resync; one that already stands at or behind `cursor` has seen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CursorStep {
    pub prev: Cursor,
    pub cursor: Cursor,
}

/// Answers, durable events and passing ones, by what they are about; `docs/protocol.md` describes each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerMessage {
    Session(SessionNews),
    User(UserNews),
    Chat(ChatNews),
    Call(CallNews),
    /// Read by [`crate::board::BoardAnswer`]; whoever asks nothing of boards is told nothing of them.
    #[serde(skip_deserializing)]
    Board(Box<BoardNews>),
    /// A reply: it is done, and there is nothing to say about it.
    Done,
    /// A reply, or, without a request, about the socket as a whole.
    Error(Failure),
    /// Never sent: what a client reads of a message of a later server.
    #[serde(skip)]
    Unknown,
}

nests!(ServerMessage: Session(SessionNews), User(UserNews), Chat(ChatNews), Call(CallNews));

impl From<BoardNews> for ServerMessage {
    fn from(news: BoardNews) -> Self {
        ServerMessage::Board(Box::new(news))
    }
}
