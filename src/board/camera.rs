//! Which part of the board is seen, and how large.

use bandyer_core::board::geometry::{Bounds, Point};

/// Smallest and largest zoom, in CSS pixels per board unit.
const ZOOMS: (f64, f64) = (0.05, 16.0);
/// What is fitted in does not get larger than it was drawn.
const LARGEST_FIT: f64 = 1.0;
/// Left free around what is fitted in, in pixels.
const MARGIN: f64 = 88.0;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// The place in the first corner of the view, in board units.
    pub corner: Point,
    /// CSS pixels per unit.
    pub zoom: f64,
}

impl Default for Camera {
    fn default() -> Self {
        Self { corner: Point::new(0.0, 0.0), zoom: 1.0 }
    }
}

impl Camera {
    /// The place on the board under a point of the view, in pixels from its first corner.
    pub fn board(&self, view: Point) -> Point {
        Point::new(self.corner.x + view.x / self.zoom, self.corner.y + view.y / self.zoom)
    }

    /// Where a place is seen.
    pub fn view(&self, board: Point) -> Point {
        Point::new((board.x - self.corner.x) * self.zoom, (board.y - self.corner.y) * self.zoom)
    }

    /// Moved so that what was under the first point comes under the second.
    #[must_use]
    pub fn moved(self, from: Point, to: Point) -> Self {
        let corner = Point::new(
            self.corner.x - (to.x - from.x) / self.zoom,
            self.corner.y - (to.y - from.y) / self.zoom,
        );
        Self { corner, ..self }
    }

    /// So many times as large; what is under that point stays there.
    #[must_use]
    pub fn zoomed(self, times: f64, about: Point) -> Self {
        let zoom = (self.zoom * times).clamp(ZOOMS.0, ZOOMS.1);
        let fixed = self.board(about);
        Self { corner: Point::new(fixed.x - about.x / zoom, fixed.y - about.y / zoom), zoom }
    }

    /// All of that in the middle of a view of that size.
    pub fn fitting(bounds: Bounds, width: f64, height: f64) -> Self {
        let room = |pixels: f64| (pixels - 2.0 * MARGIN).max(pixels / 3.0).max(1.0);
        let times = (room(width) / bounds.width().max(1.0)).min(room(height) / bounds.height().max(1.0));
        let zoom = times.clamp(ZOOMS.0, LARGEST_FIT);
        let middle = bounds.middle();
        Self { corner: Point::new(middle.x - width / 2.0 / zoom, middle.y - height / 2.0 / zoom), zoom }
    }

    /// What is seen of the board in a view of that size.
    pub fn seen(&self, width: f64, height: f64) -> Bounds {
        Bounds { min: self.corner, max: self.board(Point::new(width, height)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: Point, b: Point) -> bool {
        a.distance(b) < 1e-9
    }

    #[test]
    fn what_is_under_the_fingers_stays_there() {
        let camera = Camera { corner: Point::new(-20.0, 8.0), zoom: 0.5 };
        let about = Point::new(300.0, 120.0);
        assert!(close(camera.zoomed(3.0, about).board(about), camera.board(about)));
        let to = Point::new(310.0, 60.0);
        assert!(close(camera.moved(about, to).board(to), camera.board(about)));
        assert_eq!(camera.zoomed(1e9, about).zoom, ZOOMS.1);
        assert!(close(camera.view(camera.board(about)), about));
    }

    #[test]
    fn everything_is_seen_and_nothing_is_blown_up() {
        let bounds = Bounds { min: Point::new(-5_000.0, 0.0), max: Point::new(5_000.0, 10.0) };
        let seen = Camera::fitting(bounds, 800.0, 600.0).seen(800.0, 600.0);
        assert!(seen.holds(bounds.min) && seen.holds(bounds.max));
        let dot = Bounds { min: Point::new(7.0, 7.0), max: Point::new(7.0, 7.0) };
        assert_eq!(Camera::fitting(dot, 800.0, 600.0).zoom, 1.0);
    }
}
