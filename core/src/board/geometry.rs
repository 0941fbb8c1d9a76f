//! Where a shape is: its box, what it covers, whether a point is on it. In board units, y down.

use bandyer_protocol::board::{Looks, STEPS_PER_UNIT, Shape, ShapeKind, StrokePoint, Vector};

/// A place on the board, in units.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

impl Point {
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// The nearest place that can be written down. What is no number, or beyond the board, comes to its edge.
    pub fn written(self) -> Vector {
        let steps = |value: f64| {
            let most = f64::from(bandyer_protocol::board::MAX_COORDINATE);
            (value * f64::from(STEPS_PER_UNIT)).round().clamp(-most, most) as i32
        };
        Vector { x: steps(self.x), y: steps(self.y) }
    }

    /// How far another one is.
    pub fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

impl From<Vector> for Point {
    fn from(vector: Vector) -> Self {
        Self { x: units(vector.x), y: units(vector.y) }
    }
}

/// Sixteenths as units.
pub fn units(steps: i32) -> f64 {
    f64::from(steps) / f64::from(STEPS_PER_UNIT)
}

/// An upright rectangle, its edges included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    pub min: Point,
    pub max: Point,
}

impl Bounds {
    /// Around all of them; `None` around nothing.
    pub fn around(points: impl IntoIterator<Item = Point>) -> Option<Self> {
        points.into_iter().map(|point| Self { min: point, max: point }).reduce(Self::and)
    }

    /// Around both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let min = Point::new(self.min.x.min(other.min.x), self.min.y.min(other.min.y));
        Self { min, max: Point::new(self.max.x.max(other.max.x), self.max.y.max(other.max.y)) }
    }

    /// With so much more at each side.
    #[must_use]
    pub fn grown(self, by: f64) -> Self {
        let min = Point::new(self.min.x - by, self.min.y - by);
        Self { min, max: Point::new(self.max.x + by, self.max.y + by) }
    }

    pub fn holds(&self, point: Point) -> bool {
        (self.min.x..=self.max.x).contains(&point.x) && (self.min.y..=self.max.y).contains(&point.y)
    }

    pub fn touches(&self, other: &Self) -> bool {
        self.min.x <= other.max.x
            && other.min.x <= self.max.x
            && self.min.y <= other.max.y
            && other.min.y <= self.max.y
    }

    pub fn width(&self) -> f64 {
        self.max.x - self.min.x
    }

    pub fn height(&self) -> f64 {
        self.max.y - self.min.y
    }

    pub fn middle(&self) -> Point {
        Point::new((self.min.x + self.max.x) / 2.0, (self.min.y + self.max.y) / 2.0)
    }

    fn corners(&self) -> [Point; 4] {
        let (min, max) = (self.min, self.max);
        [min, Point::new(max.x, min.y), max, Point::new(min.x, max.y)]
    }
}

/// The box of a shape: where it would be, and by how much it is turned about its middle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// Before it is turned.
    pub upright: Bounds,
    /// In radians, clockwise.
    pub turn: f64,
}

impl Frame {
    pub fn of(looks: &Looks) -> Self {
        let (at, size) = (Point::from(looks.at), Point::from(looks.size));
        let other = Point::new(at.x + size.x, at.y + size.y);
        let upright = Bounds { min: at, max: at }.and(Bounds { min: other, max: other });
        Self { upright, turn: (f64::from(looks.turn) / 100.0).to_radians() }
    }

    /// Where a place of the upright box comes to.
    pub fn turned(&self, point: Point) -> Point {
        rotate(point, self.upright.middle(), self.turn)
    }

    /// Which place of the upright box comes there.
    pub fn upright_of(&self, point: Point) -> Point {
        rotate(point, self.upright.middle(), -self.turn)
    }

    /// The corners as they are seen, clockwise from the first one.
    pub fn corners(&self) -> [Point; 4] {
        self.upright.corners().map(|corner| self.turned(corner))
    }

    /// Around what is seen of it, lines of no width.
    pub fn bounds(&self) -> Bounds {
        let [first, rest @ ..] = self.corners();
        rest.into_iter().fold(Bounds { min: first, max: first }, |all, corner| {
            all.and(Bounds { min: corner, max: corner })
        })
    }
}

fn rotate(point: Point, about: Point, radians: f64) -> Point {
    if radians == 0.0 {
        return point;
    }
    let (sin, cos) = radians.sin_cos();
    let (x, y) = (point.x - about.x, point.y - about.y);
    Point::new(about.x + x * cos - y * sin, about.y + x * sin + y * cos)
}

/// Everything that is painted of a shape lies in it.
pub fn bounds(shape: &Shape) -> Bounds {
    let looks = &shape.looks;
    let width = units(looks.width.into());
    let more = match &shape.kind {
        ShapeKind::Arrow => arrow_head(width) + width,
        ShapeKind::Pen { .. } | ShapeKind::Rectangle | ShapeKind::Ellipse | ShapeKind::Line => width,
        ShapeKind::Text | ShapeKind::Picture { .. } => 0.0,
    };
    Frame::of(looks).bounds().grown(more)
}

/// Length of an arrow's head for a line of that width, in units.
pub fn arrow_head(width: f64) -> f64 {
    (width * 4.0).max(10.0)
}

/// A sample of a stroke where it stands before the shape is turned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathPoint {
    pub at: Point,
    /// From 0 to 1.
    pub pressure: Option<f64>,
}

/// The points of a stroke, scaled into the box of its shape. To be turned as [`Frame::turned`] does.
pub fn path(points: &[StrokePoint], looks: &Looks) -> Vec<PathPoint> {
    let at = Point::from(looks.at);
    let (natural_x, natural_y) = extent(points);
    let (across, down) = (scale(looks.size.x, natural_x), scale(looks.size.y, natural_y));
    let place = |point: &StrokePoint| PathPoint {
        at: Point::new(at.x + units(point.x) * across, at.y + units(point.y) * down),
        pressure: point.pressure.map(|pressure| f64::from(pressure) / 255.0),
    };
    points.iter().map(place).collect()
}

/// The size a stroke has by its points alone, in sixteenths: from its first corner, where the points have 0, on.
pub fn extent(points: &[StrokePoint]) -> (i32, i32) {
    points.iter().fold((0, 0), |(x, y), point| (x.max(point.x), y.max(point.y)))
}

/// A stroke that is straight up or down has no width that could be scaled.
fn scale(size: i32, natural: i32) -> f64 {
    if natural == 0 { 1.0 } else { f64::from(size) / f64::from(natural) }
}

/// A stroke in its own box: the points moved so that the lowest coordinates are 0, with where that corner is and how large it is,
/// in sixteenths.
pub fn boxed(points: &[StrokePoint]) -> (Vec<StrokePoint>, Vector, Vector) {
    let low = |coordinate: fn(&StrokePoint) -> i32| points.iter().map(coordinate).min().unwrap_or(0);
    let at = Vector::new(low(|point| point.x), low(|point| point.y));
    let moved = |point: &StrokePoint| StrokePoint { x: point.x - at.x, y: point.y - at.y, ..*point };
    let points: Vec<_> = points.iter().map(moved).collect();
    let (x, y) = extent(&points);
    (points, at, Vector::new(x, y))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(at: (i32, i32), size: (i32, i32), turn: u16) -> Looks {
        Looks {
            at: Vector::new(at.0 * 16, at.1 * 16),
            size: Vector::new(size.0 * 16, size.1 * 16),
            turn,
            ..Looks::default()
        }
    }

    fn close(a: Point, b: Point) -> bool {
        a.distance(b) < 1e-9
    }

    #[test]
    fn a_box_is_turned_about_its_middle() {
        let frame = Frame::of(&looks((10, 10), (20, 0), 9_000));
        assert!(close(frame.turned(Point::new(10.0, 10.0)), Point::new(20.0, 0.0)));
        assert!(close(frame.upright_of(Point::new(20.0, 0.0)), Point::new(10.0, 10.0)));
        let bounds = frame.bounds();
        assert!(close(bounds.min, Point::new(20.0, 0.0)) && close(bounds.max, Point::new(20.0, 20.0)));
        assert_eq!(Frame::of(&looks((10, 10), (-20, -4), 0)).upright.min, Point::new(-10.0, 6.0));
    }

    #[test]
    fn a_stroke_is_scaled_with_its_box_and_mirrored() {
        let raw = [(3, -5), (35, 27), (19, 11)].map(|(x, y)| StrokePoint { x, y, pressure: None });
        let (points, at, size) = boxed(&raw);
        assert_eq!((at, size), (Vector::new(3, -5), Vector::new(32, 32)));
        let drawn = |size| path(&points, &Looks { at, size, ..Looks::default() });
        assert_eq!(drawn(size)[1].at, Point::new(35.0 / 16.0, 27.0 / 16.0));
        assert_eq!(drawn(Vector::new(64, -32))[1].at, Point::new(67.0 / 16.0, -37.0 / 16.0));
        let (upright, at, size) = boxed(&raw.map(|point| StrokePoint { x: 7, ..point }));
        let drawn = path(&upright, &Looks { at, size, ..Looks::default() });
        assert!(drawn.iter().all(|point| point.at.x == 7.0 / 16.0));
    }

    #[test]
    fn what_cannot_be_written_down_comes_to_the_edge() {
        let most = bandyer_protocol::board::MAX_COORDINATE;
        assert_eq!(Point::new(f64::INFINITY, -1e300).written(), Vector::new(most, -most));
        assert_eq!(Point::new(f64::NAN, 1.03).written(), Vector::new(0, 16));
    }
}
