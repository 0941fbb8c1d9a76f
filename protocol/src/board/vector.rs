//! Places and sizes.

use serde::{Deserialize, Serialize};

/// A place, or a width and a height, in sixteenths of a board unit; x to the right, y down. Written `[x, y]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "[i32; 2]", into = "[i32; 2]")]
pub struct Vector {
    pub x: i32,
    pub y: i32,
}

impl Vector {
    pub const ZERO: Self = Self { x: 0, y: 0 };

    pub const fn new(x: i32, y: i32) -> Self {
        Self { x, y }
    }
}

impl From<[i32; 2]> for Vector {
    fn from([x, y]: [i32; 2]) -> Self {
        Self { x, y }
    }
}

impl From<Vector> for [i32; 2] {
    fn from(vector: Vector) -> Self {
        [vector.x, vector.y]
    }
}
