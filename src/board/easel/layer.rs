//! A canvas in the pixels of the screen, painted in CSS pixels or in board units.

use crate::board::camera::Camera;
use bandyer_core::board::geometry::{Bounds, Point};
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

pub struct Layer {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    extent: Cell<Extent>,
}

/// How large a layer is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Extent {
    /// In CSS pixels.
    pub width: f64,
    pub height: f64,
    /// Pixels of the canvas per CSS pixel.
    pub scale: f64,
}

impl Extent {
    /// The nearest view in which every pixel of the canvas shows a whole pixel of what was painted for another one.
    pub fn snapped(self, camera: Camera) -> Camera {
        let pixels = camera.zoom * self.scale;
        let whole = |units: f64| (units * pixels).round() / pixels;
        Camera { corner: Point::new(whole(camera.corner.x), whole(camera.corner.y)), ..camera }
    }
}

impl Layer {
    /// `None` where the browser has no canvas.
    pub fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let context = canvas.get_context("2d").ok().flatten()?.dyn_into().ok()?;
        Some(Self { canvas, context, extent: Cell::default() })
    }

    /// Is that large from now on; true when it was not, and everything on it is gone.
    pub fn fit(&self, extent: Extent) -> bool {
        if self.extent.replace(extent) == extent {
            return false;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at least one, at most a screen"
        )]
        let pixels = |length: f64| (length * extent.scale).round().max(1.0) as u32;
        self.canvas.set_width(pixels(extent.width));
        self.canvas.set_height(pixels(extent.height));
        true
    }

    /// Width and height of its element on the page, in CSS pixels.
    pub fn room(&self) -> (f64, f64) {
        (f64::from(self.canvas.client_width()), f64::from(self.canvas.client_height()))
    }

    pub fn extent(&self) -> Extent {
        self.extent.get()
    }

    /// To paint in CSS pixels from the first corner.
    pub fn context(&self) -> &CanvasRenderingContext2d {
        let scale = self.extent.get().scale;
        // Only what is infinite is refused.
        let _ = self.context.set_transform(scale, 0.0, 0.0, scale, 0.0, 0.0);
        &self.context
    }

    /// To paint in board units.
    pub fn through(&self, camera: Camera) -> &CanvasRenderingContext2d {
        let pixels = self.extent.get().scale * camera.zoom;
        // As above.
        let _ = self.context.set_transform(
            pixels,
            0.0,
            0.0,
            pixels,
            -camera.corner.x * pixels,
            -camera.corner.y * pixels,
        );
        &self.context
    }

    pub fn clear(&self) {
        let Extent { width, height, .. } = self.extent.get();
        self.context().clear_rect(0.0, 0.0, width, height);
    }

    /// Paints what lies between two corners, in CSS pixels, and nothing else.
    pub fn within(&self, part: Bounds, paint: impl FnOnce(&CanvasRenderingContext2d)) {
        self.context.save();
        let context = self.context();
        context.begin_path();
        context.rect(part.min.x, part.min.y, part.width(), part.height());
        context.clip();
        paint(context);
        self.context.restore();
    }

    /// Moves what is on it by so many CSS pixels. What that leaves free.
    pub fn shift(&self, x: f64, y: f64) -> Vec<Bounds> {
        let Extent { width, height, .. } = self.extent.get();
        let bounds = |x: f64, y: f64, far_x: f64, far_y: f64| Bounds {
            min: Point::new(x, y),
            max: Point::new(far_x, far_y),
        };
        if x.abs() >= width || y.abs() >= height {
            return vec![bounds(0.0, 0.0, width, height)];
        }
        self.paste(self, x, y, width, height);
        let mut free = Vec::new();
        if x != 0.0 {
            free.push(if x > 0.0 {
                bounds(0.0, 0.0, x, height)
            } else {
                bounds(width + x, 0.0, width, height)
            });
        }
        if y != 0.0 {
            free.push(if y > 0.0 {
                bounds(0.0, 0.0, width, y)
            } else {
                bounds(0.0, height + y, width, height)
            });
        }
        free
    }

    /// Puts a layer into a rectangle of this one, in CSS pixels, in place of what was there.
    pub fn paste(&self, other: &Self, x: f64, y: f64, width: f64, height: f64) {
        let context = self.context();
        // The rectangle is finite, and a canvas of at least one pixel can be drawn.
        let _ = context.draw_image_with_html_canvas_element_and_dw_and_dh(&other.canvas, x, y, width, height);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapped_view_is_whole_pixels_away_from_any_other() {
        let extent = Extent { width: 800.0, height: 600.0, scale: 1.5 };
        let camera = Camera { corner: Point::new(3.333, -7.77), zoom: 0.7 };
        let snapped = extent.snapped(camera);
        let pixels = snapped.corner.x * camera.zoom * extent.scale;
        assert!((pixels - pixels.round()).abs() < 1e-6);
        assert!(camera.view(snapped.corner).distance(Point::new(0.0, 0.0)) < 1.0);
    }
}
