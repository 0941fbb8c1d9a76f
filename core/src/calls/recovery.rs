//! The line to the server is lost and comes back: what happened meanwhile is found out, and what was to be said is said.

use super::ask::ask;
use super::begin::asked_tools;
use super::{CallFailure, Calls, Closing, Dial, DialState, Direction, Ending, Place, Requested, Stage};
use crate::action::RtcProblem;
use crate::api::{ClientEvent, is_passing};
use crate::questions::{Answer, CallQuestion};
use crate::step::{Beginning, Step, World, emit, start_timer};
use crate::timers::{CallTimer, TimerId};
use bandyer_protocol::{
    Call, CallEntry, CallNews, CallPhase, CallRequest, ClientMessageId, Elsewhere, ErrorCode, Failure, Seat,
    ServerMessage,
};

/// A pause when the server names none.
const PAUSE_MS: u32 = 1_000;

/// How things stand when the line is back.
pub(crate) struct Back<'a> {
    /// What rings at this user now: who has a call is not rung at, so that a ring tells that any other call is over.
    pub ringing: Option<&'a Call>,
    /// The call that another page of this user has.
    pub elsewhere: Option<Box<Elsewhere>>,
    pub beginning: Beginning,
}

impl Calls {
    /// The line is down. The connection between the browsers may well go on.
    pub(crate) fn line_lost(&mut self) {
        self.place = Place::Away;
        self.outbox.pausing = false;
    }

    /// The line is back.
    pub(crate) fn line_back(&mut self, back: Back<'_>, world: &World) -> Vec<Step> {
        let mut steps = self.disown(world);
        let found = self.found_elsewhere(back.elsewhere, back.beginning, world);
        steps.extend(found.unwrap_or_else(|| self.find_out(back.ringing, world)));
        steps
    }

    fn find_out(&mut self, ringing: Option<&Call>, world: &World) -> Vec<Step> {
        self.place = Place::Taken;
        let rings = |call: &Call| ringing.is_some_and(|ringing| ringing.call == call.call);
        let replaced = ringing.is_some() && self.info().is_some_and(|info| !rings(&info.call));
        match &mut self.stage {
            Stage::Idle => Vec::new(),
            Stage::Requested(Requested { ring, .. }) => {
                *ring = ring.take().filter(|call| rings(call));
                Vec::new()
            }
            Stage::Dial(dial) if dial.is_incoming() && rings(&dial.call) => {
                dial.seat = dial.seat.take().and(world.session.clone());
                self.pursue(world)
            }
            Stage::Dial(Dial { seat: None, .. }) => self.vanished(),
            Stage::Dial(_) if replaced => self.vanished(),
            Stage::Active(_) if replaced => self.lost(),
            Stage::Closing(closing) if closing.end == Ending::Declined && rings(&closing.info.call) => {
                self.pursue(world)
            }
            Stage::Closing(Closing { seat: None, said: false, .. }) => self.vanished(),
            Stage::Closing(Closing { seat: None, .. }) => self.closed(world),
            Stage::Closing(_) if replaced => self.closed(world),
            Stage::Dial(_) | Stage::Active(_) | Stage::Closing(_) => {
                if self.seat().is_some() {
                    self.place = Place::Returning;
                }
                self.pursue(world)
            }
        }
    }

    /// Asks for whatever is still wanted of the server.
    pub(crate) fn pursue(&mut self, world: &World) -> Vec<Step> {
        self.outbox.pausing = false;
        match self.place {
            Place::Away => return Vec::new(),
            Place::Returning => return self.resume(),
            Place::Taken => {}
        }
        match &mut self.stage {
            Stage::Dial(Dial {
                state: DialState::Accepted, direction: Direction::Incoming, call, ..
            }) => {
                let call = call.call.clone();
                vec![ask(
                    CallQuestion::Accept(self.round),
                    CallRequest::Accept { call, tools: asked_tools(&world.options) },
                )]
            }
            Stage::Dial(_) | Stage::Active(_) => {
                let mut steps = self.say_again();
                steps.extend(self.share_again());
                steps.extend(self.tell_link());
                steps.extend(self.mend(world));
                steps
            }
            Stage::Closing(_) => self.ask_to_close(),
            Stage::Idle | Stage::Requested(_) => self.disown(world),
        }
    }

    /// Gives up a call of which nobody here knows whether it came to be: nobody is to answer a ring that nobody owns.
    pub(super) fn disown(&self, world: &World) -> Vec<Step> {
        let key = self.orphan.clone().filter(|_| world.online);
        key.map(|key| ask(CallQuestion::Cancel(key.clone()), CallRequest::Cancel { key }))
            .into_iter()
            .collect()
    }

    pub(super) fn disowned(&mut self, key: &ClientMessageId, answer: &Answer) -> Vec<Step> {
        match answer {
            Answer::Refused(failure) if is_passing(failure) => self.later(failure),
            Answer::Missing => self.once_more(),
            Answer::Given(_) | Answer::Refused(_) => {
                self.orphan = self.orphan.take().filter(|orphan| orphan != key);
                Vec::new()
            }
        }
    }

    /// The place this device has, or had.
    pub(super) fn seat(&self) -> Option<&Seat> {
        match &self.stage {
            Stage::Dial(dial) => dial.seat.as_ref(),
            Stage::Active(active) => Some(&active.seat),
            Stage::Closing(closing) => closing.seat.as_ref(),
            Stage::Idle | Stage::Requested(_) => None,
        }
    }

    /// Takes the place this device had.
    fn resume(&self) -> Vec<Step> {
        let call = self.info().map(|info| info.call.call.clone());
        let question =
            |(call, seat)| ask(CallQuestion::Resume(self.round), CallRequest::Resume { call, seat });
        call.zip(self.seat().cloned()).map(question).into_iter().collect()
    }

    pub(super) fn resume_answered(&mut self, answer: &Answer, world: &World) -> Vec<Step> {
        if self.place != Place::Returning {
            return Vec::new();
        }
        match answer {
            Answer::Given(ServerMessage::Call(CallNews::Entered(entry)))
                if self.is_about(&entry.call.call) =>
            {
                self.resumed(entry, world)
            }
            Answer::Refused(failure) if is_passing(failure) => self.later(failure),
            Answer::Missing => self.once_more(),
            Answer::Given(_) | Answer::Refused(_) => {
                self.place = Place::Taken;
                match &self.stage {
                    Stage::Dial(_) => self.vanished(),
                    Stage::Active(_) => self.lost(),
                    Stage::Closing(_) => self.closed(world),
                    Stage::Idle | Stage::Requested(_) => Vec::new(),
                }
            }
        }
    }

    /// This device is in its place again, and learns what happened meanwhile.
    fn resumed(&mut self, entry: &CallEntry, world: &World) -> Vec<Step> {
        let connected = entry.phase == CallPhase::Connected;
        let mut steps = Vec::new();
        match &mut self.stage {
            Stage::Dial(dial) if connected && dial.is_incoming() => steps.extend(self.accepted(entry, world)),
            Stage::Dial(dial) => dial.seat = Some(entry.seat.clone()),
            Stage::Active(active) => {
                active.seat = entry.seat.clone();
                // If it is down, the server says so.
                active.peer_line_down = false;
            }
            // It was this device that had accepted.
            Stage::Closing(closing) => steps.extend(closing.accepted(connected, world)),
            Stage::Idle | Stage::Requested(_) => {}
        }
        if connected {
            steps.extend(self.dial_answered(&entry.call.call, entry.peer.alias.clone()));
            steps.extend(self.started(&entry.call.call, world.server_now, world));
        }
        (self.told, self.link_told) = (None, None);
        steps.extend(self.tell_media());
        steps.extend(self.await_connection());
        self.place = Place::Taken;
        steps.extend(self.admit());
        steps.extend(self.pursue(world));
        steps
    }

    /// The server asks to wait.
    pub(super) fn later(&mut self, failure: &Failure) -> Vec<Step> {
        let ms = failure.retry_after_ms.unwrap_or(PAUSE_MS).clamp(50, 60_000);
        vec![start_timer(TimerId::Call(CallTimer::AskAgain), ms)]
    }

    /// No answer came. If that is because the line is down, it is asked again when the line is back.
    pub(super) fn once_more(&self) -> Vec<Step> {
        if self.place == Place::Away {
            Vec::new()
        } else {
            vec![start_timer(TimerId::Call(CallTimer::AskAgain), PAUSE_MS)]
        }
    }

    pub(super) fn signal_answered(&mut self, number: u32, answer: &Answer, world: &World) -> Vec<Step> {
        match answer {
            Answer::Refused(failure) if is_passing(failure) => {
                self.outbox.pausing = true;
                self.later(failure)
            }
            // It will never be taken: the other side cannot be told how to connect.
            Answer::Refused(failure)
                if failure.code == ErrorCode::InvalidSignal && self.outbox.is_description(number) =>
            {
                self.outbox.settled(number);
                self.rtc_failed(RtcProblem::Negotiation, world)
            }
            // It goes out again with the next line.
            Answer::Missing => Vec::new(),
            Answer::Given(_) | Answer::Refused(_) => {
                self.outbox.settled(number);
                Vec::new()
            }
        }
    }

    /// The call was over when this device came back.
    fn lost(&mut self) -> Vec<Step> {
        let Some(info) = self.info() else { return Vec::new() };
        let mut steps = self.finish();
        self.failure = Some(CallFailure::ConnectionLost);
        steps.push(emit(ClientEvent::CallEnded { call: info, executor: None }));
        steps
    }
}
