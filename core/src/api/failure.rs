//! What can go wrong with a call, in the public words.

use bandyer_protocol::{ErrorCode, Failure};

/// The public error strings, and the causes of error views. [`CallFailure::as_str`] gives the string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallFailure {
    AnotherCallInProgress,
    InitiatorNotAvailable,
    UsersBusy,
    InvalidPermissionCanVideo,
    Generic,
    JoinInvalidUrl,
    JoinRequestFailed,
    JoinInvalidMtm,
    HangUpOnEndedCall,
    /// `answer` or `decline` of a call that does not ring here.
    NotRinging,
    /// `answer`: another device was faster, or the server refused.
    AnswerFailed,
    /// View only: the call broke and did not come back.
    ConnectionLost,
    /// View only: no way between the two browsers was found.
    CannotConnect,
    /// View only: this browser cannot make calls.
    NoWebrtc,
    /// View only: the other side's browser cannot.
    PeerNoWebrtc,
    /// View only: it rang too often within a minute.
    TooManyRings,
    /// View only: devices cannot be used.
    Devices,
    /// View only: another device took the ring first.
    ActionAlreadyTaken,
    /// View only: this user is in that call elsewhere.
    AlreadyInCall,
}

impl CallFailure {
    /// The string `createCall`, `joinCallURL` and `hangUp` reject with; for the view-only ones their name.
    pub fn as_str(self) -> &'static str {
        match self {
            CallFailure::AnotherCallInProgress => "ANOTHER_CALL_IN_PROGRESS",
            CallFailure::InitiatorNotAvailable => "INITIATOR_NOT_AVAILABLE",
            CallFailure::UsersBusy => "USERS_BUSY_ERROR",
            CallFailure::InvalidPermissionCanVideo => "INVALID_PERMISSION_CAN_VIDEO",
            CallFailure::Generic => "GENERIC_CALL_ERROR",
            CallFailure::JoinInvalidUrl => "JOIN_CALL_INVALID_URL",
            CallFailure::JoinRequestFailed => "JOIN_CALL_REQUEST_FAILED",
            CallFailure::JoinInvalidMtm => "JOIN_CALL_INVALID_MTM",
            CallFailure::HangUpOnEndedCall => "HANG_UP_ON_ENDED_CALL",
            CallFailure::NotRinging => "invalid_call_status",
            CallFailure::AnswerFailed => "dial_answer_error",
            CallFailure::ConnectionLost => "SOCKET_CALL_ERROR",
            CallFailure::CannotConnect => "CONNECTION_ERROR",
            CallFailure::NoWebrtc => "WEBRTC_ERROR",
            CallFailure::PeerNoWebrtc => "PEER_WEBRTC_ERROR",
            CallFailure::TooManyRings => "TOO_MANY_CALLS",
            CallFailure::Devices => "GUM_ERROR",
            CallFailure::ActionAlreadyTaken => "ACTION_ALREADY_TAKEN",
            CallFailure::AlreadyInCall => "MULTIPLE_SOCKET_ERROR",
        }
    }
}

/// What the host page is told when the server refuses a new call, or does not answer.
pub(crate) fn of_create(failure: Option<&Failure>) -> CallFailure {
    match failure.map(|failure| failure.code) {
        Some(ErrorCode::InitiatorNotAvailable) => CallFailure::InitiatorNotAvailable,
        Some(ErrorCode::CalleeBusy) => CallFailure::UsersBusy,
        Some(ErrorCode::VideoNotPermitted) => CallFailure::InvalidPermissionCanVideo,
        Some(ErrorCode::TooManyRings) => CallFailure::TooManyRings,
        Some(_) | None => CallFailure::Generic,
    }
}

/// The same for a link.
pub(crate) fn of_join(failure: Option<&Failure>) -> CallFailure {
    match failure.map(|failure| failure.code) {
        Some(ErrorCode::CallLinkInvalid | ErrorCode::CallLinkForeign | ErrorCode::InvalidRequest) => {
            CallFailure::JoinInvalidUrl
        }
        Some(ErrorCode::CallTooLarge) => CallFailure::JoinInvalidMtm,
        Some(ErrorCode::AlreadyInCall) => CallFailure::AlreadyInCall,
        Some(_) | None => CallFailure::JoinRequestFailed,
    }
}

/// It may work a little later, and nothing else has changed.
pub(crate) fn is_passing(failure: &Failure) -> bool {
    matches!(failure.code, ErrorCode::RateLimited | ErrorCode::StorageUnavailable | ErrorCode::ShuttingDown)
}
