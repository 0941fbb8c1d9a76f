//! What the widget says to the server.

use crate::call::{CallRequest, DeclineReason, Feedback, Seat, Signal};
use crate::chat::MessageBody;
use crate::ids::{CallAlias, ChatId, ClientMessageId, Cursor, RequestId, Seq, UploadId, UserAlias};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One frame from the client. Each is answered exactly once, by a [`crate::ServerEnvelope`] whose `re` is `id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientEnvelope {
    /// [`crate::PROTOCOL_VERSION`].
    pub v: u16,
    pub id: RequestId,
    pub msg: ClientMessage,
}

/// The reply each message gets when it succeeds stands behind the arrow; failure is always
/// [`crate::ServerMessage::Error`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientMessage {
    /// Must be the first frame. → `Welcome`
    Authenticate(Authenticate),
    /// A new token for the same user. → `TokenRefreshed`
    RefreshToken { token: Secret },
    /// Everything after a cursor; sent when a step does not join. → `Synced`
    Resync { cursor: Cursor },
    /// → `MessageAdded`, once stored; for a client id already stored, the stored message again.
    SendMessage { chat: ChatId, client_id: ClientMessageId, body: MessageBody },
    /// Everything up to and including `seq` was read; a lower number than known is ignored. → `Done`
    MarkRead { chat: ChatId, seq: Seq },
    /// The user is typing. → `Done`
    Typing { chat: ChatId },
    /// Makes sure the chat with that user exists. → `ChatAdded`
    AddChat { user: UserAlias },
    /// Deletes the chat and its messages for both. → `ChatRemoved`
    RemoveChat { chat: ChatId },
    /// A page of messages next to `from`, which is not included. `limit` is 1 to [`crate::Limits::page_size`].
    /// → `Messages`, ascending
    FetchMessages { chat: ChatId, from: Seq, direction: PageDirection, limit: u32 },
    /// → `UserStatus`
    GetUser { user: UserAlias },
    /// → `OnlineUsers`
    ListOnline,
    /// Keeps the line alive and measures it. → `Pong`
    Ping,

    // Calls
    /// Rings at `callee`. Asked again with the same `key`, it gives the same call. → `CallEntered`
    CreateCall { key: ClientMessageId, callee: UserAlias, request: CallRequest },
    /// Enters the call of a link, as the user the link is bound to. → `CallEntered`
    JoinCall { link: Secret },
    /// Takes the place this device had, after its line was lost. → `CallEntered`
    ResumeCall { call: CallAlias, seat: Seat },
    /// Accepts a ring on this device. → `CallEntered`
    AcceptDial { call: CallAlias },
    /// Declines a ring, for all devices of the user. → `Done`
    DeclineDial { call: CallAlias, reason: DeclineReason },
    /// Stops a ring of one's own, or ends a call for both. → `Done`
    HangUp { call: CallAlias },
    /// For the other side of the call. While it rings, the server keeps what the caller sends until the accept.
    /// → `Done`
    Signal { call: CallAlias, signal: Signal },
    /// Audio becomes video; allowed in `audio_upgradable`. → `Done`
    UpgradeCall { call: CallAlias },
    /// Fresh credentials, for a connection that starts over. → `IceServers`
    GetIceServers { call: CallAlias },
    /// Gives an uploaded file to the other side. → `FileShared`
    ShareFile { call: CallAlias, upload: UploadId },
    /// Says what the user thought of a call that is over. → `Done`
    RateCall { call: CallAlias, feedback: Feedback },
}

/// Which way a page goes from its starting point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageDirection {
    Before,
    After,
}

/// Who is there, and how far they have seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authenticate {
    pub token: Secret,
    /// Where this device stands; absent on a fresh start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// Version of the widget, for the server's log.
    pub client: String,
}

/// A text that must not reach a log: `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
