//! What travels between the widget and the server: message types, identifiers, limits. What it *means* lives in
//! `core` (widget) and `server::hub`.
//!
//! One WebSocket carries JSON text frames. The client sends [`ClientEnvelope`]s, the server [`ServerEnvelope`]s.
//! The written form is pinned by the golden files in `tests/golden`, and described in `docs/protocol.md`.

pub mod call;
pub mod chat;
pub mod client_message;
pub mod error_code;
pub mod ids;
pub mod limits;
pub mod presence;
pub mod server_message;
pub mod timestamp;
pub mod upload;

pub use call::{
    Call, CallEntry, CallPhase, CallRequest, CallType, DeclineReason, Dial, EndReason, Feedback, IceServer,
    MediaState, RecordingType, SdpKind, Seat, SharedFile, Signal, StopReason,
};
pub use chat::{Attachment, ChatSummary, Message, MessageBody, Sync};
pub use client_message::{Authenticate, ClientEnvelope, ClientMessage, PageDirection};
pub use error_code::{ErrorCode, Failure};
pub use ids::{CallAlias, ChatId, ClientMessageId, Cursor, RequestId, Seq, SessionId, UploadId, UserAlias};
pub use limits::Limits;
pub use presence::{Presence, UserProfile};
pub use server_message::{CursorStep, DisconnectReason, ServerEnvelope, ServerMessage, Welcome};
pub use timestamp::Timestamp;
pub use upload::UploadReceipt;

/// The protocol version this build speaks. Both envelopes carry it; a server answers a version it does not speak
/// with [`ErrorCode::UnsupportedProtocol`] and closes.
pub const PROTOCOL_VERSION: u16 = 1;

/// Where the server listens for the WebSocket, relative to its origin.
pub const SOCKET_PATH: &str = "/client/socket";
