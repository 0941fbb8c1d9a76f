//! What a pointer is doing right now, and what comes of it when it lets go. Nothing of it is on the board before.

use super::reshape::{Reshape, spanned};
use super::state::{DeskState, Tool};
use bandyer_core::board::geometry::{Point, boxed};
use bandyer_protocol::ShapeId;
use bandyer_protocol::board::{BoardOp, Colour, Looks, Points, Shape, ShapeKind, StrokePoint, Vector};
use std::rc::Rc;

/// A stroke of more samples goes on as another one.
pub const LONGEST_STROKE: usize = 4_000;
/// So many places on the way of the eraser that cuts are one gesture.
pub const LONGEST_CUT: usize = 200;
/// Half the width of the eraser that cuts, in pixels.
pub const CUT_RADIUS: f64 = 8.0;
/// A drag shorter than this, in pixels, was none.
const LEAST_DRAG: f64 = 4.0;

#[derive(Debug, Clone, PartialEq, Default)]
pub enum Gesture {
    #[default]
    None,
    /// A stroke, in sixteenths of a unit.
    Draw {
        points: Vec<StrokePoint>,
    },
    /// From one corner of a shape to the other. Of equal sides when `even`.
    Drag {
        from: Point,
        to: Point,
        even: bool,
    },
    Erase {
        at: Point,
        gone: Rc<Vec<ShapeId>>,
    },
    /// Where the eraser that cuts has been.
    Cut {
        way: Vec<Point>,
    },
    /// The view follows the pointer, which was there last, in pixels.
    Pan {
        at: Point,
    },
    /// What is chosen is moved, scaled or turned.
    Reshape {
        from: Point,
        grip: Grip,
        so_far: Reshape,
    },
    /// Everything in a rectangle is to be chosen.
    Sweep {
        from: Point,
        to: Point,
    },
}

/// Where what is chosen was got hold of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Grip {
    Inside,
    /// One of [`super::reshape::HANDLES`].
    Handle(f64, f64),
    Turn,
}

impl Gesture {
    /// The shapes that are in hand: they are seen above the board, not on it.
    pub fn lifts(&self, chosen: &Rc<Vec<ShapeId>>) -> Rc<Vec<ShapeId>> {
        match self {
            Gesture::Reshape { .. } => Rc::clone(chosen),
            Gesture::Erase { gone, .. } => Rc::clone(gone),
            Gesture::None
            | Gesture::Draw { .. }
            | Gesture::Drag { .. }
            | Gesture::Cut { .. }
            | Gesture::Pan { .. }
            | Gesture::Sweep { .. } => Rc::default(),
        }
    }
}

/// The shape that a stroke or a drag becomes; `None` when there was none.
pub fn made(state: &DeskState, id: ShapeId) -> Option<Shape> {
    let (kind, at, size) = match &state.gesture {
        Gesture::Draw { points } if !points.is_empty() => {
            let (points, at, size) = boxed(points);
            (ShapeKind::Pen { points: Points::pack(&points) }, at, size)
        }
        Gesture::Drag { from, to, even } => {
            if from.distance(*to) * state.camera.zoom < LEAST_DRAG {
                return None;
            }
            let to = if *even { evened(state.tool, *from, *to) } else { *to };
            dragged(state.tool, *from, to)?
        }
        Gesture::None
        | Gesture::Draw { .. }
        | Gesture::Erase { .. }
        | Gesture::Cut { .. }
        | Gesture::Pan { .. }
        | Gesture::Reshape { .. }
        | Gesture::Sweep { .. } => return None,
    };
    let fill = match kind {
        ShapeKind::Rectangle | ShapeKind::Ellipse => state.pen.fill,
        ShapeKind::Pen { .. }
        | ShapeKind::Line
        | ShapeKind::Arrow
        | ShapeKind::Text
        | ShapeKind::Picture { .. } => Colour::None,
    };
    let looks =
        Looks { at, size, stroke: state.pen.colour, fill, width: state.pen.size.width(), ..Looks::default() };
    Some(state.new_shape(id, kind, looks))
}

fn dragged(tool: Tool, from: Point, to: Point) -> Option<(ShapeKind, Vector, Vector)> {
    let line = (from.written(), Point::new(to.x - from.x, to.y - from.y).written());
    let (at, size) = spanned(from, to);
    match tool {
        Tool::Rectangle => Some((ShapeKind::Rectangle, at, size)),
        Tool::Ellipse => Some((ShapeKind::Ellipse, at, size)),
        Tool::Line => Some((ShapeKind::Line, line.0, line.1)),
        Tool::Arrow => Some((ShapeKind::Arrow, line.0, line.1)),
        Tool::Select | Tool::Hand | Tool::Pen | Tool::Text | Tool::Eraser | Tool::Cutter => None,
    }
}

/// Squares and circles; lines at a multiple of 15 degrees.
fn evened(tool: Tool, from: Point, to: Point) -> Point {
    let (x, y) = (to.x - from.x, to.y - from.y);
    if matches!(tool, Tool::Line | Tool::Arrow) {
        let step = 15.0_f64.to_radians();
        let angle = (y.atan2(x) / step).round() * step;
        let length = x.hypot(y);
        return Point::new(from.x + length * angle.cos(), from.y + length * angle.sin());
    }
    let side = x.abs().max(y.abs());
    Point::new(from.x + side.copysign(x), from.y + side.copysign(y))
}

/// What the gesture does to the board when it ends.
pub fn outcome(state: &mut DeskState) -> Vec<BoardOp> {
    let ops = match &state.gesture {
        Gesture::Cut { way } => {
            let (page, radius) = (state.page.clone(), CUT_RADIUS / state.camera.zoom);
            state.board.cutting(&page, way, radius)
        }
        Gesture::Draw { .. } | Gesture::Drag { .. } => {
            let id = state.board.new_id();
            made(state, id).map(|shape| BoardOp::Put(Box::new(shape))).into_iter().collect()
        }
        Gesture::Erase { gone, .. } => {
            gone.iter().map(|shape| BoardOp::Erase { shape: shape.clone() }).collect()
        }
        Gesture::Reshape { so_far, .. } => reshaped(&state.chosen_shapes(), *so_far),
        Gesture::Sweep { from, to } => {
            let chosen = state.swept(*from, *to);
            state.choose(chosen);
            Vec::new()
        }
        Gesture::None | Gesture::Pan { .. } => Vec::new(),
    };
    state.gesture = Gesture::None;
    ops
}

/// What moving, scaling or turning these shapes sets.
pub fn reshaped(shapes: &[Rc<Shape>], reshape: Reshape) -> Vec<BoardOp> {
    let set = |shape: &Rc<Shape>| {
        let change = shape.looks.differing(reshape.of(shape));
        (!change.is_empty()).then(|| BoardOp::Set { shape: shape.id.clone(), change })
    };
    shapes.iter().filter_map(set).collect()
}
