//! The ring: it comes, it is accepted or declined, it ends.

use super::ask::{answer, ask, rejection};
use super::begin::asked_tools;
use super::{CallFailure, Calls, Dial, DialState, Direction, Ending, Requested, Stage};
use crate::api::{ApiCallId, ApiReply, CallInfo, ClientEvent};
use crate::effect::{Effect, Tone};
use crate::notice::Notice;
use crate::questions::CallQuestion;
use crate::step::{Step, Transition, World, emit, reply};
use bandyer_protocol::{Call, CallAlias, CallRequest, CallType, DeclineReason, StopReason, UserAlias};
use std::rc::Rc;

impl Calls {
    /// Somebody calls. Whoever has a call hears of no other.
    pub(crate) fn dialed(&mut self, call: Rc<Call>, world: &World) -> Vec<Step> {
        let mut steps = Vec::new();
        match &mut self.stage {
            Stage::Idle => {}
            // Both called at once, and the other one was first: the server will refuse this side's call.
            Stage::Requested(requested) => {
                requested.ring = Some(call);
                return steps;
            }
            // The server would not let it ring here if the last call were not over.
            Stage::Closing(closing) if closing.info.call.call != call.call => {
                steps.extend(self.closed(world))
            }
            Stage::Dial(_) | Stage::Active(_) | Stage::Closing(_) => return steps,
        }
        steps.extend(self.ring(call));
        steps
    }

    pub(super) fn ring(&mut self, call: Rc<Call>) -> Vec<Step> {
        let info = CallInfo { call: Rc::clone(&call), direction: Direction::Incoming };
        self.next_round(Stage::Dial(Dial {
            call,
            direction: Direction::Incoming,
            state: DialState::Ringing,
            seat: None,
            is_admin: false,
        }));
        let mut steps = vec![Step::Told(Transition::CallUp), tone(Tone::Ring)];
        if info.call.live {
            steps.push(emit(ClientEvent::IncomingCall(info)));
        }
        steps
    }

    /// A ring that waits behind a call of one's own is over.
    fn forget_ring(&mut self, call: &CallAlias) {
        if let Stage::Requested(Requested { ring, .. }) = &mut self.stage
            && ring.as_ref().is_some_and(|ring| &ring.call == call)
        {
            *ring = None;
        }
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
        self.feedback = None;
        let mut steps = self.make_ready(video, world);
        steps.push(tone(Tone::Silence));
        // Without a line it is asked when the line is back.
        if world.online {
            steps.push(ask(
                CallQuestion::Accept(self.round),
                CallRequest::Accept { call, tools: asked_tools(&world.options) },
            ));
        }
        steps
    }

    /// `answer` of the call object of a ring: the green button, for a page whose own dialog lies over it.
    pub(crate) fn answer_call(&mut self, api: ApiCallId, call: &str, world: &World) -> Vec<Step> {
        if !self.rings_here(call) {
            return vec![reply(api, Err(rejection(CallFailure::NotRinging)))];
        }
        self.answering = Some(api);
        self.accept(world)
    }

    /// `decline` of the call object of a ring.
    pub(crate) fn decline_call(&mut self, api: ApiCallId, call: &str, world: &World) -> Vec<Step> {
        if self.rings_here(call) {
            self.close(Ending::Declined, Some(api), world)
        } else {
            vec![reply(api, Err(rejection(CallFailure::NotRinging)))]
        }
    }

    fn rings_here(&self, call: &str) -> bool {
        matches!(&self.stage, Stage::Dial(dial) if dial.is_unanswered() && dial.call.call.as_str() == call)
    }

    /// Tells the host page how its `answer` went, if it waits for that.
    pub(super) fn answer_settled(&mut self, result: Result<ApiReply, CallFailure>) -> Option<Step> {
        answer(self.answering.take(), result.map_err(rejection))
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
    pub(crate) fn dial_answered(&mut self, call: &CallAlias, by: UserAlias) -> Vec<Step> {
        self.forget_ring(call);
        let Some(info) = self.info_of(call) else { return Vec::new() };
        let told = ClientEvent::CallDialAnswered { call: info.clone(), executor: by.clone() };
        match &mut self.stage {
            Stage::Dial(dial) if dial.is_incoming() => self.taken_elsewhere(info, by),
            Stage::Dial(dial) => {
                let Some(seat) = dial.seat.clone() else { return Vec::new() };
                let is_admin = dial.is_admin;
                let mut steps = vec![tone(Tone::Silence), emit(told)];
                steps.extend(self.enter(info, seat, is_admin, true));
                steps
            }
            // It rang for somebody who came by link.
            Stage::Active(active) if !active.answered => {
                active.answered = true;
                vec![emit(told)]
            }
            // It was answered before the wish to stop it arrived: then it is a call that is hung up.
            Stage::Closing(closing) if closing.end == Ending::Stopped => {
                closing.end = Ending::HungUp;
                vec![emit(told)]
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

    /// Another device of this user took the call.
    fn taken_elsewhere(&mut self, info: CallInfo, by: UserAlias) -> Vec<Step> {
        let accepted_here = matches!(&self.stage, Stage::Dial(dial) if dial.state == DialState::Accepted);
        let mut steps: Vec<Step> = self.answer_settled(Err(CallFailure::AnswerFailed)).into_iter().collect();
        steps.extend(self.finish());
        if accepted_here {
            self.failure = Some(CallFailure::ActionAlreadyTaken);
        }
        let reason = StopReason::AnsweredOnAnotherDevice;
        steps.push(emit(ClientEvent::CallDialStopped { call: info, executor: by, reason }));
        steps
    }

    /// Somebody declined.
    pub(crate) fn dial_declined(
        &mut self,
        call: &CallAlias,
        by: UserAlias,
        reason: DeclineReason,
    ) -> Vec<Step> {
        self.forget_ring(call);
        let Some(info) = self.info_of(call).filter(|_| self.may_stop_ringing()) else { return Vec::new() };
        // On another device of the same user it only stops ringing.
        let elsewhere = matches!(&self.stage, Stage::Dial(dial) if dial.is_incoming());
        let wanted = self.is_wanted();
        let notice = self.news_to_caller(&info, Notice::CallDeclined);
        let mut steps = self.finish();
        steps.extend(notice);
        let event = if elsewhere {
            let reason = StopReason::DeclinedOnAnotherDevice;
            ClientEvent::CallDialStopped { call: info, executor: by, reason }
        } else {
            ClientEvent::CallDialDeclined { call: info, executor: by, reason }
        };
        steps.extend(wanted.then(|| emit(event)));
        steps
    }

    /// The ring ended.
    pub(crate) fn dial_stopped(&mut self, call: &CallAlias, by: UserAlias, reason: StopReason) -> Vec<Step> {
        self.forget_ring(call);
        let Some(info) = self.info_of(call).filter(|_| self.may_stop_ringing()) else { return Vec::new() };
        let wanted = self.is_wanted();
        let timed_out = reason == StopReason::DialTimeout;
        let notice = self.news_to_caller(&info, Notice::CallUnanswered).filter(|_| timed_out);
        let mut steps = self.finish();
        steps.extend(notice);
        let event = ClientEvent::CallDialStopped { call: info, executor: by, reason };
        steps.extend(wanted.then(|| emit(event)));
        steps
    }

    /// Who called, and still waits, is told why it rings no more.
    fn news_to_caller(&self, info: &CallInfo, notice: Notice) -> Option<Step> {
        let waits = info.direction == Direction::Outgoing && self.is_shown();
        waits.then_some(Step::Told(Transition::Notice(notice)))
    }

    /// Nobody was in a call yet, as far as the host page knows.
    fn may_stop_ringing(&self) -> bool {
        match &self.stage {
            Stage::Dial(_) => true,
            Stage::Active(active) => active.started_at.is_none(),
            Stage::Closing(closing) => !closing.started,
            Stage::Idle | Stage::Requested(_) => false,
        }
    }

    /// The host page knows of this call.
    pub(super) fn is_wanted(&self) -> bool {
        !self.untold && !matches!(&self.stage, Stage::Closing(closing) if closing.end == Ending::Unwanted)
    }

    /// The ring was over when this device came back, and nobody knows why.
    pub(super) fn vanished(&mut self) -> Vec<Step> {
        let Some(info) = self.info() else { return Vec::new() };
        let executor = info.call.initiator.clone().unwrap_or_else(|| info.call.participants[0].clone());
        let wanted = self.is_wanted();
        let mut steps = self.finish();
        let stopped = ClientEvent::CallDialStopped { call: info, executor, reason: StopReason::Error };
        steps.extend(wanted.then(|| emit(stopped)));
        steps
    }
}

pub(super) fn tone(tone: Tone) -> Step {
    Step::Do(Effect::Tone(tone))
}
