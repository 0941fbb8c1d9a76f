//! Records the hub has read or decided lately, so that the common case needs no read. Always as the store has them
//! once the open transaction is committed; dropped whole when it is not, or when they have become many.

use bandyer_protocol::{ChatId, Cursor, UserAlias};
use bandyer_records::{ChatRecord, Reader, StoreResult, UserRecord};
use std::collections::HashMap;

/// Beyond this many of a kind everything of that kind is dropped, to be read again on demand.
const MOST: usize = 100_000;

#[derive(Debug, Default)]
pub struct Records {
    users: HashMap<UserAlias, UserRecord>,
    chats: HashMap<ChatId, ChatRecord>,
    revision: Option<Cursor>,
}

impl Records {
    /// The user, also when deleted. Unknown aliases are not remembered: anybody can invent them.
    pub fn user(&mut self, alias: &UserAlias, reader: &dyn Reader) -> StoreResult<Option<&UserRecord>> {
        if !self.users.contains_key(alias) {
            let Some(user) = reader.user(alias)? else {
                return Ok(None);
            };
            self.put_user(user);
        }
        Ok(self.users.get(alias))
    }

    /// The chat, also when removed.
    pub fn chat(&mut self, chat: &ChatId, reader: &dyn Reader) -> StoreResult<Option<&ChatRecord>> {
        if !self.chats.contains_key(chat) {
            let Some(record) = reader.chat(chat)? else {
                return Ok(None);
            };
            self.put_chat(record);
        }
        Ok(self.chats.get(chat))
    }

    /// When a chat changed last, as far as that is remembered.
    pub fn revision_of(&self, chat: &ChatId) -> Option<Cursor> {
        self.chats.get(chat).map(|chat| chat.revision)
    }

    pub fn put_user(&mut self, user: UserRecord) {
        if self.users.len() >= MOST {
            self.users.clear();
        }
        self.users.insert(user.alias.clone(), user);
    }

    pub fn put_chat(&mut self, chat: ChatRecord) {
        if self.chats.len() >= MOST {
            self.chats.clear();
        }
        self.chats.insert(chat.id.clone(), chat);
    }

    pub fn forget_users(&mut self) {
        self.users.clear();
    }

    /// The revision of the next change.
    pub fn next_revision(&mut self, reader: &dyn Reader) -> StoreResult<Cursor> {
        let latest = self.latest_revision(reader)?;
        let next = Cursor(latest.0 + 1);
        self.revision = Some(next);
        Ok(next)
    }

    pub fn latest_revision(&mut self, reader: &dyn Reader) -> StoreResult<Cursor> {
        match self.revision {
            Some(revision) => Ok(revision),
            None => {
                let revision = reader.latest_revision()?;
                self.revision = Some(revision);
                Ok(revision)
            }
        }
    }
}
