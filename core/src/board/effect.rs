//! What follows from what happened to a board.

use super::geometry::Bounds;
use bandyer_protocol::board::{BoardOp, BoardQuestion};
use bandyer_protocol::{ErrorCode, PageId, UserAlias};

/// What is to be done about what happened.
#[derive(Debug, Clone, PartialEq)]
pub enum BoardEffect {
    Send(BoardQuestion),
    /// It looks different there.
    Changed(Dirty),
    /// The server would not have what was asked last: what was drawn is taken back, or the board cannot be had.
    Refused(ErrorCode),
    /// The server wants to be asked again after so many milliseconds: then [`super::Board::go_on`].
    Pause(u32),
    /// The other side did that, or another device of this user.
    Told {
        by: UserAlias,
        ops: Vec<BoardOp>,
    },
}

/// What of the board looks different.
#[derive(Debug, Clone, PartialEq)]
pub enum Dirty {
    All,
    /// On that page, in board units.
    Region {
        page: PageId,
        bounds: Bounds,
    },
}
