//! Why the server refused something, as a word a program can match on.

use serde::{Deserialize, Serialize};

/// A refusal. `code` is stable; `reason` is English for a log, and never shown to users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub code: ErrorCode,
    pub reason: String,
    /// When the same request may succeed, in milliseconds from now; absent when waiting does not help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u32>,
    /// The tool that is off, of [`ErrorCode::ToolNotAllowed`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
}

impl Failure {
    /// A refusal for which waiting does not help.
    pub fn new(code: ErrorCode, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into(), retry_after_ms: None, tool: None }
    }
}

macro_rules! error_codes {
    ($($(#[$meta:meta])* $name:ident = $text:literal,)*) => {
        /// Every code the server sends over the socket.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ErrorCode {
            $($(#[$meta])* #[serde(rename = $text)] $name,)*
            /// A code of a newer server.
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl ErrorCode {
            /// The word it travels as.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(ErrorCode::$name => $text,)*
                    ErrorCode::Unknown => "unknown",
                }
            }
        }
    };
}

error_codes! {
    /// The envelope's version is not spoken here.
    UnsupportedProtocol = "unsupported_protocol",
    /// The frame is not valid JSON, or not a message. The socket stays open.
    MalformedFrame = "malformed_frame",
    /// The message, or a word in it, is of a later protocol. The socket stays open.
    UnknownMessage = "unknown_message",
    /// The frame is over the frame limit. The socket closes.
    FrameTooLarge = "frame_too_large",
    /// Anything but `authenticate` came first, or it did not come in time.
    NotAuthenticated = "not_authenticated",
    /// The token is forged, foreign, of the wrong kind, or garbage.
    InvalidToken = "access_token_invalid",
    /// The token was good once.
    TokenExpired = "access_token_expired",
    /// The token names another user than the one connected.
    WrongUser = "access_token_invalid_user",
    /// The token is of a call link, and this is outside of its call and the chat of its users.
    OutOfScope = "out_of_scope",
    /// The user was deleted.
    UserDeleted = "user_deleted",
    /// The user was deactivated.
    UserDisabled = "user_disabled",
    /// No user has that alias. Public number 3096.
    UserNotFound = "user_not_found",
    /// The chat does not exist, or the user does not take part: the two are not told apart.
    ChatNotFound = "chat_not_found",
    /// The user has opened as many chats as the server allows.
    TooManyChats = "too_many_chats",
    /// A chat with oneself.
    ChatWithSelf = "chat_with_self",
    /// Empty, blank, or too long.
    InvalidMessage = "invalid_message",
    /// The same client id was used for another message.
    ClientIdReused = "client_id_reused",
    /// Unknown upload, of another user, or of another chat.
    UploadNotFound = "upload_not_found",
    /// The server's upload limit.
    UploadTooLarge = "upload_too_large",
    /// Too many requests; see `retry_after_ms`. Nothing acknowledged is lost.
    RateLimited = "rate_limited",
    /// Too many sockets of one user.
    TooManySessions = "too_many_sessions",
    /// The disk is full or the database is locked; nothing was stored. Worth a retry.
    StorageUnavailable = "storage_unavailable",
    /// The server is going down; reconnect.
    ShuttingDown = "shutting_down",
    /// The user calls, is called or is in a call already, on any device.
    InitiatorNotAvailable = "initiator_not_available",
    /// The callee is in a call, or one rings there.
    CalleeBusy = "callee_busy",
    /// The user rang others too often within a minute, or was called too often; see `retry_after_ms`.
    TooManyRings = "too_many_rings",
    /// The user may not send video.
    VideoNotPermitted = "video_not_permitted",
    /// Neither participant may create calls.
    NoPlusUser = "no_plus_user",
    /// There is no such call, it is over, or the user does not take part: not told apart.
    CallNotFound = "call_not_found",
    /// Another device answered or declined, or the ring ended.
    DialOver = "dial_over",
    /// Not allowed at this point of the call.
    CallNotReady = "call_not_ready",
    /// The link is unknown, expired, revoked, or of a room that was closed.
    CallLinkInvalid = "call_link_invalid",
    /// The link is bound to another user.
    CallLinkForeign = "call_link_of_another_user",
    /// The room has more than two participants.
    CallTooLarge = "call_has_too_many_participants",
    /// The user is in that very call already.
    AlreadyInCall = "already_in_call",
    /// A signal over its limits, or too many while it rings.
    InvalidSignal = "invalid_signal",
    /// The tool is off for this user; `tool` of the failure names it.
    ToolNotAllowed = "tool_not_allowed",
    /// There never was such a shape or page on the board, or it was erased so long ago that it cannot come back.
    ShapeNotFound = "shape_not_found",
    /// The id of a shape or page is taken.
    ShapeExists = "shape_exists",
    /// Points, coordinates, text or looks of a shape are out of range, or broken.
    InvalidShape = "invalid_shape",
    /// The board has as many shapes, bytes or pages as it may have.
    BoardFull = "board_full",
    /// A page or option out of range.
    InvalidRequest = "invalid_request",
    /// A defect of the server.
    Internal = "internal_server_error",
}
