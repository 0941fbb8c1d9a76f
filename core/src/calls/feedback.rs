//! What a user is asked after a call.

use super::ask::ask;
use super::{Calls, FeedbackView, Stage};
use crate::api::is_passing;
use crate::notice::Notice;
use crate::questions::{Answer, CallQuestion};
use crate::step::{Step, Transition, World};
use bandyer_protocol::call::MAX_COMMENT_CHARS;
use bandyer_protocol::{CallAlias, CallRequest, Feedback};

impl Calls {
    /// A call that was one, and was looked at to the end, is asked about.
    pub(super) fn want_feedback(&mut self, world: &World) {
        if let Stage::Active(active) = &self.stage
            && (active.connected_at.is_some() || (self.window.is_some() && active.started_at.is_some()))
            && self.in_front
            && world.options.feedback
        {
            self.feedback = Some(FeedbackView { call: active.call.call.clone(), sent: false });
        }
    }

    /// What the user thought of it.
    pub(crate) fn send_feedback(&mut self, rating: u8, comment: &str) -> Vec<Step> {
        let Some(view) = self.feedback.as_ref().filter(|view| !view.sent) else { return Vec::new() };
        // A rating nobody gave is none.
        if rating == 0 {
            return Vec::new();
        }
        let call = view.call.clone();
        let comment = comment.trim().chars().take(MAX_COMMENT_CHARS).collect();
        let feedback = Feedback { rating: rating.min(5), comment };
        vec![ask(CallQuestion::Rate(call.clone()), CallRequest::Rate { call, feedback })]
    }

    /// The server has it, or will not have it. What it may have later can be sent again.
    pub(super) fn rated(&mut self, call: &CallAlias, answer: &Answer) -> Vec<Step> {
        let Some(view) = self.feedback.as_mut().filter(|view| &view.call == call) else { return Vec::new() };
        let later = match answer {
            Answer::Given(_) => false,
            Answer::Refused(failure) => is_passing(failure),
            Answer::Missing => true,
        };
        view.sent = !later;
        if later { vec![Step::Told(Transition::Notice(Notice::NotSent))] } else { Vec::new() }
    }
}
