//! Everything that happens to the widget. Facts, not orders: what to do about them is for `update` to decide.

use crate::api::{ApiCall, ApiCallId};
use crate::calendar::TimeZone;
use crate::media::{Devices, MediaProblem, MediaSlot, MediaWant, Quality, ScreenKind};
pub use crate::saved::{Saved, SavedMessage};
use crate::timers::TimerId;
use bandyer_protocol::{
    CallType, ChatId, ClientMessageId, Frame, Seq, ServerEnvelope, Signal, UploadReceipt, UserAlias,
};
use std::rc::Rc;

/// Everything `update` reacts to.
#[derive(Debug, Clone)]
pub enum Action {
    /// The host page called a method; exactly one [`crate::Effect::Reply`] with the same id answers it.
    Api(ApiCallId, ApiCall),
    /// The person in front of the screen did something.
    User(UserAction),
    /// A frame arrived.
    Server(Box<ServerEnvelope>),
    Socket(SocketEvent),
    Details(DetailsEvent),
    Upload(UploadEvent),
    Media(MediaEvent),
    Rtc(RtcEvent),
    Window(WindowEvent),
    /// What was saved on this device earlier: the one answer to [`crate::effect::StoreCommand::Load`], empty when
    /// nothing is there or it cannot be read. Nothing is sent before it.
    Restored(Saved),
    /// Another page of this user changed the kept draft of a chat, from what was known here to this; empty: took it
    /// away.
    DraftElsewhere {
        chat: ChatId,
        before: String,
        text: String,
    },
    /// A timer started by an effect ran out.
    Timer(TimerId),
    /// The browser says that the network is back, or the page is visible again: worth trying to reconnect now.
    Awake,
    /// The device is in another time zone now.
    TimeZone(Rc<TimeZone>),
    /// The page can be seen from now on, or not: its tab came to front, or went.
    Visible(bool),
    /// The page is being left for good: a call ends now, while there is still a line to say so.
    Leaving,
}

/// What the person in front of the screen can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserAction {
    Panel(PanelAction),
    Chat(ChatAction),
    Call(CallAction),
    /// The button of the session-expired and force-disconnect views: logs out and unmounts.
    LeaveInactive,
}

impl From<PanelAction> for UserAction {
    fn from(action: PanelAction) -> Self {
        UserAction::Panel(action)
    }
}

impl From<ChatAction> for UserAction {
    fn from(action: ChatAction) -> Self {
        UserAction::Chat(action)
    }
}

impl From<CallAction> for UserAction {
    fn from(action: CallAction) -> Self {
        UserAction::Call(action)
    }
}

/// What can be done in the panel itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PanelAction {
    /// The launcher: opens a closed panel and closes an open one.
    Toggle,
    Close,
    Search {
        /// As typed.
        text: String,
        /// What it is compared by, see [`crate::letters::key`].
        key: String,
    },
    FilterOnline(bool),
    BackToList,
    /// Puts away the short notice.
    DismissNotice,
}

/// What can be done in the list of chats and in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatAction {
    Open(ChatId),
    /// The composer's text changed to this.
    Draft {
        chat: ChatId,
        text: String,
    },
    /// Enter or the send button: sends the draft of that chat.
    SendDraft {
        chat: ChatId,
    },
    /// "Not sent" → try again.
    Retry {
        chat: ChatId,
        client_id: ClientMessageId,
    },
    /// Gives up a message or upload that is not stored yet.
    Discard {
        chat: ChatId,
        client_id: ClientMessageId,
    },
    /// Files picked, dropped or pasted. The service keeps the file objects under their numbers.
    AttachFiles {
        chat: ChatId,
        files: Vec<PickedFile>,
    },
    DownloadFile {
        chat: ChatId,
        seq: Seq,
    },
    /// A picture came into view and its preview is wanted.
    ShowPicture {
        chat: ChatId,
        seq: Seq,
    },
    /// The thread was scrolled near its upper end.
    NeedOlder {
        chat: ChatId,
    },
    /// What of the open thread stands on the screen now.
    Looked {
        chat: ChatId,
        /// Its end does.
        at_bottom: bool,
        /// The lowest stored message of which a good part does; `None` while nothing can be seen.
        lowest: Option<Seq>,
    },
}

/// What can be done in the views of calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallAction {
    /// One of the call buttons of a conversation, or "call back" of a missed call.
    Start {
        chat: ChatId,
        call_type: CallType,
    },
    Accept,
    Decline,
    /// The red button: stops an outgoing ring, hangs up a call.
    HangUp,
    /// Muted is sent as silence.
    ToggleMic,
    /// Off releases the camera.
    ToggleCamera,
    ShareScreen(ScreenKind),
    StopScreen,
    /// Leaves dial or call view for the chat; the call goes on.
    BackToChat,
    BackToCall,
    ToggleFullScreen,
    /// The settings were opened (true) or closed: the level is measured while they are open.
    Settings(bool),
    ChooseMic(String),
    ChooseCamera(String),
    /// "Allow": asks the browser again for what failed.
    AskAgain(MediaWant),
    /// The tap that lets the browser play sound.
    AllowPlayback,
    /// Opens the window of the call once more, within this click.
    OpenWindow,
    /// Brings it to front.
    FocusWindow,
    /// The call goes on in this page, and not in a window of its own.
    GoOnHere,
    /// Puts the error view away.
    DismissFailure,
    DismissSnack,
    /// Files for the other side of the call.
    ShareFiles(Vec<PickedFile>),
    CancelShare {
        id: ClientMessageId,
    },
    RetryShare {
        id: ClientMessageId,
    },
    DownloadShared {
        id: ClientMessageId,
    },
    SendFeedback {
        /// 1 to 5.
        rating: u8,
        comment: String,
    },
    CloseFeedback,
}

/// A file the user chose; `file` names it in the upload service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickedFile {
    pub file: u32,
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// True when the browser believes it is a picture; the server decides.
    pub picture: bool,
}

/// News of the one socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SocketEvent {
    Opened,
    /// The socket is gone: it never opened, or it closed, or an envelope could not be read.
    Closed,
}

/// What formatter and provider of the host say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DetailsEvent {
    /// The name and picture to show for a user; may come twice, first from the platform, then from the host.
    Resolved {
        user: UserAlias,
        name: String,
        /// What the name is searched by, see [`crate::letters::key`].
        key: String,
        image: Option<String>,
    },
}

/// News of files on their way up or down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadEvent {
    /// `sent` of `total` bytes are on the server.
    Progress {
        client_id: ClientMessageId,
        sent: u64,
        total: u64,
    },
    Stored {
        client_id: ClientMessageId,
        receipt: Box<UploadReceipt>,
    },
    Failed {
        client_id: ClientMessageId,
        code: UploadFailure,
    },
    /// A preview picture is ready under an object URL.
    Picture {
        chat: ChatId,
        seq: Seq,
        url: String,
    },
    /// A download could not be started or a preview not be loaded.
    DownloadFailed {
        chat: ChatId,
        seq: Seq,
    },
}

/// News of microphones, cameras, screens and sound. `round` is that of the command; one of an earlier call is not heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaEvent {
    /// The slot holds a live track now; `device` is its id.
    Opened {
        round: u32,
        want: MediaWant,
        device: Option<String>,
    },
    /// `named` says whether the browser names a device of that kind, which it does only when it is allowed.
    Failed {
        round: u32,
        want: MediaWant,
        problem: MediaProblem,
        named: bool,
    },
    /// A track ended by itself: unplugged, or the browser's own "stop sharing".
    Ended {
        round: u32,
        want: MediaWant,
    },
    Devices(Devices),
    /// 0 to 3 bars.
    Level(u8),
    PlaybackBlocked,
    PlaybackAllowed,
}

/// News of the connection between the browsers, of the call with that round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RtcEvent {
    /// To be sent to the other side.
    Signal {
        round: u32,
        signal: Signal,
    },
    Connected {
        round: u32,
    },
    /// Nothing arrives any more, or the connection failed: worth starting over.
    Broken {
        round: u32,
    },
    /// One of the other side's streams carries something, or nothing any more.
    Stream {
        round: u32,
        slot: MediaSlot,
        live: bool,
    },
    Quality {
        round: u32,
        quality: Quality,
    },
    /// From the other side's page, past the server.
    Frame {
        round: u32,
        frame: Frame,
    },
    /// A frame did not go: there is no channel, or too much waits in it.
    FrameLost {
        round: u32,
    },
    /// There is no connection to be had, or none that can be started over.
    Failed {
        round: u32,
        problem: RtcProblem,
    },
}

/// News of the window that a call is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowEvent {
    Opened,
    Blocked(WindowBlock),
    /// The person closed it.
    Closed,
}

/// Why there is no window for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowBlock {
    /// The browser's blocker: a click of the person opens it all the same.
    Blocker,
    /// The page lies in a frame whose sandbox allows none.
    Sandbox,
    /// It was opened, and never took the call.
    NeverCame,
}

/// Why there is no connection between the browsers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RtcProblem {
    /// The browser has no WebRTC, or the page or a policy forbids it.
    Unsupported,
    /// A description could not be made, or was not understood.
    Negotiation,
}

/// Why a file did not get to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadFailure {
    TooLarge,
    /// The network broke; worth a retry.
    Network,
    /// The server refused it.
    Refused,
}
