//! One `RTCPeerConnection`: opened, fed with the own tracks, listened to, closed.

use super::Inside;
use super::channel::Channel;
use super::negotiation::{Negotiation, Role};
use super::peer::Peer;
use super::watch::{Watching, state_of};
use crate::js::{get, object, set};
use bandyer_core::Action;
use bandyer_core::action::{MediaEvent, RtcEvent};
use bandyer_core::calls::{MediaSlot, MediaWant};
use bandyer_protocol::{Frame, IceServer, Signal};
use gloo_events::EventListener;
use js_sys::Array;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    MediaStreamTrack, RtcConfiguration, RtcPeerConnection, RtcPeerConnectionIceEvent, RtcRtpSender,
    RtcRtpTransceiver, RtcRtpTransceiverDirection, RtcSignalingState, RtcTrackEvent,
};

/// The transceivers of every call, in their order, with what this side sends in each.
pub const LINES: [(MediaSlot, &str); 4] = [
    (MediaSlot::OwnMic, "audio"),
    (MediaSlot::OwnCamera, "video"),
    (MediaSlot::OwnScreen, "video"),
    (MediaSlot::OwnScreen, "audio"),
];

/// Most bits a second for the camera and for the screen.
const CAMERA_BITS: u32 = 1_200_000;
const SCREEN_BITS: u32 = 2_500_000;

pub struct Connection {
    pub(super) inside: Rc<Inside>,
    pub(super) pc: RtcPeerConnection,
    pub(super) round: u32,
    pub(super) peer: Peer,
    pub(super) negotiation: Negotiation,
    listeners: RefCell<Vec<EventListener>>,
    watching: RefCell<Option<Watching>>,
    channel: RefCell<Option<Channel>>,
}

impl Connection {
    /// A connection that says nothing, and of which nothing is shown, before it is started.
    ///
    /// # Errors
    /// When the browser has no WebRTC, or the page's policy forbids it.
    pub fn new(inside: &Rc<Inside>, round: u32, role: Role) -> Result<Rc<Self>, JsValue> {
        let configuration = configuration(&[], &inside.host);
        let pc = RtcPeerConnection::new_with_configuration(&configuration)?;
        let connection = Rc::new_cyclic(|own| Self {
            inside: Rc::clone(inside),
            peer: Peer::new(inside, round),
            negotiation: Negotiation::new(own.clone(), role),
            pc,
            round,
            listeners: RefCell::default(),
            watching: RefCell::default(),
            channel: RefCell::default(),
        });
        Ok(connection)
    }

    /// The call begins: one side offers, the other answers what it has heard, or will hear.
    pub fn start(self: &Rc<Self>, ice_servers: &[IceServer]) {
        self.configure(ice_servers);
        self.listen();
        if self.negotiation.offers() {
            for (_, kind) in LINES {
                self.pc.add_transceiver_with_str(kind);
            }
            self.attach();
        }
        for (line, transceiver) in self.transceivers().enumerate().filter(|_| !self.negotiation.offers()) {
            self.peer.arrived(line, &transceiver.receiver().track());
        }
        *self.channel.borrow_mut() = Some(Channel::open(&self.pc, &self.inside, self.round));
        *self.watching.borrow_mut() = Some(Watching::new(self));
        self.negotiation.start();
    }

    fn configure(&self, ice_servers: &[IceServer]) {
        if !ice_servers.is_empty() {
            let configuration = configuration(ice_servers, &self.inside.host);
            call(&self.pc, "setConfiguration", Some(&configuration));
        }
    }

    fn listen(self: &Rc<Self>) {
        let on = |name: &'static str, f: fn(&Rc<Self>, &web_sys::Event)| {
            let own = Rc::downgrade(self);
            EventListener::new(&self.pc, name, move |event| {
                if let Some(own) = own.upgrade() {
                    f(&own, event);
                }
            })
        };
        *self.listeners.borrow_mut() = vec![
            on("icecandidate", |own, event| own.candidate(event.unchecked_ref())),
            on("track", |own, event| own.track(event.unchecked_ref())),
            on("connectionstatechange", |own, _| own.state_changed()),
            on("iceconnectionstatechange", |own, _| own.state_changed()),
        ];
    }

    fn candidate(&self, event: &RtcPeerConnectionIceEvent) {
        let Some(found) = event.candidate() else { return };
        // One of the description before is of no use to anybody any more.
        let Some(number) = self.negotiation.number_of(get(&found, "usernameFragment").as_string()) else {
            return;
        };
        self.say(Signal::Candidate {
            candidate: found.candidate(),
            mid: found.sdp_mid(),
            line: found.sdp_m_line_index(),
            number,
        });
    }

    fn track(&self, event: &RtcTrackEvent) {
        let transceiver = event.transceiver();
        if let Some(line) = self.transceivers().position(|known| known == transceiver) {
            self.peer.arrived(line, &event.track());
        }
    }

    fn state_changed(&self) {
        let state = state_of(&self.pc);
        if let Some(watching) = &*self.watching.borrow() {
            watching.state(&state);
        }
        if matches!(state.as_str(), "connected" | "completed") {
            self.limit_senders();
        }
    }

    pub(super) fn transceivers(&self) -> impl Iterator<Item = RtcRtpTransceiver> + use<> {
        self.pc.get_transceivers().iter().map(JsCast::unchecked_into).collect::<Vec<_>>().into_iter()
    }

    /// Sends what the own slots hold. Nothing is negotiated anew: the lines are there already.
    pub fn attach(&self) {
        for (transceiver, (slot, kind)) in self.transceivers().zip(LINES) {
            if transceiver.direction() != RtcRtpTransceiverDirection::Sendrecv {
                transceiver.set_direction(RtcRtpTransceiverDirection::Sendrecv);
            }
            let track = self.inside.tracks.track(slot, kind);
            let sender = transceiver.sender();
            if sender.track() != track {
                self.replace(slot, &sender, track.as_ref());
            }
        }
    }

    /// A track that this connection does not take ends, as far as the person is concerned: nobody sees or hears it.
    fn replace(&self, slot: MediaSlot, sender: &RtcRtpSender, track: Option<&MediaStreamTrack>) {
        let want = match slot {
            MediaSlot::OwnMic => MediaWant::Mic,
            MediaSlot::OwnCamera => MediaWant::Camera,
            MediaSlot::OwnScreen => MediaWant::Screen,
            MediaSlot::PeerAudio | MediaSlot::PeerCamera | MediaSlot::PeerScreen | MediaSlot::Preview => {
                return;
            }
        };
        let (pc, inside, round) = (self.pc.clone(), Rc::clone(&self.inside), self.round);
        let (replacing, sends) = (sender.replace_track(track), track.is_some());
        spawn_local(async move {
            let is_open = || pc.signaling_state() != RtcSignalingState::Closed;
            if JsFuture::from(replacing).await.is_err() && sends && is_open() {
                inside.store.dispatch(Action::Media(MediaEvent::Ended { round, want }));
            }
        });
    }

    /// A call is not to eat all of a connection. Where a browser does not take the limit, it sends as it likes.
    fn limit_senders(&self) {
        for (index, most) in [(1, CAMERA_BITS), (2, SCREEN_BITS)] {
            let Some(transceiver) = self.transceivers().nth(index) else { continue };
            let sender = transceiver.sender();
            let parameters = sender.get_parameters();
            let first = Array::from(&get(&parameters, "encodings")).get(0);
            if first.is_object() {
                set(&first, "maxBitrate", &most.into());
                drop(sender.set_parameters_with_parameters(&parameters));
            }
        }
    }

    pub fn hear(&self, signal: Signal) {
        self.negotiation.hear(signal);
    }

    pub(super) fn say(&self, signal: Signal) {
        self.inside.report(RtcEvent::Signal { round: self.round, signal });
    }

    /// Looks for a new way to the other side, or has it looked for.
    pub fn restart(&self, ice_servers: &[IceServer]) {
        self.configure(ice_servers);
        if self.negotiation.offers() {
            self.negotiation.restart();
        } else {
            self.say(Signal::Restart);
        }
    }

    pub fn send_frame(&self, frame: &Frame) {
        if let Some(channel) = &*self.channel.borrow() {
            channel.send(frame);
        }
    }

    pub fn play(&self) {
        self.peer.play();
    }

    pub fn close(&self) {
        self.listeners.borrow_mut().clear();
        drop((self.watching.take(), self.channel.take()));
        self.negotiation.close();
        self.pc.close();
        self.peer.release();
    }
}

/// Calls a method web-sys has no name for, where the browser has it.
pub(super) fn call(pc: &RtcPeerConnection, name: &str, argument: Option<&JsValue>) {
    if let Ok(method) = get(pc, name).dyn_into::<js_sys::Function>() {
        let called = match argument {
            Some(argument) => method.call1(pc, argument),
            None => method.call0(pc),
        };
        drop(called);
    }
}

fn configuration(ice_servers: &[IceServer], host: &str) -> RtcConfiguration {
    // An IPv6 address stands in brackets in a URL, and so it comes out of one.
    let server = |server: &IceServer| {
        let urls: Array = server.urls.iter().map(|url| JsValue::from(url.replace("{host}", host))).collect();
        let entry = object([("urls", urls.into())]);
        if let (Some(username), Some(credential)) = (&server.username, &server.credential) {
            set(&entry, "username", &username.as_str().into());
            set(&entry, "credential", &credential.0.as_str().into());
        }
        entry
    };
    let servers: Array = ice_servers.iter().map(server).collect();
    object([("iceServers", servers.into()), ("bundlePolicy", "max-bundle".into())]).unchecked_into()
}
