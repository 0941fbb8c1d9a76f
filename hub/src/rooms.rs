//! Rooms the host site makes for links, and closes again.

use super::chats::drop_files;
use super::{AdminReply, CloseReason, Decision, Delivery, Hub, Outcome, Refusal, SessionKey, scope};
use bandyer_protocol::{
    CallAlias, ErrorCode, Failure, PROTOCOL_VERSION, ServerEnvelope, ServerMessage, Timestamp, UserAlias,
};
use bandyer_records::{CallFiles, JournalKind, JournalRecord, Reader, RoomRecord, Write};

impl Hub {
    /// Adds a room. Whoever asked has checked its participants, and made up its name and links.
    pub(super) fn create_room(&mut self, room: &RoomRecord, origin: &str, now: Timestamp) -> Decision {
        let mut room = room.clone();
        room.created_at = now;
        let row = room_row(JournalKind::RoomCreated, &room, origin, now);
        let writes = vec![Write::PutRoom(room.clone()), Write::AddJournal(row)];
        Ok(Outcome { writes, ..Outcome::default() }.answering(AdminReply::Room(Box::new(room))))
    }

    /// Closes a room for good: its links are void from now on. What happened in it stays known; the files given in it go
    /// with the room.
    pub(super) fn close_room(
        &mut self,
        room: &CallAlias,
        deleted: bool,
        origin: &str,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        let mut room = known_room(room, reader)?;
        if room.disabled && !deleted {
            return Ok(Outcome::default().answering(AdminReply::Room(Box::new(room))));
        }
        room.disabled = true;
        room.deleted = deleted;
        let mut outcome = self.end_in_room(&room.room, now, reader)?;
        if let Some(Write::PutRoom(ended)) =
            outcome.writes.iter().find(|write| matches!(write, Write::PutRoom(_)))
        {
            room.used_ms = ended.used_ms;
        }
        outcome.deliveries.extend(self.shut_out(&room.room));
        if deleted {
            outcome.writes.push(Write::DropBoard(room.room.clone()));
            outcome.follow(drop_files(reader.call_uploads(&CallFiles::In(room.room.clone()))?));
        }
        let kind = if deleted { JournalKind::RoomDeleted } else { JournalKind::RoomDisabled };
        let row = room_row(kind, &room, origin, now);
        outcome.writes.extend([Write::PutRoom(room.clone()), Write::AddJournal(row)]);
        Ok(outcome.answering(AdminReply::Room(Box::new(room))))
    }

    /// Ends the sockets that links of the room opened.
    fn shut_out(&self, room: &CallAlias) -> Vec<Delivery> {
        let Err(void) = scope::stands(None) else { return Vec::new() };
        let msg = ServerMessage::Error(void);
        let envelope = ServerEnvelope { v: PROTOCOL_VERSION, re: None, step: None, msg };
        let sessions = self.roster.sessions_within(room);
        let close =
            |session: &SessionKey| Delivery::Close { session: *session, reason: CloseReason::Refused };
        let closing: Vec<_> = sessions.iter().map(close).collect();
        std::iter::once(Delivery::To { sessions, envelope }).chain(closing).collect()
    }

    /// Makes one link void; the other participants keep theirs. Answers whether there was such a link.
    pub(super) fn revoke_link(&mut self, link: &str, reader: &dyn Reader) -> Decision {
        let Some((mut room, _)) = reader.room_by_link(link)? else {
            return Ok(Outcome::default().answering(AdminReply::Count(0)));
        };
        for one in room.participants.iter_mut().filter(|one| one.link.as_deref() == Some(link)) {
            one.link = None;
        }
        let writes = vec![Write::PutRoom(room)];
        Ok(Outcome { writes, ..Outcome::default() }.answering(AdminReply::Count(1)))
    }
}

fn known_room(room: &CallAlias, reader: &dyn Reader) -> Result<RoomRecord, Refusal> {
    let found = reader.room(room)?.filter(|room| !room.deleted);
    found.ok_or_else(|| Failure::new(ErrorCode::CallNotFound, "there is no such room").into())
}

/// `origin` is where the links of the room lead to; whoever is told of the room later needs it to write them out.
fn room_row(kind: JournalKind, room: &RoomRecord, origin: &str, at: Timestamp) -> JournalRecord {
    let user: Option<UserAlias> = room.initiator.clone();
    let data = serde_json::json!({ "origin": origin }).to_string();
    JournalRecord { id: 0, at, kind, user, room: Some(room.room.clone()), session: None, data }
}
