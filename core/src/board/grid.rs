//! Which shapes are near a place: squares of the board, each with the shapes that reach into it. What covers many squares
//! stands in a list of its own.

use super::geometry::Bounds;
use bandyer_protocol::ShapeId;
use std::collections::{HashMap, HashSet};

/// Side of a square, in board units.
const SIDE: f64 = 512.0;
/// A shape in more squares than this is looked at wherever one looks.
const MOST_SQUARES: i64 = 64;

#[derive(Debug, Clone, Default)]
pub struct Grid {
    squares: HashMap<(i64, i64), Vec<ShapeId>>,
    wide: HashSet<ShapeId>,
}

impl Grid {
    pub fn put(&mut self, id: &ShapeId, bounds: &Bounds) {
        let squares = Squares::of(bounds);
        if squares.count() > MOST_SQUARES {
            self.wide.insert(id.clone());
            return;
        }
        for square in squares.each() {
            self.squares.entry(square).or_default().push(id.clone());
        }
    }

    /// `bounds` are those it was put with.
    pub fn take(&mut self, id: &ShapeId, bounds: &Bounds) {
        if self.wide.remove(id) {
            return;
        }
        for square in Squares::of(bounds).each() {
            if let Some(ids) = self.squares.get_mut(&square) {
                ids.retain(|known| known != id);
                if ids.is_empty() {
                    self.squares.remove(&square);
                }
            }
        }
    }

    /// At least the shapes that reach into these bounds, each once; `None` when those are about as many as there are.
    pub fn near(&self, bounds: &Bounds) -> Option<HashSet<&ShapeId>> {
        let squares = Squares::of(bounds);
        let known = i64::try_from(self.squares.len()).unwrap_or(i64::MAX);
        if squares.count() > MOST_SQUARES.max(known / 2) {
            return None;
        }
        let near = squares.each().filter_map(|square| self.squares.get(&square)).flatten();
        Some(near.chain(&self.wide).collect())
    }
}

/// A rectangle of squares.
struct Squares {
    first: (i64, i64),
    last: (i64, i64),
}

impl Squares {
    fn of(bounds: &Bounds) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "a board is a million units wide")]
        let square = |value: f64| (value / SIDE).floor() as i64;
        Self {
            first: (square(bounds.min.x), square(bounds.min.y)),
            last: (square(bounds.max.x), square(bounds.max.y)),
        }
    }

    fn count(&self) -> i64 {
        let side = |first: i64, last: i64| last.saturating_sub(first).saturating_add(1).max(0);
        side(self.first.0, self.last.0).saturating_mul(side(self.first.1, self.last.1))
    }

    fn each(&self) -> impl Iterator<Item = (i64, i64)> {
        let (rows, columns) = (self.first.1..=self.last.1, self.first.0..=self.last.0);
        rows.flat_map(move |row| columns.clone().map(move |column| (column, row)))
    }
}
