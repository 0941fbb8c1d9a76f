//! The browser of a device, as far as calls need one: devices that open, and a connection that numbers what it says, so
//! that what gets lost or overtaken on its way is seen.

use bandyer_core::Action;
use bandyer_core::action::{MediaEvent, RtcEvent};
use bandyer_core::calls::MediaWant;
use bandyer_core::effect::{MediaCommand, RtcCommand, Tone};
use bandyer_protocol::{SdpKind, Signal};
use std::collections::{BTreeSet, VecDeque};

#[derive(Debug, Default)]
pub struct Browser {
    pub open: BTreeSet<&'static str>,
    pub connection: Option<Connection>,
    pub tone: Option<Tone>,
    /// What was taken in while it rang.
    prepared: Option<(u32, Signal)>,
    /// What it has to report and has not reported yet.
    news: VecDeque<Action>,
}

#[derive(Debug, Default)]
pub struct Connection {
    round: u32,
    offers: bool,
    /// The number of its first offer.
    offer_number: u64,
    /// The number of the newest offer, made or heard.
    newest: u64,
    pub connected: bool,
    /// How many signals were said.
    pub said: u32,
    /// The number of the last description said.
    pub described: u32,
    /// An offer of this side waits for its answer.
    offering: bool,
    /// The number of the other side's description that waits for its candidate.
    awaited: Option<u32>,
    /// The numbers of those heard, as they came.
    pub heard: Vec<u32>,
}

impl Browser {
    pub fn media(&mut self, command: &MediaCommand) {
        match command {
            MediaCommand::Open { round, mic, camera, .. } => {
                let wanted = [(*mic, MediaWant::Mic, "mic"), (*camera, MediaWant::Camera, "camera")];
                for (_, want, name) in wanted.into_iter().filter(|(wanted, ..)| *wanted) {
                    self.open.insert(name);
                    let opened = MediaEvent::Opened { round: *round, want, device: None };
                    self.news.push_back(Action::Media(opened));
                }
            }
            MediaCommand::Close(MediaWant::Mic) => drop(self.open.remove("mic")),
            MediaCommand::Close(MediaWant::Camera) => drop(self.open.remove("camera")),
            MediaCommand::ReleaseAll => {
                self.open.clear();
                self.news.retain(|news| !matches!(news, Action::Media(_)));
            }
            MediaCommand::OpenScreen { .. }
            | MediaCommand::Close(MediaWant::Screen)
            | MediaCommand::Mute(_)
            | MediaCommand::Watch
            | MediaCommand::Measure(_)
            | MediaCommand::Unwatch
            | MediaCommand::KeepScreenOn(_)
            | MediaCommand::Play => {}
        }
    }

    pub fn rtc(&mut self, command: RtcCommand) {
        match command {
            RtcCommand::Prepare { round, number, offer: sdp } => {
                self.prepared = Some((round, Signal::Description { kind: SdpKind::Offer, number, sdp }));
            }
            RtcCommand::Open { round, offers, offer_number, .. } => {
                self.connection = Some(Connection { round, offers, offer_number, ..Connection::default() });
                let prepared = self.prepared.take().filter(|(prepared, _)| *prepared == round && !offers);
                if let Some((_, offer)) = prepared {
                    self.hear(&offer);
                }
                if offers {
                    self.describe(SdpKind::Offer);
                }
            }
            RtcCommand::Signal(signal) => self.hear(&signal),
            RtcCommand::Frame(_) => {}
            RtcCommand::Restart { .. } => match &self.connection {
                Some(connection) if !connection.offers => {
                    let signal = RtcEvent::Signal { round: connection.round, signal: Signal::Restart };
                    self.news.push_back(Action::Rtc(signal));
                }
                Some(_) | None => self.describe(SdpKind::Offer),
            },
            RtcCommand::Close => {
                (self.connection, self.prepared) = (None, None);
                self.news.retain(|news| !matches!(news, Action::Rtc(_)));
            }
        }
    }

    /// A description, and a candidate that makes no sense before it, and without which nobody connects.
    fn describe(&mut self, kind: SdpKind) {
        if let Some(connection) = &mut self.connection {
            connection.described = connection.said + 1;
            connection.offering = kind == SdpKind::Offer;
            if connection.offering {
                connection.newest = connection.offer_number.max(connection.newest + 1);
            }
        }
        self.say(|number, text| Signal::Description { kind, number, sdp: text });
        self.say(|number, text| Signal::Candidate { candidate: text, mid: None, line: None, number });
    }

    fn say(&mut self, signal: impl FnOnce(u64, String) -> Signal) {
        let Some(connection) = &mut self.connection else { return };
        connection.said += 1;
        let signal = signal(connection.newest, connection.said.to_string());
        self.news.push_back(Action::Rtc(RtcEvent::Signal { round: connection.round, signal }));
    }

    fn hear(&mut self, signal: &Signal) {
        let Some(connection) = &mut self.connection else {
            unreachable!("a signal for no connection: {signal:?}")
        };
        let (of, text) = match signal {
            Signal::Description { number, sdp, .. } => (*number, sdp),
            Signal::Candidate { number, candidate, .. } => (*number, candidate),
            Signal::Restart if connection.offers => return self.describe(SdpKind::Offer),
            Signal::Restart => return,
            Signal::Media(_) => unreachable!("this is not the browser's"),
        };
        let said: u32 = text.parse().unwrap_or(0);
        connection.heard.push(said);
        match signal {
            Signal::Description { kind: SdpKind::Offer, .. } if of > connection.newest => {
                connection.newest = of;
                connection.awaited = Some(said);
                self.describe(SdpKind::Answer);
            }
            Signal::Description { kind: SdpKind::Answer, .. }
                if of == connection.newest && connection.offering =>
            {
                connection.offering = false;
                connection.awaited = Some(said);
            }
            Signal::Candidate { .. } if connection.awaited == said.checked_sub(1) => {
                assert_eq!(of, connection.newest, "a candidate of another offer is of no use");
                connection.connected = true;
                let round = connection.round;
                self.news.push_back(Action::Rtc(RtcEvent::Connected { round }));
            }
            // Heard before, or about an offer that is not the newest.
            Signal::Description { .. } | Signal::Candidate { .. } | Signal::Media(_) | Signal::Restart => {}
        }
    }

    /// The way between the browsers is gone, for this one at least.
    pub fn break_connection(&mut self) {
        if let Some(connection) = self.connection.as_mut().filter(|connection| connection.connected) {
            connection.connected = false;
            self.news.push_back(Action::Rtc(RtcEvent::Broken { round: connection.round }));
        }
    }

    pub fn next_news(&mut self) -> Option<Action> {
        self.news.pop_front()
    }

    pub fn is_quiet(&self) -> bool {
        self.news.is_empty()
    }
}

impl Connection {
    /// What was heard, repetitions left out: of what was said several times, the last counts.
    pub fn in_order(&self) -> Vec<u32> {
        let mut last = Vec::new();
        for number in self.heard.iter().rev() {
            if !last.contains(number) {
                last.push(*number);
            }
        }
        last.reverse();
        last
    }

    pub fn offers(&self) -> bool {
        self.offers
    }
}
