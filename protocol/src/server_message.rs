//! What the server says to the widget.

use crate::call::{CallEntry, DeclineReason, Dial, EndReason, IceServer, SharedFile, Signal, StopReason};
use crate::chat::{ChatSummary, Message, Sync};
use crate::error_code::Failure;
use crate::ids::{CallAlias, ChatId, Cursor, RequestId, Seq, SessionId, UserAlias};
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
    /// This device is in the call now.
    CallEntered(Box<CallEntry>),
    IceServers {
        servers: Vec<IceServer>,
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

    // Calls: passing; a device that was away learns how things stand from its welcome, or from resuming its call
    /// It rings. To every device of the callee.
    Dialed(Box<Dial>),
    /// `by` accepted. To the caller's device, and to the other devices of `by`, which stop ringing.
    DialAnswered {
        call: CallAlias,
        by: UserAlias,
    },
    /// `by` declined. To the caller's device, and to every device of `by`.
    DialDeclined {
        call: CallAlias,
        by: UserAlias,
        reason: DeclineReason,
    },
    /// The ring ended. `by` stopped it; for a time-out that is the caller. To the caller's device and every device of
    /// the callee.
    DialStopped {
        call: CallAlias,
        by: UserAlias,
        reason: StopReason,
    },
    /// Both are in the call. To both seats.
    CallStarted {
        call: CallAlias,
        at: Timestamp,
    },
    /// The call is over for both. `by` is who hung up or vanished. To both seats.
    CallEnded {
        call: CallAlias,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserAlias>,
        reason: EndReason,
    },
    /// The other side's line to the server is down (or up again); media may well go on.
    PeerLine {
        call: CallAlias,
        up: bool,
    },
    /// From the other side's browser.
    Signaled {
        call: CallAlias,
        signal: Signal,
    },
    /// The call is a video call now. To both seats.
    CallUpgraded {
        call: CallAlias,
        by: UserAlias,
    },
    /// To both seats; to the giver's as the reply.
    FileShared {
        call: CallAlias,
        shared: SharedFile,
    },
    /// The room's duration is nearly used up. To both seats.
    CallEndsSoon {
        call: CallAlias,
        /// Milliseconds left.
        in_ms: u32,
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
    /// It rings at this user right now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ringing: Option<Box<Dial>>,
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
