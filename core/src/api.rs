//! The public API as data: calls, replies, errors, events. `src/api` converts them from and to JavaScript and
//! decides nothing; names and payloads are those of the README. What the calls do stands in `update/methods.rs`.

mod failure;

pub use failure::CallFailure;
pub(crate) use failure::{is_passing, of_create, of_join};

use bandyer_protocol::{
    Call, CallType, ChatId, DeclineReason, DisconnectReason, Failure, Message, Presence, RecordingType,
    StopReason, Timestamp, UserAlias,
};
use std::rc::Rc;

/// Pairs a call with its one reply; chosen by `src/api`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ApiCallId(pub u32);

/// Methods that act or wait. Aliases are still raw: an alias nobody could have is an unknown user, not a defect.
/// The synchronous getters are in [`crate::select`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiCall {
    /// Connects. Replies `Created` once the first welcome arrived.
    Create,
    Logout,
    UpdateAccessToken {
        token: String,
    },
    AddChat {
        user: String,
    },
    RemoveChat {
        user: String,
    },
    SelectChat {
        user: String,
    },
    ComposeMessage {
        user: String,
        message: String,
        send: bool,
    },
    GetUser {
        user: String,
    },
    GetUsersStatusList,
    ShowWidget,
    HideWidget,
    OpenWidget,
    CloseWidget,
    ToggleWidget,
    SetExtensionUrl {
        url: String,
    },
    /// `users` holds at most one alias.
    CreateCall {
        users: Vec<String>,
        choice: CallChoice,
    },
    JoinCallUrl {
        url: String,
    },
    /// `hangUp` of a call object.
    HangUp {
        call: String,
    },
    /// `answer` of the call object of a ring.
    AnswerCall {
        call: String,
    },
    /// `decline` of the call object of a ring.
    DeclineCall {
        call: String,
    },
}

/// The options of `createCall`; what is absent is taken from those of `create`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallChoice {
    pub call_type: Option<CallType>,
    pub record: Option<bool>,
    pub recording_type: Option<RecordingType>,
    pub is_admin: Option<bool>,
}

/// A call as the host page knows it; `callStatus` is asked for separately, see [`crate::select::call_status`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallInfo {
    pub call: Rc<Call>,
    pub direction: Direction,
}

/// Who called. The public words are `outgoing` and `incoming`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Outgoing,
    Incoming,
}

impl Direction {
    /// The public word.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Outgoing => "outgoing",
            Direction::Incoming => "incoming",
        }
    }
}

/// What a promise resolves with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiReply {
    /// `undefined`
    Done,
    /// `true`, the answer of show, hide, open, close, toggle.
    True,
    Created {
        user: UserAlias,
    },
    /// `{expiresAt}`
    TokenUpdated {
        expires_at: Timestamp,
    },
    /// `{userAlias, status}`
    User {
        user: UserAlias,
        status: Presence,
    },
    /// `[{userAlias, status}]`
    Users {
        users: Vec<(UserAlias, Presence)>,
    },
    /// The call object.
    Call(CallInfo),
}

/// What a promise is rejected with. The JS side makes an `Error` of it that also carries the original's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    pub code: ApiErrorCode,
    /// English, for developers. For codes that pages match on it is the code itself.
    pub message: String,
    /// The server's code word, where a server refused.
    pub server_code: Option<&'static str>,
}

impl ApiError {
    /// An error of the widget's own.
    pub fn new(code: ApiErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), server_code: None }
    }

    /// The server refused, for this reason.
    pub fn from_server(code: ApiErrorCode, failure: &Failure) -> Self {
        Self { code, message: failure.reason.clone(), server_code: Some(failure.code.as_str()) }
    }
}

/// Why, as one of a few kinds; what the page sees of each stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiErrorCode {
    /// `create_channel_oto_error`
    CreateChat,
    /// `delete_channel_error`
    DeleteChat,
    /// `channel_not_found`
    ChatNotFound,
    /// `invalid_message`
    InvalidMessage,
    /// 3096: no such user
    UserNotFound,
    /// `user_request_failed`
    UserRequestFailed,
    /// `socket_communication_center_server_not_reachable`
    ServerNotReachable,
    /// `socket_communication_center_connection_failed`
    ConnectionFailed,
    /// `socket_communication_center_version_deprecated`
    VersionDeprecated,
    /// `SocketConnectionError`: the server refused the token
    Refused,
    /// The widget is not initialised, or stopped being so while the call was under way.
    NotAuthenticated,
    /// Refused for the state the widget is in.
    NotPermitted,
    /// `updateAccessToken` was refused.
    TokenRefused,
    /// Of calls: rejected with the plain string [`CallFailure::as_str`] (`hangUp` with an `Error` of that message).
    Call(CallFailure),
}

/// Public events. Their `participants` are the other user only, except in `ChatLoaded` (both).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientEvent {
    ChatLoaded(Box<ChatLoaded>),
    TypingStarted {
        user: UserAlias,
        chat: ChatId,
    },
    MessageSent(Message),
    MessageReceived(Message),
    /// The last message the other user has read.
    MessageRead(Message),
    UserConnected {
        user: UserAlias,
    },
    UserDisconnected {
        user: UserAlias,
    },
    AccessTokenIsAboutToExpire {
        expires_at: Timestamp,
    },
    AccessTokenExpired {
        expires_at: Timestamp,
    },
    ForceDisconnect {
        reason: DisconnectReason,
    },
    IncomingCall(CallInfo),
    CallDialAnswered {
        call: CallInfo,
        executor: UserAlias,
    },
    CallDialDeclined {
        call: CallInfo,
        executor: UserAlias,
        reason: DeclineReason,
    },
    CallDialStopped {
        call: CallInfo,
        executor: UserAlias,
        reason: StopReason,
    },
    CallStarted(CallInfo),
    CallEnded {
        call: CallInfo,
        executor: Option<UserAlias>,
    },
}

/// The payload of `chat_loaded`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatLoaded {
    pub chat: ChatId,
    pub last_message: Option<Message>,
    pub created_at: Timestamp,
    pub created_by: UserAlias,
    pub unread: u32,
}
