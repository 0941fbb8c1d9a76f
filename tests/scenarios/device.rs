//! One device: a client of `core` with its timers, its storage and its memory of what the host page was told.

use crate::browser::Browser;
use bandyer_core::action::{ChatAction, Saved, SavedMessage, SocketEvent, UploadEvent, UserAction};
use bandyer_core::api::{ApiCall, ApiCallId, ApiError, ApiReply, ClientEvent};
use bandyer_core::effect::{SocketCommand, StoreCommand};
use bandyer_core::options::{Options, Tools};
use bandyer_core::timers::TimerId;
use bandyer_core::{Action, Effect, State, select, update};
use bandyer_protocol::{
    Attachment, ChatId, ClientEnvelope, ClientMessageId, ServerEnvelope, Timestamp, UploadReceipt, UserAlias,
};
use std::collections::BTreeMap;

/// What the host page was told in one session, and what it asked.
#[derive(Debug, Default)]
pub struct Page {
    pub events: Vec<ClientEvent>,
    pub calls: BTreeMap<u32, ApiCall>,
    pub replies: Vec<(ApiCallId, Result<ApiReply, ApiError>)>,
}

/// What the device asks of the world after an action.
#[derive(Debug)]
pub enum Wish {
    Open,
    Close,
    Send(Box<ClientEnvelope>),
}

pub struct Device {
    pub user: UserAlias,
    pub state: State,
    pub page: Page,
    /// Pages of earlier loads.
    pub earlier: Vec<Page>,
    pub timers: BTreeMap<TimerId, Timestamp>,
    pub browser: Browser,
    pub unmounted: bool,
    outbox: BTreeMap<ClientMessageId, (u64, SavedMessage)>,
    drafts: BTreeMap<ChatId, String>,
    /// Storage that was asked for and not handed over yet.
    loading: bool,
    saved: u64,
    loads: u32,
    calls: u32,
    name: String,
}

impl Device {
    pub fn new(name: &str, user: &str) -> Self {
        let Ok(user) = UserAlias::parse(user) else { unreachable!("names in tests are valid") };
        let mut device = Self {
            state: State::new(Options::default(), ""),
            user,
            page: Page::default(),
            earlier: Vec::new(),
            timers: BTreeMap::new(),
            browser: Browser::default(),
            unmounted: true,
            outbox: BTreeMap::new(),
            drafts: BTreeMap::new(),
            loading: false,
            saved: 0,
            loads: 0,
            calls: 0,
            name: name.to_owned(),
        };
        device.load();
        device
    }

    /// The page is loaded, or loaded anew: only the storage survives.
    fn load(&mut self) {
        self.loads += 1;
        let options = Options {
            access_token: self.user.to_string(),
            chat: true,
            tools: Tools::ALL,
            ..Options::default()
        };
        self.state = State::new(options, &format!("{}-{}", self.name, self.loads));
        self.earlier.push(std::mem::take(&mut self.page));
        self.timers.clear();
        self.browser = Browser::default();
        self.loading = false;
        self.unmounted = false;
    }

    pub fn reload(&mut self, now: Timestamp) -> Vec<Wish> {
        self.load();
        self.call(ApiCall::Create, now)
    }

    pub fn call(&mut self, call: ApiCall, now: Timestamp) -> Vec<Wish> {
        self.calls += 1;
        self.page.calls.insert(self.calls, call.clone());
        self.act(Action::Api(ApiCallId(self.calls), call), now)
    }

    pub fn user(&mut self, action: impl Into<UserAction>, now: Timestamp) -> Vec<Wish> {
        self.act(Action::User(action.into()), now)
    }

    pub fn hear(&mut self, envelope: ServerEnvelope, now: Timestamp) -> Vec<Wish> {
        self.act(Action::Server(Box::new(envelope)), now)
    }

    pub fn socket(&mut self, event: SocketEvent, now: Timestamp) -> Vec<Wish> {
        self.act(Action::Socket(event), now)
    }

    /// The browser has one thing to report.
    pub fn browser_news(&mut self, now: Timestamp) -> Option<Vec<Wish>> {
        let news = self.browser.next_news()?;
        Some(self.act(news, now))
    }

    /// A file of a call is on the server.
    pub fn uploaded(&mut self, file: &ClientMessageId, attachment: Attachment, now: Timestamp) -> Vec<Wish> {
        let (client_id, receipt) = (file.clone(), Box::new(UploadReceipt { attachment }));
        self.act(Action::Upload(UploadEvent::Stored { client_id, receipt }), now)
    }

    /// The page is left.
    pub fn leave(&mut self, now: Timestamp) -> Vec<Wish> {
        self.act(Action::Leaving, now)
    }

    /// Runs the timer that is due first, if one is.
    pub fn next_timer(&mut self, now: Timestamp) -> Option<Vec<Wish>> {
        let due = self.timers.iter().filter(|(_, at)| **at <= now).min_by_key(|(_, at)| **at);
        let timer = due.map(|(timer, _)| timer.clone())?;
        self.timers.remove(&timer);
        Some(self.act(Action::Timer(timer), now))
    }

    /// Hands over what was kept, when it was asked for.
    pub fn restore(&mut self, now: Timestamp) -> Vec<Wish> {
        if !std::mem::take(&mut self.loading) {
            return Vec::new();
        }
        let mut outbox: Vec<_> = self.outbox.values().cloned().collect();
        outbox.sort_by_key(|(order, _)| *order);
        let saved = Saved {
            outbox: outbox.into_iter().map(|(_, message)| message).collect(),
            drafts: self.drafts.iter().map(|(chat, text)| (chat.clone(), text.clone())).collect(),
        };
        self.act(Action::Restored(saved), now)
    }

    /// Texts in storage that were not acknowledged.
    pub fn kept(&self) -> impl Iterator<Item = &SavedMessage> {
        self.outbox.values().map(|(_, message)| message)
    }

    fn act(&mut self, action: Action, now: Timestamp) -> Vec<Wish> {
        let mut wishes = self.carry_out(action, now);
        if let Some(look) = self.look() {
            wishes.extend(self.carry_out(Action::User(look), now));
        }
        wishes
    }

    /// A screen as high as the thread: its last message stands on it.
    fn look(&self) -> Option<UserAction> {
        let chat = select::chat_in_front(&self.state)?;
        let thread = &self.state.chats.by_id.get(chat)?.thread;
        let lowest = thread.stored.last_seq().filter(|_| thread.can_be_placed());
        let looked = || UserAction::Chat(ChatAction::Looked { chat: chat.clone(), at_bottom: true, lowest });
        (thread.on_screen != lowest).then(looked)
    }

    fn carry_out(&mut self, action: Action, now: Timestamp) -> Vec<Wish> {
        let effects = update(&mut self.state, action, now);
        let mut wishes = Vec::new();
        for effect in effects {
            assert!(!self.unmounted || matches!(effect, Effect::Reply(..)), "{effect:?} after unmounting");
            match effect {
                Effect::Send(envelope) => wishes.push(Wish::Send(envelope)),
                Effect::Socket(SocketCommand::Open) => wishes.push(Wish::Open),
                Effect::Socket(SocketCommand::Close) => wishes.push(Wish::Close),
                Effect::StartTimer(timer, ms) => {
                    self.timers.insert(timer, now.plus_ms(ms.into()));
                }
                Effect::StopTimer(timer) => {
                    self.timers.remove(&timer);
                }
                Effect::Emit(event) => self.page.events.push(event),
                Effect::Reply(call, result) => self.page.replies.push((call, result)),
                Effect::Store(command) => self.store(command),
                Effect::Media(command) => self.browser.media(&command),
                Effect::Rtc(command) => self.browser.rtc(command),
                Effect::Tone(tone) => self.browser.tone = Some(tone),
                // Said over the socket, too; that it may come past it alone is tried in the server's own tests. Calls here are
                // in the page.
                Effect::Farewell(_) | Effect::Details(_) | Effect::Upload(_) | Effect::Window(_) => {}
                Effect::Unmount => {
                    self.unmounted = true;
                    self.timers.clear();
                }
            }
        }
        wishes
    }

    fn store(&mut self, command: StoreCommand) {
        match command {
            StoreCommand::Load { user } => {
                assert_eq!(user, self.user);
                self.loading = true;
            }
            StoreCommand::SaveMessage(message) => {
                self.saved += 1;
                self.outbox.insert(message.client_id.clone(), (self.saved, message));
            }
            StoreCommand::ForgetMessage { client_id } => {
                self.outbox.remove(&client_id);
            }
            StoreCommand::SaveDraft { chat, text } => {
                self.drafts.insert(chat, text);
            }
            StoreCommand::ForgetChat { chat } => {
                self.outbox.retain(|_, (_, message)| message.chat != chat);
                self.drafts.remove(&chat);
            }
        }
    }
}
