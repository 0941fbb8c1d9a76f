//! The page as a file.

use crate::board::store::DeskStore;
use crate::board::{Ink, Paths, Pictures, paint_shape};
use bandyer_core::board::geometry::Bounds;
use bandyer_core::board::svg::svg;
use wasm_bindgen::prelude::*;
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, Document, HtmlAnchorElement, HtmlCanvasElement, Url,
};

/// Around the shapes, in board units.
const MARGIN: f64 = 24.0;
/// Pixels per board unit, as long as the picture does not get too large.
const SHARPNESS: f64 = 2.0;
/// Phones refuse a larger picture, in pixels.
const MOST_PIXELS: f64 = 16_000_000.0;
const LONGEST_SIDE: f64 = 16_000.0;
const PICTURE: &str = "whiteboard.png";
const DRAWING: &str = "whiteboard.svg";

/// Everything on the page as a PNG, which the browser saves.
pub fn picture(desk: &DeskStore) {
    let Some(canvas) = painted(desk) else { return };
    let save = Closure::once_into_js(|blob: JsValue| {
        if let Ok(blob) = blob.dyn_into::<Blob>() {
            let _ = download(&blob, PICTURE);
        }
    });
    // A canvas with nothing foreign on it can always be read.
    let _ = canvas.to_blob(save.unchecked_ref());
}

/// Everything on the page as an SVG, which the browser saves.
pub fn drawing(desk: &DeskStore) {
    let text = desk.read(|state| {
        let (shapes, bounds) = (state.board.shapes(&state.page), state.board.bounds(&state.page)?);
        let shapes = shapes.iter().map(|shape| &**shape);
        Some(svg(shapes, &bounds, Ink { dark: state.dark }, |_| None))
    });
    let Some(text) = text else { return };
    let options = BlobPropertyBag::new();
    options.set_type("image/svg+xml");
    let parts = js_sys::Array::of1(&text.into());
    if let Ok(blob) = Blob::new_with_str_sequence_and_options(&parts, &options) {
        let _ = download(&blob, DRAWING);
    }
}

fn painted(desk: &DeskStore) -> Option<HtmlCanvasElement> {
    let document = document()?;
    let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.dyn_into().ok()?;
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    desk.read(|state| {
        let bounds = state.board.bounds(&state.page)?.grown(MARGIN);
        let most = (MOST_PIXELS / (bounds.width() * bounds.height())).sqrt();
        let scale = SHARPNESS.min(most).min(LONGEST_SIDE / bounds.width().max(bounds.height()));
        size(&canvas, &bounds, scale);
        let ink = Ink { dark: state.dark };
        context.set_fill_style_str(ink.ground());
        context.fill_rect(0.0, 0.0, f64::from(canvas.width()), f64::from(canvas.height()));
        // Only what is infinite is refused.
        let _ = context.set_transform(scale, 0.0, 0.0, scale, -bounds.min.x * scale, -bounds.min.y * scale);
        let (mut paths, pictures) = (Paths::default(), Pictures::default());
        for shape in state.board.shapes(&state.page) {
            paint_shape(&context, &shape, ink, &mut paths, &pictures);
        }
        Some(())
    })?;
    Some(canvas)
}

fn size(canvas: &HtmlCanvasElement, bounds: &Bounds, scale: f64) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most sixteen million pixels"
    )]
    let pixels = |units: f64| (units * scale).ceil().clamp(1.0, LONGEST_SIDE) as u32;
    canvas.set_width(pixels(bounds.width()));
    canvas.set_height(pixels(bounds.height()));
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

fn download(blob: &Blob, name: &str) -> Option<()> {
    let url = Url::create_object_url_with_blob(blob).ok()?;
    let link: HtmlAnchorElement = document()?.create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&url).ok()
}
