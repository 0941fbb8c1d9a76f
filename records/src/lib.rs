//! What is kept, as plain data: a struct for each table, the changes the hub decides, and the traits that look records
//! up. The hub decides over it, the stores keep it; neither knows the other.

pub mod board;
pub mod history;
pub mod hook;
pub mod record;
pub mod room;

pub use board::{
    BoardDeviceRecord, BoardRecord, Boards, BoardsOf, MAX_BOARD_DEVICES, ShapeRange, ShapeRecord, Tally,
};
pub use history::{History, JournalFilter, Mark, Period, SessionFilter, Slice};
pub use hook::{HookKey, HookRecord, HookVersion};
pub use record::{ChatRecord, Role, Side, UploadPlace, UploadRecord, UserRecord};
pub use room::{JournalKind, JournalRecord, LiveCall, RoomParticipant, RoomRecord, SessionRecord};

use bandyer_protocol::{
    CallAlias, ChatId, ClientMessageId, Cursor, Epoch, Message, PageDirection, PageId, Seq, Timestamp,
    UploadId, UserAlias,
};
use std::fmt;

/// Why a store could not do what was asked. Nothing of the open transaction is kept then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// Somebody else held the database for longer than one waits: worth a retry.
    Locked(String),
    /// The disk is full, or the database unreadable: worth a retry.
    Unavailable(String),
    /// The statement itself is wrong, or the data is not what the schema promises.
    Defect(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Locked(cause) => write!(f, "storage locked: {cause}"),
            StoreError::Unavailable(cause) => write!(f, "storage unavailable: {cause}"),
            StoreError::Defect(cause) => write!(f, "storage defect: {cause}"),
        }
    }
}

impl std::error::Error for StoreError {}

pub type StoreResult<T> = Result<T, StoreError>;

/// Which files given in calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallFiles {
    In(CallAlias),
    /// In any call those two take part in.
    Between([UserAlias; 2]),
    /// Given by that user.
    By(UserAlias),
    /// Given before that moment.
    Before(Timestamp),
}

/// Looks records up. Inside an open transaction it sees that transaction's writes.
pub trait Reader: History + Boards {
    fn user(&self, alias: &UserAlias) -> StoreResult<Option<UserRecord>>;

    /// Aliases of all users that are not deleted, newest first.
    fn aliases(&self) -> StoreResult<Vec<UserAlias>>;

    /// The chat, also when it was removed.
    fn chat(&self, chat: &ChatId) -> StoreResult<Option<ChatRecord>>;

    /// Every chat of the user, removed ones included, in the order they last changed.
    fn chats_of(&self, user: &UserAlias) -> StoreResult<Vec<ChatRecord>>;

    /// At most `limit` chats of the user that changed after `after`, removed ones included, in the order they last
    /// changed.
    fn chats_after(&self, user: &UserAlias, after: Cursor, limit: u32) -> StoreResult<Vec<ChatRecord>>;

    /// When a chat of the user changed last: where a device stands that has seen everything.
    fn cursor_of(&self, user: &UserAlias) -> StoreResult<Cursor>;

    /// The others in the user's chats that are not removed, by alias.
    fn peers_of(&self, user: &UserAlias) -> StoreResult<Vec<UserAlias>>;

    /// How many chats there are that the user has opened.
    fn opened_by(&self, user: &UserAlias) -> StoreResult<u32>;

    fn message(&self, chat: &ChatId, seq: Seq) -> StoreResult<Option<Message>>;

    fn message_by_client_id(&self, sender: &UserAlias, id: &ClientMessageId) -> StoreResult<Option<Message>>;

    /// At most `limit` messages next to `from`, ascending. `from` itself is not among them.
    fn messages(
        &self,
        chat: &ChatId,
        from: Seq,
        direction: PageDirection,
        limit: u32,
    ) -> StoreResult<Vec<Message>>;

    /// How many messages `sender` has in the chat after `after`, up to and including `upto`.
    fn count_between(&self, chat: &ChatId, sender: &UserAlias, after: Seq, upto: Seq) -> StoreResult<u32>;

    fn upload(&self, id: &UploadId) -> StoreResult<Option<UploadRecord>>;

    fn uploads_of(&self, chat: &ChatId) -> StoreResult<Vec<UploadId>>;

    /// Uploads made before `before` that no message refers to.
    fn unsent_uploads(&self, before: Timestamp) -> StoreResult<Vec<UploadId>>;

    /// Size of all uploads of the user that no message refers to, in bytes.
    fn unsent_bytes(&self, owner: &UserAlias) -> StoreResult<u64>;

    /// How many uploads of the user no message refers to.
    fn unsent_count(&self, owner: &UserAlias) -> StoreResult<u32>;

    /// Size of all uploads of the user, in bytes.
    fn stored_bytes(&self, owner: &UserAlias) -> StoreResult<u64>;

    /// Size of all uploads there are, in bytes.
    fn all_stored_bytes(&self) -> StoreResult<u64>;

    /// Files given in calls.
    fn call_uploads(&self, which: &CallFiles) -> StoreResult<Vec<UploadId>>;

    /// The room, also when it was disabled or deleted.
    fn room(&self, room: &CallAlias) -> StoreResult<Option<RoomRecord>>;

    /// The room a link leads to, whatever its state, and whose link it is.
    fn room_by_link(&self, link: &str) -> StoreResult<Option<(RoomRecord, UserAlias)>>;

    /// Every call that was going on when it was last written, to go on with after a restart.
    fn live_calls(&self) -> StoreResult<Vec<LiveCall>>;

    /// The largest revision of any chat: where every cursor stands at most.
    fn latest_revision(&self) -> StoreResult<Cursor>;

    /// Which life of the database this is. A store that never goes back has one.
    fn epoch(&self) -> StoreResult<Epoch> {
        Ok(Epoch::default())
    }
}

/// One change, decided by the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Adds the user or replaces it.
    PutUser(UserRecord),
    /// Adds the chat or replaces it.
    PutChat(ChatRecord),
    AddMessage(Message),
    AddUpload(UploadRecord),
    DropUpload(UploadId),
    /// The upload was given to somebody: it is no longer cleared away as unsent.
    KeepUpload(UploadId),
    /// Deletes the messages and uploads of a chat, for good.
    ClearChat(ChatId),
    /// Sets `can_video` of every user.
    AllCanVideo(bool),
    /// Adds the room or replaces it.
    PutRoom(RoomRecord),
    /// Adds the session or replaces it.
    PutSession(SessionRecord),
    /// Adds the running call or replaces it.
    PutLiveCall(LiveCall),
    DropLiveCall(CallAlias),
    /// Adds the row under the next number.
    AddJournal(JournalRecord),
    /// Deletes the first `most` rows of the journal that are from before that moment, for good, and as many rooms of rings
    /// from before it that nobody answered.
    DropJournal {
        before: Timestamp,
        most: u32,
    },
    /// Adds the hook; of one that is there it changes the events alone.
    PutHook(HookRecord),
    /// Writes down how far a hook was told. One that is gone stays gone.
    MoveHook {
        key: HookKey,
        position: u64,
        failing_since: Option<Timestamp>,
    },
    DropHook(HookKey),
    /// Adds the board or replaces it, without its shapes.
    PutBoard(BoardRecord),
    /// Adds the shape or replaces it.
    PutShape(Box<ShapeRecord>),
    /// Erases every shape that is there on a page, with that number.
    ClearPage {
        room: CallAlias,
        page: PageId,
        number: u64,
    },
    /// Deletes what was erased up to that number, for good.
    ForgetErased {
        room: CallAlias,
        upto: u64,
    },
    /// Notes how far a device got. Only those of [`MAX_BOARD_DEVICES`] that wrote last are kept.
    PutBoardDevice(BoardDeviceRecord),
    /// Deletes the board with all its shapes, for good.
    DropBoard(CallAlias),
}

impl Write {
    /// Whether something that people wrote is removed for good: not a byte of it is to remain.
    pub fn removes(&self) -> bool {
        match self {
            Write::ClearChat(_) | Write::DropUpload(_) | Write::DropBoard(_) => true,
            Write::PutUser(user) => user.deleted,
            Write::PutChat(_)
            | Write::AddMessage(_)
            | Write::AddUpload(_)
            | Write::KeepUpload(_)
            | Write::AllCanVideo(_)
            | Write::PutRoom(_)
            | Write::PutSession(_)
            | Write::PutLiveCall(_)
            | Write::DropLiveCall(_)
            | Write::AddJournal(_)
            | Write::DropJournal { .. }
            | Write::PutHook(_)
            | Write::MoveHook { .. }
            | Write::DropHook(_)
            | Write::PutBoard(_)
            | Write::PutShape(_)
            | Write::ClearPage { .. }
            | Write::ForgetErased { .. }
            | Write::PutBoardDevice(_) => false,
        }
    }
}
