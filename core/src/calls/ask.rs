//! Questions about calls, and where they come from.

use super::{CallFailure, Calls};
use crate::api::{ApiError, ApiErrorCode, ApiReply, CallId};
use crate::session::Request;
use crate::step::{Step, reply};
use bandyer_protocol::{ClientMessage, ClientMessageId, ErrorCode, Failure};

/// What an unanswered question about calls was for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallQuestion {
    /// With the round of the call: a later one does not take its answer.
    Create(u32),
    Join(u32),
    Resume,
    Accept,
    /// Decline, stop and hang up.
    Close,
    Signal(u32),
    Upgrade,
    IceServers,
    Share(ClientMessageId),
    Rate,
}

impl CallQuestion {
    /// Asked again when the line was lost before the answer came.
    pub(crate) fn is_kept(&self) -> bool {
        match self {
            CallQuestion::Create(_) | CallQuestion::Join(_) | CallQuestion::Close | CallQuestion::Rate => {
                true
            }
            CallQuestion::Resume
            | CallQuestion::Accept
            | CallQuestion::Signal(_)
            | CallQuestion::Upgrade
            | CallQuestion::IceServers
            | CallQuestion::Share(_) => false,
        }
    }
}

pub(super) fn ask(question: CallQuestion, message: ClientMessage) -> Step {
    Step::Ask(Request::Calls(question), message)
}

/// What the host page is told when the server refuses a new call.
pub(super) fn create_failure(failure: Option<&Failure>) -> CallFailure {
    match failure.map(|failure| failure.code) {
        Some(ErrorCode::InitiatorNotAvailable) => CallFailure::InitiatorNotAvailable,
        Some(ErrorCode::CalleeBusy) => CallFailure::UsersBusy,
        Some(ErrorCode::VideoNotPermitted) => CallFailure::InvalidPermissionCanVideo,
        _ => CallFailure::Generic,
    }
}

/// The same for a link.
pub(super) fn join_failure(failure: Option<&Failure>) -> CallFailure {
    match failure.map(|failure| failure.code) {
        Some(ErrorCode::CallLinkInvalid | ErrorCode::CallLinkForeign | ErrorCode::InvalidRequest) => {
            CallFailure::JoinInvalidUrl
        }
        Some(ErrorCode::CallTooLarge) => CallFailure::JoinInvalidMtm,
        Some(ErrorCode::AlreadyInCall) => CallFailure::Generic,
        Some(_) | None => CallFailure::JoinRequestFailed,
    }
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
        self.failure = Some(failure);
        let mut steps = vec![Step::Told(crate::step::Transition::CallUp)];
        steps.extend(answer(api, Err(rejection(failure))));
        steps
    }
}
