//! How the platform describes people.

use crate::ids::UserAlias;
use serde::{Deserialize, Serialize};

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
