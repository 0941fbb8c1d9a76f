//! Keeps the screen lit. Browsers take the lock away whenever the page is hidden: it is taken anew when the page is seen
//! again.

use crate::js::get;
use gloo_events::EventListener;
use js_sys::{Function, Promise};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Document;

/// The screen stays lit until this is dropped, in browsers that can.
pub struct WakeLock {
    lock: Rc<Lock>,
    _seen: EventListener,
}

struct Lock {
    document: Document,
    wanted: Cell<bool>,
    asking: Cell<bool>,
    /// The browser's own word for it, a `WakeLockSentinel`.
    held: RefCell<JsValue>,
}

impl WakeLock {
    /// `None` without a page.
    pub fn new() -> Option<Self> {
        let document = web_sys::window()?.document()?;
        let held = RefCell::new(JsValue::UNDEFINED);
        let lock = Rc::new(Lock { document, wanted: Cell::new(true), asking: Cell::new(false), held });
        lock.take();
        let again = Rc::downgrade(&lock);
        let seen = EventListener::new(&lock.document, "visibilitychange", move |_| {
            if let Some(lock) = again.upgrade() {
                lock.take();
            }
        });
        Some(Self { lock, _seen: seen })
    }
}

impl Drop for WakeLock {
    fn drop(&mut self) {
        self.lock.wanted.set(false);
        let held = self.lock.held.replace(JsValue::UNDEFINED);
        drop(call(&held, "release", None));
    }
}

impl Lock {
    /// Asks for one, unless there is one. A refusal (a low battery, say) leaves the screen to the system.
    fn take(self: &Rc<Self>) {
        let is_held = get(&self.held.borrow(), "released").is_falsy() && self.held.borrow().is_object();
        if self.document.hidden() || is_held || self.asking.get() {
            return;
        }
        let locks = web_sys::window().map(|window| get(&window.navigator(), "wakeLock")).unwrap_or_default();
        let Some(asked) = call(&locks, "request", Some("screen")) else { return };
        self.asking.set(true);
        let this = Rc::clone(self);
        spawn_local(async move {
            let given = JsFuture::from(asked).await;
            this.asking.set(false);
            match given {
                Ok(sentinel) if this.wanted.get() => {
                    this.held.replace(sentinel);
                }
                Ok(sentinel) => drop(call(&sentinel, "release", None)),
                Err(_) => {}
            }
        });
    }
}

/// What a method promises; `None` where the browser has no such method, or throws.
fn call(object: &JsValue, method: &str, argument: Option<&str>) -> Option<Promise> {
    let method: Function = get(object, method).dyn_into().ok()?;
    let called = match argument {
        Some(argument) => method.call1(object, &argument.into()),
        None => method.call0(object),
    };
    called.ok()?.dyn_into().ok()
}
