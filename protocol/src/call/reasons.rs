//! Why a ring or a call ended.

use serde::{Deserialize, Serialize};

/// Why somebody did not take a call. The public words stand in `call_dial_declined`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineReason {
    /// The decline button.
    None,
    DoNotDisturb,
    NoAnswer,
    AnsweredAnotherCall,
    /// Something else; also a reason of a later server.
    #[serde(other)]
    Error,
}

impl DeclineReason {
    /// The public word.
    pub fn as_str(self) -> &'static str {
        match self {
            DeclineReason::None => "none",
            DeclineReason::DoNotDisturb => "do_not_disturb",
            DeclineReason::NoAnswer => "no_answer",
            DeclineReason::Error => "error",
            DeclineReason::AnsweredAnotherCall => "answered_another_call",
        }
    }
}

/// Why a ring ended without a call. The public words stand in `call_dial_stopped`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    None,
    /// The caller gave up.
    Hangup,
    Declined,
    /// Another device of the same user accepted.
    AnsweredOnAnotherDevice,
    /// Another device of the same user declined.
    DeclinedOnAnotherDevice,
    /// Nobody answered in time.
    DialTimeout,
    AnsweredAnotherCall,
    /// The caller vanished, or a participant was removed, or the room was closed; also a reason of a later server.
    #[serde(other)]
    Error,
}

impl StopReason {
    /// The public word.
    pub fn as_str(self) -> &'static str {
        match self {
            StopReason::None => "none",
            StopReason::Error => "error",
            StopReason::Hangup => "hangup",
            StopReason::Declined => "declined",
            StopReason::AnsweredOnAnotherDevice => "answered_on_another_device",
            StopReason::DeclinedOnAnotherDevice => "declined_on_another_device",
            StopReason::DialTimeout => "dial_timeout",
            StopReason::AnsweredAnotherCall => "answered_another_call",
        }
    }
}

/// Why a call is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    HungUp,
    /// A side was gone for longer than the grace period.
    Vanished,
    /// The room's duration is used up.
    Duration,
    /// No way between the two browsers was found.
    NoWay,
    /// The browser of the one who left cannot make calls.
    NoWebrtc,
    /// The room was disabled or deleted, or a participant was; also a reason of a later server.
    #[serde(other)]
    Closed,
}

/// Why a device leaves a call, or stops its own ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HangUpReason {
    /// Somebody wanted it.
    #[default]
    Wish,
    /// No way to the other browser was found.
    NoWay,
    /// This browser cannot make calls.
    NoWebrtc,
}

impl HangUpReason {
    /// What a call ends with because of it.
    pub fn end(self) -> EndReason {
        match self {
            HangUpReason::Wish => EndReason::HungUp,
            HangUpReason::NoWay => EndReason::NoWay,
            HangUpReason::NoWebrtc => EndReason::NoWebrtc,
        }
    }

    pub(crate) fn is_wish(&self) -> bool {
        *self == HangUpReason::Wish
    }
}
