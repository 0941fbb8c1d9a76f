//! The hands of the widget: carries out every effect and reports back with actions.

mod call_window;
pub mod clock;
mod http;
pub mod media;
mod page;
pub mod rtc_agent;
mod screen_extension;
mod socket;
mod storage;
mod timers;
pub mod tones;
pub mod uploads;
pub mod user_details;

use crate::desk::link::DeskLink;
use crate::files::Files;
use crate::store::Store;
use crate::tracks::Tracks;
use bandyer_core::effect::{DetailsCommand, MediaCommand, SocketCommand};
use bandyer_core::{Action, ApiCallId, ApiError, ApiReply, ClientEvent, Effect};
use call_window::CallWindows;
use media::Media;
use page::Page;
use rtc_agent::RtcAgent;
use socket::Socket;
use std::rc::Rc;
use storage::Storage;
use timers::Timers;
use tones::Tones;
use uploads::Uploads;
use user_details::{HostFunctions, UserDetails};
use wasm_bindgen::JsValue;
use web_sys::{Document, Window};

/// Effects that are not for a service: the way to the host page, and the widget's own end.
pub trait Outside {
    fn emit(&self, event: ClientEvent);
    fn reply(&self, call: ApiCallId, reply: Result<ApiReply, ApiError>);
    fn unmount(&self);
}

/// All services of one widget.
pub struct Services {
    socket: Socket,
    timers: Rc<Timers>,
    storage: Storage,
    details: UserDetails,
    uploads: Uploads,
    media: Media,
    rtc: RtcAgent,
    tones: Tones,
    windows: CallWindows,
    outside: Box<dyn Outside>,
    page: Page,
}

/// Where the widget lives and whom it talks to.
pub struct Place<'a> {
    pub window: &'a Window,
    pub document: &'a Document,
    /// The server's address without a slash at the end.
    pub server: &'a str,
    /// What opens the window of a call; see `loader/call-window.js`.
    pub call_window: JsValue,
}

impl Services {
    pub fn new(
        store: &Store,
        files: Files,
        tracks: Tracks,
        desk: DeskLink,
        place: &Place,
        host: HostFunctions,
        outside: Box<dyn Outside>,
    ) -> Self {
        let timers = Rc::new(Timers::new(store.clone()));
        Self {
            socket: Socket::new(store.clone(), place.server, desk),
            storage: Storage::new(place.window, store.clone(), place.server),
            details: details(store, place.server, host),
            uploads: uploads(store, place.server, files),
            media: Media::new(store.clone(), tracks.clone()),
            rtc: RtcAgent::new(store.clone(), tracks, place.server),
            tones: Tones::new(place.window),
            windows: CallWindows::new(store.clone(), place.call_window.clone()),
            outside,
            page: Page::new(place, store, &timers),
            timers,
        }
    }

    pub fn run(&self, effect: Effect) {
        match effect {
            Effect::Send(envelope) => self.socket.send(&envelope),
            Effect::Farewell(farewell) => self.page.say_farewell(&farewell),
            Effect::Socket(SocketCommand::Open) => self.socket.open(),
            Effect::Socket(SocketCommand::Close) => self.socket.close(),
            Effect::Details(DetailsCommand::Describe(profiles)) => self.details.describe(profiles),
            Effect::Upload(command) => self.uploads.run(command),
            Effect::Store(command) => self.storage.run(command),
            Effect::Media(MediaCommand::Play) => self.rtc.play(),
            Effect::Media(command) => self.media.run(command),
            Effect::Rtc(command) => self.rtc.run(command),
            Effect::Window(command) => self.windows.run(command),
            Effect::Tone(tone) => self.tones.play(tone),
            Effect::StartTimer(id, ms) => self.timers.start(id, ms),
            Effect::StopTimer(id) => self.timers.stop(&id),
            Effect::Emit(event) => self.outside.emit(event),
            Effect::Reply(call, reply) => self.outside.reply(call, reply),
            Effect::Unmount => self.outside.unmount(),
        }
    }
}

fn details(store: &Store, server: &str, host: HostFunctions) -> UserDetails {
    let told = store.clone();
    UserDetails::new(server, host, move |event| told.dispatch(Action::Details(event)))
}

fn uploads(store: &Store, server: &str, files: Files) -> Uploads {
    let (asked, told) = (store.clone(), store.clone());
    let token = move || asked.state().session.token.clone();
    Uploads::new(server, files, token, move |event| told.dispatch(Action::Upload(event)))
}

impl Drop for Services {
    fn drop(&mut self) {
        self.socket.close();
        self.timers.stop_all();
        self.uploads.release_all();
        self.rtc.close();
        self.media.release_all();
        self.tones.silence();
    }
}
