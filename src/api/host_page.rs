//! The host page's listener: where events go, and where its errors end.

use super::convert::object;
use bandyer_core::State;
use js_sys::Function;
use std::cell::Cell;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Makes an error visible to the page's developer without throwing it at us.
    #[wasm_bindgen(js_name = reportError, catch)]
    fn report_error(error: &JsValue) -> Result<(), JsValue>;
}

pub struct HostPage {
    listener: Option<Function>,
    told: Cell<Option<Visible>>,
}

/// What the host page is kept informed of.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Visible {
    authenticated: bool,
    shown: bool,
    expanded: bool,
}

impl HostPage {
    pub fn new(listener: &JsValue) -> Self {
        Self { listener: listener.dyn_ref().cloned(), told: Cell::new(None) }
    }

    /// A listener that throws breaks nothing here.
    pub fn tell(&self, name: &str, payload: &JsValue) {
        let Some(listener) = &self.listener else { return };
        if let Err(error) = listener.call2(&JsValue::UNDEFINED, &name.into(), payload) {
            let _ = report_error(&error);
        }
    }

    /// Tells `bandyer:state` if any of it changed since it was told last.
    pub fn tell_state(&self, state: &State) {
        let now = Visible {
            authenticated: state.session.is_authenticated(),
            shown: state.panel.shown,
            expanded: state.panel.expanded,
        };
        if self.told.replace(Some(now)) != Some(now) {
            let payload = object([
                ("authenticated", now.authenticated.into()),
                ("shown", now.shown.into()),
                ("expanded", now.expanded.into()),
            ]);
            self.tell("bandyer:state", &payload);
        }
    }
}
