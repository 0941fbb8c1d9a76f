//! Answers that bring this device into a call, or keep it out: to `createCall`, to a link, to an accepted ring.

use super::ask::answer;
use super::dial::tone;
use super::{CallFailure, Calls, Closing, Dial, DialState, Direction, Ending, Link, Requested, Stage};
use crate::api::{ApiReply, CallInfo, ClientEvent, is_passing, of_create, of_join};
use crate::effect::{Effect, RtcCommand, Tone};
use crate::questions::Answer;
use crate::step::{Step, Transition, World, emit};
use bandyer_protocol::{CallEntry, CallNews, CallPhase, CallType, Failure, HangUpReason, ServerMessage};
use std::rc::Rc;

impl Calls {
    /// The answer to `createCall`.
    pub(super) fn created(&mut self, answer: Answer, world: &World) -> Vec<Step> {
        let Stage::Requested(requested) = &self.stage else { return Vec::new() };
        let requested = requested.clone();
        let entry = match entry_of(answer) {
            Ok(entry) => entry,
            Err(refused) => {
                // Without an answer it may ring all the same.
                self.orphan = self.orphan.take().or(requested.key.clone().filter(|_| refused.is_none()));
                let mut steps = self.disown(world);
                steps.extend(self.kept_out(requested, of_create(refused.as_ref())));
                return steps;
            }
        };
        let info = CallInfo { call: Rc::new(entry.call.clone()), direction: Direction::Outgoing };
        if requested.given_up {
            return self.abandon(info, &entry, world);
        }
        let mut steps = self.introduce(&requested, &info, &entry);
        let dial = Dial {
            call: Rc::clone(&info.call),
            direction: Direction::Outgoing,
            state: DialState::Ringing,
            seat: Some(entry.seat.clone()),
            is_admin: entry.is_admin,
        };
        self.stage = Stage::Dial(dial);
        steps.push(tone(Tone::RingBack));
        // The question was asked twice, and meanwhile somebody answered.
        if entry.phase == CallPhase::Connected {
            steps.extend(self.dial_answered(&info.call.call, entry.peer.alias.clone()));
            steps.extend(self.started(&info.call.call, world.server_now, world));
        }
        steps.extend(self.connect(&entry));
        steps.extend(self.tell_media());
        steps
    }

    /// The answer to a link: the call view is shown at once, whether the other side is there or not.
    pub(super) fn joined(&mut self, answer: Answer, world: &World) -> Vec<Step> {
        let Stage::Requested(requested) = &self.stage else { return Vec::new() };
        let requested = requested.clone();
        let entry = match entry_of(answer) {
            Ok(entry) => entry,
            Err(refused) => return self.kept_out(requested, of_join(refused.as_ref())),
        };
        let own = entry.call.initiator.as_ref().is_some_and(|initiator| world.is_me(initiator));
        let direction = if own { Direction::Outgoing } else { Direction::Incoming };
        let info = CallInfo { call: Rc::new(entry.call.clone()), direction };
        if requested.given_up {
            return self.abandon(info, &entry, world);
        }
        let mut steps = self.introduce(&requested, &info, &entry);
        let video = info.call.call_type == CallType::AudioVideo && world.can_video;
        if self.window.is_none() {
            steps.push(self.open_devices(true, video));
        }
        let call = info.call.call.clone();
        let rings = entry.phase == CallPhase::Dialing;
        steps.extend(self.enter(info.clone(), entry.seat.clone(), entry.is_admin, !rings));
        steps.extend(match entry.phase {
            CallPhase::Connected => self.joined_both(requested, info, world),
            CallPhase::Dialing | CallPhase::Waiting => {
                if let Some(active) = self.active_in(&call) {
                    active.link = Link::Waiting;
                }
                Vec::new()
            }
        });
        steps.extend(self.connect(&entry));
        steps.extend(self.tell_media());
        steps
    }

    /// The other one was there already. If it rang here for that very call, the link was the answer.
    fn joined_both(&mut self, requested: Requested, info: CallInfo, world: &World) -> Vec<Step> {
        let mut steps = Vec::new();
        let rang = requested.ring.is_some_and(|ring| ring.call == info.call.call);
        if let Some(executor) = world.me.clone().filter(|_| rang) {
            steps.push(emit(ClientEvent::CallDialAnswered { call: info.clone(), executor }));
        }
        steps.extend(self.started(&info.call.call, world.server_now, world));
        steps
    }

    /// The host page learns of the call.
    fn introduce(&self, requested: &Requested, info: &CallInfo, entry: &CallEntry) -> Vec<Step> {
        let mut steps = vec![Step::Told(Transition::Learn(Box::new(entry.peer.clone())))];
        steps.extend(answer(requested.api, Ok(ApiReply::Call(info.clone()))));
        if info.call.live {
            steps.push(emit(ClientEvent::IncomingCall(info.clone())));
        }
        steps
    }

    /// There is no call. What rang meanwhile may be heard now.
    fn kept_out(&mut self, requested: Requested, failure: CallFailure) -> Vec<Step> {
        let mut steps = self.finish();
        if !requested.given_up {
            steps.extend(self.fail(requested.api, failure));
        }
        steps.extend(requested.ring.map(|call| self.ring(call)).unwrap_or_default());
        steps
    }

    /// The person did not want it any more when it came to be.
    fn abandon(&mut self, info: CallInfo, entry: &CallEntry, world: &World) -> Vec<Step> {
        self.stage = Stage::Closing(Closing {
            info,
            end: Ending::Unwanted,
            reason: HangUpReason::Wish,
            seat: Some(entry.seat.clone()),
            started: false,
            said: false,
            api: Vec::new(),
        });
        self.pursue(world)
    }

    pub(super) fn accept_answered(&mut self, answer: Answer, world: &World) -> Vec<Step> {
        match &mut self.stage {
            Stage::Dial(dial) if dial.is_incoming() && dial.state == DialState::Accepted => {}
            Stage::Closing(closing) => {
                let given = matches!(answer, Answer::Given(ServerMessage::Call(CallNews::Entered(_))));
                return closing.accepted(given, world).into_iter().collect();
            }
            Stage::Idle | Stage::Requested(_) | Stage::Dial(_) | Stage::Active(_) => return Vec::new(),
        }
        match answer {
            Answer::Given(ServerMessage::Call(CallNews::Entered(entry)))
                if self.is_about(&entry.call.call) =>
            {
                self.accepted(&entry, world)
            }
            Answer::Refused(failure) if is_passing(&failure) => self.later(&failure),
            // The server may not have heard, or not have been heard: it knows a device that accepts twice.
            Answer::Missing => self.once_more(),
            Answer::Given(_) | Answer::Refused(_) => {
                let mut steps: Vec<Step> =
                    self.answer_settled(Err(CallFailure::AnswerFailed)).into_iter().collect();
                steps.extend(self.vanished());
                self.failure = Some(CallFailure::ActionAlreadyTaken);
                steps
            }
        }
    }

    /// This device is in: it was the first to accept.
    pub(super) fn accepted(&mut self, entry: &CallEntry, world: &World) -> Vec<Step> {
        let Some((call, executor)) = self.info().zip(world.me.clone()) else { return Vec::new() };
        let mut steps = vec![emit(ClientEvent::CallDialAnswered { call: call.clone(), executor })];
        steps.extend(self.answer_settled(Ok(ApiReply::Done)));
        steps.extend(self.enter(call, entry.seat.clone(), entry.is_admin, true));
        steps.extend(self.connect(entry));
        steps.extend(self.tell_media());
        steps
    }

    /// The connection is made by the page that has the call.
    pub(super) fn connect(&mut self, entry: &CallEntry) -> Vec<Step> {
        self.tools = Some(entry.tools);
        if self.window.is_some() {
            return self.admit();
        }
        let CallEntry { offers, offer_number, .. } = *entry;
        let ice_servers = entry.ice_servers.clone();
        vec![Step::Do(Effect::Rtc(RtcCommand::Open { round: self.round, offers, offer_number, ice_servers }))]
    }
}

impl Closing {
    /// Given up between the accept and its answer: then it is a call that is hung up.
    pub(super) fn accepted(&mut self, given: bool, world: &World) -> Option<Step> {
        let executor = world.me.clone().filter(|_| given && self.end == Ending::Declined)?;
        self.end = Ending::HungUp;
        Some(emit(ClientEvent::CallDialAnswered { call: self.info.clone(), executor }))
    }
}

fn entry_of(answer: Answer) -> Result<CallEntry, Option<Failure>> {
    match answer {
        Answer::Given(ServerMessage::Call(CallNews::Entered(entry))) => Ok(*entry),
        Answer::Refused(failure) => Err(Some(failure)),
        Answer::Given(_) | Answer::Missing => Err(None),
    }
}
