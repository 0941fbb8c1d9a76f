//! The one data channel of a connection: agreed on without a word (`negotiated`, id 0), unordered and without
//! repetition, since what goes over it is gone in a second. Where a browser has none, nothing is said and nothing heard.

use super::Inside;
use crate::js::{get, object};
use bandyer_core::action::RtcEvent;
use bandyer_protocol::{Frame, PROTOCOL_VERSION};
use gloo_events::EventListener;
use js_sys::{Function, Reflect};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{EventTarget, RtcPeerConnection};

/// A frame that would have to wait behind so many bytes comes too late to be of use.
const MOST_WAITING: f64 = 65_536.0;

pub struct Channel {
    inside: Rc<Inside>,
    round: u32,
    /// `None` in a browser without data channels.
    native: Option<JsValue>,
    _listeners: Vec<EventListener>,
}

impl Channel {
    /// To be opened before the first description, so that it is part of it.
    pub fn open(pc: &RtcPeerConnection, inside: &Rc<Inside>, round: u32) -> Self {
        let native = create(pc);
        let listeners = native.as_ref().map(|native| listen(native, inside, round)).unwrap_or_default();
        Self { inside: Rc::clone(inside), round, native, _listeners: listeners }
    }

    /// Sends a frame; the core is told when it did not go.
    pub fn send(&self, frame: &Frame) {
        if !self.native.as_ref().is_some_and(|native| send(native, frame)) {
            self.inside.report(RtcEvent::FrameLost { round: self.round });
        }
    }
}

fn create(pc: &RtcPeerConnection) -> Option<JsValue> {
    let method: Function = get(pc, "createDataChannel").dyn_into().ok()?;
    let options = object([
        ("negotiated", true.into()),
        ("id", 0.into()),
        ("ordered", false.into()),
        ("maxRetransmits", 0.into()),
    ]);
    method.call2(pc, &"frames".into(), &options).ok()
}

fn listen(native: &JsValue, inside: &Rc<Inside>, round: u32) -> Vec<EventListener> {
    let target: &EventTarget = native.unchecked_ref();
    let (opened, heard) = (native.clone(), Rc::clone(inside));
    vec![
        EventListener::new(target, "open", move |_| {
            // The other side hears of it, or will never be sent anything.
            send(&opened, &Frame::Hello { v: PROTOCOL_VERSION });
        }),
        EventListener::new(target, "message", move |event| {
            let frame = get(event, "data").as_string().and_then(|text| Frame::read(&text));
            if let Some(frame) = frame {
                heard.report(RtcEvent::Frame { round, frame });
            }
        }),
    ]
}

fn send(native: &JsValue, frame: &Frame) -> bool {
    let is_open = get(native, "readyState").as_string().as_deref() == Some("open");
    let waiting = get(native, "bufferedAmount").as_f64().unwrap_or(0.0);
    let method = Reflect::get(native, &"send".into()).ok().and_then(|send| send.dyn_into::<Function>().ok());
    match (method, frame.write()) {
        (Some(method), Some(text)) if is_open && waiting <= MOST_WAITING => {
            method.call1(native, &text.into()).is_ok()
        }
        _ => false,
    }
}
