//! What the stores keep of calls: rooms, their sessions, calls that go on right now, and the journal of what happened.

use bandyer_protocol::{
    Call, CallAlias, CallType, ClientMessageId, RecordingType, Seat, Timestamp, Tools, UserAlias,
};
use serde::{Deserialize, Serialize};

/// A room: made by a dial, or by the host site for links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRecord {
    pub room: CallAlias,
    pub initiator: Option<UserAlias>,
    /// The initiator first, when there is one.
    pub participants: Vec<RoomParticipant>,
    pub call_type: CallType,
    pub record: bool,
    pub recording_type: RecordingType,
    /// The link skips the landing page.
    pub direct: bool,
    pub live: bool,
    /// Made by `createCall`; it has no links.
    pub dialed: bool,
    pub description: Option<String>,
    /// Seconds both may be connected; `None` for no limit.
    pub duration_s: Option<u32>,
    /// Milliseconds both have been connected, in sessions that are over.
    pub used_ms: u64,
    pub created_at: Timestamp,
    /// Links are void from then on.
    pub expires_at: Option<Timestamp>,
    pub disabled: bool,
    pub deleted: bool,
}

/// One participant of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomParticipant {
    pub user: UserAlias,
    pub is_admin: bool,
    /// The tools they have; `None` where nobody said anything.
    #[serde(default)]
    pub tools: Option<Tools>,
    /// The last part of the participant's link, at least 128 random bits; `None` in a dialed room.
    pub link: Option<String>,
}

/// One time that people met in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    pub session: String,
    pub room: CallAlias,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// Milliseconds the browsers were connected with each other, up to `talking_since`.
    pub talked_ms: u64,
    /// They are connected, and have been at least since then.
    pub talking_since: Option<Timestamp>,
}

impl SessionRecord {
    /// Milliseconds the browsers have been connected with each other, up to now.
    pub fn talked_ms(&self, now: Timestamp) -> u64 {
        let running = self.talking_since.map_or(0, |since| u64::try_from(now.since(since)).unwrap_or(0));
        self.talked_ms.saturating_add(running)
    }
}

/// A ring, or a call, kept so that it survives a restart of the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveCall {
    pub call: Call,
    pub session: String,
    /// The places of the two participants, in their order.
    pub seats: [Option<Seat>; 2],
    /// Both are in; `None` while it rings, and while one waits at the end of a link.
    pub started_at: Option<Timestamp>,
    /// It rings until then.
    #[serde(default)]
    pub rings_until: Option<Timestamp>,
    /// The caller's own name for it.
    #[serde(default)]
    pub key: Option<ClientMessageId>,
    /// It was upgraded to video.
    pub upgraded: bool,
    /// The tools of the two participants, in their order; `None` for those of the room.
    #[serde(default)]
    pub tools: [Option<Tools>; 2],
}

/// Something that happened, kept for activities, connection lists and webhooks. The store numbers them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalRecord {
    /// 0 until the store has numbered it.
    pub id: u64,
    pub at: Timestamp,
    pub kind: JournalKind,
    pub user: Option<UserAlias>,
    pub room: Option<CallAlias>,
    pub session: Option<String>,
    /// A JSON object with what else belongs to it.
    pub data: String,
}

macro_rules! journal_kinds {
    ($($(#[$meta:meta])* $name:ident = $text:literal,)*) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum JournalKind { $($(#[$meta])* $name,)* }

        impl JournalKind {
            /// The word it is stored as.
            pub fn as_str(self) -> &'static str {
                match self { $(JournalKind::$name => $text,)* }
            }

            /// `None` for a word of a newer server.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($text => Some(JournalKind::$name),)* _ => None }
            }
        }
    };
}

journal_kinds! {
    /// The first socket of a user opened, or the last one was given up. Activities `user_connection`, `user_disconnection`.
    UserOnline = "user_online",
    UserOffline = "user_offline",
    /// `data`: `{call_type, users}`. Activity `user_start_call`, for the caller; webhook `on_call_incoming`.
    DialStarted = "dial_started",
    /// Activity `user_dial_incoming`, for the callee.
    DialIncoming = "dial_incoming",
    /// Activity `user_dial_timeout`, for the callee.
    DialTimeout = "dial_timeout",
    /// Activity `user_answer`, for the callee.
    DialAnswered = "dial_answered",
    /// Activity `user_hangup`, for the callee who declined.
    DialDeclined = "dial_declined",
    /// The caller gave up.
    DialStopped = "dial_stopped",
    /// A user took a place in a call. Activity `user_call_in`; webhook `on_user_connected`; connection event `user_connect`.
    /// `data`: `{connected}`, how many are in now.
    Joined = "joined",
    /// A user left. Activity `user_call_out`; webhook `on_user_disconnected`; connection event `user_disconnect`, or
    /// `user_crashed` when `data` has `crashed: true`.
    Left = "left",
    /// Webhooks `on_session_started`, `on_session_ended`; the latter is also activity `user_room_ended` and `on_call_ended`.
    SessionStarted = "session_started",
    SessionEnded = "session_ended",
    RoomCreated = "room_created",
    RoomDisabled = "room_disabled",
    RoomDeleted = "room_deleted",
    /// `data`: `{rating, message}`.
    Feedback = "feedback",
    /// A chat message, written down while a hook waits for it. `data`: `{chat, seq}`; the text stays in the chat alone.
    MessageSent = "message_sent",
}
