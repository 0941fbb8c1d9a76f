//! Who is there.

use crate::ids::UserAlias;
use crate::profile::UserProfile;
use serde::{Deserialize, Serialize};

/// The public status words are `online`, `busy`, `offline`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    Online,
    Busy,
    Offline,
}

impl Presence {
    /// The public status word.
    pub fn as_str(self) -> &'static str {
        match self {
            Presence::Online => "online",
            Presence::Busy => "busy",
            Presence::Offline => "offline",
        }
    }
}

/// What a widget asks about people. The answer stands behind the arrow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserRequest {
    /// → `Status`
    Get { user: UserAlias },
    /// → `Online`
    ListOnline,
}

/// What the server says about people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserNews {
    /// A reply.
    Status { user: UserAlias, status: Presence },
    /// A reply: everybody not offline, this user included.
    Online { users: Vec<(UserAlias, Presence)> },
    /// Passing: who came, went or became busy, since the last such message.
    PresenceChanged { users: Vec<(UserAlias, Presence)> },
    /// Passing: the platform has another name or picture for somebody. To the user, and to those with a common chat, where a
    /// client knows [`crate::features::PROFILES`].
    Changed(Box<UserProfile>),
}
