//! Shapes on a canvas. A path is built once per shape, in the shape's own box, and kept as long as the shape is the same.

use bandyer_core::board::geometry::{Frame, PathPoint, Point, arrow_head, path, units};
use bandyer_core::board::ink::{FONT, Ink, LINE_HEIGHT, pressed_width};
use bandyer_protocol::board::{Shape, ShapeKind};
use bandyer_protocol::{ShapeId, UploadId};
use std::collections::HashMap;
use std::f64::consts::TAU;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement, Path2d};

/// So many widths of one pen are told apart.
const PRESSURES: f64 = 12.0;
/// A kept path is worth so many shapes that came and went since it was used.
const KEPT_PATHS: usize = 80_000;

/// Pictures by the file they are, as far as they have come.
pub type Pictures = HashMap<UploadId, HtmlImageElement>;

/// What was built for shapes.
#[derive(Default)]
pub struct Paths {
    known: HashMap<ShapeId, (Rc<Shape>, Rc<Built>)>,
}

/// How a shape is put on the canvas.
enum Built {
    /// One line of one width.
    Line(Path2d),
    /// Where a pen pressed: pieces, each of its width.
    Pressed(Vec<(Path2d, f64)>),
    /// A box: filled and outlined.
    Area(Path2d),
    /// A shaft and its head.
    Arrow(Path2d),
    Text(Vec<String>),
    Picture(UploadId),
    Nothing,
}

impl Paths {
    fn of(&mut self, shape: &Rc<Shape>) -> Rc<Built> {
        if let Some((known, built)) = self.known.get(&shape.id)
            && Rc::ptr_eq(known, shape)
        {
            return Rc::clone(built);
        }
        if self.known.len() > KEPT_PATHS {
            self.known.clear();
        }
        let built = Rc::new(build(shape).unwrap_or(Built::Nothing));
        self.known.insert(shape.id.clone(), (Rc::clone(shape), Rc::clone(&built)));
        built
    }
}

fn build(shape: &Shape) -> Result<Built, JsValue> {
    let looks = &shape.looks;
    let frame = Frame::of(looks).upright;
    let (at, size) = (Point::from(looks.at), Point::from(looks.size));
    Ok(match &shape.kind {
        ShapeKind::Pen { points } => match points.unpack() {
            Ok(points) => stroke(&path(&points, looks), units(looks.width.into()))?,
            // Of what another device sent: the server lets none through.
            Err(_) => Built::Nothing,
        },
        ShapeKind::Rectangle => {
            let path = Path2d::new()?;
            path.rect(frame.min.x, frame.min.y, frame.width(), frame.height());
            Built::Area(path)
        }
        ShapeKind::Ellipse => {
            let (path, middle) = (Path2d::new()?, frame.middle());
            path.ellipse(middle.x, middle.y, frame.width() / 2.0, frame.height() / 2.0, 0.0, 0.0, TAU)?;
            Built::Area(path)
        }
        ShapeKind::Line => {
            let path = Path2d::new()?;
            path.move_to(at.x, at.y);
            path.line_to(at.x + size.x, at.y + size.y);
            Built::Line(path)
        }
        ShapeKind::Arrow => {
            Built::Arrow(arrow(at, Point::new(at.x + size.x, at.y + size.y), units(looks.width.into()))?)
        }
        ShapeKind::Text => Built::Text(looks.text.split('\n').map(str::to_owned).collect()),
        ShapeKind::Picture { upload, .. } => Built::Picture(upload.clone()),
    })
}

fn arrow(from: Point, to: Point, width: f64) -> Result<Path2d, JsValue> {
    let path = Path2d::new()?;
    path.move_to(from.x, from.y);
    path.line_to(to.x, to.y);
    let angle = (to.y - from.y).atan2(to.x - from.x);
    let length = arrow_head(width).min(from.distance(to).max(1.0));
    for side in [-0.45, 0.45] {
        path.move_to(to.x, to.y);
        path.line_to(to.x - length * (angle + side).cos(), to.y - length * (angle + side).sin());
    }
    Ok(path)
}

/// A smooth line: through the middles between samples, bent by the samples.
fn stroke(points: &[PathPoint], width: f64) -> Result<Built, JsValue> {
    let [first, ..] = points else { return Ok(Built::Nothing) };
    if first.pressure.is_some() {
        return pressed(points, width);
    }
    let path = Path2d::new()?;
    path.move_to(first.at.x, first.at.y);
    trace(&path, points);
    Ok(Built::Line(path))
}

/// Goes on from the first point to the last.
fn trace(path: &Path2d, points: &[PathPoint]) {
    for pair in points.windows(2) {
        let [before, here] = pair else { continue };
        let middle = between(before.at, here.at);
        path.quadratic_curve_to(before.at.x, before.at.y, middle.x, middle.y);
    }
    if let Some(last) = points.last() {
        // A dot is a line of no length, which a round end makes a dot.
        path.line_to(last.at.x, last.at.y);
    }
}

/// Neighbours that are pressed about alike are one piece: a stroke of ten thousand samples is some hundred of them.
fn pressed(points: &[PathPoint], width: f64) -> Result<Built, JsValue> {
    let mut pieces: Vec<(Path2d, f64)> = Vec::new();
    let mut from = points.first().map_or(Point::new(0.0, 0.0), |point| point.at);
    let ends = points.windows(2).filter_map(|pair| match pair {
        [before, here] => Some((before.at, between(before.at, here.at), here.pressure)),
        _ => None,
    });
    let last = points.last().map(|last| (last.at, last.at, last.pressure));
    for (bend, to, pressure) in ends.chain(last) {
        let width = pressed_width(pressure.map(|pressure| (pressure * PRESSURES).round() / PRESSURES), width);
        if pieces.last().is_none_or(|(_, before)| (before - width).abs() > f64::EPSILON) {
            let path = Path2d::new()?;
            path.move_to(from.x, from.y);
            pieces.push((path, width));
        }
        if let Some((path, _)) = pieces.last() {
            path.quadratic_curve_to(bend.x, bend.y, to.x, to.y);
        }
        from = to;
    }
    Ok(Built::Pressed(pieces))
}

fn between(a: Point, b: Point) -> Point {
    Point::new((a.x + b.x) / 2.0, (a.y + b.y) / 2.0)
}

/// Puts one shape on the canvas, whose transform is the board's.
pub fn shape(
    context: &CanvasRenderingContext2d,
    shape: &Rc<Shape>,
    ink: Ink,
    paths: &mut Paths,
    pictures: &Pictures,
) {
    let looks = &shape.looks;
    let built = paths.of(shape);
    context.save();
    if looks.turn != 0 {
        let middle = Frame::of(looks).upright.middle();
        // No number in it is infinite, which is all that is refused.
        let _ = context.translate(middle.x, middle.y);
        let _ = context.rotate(f64::from(looks.turn).to_radians() / 100.0);
        let _ = context.translate(-middle.x, -middle.y);
    }
    if looks.opacity < 100 {
        context.set_global_alpha(f64::from(looks.opacity) / 100.0);
    }
    let line = ink.css(looks.stroke);
    let width = units(looks.width.into());
    match &*built {
        Built::Line(path) | Built::Arrow(path) => outline(context, path, line.as_deref(), width),
        Built::Pressed(pieces) => {
            for (path, width) in pieces {
                outline(context, path, line.as_deref(), *width);
            }
        }
        Built::Area(path) => {
            if let Some(fill) = ink.css(looks.fill) {
                context.set_fill_style_str(&fill);
                context.fill_with_path_2d(path);
            }
            outline(context, path, line.as_deref(), width);
        }
        Built::Text(lines) => text(context, shape, lines, line.as_deref()),
        Built::Picture(upload) => picture(context, shape, pictures.get(upload), ink),
        Built::Nothing => {}
    }
    context.restore();
}

fn outline(context: &CanvasRenderingContext2d, path: &Path2d, colour: Option<&str>, width: f64) {
    let Some(colour) = colour.filter(|_| width > 0.0) else { return };
    context.set_stroke_style_str(colour);
    context.set_line_width(width);
    context.set_line_cap("round");
    context.set_line_join("round");
    context.stroke_with_path(path);
}

fn text(context: &CanvasRenderingContext2d, shape: &Shape, lines: &[String], colour: Option<&str>) {
    let Some(colour) = colour else { return };
    let size = units(shape.looks.text_size.into());
    let at = Point::from(shape.looks.at);
    context.set_font(&font(size));
    context.set_fill_style_str(colour);
    context.set_text_baseline("alphabetic");
    for (number, line) in lines.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a number of lines")]
        let down = size * (LINE_HEIGHT * number as f64 + 1.0);
        // It can only fail where there is no font at all.
        let _ = context.fill_text(line, at.x, at.y + down);
    }
}

/// The font of a text of that size, as CSS.
pub fn font(size: f64) -> String {
    format!("{size}px {FONT}")
}

fn picture(context: &CanvasRenderingContext2d, shape: &Shape, image: Option<&HtmlImageElement>, ink: Ink) {
    let frame = Frame::of(&shape.looks).upright;
    let (x, y, width, height) = (frame.min.x, frame.min.y, frame.width(), frame.height());
    match image.filter(|image| image.complete() && image.natural_width() > 0) {
        Some(image) => {
            // A picture that is no picture was seen to above.
            let _ = context.draw_image_with_html_image_element_and_dw_and_dh(image, x, y, width, height);
        }
        None => {
            context.set_fill_style_str(ink.dots());
            context.fill_rect(x, y, width, height);
        }
    }
}

/// How much room a text of that size takes, in board units.
pub fn room(text: &str, size: f64) -> Point {
    let lines: Vec<&str> = text.trim_end().split('\n').collect();
    let width = measure(&lines, size).unwrap_or(size);
    #[expect(clippy::cast_precision_loss, reason = "a number of lines")]
    let height = size * LINE_HEIGHT * lines.len() as f64;
    Point::new(width, height)
}

fn measure(lines: &[&str], size: f64) -> Option<f64> {
    let document = web_sys::window()?.document()?;
    let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.dyn_into().ok()?;
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.set_font(&font(size));
    let width = |line: &&str| context.measure_text(line).map_or(0.0, |measured| measured.width());
    lines.iter().map(width).reduce(f64::max)
}
