//! The end of a session: every call is answered, every timer stopped, the socket closed.

use super::{Line, Phase, Session};
use crate::api::{ApiError, ApiErrorCode};
use crate::effect::{Effect, SocketCommand};
use crate::questions::Question;
use crate::step::{End, Step, Transition, reply, stop_timer};
use crate::timers::{SessionTimer, TimerId};

impl Session {
    /// Ends it. While `create` still waits, an end from outside is its failure.
    pub(crate) fn end(&mut self, end: End) -> Vec<Step> {
        let failure = match &end {
            End::TokenExpired => Some("The access token has expired"),
            End::Disconnected(reason) => Some(reason.as_str()),
            End::LoggedOut(_) | End::CreateFailed | End::Outdated(_) => None,
        };
        match failure {
            Some(text) if self.create.is_some() => {
                self.create_failed(ApiError::new(ApiErrorCode::Refused, text))
            }
            Some(_) | None => self.finish(end),
        }
    }

    /// `create` gave up waiting.
    pub(crate) fn connect_overdue(&mut self) -> Vec<Step> {
        if self.phase != Phase::Starting {
            return Vec::new();
        }
        let code =
            if self.reached { ApiErrorCode::ConnectionFailed } else { ApiErrorCode::ServerNotReachable };
        self.create_failed(ApiError::new(code, "The server cannot be reached"))
    }

    pub(super) fn create_failed(&mut self, error: ApiError) -> Vec<Step> {
        let mut steps = Vec::new();
        if let Some(call) = self.create.take() {
            steps.push(reply(call, Err(error)));
        }
        steps.extend(self.finish(End::CreateFailed));
        steps
    }

    fn finish(&mut self, end: End) -> Vec<Step> {
        let line = self.is_online();
        self.phase = Phase::Over;
        self.line = Line::Down;
        let mut steps =
            vec![Step::Told(Transition::Ending { line }), Step::Do(Effect::Socket(SocketCommand::Close))];
        for timer in [
            TimerId::Session(SessionTimer::Connect),
            TimerId::Session(SessionTimer::Reconnect),
            TimerId::Session(SessionTimer::Heartbeat),
            TimerId::Session(SessionTimer::TokenWarning),
            TimerId::Session(SessionTimer::TokenExpiry),
        ] {
            steps.push(stop_timer(timer));
        }
        let over = || ApiError::new(ApiErrorCode::NotAuthenticated, "The session ended before the call did");
        steps.extend(self.create.take().map(|call| reply(call, Err(over()))));
        steps.extend(self.drop_offered(over));
        for (id, asked) in std::mem::take(&mut self.requests) {
            steps.push(stop_timer(TimerId::Session(SessionTimer::Request(id))));
            if matches!(asked.question, Question::AddChat(_)) {
                steps.push(Step::Told(Transition::AddChatEnded { added: false }));
            }
            steps.extend(asked.question.call().map(|call| reply(call, Err(over()))));
        }
        steps.push(Step::Told(Transition::Ended(end)));
        steps
    }
}
