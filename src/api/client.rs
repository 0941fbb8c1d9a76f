//! What JavaScript holds of a mounted widget.

use super::convert::{self, NOT_AUTHENTICATED};
use super::pending::Pending;
use crate::store::Store;
use bandyer_core::Action;
use js_sys::Promise;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[cfg_attr(feature = "widget", wasm_bindgen)]
pub struct Client {
    store: Store,
    pending: Rc<Pending>,
    end: Box<dyn Fn()>,
}

impl Client {
    pub(crate) fn new(store: Store, pending: Rc<Pending>, end: impl Fn() + 'static) -> Self {
        Self { store, pending, end: Box::new(end) }
    }
}

#[cfg_attr(feature = "widget", wasm_bindgen)]
impl Client {
    /// Calls a method that acts or waits, and gives the promise of its public value.
    pub fn call(&self, name: &JsValue, arguments: &JsValue) -> Promise {
        let name = name.as_string().unwrap_or_default();
        let Some(call) = convert::call(&name, arguments) else {
            return Promise::reject(&convert::rejection(
                "Error",
                &"no_such_method".into(),
                "there is no such method",
            ));
        };
        if self.store.is_closed() {
            // Logging out twice is no mistake.
            return if name == "logout" {
                Promise::resolve(&JsValue::UNDEFINED)
            } else {
                Promise::reject(&ended())
            };
        }
        let (id, promise) = self.pending.begin();
        self.store.dispatch(Action::Api(id, call));
        promise
    }

    /// The value of a synchronous getter.
    pub fn read(&self, name: &JsValue) -> JsValue {
        convert::read(&name.as_string().unwrap_or_default(), &self.store.state())
    }

    /// Takes the widget off the page and lets go of everything. Again: nothing.
    pub fn destroy(&self) {
        (self.end)();
    }
}

/// What calls are rejected with that can have no answer any more.
pub(crate) fn ended() -> JsValue {
    let (name, code) = NOT_AUTHENTICATED;
    convert::rejection(name, &code.into(), "the widget is not initialised")
}
