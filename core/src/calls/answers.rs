//! Answers to questions about calls: who in this slice hears of which.

use super::ask::ask;
use super::{CallFileState, Calls, DialState, Snack, Stage};
use crate::api::is_passing;
use crate::questions::{Answer, CallQuestion};
use crate::step::{Step, World};
use bandyer_protocol::{
    CallEntry, CallNews, CallPhase, CallRequest, ClientMessageId, HangUpReason, ServerMessage,
};

impl Calls {
    /// What the server said, or that it said nothing in time.
    pub(crate) fn answered(&mut self, question: CallQuestion, answer: Answer, world: &World) -> Vec<Step> {
        if question.round().is_some_and(|round| round != self.round) {
            return Vec::new();
        }
        match question {
            CallQuestion::Create(_) => self.created(answer, world),
            CallQuestion::Cancel(key) => self.disowned(&key, &answer),
            CallQuestion::Join(_) => self.joined(answer, world),
            CallQuestion::Take(_) => self.taken_here(answer, world),
            CallQuestion::Accept(_) => self.accept_answered(answer, world),
            CallQuestion::Resume(_) => self.resume_answered(&answer, world),
            CallQuestion::Close(_) => self.close_answered(&answer, world),
            CallQuestion::Leave => Vec::new(),
            CallQuestion::Link(_) => self.link_answered(&answer),
            CallQuestion::Signal(number) => self.signal_answered(number, &answer, world),
            CallQuestion::Upgrade(_) => match answer {
                Answer::Given(_) => self.upgrade_allowed(),
                Answer::Refused(failure) if !is_passing(&failure) => {
                    self.upgrade_failed();
                    self.snack(Snack::CannotVideo)
                }
                Answer::Refused(_) | Answer::Missing => {
                    self.upgrade_failed();
                    Vec::new()
                }
            },
            CallQuestion::IceServers(_) => {
                let ice_servers = match answer {
                    Answer::Given(ServerMessage::Call(CallNews::IceServers { servers })) => servers,
                    Answer::Given(_) | Answer::Refused(_) | Answer::Missing => Vec::new(),
                };
                self.restart(ice_servers)
            }
            CallQuestion::Share(id) => self.share_answered(&id, answer),
            CallQuestion::Rate(call) => self.rated(&call, &answer),
        }
    }

    fn share_answered(&mut self, id: &ClientMessageId, answer: Answer) -> Vec<Step> {
        match answer {
            Answer::Given(ServerMessage::Call(CallNews::FileShared { shared, .. })) => self.given(id, shared),
            Answer::Refused(failure) if is_passing(&failure) => self.later(&failure),
            // With the next line it is asked again.
            Answer::Missing if self.is_cut() => Vec::new(),
            Answer::Given(_) | Answer::Refused(_) | Answer::Missing => {
                self.forget_share(id);
                self.file_state(id, CallFileState::UploadFailed { too_large: false });
                self.snack(Snack::FileFailed)
            }
        }
    }

    /// An answer that nobody waits for any more. To an accepted ring it is as good as one in time: what follows it on the
    /// line is not said again. A call nobody here knows is left again.
    pub(crate) fn entered_late(&mut self, entry: &CallEntry, world: &World) -> Vec<Step> {
        let call = entry.call.call.clone();
        let about = self.is_about(&call);
        match &mut self.stage {
            Stage::Dial(dial) if about && dial.is_incoming() && dial.state == DialState::Accepted => {
                self.accepted(entry, world)
            }
            Stage::Closing(closing) if about => {
                closing.accepted(entry.phase == CallPhase::Connected, world).into_iter().collect()
            }
            // Of a link nobody knows yet where it leads: it may be this very call.
            Stage::Requested(requested) if requested.callee.is_none() => Vec::new(),
            Stage::Dial(_) | Stage::Active(_) if about => Vec::new(),
            Stage::Idle | Stage::Requested(_) | Stage::Dial(_) | Stage::Active(_) | Stage::Closing(_) => {
                vec![ask(CallQuestion::Leave, CallRequest::HangUp { call, reason: HangUpReason::Wish })]
            }
        }
    }
}
