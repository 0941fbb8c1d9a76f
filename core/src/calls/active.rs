//! The call itself: who is in, how the line to the server matters, and what the person does in it.

use super::ask::ask;
use super::{
    Active, CallFailure, CallQuestion, Calls, FeedbackView, Link, PeerStreams, Quality, Snack, Stage,
};
use crate::api::{CallInfo, ClientEvent};
use crate::step::{Step, World, emit, start_timer, stop_timer};
use crate::timers::TimerId;
use bandyer_protocol::call::MAX_COMMENT_CHARS;
use bandyer_protocol::{
    Call, CallAlias, CallType, ClientMessage, Feedback, MediaState, Seat, SessionId, Timestamp, UserAlias,
};

/// A line in the call view stays this long.
const SNACK_MS: u32 = 6_000;

impl Calls {
    /// Both are in, or this side waits for the other.
    pub(super) fn enter(&mut self, info: CallInfo, seat: Seat, is_admin: bool) {
        let video = info.call.call_type == CallType::AudioVideo;
        self.stage = Stage::Active(Active {
            call: info.call,
            direction: info.direction,
            seat,
            is_admin,
            link: Link::Connecting,
            started_at: None,
            video,
            peer: MediaState::default(),
            peer_streams: PeerStreams::default(),
            quality: Quality::Unknown,
            peer_line_down: false,
            ends_soon: None,
            snack: None,
        });
    }

    pub(super) fn active(&mut self) -> Option<&mut Active> {
        match &mut self.stage {
            Stage::Active(active) => Some(active),
            Stage::Idle | Stage::Requested(_) | Stage::Dial(_) | Stage::Closing(_) => None,
        }
    }

    fn active_in(&mut self, call: &CallAlias) -> Option<&mut Active> {
        self.active().filter(|active| &active.call.call == call)
    }

    /// Both are in.
    pub(crate) fn started(&mut self, call: &CallAlias, at: Timestamp) -> Vec<Step> {
        let info = self.info();
        let told = match &mut self.stage {
            Stage::Active(active) if &active.call.call == call && active.started_at.is_none() => {
                active.started_at = Some(at);
                if active.link == Link::Waiting {
                    active.link = Link::Connecting;
                }
                true
            }
            // Answered just before it was stopped here.
            Stage::Closing(closing) => &closing.info.call.call == call,
            Stage::Idle | Stage::Requested(_) | Stage::Dial(_) | Stage::Active(_) => false,
        };
        info.filter(|_| told).map(|info| emit(ClientEvent::CallStarted(info))).into_iter().collect()
    }

    pub(crate) fn peer_line(&mut self, call: &CallAlias, up: bool) {
        if let Some(active) = self.active_in(call) {
            active.peer_line_down = !up;
        }
    }

    pub(crate) fn ends_soon(&mut self, call: &CallAlias, in_ms: u32, now: Timestamp) -> Vec<Step> {
        let Some(active) = self.active_in(call) else { return Vec::new() };
        active.ends_soon = Some((in_ms, now));
        self.snack(Snack::EndsSoon)
    }

    /// The call is a video call now.
    pub(crate) fn upgraded(&mut self, call: &CallAlias, by: &UserAlias, world: &World) -> Vec<Step> {
        let Some(active) = self.active_in(call) else { return Vec::new() };
        active.video = true;
        if world.is_me(by) { self.open_camera() } else { Vec::new() }
    }

    /// The line to the server is back.
    pub(crate) fn line_back(&mut self, ringing: Option<&Call>, session: &SessionId) -> Vec<Step> {
        match &self.stage {
            Stage::Dial(_) => self.dial_after_cut(ringing, session),
            Stage::Active(_) => self.resume(),
            Stage::Idle | Stage::Requested(_) | Stage::Closing(_) => Vec::new(),
        }
    }

    /// Takes the place this device had.
    pub(super) fn resume(&mut self) -> Vec<Step> {
        let seat = match &self.stage {
            Stage::Dial(dial) => dial.seat.clone(),
            Stage::Active(active) => Some(active.seat.clone()),
            Stage::Idle | Stage::Requested(_) | Stage::Closing(_) => None,
        };
        let call = self.info().map(|info| info.call.call.clone());
        let question = |(call, seat)| ask(CallQuestion::Resume, ClientMessage::ResumeCall { call, seat });
        call.zip(seat).map(question).into_iter().collect()
    }

    pub(crate) fn back_to_chat(&mut self) {
        let hidden = matches!(&self.stage, Stage::Dial(dial) if dial.is_unanswered());
        if !hidden {
            self.in_front = false;
            self.full_screen = false;
        }
    }

    pub(crate) fn back_to_call(&mut self) {
        self.in_front = self.is_shown();
    }

    pub(crate) fn toggle_full_screen(&mut self) {
        self.full_screen = !self.full_screen && matches!(self.stage, Stage::Active(_));
    }

    /// A line in the call view.
    pub(super) fn snack(&mut self, snack: Snack) -> Vec<Step> {
        match self.active() {
            Some(active) => {
                active.snack = Some(snack);
                vec![start_timer(TimerId::SnackEnds, SNACK_MS)]
            }
            None => Vec::new(),
        }
    }

    pub(crate) fn snack_over(&mut self) -> Vec<Step> {
        if let Some(active) = self.active() {
            active.snack = None;
        }
        vec![stop_timer(TimerId::SnackEnds)]
    }

    /// The call was over when this device came back.
    pub(super) fn lost(&mut self) -> Vec<Step> {
        let Some(info) = self.info() else { return Vec::new() };
        let mut steps = self.finish();
        self.failure = Some(CallFailure::ConnectionLost);
        steps.push(emit(ClientEvent::CallEnded { call: info, executor: None }));
        steps
    }

    /// What the user thought of it.
    pub(crate) fn send_feedback(&mut self, rating: u8, comment: &str) -> Vec<Step> {
        let Some(view) = self.feedback.as_ref().filter(|view| !view.sent) else { return Vec::new() };
        let feedback = Feedback {
            rating: rating.clamp(1, 5),
            comment: comment.trim().chars().take(MAX_COMMENT_CHARS).collect(),
        };
        vec![ask(CallQuestion::Rate, ClientMessage::RateCall { call: view.call.clone(), feedback })]
    }

    /// The server has it.
    pub(super) fn rated(&mut self) {
        if let Some(FeedbackView { sent, .. }) = &mut self.feedback {
            *sent = true;
        }
    }
}
