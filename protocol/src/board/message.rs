//! What is said about boards.

use super::{Change, MAX_NAME_CHARS, Shape, valid_order};
use crate::ids::{BoardDevice, CallAlias, Epoch, PageId, ShapeId, UserAlias};
use serde::{Deserialize, Serialize};

/// A page. Pages stand in the order of `order`, equal ones in that of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub id: PageId,
    /// May be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    pub order: String,
    /// Its shapes are kept, and not shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
}

impl Page {
    /// Whether everything in it is in its range.
    ///
    /// # Errors
    /// What is not, in English.
    pub fn check(&self) -> Result<(), &'static str> {
        if self.title.chars().count() > MAX_NAME_CHARS {
            return Err("title is too long");
        }
        if valid_order(&self.order) { Ok(()) } else { Err("order is no place") }
    }
}

/// One thing that is done to a board. Of what two people do to one property, the later in the server's order stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoardOp {
    /// A new shape.
    Put(Box<Shape>),
    /// Other values of some properties of one shape, be it erased or not.
    Set { shape: ShapeId, change: Change },
    /// Takes it away. It keeps its properties, and what is set meanwhile.
    Erase { shape: ShapeId },
    /// Brings an erased one back, as it would be now.
    Restore { shape: ShapeId },
    /// Erases every shape of a page.
    Clear { page: PageId },
    /// A new page.
    PutPage(Page),
    SetPage {
        page: PageId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        erased: Option<bool>,
    },
}

/// Names a request, so that it counts once, however often it is sent. A device sends one at a time, counts them upwards, and
/// sends the same one again, under the same key, until it is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardKey {
    pub device: BoardDevice,
    /// From 1 to [`MAX_COUNT`](super::MAX_COUNT).
    pub count: u64,
}

/// A place in the sequence of changes, for the next part of a board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub number: u64,
    pub shape: ShapeId,
    /// The board's number when its first part was made: what is erased since has to be told, too.
    #[serde(default)]
    pub began: u64,
}

/// What a widget asks about boards. The answer stands behind the arrow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoardRequest {
    /// What changed since `after`, a number that was answered before, or 0 for everything. From now on this socket is told
    /// of changes. → `Opened`
    Open {
        room: CallAlias,
        #[serde(default)]
        after: u64,
        /// The epoch that number is of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        epoch: Option<Epoch>,
        /// Where the part before this one ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Mark>,
    },
    /// All of it, or nothing. → `Applied`
    Apply { room: CallAlias, key: BoardKey, ops: Vec<BoardOp> },
    /// This socket is not told any more. → `Done`
    Close { room: CallAlias },
}

/// What the server says about boards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoardNews {
    /// A reply.
    Opened(Box<BoardPart>),
    /// A reply. It is stored.
    Applied {
        room: CallAlias,
        /// The board's number now: one more for each request that changed something.
        number: u64,
        /// It was stored before, by an earlier sending; `number` is then of no change.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        repeated: bool,
    },
    /// To every other socket that has the board open. When `number` is not the next one, something was missed: open the
    /// board again after the last number.
    Changed { room: CallAlias, number: u64, by: UserAlias, ops: Vec<BoardOp> },
}

/// A part of a board: how things stand that changed after a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardPart {
    pub room: CallAlias,
    /// This begins the board afresh: what is named neither here nor in the parts that follow is gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub complete: bool,
    /// The board's number now. It is where the client stands once the last part is there.
    pub number: u64,
    pub epoch: Epoch,
    /// Every page, in the first part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<Page>,
    pub shapes: Vec<Shape>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub erased: Vec<ShapeId>,
    /// There is more behind this: to be asked for with the same `after`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<Mark>,
}
