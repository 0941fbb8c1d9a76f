//! Calls: who calls whom, how it stands, and what the two browsers tell each other through the server. A call is one
//! to one; the room it takes place in keeps its name.

use crate::chat::Attachment;
use crate::client_message::Secret;
use crate::ids::{CallAlias, SessionId, UserAlias};
use crate::presence::UserProfile;
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is sent in a call. The public words are those of the option `callType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallType {
    /// Voice, and no camera ever.
    AudioOnly,
    /// Voice at first; either side may switch a camera on.
    AudioUpgradable,
    /// Voice and camera from the start.
    #[default]
    AudioVideo,
}

impl CallType {
    /// The public word.
    pub fn as_str(self) -> &'static str {
        match self {
            CallType::AudioOnly => "audio_only",
            CallType::AudioUpgradable => "audio_upgradable",
            CallType::AudioVideo => "audio_video",
        }
    }

    /// The type a public word names; `None` for anything else.
    pub fn parse(word: &str) -> Option<Self> {
        [CallType::AudioOnly, CallType::AudioUpgradable, CallType::AudioVideo]
            .into_iter()
            .find(|call_type| call_type.as_str() == word)
    }
}

/// Who starts a recording. The public words are those of the option `recordingType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingType {
    /// It runs from the first to the last moment.
    #[default]
    Automatic,
    /// A participant who is admin starts and stops it.
    Manual,
}

impl RecordingType {
    /// The public word.
    pub fn as_str(self) -> &'static str {
        match self {
            RecordingType::Automatic => "automatic",
            RecordingType::Manual => "manual",
        }
    }

    /// The type a public word names; `None` for anything else.
    pub fn parse(word: &str) -> Option<Self> {
        [RecordingType::Automatic, RecordingType::Manual]
            .into_iter()
            .find(|recording| recording.as_str() == word)
    }
}

/// What the caller wants; `call_type` and the rest become part of the [`Call`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CallRequest {
    pub call_type: CallType,
    pub record: bool,
    pub recording_type: RecordingType,
    /// The caller may start and stop a manual recording.
    pub is_admin: bool,
}

/// A call, the same for both sides and all their devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    pub call: CallAlias,
    /// Who called; absent for a link nobody is the initiator of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initiator: Option<UserAlias>,
    /// Both participants, the initiator first. The first one is impolite: it alone makes offers, so that none collide.
    pub participants: [UserAlias; 2],
    pub call_type: CallType,
    pub record: bool,
    pub recording_type: RecordingType,
    /// True when it rings at the other side; false for links that are only opened.
    pub live: bool,
    pub created_at: Timestamp,
}

impl Call {
    /// The other participant; `None` when `user` does not take part.
    pub fn other(&self, user: &UserAlias) -> Option<&UserAlias> {
        match &self.participants {
            [first, second] if first == user => Some(second),
            [first, second] if second == user => Some(first),
            _ => None,
        }
    }
}

/// Where a call stands when a device enters it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallPhase {
    /// It rings at the other side.
    Dialing,
    /// Opened by link, and the other one is not there yet.
    Waiting,
    /// Both are there.
    Connected,
}

/// One device's place in a call: the id of the socket that entered it. Only that device knows it, and may take the
/// place again with it after its line was lost.
pub type Seat = SessionId;

/// The answer to a device that entered a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallEntry {
    pub call: Call,
    pub phase: CallPhase,
    pub seat: Seat,
    /// The other participant.
    pub peer: UserProfile,
    pub ice_servers: Vec<IceServer>,
    /// This user may start and stop a manual recording.
    pub is_admin: bool,
}

/// A ring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dial {
    pub call: Call,
    /// Who calls.
    pub caller: UserProfile,
}

/// A STUN or TURN server. In an address, `{host}` stands for the host under which the widget reached the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceServer {
    pub urls: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<Secret>,
}

/// Why somebody did not take a call. The public words stand in `call_dial_declined`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineReason {
    /// The decline button.
    None,
    DoNotDisturb,
    NoAnswer,
    Error,
    AnsweredAnotherCall,
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
    /// The caller vanished, or a participant was removed, or the room was closed.
    Error,
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
    /// The room was disabled or deleted, or a participant was.
    Closed,
    /// The room's duration is used up.
    Duration,
}

/// What one browser tells the other about their connection. The server passes it on to the other side's seat only. While
/// it rings it takes signals from the caller alone, and keeps them until the accept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    Description {
        kind: SdpKind,
        /// At most [`MAX_SDP_BYTES`].
        sdp: String,
    },
    /// An empty text ends the candidates of a section.
    Candidate {
        /// At most [`MAX_CANDIDATE_BYTES`].
        candidate: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mid: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<u16>,
    },
    /// What this side sends from now on.
    Media(MediaState),
    /// The polite side wants another way between the browsers: the impolite one is to offer anew.
    Restart,
}

/// Longest session description, in bytes.
pub const MAX_SDP_BYTES: usize = 32_768;
/// Longest candidate line, in bytes.
pub const MAX_CANDIDATE_BYTES: usize = 1_024;
/// Longest comment of a feedback, in characters.
pub const MAX_COMMENT_CHARS: usize = 1_000;

/// Half of an offer/answer exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SdpKind {
    Offer,
    Answer,
}

/// What a side sends: false is silence, or no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MediaState {
    pub mic: bool,
    pub camera: bool,
    pub screen: bool,
}

/// A file given to the other side of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedFile {
    pub by: UserAlias,
    pub file: Attachment,
    pub at: Timestamp,
}

/// What a user thought of a call.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// 1 (worst) to 5.
    pub rating: u8,
    /// May be empty; at most [`MAX_COMMENT_CHARS`].
    pub comment: String,
}

impl fmt::Debug for Feedback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Feedback({}, …)", self.rating)
    }
}
