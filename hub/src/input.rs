//! What reaches the hub, and what comes out of it.

use super::scope::Scope;
use super::sync::Part;
use bandyer_protocol::{
    CallAlias, ClientMessage, ClientMessageId, ErrorCode, Failure, Features, Leaves, Message, Presence,
    RequestId, ServerEnvelope, SessionId, Timestamp, UploadId, UserAlias,
};
use bandyer_records::{ChatRecord, Role, RoomRecord, StoreError, UploadRecord, UserRecord, Write};

/// One socket, as long as the server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionKey(pub u64);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A socket whose token was found good.
    Connect(Connect),
    /// A socket is gone. Unknown sessions are ignored.
    Disconnect {
        session: SessionKey,
    },
    /// A connected socket's new token was found good.
    TokenRefreshed {
        session: SessionKey,
        re: RequestId,
        expires_at: Timestamp,
    },
    Request {
        session: SessionKey,
        re: RequestId,
        message: ClientMessage,
    },
    /// Something in the call was to happen by now; see [`crate::Hub::due`].
    CallDue {
        call: CallAlias,
    },
    /// What a device asked for with a resync was read.
    CatchUp {
        session: SessionKey,
        re: RequestId,
        missed: Box<Part>,
    },
    Admin(AdminRequest),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connect {
    pub session: SessionKey,
    pub session_id: SessionId,
    pub re: RequestId,
    pub user: UserAlias,
    /// `None` for the whole account.
    pub scope: Option<Scope>,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    /// The first part of what the device does not know yet.
    pub missed: Box<Part>,
    /// What the client knows beyond the protocol's version.
    pub features: Features,
}

/// What the REST side asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdminRequest {
    /// `created_at` is set by the hub.
    CreateUser(UserRecord),
    UpdateUser {
        alias: UserAlias,
        change: UserChange,
    },
    DeleteUser(UserAlias),
    AllCanVideo(bool),
    SendMessage {
        sender: UserAlias,
        to: UserAlias,
        client_id: ClientMessageId,
        text: String,
    },
    /// As if `by` had added the chat.
    AddChat {
        by: UserAlias,
        with: UserAlias,
    },
    RemoveChat {
        users: [UserAlias; 2],
    },
    /// Everybody not offline.
    Online,
    /// The owner must take part in the chat, and the chat must exist. `created_at` is set by the hub.
    AddUpload(UploadRecord),
    /// Forgets uploads made before that no message refers to.
    DropUnsentUploads {
        before: Timestamp,
    },
    /// Forgets files given in calls before that.
    DropCallFiles {
        before: Timestamp,
    },
    /// A room for links. `created_at` is set by the hub; `origin` is where its links lead to.
    CreateRoom {
        room: RoomRecord,
        origin: String,
    },
    /// Ends what goes on in the room and makes its links void.
    DisableRoom {
        room: CallAlias,
        origin: String,
    },
    /// The same, and the room is not listed any more.
    DeleteRoom {
        room: CallAlias,
        origin: String,
    },
    /// Makes one link void.
    RevokeLink {
        link: String,
    },
    /// A page of this user was left, and said so past its socket.
    Leave {
        user: UserAlias,
        leaves: Leaves,
    },
    /// Writes what no decision of the hub depends on: hooks, how far they were told, old rows of the journal.
    Keep(Vec<Write>),
}

/// `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserChange {
    pub role: Option<Role>,
    /// False deactivates: the user's sockets are dropped and no token of theirs is accepted.
    pub active: Option<bool>,
    pub can_video: Option<bool>,
    pub language: Option<Option<String>>,
    pub first_name: Option<Option<String>>,
    pub last_name: Option<Option<String>>,
    pub nickname: Option<Option<String>>,
    pub email: Option<Option<String>>,
    pub image: Option<Option<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdminReply {
    User(Box<UserRecord>),
    Count(u32),
    Message(Box<Message>),
    Chat(Box<ChatRecord>),
    Room(Box<RoomRecord>),
    Online(Vec<(UserAlias, Presence)>),
    Done,
}

impl AdminReply {
    /// What kind of answer it is, without what it says: that is somebody's.
    pub fn kind(&self) -> &'static str {
        match self {
            AdminReply::User(_) => "user",
            AdminReply::Count(_) => "count",
            AdminReply::Message(_) => "message",
            AdminReply::Chat(_) => "chat",
            AdminReply::Room(_) => "room",
            AdminReply::Online(_) => "online",
            AdminReply::Done => "done",
        }
    }
}

/// Why an administrative request was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdminFailure {
    /// The alias is taken, maybe by a deleted user.
    UserExists,
    /// As a widget would have been refused.
    Refused(Failure),
}

impl AdminFailure {
    /// The code inside, for a match on what happened.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            AdminFailure::UserExists => None,
            AdminFailure::Refused(failure) => Some(failure.code),
        }
    }
}

impl AdminFailure {
    /// As a widget would hear it.
    pub fn into_failure(self) -> Failure {
        match self {
            AdminFailure::UserExists => Failure::new(ErrorCode::InvalidRequest, "the user exists"),
            AdminFailure::Refused(failure) => failure,
        }
    }
}

impl From<Failure> for AdminFailure {
    fn from(failure: Failure) -> Self {
        AdminFailure::Refused(failure)
    }
}

/// What has to happen because of one input. Deliveries leave only after the writes are committed.
#[derive(Debug, Default)]
pub struct Outcome {
    pub writes: Vec<Write>,
    pub deliveries: Vec<Delivery>,
    /// The store failed while this was decided: the whole transaction is void, and nothing else in here counts.
    pub fault: Option<StoreError>,
    /// Set for an [`Input::Admin`].
    pub answer: Option<Result<AdminReply, AdminFailure>>,
    /// Files nothing refers to any more.
    pub lost_uploads: Vec<UploadId>,
    /// Users who were deleted or deactivated: whatever they hold outside of here ends.
    pub dismissed: Vec<UserAlias>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    To {
        sessions: Vec<SessionKey>,
        envelope: ServerEnvelope,
    },
    /// To every socket but those, which are sorted.
    Everyone {
        envelope: ServerEnvelope,
        except: Vec<SessionKey>,
    },
    /// Ends the socket after what was delivered before.
    Close {
        session: SessionKey,
        reason: CloseReason,
    },
}

/// Why the server ends a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseReason {
    /// An error was sent before that tells why.
    Refused,
    /// The user was deleted or deactivated.
    Disconnected,
    /// The client reads too slowly; it reconnects and resynchronizes.
    TooSlow,
    /// The server is going down.
    Restarting,
}
