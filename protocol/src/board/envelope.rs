//! Frames about boards, for the part of a widget that knows nothing else. They are the same frames as all others.

use super::{BoardNews, BoardRequest};
use crate::PROTOCOL_VERSION;
use crate::error_code::Failure;
use crate::ids::RequestId;
use serde::{Deserialize, Serialize};

/// A [`crate::ClientEnvelope`] about a board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BoardQuestion {
    pub v: u16,
    pub id: RequestId,
    pub msg: InGroup,
}

/// The group the request stands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InGroup {
    pub board: BoardRequest,
}

impl BoardQuestion {
    pub fn new(id: RequestId, board: BoardRequest) -> Self {
        Self { v: PROTOCOL_VERSION, id, msg: InGroup { board } }
    }
}

/// A [`crate::ServerEnvelope`] about a board, or about a request about one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BoardAnswer {
    /// The request this answers.
    #[serde(default)]
    pub re: Option<RequestId>,
    pub msg: BoardReply,
}

/// What is said in it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoardReply {
    Board(BoardNews),
    Done,
    Error(Failure),
}

impl BoardAnswer {
    /// Reads a frame.
    ///
    /// # Errors
    /// When it is about something else, or of a later protocol.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}
