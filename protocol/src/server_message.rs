//! What the server says to the widget.

use crate::chat::{ChatSummary, Message, Sync};
use crate::error_code::Failure;
use crate::ids::{ChatId, Cursor, RequestId, Seq, SessionId, UserAlias};
use crate::limits::Limits;
use crate::presence::{Presence, UserProfile};
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

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

/// Moves the device from `prev` to `cursor`. A device that does not stand at `prev` has missed something and asks
/// for a resync; one that already stands at or behind `cursor` has seen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CursorStep {
    pub prev: Cursor,
    pub cursor: Cursor,
}

/// Answers, durable events and passing ones; `docs/protocol.md` describes each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerMessage {
    // Replies and session
    Welcome(Box<Welcome>),
    TokenRefreshed {
        expires_at: Timestamp,
    },
    Synced(Box<Sync>),
    Messages {
        chat: ChatId,
        messages: Vec<Message>,
        has_more: bool,
    },
    UserStatus {
        user: UserAlias,
        status: Presence,
    },
    /// Everybody not offline, this user included.
    OnlineUsers {
        users: Vec<(UserAlias, Presence)>,
    },
    Done,
    Pong,
    Error(Failure),
    /// The server ends the session for good; the socket closes after it.
    ForceDisconnect {
        reason: DisconnectReason,
    },
    /// The server is about to restart; reconnect after the given milliseconds without telling the user.
    Restarting {
        reconnect_after_ms: u32,
    },

    // Durable: these carry a step
    MessageAdded {
        message: Message,
    },
    /// `user` has read up to `seq`.
    ReadMoved {
        chat: ChatId,
        user: UserAlias,
        seq: Seq,
    },
    ChatAdded {
        summary: Box<ChatSummary>,
        profile: Box<UserProfile>,
    },
    ChatRemoved {
        chat: ChatId,
    },

    // Passing
    Typing {
        chat: ChatId,
        user: UserAlias,
    },
    /// Who came, went or became busy, since the last such message.
    PresenceChanged {
        users: Vec<(UserAlias, Presence)>,
    },
}

/// The answer to a good token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    pub session: SessionId,
    pub user: UserProfile,
    /// The server's clock at sending; the widget shows times by it.
    pub now: Timestamp,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    pub limits: Limits,
    pub sync: Sync,
}

/// Public reason words of `force_disconnect`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisconnectReason {
    UserDeleted,
    UserDisabled,
}

impl DisconnectReason {
    /// The public reason word.
    pub fn as_str(self) -> &'static str {
        match self {
            DisconnectReason::UserDeleted => "user_deleted",
            DisconnectReason::UserDisabled => "user_disabled",
        }
    }
}
