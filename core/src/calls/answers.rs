//! Answers to questions about calls: who in this slice hears of which.

use super::ask::ask;
use super::failure::is_passing;
use super::{CallFileState, CallQuestion, Calls, Snack, Stage};
use crate::step::{Answer, Step, World};
use bandyer_protocol::{CallEntry, ClientMessage, ClientMessageId, ServerMessage};

impl Calls {
    /// What the server said, or that it said nothing in time.
    pub(crate) fn answered(&mut self, question: CallQuestion, answer: Answer, world: &World) -> Vec<Step> {
        if question.round().is_some_and(|round| round != self.round) {
            return Vec::new();
        }
        match question {
            CallQuestion::Create(_) => self.created(answer, world),
            CallQuestion::Join(_) => self.joined(answer, world),
            CallQuestion::Accept(_) => self.accept_answered(answer, world),
            CallQuestion::Resume(_) => self.resume_answered(&answer, world),
            CallQuestion::Close(_) => self.close_answered(&answer, world),
            CallQuestion::Leave => Vec::new(),
            CallQuestion::Signal(number) => self.signal_answered(number, &answer),
            CallQuestion::Upgrade(_) => match answer {
                Answer::Given(_) => self.upgrade_allowed(),
                Answer::Refused(failure) if is_passing(&failure) => Vec::new(),
                Answer::Refused(_) => self.snack(Snack::CannotVideo),
                Answer::Missing => Vec::new(),
            },
            CallQuestion::IceServers(_) => {
                let ice_servers = match answer {
                    Answer::Given(ServerMessage::IceServers { servers }) => servers,
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
            Answer::Given(ServerMessage::FileShared { shared, .. }) => self.given(id, shared),
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

    /// An answer nobody waited for any more puts this device into a call nobody is in: out of it again.
    pub(crate) fn entered_late(&self, entry: &CallEntry) -> Vec<Step> {
        let call = entry.call.call.clone();
        let awaited = matches!(self.stage, Stage::Requested(_)) || self.is_about(&call);
        if awaited { Vec::new() } else { vec![ask(CallQuestion::Leave, ClientMessage::HangUp { call })] }
    }
}
