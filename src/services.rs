//! The hands of the widget: carries out every effect and reports back with actions.

pub mod clock;
mod http;
mod page;
mod socket;
mod storage;
mod timers;
pub mod uploads;
pub mod user_details;

use crate::files::Files;
use crate::store::Store;
use bandyer_core::effect::{DetailsCommand, SocketCommand};
use bandyer_core::{Action, ApiError, ApiReply, CallId, ClientEvent, Effect};
use page::Page;
use socket::Socket;
use std::rc::Rc;
use storage::Storage;
use timers::Timers;
use uploads::Uploads;
use user_details::{HostFunctions, UserDetails};
use web_sys::{Document, Window};

/// Effects that are not for a service: the way to the host page, and the widget's own end.
pub trait Outside {
    fn emit(&self, event: ClientEvent);
    fn reply(&self, call: CallId, reply: Result<ApiReply, ApiError>);
    fn unmount(&self);
}

/// All services of one widget.
pub struct Services {
    socket: Socket,
    timers: Rc<Timers>,
    storage: Storage,
    details: UserDetails,
    uploads: Uploads,
    outside: Box<dyn Outside>,
    _page: Page,
}

/// Where the widget lives and whom it talks to.
pub struct Place<'a> {
    pub window: &'a Window,
    pub document: &'a Document,
    /// The server's address without a slash at the end.
    pub server: &'a str,
}

impl Services {
    pub fn new(
        store: &Store,
        files: Files,
        place: &Place,
        host: HostFunctions,
        outside: Box<dyn Outside>,
    ) -> Self {
        let timers = Rc::new(Timers::new(store.clone()));
        Self {
            socket: Socket::new(store.clone(), place.server),
            storage: Storage::new(store.clone(), place.server),
            details: details(store, place.server, host),
            uploads: uploads(store, place.server, files),
            outside,
            _page: Page::new(place.window, place.document, store, &timers),
            timers,
        }
    }

    pub fn run(&self, effect: Effect) {
        match effect {
            Effect::Send(envelope) => self.socket.send(&envelope),
            Effect::Socket(SocketCommand::Open) => self.socket.open(),
            Effect::Socket(SocketCommand::Close) => self.socket.close(),
            Effect::Details(DetailsCommand::Describe(profiles)) => self.details.describe(profiles),
            Effect::Upload(command) => self.uploads.run(command),
            Effect::Store(command) => self.storage.run(command),
            Effect::Media(_) | Effect::Rtc(_) | Effect::Tone(_) => {}
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
    }
}
