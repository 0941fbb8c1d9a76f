//! The participants of a room with their links, as REST answers and webhooks tell them.

use super::address;
use crate::tools;
use bandyer_records::{RoomParticipant, RoomRecord};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// The link of one participant. Whoever has it is that user in the call: give it to nobody else.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserUrl {
    pub user: String,
    /// `null` once revoked, and in a room that a widget made.
    #[schema(example = "https://chat.example.com/connect/rest-call-handler/3q2-7w")]
    pub url: Option<String>,
    #[schema(value_type = Object)]
    pub tools: Value,
    pub is_admin: bool,
}

/// Every participant and their link.
pub fn user_urls(room: &RoomRecord, origin: &str) -> Vec<UserUrl> {
    let url = |one: &RoomParticipant| UserUrl {
        user: one.user.to_string(),
        url: one.link.as_deref().map(|link| address(origin, room.direct, link)),
        tools: tools::told(one.tools),
        is_admin: one.is_admin,
    };
    room.participants.iter().map(url).collect()
}
