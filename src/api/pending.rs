//! Promises that wait for the core's reply.

use bandyer_core::CallId;
use js_sys::{Function, Promise};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use wasm_bindgen::JsValue;

#[derive(Default)]
pub struct Pending {
    next: Cell<u32>,
    waiting: RefCell<BTreeMap<CallId, Settle>>,
}

struct Settle {
    resolve: Function,
    reject: Function,
}

impl Pending {
    /// A new promise, and the call whose reply settles it.
    pub fn begin(&self) -> (CallId, Promise) {
        let call = CallId(self.next.get());
        self.next.set(call.0.wrapping_add(1));
        let promise = Promise::new(&mut |resolve, reject| {
            self.waiting.borrow_mut().insert(call, Settle { resolve, reject });
        });
        (call, promise)
    }

    /// A second reply to the same call is ignored, as promises do.
    pub fn settle(&self, call: CallId, outcome: Result<JsValue, JsValue>) {
        let waiting = self.waiting.borrow_mut().remove(&call);
        if let Some(settle) = waiting {
            settle.with(outcome);
        }
    }

    /// Nobody will reply any more.
    pub fn reject_all(&self, reason: &JsValue) {
        for settle in self.waiting.take().into_values() {
            settle.with(Err(reason.clone()));
        }
    }
}

impl Settle {
    fn with(self, outcome: Result<JsValue, JsValue>) {
        // The functions of a promise never throw.
        let _ = match outcome {
            Ok(value) => self.resolve.call1(&JsValue::UNDEFINED, &value),
            Err(reason) => self.reject.call1(&JsValue::UNDEFINED, &reason),
        };
    }
}
