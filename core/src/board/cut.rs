//! The eraser that cuts: what of a line lies under its way goes, what is left of it stays as lines of their own.

use super::geometry::{Bounds, Frame, PathPoint, Point, bounds, boxed, path};
use bandyer_protocol::ShapeId;
use bandyer_protocol::board::{BoardOp, Looks, Points, Shape, ShapeKind, StrokePoint, Vector};
use std::rc::Rc;

/// Where the eraser may have been, a line is looked at in steps of this part of its radius …
const STEP: f64 = 0.25;
/// … but from sample to sample in no more than so many: a thousand radii.
const MOST_STEPS: usize = 4_096;
/// What is left and shorter, in units, is nothing.
const SHORTEST: f64 = 0.5;

/// What has to be done to take away what lies at most so far from a way, in units; nothing when the shape is not touched,
/// or is no line.
pub fn cut(
    shape: &Rc<Shape>,
    way: &[Point],
    radius: f64,
    mut new_id: impl FnMut() -> ShapeId,
) -> Vec<BoardOp> {
    let reach = Bounds::around(way.iter().copied()).map(|reach| reach.grown(radius));
    let Some(reach) = reach.filter(|reach| reach.touches(&bounds(shape))) else { return Vec::new() };
    let Some(line) = samples(shape) else { return Vec::new() };
    let Some(pieces) = kept(&line, way, &reach.grown(radius), radius) else { return Vec::new() };
    let end = line.last().map(|last| last.at);
    let put = |piece: Vec<PathPoint>| {
        let shape = as_shape(shape, new_id(), &piece, end);
        BoardOp::Put(Box::new(shape))
    };
    let erase = BoardOp::Erase { shape: shape.id.clone() };
    std::iter::once(erase).chain(pieces.into_iter().map(put)).collect()
}

/// A line by its samples, where they are seen.
fn samples(shape: &Shape) -> Option<Vec<PathPoint>> {
    let looks = &shape.looks;
    let frame = Frame::of(looks);
    let upright = match &shape.kind {
        ShapeKind::Pen { points } => path(&points.unpack().ok()?, looks),
        ShapeKind::Line | ShapeKind::Arrow => {
            let (from, size) = (Point::from(looks.at), Point::from(looks.size));
            let to = Point::new(from.x + size.x, from.y + size.y);
            [from, to].map(|at| PathPoint { at, pressure: None }).into()
        }
        ShapeKind::Rectangle | ShapeKind::Ellipse | ShapeKind::Text | ShapeKind::Picture { .. } => {
            return None;
        }
    };
    Some(upright.into_iter().map(|point| PathPoint { at: frame.turned(point.at), ..point }).collect())
}

/// The pieces that are left; `None` when all of it is. The eraser, and a little beyond it, lies in `reach`.
fn kept(line: &[PathPoint], way: &[Point], reach: &Bounds, radius: f64) -> Option<Vec<Vec<PathPoint>>> {
    let away = |point: &PathPoint| distance(point.at, way) > radius;
    let (first, rest) = line.split_first()?;
    let mut pieces = vec![Vec::new()];
    let (mut touched, mut before) = (!away(first), *first);
    if away(first) {
        push(&mut pieces, *first);
    }
    for here in rest {
        for point in between(&before, here, reach, radius * STEP) {
            if away(&point) {
                push(&mut pieces, point);
            } else {
                touched = true;
                pieces.push(Vec::new());
            }
        }
        before = *here;
    }
    let long = |piece: &Vec<PathPoint>| {
        piece.windows(2).map(|pair| pair[0].at.distance(pair[1].at)).sum::<f64>() >= SHORTEST
    };
    touched.then(|| pieces.into_iter().filter(long).map(|piece| thinned(piece, line)).collect())
}

fn push(pieces: &mut [Vec<PathPoint>], point: PathPoint) {
    if let Some(piece) = pieces.last_mut() {
        piece.push(point);
    }
}

/// From one sample (not included) to the next (included), in steps as far as the eraser reaches.
fn between(
    from: &PathPoint,
    to: &PathPoint,
    reach: &Bounds,
    step: f64,
) -> impl Iterator<Item = PathPoint> + use<> {
    let (from, to) = (*from, *to);
    let part = inside(from.at, to.at, reach);
    let steps = part.map_or(0, |(begin, end)| {
        let length = from.at.distance(to.at) * (end - begin);
        (length / step.max(0.01)).ceil().clamp(1.0, MOST_STEPS as f64) as usize
    });
    let (begin, end) = part.unwrap_or_default();
    let place = move |at: usize| begin + (end - begin) * at as f64 / steps.max(1) as f64;
    let on = part.map(|_| 0..=steps).into_iter().flatten().map(place);
    let between = on.filter(|part| *part > 0.0 && *part < 1.0);
    between.map(move |part| on_the_way(&from, &to, part)).chain([to])
}

/// Which part of the way between two places lies in these bounds, from 0 to 1.
fn inside(from: Point, to: Point, bounds: &Bounds) -> Option<(f64, f64)> {
    let (mut begin, mut end) = (0.0_f64, 1.0_f64);
    for (at, by, low, high) in [
        (from.x, to.x - from.x, bounds.min.x, bounds.max.x),
        (from.y, to.y - from.y, bounds.min.y, bounds.max.y),
    ] {
        if by == 0.0 {
            if at < low || at > high {
                return None;
            }
            continue;
        }
        let (one, other) = ((low - at) / by, (high - at) / by);
        begin = begin.max(one.min(other));
        end = end.min(one.max(other));
    }
    (begin <= end).then_some((begin, end))
}

fn on_the_way(from: &PathPoint, to: &PathPoint, part: f64) -> PathPoint {
    let mix = |from: f64, to: f64| from + (to - from) * part;
    let pressure = from.pressure.zip(to.pressure).map(|(from, to)| mix(from, to));
    PathPoint { at: Point::new(mix(from.at.x, to.at.x), mix(from.at.y, to.at.y)), pressure }
}

/// Of the steps only those at the ends are kept, beside the samples: in between the line is as it was.
fn thinned(piece: Vec<PathPoint>, line: &[PathPoint]) -> Vec<PathPoint> {
    let last = piece.len().saturating_sub(1);
    let mut samples = line.iter().peekable();
    let mut is_sample = |point: &PathPoint| {
        let mut rest = samples.clone();
        let found = rest.any(|sample| sample == point);
        if found {
            samples = rest;
        }
        found
    };
    let kept =
        piece.into_iter().enumerate().filter(|(at, point)| *at == 0 || *at == last || is_sample(point));
    kept.map(|(_, point)| point).collect()
}

/// How far a place is from a way, in units.
fn distance(at: Point, way: &[Point]) -> f64 {
    let along = way.windows(2).map(|pair| to_segment(at, pair[0], pair[1]));
    let first = way.first().map(|first| first.distance(at));
    along.chain(first).fold(f64::INFINITY, f64::min)
}

fn to_segment(at: Point, from: Point, to: Point) -> f64 {
    let (x, y) = (to.x - from.x, to.y - from.y);
    let length = x * x + y * y;
    let part = if length > 0.0 {
        (((at.x - from.x) * x + (at.y - from.y) * y) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    Point::new(from.x + part * x, from.y + part * y).distance(at)
}

/// A piece, as it is seen and where it is seen; an arrow keeps its head at its end.
fn as_shape(of: &Shape, id: ShapeId, piece: &[PathPoint], end: Option<Point>) -> Shape {
    let steps = |point: &PathPoint| {
        let Vector { x, y } = point.at.written();
        let pressure = point.pressure.map(|pressure| (pressure * 255.0).round() as u8);
        StrokePoint { x, y, pressure }
    };
    let points: Vec<StrokePoint> = piece.iter().map(steps).collect();
    let (moved, corner, size) = boxed(&points);
    let ends = (points.first().copied().unwrap_or_default(), points.last().copied().unwrap_or_default());
    let (from, along) =
        (Vector::new(ends.0.x, ends.0.y), Vector::new(ends.1.x - ends.0.x, ends.1.y - ends.0.y));
    let has_head = piece.last().map(|last| last.at) == end;
    let (kind, at, size) = match &of.kind {
        ShapeKind::Arrow if has_head => (ShapeKind::Arrow, from, along),
        ShapeKind::Line | ShapeKind::Arrow => (ShapeKind::Line, from, along),
        ShapeKind::Pen { .. }
        | ShapeKind::Rectangle
        | ShapeKind::Ellipse
        | ShapeKind::Text
        | ShapeKind::Picture { .. } => (ShapeKind::Pen { points: Points::pack(&moved) }, corner, size),
    };
    let looks = Looks { at, size, turn: 0, ..of.looks.clone() };
    Shape { id, page: of.page.clone(), maker: of.maker.clone(), kind, looks }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bandyer_protocol::{PageId, UserAlias};

    fn shape(kind: ShapeKind, looks: Looks) -> Rc<Shape> {
        let (id, maker) = (ShapeId::parse("a").unwrap(), UserAlias::parse("anna").unwrap());
        Rc::new(Shape { id, page: PageId::first(), maker, kind, looks })
    }

    /// Along x from 0 to 100, a sample each ten units.
    fn stroke(turn: u16) -> Rc<Shape> {
        let points: Vec<_> =
            (0..=10).map(|x| StrokePoint { x: x * 160, y: 0, pressure: Some(100) }).collect();
        let looks = Looks { size: Vector::new(1_600, 0), turn, width: 16, ..Looks::default() };
        shape(ShapeKind::Pen { points: Points::pack(&points) }, looks)
    }

    fn cut_at(shape: &Rc<Shape>, way: &[(f64, f64)], radius: f64) -> Vec<BoardOp> {
        let way: Vec<Point> = way.iter().map(|(x, y)| Point::new(*x, *y)).collect();
        let mut count = 0;
        cut(shape, &way, radius, || {
            count += 1;
            ShapeId::parse(&format!("new{count}")).unwrap()
        })
    }

    /// The pieces, as the box each one is seen in.
    fn left(ops: &[BoardOp]) -> Vec<(f64, f64, f64, f64)> {
        assert!(matches!(&ops[0], BoardOp::Erase { shape } if shape.as_str() == "a"));
        let seen = |op: &BoardOp| {
            let BoardOp::Put(shape) = op else { panic!("{op:?}") };
            shape.check().unwrap();
            let Bounds { min, max } = Frame::of(&shape.looks).bounds();
            (min.x, min.y, max.x, max.y)
        };
        ops[1..].iter().map(seen).collect()
    }

    fn close(a: (f64, f64, f64, f64), b: (f64, f64, f64, f64)) -> bool {
        let far = |a: f64, b: f64| (a - b).abs() > 1.6;
        !(far(a.0, b.0) || far(a.1, b.1) || far(a.2, b.2) || far(a.3, b.3))
    }

    #[test]
    fn a_stroke_is_cut_where_the_eraser_went() {
        let pieces = left(&cut_at(&stroke(0), &[(50.0, -20.0), (50.0, 20.0)], 6.0));
        assert_eq!(pieces.len(), 2);
        assert!(
            close(pieces[0], (0.0, 0.0, 44.0, 0.0)) && close(pieces[1], (56.0, 0.0, 100.0, 0.0)),
            "{pieces:?}"
        );
        let pieces = left(&cut_at(&stroke(0), &[(95.0, 0.0), (120.0, 0.0)], 6.0));
        assert!(pieces.len() == 1 && close(pieces[0], (0.0, 0.0, 89.0, 0.0)), "{pieces:?}");
        assert_eq!(left(&cut_at(&stroke(0), &[(-5.0, 0.0), (105.0, 0.0)], 6.0)), []);
    }

    #[test]
    fn a_turned_stroke_is_cut_where_it_is_seen() {
        let pieces = left(&cut_at(&stroke(9_000), &[(30.0, 0.0), (70.0, 0.0)], 6.0));
        assert_eq!(pieces.len(), 2);
        assert!(
            close(pieces[0], (50.0, -50.0, 50.0, -6.0)) && close(pieces[1], (50.0, 6.0, 50.0, 50.0)),
            "{pieces:?}"
        );
    }

    #[test]
    fn what_is_not_touched_stays_as_it_is() {
        for way in [&[(50.0, 30.0)][..], &[(200.0, 0.0), (300.0, 0.0)], &[]] {
            assert_eq!(cut_at(&stroke(0), way, 6.0), []);
        }
        let looks = Looks { size: Vector::new(1_600, 1_600), ..Looks::default() };
        assert_eq!(cut_at(&shape(ShapeKind::Rectangle, looks), &[(0.0, 0.0)], 6.0), []);
    }

    #[test]
    fn a_piece_keeps_its_samples_its_pressure_and_its_looks() {
        let ops = cut_at(&stroke(0), &[(55.0, 0.0)], 2.0);
        let BoardOp::Put(piece) = &ops[1] else { panic!("{ops:?}") };
        let ShapeKind::Pen { points } = &piece.kind else { panic!("{piece:?}") };
        let points = points.unpack().unwrap();
        assert_eq!(points.len(), 7, "six samples and where it was cut");
        assert!(points.iter().all(|point| point.pressure == Some(100)));
        assert_eq!((piece.looks.width, &piece.looks.order), (16, &stroke(0).looks.order));
    }

    #[test]
    fn an_arrow_keeps_its_head_at_its_end() {
        let looks = Looks { size: Vector::new(1_600, 0), ..Looks::default() };
        let ops = cut_at(&shape(ShapeKind::Arrow, looks), &[(50.0, 0.0)], 6.0);
        let kinds: Vec<_> = ops[1..]
            .iter()
            .map(|op| if let BoardOp::Put(shape) = op { shape.kind.clone() } else { panic!("{op:?}") })
            .collect();
        assert_eq!(kinds, [ShapeKind::Line, ShapeKind::Arrow]);
    }

    #[test]
    fn a_very_long_line_is_cut_where_the_eraser_is_small() {
        let looks = Looks { size: Vector::new(800_000 * 16, 0), ..Looks::default() };
        let ops = cut_at(&shape(ShapeKind::Line, looks), &[(300_000.0, -5.0), (300_001.0, 5.0)], 6.0);
        let pieces = left(&ops);
        assert_eq!(pieces.len(), 2);
        assert!(close(pieces[0], (0.0, 0.0, 299_994.5, 0.0)), "{pieces:?}");
        assert!(close(pieces[1], (300_006.5, 0.0, 800_000.0, 0.0)), "{pieces:?}");
    }

    #[test]
    fn a_dot_goes_as_a_whole() {
        let dot = shape(ShapeKind::Pen { points: Points::pack(&[StrokePoint::default()]) }, Looks::default());
        assert_eq!(left(&cut_at(&dot, &[(1.0, 1.0)], 6.0)), []);
    }
}
