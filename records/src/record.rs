//! What the stores keep, one struct per table (messages are kept as the protocol knows them).

use bandyer_protocol::ids::InvalidId;
use bandyer_protocol::{
    Attachment, CallAlias, ChatId, Cursor, Seq, Timestamp, UploadId, UserAlias, UserProfile,
};

/// What a user may do in rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    #[default]
    Basic,
    Plus,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Basic => "basic",
            Role::Plus => "plus",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "basic" => Some(Role::Basic),
            "plus" => Some(Role::Plus),
            _ => None,
        }
    }
}

/// A user. A deleted one keeps its alias and nothing else, so that nobody new inherits its chats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRecord {
    pub alias: UserAlias,
    pub role: Role,
    pub active: bool,
    pub deleted: bool,
    pub can_video: bool,
    pub language: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub nickname: Option<String>,
    pub email: Option<String>,
    /// Path of the avatar, relative to the server's origin.
    pub image: Option<String>,
    pub created_at: Timestamp,
}

impl UserRecord {
    /// A user with nothing but an alias.
    pub fn new(alias: UserAlias, created_at: Timestamp) -> Self {
        Self {
            alias,
            role: Role::Basic,
            active: true,
            deleted: false,
            can_video: true,
            language: None,
            first_name: None,
            last_name: None,
            nickname: None,
            email: None,
            image: None,
            created_at,
        }
    }

    /// What is left of a deleted user.
    pub fn erased(&self) -> Self {
        Self { deleted: true, active: false, ..Self::new(self.alias.clone(), self.created_at) }
    }

    pub fn profile(&self) -> UserProfile {
        UserProfile {
            alias: self.alias.clone(),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            email: self.email.clone(),
            image: self.image.clone(),
            can_video: self.can_video,
        }
    }
}

/// Which of the two participants: the one whose alias comes first in the chat's id, or the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    First,
    Second,
}

impl Side {
    pub fn other(self) -> Self {
        match self {
            Side::First => Side::Second,
            Side::Second => Side::First,
        }
    }

    pub fn index(self) -> usize {
        match self {
            Side::First => 0,
            Side::Second => 1,
        }
    }
}

/// A chat. A removed one stays as a tombstone, so that devices that were away learn of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatRecord {
    pub id: ChatId,
    pub users: [UserAlias; 2],
    pub incarnation: u32,
    pub created_at: Timestamp,
    pub created_by: UserAlias,
    pub removed: bool,
    /// Number of the last change; unique over all chats, growing.
    pub revision: Cursor,
    pub last_seq: Seq,
    /// The last message each participant has read.
    pub read: [Seq; 2],
    /// Messages of the other participant behind `read`.
    pub unread: [u32; 2],
}

impl ChatRecord {
    pub fn side_of(&self, user: &UserAlias) -> Option<Side> {
        if &self.users[0] == user {
            Some(Side::First)
        } else if &self.users[1] == user {
            Some(Side::Second)
        } else {
            None
        }
    }

    pub fn user(&self, side: Side) -> &UserAlias {
        &self.users[side.index()]
    }
}

/// Where a file was given: in a chat, or in a call. Written as the id of either; only those of chats have a `#`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadPlace {
    Chat(ChatId),
    Call(CallAlias),
}

impl UploadPlace {
    pub fn as_str(&self) -> &str {
        match self {
            UploadPlace::Chat(chat) => chat.as_str(),
            UploadPlace::Call(call) => call.as_str(),
        }
    }

    /// # Errors
    /// When the text is the id of neither.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        if text.contains('#') {
            ChatId::parse(text).map(UploadPlace::Chat)
        } else {
            CallAlias::parse(text).map(UploadPlace::Call)
        }
    }

    /// The chat, when it is one.
    pub fn chat(&self) -> Option<&ChatId> {
        match self {
            UploadPlace::Chat(chat) => Some(chat),
            UploadPlace::Call(_) => None,
        }
    }
}

/// A stored file and whom it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadRecord {
    pub place: UploadPlace,
    pub owner: UserAlias,
    pub attachment: Attachment,
    pub created_at: Timestamp,
}

impl UploadRecord {
    pub fn id(&self) -> &UploadId {
        &self.attachment.upload
    }
}
