//! Where the board is painted. What is finished lies on a sheet that nobody sees, as it looks through one view; what is seen is
//! the sheet, moved or stretched to the view of now, with what is in hand above it. A moved view paints its new edges only, a
//! zoomed one everything, but not before the zoom rests. At most once a frame, and only what changed.

pub mod layer;
pub mod lively;

use super::camera::Camera;
use super::paint::{self, Paths, Pictures};
use super::state::DeskState;
use super::store::DeskStore;
use bandyer_core::board::Dirty;
use bandyer_core::board::geometry::{Bounds, Point};
use bandyer_core::board::ink::Ink;
use bandyer_protocol::ShapeId;
use gloo_timers::callback::Timeout;
use layer::{Extent, Layer};
pub use lively::STALK;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, Window};

/// A zoom rests when it has not changed for so long, in milliseconds.
const REST_MS: u32 = 140;
/// Around what changed, in pixels: what is smoothed reaches beyond its edge.
const EDGE: f64 = 2.0;
/// Browsers refuse a canvas with a longer side, in pixels.
const LONGEST: f64 = 8_192.0;

pub struct Easel {
    me: Weak<Self>,
    window: Window,
    desk: DeskStore,
    seen: Layer,
    sheet: Layer,
    live: Layer,
    work: RefCell<Work>,
    frame: Cell<Option<i32>>,
    tick: Closure<dyn FnMut()>,
    resting: RefCell<Option<Timeout>>,
}

#[derive(Default)]
struct Work {
    paths: Paths,
    pictures: Pictures,
    /// The view that the sheet shows; `None` when nothing on it counts any more.
    painted: Option<Camera>,
    /// What of the board is not as the sheet shows it.
    dirty: Option<Bounds>,
    /// What is in hand, and therefore not on the sheet.
    lifted: Rc<Vec<ShapeId>>,
    /// The zoom rests: the sheet is painted anew.
    rested: bool,
}

impl Easel {
    /// On two canvases of the same size, one above the other. `None` where the browser has no canvas.
    pub fn new(desk: DeskStore, seen: HtmlCanvasElement, live: HtmlCanvasElement) -> Option<Rc<Self>> {
        let window = web_sys::window()?;
        let sheet: HtmlCanvasElement =
            seen.owner_document()?.create_element("canvas").ok()?.dyn_into().ok()?;
        let (seen, sheet, live) = (Layer::new(seen)?, Layer::new(sheet)?, Layer::new(live)?);
        Some(Rc::new_cyclic(|me: &Weak<Self>| {
            let ticking = me.clone();
            let tick = Closure::new(move || {
                if let Some(easel) = ticking.upgrade() {
                    easel.frame.set(None);
                    easel.paint();
                }
            });
            Self {
                me: me.clone(),
                window,
                desk,
                seen,
                sheet,
                live,
                work: RefCell::default(),
                frame: Cell::default(),
                tick,
                resting: RefCell::default(),
            }
        }))
    }

    /// Something of the board is not as it is shown.
    pub fn changed(&self, dirty: &Dirty) {
        {
            let mut work = self.work.borrow_mut();
            match dirty {
                Dirty::All => work.painted = None,
                Dirty::Region { bounds, .. } => {
                    work.dirty = Some(work.dirty.map_or(*bounds, |before| before.and(*bounds)));
                }
            }
        }
        self.ask();
    }

    /// Everything is painted anew: another page, another theme, a picture that has come.
    pub fn afresh(&self) {
        self.work.borrow_mut().painted = None;
        self.ask();
    }

    /// Another view, or something else in hand: in the next frame.
    pub fn ask(&self) {
        if self.frame.get().is_none() {
            let asked = self.window.request_animation_frame(self.tick.as_ref().unchecked_ref());
            self.frame.set(asked.ok());
        }
    }

    fn paint(&self) {
        let extent = self.extent();
        let layers = [&self.seen, &self.sheet, &self.live];
        let resized = layers.map(|layer| layer.fit(extent)).contains(&true);
        self.desk.adjust(|state| state.view = (extent.width, extent.height));
        let mut work = self.work.borrow_mut();
        self.desk.read(|state| {
            let lifted = state.gesture.lifts(&state.chosen);
            if resized || work.lifted != lifted {
                work.painted = None;
                work.lifted = lifted;
            }
            let now = extent.snapped(state.camera);
            self.renew(state, &mut work, now);
            self.show(&work, now, ink(state));
            lively::paint(&self.live, state, now, &mut work);
            if work.painted.is_some_and(|painted| painted.zoom != now.zoom) {
                self.rest_later();
            }
        });
    }

    fn extent(&self) -> Extent {
        let (width, height) = self.seen.room();
        let scale = self.window.device_pixel_ratio().clamp(0.5, 4.0);
        Extent { width, height, scale: scale.min(LONGEST / width.max(height).max(1.0)) }
    }

    /// Brings the sheet up to date.
    fn renew(&self, state: &DeskState, work: &mut Work, now: Camera) {
        let Extent { width, height, .. } = self.sheet.extent();
        match work.painted {
            Some(before) if before.zoom == now.zoom => {
                if before != now {
                    let corner = before.view(now.corner);
                    for free in self.sheet.shift(-corner.x, -corner.y) {
                        self.region(state, work, now, free);
                    }
                    work.painted = Some(now);
                }
            }
            Some(_) if !work.rested => {}
            Some(_) | None => {
                (work.painted, work.dirty, work.rested) = (Some(now), None, false);
                let all = Bounds { min: Point::new(0.0, 0.0), max: Point::new(width, height) };
                self.region(state, work, now, all);
            }
        }
        let painted = work.painted.unwrap_or(now);
        if let Some(dirty) = work.dirty.take() {
            let part = Bounds { min: painted.view(dirty.min), max: painted.view(dirty.max) };
            self.region(state, work, painted, part.grown(EDGE));
        }
    }

    /// Paints a part of the sheet, in pixels, with everything that is there.
    fn region(&self, state: &DeskState, work: &mut Work, camera: Camera, part: Bounds) {
        let Extent { width, height, .. } = self.sheet.extent();
        let min = Point::new(part.min.x.floor().max(0.0), part.min.y.floor().max(0.0));
        let max = Point::new(part.max.x.ceil().min(width), part.max.y.ceil().min(height));
        if max.x <= min.x || max.y <= min.y {
            return;
        }
        let part = Bounds { min, max };
        self.sheet.within(part, |context| {
            ground(context, camera, ink(state), part);
            let context = self.sheet.through(camera);
            let around = Bounds { min: camera.board(min), max: camera.board(max) };
            for shape in state.board.within(&state.page, &around) {
                if !work.lifted.contains(&shape.id) && !is_edited(state, &shape.id) {
                    paint::shape(context, &shape, ink(state), &mut work.paths, &work.pictures);
                }
            }
        });
    }

    /// Shows the sheet as it looks through the view of now.
    fn show(&self, work: &Work, now: Camera, ink: Ink) {
        let Extent { width, height, .. } = self.seen.extent();
        let painted = work.painted.unwrap_or(now);
        let (first, last) = (Point::new(0.0, 0.0), Point::new(width, height));
        let (first, last) = (now.view(painted.board(first)), now.view(painted.board(last)));
        let context = self.seen.context();
        context.set_fill_style_str(ink.ground());
        context.fill_rect(0.0, 0.0, width, height);
        self.seen.paste(&self.sheet, first.x, first.y, last.x - first.x, last.y - first.y);
    }

    /// Once it has not been zoomed for a while, everything is painted at its size.
    fn rest_later(&self) {
        let me = self.me.clone();
        let timeout = Timeout::new(REST_MS, move || {
            if let Some(easel) = me.upgrade() {
                easel.work.borrow_mut().rested = true;
                easel.ask();
            }
        });
        self.resting.replace(Some(timeout));
    }
}

impl Drop for Easel {
    fn drop(&mut self) {
        if let Some(frame) = self.frame.take() {
            // One that ran already is nothing to cancel.
            let _ = self.window.cancel_animation_frame(frame);
        }
    }
}

fn is_edited(state: &DeskState, id: &ShapeId) -> bool {
    state.editing.as_ref().is_some_and(|editing| editing.shape.as_ref() == Some(id))
}

fn ink(state: &DeskState) -> Ink {
    Ink { dark: state.dark }
}

/// The ground, and a grid of dots to see how far one has moved.
fn ground(context: &CanvasRenderingContext2d, camera: Camera, ink: Ink, part: Bounds) {
    context.set_fill_style_str(ink.ground());
    context.fill_rect(part.min.x, part.min.y, part.width(), part.height());
    let step = dots_apart(camera.zoom);
    context.set_fill_style_str(ink.dots());
    let from = camera.board(part.min);
    let mut y = (from.y / step).floor() * step;
    while camera.view(Point::new(0.0, y)).y <= part.max.y {
        let mut x = (from.x / step).floor() * step;
        while camera.view(Point::new(x, 0.0)).x <= part.max.x {
            let at = camera.view(Point::new(x, y));
            context.fill_rect(at.x.round() - 1.0, at.y.round() - 1.0, 2.0, 2.0);
            x += step;
        }
        y += step;
    }
}

/// Board units between two dots: 20 to 80 pixels, whatever the zoom.
fn dots_apart(zoom: f64) -> f64 {
    let mut step = 32.0;
    while step * zoom < 20.0 {
        step *= 4.0;
    }
    while step * zoom > 80.0 {
        step /= 4.0;
    }
    step
}
