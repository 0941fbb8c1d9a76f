//! Whether a connection lives, and how well: judged once a second from what the browser reports of it. ICE itself says
//! only after 5 to 8 seconds that a way is gone, and not every browser reports the same; what none reports is not held
//! against a connection, whose own state rules then.

use super::Quality;

/// After so many looks without a sign of life the way is gone. Of a browser that tells of the questions it is asked, one
/// comes at least every 2.5 s.
const SILENT_LOOKS: u32 = 4;
/// Others only tell of the answers they get, and ask every 4 to 6 s.
const SLOW_SILENT_LOOKS: u32 = 8;

/// One entry of a browser's report, as far as it is read. `None` for what this browser does not report.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, rename_all = "camelCase"))]
pub struct StatEntry {
    #[cfg_attr(test, serde(rename = "type"))]
    pub kind: String,
    pub nominated: bool,
    /// Firefox's word for the pair in use.
    pub selected: bool,
    pub state: Option<String>,
    pub bytes_received: Option<f64>,
    pub packets_received: Option<f64>,
    pub packets_lost: Option<f64>,
    pub requests_received: Option<f64>,
    pub responses_received: Option<f64>,
    /// In seconds, by ICE.
    pub current_round_trip_time: Option<f64>,
    /// In seconds, by RTCP.
    pub round_trip_time: Option<f64>,
}

/// What a report says.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Vitals {
    /// Grows with anything that arrives: media, control, signs of life. `None` when nothing of that is reported.
    arrived: Option<f64>,
    /// Signs of life are counted as often as they are asked for.
    prompt: bool,
    /// Packets of media, in all.
    lost: f64,
    received: Option<f64>,
    /// In seconds.
    round_trip: Option<f64>,
}

impl Vitals {
    /// Reads a report. Of the pairs of addresses the one in use counts.
    pub fn read(entries: &[StatEntry]) -> Self {
        let mut vitals = Self::default();
        let pairs = || entries.iter().filter(|entry| entry.kind == "candidate-pair");
        let used = |entry: &&StatEntry| entry.nominated || entry.selected;
        let fallback = pairs().filter(used).count() == 0;
        let succeeded = |entry: &&StatEntry| fallback && entry.state.as_deref() == Some("succeeded");
        for pair in pairs().filter(|entry| used(entry) || succeeded(entry)) {
            vitals.arrive([pair.bytes_received, pair.requests_received, pair.responses_received]);
            vitals.prompt |= pair.requests_received.is_some();
            vitals.round_trip = longer(vitals.round_trip, pair.current_round_trip_time);
        }
        for entry in entries {
            match entry.kind.as_str() {
                "transport" => vitals.arrive([entry.bytes_received, entry.packets_received, None]),
                "inbound-rtp" => {
                    vitals.arrive([entry.bytes_received, entry.packets_received, None]);
                    vitals.lost += entry.packets_lost.unwrap_or(0.0).max(0.0);
                    let received = entry.packets_received.map(|more| vitals.received.unwrap_or(0.0) + more);
                    vitals.received = received.or(vitals.received);
                }
                "remote-inbound-rtp" => {
                    vitals.round_trip = longer(vitals.round_trip, entry.round_trip_time);
                }
                _ => {}
            }
        }
        vitals
    }

    fn arrive<const N: usize>(&mut self, counts: [Option<f64>; N]) {
        for count in counts.into_iter().flatten() {
            self.arrived = Some(self.arrived.unwrap_or(0.0) + count);
        }
    }

    /// `None` when nothing is known to judge by.
    fn quality(&self, before: &Self) -> Option<Quality> {
        let received = self.received.map(|now| now - before.received.unwrap_or(0.0));
        if received.is_none() && self.round_trip.is_none() {
            return None;
        }
        let (lost, received) = ((self.lost - before.lost).max(0.0), received.unwrap_or(0.0).max(0.0));
        let share = if lost + received > 0.0 { lost / (lost + received) } else { 0.0 };
        let round_trip = self.round_trip.unwrap_or(0.0);
        Some(if round_trip > 0.6 || share > 0.10 {
            Quality::Poor
        } else if round_trip > 0.25 || share > 0.03 {
            Quality::Fair
        } else {
            Quality::Good
        })
    }
}

fn longer(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    }
}

/// What there is to tell of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    Connected,
    Broken,
    Quality(Quality),
}

/// The judgement of one connection, from its first moment on.
#[derive(Debug, Clone, Default)]
pub struct Pulse {
    /// It was told to be connected, and not yet to be broken.
    up: bool,
    silent: u32,
    last: Vitals,
    /// The quality seen last, and the one told.
    seen: Quality,
    told: Quality,
}

impl Pulse {
    /// What the connection says of itself, in the words of `connectionState` or `iceConnectionState`.
    pub fn state(&mut self, state: &str) -> Option<Beat> {
        match state {
            "connected" | "completed" => self.connected(),
            "failed" | "disconnected" => self.broken(),
            _ => None,
        }
    }

    /// Looked at, once a second. `connected`: that is what the connection says of itself now.
    pub fn look(&mut self, vitals: Vitals, connected: bool) -> Vec<Beat> {
        let before = std::mem::replace(&mut self.last, vitals);
        let grew = vitals.arrived.is_some_and(|now| now > before.arrived.unwrap_or(0.0));
        let judged = if grew {
            self.silent = 0;
            if connected { self.connected() } else { None }
        } else if vitals.arrived.is_some() && self.up {
            self.silent += 1;
            let most = if vitals.prompt { SILENT_LOOKS } else { SLOW_SILENT_LOOKS };
            if self.silent >= most { self.broken() } else { None }
        } else {
            None
        };
        judged.into_iter().chain(self.rate(&vitals, &before)).collect()
    }

    fn connected(&mut self) -> Option<Beat> {
        self.silent = 0;
        let news = !std::mem::replace(&mut self.up, true);
        news.then_some(Beat::Connected)
    }

    fn broken(&mut self) -> Option<Beat> {
        (self.seen, self.told) = (Quality::Unknown, Quality::Unknown);
        std::mem::replace(&mut self.up, false).then_some(Beat::Broken)
    }

    /// Told when it was the same twice, so that the mark does not flicker; and only of a connection there is.
    fn rate(&mut self, vitals: &Vitals, before: &Vitals) -> Option<Beat> {
        let quality = vitals.quality(before).filter(|_| self.up)?;
        let steady = std::mem::replace(&mut self.seen, quality) == quality;
        let news = steady && std::mem::replace(&mut self.told, quality) != quality;
        news.then_some(Beat::Quality(quality))
    }
}
