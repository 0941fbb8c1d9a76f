//! Everything the widget does to the world. `src/services.rs` matches on this exhaustively.

use crate::api::{ApiCallId, ApiError, ApiReply, ClientEvent};
use crate::media::{MediaWant, ScreenKind};
use crate::saved::SavedMessage;
use crate::timers::TimerId;
use bandyer_protocol::{
    CallAlias, ChatId, ClientEnvelope, ClientMessageId, Farewell, Frame, IceServer, Seq, Signal, UploadId,
    UserAlias, UserProfile,
};

/// One thing to do. Effects are carried out in order, in the turn of the action that caused them.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Sends a frame; the socket is open.
    Send(Box<ClientEnvelope>),
    Socket(SocketCommand),
    /// The page is left: said past the socket, which may be gone already. Nobody hears an answer.
    Farewell(Box<Farewell>),
    Details(DetailsCommand),
    Upload(UploadCommand),
    Store(StoreCommand),
    Media(MediaCommand),
    Rtc(RtcCommand),
    Window(WindowCommand),
    Tone(Tone),
    /// (Re)starts a timer; a running one with the same id starts over.
    StartTimer(TimerId, u32),
    StopTimer(TimerId),
    /// A public event for the host page.
    Emit(ClientEvent),
    /// The one answer to an [`crate::Action::Api`].
    Reply(ApiCallId, Result<ApiReply, ApiError>),
    /// The widget ends itself: everything is unmounted and released. Always the last effect.
    Unmount,
}

/// For the socket service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SocketCommand {
    Open,
    /// Closes without a `Closed` event.
    Close,
}

/// For the service that asks the host for names and pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DetailsCommand {
    /// Asks formatter and provider about these users, in one call of the provider.
    Describe(Vec<UserProfile>),
}

/// For the upload service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadCommand {
    Start {
        client_id: ClientMessageId,
        chat: ChatId,
        file: u32,
        name: String,
    },
    Cancel {
        client_id: ClientMessageId,
    },
    /// The file object is no longer needed.
    Forget {
        file: u32,
    },
    /// Hands the file to the browser's own download, under this name.
    Download {
        chat: ChatId,
        seq: Seq,
        upload: UploadId,
        name: String,
    },
    /// Loads a picture for its preview.
    LoadPicture {
        chat: ChatId,
        seq: Seq,
        upload: UploadId,
    },
    /// Uploads a file for the other side of a call; progress and end come as for a chat.
    StartForCall {
        client_id: ClientMessageId,
        call: CallAlias,
        file: u32,
        name: String,
    },
    /// Downloads a file of a call.
    DownloadOfCall {
        client_id: ClientMessageId,
        upload: UploadId,
        name: String,
    },
    /// Aborts the uploads into one chat and releases its object URLs (chat removed).
    ReleaseChat {
        chat: ChatId,
    },
    /// Aborts all and releases every object URL (log-out).
    ReleaseAll,
}

/// For the media service. Every device that an `Open` asks for is answered by one `Opened` or `Failed` with the same round,
/// but for one that was closed or asked for anew meanwhile: then only the newest question counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaCommand {
    /// Asks the browser for these at once; each wanted one is answered by itself. Device ids are wishes, not demands.
    Open {
        round: u32,
        mic: bool,
        camera: bool,
        mic_id: Option<String>,
        camera_id: Option<String>,
    },
    OpenScreen {
        round: u32,
        kind: ScreenKind,
        extension: String,
    },
    /// A muted microphone is sent as silence; the device stays open. It holds for the one that is open and for every later one of this
    /// call, from its first moment on.
    Mute(bool),
    /// Stops the track and releases the device; one that is still being opened is released when it comes.
    Close(MediaWant),
    /// Lists devices, now and whenever one comes or goes, until [`MediaCommand::Unwatch`].
    Watch,
    Unwatch,
    /// Measures the level of the microphone that is open now (true), or measures no more.
    Measure(bool),
    /// The screen does not go dark while a video call is looked at (true); again as the system likes.
    KeepScreenOn(bool),
    /// The tap that allows sound happened: plays what was blocked.
    Play,
    /// Releases everything. No camera light stays on.
    ReleaseAll,
}

/// For the WebRTC service agent. It sends what the own slots hold, and follows them by itself.
#[derive(Debug, Clone, PartialEq)]
pub enum RtcCommand {
    /// It rings, and the caller has described itself: a connection takes that in and says nothing. Nothing leaves the
    /// browser.
    Prepare {
        round: u32,
        /// That of the offer.
        number: u64,
        offer: String,
    },
    /// A connection for a new call, the prepared one if there is one; one of an earlier call is closed. The side that
    /// offers makes its first offer at once, under that number.
    Open {
        round: u32,
        offers: bool,
        offer_number: u64,
        ice_servers: Vec<IceServer>,
    },
    /// From the other side.
    Signal(Signal),
    /// Starts ICE over, with fresh servers when there are any.
    Restart {
        ice_servers: Vec<IceServer>,
    },
    /// For the other side's page, past the server; see [`bandyer_protocol::frame`]. One that does not go is reported.
    Frame(Frame),
    Close,
}

/// For the service that opens the window of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WindowCommand {
    /// Opens it, which a browser allows within the click that calls or accepts; answered at once by
    /// [`crate::action::WindowEvent::Opened`] or `Blocked`.
    Open,
    /// This is the call that the window may take.
    Admit { call: CallAlias },
    /// Brings it to front; one that is not to be found is opened anew, and reported so.
    Focus,
    /// It is not needed any more.
    Close,
}

/// For the tone service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Somebody calls.
    Ring,
    /// It rings at the other side.
    RingBack,
    Silence,
}

/// For the storage of this device. None of these may fail loudly: what cannot be kept is not kept. They change only
/// what this page has read or written itself, and as it knows it: other pages of the user keep their texts there too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreCommand {
    /// Reads what is kept for this user; answered by [`crate::Action::Restored`].
    Load {
        user: UserAlias,
    },
    SaveMessage(SavedMessage),
    ForgetMessage {
        client_id: ClientMessageId,
    },
    /// An empty text forgets the draft.
    SaveDraft {
        chat: ChatId,
        text: String,
    },
    /// The chat was removed: its draft and unsent messages go.
    ForgetChat {
        chat: ChatId,
    },
}
