//! Boards: what two people draw together. A board belongs to a room and stays with it; it has pages, and a page has shapes.
//!
//! Whoever asks about a board reads and writes [`BoardQuestion`] and [`BoardAnswer`]: the widget's main part knows nothing
//! of shapes, and does not grow by them.

mod change;
mod colour;
mod envelope;
mod message;
mod order;
mod points;
mod shape;
mod vector;

pub use change::{Change, Looks};
pub use colour::Colour;
pub use envelope::{BoardAnswer, BoardQuestion, BoardReply};
pub use message::{BoardKey, BoardNews, BoardOp, BoardPart, BoardRequest, Mark, Page};
pub use order::{FIRST_ORDER, MAX_ORDER_CHARS, order_between, valid_order};
pub use points::{BrokenPoints, MAX_POINTS, Points, StrokePoint};
pub use shape::{Shape, ShapeKind};
pub use vector::Vector;

use crate::ids::PageId;

/// Coordinates, sizes and widths are whole numbers of this part of a board unit. A unit is a CSS pixel at a zoom of 1.
pub const STEPS_PER_UNIT: i32 = 16;

/// No coordinate is further from the origin, and nothing is larger, in sixteenths of a unit: a million units.
pub const MAX_COORDINATE: i32 = 16_000_000;

/// Widest stroke and largest text, in sixteenths of a unit.
pub const MAX_WIDTH: u16 = 512 * 16;

/// Longest text of a shape, in characters.
pub const MAX_TEXT_CHARS: usize = 5_000;

/// Longest name of a shape and title of a page, in characters.
pub const MAX_NAME_CHARS: usize = 200;

/// Most bytes of one shape, by [`Shape::weight`].
pub const MAX_SHAPE_BYTES: usize = 48 * 1024;

/// Most shapes of a board that are there, and most that are erased and can come back.
pub const MAX_SHAPES: u32 = 60_000;

/// Most bytes of a board, by [`Shape::weight`]; of what is erased as many again.
pub const MAX_BOARD_BYTES: u64 = 32 * 1024 * 1024;

/// Most pages of a board, erased ones included.
pub const MAX_PAGES: usize = 200;

/// Most operations of one request.
pub const MAX_OPS: usize = 500;

/// The highest number that a device gives a request of its own: what a database stores.
pub const MAX_COUNT: u64 = u64::MAX >> 1;

/// The page that every board has from the beginning.
pub fn first_page() -> Page {
    Page { id: PageId::first(), title: String::new(), order: FIRST_ORDER.to_owned(), erased: false }
}
