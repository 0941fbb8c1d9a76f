//! Every view with made-up people, for looking at and for measuring: `showcase(host, view, language)`. Only with the
//! cargo feature of the same name. The state comes about as in real life, through the core and a server that is a
//! function ([`fake_server`]).

mod calls;
mod fake_server;
mod people;

use crate::app::{App, AppProps};
use crate::components::ui::video::slot_name;
use crate::desk::link::DeskLink;
use crate::files::Files;
use crate::hooks::Surroundings;
use crate::store::Store;
use crate::styles::Styles;
use crate::theme;
use crate::tracks::Tracks;
use bandyer_core::action::{
    Action, ChatAction, PanelAction, PickedFile, SocketEvent, UploadEvent, UserAction,
};
use bandyer_core::calls::MediaSlot;
use bandyer_core::effect::UploadCommand;
use bandyer_core::options::{Language, Layout, Options, Paint, Tools};
use bandyer_core::{ApiCall, ApiCallId, Effect, State};
use bandyer_protocol::{
    ChatNews, DisconnectReason, ErrorCode, Failure, MessageBody, ServerEnvelope, ServerMessage, SessionNews,
    Timestamp, UserAlias,
};
use fake_server::FakeServer;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Element, ShadowRootInit, ShadowRootMode};
use yew::AppHandle;

/// A view on the page.
#[wasm_bindgen]
pub struct Exhibit {
    store: Store,
    server: Rc<RefCell<FakeServer>>,
    tracks: Tracks,
    app: RefCell<Option<AppHandle<App>>>,
}

/// Mounts a view; see [`arrange`] for their names.
///
/// # Errors
/// When the browser refuses the shadow root.
#[wasm_bindgen]
pub fn showcase(host: &Element, view: &str, language: &str, count: u32) -> Result<Exhibit, JsValue> {
    let document = host.owner_document().ok_or("no document")?;
    let root = host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open))?;
    let wrapper = document.create_element("div")?;
    wrapper.set_class_name("bw-root");
    root.append_child(&wrapper)?;
    let styles = Styles::new(root);
    for sheet in theme::sheets() {
        styles.adopt(sheet);
    }

    let server = Rc::new(RefCell::new(FakeServer::new(people::chats(view, count, now()))));
    let store = Store::new(State::new(options(view, language), "0123456789abcdef"), now);
    answer_effects(view, &store, &server);
    let tracks = Tracks::default();
    let exhibit = Exhibit { store: store.clone(), server, tracks: tracks.clone(), app: RefCell::default() };
    exhibit.arrange(view);
    let surroundings =
        Surroundings { store, styles, files: Files::default(), tracks, desk: DeskLink::default() };
    let app = yew::Renderer::<App>::with_root_and_props(wrapper, AppProps { surroundings }).render();
    *exhibit.app.borrow_mut() = Some(app);
    Ok(exhibit)
}

fn now() -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds are whole and far below 2^53")]
    Timestamp(js_sys::Date::now() as i64)
}

fn options(view: &str, language: &str) -> Options {
    let paint = |background: &str, color: &str| Paint {
        background: Some(background.to_owned()),
        color: Some(color.to_owned()),
    };
    let layout = if view == "painted" {
        Layout {
            header: paint("linear-gradient(90deg, #5b1a8b, #b0328f)", "#fff"),
            launcher: paint("#5b1a8b", "#fff"),
            body: paint("#fff8f0", "#2b1a10"),
            message_sent: paint("#5b1a8b", "#fff"),
            message_received: paint("red; } * { display: none", "javascript:alert(1)"),
            font_family: Some("Georgia, serif".to_owned()),
            ..Layout::default()
        }
    } else {
        Layout::default()
    };
    Options {
        chat: view != "chat-off",
        language: if language == "it" { Language::It } else { Language::En },
        feedback: view.starts_with("feedback"),
        screen_sharing_extension_url: "https://example.com/extension".to_owned(),
        tools: Tools::ALL,
        layout,
        ..Options::default()
    }
}

/// The server answers what is sent; an upload stays half-way.
fn answer_effects(view: &str, store: &Store, server: &Rc<RefCell<FakeServer>>) {
    let (to, server, view) = (store.clone(), Rc::clone(server), view.to_owned());
    store.run_effects(move |effect| match effect {
        Effect::Send(envelope) => {
            let answer = server.borrow_mut().answer(&envelope, now());
            to.dispatch(Action::Server(Box::new(answer)));
        }
        Effect::Upload(UploadCommand::LoadPicture { chat, seq, .. }) => {
            let url = people::picture(seq);
            to.dispatch(Action::Upload(UploadEvent::Picture { chat, seq, url }));
        }
        Effect::Upload(UploadCommand::Start { client_id, .. }) => {
            let half_way = UploadEvent::Progress { client_id, sent: 620_000, total: 1_000_000 };
            to.dispatch(Action::Upload(half_way));
        }
        Effect::Media(command) => {
            for event in calls::devices(&view, &command) {
                to.dispatch(Action::Media(event));
            }
        }
        _ => {}
    });
}

#[wasm_bindgen]
impl Exhibit {
    /// Another message of Anna's arrives; milliseconds until it is in the document and laid out are for the caller.
    pub fn receive(&self, text: &str) {
        let message = self.server.borrow_mut().add(
            &people::chat("anna.rossi"),
            "anna.rossi",
            MessageBody::Text(text.to_owned()),
            now(),
        );
        self.tell(message);
    }

    pub fn typing(&self, user: &str) {
        if let Ok(alias) = UserAlias::parse(user) {
            self.tell(event(ChatNews::Typing { chat: people::chat(user), user: alias }));
        }
    }

    pub fn open(&self, user: &str) {
        self.store.dispatch(Action::User(UserAction::Chat(ChatAction::Open(people::chat(user)))));
    }

    pub fn go_offline(&self) {
        self.store.dispatch(Action::Socket(SocketEvent::Closed));
    }

    /// A moving picture for a slot, by the name in its `data-slot`.
    pub fn show(&self, slot: &str, stream: web_sys::MediaStream) {
        let slots =
            [MediaSlot::OwnCamera, MediaSlot::OwnScreen, MediaSlot::PeerCamera, MediaSlot::PeerScreen];
        if let Some(slot) = slots.into_iter().find(|known| slot_name(*known) == slot) {
            self.tracks.set(slot, stream);
        }
    }

    pub fn destroy(&self) {
        if let Some(app) = self.app.borrow_mut().take() {
            app.destroy();
        }
    }
}

impl Exhibit {
    fn tell(&self, envelope: ServerEnvelope) {
        self.store.dispatch(Action::Server(Box::new(envelope)));
    }

    fn user(&self, action: impl Into<UserAction>) {
        self.store.dispatch(Action::User(action.into()));
    }

    fn connect(&self) {
        self.store.dispatch(Action::Api(ApiCallId(1), ApiCall::Create));
        self.store.dispatch(Action::Restored(bandyer_core::action::Saved::default()));
        self.store.dispatch(Action::Socket(SocketEvent::Opened));
        for event in people::described() {
            self.store.dispatch(Action::Details(event));
        }
    }

    fn arrange(&self, view: &str) {
        if view == "loading" {
            self.store.dispatch(Action::Api(ApiCallId(1), ApiCall::Create));
            self.user(PanelAction::Toggle);
            return;
        }
        self.connect();
        if view.starts_with("dial")
            || view.starts_with("call")
            || view.starts_with("f") && view != "files"
            || view.starts_with("in-call")
        {
            self.arrange_call(view);
            return;
        }
        if view != "launcher" {
            self.user(PanelAction::Toggle);
        }
        match view {
            "list-typing" => self.typing("anna.rossi"),
            "no-match" => self.user(PanelAction::Search { text: "zzz".to_owned(), key: "zzz".to_owned() }),
            "online" => self.user(PanelAction::FilterOnline(true)),
            "network" => self.go_offline(),
            "expired" => {
                self.tell(event(ServerMessage::Error(Failure::new(ErrorCode::TokenExpired, "expired"))))
            }
            "deleted" => {
                self.tell(event(SessionNews::ForceDisconnect { reason: DisconnectReason::UserDeleted }))
            }
            "disabled" => {
                self.tell(event(SessionNews::ForceDisconnect { reason: DisconnectReason::UserDisabled }))
            }
            "conversation" | "painted" | "long" => self.open("anna.rossi"),
            "big" => self.whole_thread(),
            "unread" | "unread-many" => self.open("marco"),
            "empty-conversation" => self.open("zoe"),
            "files" | "uploading" => self.files(view),
            "writing" => self.writing(),
            "missed" => self.open("sofia_b"),
            "typing" => {
                self.open("anna.rossi");
                self.typing("anna.rossi");
            }
            "pending" => self.pending(),
            "notice" => {
                self.open("anna.rossi");
                self.notice();
            }
            _ => {}
        }
    }

    /// Every message of the thread is on this device.
    fn whole_thread(&self) {
        self.open("anna.rossi");
        let chat = people::chat("anna.rossi");
        let complete =
            || self.store.state().chats.by_id.get(&chat).is_none_or(|chat| chat.thread.reached_start);
        while !complete() {
            self.user(ChatAction::NeedOlder { chat: chat.clone() });
        }
    }

    fn files(&self, view: &str) {
        self.open("luca");
        if view == "uploading" {
            let files = vec![
                PickedFile {
                    file: 1,
                    name: "contract-draft-final.pdf".to_owned(),
                    size: 4_812_330,
                    picture: false,
                },
                PickedFile { file: 2, name: "holiday.jpg".to_owned(), size: 901_223, picture: true },
            ];
            self.user(ChatAction::AttachFiles { chat: people::chat("luca"), files });
        }
    }

    fn writing(&self) {
        self.open("anna.rossi");
        let text =
            "First line\nSecond line\nThird line of a longer message that wraps around\nFourth\nFifth\nSixth";
        self.user(ChatAction::Draft { chat: people::chat("anna.rossi"), text: text.to_owned() });
    }

    /// Offline: what is sent waits, and one message was refused before.
    fn pending(&self) {
        let chat = people::chat("anna.rossi");
        self.open("anna.rossi");
        self.server.borrow_mut().refuse = true;
        for text in ["This one was refused by the server", "And this one waits"] {
            self.user(ChatAction::Draft { chat: chat.clone(), text: text.to_owned() });
            self.user(ChatAction::SendDraft { chat: chat.clone() });
            self.go_offline();
        }
    }

    fn notice(&self) {
        let files =
            vec![PickedFile { file: 1, name: "film.mkv".to_owned(), size: 900_000_000, picture: false }];
        self.user(ChatAction::AttachFiles { chat: people::chat("anna.rossi"), files });
    }
}

fn event(msg: impl Into<ServerMessage>) -> ServerEnvelope {
    ServerEnvelope { v: bandyer_protocol::PROTOCOL_VERSION, re: None, step: None, msg: msg.into() }
}
