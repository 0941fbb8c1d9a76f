//! What this device keeps over a reload: unsent texts and drafts, one entry each, so that two tabs of one user never
//! overwrite each other. Where the browser denies storage or has no room, it is kept for as long as the page lives.

use crate::store::Store;
use bandyer_core::Action;
use bandyer_core::action::{Saved, SavedMessage};
use bandyer_core::effect::StoreCommand;
use bandyer_protocol::{ChatId, ClientMessageId, UserAlias};
use std::cell::RefCell;

const UNSENT: &str = "unsent:";
const DRAFT: &str = "draft:";

pub struct Storage {
    store: Store,
    server: String,
    /// `bandyer:<server>:<alias>:`, once the user is known.
    prefix: RefCell<String>,
    disk: Option<web_sys::Storage>,
    memory: RefCell<Vec<(String, String)>>,
}

impl Storage {
    pub fn new(store: Store, server: &str) -> Self {
        // Reading the property throws where the user blocked storage.
        let disk = web_sys::window().and_then(|window| window.local_storage().ok().flatten());
        Self {
            store,
            server: server.to_owned(),
            prefix: RefCell::default(),
            disk,
            memory: RefCell::default(),
        }
    }

    pub fn run(&self, command: StoreCommand) {
        match command {
            StoreCommand::Load { user } => self.load(&user),
            StoreCommand::SaveMessage(message) => self.save_message(&message),
            StoreCommand::ForgetMessage { client_id } => self.remove(&unsent_key(&client_id)),
            StoreCommand::SaveDraft { chat, text } => self.save_draft(&chat, &text),
            StoreCommand::ForgetChat { chat } => self.forget_chat(&chat),
        }
    }

    fn load(&self, user: &UserAlias) {
        *self.prefix.borrow_mut() = format!("bandyer:{}:{user}:", self.server);
        let drafts = self
            .entries(DRAFT)
            .into_iter()
            .filter_map(|(chat, text)| ChatId::parse(&chat).ok().map(|chat| (chat, text)))
            .collect();
        let mut outbox: Vec<SavedMessage> = self.unsent();
        outbox.sort_by_key(|message| message.at);
        self.store.dispatch(Action::Restored(Saved { outbox, drafts }));
    }

    fn save_message(&self, message: &SavedMessage) {
        if let Ok(json) = serde_json::to_string(message) {
            self.set(&unsent_key(&message.client_id), &json);
        }
    }

    fn save_draft(&self, chat: &ChatId, text: &str) {
        let key = format!("{DRAFT}{chat}");
        if text.is_empty() { self.remove(&key) } else { self.set(&key, text) }
    }

    fn forget_chat(&self, chat: &ChatId) {
        self.remove(&format!("{DRAFT}{chat}"));
        for message in self.unsent().iter().filter(|message| message.chat == *chat) {
            self.remove(&unsent_key(&message.client_id));
        }
    }

    /// Entries that cannot be read are somebody else's or damaged, and passed over.
    fn unsent(&self) -> Vec<SavedMessage> {
        self.entries(UNSENT).into_iter().filter_map(|(_, text)| serde_json::from_str(&text).ok()).collect()
    }

    /// All entries of one kind, by the rest of their keys.
    fn entries(&self, kind: &str) -> Vec<(String, String)> {
        let start = format!("{}{kind}", self.prefix.borrow());
        let kept = self.memory.borrow().clone();
        let stored = self.disk.iter().flat_map(|disk| {
            let keys = (0..disk.length().unwrap_or(0)).filter_map(|index| disk.key(index).ok().flatten());
            keys.filter(|key| key.starts_with(&start))
                .filter_map(|key| disk.get_item(&key).ok().flatten().map(|value| (key, value)))
        });
        let kept = kept.into_iter().filter(|(key, _)| key.starts_with(&start));
        stored.chain(kept).map(|(key, value)| (key[start.len()..].to_owned(), value)).collect()
    }

    fn set(&self, key: &str, value: &str) {
        let key = format!("{}{key}", self.prefix.borrow());
        let written = self.disk.as_ref().is_some_and(|disk| disk.set_item(&key, value).is_ok());
        self.forget(&key);
        if !written {
            // An older value must not come back after a reload.
            self.remove_from_disk(&key);
            self.memory.borrow_mut().push((key, value.to_owned()));
        }
    }

    fn remove(&self, key: &str) {
        let key = format!("{}{key}", self.prefix.borrow());
        self.remove_from_disk(&key);
        self.forget(&key);
    }

    fn forget(&self, key: &str) {
        self.memory.borrow_mut().retain(|(known, _)| known != key);
    }

    fn remove_from_disk(&self, key: &str) {
        if let Some(disk) = &self.disk {
            // Denied: then there is nothing on the disk either.
            let _ = disk.remove_item(key);
        }
    }
}

fn unsent_key(client_id: &ClientMessageId) -> String {
    format!("{UNSENT}{client_id}")
}
