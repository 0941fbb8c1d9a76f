//! Saying no: how a refusal comes about, and how each kind of input hears of it.

use super::{AdminFailure, CloseReason, Delivery, Input, Origin, Outcome};
use bandyer_protocol::{ChatId, ErrorCode, Failure, ServerMessage, Timestamp, UserAlias};
use bandyer_records::{StoreError, UserRecord};

/// Why a request changes nothing.
#[derive(Debug)]
pub enum Refusal {
    Failure(Failure),
    Admin(AdminFailure),
    Store(StoreError),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Refusal::Failure(failure)
    }
}

impl From<AdminFailure> for Refusal {
    fn from(failure: AdminFailure) -> Self {
        Refusal::Admin(failure)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Refusal::Store(error)
    }
}

impl Refusal {
    pub fn into_failure(self) -> AdminFailure {
        match self {
            Refusal::Failure(failure) => AdminFailure::Refused(failure),
            Refusal::Admin(failure) => failure,
            Refusal::Store(error) => AdminFailure::Refused(storage_failure(&error)),
        }
    }
}

/// What a user is told when the store failed; the cause stays in the log.
pub fn storage_failure(error: &StoreError) -> Failure {
    match error {
        StoreError::Locked(_) | StoreError::Unavailable(_) => {
            let mut failure = Failure::new(ErrorCode::StorageUnavailable, "nothing was stored; try again");
            failure.retry_after_ms = Some(1000);
            failure
        }
        StoreError::Defect(_) => Failure::new(ErrorCode::Internal, "the store has a defect"),
    }
}

/// Tells the sender of `input` that it was refused. A socket that could not connect is closed.
pub fn refuse(input: &Input, failure: AdminFailure) -> Outcome {
    let mut outcome = Outcome::default();
    match input {
        Input::Connect(connect) => {
            let origin = Origin { session: connect.session, re: connect.re };
            outcome.deliveries.push(origin.reply_delivery(ServerMessage::Error(failure.into_failure())));
            outcome
                .deliveries
                .push(Delivery::Close { session: connect.session, reason: CloseReason::Refused });
        }
        Input::Request { session, re, .. }
        | Input::CatchUp { session, re, .. }
        | Input::TokenRefreshed { session, re, .. } => {
            let origin = Origin { session: *session, re: *re };
            outcome.deliveries.push(origin.reply_delivery(ServerMessage::Error(failure.into_failure())));
        }
        Input::Admin(_) => outcome.answer = Some(Err(failure)),
        Input::Disconnect { .. } | Input::CallDue { .. } => {}
    }
    outcome
}

pub(super) fn chat_not_found() -> Refusal {
    Failure::new(ErrorCode::ChatNotFound, "there is no such chat of this user").into()
}

pub(super) fn user_not_found() -> Refusal {
    Failure::new(ErrorCode::UserNotFound, "no user has that alias").into()
}

pub(super) fn chat_of(first: &UserAlias, second: &UserAlias) -> Result<ChatId, Refusal> {
    ChatId::between(first, second)
        .ok_or_else(|| Failure::new(ErrorCode::ChatWithSelf, "a chat needs two different users").into())
}

/// Whether a user may use the server, with a token of that age: over the socket and over HTTP alike.
///
/// # Errors
/// `access_token_invalid` for an unknown user and for a token that is older than its user, `user_deleted`,
/// `user_disabled`.
pub fn admitted(user: Option<&UserRecord>, issued_at: Option<Timestamp>) -> Result<&UserRecord, Failure> {
    // Tokens count whole seconds.
    let is_older = |user: &UserRecord| issued_at.is_some_and(|issued| issued.plus_ms(999) < user.created_at);
    match user {
        None => Err(Failure::new(ErrorCode::InvalidToken, "the token names nobody")),
        Some(user) if user.deleted => Err(Failure::new(ErrorCode::UserDeleted, "the user was deleted")),
        Some(user) if !user.active => Err(Failure::new(ErrorCode::UserDisabled, "the user was deactivated")),
        Some(user) if is_older(user) => {
            Err(Failure::new(ErrorCode::InvalidToken, "the token is older than its user"))
        }
        Some(user) => Ok(user),
    }
}
