//! One shape: what it is for good, and its properties.

use super::{Change, Looks, MAX_COORDINATE, MAX_SHAPE_BYTES, Points, Vector};
use crate::ids::{PageId, ShapeId, UploadId, UserAlias};
use serde::{Deserialize, Serialize};

/// What a shape is. That never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShapeKind {
    /// A stroke. Its points are relative to the first corner of its box, and scaled with the box.
    Pen {
        points: Points,
    },
    Rectangle,
    Ellipse,
    /// From the first corner of its box to the other.
    Line,
    /// A line with a head at its end.
    Arrow,
    Text,
    /// A picture that was uploaded for the call.
    Picture {
        upload: UploadId,
        /// Width and height, in pixels of the picture.
        natural: Vector,
    },
}

/// A shape on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    pub id: ShapeId,
    pub page: PageId,
    /// Who made it. On its way to the server it does not count: the server fills it in.
    pub maker: UserAlias,
    pub kind: ShapeKind,
    pub looks: Looks,
}

impl Shape {
    /// Whether everything in it is in its range.
    ///
    /// # Errors
    /// What is not, in English.
    pub fn check(&self) -> Result<(), &'static str> {
        match &self.kind {
            ShapeKind::Pen { points } => {
                points.check().map_err(|broken| broken.as_str())?;
            }
            ShapeKind::Picture { natural, .. } => {
                let sides = 1..=MAX_COORDINATE;
                if !sides.contains(&natural.x) || !sides.contains(&natural.y) {
                    return Err("natural is no size of a picture");
                }
            }
            ShapeKind::Rectangle
            | ShapeKind::Ellipse
            | ShapeKind::Line
            | ShapeKind::Arrow
            | ShapeKind::Text => {}
        }
        Change::from(self.looks.clone()).check()?;
        if self.weight() > MAX_SHAPE_BYTES { Err("the shape is too large") } else { Ok(()) }
    }

    /// What it counts for, in bytes: about as many as it takes to write it down.
    pub fn weight(&self) -> usize {
        let texts = [&self.looks.text, &self.looks.name, &self.looks.order].map(|text| text.len());
        let points = match &self.kind {
            ShapeKind::Pen { points } => points.len(),
            ShapeKind::Rectangle
            | ShapeKind::Ellipse
            | ShapeKind::Line
            | ShapeKind::Arrow
            | ShapeKind::Text
            | ShapeKind::Picture { .. } => 0,
        };
        160 + points + texts.iter().sum::<usize>()
    }
}
