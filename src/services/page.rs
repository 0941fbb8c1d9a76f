//! What the page around the widget goes through: network back, hidden and visible again, about to vanish.

use super::Place;
use super::timers::Timers;
use crate::store::Store;
use bandyer_core::Action;
use bandyer_core::timers::{ChatTimer, TimerId};
use bandyer_protocol::{FAREWELL_PATH, Farewell};
use gloo_events::EventListener;
use std::rc::Rc;
use web_sys::Navigator;

/// Listens until dropped.
pub struct Page {
    navigator: Navigator,
    /// Where a farewell goes.
    farewells: String,
    _listeners: [EventListener; 5],
}

impl Page {
    pub fn new(place: &Place, store: &Store, timers: &Rc<Timers>) -> Self {
        let Place { window, document, server, .. } = *place;
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
            navigator: window.navigator(),
            farewells: format!("{server}{FAREWELL_PATH}"),
            _listeners: [
                EventListener::new(window, "online", awake()),
                EventListener::new(window, "pageshow", awake()),
                EventListener::new(window, "pagehide", save()),
                EventListener::new(window, "pagehide", leaving),
                EventListener::new(document, "visibilitychange", visible),
            ],
        }
    }

    /// As a beacon, which outlives the page. One that the browser does not take is not sent by other means: the other side
    /// then learns of it when this device does not come back.
    pub fn say_farewell(&self, farewell: &Farewell) {
        if let Ok(text) = serde_json::to_string(farewell) {
            let _ = self.navigator.send_beacon_with_opt_str(&self.farewells, Some(&text));
        }
    }
}
