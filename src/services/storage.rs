//! What this device keeps over a reload: unsent texts and drafts, one entry each. Other pages of the same user keep
//! theirs in the same place, so an entry is changed only from the state this page knows it in; one that was changed
//! elsewhere is read first, and told. Where the browser denies storage or has no room, texts live as long as the page.

use crate::store::Store;
use bandyer_core::Action;
use bandyer_core::action::{Saved, SavedMessage};
use bandyer_core::effect::StoreCommand;
use bandyer_protocol::{ChatId, ClientMessageId, UserAlias};
use gloo_events::EventListener;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{StorageEvent, Window};

const UNSENT: &str = "unsent:";
const DRAFT: &str = "draft:";

pub struct Storage {
    shelf: Rc<Shelf>,
    _listeners: Vec<EventListener>,
}

struct Shelf {
    store: Store,
    server: String,
    disk: Option<web_sys::Storage>,
    /// `bandyer:<server>:<alias>:`, once the user is known.
    prefix: RefCell<String>,
    /// What this page has read or written, by whole keys.
    known: RefCell<BTreeMap<String, String>>,
}

impl Storage {
    pub fn new(window: &Window, store: Store, server: &str) -> Self {
        // Reading the property throws where the user blocked storage.
        let disk = window.local_storage().ok().flatten();
        let shelf = Rc::new(Shelf {
            store,
            server: server.to_owned(),
            disk,
            prefix: RefCell::default(),
            known: RefCell::default(),
        });
        let (changed, woken) = (Rc::clone(&shelf), Rc::clone(&shelf));
        let _listeners = vec![
            EventListener::new(window, "storage", move |event| changed.changed_elsewhere(event)),
            // A page that comes back from the browser's cache was told of nothing meanwhile.
            EventListener::new(window, "pageshow", move |_| woken.look_again()),
        ];
        Self { shelf, _listeners }
    }

    pub fn run(&self, command: StoreCommand) {
        let shelf = &self.shelf;
        match command {
            StoreCommand::Load { user } => shelf.load(&user),
            StoreCommand::SaveMessage(message) => shelf.save_message(&message),
            StoreCommand::ForgetMessage { client_id } => shelf.write(&shelf.unsent_key(&client_id), ""),
            StoreCommand::SaveDraft { chat, text } => shelf.save_draft(&chat, &text),
            StoreCommand::ForgetChat { chat } => shelf.forget_chat(&chat),
        }
    }
}

impl Shelf {
    fn load(&self, user: &UserAlias) {
        *self.prefix.borrow_mut() = format!("bandyer:{}:{user}:", self.server);
        self.read_all();
        let known = self.known.borrow().clone();
        let drafts =
            known.iter().filter_map(|(key, text)| Some((self.chat_of_draft(key)?, text.clone()))).collect();
        let mut outbox: Vec<SavedMessage> = self.unsent(&known).map(|(_, message)| message).collect();
        outbox.sort_by_key(|message| message.at);
        self.store.dispatch(Action::Restored(Saved { outbox, drafts }));
    }

    fn read_all(&self) {
        let Some(disk) = &self.disk else { return };
        let prefix = self.prefix.borrow();
        let keys = (0..disk.length().unwrap_or(0)).filter_map(|index| disk.key(index).ok().flatten());
        let entries = keys
            .filter(|key| key.starts_with(&*prefix))
            .filter_map(|key| disk.get_item(&key).ok().flatten().map(|value| (key, value)));
        *self.known.borrow_mut() = entries.collect();
    }

    fn save_message(&self, message: &SavedMessage) {
        if let Ok(json) = serde_json::to_string(message) {
            self.write(&self.unsent_key(&message.client_id), &json);
        }
    }

    /// A draft that another page changed is read instead; what comes of both is saved later.
    fn save_draft(&self, chat: &ChatId, text: &str) {
        let key = format!("{}{DRAFT}{chat}", self.prefix.borrow());
        if !self.noticed(&key) {
            self.write(&key, text);
        }
    }

    fn forget_chat(&self, chat: &ChatId) {
        let known = self.known.borrow().clone();
        let messages = self.unsent(&known).filter(|(_, message)| message.chat == *chat).map(|(key, _)| key);
        let draft = format!("{}{DRAFT}{chat}", self.prefix.borrow());
        for key in messages.chain([draft]) {
            // Of another life of the chat, when it was changed elsewhere.
            if self.on_disk(&key) == known.get(&key).cloned() {
                self.write(&key, "");
            }
        }
    }

    /// Whether an entry is another than this page knows; then it is taken in, and told.
    fn noticed(&self, key: &str) -> bool {
        let now = self.on_disk(key);
        let before = self.known.borrow().get(key).cloned();
        if self.disk.is_none() || now == before {
            return false;
        }
        self.know(key, now.as_deref());
        if let Some(chat) = self.chat_of_draft(key) {
            let (before, text) = (before.unwrap_or_default(), now.unwrap_or_default());
            self.store.dispatch(Action::DraftElsewhere { chat, before, text });
        }
        true
    }

    /// One entry was changed by another page. One that cleared everything meant something else: our texts stay.
    fn changed_elsewhere(&self, event: &web_sys::Event) {
        let Some(key) = event.dyn_ref::<StorageEvent>().map(StorageEvent::key) else { return };
        match key {
            Some(key) if self.chat_of_draft(&key).is_some() => {
                self.noticed(&key);
            }
            Some(_) => {}
            None => self.known.borrow_mut().clear(),
        }
    }

    fn look_again(&self) {
        let keys: Vec<String> = self.known.borrow().keys().cloned().collect();
        for key in keys {
            self.noticed(&key);
        }
    }

    /// Empty: takes it away. What finds no room leaves the entry as it was.
    fn write(&self, key: &str, value: &str) {
        let Some(disk) = &self.disk else { return };
        let done = if value.is_empty() { disk.remove_item(key) } else { disk.set_item(key, value) };
        if done.is_ok() {
            self.know(key, Some(value).filter(|value| !value.is_empty()));
        }
    }

    fn know(&self, key: &str, value: Option<&str>) {
        let mut known = self.known.borrow_mut();
        match value {
            Some(value) => known.insert(key.to_owned(), value.to_owned()),
            None => known.remove(key),
        };
    }

    fn on_disk(&self, key: &str) -> Option<String> {
        self.disk.as_ref()?.get_item(key).ok().flatten()
    }

    /// The chat, when this is the key of a draft of this user.
    fn chat_of_draft(&self, key: &str) -> Option<ChatId> {
        let prefix = self.prefix.borrow();
        let chat = key.strip_prefix(&*prefix).filter(|_| !prefix.is_empty())?.strip_prefix(DRAFT)?;
        ChatId::parse(chat).ok()
    }

    /// Messages among these entries. Those that cannot be read are somebody else's or damaged, and passed over.
    fn unsent<'a>(
        &self,
        entries: &'a BTreeMap<String, String>,
    ) -> impl Iterator<Item = (String, SavedMessage)> + 'a {
        let start = format!("{}{UNSENT}", self.prefix.borrow());
        entries
            .iter()
            .filter(move |(key, _)| key.starts_with(&start))
            .filter_map(|(key, text)| Some((key.clone(), serde_json::from_str(text).ok()?)))
    }

    fn unsent_key(&self, client_id: &ClientMessageId) -> String {
        format!("{}{UNSENT}{client_id}", self.prefix.borrow())
    }
}
