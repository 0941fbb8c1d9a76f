//! What the widget says to the server.

use crate::board::BoardRequest;
use crate::call::CallRequest;
use crate::chat::ChatRequest;
use crate::ids::RequestId;
use crate::nests::nests;
use crate::presence::UserRequest;
use crate::session::SessionRequest;
use serde::{Deserialize, Serialize};

/// One frame from the client. Each is answered exactly once, by a [`crate::ServerEnvelope`] whose `re` is `id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientEnvelope {
    /// [`crate::PROTOCOL_VERSION`].
    pub v: u16,
    pub id: RequestId,
    pub msg: ClientMessage,
}

/// A request, by what it is about. Failure is always answered by [`crate::ServerMessage::Error`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientMessage {
    Session(SessionRequest),
    User(UserRequest),
    Chat(ChatRequest),
    Call(CallRequest),
    /// Written by [`crate::board::BoardQuestion`]: whoever says nothing of boards need not know how.
    #[serde(skip_serializing)]
    Board(Box<BoardRequest>),
}

nests!(ClientMessage: Session(SessionRequest), User(UserRequest), Chat(ChatRequest), Call(CallRequest));

impl From<BoardRequest> for ClientMessage {
    fn from(request: BoardRequest) -> Self {
        ClientMessage::Board(Box::new(request))
    }
}
