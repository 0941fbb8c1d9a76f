//! The connection itself: who is there, how far they have seen, and what they missed.

use crate::call::{Dial, Elsewhere};
use crate::chat::ChatSummary;
use crate::features::Features;
use crate::ids::{ChatId, Cursor, Epoch, SessionId, UserAlias};
use crate::limits::Limits;
use crate::presence::Presence;
use crate::profile::UserProfile;
use crate::secret::Secret;
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// What a widget asks about its own connection. The answer stands behind the arrow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionRequest {
    /// Must be the first frame. → `Welcome`
    Authenticate(Authenticate),
    /// A new token for the same user. → `TokenRefreshed`
    RefreshToken { token: Secret },
    /// What came after a cursor; sent when a step does not join, and for the next part of a long list. → `Synced`
    Resync { cursor: Cursor },
    /// Keeps the line alive and measures it. → `Pong`
    Ping,
}

/// Who is there, and how far they have seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authenticate {
    pub token: Secret,
    /// Where this device stands; absent on a fresh start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// The epoch that cursor is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Epoch>,
    /// Version of the widget, for the server's log.
    pub client: String,
    /// What the client knows beyond the version.
    #[serde(default)]
    pub features: Features,
}

/// What the server says about the connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionNews {
    /// A reply.
    Welcome(Box<Welcome>),
    /// A reply.
    TokenRefreshed { expires_at: Timestamp },
    /// A reply.
    Synced(Box<Sync>),
    /// A reply.
    Pong,
    /// The server ends the session for good; the socket closes after it.
    ForceDisconnect { reason: DisconnectReason },
    /// The server is about to restart; reconnect after the given milliseconds without telling the user.
    Restarting { reconnect_after_ms: u32 },
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
    /// Which life of the database `sync` is of. With another one than before, it is complete, and the messages a device
    /// holds are void.
    pub epoch: Epoch,
    pub sync: Sync,
    /// What the server knows beyond the version.
    #[serde(default)]
    pub features: Features,
    /// It rings at this user right now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ringing: Option<Box<Dial>>,
    /// This user is in a call on another device or page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<Box<Elsewhere>>,
}

/// What changed for a user after a cursor, in the order it changed; the list from its beginning when there was none.
/// It comes in parts, each asked for with the cursor of the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sync {
    /// True when this begins the list afresh: a chat that is named neither here nor in the parts that follow is gone.
    pub complete: bool,
    /// Where the client stands after applying this.
    pub cursor: Cursor,
    /// There is more after `cursor`: to be asked for with a resync.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    pub chats: Vec<ChatSummary>,
    pub removed: Vec<ChatId>,
    /// The other participants of `chats`.
    pub profiles: Vec<UserProfile>,
    /// Everybody who is not offline right now and shares a chat with this user; in the last part only.
    pub present: Vec<(UserAlias, Presence)>,
}

/// Public reason words of `force_disconnect`. One of a later server is taken for the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisconnectReason {
    UserDeleted,
    #[serde(other)]
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
