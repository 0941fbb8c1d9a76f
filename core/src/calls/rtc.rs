//! The connection between the browsers, as far as it is a matter of meaning: what it says passes through here, and
//! what breaks is mended from here.

use super::ask::ask;
use super::{CallFailure, Calls, Link, MediaSlot, Quality, Snack, Stage};
use crate::action::{RtcEvent, RtcProblem};
use crate::api::is_passing;
use crate::effect::{Effect, RtcCommand};
use crate::options::Mode;
use crate::questions::{Answer, CallQuestion};
use crate::step::{Step, World, start_timer, stop_timer};
use crate::timers::{CallTimer, TimerId};
use bandyer_protocol::{
    CallAlias, CallRequest, Frame, HangUpReason, IceServer, PROTOCOL_VERSION, SdpKind, Signal,
};

/// A broken connection is started over again after so long, then after twice that, and so on up to [`MOST_RESTART_MS`]: a
/// gap of a moment costs little, and a slow network is given its time.
const RESTART_MS: u32 = 2_000;
const MOST_RESTART_MS: u32 = 6_000;
/// A first connection that is not there after this long is started over too.
const CONNECT_MS: u32 = 10_000;
/// And after this long, with both lines to the server up, there is none to be had.
const GIVE_UP_MS: u32 = 25_000;

impl Calls {
    pub(crate) fn rtc_event(&mut self, event: RtcEvent, world: &World) -> Vec<Step> {
        let round = match &event {
            RtcEvent::Signal { round, .. }
            | RtcEvent::Connected { round }
            | RtcEvent::Broken { round }
            | RtcEvent::Stream { round, .. }
            | RtcEvent::Quality { round, .. }
            | RtcEvent::Frame { round, .. }
            | RtcEvent::FrameLost { round }
            | RtcEvent::Failed { round, .. } => *round,
        };
        if round != self.round || !self.is_connecting() {
            return Vec::new();
        }
        match event {
            RtcEvent::Signal { signal, .. } => self.say(signal),
            RtcEvent::Connected { .. } => self.connected(world),
            RtcEvent::Failed { problem, .. } => self.rtc_failed(problem, world),
            RtcEvent::Broken { .. } => self.broken(world),
            RtcEvent::Stream { slot, live, .. } => {
                self.stream(slot, live);
                Vec::new()
            }
            RtcEvent::Frame { frame, .. } => self.frame(&frame),
            RtcEvent::FrameLost { .. } => {
                if let Some(active) = self.active() {
                    active.hears_frames = false;
                }
                Vec::new()
            }
            RtcEvent::Quality { quality, .. } => {
                if let Some(active) = self.active().filter(|active| active.link == Link::Connected) {
                    active.quality = quality;
                }
                Vec::new()
            }
        }
    }

    /// This page has a connection, or tries to have one: from the dial on, but for a ring not before it is accepted.
    pub(super) fn is_connecting(&self) -> bool {
        if self.window.is_some() || self.taking {
            return false;
        }
        match &self.stage {
            Stage::Dial(dial) => !dial.is_incoming(),
            Stage::Active(_) => true,
            Stage::Idle | Stage::Requested(_) | Stage::Closing(_) => false,
        }
    }

    fn stream(&mut self, slot: MediaSlot, live: bool) {
        let Some(active) = self.active() else { return };
        match slot {
            MediaSlot::PeerAudio => active.peer_streams.audio = live,
            MediaSlot::PeerCamera => active.peer_streams.camera = live,
            MediaSlot::PeerScreen => active.peer_streams.screen = live,
            MediaSlot::OwnMic | MediaSlot::OwnCamera | MediaSlot::OwnScreen | MediaSlot::Preview => {}
        }
    }

    fn connected(&mut self, world: &World) -> Vec<Step> {
        let Some(active) = self.active() else { return Vec::new() };
        let mended = active.link == Link::Reconnecting;
        active.link = Link::Connected;
        active.connected_at = active.connected_at.or(Some(world.server_now));
        self.mends = 0;
        let mut steps = vec![
            stop_timer(TimerId::Call(CallTimer::RestartRtc)),
            stop_timer(TimerId::Call(CallTimer::GiveUpRtc)),
        ];
        if mended {
            steps.extend(self.snack(Snack::Reconnected));
        }
        steps.extend(self.tell_link());
        steps
    }

    /// Past the server. Whoever is greeted for the first time greets back: a frame may be lost.
    fn frame(&mut self, frame: &Frame) -> Vec<Step> {
        let Frame::Hello { .. } = frame;
        let Some(active) = self.active() else { return Vec::new() };
        if std::mem::replace(&mut active.hears_frames, true) {
            return Vec::new();
        }
        vec![Step::Do(Effect::Rtc(RtcCommand::Frame(Frame::Hello { v: PROTOCOL_VERSION })))]
    }

    /// What was there once is looked for on; what never was is not to be had.
    pub(super) fn rtc_failed(&mut self, problem: RtcProblem, world: &World) -> Vec<Step> {
        match problem {
            RtcProblem::Unsupported => self.give_up(HangUpReason::NoWebrtc, world),
            RtcProblem::Negotiation if self.was_connected() => self.broken(world),
            RtcProblem::Negotiation => self.give_up(HangUpReason::NoWay, world),
        }
    }

    /// Both are in, and nobody can say they are connected: they get so long.
    pub(super) fn await_connection(&mut self) -> Option<Step> {
        let waits =
            self.active().is_some_and(|active| active.started_at.is_some() && active.connected_at.is_none());
        (waits && self.is_connecting()).then(|| start_timer(TimerId::Call(CallTimer::GiveUpRtc), GIVE_UP_MS))
    }

    /// It is still not there. A side whose line is down is waited for: with it there is another try.
    pub(crate) fn connect_overdue(&mut self, world: &World) -> Vec<Step> {
        let cut = self.is_cut() || !world.online || self.is_peer_away();
        let overdue = self.is_unconnected() && !self.was_connected();
        if overdue && !cut { self.give_up(HangUpReason::NoWay, world) } else { Vec::new() }
    }

    /// Ends a call that will never connect, and says why to both.
    fn give_up(&mut self, reason: HangUpReason, world: &World) -> Vec<Step> {
        let steps = self.close_because(reason, world);
        self.failure = Some(match reason {
            HangUpReason::NoWebrtc => CallFailure::NoWebrtc,
            HangUpReason::NoWay | HangUpReason::Wish => CallFailure::CannotConnect,
        });
        steps
    }

    pub(super) fn was_connected(&self) -> bool {
        matches!(&self.stage, Stage::Active(active) if active.connected_at.is_some())
    }

    /// The server counts the time the browsers are connected, and no other.
    pub(super) fn tell_link(&mut self) -> Vec<Step> {
        let round = self.round;
        let cut = self.is_cut();
        let Some(active) = self.active().filter(|active| active.connected_at.is_some() && !cut) else {
            return Vec::new();
        };
        let (call, connected) = (active.call.call.clone(), active.link == Link::Connected);
        if self.link_told.replace(connected) == Some(connected) {
            return Vec::new();
        }
        vec![ask(CallQuestion::Link(round), CallRequest::ReportMedia { call, connected })]
    }

    pub(super) fn link_answered(&mut self, answer: &Answer) -> Vec<Step> {
        match answer {
            Answer::Given(_) => Vec::new(),
            Answer::Refused(failure) if is_passing(failure) => {
                self.link_told = None;
                self.later(failure)
            }
            Answer::Refused(_) => Vec::new(),
            Answer::Missing => {
                self.link_told = None;
                self.once_more()
            }
        }
    }

    fn broken(&mut self, world: &World) -> Vec<Step> {
        let Some(active) = self.active() else { return Vec::new() };
        active.link = Link::Reconnecting;
        // There is nothing to rate until it is back.
        active.quality = Quality::Unknown;
        let mut steps = self.tell_link();
        steps.extend(self.mend(world));
        steps
    }

    /// Starts a broken connection over, now and until it works. Without both lines to the server there is no way to tell
    /// the other side; that one is back is one more reason to try. A first connection is given a while.
    pub(crate) fn mend(&mut self, world: &World) -> Vec<Step> {
        if !self.is_connecting() {
            return Vec::new();
        }
        match self.active().map(|active| (active.link, active.started_at.is_some())) {
            Some((Link::Reconnecting, _)) => self.start_over(world),
            Some((Link::Connecting, true)) => {
                vec![start_timer(TimerId::Call(CallTimer::RestartRtc), CONNECT_MS)]
            }
            Some(_) | None => Vec::new(),
        }
    }

    /// It is still not there.
    pub(crate) fn mend_due(&mut self, world: &World) -> Vec<Step> {
        if self.is_unconnected() { self.start_over(world) } else { Vec::new() }
    }

    fn start_over(&mut self, world: &World) -> Vec<Step> {
        let cut = self.is_cut() || !self.is_connecting() || !world.online || self.is_peer_away();
        let (round, mends) = (self.round, self.mends.saturating_add(1));
        let Some(call) = self.active().filter(|_| !cut).map(|active| active.call.call.clone()) else {
            return Vec::new();
        };
        self.mends = mends;
        vec![
            ask(CallQuestion::IceServers(round), CallRequest::GetIceServers { call }),
            start_timer(
                TimerId::Call(CallTimer::RestartRtc),
                RESTART_MS.saturating_mul(mends).min(MOST_RESTART_MS),
            ),
        ]
    }

    /// Fresh servers, or none when they could not be had. A way that came back meanwhile is looked for anew all the same:
    /// the other side may have lost it, and was not heard because this one was looking already.
    pub(super) fn restart(&mut self, ice_servers: Vec<IceServer>) -> Vec<Step> {
        let started = self.active().is_some_and(|active| active.started_at.is_some());
        if started && self.is_connecting() && !self.is_peer_away() {
            vec![Step::Do(Effect::Rtc(RtcCommand::Restart { ice_servers }))]
        } else {
            Vec::new()
        }
    }

    /// The other side goes on in another page, and nothing that was said for the connection there was counts any more.
    pub(crate) fn peer_moved(&mut self, call: &CallAlias, open: RtcCommand) -> Vec<Step> {
        if !self.is_connecting() {
            return Vec::new();
        }
        let Some(active) = self.active_in(call) else { return Vec::new() };
        active.link = if active.connected_at.is_some() { Link::Reconnecting } else { Link::Connecting };
        active.peer_line_down = false;
        active.hears_frames = false;
        active.quality = Quality::Unknown;
        self.outbox.clear();
        (self.told, self.mends) = (None, 0);
        let mut steps = self.tell_link();
        steps.extend([Step::Do(Effect::Rtc(RtcCommand::Close)), Step::Do(Effect::Rtc(open))]);
        steps.extend(self.tell_media());
        steps.push(start_timer(TimerId::Call(CallTimer::RestartRtc), CONNECT_MS));
        steps
    }

    /// The other side cannot be told anything now.
    fn is_peer_away(&mut self) -> bool {
        self.active().is_some_and(|active| active.peer_line_down)
    }

    fn is_unconnected(&mut self) -> bool {
        self.active().is_some_and(|active| match active.link {
            Link::Connecting | Link::Reconnecting => active.started_at.is_some(),
            Link::Waiting | Link::Connected => false,
        })
    }

    /// From the other side's browser. Of a caller whose ring was not accepted yet, only the description is told.
    pub(crate) fn signaled(&mut self, call: &CallAlias, signal: Signal, world: &World) -> Vec<Step> {
        if let (Stage::Dial(dial), Signal::Description { kind: SdpKind::Offer, number, sdp }) =
            (&self.stage, &signal)
            && dial.is_incoming()
            && &dial.call.call == call
            // The connection will be a window's.
            && world.options.mode == Mode::Embed
        {
            let prepare = RtcCommand::Prepare { round: self.round, number: *number, offer: sdp.clone() };
            return vec![Step::Do(Effect::Rtc(prepare))];
        }
        if !self.is_connecting() {
            return Vec::new();
        }
        let Some(active) = self.active_in(call) else { return Vec::new() };
        match signal {
            Signal::Media(state) => {
                active.peer = state;
                Vec::new()
            }
            // A new way is being looked for already.
            Signal::Restart if active.link == Link::Reconnecting => Vec::new(),
            signal @ (Signal::Description { .. } | Signal::Candidate { .. } | Signal::Restart) => {
                vec![Step::Do(Effect::Rtc(RtcCommand::Signal(signal)))]
            }
        }
    }

    /// To the other side's browser: kept until the server has it, so that a cut line loses nothing.
    pub(super) fn say(&mut self, signal: Signal) -> Vec<Step> {
        let Some(call) = self.info().map(|info| info.call.call.clone()) else { return Vec::new() };
        let number = self.outbox.push(signal.clone());
        if self.is_cut() || self.outbox.pausing {
            return Vec::new();
        }
        vec![ask(CallQuestion::Signal(number), CallRequest::Signal { call, signal })]
    }

    /// What the server has not confirmed, in order.
    pub(super) fn say_again(&self) -> Vec<Step> {
        let Some(call) = self.info().map(|info| info.call.call.clone()) else { return Vec::new() };
        let say = |(number, signal): (u32, &Signal)| {
            let message = CallRequest::Signal { call: call.clone(), signal: signal.clone() };
            ask(CallQuestion::Signal(number), message)
        };
        self.outbox.waiting().map(say).collect()
    }
}
