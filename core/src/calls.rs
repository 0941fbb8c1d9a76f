//! The slice of calls: the one call there may be, from the first ring to the thank-you after the feedback. Browser
//! objects never enter here: tracks and connections are the services', known by [`MediaSlot`].

mod active;
mod answers;
mod ask;
mod begin;
mod closing;
mod devices;
mod dial;
mod files;
mod hear;
mod rtc;

pub mod media;

pub use ask::CallQuestion;
pub(crate) use hear::is_event;
pub use media::{
    Device, Devices, LocalMedia, MediaProblem, MediaSlot, MediaWant, Quality, ScreenKind, Source,
};

use crate::api::{CallId, CallInfo};
use bandyer_protocol::{
    Call, CallAlias, ClientMessageId, MediaState, Seat, SharedFile, Signal, Timestamp, UserAlias,
};
use std::rc::Rc;

/// Calls, as far as this device knows them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Calls {
    pub stage: Stage,
    /// The dial or call view stands over the chat; false after "back to chat". Dial views of an incoming ring are always
    /// in front.
    pub in_front: bool,
    /// The call view fills the page.
    pub full_screen: bool,
    /// The error view, until it is put away.
    pub failure: Option<CallFailure>,
    /// The feedback view, until it is closed.
    pub feedback: Option<FeedbackView>,
    /// How visible the widget was before a call brought it up; it goes back to that afterwards.
    pub before: Option<Visibility>,
    /// What this side sends, from the dial on.
    pub local: LocalMedia,
    pub devices: Devices,
    /// The browser plays no sound before a tap.
    pub playback_blocked: bool,
    /// Files of the present call, both directions, oldest first.
    pub files: Rc<Vec<CallFile>>,
    /// Numbers calls of this device; what a service says about an earlier one is not heard.
    pub round: u32,
    /// Makes keys and file ids unique; see [`crate::State::new`].
    pub seed: String,
    pub next_id: u32,
    /// Signals the server has not confirmed yet, oldest first.
    pub outbox: Vec<(u32, Signal)>,
    pub next_signal: u32,
}

/// Where the call stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Stage {
    #[default]
    Idle,
    /// `createCall` or `joinCallURL` was not answered by the server yet.
    Requested(Requested),
    Dial(Dial),
    Active(Active),
    /// Declined, stopped or hung up here, and not confirmed by the server yet. Nothing of it is shown.
    Closing(Closing),
}

/// The end of a call, until the server has confirmed it.
#[derive(Debug, Clone, PartialEq)]
pub struct Closing {
    pub info: CallInfo,
    /// What the host page is told.
    pub end: Ending,
    /// `hangUp` calls that wait.
    pub api: Vec<CallId>,
}

/// How a call was ended on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Declined,
    Stopped,
    HungUp,
}

/// A call that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Requested {
    /// The call of the host page that waits, when it was not a button.
    pub api: Option<CallId>,
    /// The one who is called; `None` for a link.
    pub callee: Option<UserAlias>,
    pub video: bool,
}

/// It rings.
#[derive(Debug, Clone, PartialEq)]
pub struct Dial {
    pub call: Rc<Call>,
    pub direction: Direction,
    pub state: DialState,
    /// This device's place; `None` while an incoming ring is not accepted.
    pub seat: Option<Seat>,
    pub is_admin: bool,
}

/// How far a ring is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialState {
    Ringing,
    /// Accepted on this device; the server has not said yet that it was the first.
    Accepted,
}

/// Who called. The public words are `outgoing` and `incoming`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Outgoing,
    Incoming,
}

impl Direction {
    /// The public word.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Outgoing => "outgoing",
            Direction::Incoming => "incoming",
        }
    }
}

/// Both sides are in, or this one waits for the other at the end of a link.
#[derive(Debug, Clone, PartialEq)]
pub struct Active {
    pub call: Rc<Call>,
    pub direction: Direction,
    pub seat: Seat,
    pub is_admin: bool,
    pub link: Link,
    /// When `call_started` was told; `None` while this side waits for the other.
    pub started_at: Option<Timestamp>,
    /// Video is allowed now: from the start, or since the upgrade.
    pub video: bool,
    /// What the other side says it sends.
    pub peer: MediaState,
    /// Which of the other side's streams carry something.
    pub peer_streams: PeerStreams,
    pub quality: Quality,
    /// The other side's line to the server is down.
    pub peer_line_down: bool,
    /// Milliseconds until the room's time is up, and when that was said.
    pub ends_soon: Option<(u32, Timestamp)>,
    /// A line in the call view that goes away by itself.
    pub snack: Option<Snack>,
}

/// Streams of the other side that carry something now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PeerStreams {
    pub audio: bool,
    pub camera: bool,
    pub screen: bool,
}

/// The connection between the two browsers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The other side is not there yet.
    Waiting,
    Connecting,
    Connected,
    /// It broke; being mended.
    Reconnecting,
}

/// What to restore after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visibility {
    pub shown: bool,
    pub expanded: bool,
}

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
    /// View only: the call broke and did not come back.
    ConnectionLost,
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
            CallFailure::ConnectionLost => "SOCKET_CALL_ERROR",
            CallFailure::Devices => "GUM_ERROR",
            CallFailure::ActionAlreadyTaken => "ACTION_ALREADY_TAKEN",
            CallFailure::AlreadyInCall => "MULTIPLE_SOCKET_ERROR",
        }
    }
}

/// The view after a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedbackView {
    pub call: CallAlias,
    /// The thank-you page is shown.
    pub sent: bool,
}

/// A file given or received in the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFile {
    /// Names it in the upload service and the views.
    pub id: ClientMessageId,
    /// The picked file, for another attempt.
    pub file: Option<u32>,
    pub name: String,
    /// Bytes.
    pub size: u64,
    pub state: CallFileState,
}

/// How far a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallFileState {
    Uploading {
        sent: u64,
    },
    UploadFailed {
        too_large: bool,
    },
    /// The other side has it in its list.
    Given(SharedFile),
    /// From the other side; `fresh` until it was downloaded.
    Received {
        shared: SharedFile,
        fresh: bool,
        failed: bool,
    },
}

/// A line in the call view. The words are the views'.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Snack {
    Problem(MediaWant, MediaProblem),
    /// A microphone, camera or screen ended by itself.
    DeviceEnded(MediaWant),
    AudioOnlyCall,
    CannotVideo,
    NoMicrophone,
    NewFile,
    FileFailed,
    Reconnected,
    EndsSoon,
}

/// Which view of calls covers the panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallFront {
    Dial,
    Call,
    Failure(CallFailure),
    Feedback,
}

impl Calls {
    /// The slice before the first call; `seed` as for [`crate::State::new`].
    pub fn new(seed: &str) -> Self {
        Self { seed: seed.to_owned(), ..Self::default() }
    }

    /// A call is asked for, rings, or goes on.
    pub fn is_busy(&self) -> bool {
        self.stage != Stage::Idle
    }

    /// A call that can be seen: one that is being closed cannot.
    pub fn is_shown(&self) -> bool {
        match self.stage {
            Stage::Requested(_) | Stage::Dial(_) | Stage::Active(_) => true,
            Stage::Idle | Stage::Closing(_) => false,
        }
    }

    /// The view that covers the panel; `None` while the chat is in front.
    pub fn front(&self) -> Option<CallFront> {
        match &self.stage {
            Stage::Dial(dial) if dial.is_unanswered() => Some(CallFront::Dial),
            Stage::Requested(_) | Stage::Dial(_) if self.in_front => Some(CallFront::Dial),
            Stage::Active(_) if self.in_front => Some(CallFront::Call),
            Stage::Requested(_) | Stage::Dial(_) | Stage::Active(_) => None,
            Stage::Idle | Stage::Closing(_) => {
                let feedback = self.feedback.as_ref().map(|_| CallFront::Feedback);
                feedback.or(self.failure.map(CallFront::Failure))
            }
        }
    }

    /// The call, when there is one by name.
    pub fn info(&self) -> Option<CallInfo> {
        let (call, direction) = match &self.stage {
            Stage::Dial(dial) => (&dial.call, dial.direction),
            Stage::Active(active) => (&active.call, active.direction),
            Stage::Closing(closing) => return Some(closing.info.clone()),
            Stage::Idle | Stage::Requested(_) => return None,
        };
        Some(CallInfo { call: Rc::clone(call), direction })
    }

    /// The call of that name is the present one.
    pub(crate) fn is_about(&self, call: &CallAlias) -> bool {
        self.info().is_some_and(|info| &info.call.call == call)
    }

    fn new_id(&mut self) -> Option<ClientMessageId> {
        self.next_id += 1;
        ClientMessageId::parse(&format!("{}-call-{}", self.seed, self.next_id)).ok()
    }
}

impl Dial {
    pub(crate) fn is_incoming(&self) -> bool {
        self.direction == Direction::Incoming
    }

    /// It rings here, and nobody has decided yet.
    pub fn is_unanswered(&self) -> bool {
        self.direction == Direction::Incoming && self.state == DialState::Ringing
    }
}
