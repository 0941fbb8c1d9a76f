//! Whether a place is on a shape, as a person who points at it means it.

use super::geometry::{Bounds, Frame, Point, path, units};
use bandyer_protocol::board::{Colour, Shape, ShapeKind};

/// True when the place is on what is painted of the shape, or at most so far from it, in units. What is not filled is open
/// inside.
pub fn is_on(shape: &Shape, at: Point, reach: f64) -> bool {
    let looks = &shape.looks;
    let frame = Frame::of(looks);
    let at = frame.upright_of(at);
    let reach = reach + units(looks.width.into()) / 2.0;
    let filled = looks.fill != Colour::None;
    match &shape.kind {
        ShapeKind::Pen { points } => points.unpack().is_ok_and(|points| {
            let points: Vec<Point> = path(&points, looks).into_iter().map(|point| point.at).collect();
            near_any(&points, at, reach)
        }),
        ShapeKind::Line | ShapeKind::Arrow => {
            let (from, size) = (Point::from(looks.at), Point::from(looks.size));
            near_segment(from, Point::new(from.x + size.x, from.y + size.y), at, reach)
        }
        ShapeKind::Text | ShapeKind::Picture { .. } => frame.upright.grown(reach).holds(at),
        ShapeKind::Rectangle if filled => frame.upright.grown(reach).holds(at),
        ShapeKind::Rectangle => {
            frame.upright.grown(reach).holds(at) && !inside(&frame.upright, reach).holds(at)
        }
        ShapeKind::Ellipse => {
            let far = from_middle(&frame.upright, at, reach);
            far <= 1.0 && (filled || from_middle(&frame.upright, at, -reach) >= 1.0)
        }
    }
}

/// What is left of a box without its edge; nothing of one that is all edge.
fn inside(upright: &Bounds, reach: f64) -> Bounds {
    upright.grown(-reach)
}

/// How far out a place is: 1 on the edge of the ellipse that is larger by so much.
fn from_middle(upright: &Bounds, at: Point, by: f64) -> f64 {
    let (middle, across, down) = (upright.middle(), upright.width() / 2.0 + by, upright.height() / 2.0 + by);
    if across <= 0.0 || down <= 0.0 {
        return f64::INFINITY;
    }
    ((at.x - middle.x) / across).hypot((at.y - middle.y) / down)
}

fn near_any(points: &[Point], at: Point, reach: f64) -> bool {
    match points {
        [only] => only.distance(at) <= reach,
        points => {
            points.windows(2).any(|pair| matches!(pair, [from, to] if near_segment(*from, *to, at, reach)))
        }
    }
}

fn near_segment(from: Point, to: Point, at: Point, reach: f64) -> bool {
    let (x, y) = (to.x - from.x, to.y - from.y);
    let length = x * x + y * y;
    let along = if length > 0.0 {
        (((at.x - from.x) * x + (at.y - from.y) * y) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    Point::new(from.x + along * x, from.y + along * y).distance(at) <= reach
}

#[cfg(test)]
mod tests {
    use super::*;
    use bandyer_protocol::board::{Looks, Vector};
    use bandyer_protocol::{PageId, ShapeId, UserAlias};

    fn shape(kind: ShapeKind, fill: Colour, turn: u16) -> Shape {
        let looks = Looks {
            at: Vector::new(0, 0),
            size: Vector::new(100 * 16, 40 * 16),
            width: 32,
            fill,
            turn,
            ..Looks::default()
        };
        let (id, maker) = (ShapeId::parse("a").unwrap(), UserAlias::parse("anna").unwrap());
        Shape { id, page: PageId::first(), maker, kind, looks }
    }

    #[test]
    fn what_is_not_filled_is_open_inside() {
        let middle = Point::new(50.0, 20.0);
        for kind in [ShapeKind::Rectangle, ShapeKind::Ellipse] {
            assert!(!is_on(&shape(kind.clone(), Colour::None, 0), middle, 5.0));
            assert!(is_on(&shape(kind.clone(), Colour::Red, 0), middle, 5.0));
            assert!(is_on(&shape(kind.clone(), Colour::None, 0), Point::new(0.0, 20.0), 1.0));
            assert!(!is_on(&shape(kind, Colour::Red, 0), Point::new(120.0, 20.0), 5.0));
        }
    }

    #[test]
    fn a_turned_shape_is_hit_where_it_is_seen() {
        let upright = shape(ShapeKind::Rectangle, Colour::Red, 9_000);
        assert!(is_on(&upright, Point::new(50.0, 65.0), 1.0));
        assert!(!is_on(&upright, Point::new(95.0, 20.0), 1.0));
        let line = shape(ShapeKind::Line, Colour::None, 0);
        assert!(is_on(&line, Point::new(50.0, 21.0), 2.0));
        assert!(!is_on(&line, Point::new(50.0, 35.0), 2.0));
    }
}
