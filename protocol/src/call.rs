//! Calls: who calls whom, how it stands, and what the two browsers tell each other through the server. A call is one
//! to one; the room it takes place in keeps its name.

mod message;
mod reasons;
mod signal;

pub use message::{CallNews, CallRequest};
pub use reasons::{DeclineReason, EndReason, HangUpReason, StopReason};
pub use signal::{MAX_CANDIDATE_BYTES, MAX_SDP_BYTES, MediaState, SdpKind, Signal};

use crate::attachment::Attachment;
use crate::ids::{CallAlias, SessionId, UserAlias};
use crate::profile::UserProfile;
use crate::secret::Secret;
use crate::timestamp::Timestamp;
use crate::tools::Tools;
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
pub struct CallTerms {
    pub call_type: CallType,
    pub record: bool,
    pub recording_type: RecordingType,
    /// The caller may start and stop a manual recording.
    pub is_admin: bool,
    /// The tools the caller's page gives; all of them when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<Tools>,
}

/// A call, the same for both sides and all their devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    pub call: CallAlias,
    /// Who called; absent for a link nobody is the initiator of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initiator: Option<UserAlias>,
    /// Both participants, the initiator first.
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
    /// This device makes every offer, and the other one answers: offers never collide.
    pub offers: bool,
    /// The number of this device's first offer; higher than that of any offer in this call before.
    pub offer_number: u64,
    /// This user may start and stop a manual recording.
    pub is_admin: bool,
    /// What this user may do in the call: what the room gives, of what was asked for.
    #[serde(default = "all_tools")]
    pub tools: Tools,
}

/// A server that says nothing of tools gives all.
fn all_tools() -> Tools {
    Tools::ALL
}

/// A call that this user is in on another device or page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    pub call: Call,
    pub phase: CallPhase,
    /// The other participant.
    pub peer: UserProfile,
    /// It is in a window of its own: the user's other pages may end it, or bring that window to front.
    pub window: bool,
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

/// A file given to the other side of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedFile {
    pub by: UserAlias,
    pub file: Attachment,
    pub at: Timestamp,
}

/// Longest comment of a feedback, in characters.
pub const MAX_COMMENT_CHARS: usize = 1_000;

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
