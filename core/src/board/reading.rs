//! The order in which one reads a page: row by row from the top, each from the left. For going through shapes by key, and for
//! screen readers.

use super::geometry::{Bounds, bounds};
use bandyer_protocol::board::Shape;
use std::rc::Rc;

/// The shapes in the order they are read in. Those whose middle lies beside the topmost one left stand in one row with it.
pub fn reading_order(shapes: Vec<Rc<Shape>>) -> Vec<Rc<Shape>> {
    let mut left: Vec<(Bounds, Rc<Shape>)> =
        shapes.into_iter().map(|shape| (bounds(&shape), shape)).collect();
    let by = |a: f64, b: f64, x: &Shape, y: &Shape| a.total_cmp(&b).then_with(|| x.id.cmp(&y.id));
    left.sort_by(|(a, x), (b, y)| by(a.min.y, b.min.y, x, y));
    let mut read = Vec::with_capacity(left.len());
    let mut row: Vec<(Bounds, Rc<Shape>)> = Vec::new();
    let mut bottom = f64::NEG_INFINITY;
    for (area, shape) in left {
        if area.middle().y > bottom {
            end_row(&mut row, &mut read);
            bottom = area.max.y;
        }
        row.push((area, shape));
    }
    end_row(&mut row, &mut read);
    read
}

fn end_row(row: &mut Vec<(Bounds, Rc<Shape>)>, read: &mut Vec<Rc<Shape>>) {
    row.sort_by(|(a, x), (b, y)| a.min.x.total_cmp(&b.min.x).then_with(|| x.id.cmp(&y.id)));
    read.extend(row.drain(..).map(|(_, shape)| shape));
}

#[cfg(test)]
mod tests {
    use super::*;
    use bandyer_protocol::board::{Looks, ShapeKind, Vector};
    use bandyer_protocol::{PageId, ShapeId, UserAlias};

    fn shape(id: &str, at: (i32, i32), size: (i32, i32)) -> Rc<Shape> {
        let looks = Looks {
            at: Vector::new(at.0 * 16, at.1 * 16),
            size: Vector::new(size.0 * 16, size.1 * 16),
            ..Looks::default()
        };
        Rc::new(Shape {
            id: ShapeId::parse(id).unwrap(),
            page: PageId::first(),
            maker: UserAlias::parse("anna").unwrap(),
            kind: ShapeKind::Text,
            looks,
        })
    }

    #[test]
    fn a_page_is_read_row_by_row() {
        let shapes = vec![
            shape("below", (0, 100), (50, 20)),
            shape("right", (100, -4), (50, 20)),
            shape("left", (0, 3), (50, 20)),
            shape("far", (300, 6), (50, 10)),
        ];
        let read: Vec<_> = reading_order(shapes).iter().map(|shape| shape.id.to_string()).collect();
        assert_eq!(read, ["left", "right", "far", "below"]);
    }
}
