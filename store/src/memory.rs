//! A store without a disk: for tests and simulations. It can be told to fail.

mod board;
mod calls;

use crate::Store;
use bandyer_protocol::{
    CallAlias, ChatId, ClientMessageId, Cursor, Message, MessageBody, PageDirection, Seq, Timestamp,
    UploadId, UserAlias,
};
use bandyer_records::{
    CallFiles, ChatRecord, LiveCall, Reader, RoomRecord, StoreError, StoreResult, UploadPlace, UploadRecord,
    UserRecord, Write,
};
use board::BoardTables;
use calls::CallTables;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

#[derive(Debug, Clone, Default)]
struct Tables {
    users: BTreeMap<UserAlias, UserRecord>,
    chats: BTreeMap<ChatId, ChatRecord>,
    messages: HashMap<ChatId, BTreeMap<u64, Message>>,
    client_ids: HashMap<(UserAlias, ClientMessageId), (ChatId, Seq)>,
    uploads: BTreeMap<UploadId, UploadRecord>,
    kept_uploads: BTreeSet<UploadId>,
    calls: CallTables,
    boards: BoardTables,
}

#[derive(Debug, Default)]
pub struct MemoryStore {
    tables: Tables,
    /// Everything committed, to rebuild the tables from.
    log: Vec<Write>,
    open: Vec<Write>,
    troubles: Troubles,
}

/// What goes wrong, and when. Everything but `down` happens once.
#[derive(Debug, Default)]
pub struct Troubles {
    /// Nothing is written, for that reason, until this is taken away.
    pub down: Option<StoreError>,
    /// Reads that still succeed before one does not.
    pub reads: Cell<Option<u32>>,
    /// Writes that still succeed before the disk is full.
    pub writes: Option<u32>,
    /// The next commit fails.
    pub commit: bool,
}

impl MemoryStore {
    /// For tests to set.
    pub fn troubles(&mut self) -> &mut Troubles {
        &mut self.troubles
    }

    fn read(&self) -> StoreResult<&Tables> {
        let left = self.troubles.reads.get();
        self.troubles.reads.set(left.and_then(|left| left.checked_sub(1)));
        if left == Some(0) { Err(told_to_fail()) } else { Ok(&self.tables) }
    }
}

impl Troubles {
    fn at_write(&mut self) -> StoreResult<()> {
        if let Some(error) = &self.down {
            return Err(error.clone());
        }
        let left = self.writes;
        self.writes = left.and_then(|left| left.checked_sub(1));
        if left == Some(0) { Err(told_to_fail()) } else { Ok(()) }
    }
}

fn told_to_fail() -> StoreError {
    StoreError::Unavailable("told to fail".to_owned())
}

impl Tables {
    fn apply(&mut self, write: &Write) -> StoreResult<()> {
        match write {
            Write::PutUser(user) => {
                self.users.insert(user.alias.clone(), user.clone());
            }
            Write::PutChat(chat) => {
                self.chats.insert(chat.id.clone(), chat.clone());
            }
            Write::AddMessage(message) => self.add_message(message)?,
            Write::AddUpload(upload) => {
                self.uploads.insert(upload.id().clone(), upload.clone());
            }
            Write::KeepUpload(upload) => {
                self.kept_uploads.insert(upload.clone());
            }
            Write::DropUpload(upload) => {
                self.uploads.remove(upload);
            }
            Write::ClearChat(chat) => {
                for message in self.messages.remove(chat).unwrap_or_default().into_values() {
                    self.client_ids.remove(&(message.sender, message.client_id));
                }
                self.uploads.retain(|_, upload| upload.place.chat() != Some(chat));
            }
            Write::AllCanVideo(can_video) => {
                for user in self.users.values_mut().filter(|user| !user.deleted) {
                    user.can_video = *can_video;
                }
            }
            Write::PutRoom(_)
            | Write::PutSession(_)
            | Write::PutLiveCall(_)
            | Write::DropLiveCall(_)
            | Write::AddJournal(_)
            | Write::PutHook(_)
            | Write::MoveHook { .. }
            | Write::DropHook(_) => self.calls.apply(write)?,
            Write::DropJournal { .. } => {
                self.calls.apply(write)?;
                self.boards.keep_those_of(&self.calls.rooms);
            }
            Write::PutBoard(_)
            | Write::PutShape(_)
            | Write::ClearPage { .. }
            | Write::ForgetErased { .. }
            | Write::PutBoardDevice(_)
            | Write::DropBoard(_) => self.boards.apply(write),
        }
        Ok(())
    }

    fn unsent(&self) -> impl Iterator<Item = &UploadRecord> {
        let refers_to = |message: &Message, upload: &UploadRecord| match &message.body {
            MessageBody::Text(_)
            | MessageBody::MissedCall(_)
            | MessageBody::DeclinedCall(_)
            | MessageBody::Unknown => false,
            MessageBody::File(attachment) => &attachment.upload == upload.id(),
        };
        let is_sent = move |upload: &UploadRecord| {
            let thread = upload.place.chat().and_then(|chat| self.messages.get(chat));
            self.kept_uploads.contains(upload.id())
                || thread.is_some_and(|thread| thread.values().any(|m| refers_to(m, upload)))
        };
        self.uploads.values().filter(move |upload| !is_sent(upload))
    }

    fn add_message(&mut self, message: &Message) -> StoreResult<()> {
        let key = (message.sender.clone(), message.client_id.clone());
        let thread = self.messages.entry(message.chat.clone()).or_default();
        if thread.contains_key(&message.seq.0) || self.client_ids.contains_key(&key) {
            return Err(StoreError::Defect("the message is there already".to_owned()));
        }
        thread.insert(message.seq.0, message.clone());
        self.client_ids.insert(key, (message.chat.clone(), message.seq));
        Ok(())
    }
}

impl Reader for MemoryStore {
    fn room(&self, room: &CallAlias) -> StoreResult<Option<RoomRecord>> {
        Ok(self.read()?.calls.rooms.get(room).cloned())
    }

    fn room_by_link(&self, link: &str) -> StoreResult<Option<(RoomRecord, UserAlias)>> {
        Ok(self.read()?.calls.room_by_link(link))
    }

    fn live_calls(&self) -> StoreResult<Vec<LiveCall>> {
        Ok(self.read()?.calls.live_calls.values().cloned().collect())
    }

    fn user(&self, alias: &UserAlias) -> StoreResult<Option<UserRecord>> {
        Ok(self.read()?.users.get(alias).cloned())
    }

    fn aliases(&self) -> StoreResult<Vec<UserAlias>> {
        let mut users: Vec<_> = self.read()?.users.values().filter(|user| !user.deleted).collect();
        users.sort_by(|a, b| b.created_at.cmp(&a.created_at).then(a.alias.cmp(&b.alias)));
        Ok(users.into_iter().map(|user| user.alias.clone()).collect())
    }

    fn chat(&self, chat: &ChatId) -> StoreResult<Option<ChatRecord>> {
        Ok(self.read()?.chats.get(chat).cloned())
    }

    fn chats_of(&self, user: &UserAlias) -> StoreResult<Vec<ChatRecord>> {
        let mine = self.read()?.chats.values().filter(|chat| chat.side_of(user).is_some());
        let mut chats: Vec<_> = mine.cloned().collect();
        chats.sort_by_key(|chat| chat.revision);
        Ok(chats)
    }

    fn chats_after(&self, user: &UserAlias, after: Cursor, limit: u32) -> StoreResult<Vec<ChatRecord>> {
        let mut chats = self.chats_of(user)?;
        chats.retain(|chat| chat.revision > after);
        chats.truncate(limit as usize);
        Ok(chats)
    }

    fn cursor_of(&self, user: &UserAlias) -> StoreResult<Cursor> {
        Ok(self.chats_of(user)?.last().map(|chat| chat.revision).unwrap_or_default())
    }

    fn peers_of(&self, user: &UserAlias) -> StoreResult<Vec<UserAlias>> {
        let chats = self.chats_of(user)?;
        let mut peers: Vec<_> =
            chats.iter().filter(|chat| !chat.removed).filter_map(|chat| chat.id.other(user)).collect();
        peers.sort();
        Ok(peers)
    }

    fn opened_by(&self, user: &UserAlias) -> StoreResult<u32> {
        let opened = self.tables.chats.values().filter(|chat| !chat.removed && &chat.created_by == user);
        Ok(u32::try_from(opened.count()).unwrap_or(u32::MAX))
    }

    fn message(&self, chat: &ChatId, seq: Seq) -> StoreResult<Option<Message>> {
        Ok(self.read()?.messages.get(chat).and_then(|thread| thread.get(&seq.0)).cloned())
    }

    fn message_by_client_id(&self, sender: &UserAlias, id: &ClientMessageId) -> StoreResult<Option<Message>> {
        match self.read()?.client_ids.get(&(sender.clone(), id.clone())) {
            Some((chat, seq)) => self.message(chat, *seq),
            None => Ok(None),
        }
    }

    fn messages(
        &self,
        chat: &ChatId,
        from: Seq,
        direction: PageDirection,
        limit: u32,
    ) -> StoreResult<Vec<Message>> {
        let Some(thread) = self.read()?.messages.get(chat) else {
            return Ok(Vec::new());
        };
        let limit = limit as usize;
        Ok(match direction {
            PageDirection::After => thread
                .range(from.0.saturating_add(1)..)
                .take(limit)
                .map(|(_, message)| message.clone())
                .collect(),
            PageDirection::Before => {
                let mut page: Vec<_> =
                    thread.range(..from.0).rev().take(limit).map(|(_, message)| message.clone()).collect();
                page.reverse();
                page
            }
        })
    }

    fn count_between(&self, chat: &ChatId, sender: &UserAlias, after: Seq, upto: Seq) -> StoreResult<u32> {
        let Some(thread) = self.read()?.messages.get(chat) else {
            return Ok(0);
        };
        let between = thread.range(after.0.saturating_add(1)..upto.0.saturating_add(1));
        let count = between.filter(|(_, message)| &message.sender == sender).count();
        u32::try_from(count).map_err(|error| StoreError::Defect(error.to_string()))
    }

    fn upload(&self, id: &UploadId) -> StoreResult<Option<UploadRecord>> {
        Ok(self.read()?.uploads.get(id).cloned())
    }

    fn uploads_of(&self, chat: &ChatId) -> StoreResult<Vec<UploadId>> {
        let of_chat = self.read()?.uploads.values().filter(|upload| upload.place.chat() == Some(chat));
        Ok(of_chat.map(|upload| upload.id().clone()).collect())
    }

    fn unsent_uploads(&self, before: Timestamp) -> StoreResult<Vec<UploadId>> {
        let old = self.read()?.unsent().filter(|upload| upload.created_at < before);
        Ok(old.map(|upload| upload.id().clone()).collect())
    }

    fn unsent_bytes(&self, owner: &UserAlias) -> StoreResult<u64> {
        let own = self.read()?.unsent().filter(|upload| &upload.owner == owner);
        Ok(own.map(|upload| upload.attachment.size).sum())
    }

    fn unsent_count(&self, owner: &UserAlias) -> StoreResult<u32> {
        let count = self.tables.unsent().filter(|upload| &upload.owner == owner).count();
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    fn stored_bytes(&self, owner: &UserAlias) -> StoreResult<u64> {
        let own = self.tables.uploads.values().filter(|upload| &upload.owner == owner);
        Ok(own.map(|upload| upload.attachment.size).sum())
    }

    fn all_stored_bytes(&self) -> StoreResult<u64> {
        Ok(self.tables.uploads.values().map(|upload| upload.attachment.size).sum())
    }

    fn call_uploads(&self, which: &CallFiles) -> StoreResult<Vec<UploadId>> {
        let rooms = &self.tables.calls.rooms;
        let wanted = |upload: &&UploadRecord| {
            let UploadPlace::Call(call) = &upload.place else { return false };
            match which {
                CallFiles::In(wanted) => call == wanted,
                CallFiles::Between(both) => rooms.get(call).is_some_and(|room| {
                    both.iter().all(|user| room.participants.iter().any(|one| &one.user == user))
                }),
                CallFiles::By(owner) => &upload.owner == owner,
                CallFiles::Before(before) => upload.created_at < *before,
            }
        };
        Ok(self.tables.uploads.values().filter(wanted).map(|upload| upload.id().clone()).collect())
    }

    fn latest_revision(&self) -> StoreResult<Cursor> {
        Ok(self.read()?.chats.values().map(|chat| chat.revision).max().unwrap_or_default())
    }
}

impl Store for MemoryStore {
    fn apply(&mut self, write: &Write) -> StoreResult<()> {
        self.troubles.at_write()?;
        self.tables.apply(write)?;
        self.open.push(write.clone());
        Ok(())
    }

    fn commit(&mut self) -> StoreResult<()> {
        if !self.open.is_empty() && std::mem::take(&mut self.troubles.commit) {
            return Err(told_to_fail());
        }
        self.log.append(&mut self.open);
        Ok(())
    }

    fn roll_back(&mut self) {
        self.open.clear();
        let mut tables = Tables::default();
        for write in &self.log {
            // Every one of them succeeded before, in this order.
            let _ = tables.apply(write);
        }
        self.tables = tables;
    }

    fn probe(&mut self) -> StoreResult<()> {
        self.troubles.at_write()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite;

    #[test]
    fn passes_the_store_suite() {
        suite::run(|| (MemoryStore::default(), ()));
    }

    #[test]
    fn what_failed_is_not_kept_and_the_next_one_is() {
        let user = Write::PutUser(suite::user("anna"));
        for trouble in [
            Troubles { commit: true, ..Troubles::default() },
            Troubles { writes: Some(1), ..Troubles::default() },
        ] {
            let mut store = MemoryStore { troubles: trouble, ..MemoryStore::default() };
            let stored = store.apply(&user).and_then(|()| store.apply(&user)).and_then(|()| store.commit());
            assert!(matches!(stored, Err(StoreError::Unavailable(_))));
            store.roll_back();
            assert_eq!(store.user(&suite::alias("anna")).unwrap(), None);
            store.apply(&user).and_then(|()| store.commit()).unwrap();
            store.troubles().reads.set(Some(1));
            assert_eq!(store.user(&suite::alias("anna")).unwrap(), Some(suite::user("anna")));
            assert!(store.user(&suite::alias("anna")).is_err());
            assert!(store.user(&suite::alias("anna")).is_ok());
            let lock = StoreError::Locked("by somebody".to_owned());
            store.troubles().down = Some(lock.clone());
            assert_eq!((store.apply(&user), store.probe()), (Err(lock.clone()), Err(lock)));
        }
    }
}
