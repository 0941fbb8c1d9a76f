//! Keeps an eye on a connection: hands what the browser reports of it, once a second, to the core's judgement.

use super::connection::Connection;
use crate::js::get;
use bandyer_core::action::RtcEvent;
use bandyer_core::calls::{Beat, Pulse, StatEntry, Vitals};
use gloo_timers::callback::Interval;
use js_sys::Reflect;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::RtcPeerConnection;

/// The connection is looked at this often, in milliseconds.
const LOOK_MS: u32 = 1_000;

pub struct Watching {
    eye: Rc<Eye>,
    _turn: Interval,
}

struct Eye {
    connection: Weak<Connection>,
    pulse: RefCell<Pulse>,
    looking: Cell<bool>,
}

impl Watching {
    pub fn new(connection: &Rc<Connection>) -> Self {
        let eye = Rc::new(Eye {
            connection: Rc::downgrade(connection),
            pulse: RefCell::default(),
            looking: Cell::new(false),
        });
        let own = Rc::clone(&eye);
        let turn = Interval::new(LOOK_MS, move || spawn_local(Rc::clone(&own).look()));
        Self { eye, _turn: turn }
    }

    /// What the connection says of itself.
    pub fn state(&self, state: &str) {
        let beat = self.eye.pulse.borrow_mut().state(state);
        self.eye.tell(beat);
    }
}

impl Eye {
    fn tell(&self, beats: impl IntoIterator<Item = Beat>) {
        let Some(connection) = self.connection.upgrade() else { return };
        let round = connection.round;
        for beat in beats {
            connection.inside.report(match beat {
                Beat::Connected => RtcEvent::Connected { round },
                Beat::Broken => RtcEvent::Broken { round },
                Beat::Quality(quality) => RtcEvent::Quality { round, quality },
            });
        }
    }

    async fn look(self: Rc<Self>) {
        let Some(pc) = self.connection.upgrade().map(|connection| connection.pc.clone()) else { return };
        // The answer to the last look has not come: the browser is busy enough.
        if self.looking.replace(true) {
            return;
        }
        let report = JsFuture::from(pc.get_stats()).await;
        self.looking.set(false);
        let entries = report.map(|report| entries(&report)).unwrap_or_default();
        let connected = matches!(state_of(&pc).as_str(), "connected" | "completed");
        let beats = self.pulse.borrow_mut().look(Vitals::read(&entries), connected);
        self.tell(beats);
    }
}

/// What a connection says of itself; of ICE alone where a browser has no word for both.
pub(super) fn state_of(pc: &RtcPeerConnection) -> String {
    let word = |key| get(pc, key).as_string();
    word("connectionState").or_else(|| word("iceConnectionState")).unwrap_or_default()
}

fn entries(report: &JsValue) -> Vec<StatEntry> {
    let values = Reflect::get(report, &"values".into())
        .ok()
        .and_then(|values| values.dyn_into::<js_sys::Function>().ok())
        .and_then(|values| values.call0(report).ok());
    match values.as_ref().map(js_sys::try_iter) {
        Some(Ok(Some(values))) => values.flatten().map(|value| entry(&value)).collect(),
        _ => Vec::new(),
    }
}

fn entry(value: &JsValue) -> StatEntry {
    let number = |key| get(value, key).as_f64();
    StatEntry {
        kind: get(value, "type").as_string().unwrap_or_default(),
        nominated: get(value, "nominated").is_truthy(),
        selected: get(value, "selected").is_truthy(),
        state: get(value, "state").as_string(),
        bytes_received: number("bytesReceived"),
        packets_received: number("packetsReceived"),
        packets_lost: number("packetsLost"),
        requests_received: number("requestsReceived"),
        responses_received: number("responsesReceived"),
        current_round_trip_time: number("currentRoundTripTime"),
        round_trip_time: number("roundTripTime"),
    }
}
