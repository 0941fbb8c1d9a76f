//! Who is there, and how the platform describes them.

use crate::ids::UserAlias;
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

/// What the server knows of a user; the input of the host's `userDetailsFormatter`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserProfile {
    pub alias: UserAlias,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Address of the avatar picture, relative to the server's origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    pub can_video: bool,
}
