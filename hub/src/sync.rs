//! What a device needs to catch up: what changed since its cursor, or the list from its beginning. It is read beside
//! the hub's thread, a part at a time, so that however much somebody asks for, nobody else waits for it; the hub only
//! adds who is there, and whether that was all.

use super::{Decision, Hub, Origin, Scope};
use bandyer_protocol::{
    ChatSummary, Cursor, Epoch, Message, MessageBody, PREVIEW_CHARS, Presence, Seq, SessionNews, Sync,
    UserAlias, UserProfile,
};
use bandyer_records::{ChatRecord, Reader, Side, StoreResult};

/// Most chats in one part: about 100 KB when every text is as long as a summary shows.
pub const MOST_CHATS: u32 = 100;

/// One part of what a device missed, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Nobody is `present` in it yet, and there is no `more`.
    pub sync: Sync,
    /// The others in the user's chats; read with what looks like the last part.
    pub peers: Option<Vec<UserAlias>>,
}

/// Reads at most `most` chats that changed after `since`; within a scope there is only one.
///
/// # Errors
/// When they cannot be read.
pub fn part(
    reader: &dyn Reader,
    user: &UserAlias,
    scope: Option<&Scope>,
    since: Option<Cursor>,
    most: u32,
) -> StoreResult<Part> {
    let only = scope.map(|scope| reader.chat(&scope.chat)).transpose()?;
    let newest = match &only {
        None => reader.cursor_of(user)?,
        Some(chat) => chat.as_ref().map(|chat| chat.revision).unwrap_or_default(),
    };
    // A cursor of the future comes from a database that is no more: start afresh.
    let since = since.filter(|cursor| *cursor <= newest);
    let after = since.unwrap_or_default();
    let chats = match only {
        None => reader.chats_after(user, after, most)?,
        Some(chat) => chat.into_iter().filter(|chat| chat.revision > after).collect(),
    };
    let last = chats.len() < most as usize;
    let mut sync = Sync {
        complete: since.is_none(),
        cursor: chats.last().map(|chat| chat.revision).or(since).unwrap_or_default(),
        more: false,
        chats: Vec::new(),
        removed: Vec::new(),
        profiles: Vec::new(),
        present: Vec::new(),
    };
    for chat in &chats {
        let Some(side) = chat.side_of(user) else {
            continue;
        };
        if !chat.removed {
            sync.chats.push(summary(chat, side, reader)?);
            let peer = chat.user(side.other());
            sync.profiles.push(reader.user(peer)?.map_or_else(|| nobody(peer), |user| user.profile()));
        } else if !sync.complete {
            sync.removed.push(chat.id.clone());
        }
    }
    let peers = match scope {
        Some(scope) => Some(scope.chat.other(user).into_iter().collect()),
        None if last => Some(reader.peers_of(user)?),
        None => None,
    };
    Ok(Part { sync, peers })
}

/// The cursor a device brings along, if it counts here: what was seen of another life of the database says nothing about
/// this one.
///
/// # Errors
/// When the epoch cannot be read.
pub fn known(
    reader: &dyn Reader,
    cursor: Option<Cursor>,
    epoch: Option<&Epoch>,
) -> StoreResult<Option<Cursor>> {
    let here = reader.epoch()?;
    Ok(cursor.filter(|_| epoch == Some(&here)))
}

impl Hub {
    /// Hands a part over to the device that asked for it.
    pub(super) fn catch_up(
        &mut self,
        user: &UserAlias,
        part: &Part,
        origin: Origin,
        reader: &dyn Reader,
    ) -> Decision {
        let scope = self.roster.scope_of(origin.session).cloned();
        let newest = self.newest(user, scope.as_ref(), reader)?;
        Ok(origin.reply(SessionNews::Synced(Box::new(self.complete(part, newest, reader)?))))
    }

    /// What the store does not know. `newest` is where a device stands that has seen everything, the changes of this
    /// moment included: those made since the part was read are in the next one.
    pub(super) fn complete(&mut self, part: &Part, newest: Cursor, reader: &dyn Reader) -> StoreResult<Sync> {
        let peers = part.peers.as_ref().filter(|_| part.sync.cursor >= newest);
        let mut sync = Sync { more: peers.is_none(), ..part.sync.clone() };
        for peer in peers.into_iter().flatten() {
            if self.renamed.contains(peer) {
                sync.profiles.push(self.profile(peer, reader)?);
            }
            let presence = self.roster.presence_of(peer);
            if presence != Presence::Offline {
                sync.present.push((peer.clone(), presence));
            }
        }
        Ok(sync)
    }

    /// Where a device stands that has seen everything it may see.
    pub(super) fn newest(
        &mut self,
        user: &UserAlias,
        scope: Option<&Scope>,
        reader: &dyn Reader,
    ) -> StoreResult<Cursor> {
        match scope {
            None => self.cursor_of(user, reader),
            Some(scope) => {
                Ok(self.records.chat(&scope.chat, reader)?.map(|chat| chat.revision).unwrap_or_default())
            }
        }
    }

    /// Where a device of the user stands that has seen everything.
    pub(super) fn cursor_of(&self, user: &UserAlias, reader: &dyn Reader) -> StoreResult<Cursor> {
        match self.roster.cursor_of(user) {
            Some(cursor) => Ok(cursor),
            None => reader.cursor_of(user),
        }
    }

    pub(super) fn profile(&mut self, alias: &UserAlias, reader: &dyn Reader) -> StoreResult<UserProfile> {
        let user = self.records.user(alias, reader)?;
        Ok(user.map_or_else(|| nobody(alias), |user| user.profile()))
    }

    /// Makes sure that the cursors of those of the two who are there are known, before anything moves them.
    pub(super) fn know_cursors(&mut self, users: &[UserAlias; 2], reader: &dyn Reader) -> StoreResult<()> {
        for user in users {
            if !self.roster.sessions_of(user).is_empty() && self.roster.cursor_of(user).is_none() {
                self.roster.set_cursor(user, reader.cursor_of(user)?);
            }
        }
        Ok(())
    }
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
    let last = if chat.last_seq > Seq(0) { reader.message(&chat.id, chat.last_seq)? } else { None };
    let (last_message, cut) = last.map(preview).unzip();
    Ok(ChatSummary {
        chat: chat.id.clone(),
        incarnation: chat.incarnation,
        created_at: chat.created_at,
        created_by: chat.created_by.clone(),
        last_seq: chat.last_seq,
        last_message,
        cut: cut.unwrap_or(false),
        read_seq: chat.read[side.index()],
        peer_read_seq: chat.read[side.other().index()],
        unread: chat.unread[side.index()],
    })
}

/// As much of a message as a list shows, and whether that is not all.
fn preview(mut message: Message) -> (Message, bool) {
    let MessageBody::Text(text) = &mut message.body else { return (message, false) };
    let end = text.char_indices().nth(PREVIEW_CHARS).map(|(end, _)| end);
    if let Some(end) = end {
        text.truncate(end);
        text.shrink_to_fit();
    }
    (message, end.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bandyer_protocol::{ChatId, ClientMessageId, Timestamp};

    fn text(length: usize) -> Message {
        Message {
            chat: ChatId::parse("anna#bob").unwrap(),
            seq: Seq(1),
            sender: UserAlias::parse("anna").unwrap(),
            client_id: ClientMessageId::parse("m").unwrap(),
            body: MessageBody::Text("\u{1F600}".repeat(length)),
            at: Timestamp(0),
        }
    }

    #[test]
    fn a_list_shows_the_beginning_of_a_long_text() {
        let (kept, cut) = preview(text(PREVIEW_CHARS));
        assert_eq!((kept, cut), (text(PREVIEW_CHARS), false));
        let (kept, cut) = preview(text(PREVIEW_CHARS + 1));
        assert_eq!((kept, cut), (text(PREVIEW_CHARS), true));
    }
}
