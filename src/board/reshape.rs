//! Shapes moved, scaled and turned together: which properties of each become what.

use bandyer_core::board::geometry::{Bounds, Frame, Point, units};
use bandyer_protocol::board::{Change, Looks, Shape, ShapeKind, Vector};

/// What is done to the chosen shapes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reshape {
    /// By so much, in board units.
    Move { by: Point },
    /// So many times as wide and as high, about a place that stays.
    Scale { about: Point, across: f64, down: f64 },
    /// Clockwise, in radians, about a place that stays.
    Turn { about: Point, by: f64 },
}

/// Nothing gets smaller than this, in units: it could not be got hold of again.
const LEAST: f64 = 2.0;

impl Reshape {
    /// What changes of one shape.
    pub fn of(self, shape: &Shape) -> Change {
        let looks = &shape.looks;
        match self {
            Reshape::Move { by } => moved(looks, by),
            Reshape::Scale { about, across, down } => scaled(shape, about, across, down),
            Reshape::Turn { about, by } => turned(looks, about, by),
        }
    }
}

fn moved(looks: &Looks, by: Point) -> Change {
    let at = Point::from(looks.at);
    Change { at: Some(Point::new(at.x + by.x, at.y + by.y).written()), ..Change::default() }
}

/// A shape that is turned keeps its corners square: it is scaled by as much in both directions.
fn scaled(shape: &Shape, about: Point, across: f64, down: f64) -> Change {
    let looks = &shape.looks;
    let even = matches!(shape.kind, ShapeKind::Text) || !looks.turn.is_multiple_of(9_000);
    let (across, down) = if even { same(across, down) } else { (across, down) };
    let sideways = !even && !looks.turn.is_multiple_of(18_000);
    let (wide, high) = if sideways { (down, across) } else { (across, down) };
    let size = Point::from(looks.size);
    let size = Point::new(stretched(size.x, wide), stretched(size.y, high));
    let middle = middle(looks);
    let middle = Point::new(about.x + (middle.x - about.x) * across, about.y + (middle.y - about.y) * down);
    let mut change = placed(middle, size);
    if matches!(shape.kind, ShapeKind::Text) {
        let written = (units(looks.text_size.into()) * down.abs() * 16.0).round().clamp(32.0, 8_192.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between the two")]
        let written = written as u16;
        change.text_size = Some(written);
    }
    change
}

fn stretched(size: f64, times: f64) -> f64 {
    let stretched = size * times;
    // A line that is straight up has no width, and gets none.
    if size == 0.0 || stretched.abs() >= LEAST { stretched } else { LEAST.copysign(stretched) }
}

fn same(across: f64, down: f64) -> (f64, f64) {
    let times = if (across - 1.0).abs() > (down - 1.0).abs() { across } else { down };
    (times.abs(), times.abs())
}

fn turned(looks: &Looks, about: Point, by: f64) -> Change {
    let middle = middle(looks);
    let (sin, cos) = by.sin_cos();
    let (x, y) = (middle.x - about.x, middle.y - about.y);
    let middle = Point::new(about.x + x * cos - y * sin, about.y + x * sin + y * cos);
    let turn = (f64::from(looks.turn) + by.to_degrees() * 100.0).rem_euclid(36_000.0).round() % 36_000.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and 35,999")]
    let turn = turn as u16;
    Change { turn: Some(turn), ..placed(middle, Point::from(looks.size)) }
}

fn middle(looks: &Looks) -> Point {
    Frame::of(looks).upright.middle()
}

/// The place and size of a box with that middle.
fn placed(middle: Point, size: Point) -> Change {
    let at = Point::new(middle.x - size.x / 2.0, middle.y - size.y / 2.0);
    Change { at: Some(at.written()), size: Some(size.written()), ..Change::default() }
}

/// The handles of a frame around what is chosen, in the order of the compass from the north-west; the last one turns.
pub const HANDLES: [(f64, f64); 8] =
    [(0.0, 0.0), (0.5, 0.0), (1.0, 0.0), (1.0, 0.5), (1.0, 1.0), (0.5, 1.0), (0.0, 1.0), (0.0, 0.5)];

/// Where a handle stands on a box.
pub fn handle(bounds: &Bounds, (across, down): (f64, f64)) -> Point {
    Point::new(bounds.min.x + bounds.width() * across, bounds.min.y + bounds.height() * down)
}

/// What pulling a handle there makes of a box. Corners keep the proportions when `even`.
pub fn pulled(bounds: &Bounds, (across, down): (f64, f64), to: Point, even: bool) -> Reshape {
    let about = handle(bounds, (1.0 - across, 1.0 - down));
    let from = handle(bounds, (across, down));
    let times = |middle: bool, about: f64, from: f64, to: f64| {
        if middle || (from - about).abs() < f64::EPSILON { 1.0 } else { (to - about) / (from - about) }
    };
    let wide = times((across - 0.5).abs() < f64::EPSILON, about.x, from.x, to.x);
    let high = times((down - 0.5).abs() < f64::EPSILON, about.y, from.y, to.y);
    let corner = (across - 0.5).abs() > f64::EPSILON && (down - 0.5).abs() > f64::EPSILON;
    let (wide, high) = if even && corner {
        let most = wide.abs().max(high.abs());
        (most.copysign(wide), most.copysign(high))
    } else {
        (wide, high)
    };
    Reshape::Scale { about, across: wide, down: high }
}

/// A box from one corner to the other, as properties.
pub fn spanned(from: Point, to: Point) -> (Vector, Vector) {
    let at = Point::new(from.x.min(to.x), from.y.min(to.y));
    (at.written(), Point::new((to.x - from.x).abs(), (to.y - from.y).abs()).written())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bandyer_protocol::{PageId, ShapeId, UserAlias};

    fn shape(kind: ShapeKind, at: (i32, i32), size: (i32, i32), turn: u16) -> Shape {
        let vector = |(x, y): (i32, i32)| Vector::new(x * 16, y * 16);
        let looks = Looks { at: vector(at), size: vector(size), turn, ..Looks::default() };
        let maker = UserAlias::parse("anna").unwrap();
        Shape { id: ShapeId::parse("a").unwrap(), page: PageId::first(), maker, kind, looks }
    }

    fn frame(shape: &Shape, change: &Change) -> Bounds {
        let mut looks = shape.looks.clone();
        looks.apply(change);
        Frame::of(&looks).bounds()
    }

    #[test]
    fn a_pulled_corner_comes_where_it_is_pulled_and_the_other_stays() {
        for turn in [0, 9_000, 18_000, 27_000] {
            let shape = shape(ShapeKind::Rectangle, (10, 20), (40, 20), turn);
            let before = Frame::of(&shape.looks).bounds();
            let to = Point::new(before.max.x + 30.0, before.max.y + 10.0);
            let after = frame(&shape, &pulled(&before, (1.0, 1.0), to, false).of(&shape));
            assert!(after.min.distance(before.min) < 0.1, "{turn}: {after:?}");
            assert!(after.max.distance(to) < 0.1, "{turn}: {after:?}");
        }
    }

    #[test]
    fn a_line_that_is_straight_stays_so_and_nothing_vanishes() {
        let line = shape(ShapeKind::Line, (0, 0), (50, 0), 0);
        let flat = Reshape::Scale { about: Point::new(0.0, 0.0), across: 0.0, down: 3.0 }.of(&line);
        assert_eq!(flat.size, Some(Vector::new(32, 0)));
    }

    #[test]
    fn turning_there_and_back_is_nothing() {
        let shape = shape(ShapeKind::Ellipse, (10, 20), (40, 20), 300);
        let mut looks = shape.looks.clone();
        for by in [1.0, -1.0] {
            let turned = Shape { looks: looks.clone(), ..shape.clone() };
            looks.apply(&Reshape::Turn { about: Point::new(-7.0, 3.0), by }.of(&turned));
        }
        assert!(looks.turn.abs_diff(300) <= 1, "{}", looks.turn);
        assert!(Point::from(looks.at).distance(Point::from(shape.looks.at)) < 0.2);
    }
}
