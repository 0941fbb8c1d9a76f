//! Tokens the host page has given and the server has not taken yet. They outlive the line: the next one is opened with the
//! newest of them.

use super::Session;
use super::requests::SURELY_TAKEN;
use crate::api::{ApiCallId, ApiError, ApiErrorCode, ApiReply};
use crate::questions::Question;
use crate::step::{End, Step, reply};
use bandyer_protocol::{ErrorCode, Failure, Secret, SessionRequest, Timestamp, UserAlias};

/// A token the server has still to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Who gave it, and waits.
    pub call: ApiCallId,
    pub token: String,
}

impl Session {
    /// The host page gives a new token. Without a line it waits for the next one.
    pub(crate) fn offer(&mut self, call: ApiCallId, token: String) -> Vec<Step> {
        self.offered.push(Offered { call, token: token.clone() });
        if self.is_online() { self.ask_to_take(call, token) } else { Vec::new() }
    }

    fn ask_to_take(&mut self, call: ApiCallId, token: String) -> Vec<Step> {
        self.ask(Question::RefreshToken(call), SessionRequest::RefreshToken { token: Secret(token) })
    }

    /// What a line is opened with.
    pub(super) fn credential(&mut self) -> Secret {
        self.on_trial = self.offered.last().map(|offered| offered.call);
        Secret(self.offered.last().map_or(&self.token, |offered| &offered.token).clone())
    }

    /// The line is up: what it was opened with counts, and what was given meanwhile is told.
    pub(super) fn opened_with(&mut self, expires_at: Timestamp) -> Vec<Step> {
        let mut steps = match self.on_trial.take() {
            Some(call) => self.taken(call, expires_at),
            None => Vec::new(),
        };
        for Offered { call, token } in self.offered.clone() {
            steps.extend(self.ask_to_take(call, token));
        }
        steps
    }

    /// The server took it. Whoever gave an older one has a good one now, too.
    pub(super) fn taken(&mut self, call: ApiCallId, expires_at: Timestamp) -> Vec<Step> {
        let Some(place) = self.offered.iter().position(|offered| offered.call == call) else {
            return Vec::new();
        };
        let settled: Vec<Offered> = self.offered.drain(..=place).collect();
        self.warned = false;
        if let Some(newest) = settled.last() {
            self.token.clone_from(&newest.token);
        }
        let updated = || Ok(ApiReply::TokenUpdated { expires_at });
        settled.into_iter().map(|offered| reply(offered.call, updated())).collect()
    }

    /// The server did not take it, or did not say so in time. The session goes on with the token it had, as long as that
    /// one is good.
    pub(super) fn not_taken(&mut self, call: ApiCallId, error: ApiError, now: Timestamp) -> Vec<Step> {
        if self.on_trial == Some(call) {
            self.on_trial = None;
        }
        let waiting = self.offered.len();
        self.offered.retain(|offered| offered.call != call);
        let mut steps = Vec::new();
        if self.offered.len() < waiting {
            steps.push(reply(call, Err(error)));
        }
        if self.offered.is_empty() && self.is_expired(now) {
            steps.extend(self.end(End::TokenExpired));
        }
        steps
    }

    /// An answer to `refresh_token` that is no.
    pub(super) fn refresh_refused(
        &mut self,
        call: ApiCallId,
        failure: &Failure,
        now: Timestamp,
    ) -> Vec<Step> {
        match failure.code {
            // The line is about to end. The next one is opened with it.
            ErrorCode::ShuttingDown | ErrorCode::NotAuthenticated => Vec::new(),
            _ => self.not_taken(call, ApiError::from_server(ApiErrorCode::TokenRefused, failure), now),
        }
    }

    /// Who the line belongs to is somebody else: the token it was opened with is another user's.
    pub(super) fn is_foreign(&self, user: &UserAlias) -> bool {
        self.user.as_ref().is_some_and(|known| known != user)
    }

    /// Gives up a line that was opened with another user's token.
    pub(super) fn refuse_foreign(&mut self, now: Timestamp) -> Vec<Step> {
        let failure = Failure::new(ErrorCode::WrongUser, "the token is another user's");
        let steps = match self.on_trial {
            Some(call) => self.refresh_refused(call, &failure, now),
            None => self.end(End::TokenExpired),
        };
        self.with_next_line(steps)
    }

    /// Asks about a token so long that its frame may be too large for the server.
    pub(super) fn is_long_token(&self, question: &Question) -> bool {
        let Question::RefreshToken(call) = question else { return false };
        self.offered.iter().any(|offered| offered.call == *call && offered.token.len() > SURELY_TAKEN)
    }

    /// The token a line was opened with was refused: the next line is opened with another one, if there is one.
    pub(super) fn credential_refused(&mut self, failure: &Failure, now: Timestamp) -> Vec<Step> {
        let steps = match self.on_trial {
            Some(call) => {
                self.not_taken(call, ApiError::from_server(ApiErrorCode::TokenRefused, failure), now)
            }
            None if self.offered.is_empty() => self.end(End::TokenExpired),
            // It was given while this line was being opened.
            None => Vec::new(),
        };
        self.with_next_line(steps)
    }

    fn with_next_line(&mut self, mut steps: Vec<Step>) -> Vec<Step> {
        if self.is_authenticated() {
            steps.extend(self.drop_line());
        }
        steps
    }

    /// The session is over: nobody waits any longer.
    pub(super) fn drop_offered(&mut self, error: impl Fn() -> ApiError) -> Vec<Step> {
        self.on_trial = None;
        let all = std::mem::take(&mut self.offered);
        all.into_iter().map(|offered| reply(offered.call, Err(error()))).collect()
    }
}
