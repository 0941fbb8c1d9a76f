//! What the page around the widget goes through: network back, hidden and visible again, about to vanish.

use super::timers::Timers;
use crate::store::Store;
use bandyer_core::Action;
use bandyer_core::timers::{ChatTimer, TimerId};
use gloo_events::EventListener;
use std::rc::Rc;
use web_sys::{Document, Window};

/// Listens until dropped.
pub struct Page {
    _listeners: [EventListener; 5],
}

impl Page {
    pub fn new(window: &Window, document: &Document, store: &Store, timers: &Rc<Timers>) -> Self {
        let awake = || {
            let store = store.clone();
            move |_: &web_sys::Event| store.dispatch(Action::Awake)
        };
        let save = || {
            let timers = Rc::clone(timers);
            move |_: &web_sys::Event| timers.hurry(TimerId::Chat(ChatTimer::SaveDrafts))
        };
        let visible = {
            let (document, store, awake, save) = (document.clone(), store.clone(), awake(), save());
            move |event: &web_sys::Event| {
                store.dispatch(Action::Visible(!document.hidden()));
                if document.hidden() { save(event) } else { awake(event) }
            }
        };
        store.dispatch(Action::Visible(!document.hidden()));
        let leaving = {
            let store = store.clone();
            move |_: &web_sys::Event| store.dispatch(Action::Leaving)
        };
        Self {
            _listeners: [
                EventListener::new(window, "online", awake()),
                EventListener::new(window, "pageshow", awake()),
                EventListener::new(window, "pagehide", save()),
                EventListener::new(window, "pagehide", leaving),
                EventListener::new(document, "visibilitychange", visible),
            ],
        }
    }
}
