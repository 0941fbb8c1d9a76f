//! What a device needs to catch up: everything that changed since its cursor, or the whole list.

use super::{Decision, Hub, Origin, Refusal};
use bandyer_protocol::{ChatSummary, Cursor, Presence, Seq, SessionNews, Sync, UserAlias, UserProfile};
use bandyer_records::{ChatRecord, Reader, Side, StoreResult};

impl Hub {
    pub(super) fn resync(
        &mut self,
        user: &UserAlias,
        cursor: Cursor,
        origin: Origin,
        reader: &dyn Reader,
    ) -> Decision {
        let sync = self.sync(user, Some(cursor), reader)?;
        self.roster.set_cursor(user, sync.cursor);
        Ok(origin.reply(SessionNews::Synced(Box::new(sync))))
    }

    pub(super) fn sync(
        &mut self,
        user: &UserAlias,
        since: Option<Cursor>,
        reader: &dyn Reader,
    ) -> Result<Sync, Refusal> {
        let latest = self.records.latest_revision(reader)?;
        let all = reader.chats_of(user)?;
        // A cursor of the future comes from a database that is no more: start afresh.
        let since = since.filter(|cursor| *cursor <= latest);
        let mut sync = Sync {
            complete: since.is_none(),
            cursor: newest(&all),
            chats: Vec::new(),
            removed: Vec::new(),
            profiles: Vec::new(),
            present: Vec::new(),
        };
        for chat in &all {
            let Some(side) = chat.side_of(user) else {
                continue;
            };
            let peer = chat.user(side.other());
            let changed = since.is_none_or(|cursor| chat.revision > cursor);
            match (chat.removed, changed) {
                (true, true) if !sync.complete => sync.removed.push(chat.id.clone()),
                (false, true) => {
                    sync.chats.push(summary(chat, side, reader)?);
                    sync.profiles.push(self.profile(peer, reader)?);
                }
                (false, false) if self.renamed.contains(peer) => {
                    sync.profiles.push(self.profile(peer, reader)?);
                }
                (true, _) | (false, false) => {}
            }
            if !chat.removed && self.roster.presence_of(peer) != Presence::Offline {
                sync.present.push((peer.clone(), self.roster.presence_of(peer)));
            }
        }
        Ok(sync)
    }

    pub(super) fn profile(&mut self, alias: &UserAlias, reader: &dyn Reader) -> StoreResult<UserProfile> {
        let user = self.records.user(alias, reader)?;
        Ok(user.map_or_else(|| nobody(alias), |user| user.profile()))
    }

    /// Makes sure that the cursors of those of the two who are there are known, before anything moves them.
    pub(super) fn know_cursors(&mut self, users: &[UserAlias; 2], reader: &dyn Reader) -> StoreResult<()> {
        for user in users {
            if !self.roster.sessions_of(user).is_empty() && self.roster.cursor_of(user).is_none() {
                self.roster.set_cursor(user, newest(&reader.chats_of(user)?));
            }
        }
        Ok(())
    }
}

/// Where a user who has seen all of `chats` stands.
fn newest(chats: &[ChatRecord]) -> Cursor {
    chats.iter().map(|chat| chat.revision).max().unwrap_or_default()
}

fn nobody(alias: &UserAlias) -> UserProfile {
    UserProfile {
        alias: alias.clone(),
        first_name: None,
        last_name: None,
        email: None,
        image: None,
        can_video: false,
    }
}

/// The chat as the user on `side` sees it.
pub fn summary(chat: &ChatRecord, side: Side, reader: &dyn Reader) -> StoreResult<ChatSummary> {
    let last_message = if chat.last_seq > Seq(0) { reader.message(&chat.id, chat.last_seq)? } else { None };
    Ok(ChatSummary {
        chat: chat.id.clone(),
        incarnation: chat.incarnation,
        created_at: chat.created_at,
        created_by: chat.created_by.clone(),
        last_seq: chat.last_seq,
        last_message,
        read_seq: chat.read[side.index()],
        peer_read_seq: chat.read[side.other().index()],
        unread: chat.unread[side.index()],
    })
}
