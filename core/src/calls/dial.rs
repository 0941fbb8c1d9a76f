//! The ring: it comes, it is accepted or declined, it ends.

use super::ask::ask;
use super::{CallQuestion, Calls, Dial, DialState, Direction, Ending, Stage};
use crate::api::{CallInfo, ClientEvent};
use crate::effect::{Effect, Tone};
use crate::step::{Step, Transition, World, emit};
use bandyer_protocol::{
    Call, CallAlias, CallType, ClientMessage, DeclineReason, SessionId, StopReason, UserAlias,
};
use std::rc::Rc;

impl Calls {
    /// Somebody calls. Whoever has a call hears of no other.
    pub(crate) fn dialed(&mut self, call: Call) -> Vec<Step> {
        if self.is_busy() {
            return Vec::new();
        }
        let dial = Dial {
            call: Rc::new(call),
            direction: Direction::Incoming,
            state: DialState::Ringing,
            seat: None,
            is_admin: false,
        };
        let info = CallInfo { call: Rc::clone(&dial.call), direction: dial.direction };
        let mut steps = self.start_over(Stage::Dial(dial));
        steps.push(Step::Told(Transition::CallUp));
        steps.push(tone(Tone::Ring));
        if info.call.live {
            steps.push(emit(ClientEvent::IncomingCall(info)));
        }
        steps
    }

    /// The green button.
    pub(crate) fn accept(&mut self, world: &World) -> Vec<Step> {
        let Stage::Dial(dial) = &mut self.stage else { return Vec::new() };
        if !dial.is_unanswered() {
            return Vec::new();
        }
        dial.state = DialState::Accepted;
        dial.seat.clone_from(&world.session);
        let call = dial.call.call.clone();
        let video = dial.call.call_type == CallType::AudioVideo && world.can_video;
        self.in_front = true;
        vec![
            self.open_devices(true, video),
            tone(Tone::Silence),
            ask(CallQuestion::Accept, ClientMessage::AcceptDial { call }),
        ]
    }

    /// The red button of an incoming ring.
    pub(crate) fn decline(&mut self, world: &World) -> Vec<Step> {
        match &self.stage {
            Stage::Dial(dial) if dial.is_unanswered() => self.close(Ending::Declined, None, world),
            Stage::Idle | Stage::Requested(_) | Stage::Dial(_) | Stage::Active(_) | Stage::Closing(_) => {
                Vec::new()
            }
        }
    }

    /// Somebody accepted: the other side, or this user elsewhere.
    pub(crate) fn dial_answered(&mut self, call: &CallAlias, by: UserAlias, world: &World) -> Vec<Step> {
        if !self.is_about(call) {
            return Vec::new();
        }
        let Some(info) = self.info() else { return Vec::new() };
        match &mut self.stage {
            Stage::Dial(dial) if dial.direction == Direction::Outgoing => {
                let Some(seat) = dial.seat.clone() else { return Vec::new() };
                let is_admin = dial.is_admin;
                let mut steps = vec![tone(Tone::Silence)];
                steps.push(emit(ClientEvent::CallDialAnswered { call: info.clone(), executor: by }));
                self.enter(info, seat, is_admin);
                steps
            }
            Stage::Dial(dial) => {
                let accepted_here = dial.state == DialState::Accepted;
                let reason = StopReason::AnsweredOnAnotherDevice;
                let mut steps = self.finish();
                if accepted_here {
                    self.failure = Some(super::CallFailure::ActionAlreadyTaken);
                }
                debug_assert!(
                    world.is_me(&by),
                    "only this user's own devices hear of an incoming ring's answer"
                );
                steps.push(emit(ClientEvent::CallDialStopped { call: info, executor: by, reason }));
                steps
            }
            // It was answered before the wish to stop it arrived: then it is a call that is hung up.
            Stage::Closing(closing) if closing.end == Ending::Stopped => {
                closing.end = Ending::HungUp;
                vec![emit(ClientEvent::CallDialAnswered { call: info, executor: by })]
            }
            Stage::Closing(closing) if closing.end == Ending::Declined => {
                let reason = StopReason::AnsweredOnAnotherDevice;
                let mut steps = self.confirmed();
                steps.push(emit(ClientEvent::CallDialStopped { call: info, executor: by, reason }));
                steps
            }
            Stage::Idle | Stage::Requested(_) | Stage::Active(_) | Stage::Closing(_) => Vec::new(),
        }
    }

    /// Somebody declined.
    pub(crate) fn dial_declined(
        &mut self,
        call: &CallAlias,
        by: UserAlias,
        reason: DeclineReason,
    ) -> Vec<Step> {
        let Some(info) = self.info().filter(|info| &info.call.call == call) else { return Vec::new() };
        // On another device of the same user it only stops ringing.
        let elsewhere = matches!(&self.stage, Stage::Dial(dial) if dial.direction == Direction::Incoming);
        let mut steps = self.finish();
        steps.push(emit(if elsewhere {
            let reason = StopReason::DeclinedOnAnotherDevice;
            ClientEvent::CallDialStopped { call: info, executor: by, reason }
        } else {
            ClientEvent::CallDialDeclined { call: info, executor: by, reason }
        }));
        steps
    }

    /// The ring ended.
    pub(crate) fn dial_stopped(&mut self, call: &CallAlias, by: UserAlias, reason: StopReason) -> Vec<Step> {
        let Some(info) = self.info().filter(|info| &info.call.call == call) else { return Vec::new() };
        let mut steps = self.finish();
        steps.push(emit(ClientEvent::CallDialStopped { call: info, executor: by, reason }));
        steps
    }

    /// The line is back, and this is what rings at this user.
    pub(super) fn dial_after_cut(&mut self, ringing: Option<&Call>, session: &SessionId) -> Vec<Step> {
        let Stage::Dial(dial) = &mut self.stage else { return Vec::new() };
        let call = dial.call.call.clone();
        let still_rings = ringing.is_some_and(|ringing| ringing.call == call);
        match (dial.direction, dial.state) {
            (Direction::Incoming, DialState::Ringing) if still_rings => Vec::new(),
            (Direction::Incoming, DialState::Ringing) => self.vanished(),
            (Direction::Incoming, DialState::Accepted) if still_rings => {
                dial.seat = Some(session.clone());
                vec![ask(CallQuestion::Accept, ClientMessage::AcceptDial { call })]
            }
            (Direction::Incoming, DialState::Accepted) | (Direction::Outgoing, _) => self.resume(),
        }
    }

    /// The ring was over when this device came back.
    pub(super) fn vanished(&mut self) -> Vec<Step> {
        let Some(info) = self.info() else { return Vec::new() };
        let executor = info.call.initiator.clone().unwrap_or_else(|| info.call.participants[0].clone());
        let mut steps = self.finish();
        steps.push(emit(ClientEvent::CallDialStopped { call: info, executor, reason: StopReason::Error }));
        steps
    }
}

pub(super) fn tone(tone: Tone) -> Step {
    Step::Do(Effect::Tone(tone))
}
