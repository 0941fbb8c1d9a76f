//! Answers to questions about calls.

use super::ask::{answer, create_failure, join_failure};
use super::dial::tone;
use super::{
    CallFailure, CallFileState, CallQuestion, Calls, Dial, DialState, Direction, Link, Requested, Snack,
    Stage,
};
use crate::api::{ApiReply, CallInfo, ClientEvent};
use crate::effect::{Effect, RtcCommand, Tone};
use crate::step::{Answer, Step, Transition, World, emit};
use bandyer_protocol::{CallEntry, CallPhase, ClientMessage, ErrorCode, ServerMessage};
use std::rc::Rc;

impl Calls {
    /// What the server said, or that it said nothing in time.
    pub(crate) fn answered(&mut self, question: CallQuestion, answer: Answer, world: &World) -> Vec<Step> {
        let entry = match &answer {
            Answer::Given(ServerMessage::CallEntered(entry)) => Some(CallEntry::clone(entry)),
            Answer::Given(_) | Answer::Refused(_) | Answer::Missing => None,
        };
        match question {
            CallQuestion::Create(_) | CallQuestion::Join(_) => {
                self.requested_answered(question, entry, answer, world)
            }
            CallQuestion::Accept => self.accept_answered(entry, &answer, world),
            CallQuestion::Resume => self.resume_answered(entry, &answer, world),
            CallQuestion::Close => self.closed(world),
            CallQuestion::Signal(number) => {
                self.outbox.retain(|(waiting, _)| *waiting != number);
                Vec::new()
            }
            CallQuestion::Upgrade => match answer {
                Answer::Given(_) => self.upgrade_allowed(),
                Answer::Refused(_) => self.snack(Snack::CannotVideo),
                Answer::Missing => Vec::new(),
            },
            CallQuestion::IceServers => {
                let ice_servers = match answer {
                    Answer::Given(ServerMessage::IceServers { servers }) => servers,
                    Answer::Given(_) | Answer::Refused(_) | Answer::Missing => Vec::new(),
                };
                self.restart(ice_servers)
            }
            CallQuestion::Share(id) => match answer {
                Answer::Given(ServerMessage::FileShared { shared, .. }) => {
                    self.file_state(&id, CallFileState::Given(shared));
                    Vec::new()
                }
                Answer::Given(_) | Answer::Refused(_) | Answer::Missing => {
                    self.file_state(&id, CallFileState::UploadFailed { too_large: false });
                    self.snack(Snack::FileFailed)
                }
            },
            CallQuestion::Rate => {
                let rated = match answer {
                    Answer::Given(_) => true,
                    // Said already: nothing more can be done about it.
                    Answer::Refused(failure) => failure.code != ErrorCode::StorageUnavailable,
                    Answer::Missing => false,
                };
                if rated {
                    self.rated();
                    return Vec::new();
                }
                vec![Step::Told(Transition::Notice(crate::panel::Notice::NotSent))]
            }
        }
    }

    fn requested_answered(
        &mut self,
        question: CallQuestion,
        entry: Option<CallEntry>,
        refusal: Answer,
        world: &World,
    ) -> Vec<Step> {
        let (joining, round) = match question {
            CallQuestion::Join(round) => (true, round),
            CallQuestion::Create(round) => (false, round),
            _ => return Vec::new(),
        };
        let waits = match &self.stage {
            Stage::Requested(Requested { api, .. }) if round == self.round => Some(*api),
            Stage::Idle | Stage::Requested(_) | Stage::Dial(_) | Stage::Active(_) | Stage::Closing(_) => None,
        };
        let Some(api) = waits else {
            // Given up meanwhile: nobody wants it any more.
            let unwanted = entry.filter(|entry| !self.is_about(&entry.call.call));
            return unwanted
                .map(|entry| {
                    super::ask::ask(CallQuestion::Close, ClientMessage::HangUp { call: entry.call.call })
                })
                .into_iter()
                .collect();
        };
        let Some(entry) = entry else {
            let refused = match &refusal {
                Answer::Refused(failure) => Some(failure),
                Answer::Given(_) | Answer::Missing => None,
            };
            let failure = if joining { join_failure(refused) } else { create_failure(refused) };
            let mut steps = self.finish();
            steps.extend(self.fail(api, failure));
            return steps;
        };
        let direction = direction(&entry, world);
        let info = CallInfo { call: Rc::new(entry.call.clone()), direction };
        let mut steps = vec![Step::Told(Transition::Learn(Box::new(entry.peer.clone())))];
        steps.extend(answer(api, Ok(ApiReply::Call(info.clone()))));
        if info.call.live {
            steps.push(emit(ClientEvent::IncomingCall(info.clone())));
        }
        if joining {
            let video = info.call.call_type == bandyer_protocol::CallType::AudioVideo && world.can_video;
            steps.push(self.open_devices(true, video));
        }
        if entry.phase == CallPhase::Dialing && direction == Direction::Outgoing && !joining {
            self.stage = Stage::Dial(Dial {
                call: Rc::clone(&info.call),
                direction,
                state: DialState::Ringing,
                seat: Some(entry.seat.clone()),
                is_admin: entry.is_admin,
            });
            steps.push(tone(Tone::RingBack));
        } else {
            self.enter(info, entry.seat.clone(), entry.is_admin);
            if let (Some(active), CallPhase::Waiting | CallPhase::Dialing) = (self.active(), entry.phase) {
                active.link = Link::Waiting;
            }
        }
        steps.push(self.connect(&entry, world));
        steps.extend(self.tell_media());
        steps
    }

    fn accept_answered(&mut self, entry: Option<CallEntry>, answer: &Answer, world: &World) -> Vec<Step> {
        let accepted = matches!(&self.stage, Stage::Dial(dial) if dial.state == DialState::Accepted);
        if !accepted {
            return Vec::new();
        }
        let Some(entry) = entry else {
            return match answer {
                // The line went meanwhile: it is asked again when it is back.
                Answer::Missing if !world.online => Vec::new(),
                Answer::Refused(_) | Answer::Missing | Answer::Given(_) => {
                    let steps = self.vanished();
                    self.failure = Some(CallFailure::ActionAlreadyTaken);
                    steps
                }
            };
        };
        self.join_accepted(&entry, world)
    }

    /// This device is in: it was the first to accept.
    fn join_accepted(&mut self, entry: &CallEntry, world: &World) -> Vec<Step> {
        let Some((info, me)) = self.info().zip(world.me.clone()) else { return Vec::new() };
        self.enter(info.clone(), entry.seat.clone(), entry.is_admin);
        let mut steps = vec![emit(ClientEvent::CallDialAnswered { call: info, executor: me })];
        steps.push(self.connect(entry, world));
        steps.extend(self.tell_media());
        steps
    }

    fn resume_answered(&mut self, entry: Option<CallEntry>, answer: &Answer, world: &World) -> Vec<Step> {
        let Some(entry) = entry else {
            return match answer {
                Answer::Missing if world.online => self.resume(),
                Answer::Missing | Answer::Given(_) => Vec::new(),
                Answer::Refused(_) => match &self.stage {
                    Stage::Dial(_) => self.vanished(),
                    Stage::Active(_) => self.lost(),
                    Stage::Idle | Stage::Requested(_) | Stage::Closing(_) => Vec::new(),
                },
            };
        };
        if !self.is_about(&entry.call.call) {
            return Vec::new();
        }
        let mut steps = Vec::new();
        match &mut self.stage {
            Stage::Dial(dial) if entry.phase != CallPhase::Dialing => {
                if dial.direction == Direction::Incoming {
                    steps.extend(self.join_accepted(&entry, world));
                } else {
                    dial.seat = Some(entry.seat.clone());
                    let by = entry.peer.alias.clone();
                    steps.extend(self.dial_answered(&entry.call.call, by, world));
                }
                steps.extend(self.started(&entry.call.call, world.server_now));
            }
            Stage::Dial(dial) => dial.seat = Some(entry.seat.clone()),
            Stage::Active(active) => {
                active.seat = entry.seat.clone();
                if entry.phase == CallPhase::Connected {
                    steps.extend(self.started(&entry.call.call, world.server_now));
                }
            }
            Stage::Idle | Stage::Requested(_) | Stage::Closing(_) => {}
        }
        steps.extend(self.say_again());
        steps.extend(self.mend());
        steps
    }

    fn connect(&self, entry: &CallEntry, world: &World) -> Step {
        let polite = !world.is_me(&entry.call.participants[0]);
        let ice_servers = entry.ice_servers.clone();
        Step::Do(Effect::Rtc(RtcCommand::Open { round: self.round, polite, ice_servers }))
    }
}

fn direction(entry: &CallEntry, world: &World) -> Direction {
    match &entry.call.initiator {
        Some(initiator) if world.is_me(initiator) => Direction::Outgoing,
        Some(_) | None => Direction::Incoming,
    }
}
