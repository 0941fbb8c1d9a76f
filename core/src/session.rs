//! The connection to the server: token, socket, requests under way. What a frame means to chats and users is theirs
//! to say.

mod end;
mod frames;
mod line;
mod offered;
mod requests;
mod token;

use crate::api::ApiCallId;
use crate::questions::Question;
use crate::step::Step;
use crate::timers::SessionTimer;
use bandyer_protocol::{
    ClientMessage, Cursor, Epoch, Limits, PROTOCOL_VERSION, RequestId, SessionId, Timestamp, UserAlias,
};
pub use offered::Offered;
use std::collections::BTreeMap;

/// The slice of the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub phase: Phase,
    pub line: Line,
    /// The token the server took last.
    pub token: String,
    /// Tokens it has still to take, oldest first.
    pub offered: Vec<Offered>,
    /// The one the present line is being opened with.
    pub on_trial: Option<ApiCallId>,
    /// Whose session it is; `None` before the first welcome.
    pub user: Option<UserAlias>,
    pub seed: String,
    /// By the server's clock.
    pub expires_at: Timestamp,
    /// By the server's clock.
    pub issued_at: Timestamp,
    /// The id the server gave the present or last line.
    pub id: Option<SessionId>,
    pub limits: Limits,
    /// How far this device has seen the durable events of its user.
    pub cursor: Cursor,
    /// The epoch that cursor is of; `None` before the first welcome.
    pub epoch: Option<Epoch>,
    /// Server clock minus ours, in ms.
    pub clock_offset_ms: i64,
    /// Connection attempts since the last success.
    pub attempts: u32,
    pub next_request: u32,
    pub requests: BTreeMap<RequestId, Asked>,
    /// The `create` call, until it is answered.
    pub create: Option<ApiCallId>,
    /// When the last frame arrived.
    pub last_heard: Timestamp,
    /// When a ping went out that is not answered yet.
    pub pinged: Option<Timestamp>,
    /// The server announced a restart: come back after so many ms, and say nothing to the user.
    pub restart_after: Option<u32>,
    /// The line is down because of an announced restart, and coming back has not failed yet.
    pub quiet: bool,
    /// Something was missed and has been asked for.
    pub resyncing: bool,
    /// An unread count got lost; everything after this cursor has it. Kept until an answer is there, over a broken
    /// line too.
    pub recount: Option<Cursor>,
    /// The host page was warned of the end of the present token.
    pub warned: bool,
    /// The server answered, if only with a refusal.
    pub reached: bool,
    /// The version of the protocol in what it said last.
    pub server_protocol: u16,
    /// Everything was released; nothing happens any more.
    pub unmounted: bool,
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

/// Where the socket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// There is none; the reconnect timer may run.
    Down,
    Opening,
    /// Open, and the token is being checked.
    Authenticating,
    Ready,
}

/// A question that is not answered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub question: Question,
    /// Kept when the question is asked again after the line was lost: somebody waits for the answer.
    pub again: Option<ClientMessage>,
}

impl Session {
    /// A session that was not asked to connect yet.
    pub fn new(token: String, seed: &str) -> Self {
        Self {
            phase: Phase::Starting,
            line: Line::Down,
            token,
            offered: Vec::new(),
            on_trial: None,
            user: None,
            seed: seed.to_owned(),
            expires_at: Timestamp(0),
            issued_at: Timestamp(0),
            id: None,
            limits: Limits::default(),
            cursor: Cursor(0),
            epoch: None,
            clock_offset_ms: 0,
            attempts: 0,
            next_request: 1,
            requests: BTreeMap::new(),
            create: None,
            last_heard: Timestamp(0),
            pinged: None,
            restart_after: None,
            quiet: false,
            resyncing: false,
            recount: None,
            warned: false,
            reached: false,
            server_protocol: PROTOCOL_VERSION,
            unmounted: false,
        }
    }

    /// One of its timers ran out.
    pub(crate) fn timer(&mut self, timer: SessionTimer, now: Timestamp) -> Vec<Step> {
        match timer {
            SessionTimer::Reconnect => self.reconnect_due(),
            SessionTimer::Connect => self.connect_overdue(),
            SessionTimer::Heartbeat => self.heartbeat_due(now),
            SessionTimer::Request(id) => self.overdue(id, now),
            SessionTimer::TokenWarning => self.warning_due(now),
            SessionTimer::TokenExpiry => self.expiry_due(now),
        }
    }

    /// What `isAuthenticated()` says.
    pub fn is_authenticated(&self) -> bool {
        matches!(self.phase, Phase::Connected | Phase::Reconnecting)
    }

    /// Questions reach the server now.
    pub fn is_online(&self) -> bool {
        self.phase == Phase::Connected && self.line == Line::Ready
    }
}
