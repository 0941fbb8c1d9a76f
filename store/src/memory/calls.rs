//! Rooms, sessions, the journal and hooks of the store without a disk.

use super::MemoryStore;
use bandyer_protocol::{CallAlias, Timestamp, UserAlias};
use bandyer_records::{
    History, HookKey, HookRecord, JournalFilter, JournalKind, JournalRecord, LiveCall, RoomRecord,
    SessionFilter, SessionRecord, Slice, StoreError, StoreResult, Write,
};
use std::cmp::Reverse;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default)]
pub(super) struct CallTables {
    pub(super) rooms: BTreeMap<CallAlias, RoomRecord>,
    sessions: BTreeMap<String, SessionRecord>,
    pub(super) live_calls: BTreeMap<CallAlias, LiveCall>,
    journal: Vec<JournalRecord>,
    journal_end: u64,
    hooks: BTreeMap<HookKey, HookRecord>,
}

impl CallTables {
    /// Carries out a write that is about calls, the journal or hooks.
    pub(super) fn apply(&mut self, write: &Write) -> StoreResult<()> {
        match write {
            Write::PutRoom(room) => self.put_room(room)?,
            Write::PutSession(session) => {
                self.sessions.insert(session.session.clone(), session.clone());
            }
            Write::PutLiveCall(live) => {
                self.live_calls.insert(live.call.call.clone(), live.clone());
            }
            Write::DropLiveCall(call) => {
                self.live_calls.remove(call);
            }
            Write::AddJournal(row) => {
                self.journal_end += 1;
                self.journal.push(JournalRecord { id: self.journal_end, ..row.clone() });
            }
            Write::DropJournal { before, most } => {
                let most = usize::try_from(*most).unwrap_or(usize::MAX);
                let old = self.journal.iter().take(most).take_while(|row| row.at < *before).count();
                self.journal.drain(..old);
                let (sessions, live) = (&self.sessions, &self.live_calls);
                let used = |room: &CallAlias| {
                    live.contains_key(room) || sessions.values().any(|session| &session.room == room)
                };
                self.rooms.retain(|name, room| {
                    !room.dialed || room.deleted || room.created_at >= *before || used(name)
                });
            }
            Write::PutHook(hook) => {
                let kept = self.hooks.entry(hook.key.clone()).or_insert_with(|| hook.clone());
                kept.events.clone_from(&hook.events);
            }
            Write::MoveHook { key, position, failing_since } => {
                if let Some(hook) = self.hooks.get_mut(key) {
                    (hook.position, hook.failing_since) = (*position, *failing_since);
                }
            }
            Write::DropHook(key) => {
                self.hooks.remove(key);
            }
            Write::PutUser(_)
            | Write::PutChat(_)
            | Write::AddMessage(_)
            | Write::AddUpload(_)
            | Write::KeepUpload(_)
            | Write::DropUpload(_)
            | Write::ClearChat(_)
            | Write::AllCanVideo(_)
            | Write::PutBoard(_)
            | Write::PutShape(_)
            | Write::ClearPage { .. }
            | Write::ForgetErased { .. }
            | Write::PutBoardDevice(_)
            | Write::DropBoard(_) => {}
        }
        Ok(())
    }

    fn put_room(&mut self, room: &RoomRecord) -> StoreResult<()> {
        let links = room.participants.iter().filter_map(|one| one.link.as_deref());
        for link in links {
            if self.room_by_link(link).is_some_and(|(owner, _)| owner.room != room.room) {
                return Err(StoreError::Defect("the link belongs to another room".to_owned()));
            }
        }
        self.rooms.insert(room.room.clone(), room.clone());
        Ok(())
    }

    pub(super) fn room_by_link(&self, link: &str) -> Option<(RoomRecord, UserAlias)> {
        self.rooms.values().find_map(|room| {
            let owner = room.participants.iter().find(|one| one.link.as_deref() == Some(link))?;
            Some((room.clone(), owner.user.clone()))
        })
    }

    fn newest_rooms(&self) -> Vec<&RoomRecord> {
        let mut rooms: Vec<_> = self.rooms.values().filter(|room| !room.deleted).collect();
        rooms.sort_by_key(|room| Reverse((room.created_at, &room.room)));
        rooms
    }

    fn was_in(&self, user: &UserAlias, session: &SessionRecord) -> bool {
        self.journal.iter().any(|row| {
            row.kind == JournalKind::Joined
                && row.user.as_ref() == Some(user)
                && row.session.as_ref() == Some(&session.session)
        })
    }
}

fn cut<'a, T: Clone + 'a>(items: impl Iterator<Item = &'a T>, slice: &Slice) -> Vec<T> {
    items.skip(slice.skip as usize).take(slice.limit as usize).cloned().collect()
}

fn is_behind(slice: &Slice, at: Timestamp, id: &str) -> bool {
    slice.after.as_ref().is_none_or(|mark| mark.is_before(at, id))
}

/// True when nothing else is wanted.
fn wanted<T: PartialEq>(wish: Option<&T>, value: Option<&T>) -> bool {
    wish.is_none() || wish == value
}

impl History for MemoryStore {
    fn rooms(&self, slice: &Slice) -> StoreResult<Vec<RoomRecord>> {
        let rooms = self.read()?.calls.newest_rooms().into_iter();
        Ok(cut(rooms.filter(|room| is_behind(slice, room.created_at, room.room.as_str())), slice))
    }

    fn rooms_of(&self, user: &UserAlias, slice: &Slice) -> StoreResult<Vec<RoomRecord>> {
        let rooms = self.read()?.calls.newest_rooms().into_iter();
        let theirs = rooms.filter(|room| {
            is_behind(slice, room.created_at, room.room.as_str())
                && room.participants.iter().any(|one| &one.user == user)
        });
        Ok(cut(theirs, slice))
    }

    fn session(&self, session: &str) -> StoreResult<Option<SessionRecord>> {
        Ok(self.read()?.calls.sessions.get(session).cloned())
    }

    fn sessions(&self, filter: &SessionFilter, slice: &Slice) -> StoreResult<Vec<SessionRecord>> {
        let calls = &self.read()?.calls;
        let mut sessions: Vec<_> = calls.sessions.values().collect();
        sessions.sort_by_key(|session| Reverse((session.created_at, &session.session)));
        let found = sessions.into_iter().filter(|session| {
            is_behind(slice, session.created_at, &session.session)
                && filter.period.holds(session.created_at)
                && wanted(filter.room.as_ref(), Some(&session.room))
                && filter.user.as_ref().is_none_or(|user| calls.was_in(user, session))
        });
        Ok(cut(found, slice))
    }

    fn journal(&self, filter: &JournalFilter, slice: &Slice) -> StoreResult<Vec<JournalRecord>> {
        let found = self.read()?.calls.journal.iter().rev().filter(|row| {
            slice.after.as_ref().is_none_or(|mark| row.id < mark.id.parse().unwrap_or(0))
                && filter.kinds.contains(&row.kind)
                && filter.period.holds(row.at)
                && wanted(filter.room.as_ref(), row.room.as_ref())
                && wanted(filter.user.as_ref(), row.user.as_ref())
        });
        Ok(cut(found, slice))
    }

    fn journal_of_session(&self, session: &str) -> StoreResult<Vec<JournalRecord>> {
        let rows = self.read()?.calls.journal.iter();
        Ok(rows.filter(|row| row.session.as_deref() == Some(session)).cloned().collect())
    }

    fn journal_after(&self, after: u64, limit: u32) -> StoreResult<Vec<JournalRecord>> {
        let rows = self.read()?.calls.journal.iter().filter(|row| row.id > after);
        Ok(rows.take(limit as usize).cloned().collect())
    }

    fn journal_end(&self) -> StoreResult<u64> {
        Ok(self.read()?.calls.journal_end)
    }

    fn hooks(&self) -> StoreResult<Vec<HookRecord>> {
        Ok(self.read()?.calls.hooks.values().cloned().collect())
    }
}
