//! Fingers, pens, mice and wheels on the board.

use super::easel::Easel;
use super::gesture::{CUT_RADIUS, Gesture, Grip, LONGEST_CUT, LONGEST_STROKE, outcome};
use super::reshape::{HANDLES, Reshape, handle, pulled};
use super::state::{DeskState, Tool};
use super::store::DeskStore;
use bandyer_core::board::geometry::{Bounds, Point};
use bandyer_protocol::board::StrokePoint;
use gloo_events::{EventListener, EventListenerOptions};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlCanvasElement, PointerEvent, WheelEvent};

/// How far from a shape or a handle one may be to get hold of it, in pixels: a mouse, a finger.
const REACH: (f64, f64) = (7.0, 16.0);
/// A sample nearer to the one before says nothing new, in pixels.
const LEAST_STEP: f64 = 0.6;
/// Zoom for one notch of a wheel, which turns by a hundred or so.
const WHEEL: f64 = 0.002;
const STALK: f64 = super::easel::STALK;

/// Listens as long as it is kept.
pub struct Hand {
    _listeners: Vec<EventListener>,
}

/// The pointers that are down, where each is in pixels.
#[derive(Default)]
struct Fingers {
    down: Vec<(i32, Point)>,
    /// A pen was seen: from then on fingers move the view, and a resting palm draws nothing.
    pen: bool,
    /// The pen that is down.
    writing: Option<i32>,
}

struct Holder {
    desk: DeskStore,
    easel: Rc<Easel>,
    canvas: HtmlCanvasElement,
    fingers: RefCell<Fingers>,
}

impl Hand {
    pub fn new(desk: DeskStore, easel: Rc<Easel>, canvas: &HtmlCanvasElement) -> Self {
        let holder = Rc::new(Holder { desk, easel, canvas: canvas.clone(), fingers: RefCell::default() });
        let on = |name: &'static str, f: fn(&Holder, &Event)| {
            let holder = Rc::clone(&holder);
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(canvas, name, options, move |event| f(&holder, event))
        };
        let _listeners = vec![
            on("pointerdown", |holder, event| holder.pointer(event, Holder::down)),
            on("pointermove", |holder, event| holder.pointer(event, Holder::moved)),
            on("pointerup", |holder, event| holder.pointer(event, Holder::up)),
            on("pointercancel", |holder, event| holder.pointer(event, Holder::cancelled)),
            on("lostpointercapture", |holder, event| holder.pointer(event, Holder::up)),
            on("dblclick", |holder, event| holder.double(event)),
            on("wheel", |holder, event| holder.wheel(event)),
            on("contextmenu", |_, event| event.prevent_default()),
        ];
        Self { _listeners }
    }
}

impl Holder {
    fn pointer(&self, event: &Event, f: fn(&Self, &PointerEvent)) {
        if let Some(event) = event.dyn_ref::<PointerEvent>() {
            f(self, event);
        }
    }

    fn down(&self, event: &PointerEvent) {
        if event.button() > 1 {
            return;
        }
        let at = place(event);
        // A pointer that is gone again is none to hold on to.
        let _ = self.canvas.set_pointer_capture(event.pointer_id());
        let mut fingers = self.fingers.borrow_mut();
        let touch = event.pointer_type() == "touch";
        if event.pointer_type() == "pen" {
            // A palm that rests there already is none of the hand that writes.
            fingers.down.clear();
            fingers.pen = true;
            fingers.writing = Some(event.pointer_id());
        } else if touch && fingers.writing.is_some() {
            return;
        }
        fingers.down.retain(|(id, _)| *id != event.pointer_id());
        fingers.down.push((event.pointer_id(), at));
        let (many, palm) = (fingers.down.len() > 1, fingers.pen && touch);
        drop(fingers);
        // A press beside a text that is being written ends it, and is nothing else.
        if self.desk.read(|state| state.editing.is_some()) {
            event.prevent_default();
            self.desk.act(DeskState::finish_text);
            self.easel.afresh();
            return;
        }
        let reach = if event.pointer_type() == "mouse" { REACH.0 } else { REACH.1 };
        self.desk.change(|state| {
            state.trouble = None;
            // A second finger: the two move and zoom the view, and what the first one began is nothing.
            state.gesture = if many || palm || event.button() == 1 || state.tool == Tool::Hand {
                Gesture::Pan { at }
            } else {
                begun(state, event, at, reach)
            };
        });
        self.easel.ask();
    }

    fn moved(&self, event: &PointerEvent) {
        let at = place(event);
        let mut fingers = self.fingers.borrow_mut();
        let before = fingers.down.clone();
        let Some(finger) = fingers.down.iter_mut().find(|(id, _)| *id == event.pointer_id()) else { return };
        finger.1 = at;
        let now = fingers.down.clone();
        drop(fingers);
        if let ([first, second, ..], [from, to, ..]) = (&before[..], &now[..]) {
            self.pinched((first.1, second.1), (from.1, to.1));
        } else {
            self.desk.adjust(|state| follow(state, event, at));
        }
        self.easel.ask();
        self.go_on_if_long();
    }

    /// Two fingers: what was under each stays there, as far as that goes without turning.
    fn pinched(&self, before: (Point, Point), now: (Point, Point)) {
        let middle = |(a, b): (Point, Point)| Point::new((a.x + b.x) / 2.0, (a.y + b.y) / 2.0);
        let times = now.0.distance(now.1) / before.0.distance(before.1).max(1.0);
        self.desk.change(|state| {
            state.camera = state.camera.moved(middle(before), middle(now)).zoomed(times, middle(now));
        });
    }

    /// A stroke without end is made of several.
    fn go_on_if_long(&self) {
        let last = self.desk.read(|state| match &state.gesture {
            Gesture::Draw { points } if points.len() >= LONGEST_STROKE => {
                points.last().map(|last| Gesture::Draw { points: vec![*last] })
            }
            Gesture::Cut { way } if way.len() >= LONGEST_CUT => {
                way.last().map(|last| Gesture::Cut { way: vec![*last] })
            }
            _ => None,
        });
        if let Some(next) = last {
            self.finish();
            self.desk.adjust(|state| state.gesture = next);
        }
    }

    fn up(&self, event: &PointerEvent) {
        if self.lift(event) {
            self.finish();
        }
    }

    fn cancelled(&self, event: &PointerEvent) {
        if self.lift(event) {
            self.desk.change(|state| state.gesture = Gesture::None);
            self.easel.ask();
        }
    }

    /// True when that was the last one.
    fn lift(&self, event: &PointerEvent) -> bool {
        let mut fingers = self.fingers.borrow_mut();
        let known = fingers.down.iter().any(|(id, _)| *id == event.pointer_id());
        fingers.down.retain(|(id, _)| *id != event.pointer_id());
        fingers.writing = fingers.writing.filter(|pen| *pen != event.pointer_id());
        let left = fingers.down.first().map(|(_, at)| *at);
        drop(fingers);
        if let Some(at) = left.filter(|_| known) {
            // The finger that stays goes on from where it is.
            self.desk.adjust(|state| state.gesture = Gesture::Pan { at });
        }
        known && left.is_none()
    }

    fn finish(&self) {
        self.desk.act(|state| {
            let ops = outcome(state);
            if ops.is_empty() { Vec::new() } else { state.board.perform(ops) }
        });
        self.easel.ask();
    }

    /// A text is written on by a double click.
    fn double(&self, event: &Event) {
        let Some(event) = event.dyn_ref::<web_sys::MouseEvent>() else { return };
        let at = Point::new(event.offset_x().into(), event.offset_y().into());
        self.desk.change(|state| {
            if state.tool == Tool::Select {
                let at = state.camera.board(at);
                state.edit_at(at, REACH.0 / state.camera.zoom);
            }
        });
        self.easel.ask();
    }

    fn wheel(&self, event: &Event) {
        let Some(event) = event.dyn_ref::<WheelEvent>() else { return };
        event.prevent_default();
        let at = place(event);
        // Lines and pages, where a browser counts in those.
        let unit = match event.delta_mode() {
            WheelEvent::DOM_DELTA_LINE => 16.0,
            WheelEvent::DOM_DELTA_PAGE => 400.0,
            _ => 1.0,
        };
        let (x, y) = (event.delta_x() * unit, event.delta_y() * unit);
        self.desk.change(|state| {
            state.camera = if event.ctrl_key() || event.meta_key() {
                // Pinching a touchpad comes as a turned wheel with the control key.
                state.camera.zoomed((-y.clamp(-400.0, 400.0) * WHEEL * 2.0).exp(), at)
            } else {
                let sideways = if event.shift_key() && x == 0.0 { (y, 0.0) } else { (x, y) };
                state.camera.moved(at, Point::new(at.x - sideways.0, at.y - sideways.1))
            };
        });
        self.easel.ask();
    }
}

fn place(event: &web_sys::MouseEvent) -> Point {
    Point::new(event.offset_x().into(), event.offset_y().into())
}

/// What a pointer that comes down begins to do.
fn begun(state: &mut DeskState, event: &PointerEvent, view: Point, reach: f64) -> Gesture {
    let at = state.camera.board(view);
    let reach = reach / state.camera.zoom;
    match state.tool {
        Tool::Pen => Gesture::Draw { points: vec![sample(state, event, view)] },
        Tool::Rectangle | Tool::Ellipse | Tool::Line | Tool::Arrow => {
            Gesture::Drag { from: at, to: at, even: event.shift_key() }
        }
        Tool::Text => {
            // The key that follows at once is for the field: it takes the focus before the browser gives it elsewhere.
            event.prevent_default();
            state.edit_at(at, reach);
            Gesture::None
        }
        Tool::Eraser => {
            let gone: Vec<_> = state.erasable_at(at, reach).into_iter().collect();
            Gesture::Erase { at, gone: Rc::new(gone) }
        }
        Tool::Cutter => Gesture::Cut { way: vec![at] },
        Tool::Select => selecting(state, event, at, reach),
        Tool::Hand => Gesture::Pan { at: view },
    }
}

fn selecting(state: &mut DeskState, event: &PointerEvent, at: Point, reach: f64) -> Gesture {
    let nothing = Reshape::Move { by: Point::new(0.0, 0.0) };
    if let Some(bounds) = state.chosen_bounds()
        && let Some(grip) = grip(&bounds, at, reach, STALK / state.camera.zoom)
    {
        return Gesture::Reshape { from: at, grip, so_far: nothing };
    }
    let found = state.board.top_at(&state.page, at, reach).filter(|shape| !shape.looks.locked);
    match found {
        Some(shape) if event.shift_key() => {
            let mut chosen = (*state.chosen).clone();
            match chosen.iter().position(|id| id == &shape.id) {
                Some(known) => drop(chosen.remove(known)),
                None => chosen.push(shape.id.clone()),
            }
            state.choose(chosen);
            Gesture::None
        }
        Some(shape) => {
            if !state.chosen.contains(&shape.id) {
                state.choose(vec![shape.id.clone()]);
            }
            Gesture::Reshape { from: at, grip: Grip::Inside, so_far: nothing }
        }
        None => {
            if !event.shift_key() {
                state.choose(Vec::new());
            }
            Gesture::Sweep { from: at, to: at }
        }
    }
}

/// The handle at that place, or the inside of the frame.
fn grip(bounds: &Bounds, at: Point, reach: f64, stalk: f64) -> Option<Grip> {
    let turn = Point::new(bounds.middle().x, bounds.min.y - stalk);
    if turn.distance(at) <= reach {
        return Some(Grip::Turn);
    }
    let found = HANDLES.into_iter().find(|which| handle(bounds, *which).distance(at) <= reach);
    if let Some((across, down)) = found {
        return Some(Grip::Handle(across, down));
    }
    bounds.holds(at).then_some(Grip::Inside)
}

fn follow(state: &mut DeskState, event: &PointerEvent, view: Point) {
    let at = state.camera.board(view);
    let zoom = state.camera.zoom;
    match std::mem::take(&mut state.gesture) {
        Gesture::Draw { mut points } => {
            for sample in samples(state, event) {
                let far = points.last().is_none_or(|last| {
                    let step = 16.0 * LEAST_STEP / zoom;
                    f64::from(sample.x - last.x).hypot(f64::from(sample.y - last.y)) >= step
                });
                if far {
                    points.push(sample);
                }
            }
            state.gesture = Gesture::Draw { points };
        }
        Gesture::Drag { from, .. } => state.gesture = Gesture::Drag { from, to: at, even: event.shift_key() },
        Gesture::Erase { at: before, gone } => {
            let reach = REACH.0 / zoom;
            let mut all = (*gone).clone();
            for place in between(before, at, reach) {
                all.extend(state.erasable_at(place, reach).filter(|id| !gone.contains(id)));
            }
            all.dedup();
            let gone = if all.len() == gone.len() { gone } else { Rc::new(all) };
            state.gesture = Gesture::Erase { at, gone };
        }
        Gesture::Cut { mut way } => {
            let step = CUT_RADIUS / 2.0 / zoom;
            if way.last().is_none_or(|last| last.distance(at) >= step) {
                way.push(at);
            }
            state.gesture = Gesture::Cut { way };
        }
        Gesture::Pan { at: before } => {
            state.camera = state.camera.moved(before, view);
            state.gesture = Gesture::Pan { at: view };
        }
        Gesture::Reshape { from, grip, .. } => {
            let so_far = state.chosen_bounds().map_or(Reshape::Move { by: Point::new(0.0, 0.0) }, |bounds| {
                reshape(grip, &bounds, from, at, event.shift_key())
            });
            state.gesture = Gesture::Reshape { from, grip, so_far };
        }
        Gesture::Sweep { from, .. } => state.gesture = Gesture::Sweep { from, to: at },
        Gesture::None => {}
    }
}

fn reshape(grip: Grip, bounds: &Bounds, from: Point, to: Point, shift: bool) -> Reshape {
    match grip {
        Grip::Inside => Reshape::Move { by: Point::new(to.x - from.x, to.y - from.y) },
        Grip::Handle(across, down) => pulled(bounds, (across, down), to, shift),
        Grip::Turn => {
            let about = bounds.middle();
            let angle = |point: Point| (point.y - about.y).atan2(point.x - about.x);
            let by = angle(to) - angle(from);
            let step = 15.0_f64.to_radians();
            Reshape::Turn { about, by: if shift { (by / step).round() * step } else { by } }
        }
    }
}

/// Places on the way, so near to each other that nothing is jumped over.
fn between(from: Point, to: Point, reach: f64) -> impl Iterator<Item = Point> {
    let steps = (from.distance(to) / reach.max(0.1)).ceil().clamp(1.0, 200.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 200")]
    let count = steps as u32;
    (1..=count).map(move |step| {
        let part = f64::from(step) / steps;
        Point::new(from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part)
    })
}

/// What the pointer did since the last event, as exactly as the browser knows it.
fn samples(state: &DeskState, event: &PointerEvent) -> Vec<StrokePoint> {
    let here = place(event);
    let gathered: Vec<_> = event
        .get_coalesced_events()
        .into_iter()
        .filter_map(|event| event.dyn_into::<PointerEvent>().ok())
        .map(|each| {
            // Of events in between, browsers tell the place in the window only.
            let (x, y) = (each.client_x() - event.client_x(), each.client_y() - event.client_y());
            sample(state, &each, Point::new(here.x + f64::from(x), here.y + f64::from(y)))
        })
        .collect();
    if gathered.is_empty() { vec![sample(state, event, here)] } else { gathered }
}

fn sample(state: &DeskState, event: &PointerEvent, view: Point) -> StrokePoint {
    let at = state.camera.board(view).written();
    let pressure = (event.pointer_type() == "pen").then(|| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
        let pressure = (event.pressure().clamp(0.0, 1.0) * 255.0).round() as u8;
        pressure
    });
    StrokePoint { x: at.x, y: at.y, pressure }
}
