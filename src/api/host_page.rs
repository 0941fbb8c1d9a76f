//! The host page's listener: where events go, and where its errors end.

use super::convert::object;
use bandyer_core::calls::CallFront;
use bandyer_core::select::ChatInfo;
use bandyer_core::{State, select};
use bandyer_protocol::{CallAlias, Message};
use js_sys::Function;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Makes an error visible to the page's developer without throwing it at us.
    #[wasm_bindgen(js_name = reportError, catch)]
    fn report_error(error: &JsValue) -> Result<(), JsValue>;
}

pub struct HostPage {
    listener: Option<Function>,
    told: RefCell<Option<Visible>>,
    /// For the page of a frame: what the getters gave when it was told last that they give something else.
    read: Option<RefCell<Readable>>,
}

/// What the synchronous getters give.
#[derive(Clone, PartialEq, Eq, Default)]
struct Readable {
    chats: Vec<ChatInfo>,
    received: Option<Message>,
    sent: Option<Message>,
}

impl Readable {
    fn of(state: &State) -> Self {
        Self {
            chats: select::chats(state),
            received: select::last_received(state).cloned(),
            sent: select::last_sent(state).cloned(),
        }
    }
}

/// What the host page is kept informed of.
#[derive(Clone, PartialEq, Eq)]
struct Visible {
    authenticated: bool,
    shown: bool,
    expanded: bool,
    /// A view of calls covers the chat.
    covered: bool,
    /// The call itself is in front, and needs the room for it.
    calling: bool,
    /// It fills the page.
    full: bool,
    call: Option<CallAlias>,
    call_status: &'static str,
}

impl HostPage {
    /// `mirrored`: the getters are asked on the other side of a frame's border, where only what is told is known.
    pub fn new(listener: &JsValue, mirrored: bool) -> Self {
        let read = mirrored.then(RefCell::default);
        Self { listener: listener.dyn_ref().cloned(), told: RefCell::default(), read }
    }

    /// Tells `bandyer:changed` when a getter gives something else than before.
    pub fn tell_changed(&self, state: &State) {
        let Some(read) = &self.read else { return };
        let now = Readable::of(state);
        if *read.borrow() != now {
            read.replace(now);
            self.tell("bandyer:changed", &JsValue::UNDEFINED);
        }
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
        let call = state.calls.info().map(|info| info.call.call.clone());
        let now = Visible {
            authenticated: state.session.is_authenticated(),
            shown: state.panel.shown,
            expanded: state.panel.expanded,
            covered: select::view_blocks_chat(state),
            calling: state.calls.front() == Some(CallFront::Call),
            full: state.calls.full_screen,
            call_status: call.as_ref().map_or("ended", |call| select::call_status(state, call)),
            call,
        };
        let changed = self.told.borrow().as_ref() != Some(&now);
        if changed {
            let payload = object([
                ("authenticated", now.authenticated.into()),
                ("shown", now.shown.into()),
                ("expanded", now.expanded.into()),
                ("covered", now.covered.into()),
                ("calling", now.calling.into()),
                ("full", now.full.into()),
                ("callAlias", now.call.as_ref().map_or(JsValue::NULL, |call| call.as_str().into())),
                ("callStatus", now.call_status.into()),
            ]);
            *self.told.borrow_mut() = Some(now);
            self.tell("bandyer:state", &payload);
        }
    }
}
