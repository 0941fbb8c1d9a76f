//! Questions about what happened: lists of rooms and sessions, the journal, and how far it was told to the host site.

use super::{HookRecord, JournalKind, JournalRecord, RoomRecord, SessionRecord, StoreResult};
use bandyer_protocol::{CallAlias, Timestamp, UserAlias};

/// A part of a list whose newest entries come first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// Only what stands behind this entry, however many came in front of it meanwhile.
    pub after: Option<Mark>,
    pub skip: u32,
    pub limit: u32,
}

impl Slice {
    /// The first entries of a list.
    pub fn newest(limit: u32) -> Self {
        Self { after: None, skip: 0, limit }
    }
}

/// Where an entry stands: newest first, and among those of one moment by id, backwards. The rows of the journal stand by
/// their number alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    pub at: Timestamp,
    pub id: String,
}

impl Mark {
    /// True when an entry of this moment and id stands behind this one.
    pub fn is_before(&self, at: Timestamp, id: &str) -> bool {
        (at, id) < (self.at, self.id.as_str())
    }
}

/// From the first moment to the last, both included; `None` for no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Period {
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

impl Period {
    /// True when `at` lies in it.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at <= to)
    }
}

/// Which sessions are wanted: those that match everything that is set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SessionFilter {
    pub room: Option<CallAlias>,
    /// Somebody who was in it.
    pub user: Option<UserAlias>,
    /// When it began.
    pub period: Period,
}

/// Which rows of the journal are wanted: those of one of `kinds` that match everything that is set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JournalFilter {
    pub kinds: Vec<JournalKind>,
    pub user: Option<UserAlias>,
    pub room: Option<CallAlias>,
    pub period: Period,
}

/// Looks up what happened. Everything newest first, the journal's own readers aside.
pub trait History {
    /// Rooms that are not deleted.
    fn rooms(&self, slice: &Slice) -> StoreResult<Vec<RoomRecord>>;

    /// Rooms of the user that are not deleted.
    fn rooms_of(&self, user: &UserAlias, slice: &Slice) -> StoreResult<Vec<RoomRecord>>;

    fn session(&self, session: &str) -> StoreResult<Option<SessionRecord>>;

    fn sessions(&self, filter: &SessionFilter, slice: &Slice) -> StoreResult<Vec<SessionRecord>>;

    fn journal(&self, filter: &JournalFilter, slice: &Slice) -> StoreResult<Vec<JournalRecord>>;

    /// Everything written down of a session, oldest first.
    fn journal_of_session(&self, session: &str) -> StoreResult<Vec<JournalRecord>>;

    /// What came after row `after`, oldest first.
    fn journal_after(&self, after: u64, limit: u32) -> StoreResult<Vec<JournalRecord>>;

    /// The number of the last row ever written; 0 before the first.
    fn journal_end(&self) -> StoreResult<u64>;

    /// Every hook, by version and address.
    fn hooks(&self) -> StoreResult<Vec<HookRecord>>;
}
