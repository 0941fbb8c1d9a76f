//! Questions about calls, and whom a refusal is told.

use super::{CallFailure, Calls};
use crate::api::{ApiCallId, ApiError, ApiErrorCode, ApiReply};
use crate::questions::{CallQuestion, Question};
use crate::step::{Step, Transition, reply};
use bandyer_protocol::CallRequest;

pub(super) fn ask(question: CallQuestion, request: CallRequest) -> Step {
    Step::Ask(Question::Call(question), request.into())
}

pub(super) fn rejection(failure: CallFailure) -> ApiError {
    ApiError::new(ApiErrorCode::Call(failure), failure.as_str())
}

pub(super) fn answer(api: Option<ApiCallId>, result: Result<ApiReply, ApiError>) -> Option<Step> {
    api.map(|api| reply(api, result))
}

impl Calls {
    /// Answers whoever waits that it did not work, and shows the error view.
    pub(super) fn fail(&mut self, api: Option<ApiCallId>, failure: CallFailure) -> Vec<Step> {
        // What a page is told of this is broader than what a person is.
        let told = match failure {
            CallFailure::AlreadyInCall | CallFailure::TooManyRings => CallFailure::Generic,
            failure => failure,
        };
        self.failure = Some(failure);
        let mut steps = vec![Step::Told(Transition::CallUp)];
        steps.extend(answer(api, Err(rejection(told))));
        steps
    }
}
