//! What the stores keep of boards: one row for each board, one for each shape, and how far each device got.

use super::StoreResult;
use bandyer_protocol::board::{BoardKey, Mark, Page, Shape, first_page};
use bandyer_protocol::{BoardDevice, CallAlias, PageId, ShapeId, UserAlias};

/// A board without its shapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardRecord {
    pub room: CallAlias,
    /// The number of its last change.
    pub number: u64,
    pub pages: Vec<Page>,
    /// The shapes that are there.
    pub there: Tally,
    /// Those that were erased and can come back.
    pub erased: Tally,
    /// Up to this change, erased shapes are gone for good: who stands before it starts afresh.
    pub forgotten: u64,
}

impl BoardRecord {
    /// A board nobody has drawn on.
    pub fn new(room: CallAlias) -> Self {
        let pages = vec![first_page()];
        Self { room, number: 0, pages, there: Tally::default(), erased: Tally::default(), forgotten: 0 }
    }
}

/// How much there is of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub shapes: u32,
    /// By the weight of each.
    pub bytes: u64,
}

/// A shape, with its properties as they are, whether it is erased or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShapeRecord {
    pub room: CallAlias,
    pub shape: Shape,
    /// The number of the board's change that changed it last.
    pub changed: u64,
    pub erased: bool,
}

/// How far a device got with its requests about a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardDeviceRecord {
    pub room: CallAlias,
    pub user: UserAlias,
    /// The last request of it that was stored.
    pub key: BoardKey,
    /// The board's number then.
    pub number: u64,
}

/// Of so many devices it is kept how far they got; of those that wrote longest ago it is forgotten.
pub const MAX_BOARD_DEVICES: u32 = 64;

/// Which boards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BoardsOf {
    /// Of rooms those two take part in.
    Both([UserAlias; 2]),
    /// Of rooms the user takes part in.
    User(UserAlias),
}

/// Which shapes of a board, in the order of their last change, and of one change by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShapeRange {
    /// Changed after that.
    pub after: u64,
    /// Only what stands behind it.
    pub from: Option<Mark>,
    /// Erased ones only if they were erased, or changed since, after that.
    pub erased_after: u64,
    /// No more than so many …
    pub limit: u32,
    /// … and none behind the one with which this many bytes are reached, by weight.
    pub bytes: u64,
}

/// Looks boards up.
pub trait Boards {
    /// `None` for one nobody has drawn on.
    fn board(&self, room: &CallAlias) -> StoreResult<Option<BoardRecord>>;

    /// The shape, also when it is erased.
    fn shape(&self, room: &CallAlias, shape: &ShapeId) -> StoreResult<Option<ShapeRecord>>;

    fn shapes(&self, room: &CallAlias, range: &ShapeRange) -> StoreResult<Vec<ShapeRecord>>;

    /// The shapes that are there on a page.
    fn page_tally(&self, room: &CallAlias, page: &PageId) -> StoreResult<Tally>;

    /// The change with which so many of the shapes that are erased were changed last, and how many there are up to it.
    fn oldest_erased(&self, room: &CallAlias, count: u32) -> StoreResult<(u64, Tally)>;

    /// The count of a device's last request that was stored.
    fn board_count(
        &self,
        room: &CallAlias,
        user: &UserAlias,
        device: &BoardDevice,
    ) -> StoreResult<Option<u64>>;

    /// Boards that somebody has drawn on.
    fn boards(&self, which: &BoardsOf) -> StoreResult<Vec<CallAlias>>;
}
