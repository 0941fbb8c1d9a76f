//! Questions about calls, and whom a refusal is told.

use super::{CallFailure, Calls};
use crate::api::{ApiError, ApiErrorCode, ApiReply, CallId};
use crate::session::Request;
use crate::step::{Step, Transition, reply};
use bandyer_protocol::{CallAlias, ClientMessage, ClientMessageId};

/// What an unanswered question about calls was for. The number is the round of the call: a later one takes no notice of
/// the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallQuestion {
    Create(u32),
    Join(u32),
    Resume(u32),
    Accept(u32),
    /// Decline, stop and hang up.
    Close(u32),
    /// Out of a call this device is in by mistake.
    Leave,
    /// With the number of the signal, which no later call has again.
    Signal(u32),
    Upgrade(u32),
    IceServers(u32),
    Share(ClientMessageId),
    Rate(CallAlias),
}

impl CallQuestion {
    /// Asked again by the session when the line was lost before the answer came. All others depend on the place in the
    /// call, which has to be taken again first.
    pub(crate) fn is_kept(&self) -> bool {
        match self {
            CallQuestion::Create(_) | CallQuestion::Join(_) | CallQuestion::Rate(_) => true,
            CallQuestion::Resume(_)
            | CallQuestion::Accept(_)
            | CallQuestion::Close(_)
            | CallQuestion::Leave
            | CallQuestion::Signal(_)
            | CallQuestion::Upgrade(_)
            | CallQuestion::IceServers(_)
            | CallQuestion::Share(_) => false,
        }
    }

    /// The call it is about; `None` when it says so by itself.
    pub(super) fn round(&self) -> Option<u32> {
        match self {
            CallQuestion::Create(round)
            | CallQuestion::Join(round)
            | CallQuestion::Resume(round)
            | CallQuestion::Accept(round)
            | CallQuestion::Close(round)
            | CallQuestion::Upgrade(round)
            | CallQuestion::IceServers(round) => Some(*round),
            CallQuestion::Leave
            | CallQuestion::Signal(_)
            | CallQuestion::Share(_)
            | CallQuestion::Rate(_) => None,
        }
    }
}

pub(super) fn ask(question: CallQuestion, message: ClientMessage) -> Step {
    Step::Ask(Request::Calls(question), message)
}

pub(super) fn rejection(failure: CallFailure) -> ApiError {
    ApiError::new(ApiErrorCode::Call(failure), failure.as_str())
}

pub(super) fn answer(api: Option<CallId>, result: Result<ApiReply, ApiError>) -> Option<Step> {
    api.map(|api| reply(api, result))
}

impl Calls {
    /// Answers whoever waits that it did not work, and shows the error view.
    pub(super) fn fail(&mut self, api: Option<CallId>, failure: CallFailure) -> Vec<Step> {
        // What a page is told of this is broader than what a person is.
        let told = match failure {
            CallFailure::AlreadyInCall => CallFailure::Generic,
            failure => failure,
        };
        self.failure = Some(failure);
        let mut steps = vec![Step::Told(Transition::CallUp)];
        steps.extend(answer(api, Err(rejection(told))));
        steps
    }
}
