//! The slice of calls: the one call there may be, from the first ring to the thank-you after the feedback. Browser
//! objects never enter here: tracks and connections are the services', known by [`MediaSlot`].

mod active;
mod answers;
mod ask;
mod begin;
mod closing;
mod devices;
mod dial;
mod entered;
mod feedback;
mod files;
mod hear;
mod outbox;
mod pulse;
mod recovery;
mod rtc;
mod window;

pub use crate::api::{ApiCallId, CallFailure, CallInfo, Direction};
pub use crate::media::{
    Device, Devices, LocalMedia, MediaProblem, MediaSlot, MediaWant, Quality, ScreenKind, Source,
};
pub use files::{CallFile, CallFileState};
pub(crate) use recovery::Back;
pub use window::CallWindow;

pub use pulse::{Beat, Pulse, StatEntry, Vitals};

use crate::options::Tools;
use bandyer_protocol::{
    Call, CallAlias, ClientMessageId, HangUpReason, MediaState, Seat, Timestamp, UploadId, UserAlias,
};
use devices::InDoubt;
use outbox::Outbox;
use std::rc::Rc;

/// Calls, as far as this device knows them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Calls {
    pub stage: Stage,
    /// The dial or call view stands over the chat; false after "back to chat". Dial views of an incoming ring are always
    /// in front.
    pub in_front: bool,
    /// The window of its own that the call has, or is to have; `None` for one that is in this page. Devices and the
    /// connection are that window's then.
    pub window: Option<CallWindow>,
    /// The call was asked for to be here after all, and the server has not said yet that it is.
    taking: bool,
    /// This page is the window of a call.
    is_window: bool,
    /// The host page was told nothing of this call, which another page of the user began.
    untold: bool,
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
    /// The person muted the microphone; one that is opened later is muted too.
    muted: bool,
    in_doubt: InDoubt,
    /// The server was asked to make it a video call, for the camera that is wanted.
    upgrading: bool,
    settings_open: bool,
    /// `answer` of the host page waits for this device to be in.
    answering: Option<ApiCallId>,
    /// What the other side was told last of what is sent.
    told: Option<MediaState>,
    /// How often a new way was looked for since the last one was lost.
    mends: u32,
    /// What the server was told last of the connection.
    link_told: Option<bool>,
    pub devices: Devices,
    /// The browser plays no sound before a tap.
    pub playback_blocked: bool,
    /// Files of the present call, both directions, oldest first.
    pub files: Rc<Vec<CallFile>>,
    /// Uploaded, and not given to the other side yet.
    to_share: Vec<(ClientMessageId, UploadId)>,
    /// Numbers calls of this device; what a service or an answer says about an earlier one is not heard.
    pub round: u32,
    /// Makes keys and file ids unique; see [`crate::State::new`].
    pub seed: String,
    pub next_id: u32,
    outbox: Outbox,
    place: Place,
    /// What the server gives this user in the present call.
    tools: Option<Tools>,
    /// A call that was asked for, and of which nobody here knows whether it came to be: it is given up.
    orphan: Option<ClientMessageId>,
}

/// Whether the server hears this device in its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    /// It does, or there is no place to be in.
    #[default]
    Taken,
    /// The line is down.
    Away,
    /// The line is back, and the place was asked for.
    Returning,
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
    /// What the server is told.
    pub reason: HangUpReason,
    /// The place this device had; `None` for a ring that was declined.
    pub seat: Option<Seat>,
    /// `call_started` was told.
    pub started: bool,
    /// The server was asked to end it at least once.
    pub said: bool,
    /// `hangUp` calls that wait.
    pub api: Vec<ApiCallId>,
}

/// How a call was ended on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Declined,
    Stopped,
    HungUp,
    /// Given up before the server had created it: the host page never knew of it.
    Unwanted,
}

/// A call that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Requested {
    /// The call of the host page that waits, when it was not a button.
    pub api: Option<ApiCallId>,
    /// What the server knows the call by; `None` for a link.
    pub key: Option<ClientMessageId>,
    /// The one who is called; `None` for a link.
    pub callee: Option<UserAlias>,
    pub video: bool,
    /// The person does not want it any more; it ends as soon as it has a name.
    pub given_up: bool,
    /// The other side was faster: this rings as soon as the own call was refused.
    pub ring: Option<Rc<Call>>,
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

/// Both sides are in, or this one waits for the other at the end of a link.
#[derive(Debug, Clone, PartialEq)]
pub struct Active {
    pub call: Rc<Call>,
    pub direction: Direction,
    pub seat: Seat,
    pub is_admin: bool,
    /// `call_dial_answered` was told, or nothing rang.
    pub answered: bool,
    pub link: Link,
    /// When `call_started` was told; `None` while this side waits for the other.
    pub started_at: Option<Timestamp>,
    /// When the browsers were connected for the first time, by the server's clock.
    pub connected_at: Option<Timestamp>,
    /// Video is allowed now: from the start, or since the upgrade.
    pub video: bool,
    /// What the other side says it sends.
    pub peer: MediaState,
    /// Which of the other side's streams carry something.
    pub peer_streams: PeerStreams,
    pub quality: Quality,
    /// The other side's page hears frames; see [`bandyer_protocol::frame`].
    pub hears_frames: bool,
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

/// The view after a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedbackView {
    pub call: CallAlias,
    /// The thank-you page is shown.
    pub sent: bool,
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

impl Snack {
    /// Why a device does not work, in one line.
    fn of_device(want: MediaWant, problem: MediaProblem) -> Self {
        match (want, problem) {
            (MediaWant::Mic, MediaProblem::NotFound) => Snack::NoMicrophone,
            (want, problem) => Snack::Problem(want, problem),
        }
    }
}

/// Which view of calls covers the panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallFront {
    Dial,
    Call,
    /// The call has a window of its own, or there is trouble with it.
    Window(CallWindow),
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
            Stage::Requested(Requested { given_up, .. }) => !given_up,
            Stage::Dial(_) | Stage::Active(_) => true,
            Stage::Idle | Stage::Closing(_) => false,
        }
    }

    /// The view that covers the panel; `None` while the chat is in front.
    pub fn front(&self) -> Option<CallFront> {
        let view = match &self.stage {
            Stage::Dial(dial) if dial.is_unanswered() => return Some(CallFront::Dial),
            Stage::Requested(_) | Stage::Dial(_) => match self.window {
                Some(window @ CallWindow::Blocked(_)) => CallFront::Window(window),
                Some(CallWindow::Opening | CallWindow::There) | None => CallFront::Dial,
            },
            Stage::Active(_) => self.window.map_or(CallFront::Call, CallFront::Window),
            Stage::Idle | Stage::Closing(_) => return self.afterwards(),
        };
        if self.is_shown() { Some(view).filter(|_| self.in_front) } else { self.afterwards() }
    }

    /// What is in front without a call.
    fn afterwards(&self) -> Option<CallFront> {
        let feedback = self.feedback.as_ref().map(|_| CallFront::Feedback);
        feedback.or(self.failure.map(CallFront::Failure))
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

    /// The present call, when it is the one of that name.
    fn info_of(&self, call: &CallAlias) -> Option<CallInfo> {
        self.info().filter(|info| &info.call.call == call)
    }

    /// The call of that name is the present one.
    pub(crate) fn is_about(&self, call: &CallAlias) -> bool {
        self.info_of(call).is_some()
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
