//! The one place where the desk's state changes. Components read it through Yew's context; the easel paints it.

use super::easel::Easel;
use super::state::DeskState;
use crate::subscribers::{Subscribers, Subscription};
use bandyer_core::board::BoardEffect;
use gloo_timers::callback::Timeout;
use js_sys::Function;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, KeyboardEvent, KeyboardEventInit};
use yew::prelude::*;

/// Clones are the same desk.
#[derive(Clone)]
pub struct DeskStore(Rc<Inner>);

struct Inner {
    state: RefCell<DeskState>,
    /// The way to the server.
    send: Function,
    /// The element of the widget that the board stands in.
    home: Element,
    easel: RefCell<Option<Rc<Easel>>>,
    pause: RefCell<Option<Timeout>>,
    subscribers: Subscribers,
}

impl PartialEq for DeskStore {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl DeskStore {
    pub fn new(state: DeskState, send: Function, home: Element) -> Self {
        Self(Rc::new(Inner {
            state: RefCell::new(state),
            send,
            home,
            easel: RefCell::default(),
            pause: RefCell::default(),
            subscribers: Subscribers::default(),
        }))
    }

    pub fn read<T>(&self, f: impl FnOnce(&DeskState) -> T) -> T {
        f(&self.0.state.borrow())
    }

    /// Changes something that nobody but the easel shows.
    pub fn adjust<T>(&self, f: impl FnOnce(&mut DeskState) -> T) -> T {
        f(&mut self.0.state.borrow_mut())
    }

    /// Changes the state, and shows it.
    pub fn change<T>(&self, f: impl FnOnce(&mut DeskState) -> T) -> T {
        let result = self.adjust(f);
        self.0.subscribers.tell();
        result
    }

    /// Changes the board, does what follows from it, and shows it.
    pub fn act(&self, f: impl FnOnce(&mut DeskState) -> Vec<BoardEffect>) {
        let effects = self.adjust(f);
        for effect in effects {
            self.carry_out(effect);
        }
        if self.adjust(DeskState::leave_lost_page) {
            self.easel(Easel::afresh);
        }
        self.0.subscribers.tell();
    }

    fn carry_out(&self, effect: BoardEffect) {
        match effect {
            BoardEffect::Send(question) => {
                if let Ok(text) = serde_json::to_string(&question) {
                    // What does not get there is sent again when the line is back.
                    let _ = self.0.send.call1(&JsValue::UNDEFINED, &text.into());
                }
            }
            BoardEffect::Changed(dirty) => self.easel(|easel| easel.changed(&dirty)),
            BoardEffect::Refused(code) => self.adjust(|state| state.refused(code)),
            BoardEffect::Pause(ms) => self.go_on_after(ms),
            BoardEffect::Told { by, ops } => self.adjust(|state| state.told(&by, &ops)),
        }
    }

    /// The server has to catch its breath.
    fn go_on_after(&self, ms: u32) {
        let desk = Rc::downgrade(&self.0);
        let again = Timeout::new(ms, move || {
            if let Some(inner) = desk.upgrade() {
                Self(inner).act(|state| state.board.go_on());
            }
        });
        self.0.pause.replace(Some(again));
    }

    /// Where it is painted, once it is on the page.
    pub fn put_easel(&self, easel: Option<Rc<Easel>>) {
        let before = self.0.easel.replace(easel);
        drop(before);
    }

    /// The keyboard is on the board again: what had it is gone.
    pub fn focus_surface(&self) {
        let surface = self.0.home.query_selector(".surface").ok().flatten();
        if let Some(surface) = surface.and_then(|surface| surface.dyn_into::<HtmlElement>().ok()) {
            // A surface that is not there yet takes it when it comes.
            let _ = surface.focus();
        }
    }

    /// An Escape that nothing here has a use for: whoever is around the board may have one.
    pub fn leave(&self) {
        let init = KeyboardEventInit::new();
        init.set_key("Escape");
        init.set_bubbles(true);
        init.set_composed(true);
        init.set_cancelable(true);
        if let Ok(event) = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init) {
            // Only an event that is being dispatched is refused.
            let _ = self.0.home.dispatch_event(&event);
        }
    }

    /// The board is not looked at any more: the server need not tell of it.
    pub fn close(&self) {
        for question in self.adjust(|state| state.board.close()) {
            self.carry_out(BoardEffect::Send(question));
        }
        self.put_easel(None);
        self.0.pause.replace(None);
    }

    pub fn easel(&self, f: impl FnOnce(&Easel)) {
        let easel = self.0.easel.borrow().clone();
        if let Some(easel) = easel {
            f(&easel);
        }
    }

    /// Calls `f` after each change until the subscription is dropped.
    pub fn subscribe(&self, f: impl Fn() + 'static) -> Subscription {
        self.0.subscribers.add(f)
    }
}

/// The desk this component belongs to.
#[hook]
pub fn use_desk_store() -> DeskStore {
    match use_context::<DeskStore>() {
        Some(desk) => desk,
        None => unreachable!("components live inside the desk"),
    }
}

/// What `f` reads of the state. The component renders again only when that changes.
#[hook]
pub fn use_desk_state<T, F>(f: F) -> T
where
    T: PartialEq + Clone + 'static,
    F: Fn(&DeskState) -> T + 'static,
{
    let desk = use_desk_store();
    let value = desk.read(&f);
    let again = use_force_update();
    let latest = use_mut_ref(|| None::<Box<dyn Fn(&DeskState) -> bool>>);
    let shown = value.clone();
    *latest.borrow_mut() = Some(Box::new(move |state| f(state) != shown));
    use_effect_with(desk, move |desk| {
        let source = desk.clone();
        let check = move || {
            let stale = latest.borrow().as_ref().is_some_and(|stale| source.read(|state| stale(state)));
            if stale {
                again.force_update();
            }
        };
        // Something may have happened between rendering and here.
        check();
        let subscription = desk.subscribe(check);
        move || drop(subscription)
    });
    value
}
