//! What is in hand: the stroke under the pen, the shape being dragged, what is chosen, and the frame around it.

use super::layer::Layer;
use super::{Work, ink};
use crate::board::camera::Camera;
use crate::board::gesture::{CUT_RADIUS, Gesture, made};
use crate::board::paint;
use crate::board::reshape::{HANDLES, Reshape, handle};
use crate::board::state::{DeskState, around};
use bandyer_core::board::geometry::{Bounds, Point};
use bandyer_core::board::ink::Ink;
use bandyer_protocol::ShapeId;
use bandyer_protocol::board::Shape;
use std::f64::consts::TAU;
use std::rc::Rc;
use web_sys::CanvasRenderingContext2d;

/// Of the frame around what is chosen.
const FRAME: &str = "#1a66e8";
/// Half a handle, in pixels.
const HANDLE: f64 = 5.0;
/// From the frame to the handle that turns it, in pixels.
pub const STALK: f64 = 28.0;

pub(super) fn paint(live: &Layer, state: &DeskState, camera: Camera, work: &mut Work) {
    live.clear();
    let context = live.through(camera);
    let ink = ink(state);
    let mut put = |shape: Shape| paint::shape(context, &Rc::new(shape), ink, &mut work.paths, &work.pictures);
    match &state.gesture {
        Gesture::Draw { .. } | Gesture::Drag { .. } => {
            if let Some(shape) = in_hand().and_then(|id| made(state, id)) {
                put(shape);
            }
        }
        Gesture::Reshape { so_far, .. } => {
            state.chosen_shapes().iter().for_each(|shape| put(reshaped(shape, *so_far)))
        }
        Gesture::Erase { gone, .. } => {
            for shape in gone.iter().filter_map(|id| state.board.shape(id)) {
                let mut fading = (*shape).clone();
                fading.looks.opacity /= 4;
                put(fading);
            }
        }
        Gesture::Cut { way } => way_shown(live.context(), camera, way),
        Gesture::Sweep { from, to } => swept(live.context(), camera.view(*from), camera.view(*to)),
        Gesture::None | Gesture::Pan { .. } => {}
    }
    if let Some(bounds) = frame(state) {
        framed(live.context(), camera, bounds, ink);
    }
}

/// The shape in hand has no name yet.
fn in_hand() -> Option<ShapeId> {
    ShapeId::parse("-").ok()
}

fn reshaped(shape: &Rc<Shape>, reshape: Reshape) -> Shape {
    let mut shape = (**shape).clone();
    let change = reshape.of(&shape);
    shape.looks.apply(&change);
    shape
}

/// Around what is chosen, as it is in hand; nothing while the tool is another one.
fn frame(state: &DeskState) -> Option<Bounds> {
    let shapes = state.chosen_shapes();
    if shapes.is_empty() || state.editing.is_some() {
        return None;
    }
    match &state.gesture {
        Gesture::Reshape { so_far, .. } => {
            around(&shapes.iter().map(|shape| Rc::new(reshaped(shape, *so_far))).collect::<Vec<_>>())
        }
        Gesture::None
        | Gesture::Draw { .. }
        | Gesture::Drag { .. }
        | Gesture::Erase { .. }
        | Gesture::Cut { .. }
        | Gesture::Pan { .. }
        | Gesture::Sweep { .. } => around(&shapes),
    }
}

fn framed(context: &CanvasRenderingContext2d, camera: Camera, bounds: Bounds, ink: Ink) {
    let seen = Bounds { min: camera.view(bounds.min), max: camera.view(bounds.max) };
    context.set_stroke_style_str(FRAME);
    context.set_line_width(1.5);
    context.stroke_rect(seen.min.x, seen.min.y, seen.width(), seen.height());
    context.set_fill_style_str(ink.ground());
    for which in HANDLES {
        let at = handle(&seen, which);
        context.begin_path();
        context.rect(at.x - HANDLE, at.y - HANDLE, 2.0 * HANDLE, 2.0 * HANDLE);
        context.fill();
        context.stroke();
    }
    let top = handle(&seen, (0.5, 0.0));
    context.begin_path();
    context.move_to(top.x, top.y - HANDLE);
    context.line_to(top.x, top.y - STALK + HANDLE);
    context.stroke();
    context.begin_path();
    // A circle of a radius above nothing.
    let _ = context.arc(top.x, top.y - STALK, HANDLE, 0.0, TAU);
    context.fill();
    context.stroke();
}

/// Where the eraser that cuts has been.
fn way_shown(context: &CanvasRenderingContext2d, camera: Camera, way: &[Point]) {
    context.set_stroke_style_str("rgb(217 43 63 / 0.35)");
    context.set_line_width(2.0 * CUT_RADIUS);
    context.set_line_cap("round");
    context.set_line_join("round");
    context.begin_path();
    for (number, point) in way.iter().enumerate() {
        let at = camera.view(*point);
        if number == 0 {
            context.move_to(at.x, at.y);
        }
        context.line_to(at.x, at.y);
    }
    context.stroke();
}

fn swept(context: &CanvasRenderingContext2d, from: Point, to: Point) {
    context.set_fill_style_str("rgb(26 102 232 / 0.1)");
    context.set_stroke_style_str(FRAME);
    context.set_line_width(1.0);
    context.fill_rect(from.x, from.y, to.x - from.x, to.y - from.y);
    context.stroke_rect(from.x, from.y, to.x - from.x, to.y - from.y);
}
