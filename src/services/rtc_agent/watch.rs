//! Keeps an eye on a connection: whether anything arrives at all, and how good it is. ICE itself says only after 5 to 7
//! seconds that a way is gone, and never that the other side left without a word.

use super::connection::Connection;
use crate::js::get;
use bandyer_core::action::RtcEvent;
use bandyer_core::calls::Quality;
use gloo_timers::callback::Interval;
use js_sys::Reflect;
use std::cell::Cell;
use std::rc::{Rc, Weak};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// The connection is looked at this often, in milliseconds.
const LOOK_MS: u32 = 1_000;
/// Browsers ask each other for a sign of life every 2.5 s; after so many looks without any, the way is gone.
const SILENT_LOOKS: u32 = 4;

pub struct Watching {
    marks: Rc<Marks>,
    _turn: Interval,
}

struct Marks {
    connection: Weak<Connection>,
    /// It was told to be connected, and not yet to be broken.
    up: Cell<bool>,
    silent: Cell<u32>,
    /// What had arrived when it was looked at last.
    arrived: Cell<f64>,
    loss: Cell<(f64, f64)>,
    /// The quality seen last, and the one told.
    seen: Cell<Quality>,
    told: Cell<Quality>,
    looking: Cell<bool>,
}

impl Watching {
    pub fn new(connection: &Rc<Connection>) -> Self {
        let marks = Rc::new(Marks {
            connection: Rc::downgrade(connection),
            up: Cell::new(false),
            silent: Cell::new(0),
            arrived: Cell::new(0.0),
            loss: Cell::new((0.0, 0.0)),
            seen: Cell::new(Quality::Unknown),
            told: Cell::new(Quality::Unknown),
            looking: Cell::new(false),
        });
        let own = Rc::clone(&marks);
        let turn = Interval::new(LOOK_MS, move || spawn_local(Rc::clone(&own).look()));
        Self { marks, _turn: turn }
    }

    /// What the connection says of itself.
    pub fn state(&self, state: &str) {
        match state {
            "connected" => self.marks.connected(),
            "failed" | "disconnected" => self.marks.broken(),
            _ => {}
        }
    }
}

impl Marks {
    fn connected(&self) {
        self.silent.set(0);
        if !self.up.replace(true) {
            self.report(|round| RtcEvent::Connected { round });
        }
    }

    fn broken(&self) {
        if self.up.replace(false) {
            self.report(|round| RtcEvent::Broken { round });
        }
    }

    fn report(&self, event: impl FnOnce(u32) -> RtcEvent) {
        if let Some(connection) = self.connection.upgrade() {
            connection.inside.report(event(connection.round));
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
        let Ok(report) = report else { return };
        let stats = Stats::read(&report);
        let connected = get(&pc, "connectionState").as_string().is_some_and(|state| state == "connected");
        let alive = stats.arrived != self.arrived.replace(stats.arrived);
        if alive {
            self.silent.set(0);
            if connected {
                self.connected();
            }
        } else if self.up.get() {
            self.silent.set(self.silent.get() + 1);
            if self.silent.get() >= SILENT_LOOKS {
                self.broken();
            }
        }
        self.rate(&stats);
    }

    /// Told when it was the same twice, so that the mark does not flicker.
    fn rate(&self, stats: &Stats) {
        let (lost_before, received_before) = self.loss.replace((stats.lost, stats.received));
        let (lost, received) = (stats.lost - lost_before, stats.received - received_before);
        let share = if lost + received > 0.0 { lost / (lost + received) } else { 0.0 };
        let quality = if stats.round_trip > 0.6 || share > 0.10 {
            Quality::Poor
        } else if stats.round_trip > 0.25 || share > 0.03 {
            Quality::Fair
        } else {
            Quality::Good
        };
        if self.seen.replace(quality) == quality && self.told.replace(quality) != quality {
            self.report(|round| RtcEvent::Quality { round, quality });
        }
    }
}

#[derive(Default)]
struct Stats {
    /// Grows with anything that arrives: media, control, signs of life.
    arrived: f64,
    lost: f64,
    received: f64,
    /// In seconds.
    round_trip: f64,
}

impl Stats {
    fn read(report: &JsValue) -> Self {
        let mut stats = Self::default();
        let each = |entry: &JsValue, stats: &mut Self| {
            let number = |key| get(entry, key).as_f64().unwrap_or(0.0);
            match get(entry, "type").as_string().as_deref() {
                Some("transport") => stats.arrived += number("bytesReceived"),
                Some("candidate-pair") if get(entry, "nominated").is_truthy() => {
                    stats.arrived += number("responsesReceived") + number("requestsReceived");
                    stats.round_trip = stats.round_trip.max(number("currentRoundTripTime"));
                }
                Some("inbound-rtp") => {
                    stats.lost += number("packetsLost");
                    stats.received += number("packetsReceived");
                }
                _ => {}
            }
        };
        let values = Reflect::get(report, &"values".into())
            .ok()
            .and_then(|values| values.dyn_into::<js_sys::Function>().ok())
            .and_then(|values| values.call0(report).ok());
        if let Some(Ok(Some(entries))) = values.as_ref().map(js_sys::try_iter) {
            entries.flatten().for_each(|entry| each(&entry, &mut stats));
        }
        stats
    }
}
