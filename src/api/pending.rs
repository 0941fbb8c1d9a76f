//! Promises that wait for the core's reply.

use bandyer_core::ApiCallId;
use js_sys::{Function, Promise};
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsValue;

#[derive(Default)]
pub struct Pending {
    next: Cell<u32>,
    waiting: RefCell<Vec<Settle>>,
}

struct Settle {
    call: ApiCallId,
    resolve: Function,
    reject: Function,
}

impl Pending {
    /// A new promise, and the call whose reply settles it.
    pub fn begin(&self) -> (ApiCallId, Promise) {
        let call = ApiCallId(self.next.get());
        self.next.set(call.0.wrapping_add(1));
        let promise = Promise::new(&mut |resolve, reject| {
            self.waiting.borrow_mut().push(Settle { call, resolve, reject });
        });
        (call, promise)
    }

    /// A second reply to the same call is ignored, as promises do.
    pub fn settle(&self, call: ApiCallId, outcome: Result<JsValue, JsValue>) {
        let found = self.waiting.borrow().iter().position(|settle| settle.call == call);
        if let Some(index) = found {
            let settle = self.waiting.borrow_mut().swap_remove(index);
            settle.with(outcome);
        }
    }

    /// Nobody will reply any more.
    pub fn reject_all(&self, reason: &JsValue) {
        for settle in self.waiting.take() {
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
