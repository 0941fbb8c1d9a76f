//! The connection to the server: token, socket, requests under way.

use crate::api::CallId;
use bandyer_protocol::{Cursor, Limits, RequestId, Timestamp};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub phase: Phase,
    pub token: String,
    pub seed: String,
    pub expires_at: Timestamp,
    pub issued_at: Timestamp,
    pub limits: Limits,
    pub cursor: Cursor,
    /// Server clock minus ours, in ms.
    pub clock_offset_ms: i64,
    /// Connection attempts since the last success.
    pub attempts: u32,
    pub next_request: u32,
    pub requests: BTreeMap<RequestId, Request>,
}

/// Where the session stands. `isAuthenticated()` is true in `Connected` and `Reconnecting`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Before the first welcome.
    Starting,
    Connected,
    Reconnecting,
    /// Token expired, user deleted or disabled, logged out, or create failed: nothing leads back.
    Over,
}

/// What an unanswered request was for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    Authenticate,
    Ping,
    Resync,
    RefreshToken(CallId),
    AddChat(CallId),
    RemoveChat(CallId),
    GetUser(CallId),
    ListOnline(CallId),
    /// Answers nobody waits for.
    Chats(crate::chats::ChatRequest),
}

impl Session {
    pub fn new(token: String, seed: &str) -> Self {
        Self {
            phase: Phase::Starting,
            token,
            seed: seed.to_owned(),
            expires_at: Timestamp(0),
            issued_at: Timestamp(0),
            limits: Limits::default(),
            cursor: Cursor(0),
            clock_offset_ms: 0,
            attempts: 0,
            next_request: 1,
            requests: BTreeMap::new(),
        }
    }

    pub fn is_authenticated(&self) -> bool {
        matches!(self.phase, Phase::Connected | Phase::Reconnecting)
    }
}
