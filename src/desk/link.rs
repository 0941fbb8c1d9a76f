//! The way between the widget and the desk: what two people do in a call beside talking (the whiteboard), in a module
//! of its own that is fetched when it is first opened. The widget hands it the frames of the server as they came and
//! sends what it says as it is; what is in them is the desk's business alone. Its requests are numbered from
//! [`FIRST_DESK_REQUEST`](bandyer_protocol::FIRST_DESK_REQUEST), so that no answer is taken for the widget's own.

use crate::js::{get, object};
use js_sys::{Function, Promise};
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Element;

/// What `loader/desk.js` gives.
#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    type DeskHandle;
    #[wasm_bindgen(method, catch)]
    fn heard(this: &DeskHandle, frame: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn told(this: &DeskHandle, scene: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn close(this: &DeskHandle) -> Result<(), JsValue>;
}

type Way = Rc<dyn Fn(&str)>;

/// Clones are the same way.
#[derive(Clone, Default)]
pub struct DeskLink(Rc<Inner>);

#[derive(Default)]
struct Inner {
    /// The loader's function that fetches the desk; a page that has none has no desk.
    fetch: RefCell<Option<Function>>,
    /// To the server.
    out: RefCell<Option<Way>>,
    open: RefCell<Vec<Weak<Desk>>>,
}

impl PartialEq for DeskLink {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl DeskLink {
    /// `fetch` is what the loader gave: a function that promises the desk's module, or nothing.
    pub fn new(fetch: JsValue) -> Self {
        let link = Self::default();
        *link.0.fetch.borrow_mut() = fetch.dyn_into().ok();
        link
    }

    /// There is a desk to fetch.
    pub fn is_known(&self) -> bool {
        self.0.fetch.borrow().is_some()
    }

    /// Where frames of the desk go.
    pub fn send_by(&self, out: impl Fn(&str) + 'static) {
        *self.0.out.borrow_mut() = Some(Rc::new(out));
    }

    /// A frame of the server, for every desk that is open.
    pub fn heard(&self, frame: &str) {
        // A desk may close, or another one open, while it hears.
        let open: Vec<_> = self.0.open.borrow().iter().filter_map(Weak::upgrade).collect();
        for desk in open {
            desk.with(|handle| handle.heard(frame));
        }
    }

    /// Fetches the desk and puts it into the element; `scene` is what it is told first. `stands` is called with `true`
    /// when it does, with `false` when it could not be fetched.
    pub fn open(&self, element: &Element, scene: &str, stands: impl FnOnce(bool) + 'static) -> OpenDesk {
        let desk = Rc::new(Desk { handle: RefCell::default(), scene: RefCell::new(scene.to_owned()) });
        self.0.open.borrow_mut().retain(|desk| desk.strong_count() > 0);
        self.0.open.borrow_mut().push(Rc::downgrade(&desk));
        let opening =
            (self.0.fetch.borrow().clone(), element.clone(), Rc::downgrade(&self.0), Rc::downgrade(&desk));
        spawn_local(async move {
            let (fetch, element, link, desk) = opening;
            stands(bring(fetch, &element, &link, &desk).await.is_some());
        });
        OpenDesk(desk)
    }
}

/// Fetches it and puts it there, unless it was closed meanwhile.
async fn bring(
    fetch: Option<Function>,
    element: &Element,
    link: &Weak<Inner>,
    desk: &Weak<Desk>,
) -> Option<()> {
    let promise: Promise = fetch?.call0(&JsValue::UNDEFINED).ok()?.dyn_into().ok()?;
    let module = JsFuture::from(promise).await.ok()?;
    let desk = desk.upgrade()?;
    let link = link.clone();
    let send = Closure::<dyn Fn(String)>::new(move |frame: String| {
        let out = link.upgrade().and_then(|link| link.out.borrow().clone());
        if let Some(out) = out {
            out(&frame);
        }
    });
    let open: Function = get(&module, "open").dyn_into().ok()?;
    let scene = desk.scene.borrow().clone();
    let port = object([("send", send.into_js_value()), ("scene", scene.into())]);
    let promise: Promise = open.call2(&module, element, &port).ok()?.dyn_into().ok()?;
    let handle = JsFuture::from(promise).await.ok()?;
    desk.stands(handle.unchecked_into());
    Some(())
}

struct Desk {
    handle: RefCell<Option<DeskHandle>>,
    /// What it was told last, or will be told first.
    scene: RefCell<String>,
}

impl Desk {
    /// A module that broke is not spoken to any more: the chat and the call around it go on.
    fn with(&self, f: impl FnOnce(&DeskHandle) -> Result<(), JsValue>) {
        let handle = self.handle.borrow().clone();
        if handle.is_some_and(|handle| f(&handle).is_err()) {
            self.handle.take();
        }
    }

    fn stands(&self, handle: DeskHandle) {
        // It may have been told something while it was fetched.
        *self.handle.borrow_mut() = Some(handle);
        let scene = self.scene.borrow().clone();
        self.with(|handle| handle.told(&scene));
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // One that breaks as it goes is gone, too.
        let _ = self.handle.take().map(|handle| handle.close());
    }
}

/// A desk that stands, or is being fetched. Dropping it closes it.
pub struct OpenDesk(Rc<Desk>);

impl OpenDesk {
    /// What has changed around it: see [`super::scene::Scene`].
    pub fn tell(&self, scene: &str) {
        if self.0.scene.replace(scene.to_owned()) != scene {
            self.0.with(|handle| handle.told(scene));
        }
    }
}
