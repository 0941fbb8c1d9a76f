//! What travels between the widget and the server: message types, identifiers, limits. What it *means* lives in
//! `core` (widget) and `server::hub`.
//!
//! One WebSocket carries JSON text frames. The client sends [`ClientEnvelope`]s, the server [`ServerEnvelope`]s.
//! The written form is pinned by the golden files in `tests/golden`, and described in `docs/protocol.md`.

pub mod attachment;
pub mod board;
pub mod call;
pub mod chat;
pub mod client_message;
pub mod error_code;
pub mod farewell;
pub mod features;
pub mod frame;
pub mod ids;
pub mod limits;
mod nests;
pub mod presence;
pub mod profile;
pub mod secret;
pub mod server_message;
pub mod session;
pub mod timestamp;
pub mod tools;
pub mod upload;
pub mod visible;

pub use attachment::Attachment;
pub use call::{
    Call, CallEntry, CallNews, CallPhase, CallRequest, CallTerms, CallType, DeclineReason, Dial, Elsewhere,
    EndReason, Feedback, HangUpReason, IceServer, MediaState, RecordingType, SdpKind, Seat, SharedFile,
    Signal, StopReason,
};
pub use chat::{ChatNews, ChatRequest, ChatSummary, Message, MessageBody, PREVIEW_CHARS, PageDirection};
pub use client_message::{ClientEnvelope, ClientMessage};
pub use error_code::{ErrorCode, Failure};
pub use farewell::{FAREWELL_PATH, Farewell, Leaves};
pub use features::Features;
pub use frame::Frame;
pub use ids::{
    BoardDevice, CallAlias, ChatId, ClientMessageId, Cursor, Epoch, FIRST_DESK_REQUEST, PageId, RequestId,
    Seq, SessionId, ShapeId, UploadId, UserAlias,
};
pub use limits::Limits;
pub use presence::{Presence, UserNews, UserRequest};
pub use profile::UserProfile;
pub use secret::Secret;
pub use server_message::{CursorStep, ServerEnvelope, ServerMessage};
pub use session::{Authenticate, DisconnectReason, SessionNews, SessionRequest, Sync, Welcome};
pub use timestamp::Timestamp;
pub use tools::{BOARD_TOOLS, Tool, Tools};
pub use upload::UploadReceipt;

/// The protocol version this build speaks. Both envelopes carry it. What is only added, a message, a field or a word, makes
/// no new version: see `docs/protocol.md`, "How it grows".
pub const PROTOCOL_VERSION: u16 = 2;

/// The oldest version a server of this build understands. It answers any other with [`ErrorCode::UnsupportedProtocol`] and
/// closes.
pub const OLDEST_PROTOCOL: u16 = 2;

/// Where the server listens for the WebSocket, relative to its origin.
pub const SOCKET_PATH: &str = "/client/socket";
