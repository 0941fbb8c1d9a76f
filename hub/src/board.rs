//! Boards: who may draw on which, what a request changes, and who hears of it. A board is not kept in memory: what a request
//! needs of it is read, and what it changes is written.

mod draft;

#[cfg(test)]
mod tests;

use super::{Decision, Delivery, Hub, Origin, Outcome, Refusal, SessionKey};
use bandyer_protocol::board::{
    BoardKey, BoardNews, BoardOp, BoardPart, BoardRequest, MAX_COUNT, MAX_OPS, Mark,
};
use bandyer_protocol::{
    CallAlias, Epoch, ErrorCode, Failure, PROTOCOL_VERSION, ServerEnvelope, ServerMessage, Tool, UserAlias,
};
use bandyer_records::{
    BoardRecord, BoardsOf, Reader, RoomRecord, ShapeRange, ShapeRecord, StoreResult, Write,
};
use draft::{Draft, Painter};

/// Most shapes in one part of a board, and how many bytes of them are read for it.
const PART_SHAPES: u32 = 2_000;
const PART_BYTES: u64 = 192 * 1024;

/// Most boards that one socket may have open.
const MOST_OPEN: usize = 4;

/// What a device knows of a board, and which part it asks for.
struct Known<'a> {
    after: u64,
    epoch: Option<&'a Epoch>,
    from: Option<&'a Mark>,
}

impl Hub {
    pub(super) fn board_request(
        &mut self,
        user: &UserAlias,
        request: &BoardRequest,
        origin: Origin,
        reader: &dyn Reader,
    ) -> Decision {
        match request {
            BoardRequest::Open { room, after, epoch, from } => {
                let known = Known { after: *after, epoch: epoch.as_ref(), from: from.as_ref() };
                self.open_board(user, room, &known, origin, reader)
            }
            BoardRequest::Apply { room, key, ops } => {
                self.apply_to_board(user, room, (key, ops), origin, reader)
            }
            BoardRequest::Close { room } => {
                self.roster.close_board(origin.session, room);
                Ok(origin.reply(ServerMessage::Done))
            }
        }
    }

    fn open_board(
        &mut self,
        user: &UserAlias,
        room: &CallAlias,
        known: &Known<'_>,
        origin: Origin,
        reader: &dyn Reader,
    ) -> Decision {
        let room = room_of(user, room, reader)?;
        self.tools_in(user, &room).need(Tool::Whiteboard)?;
        if !self.roster.open_board(origin.session, &room.room, MOST_OPEN) {
            let reason = format!("a socket may have {MOST_OPEN} boards open");
            return Err(Failure::new(ErrorCode::InvalidRequest, reason).into());
        }
        let board = reader.board(&room.room)?.unwrap_or_else(|| BoardRecord::new(room.room));
        let part = part(board, known, reader)?;
        Ok(origin.reply(BoardNews::Opened(Box::new(part))))
    }

    fn apply_to_board(
        &mut self,
        user: &UserAlias,
        room: &CallAlias,
        (key, ops): (&BoardKey, &[BoardOp]),
        origin: Origin,
        reader: &dyn Reader,
    ) -> Decision {
        let room = room_of(user, room, reader)?;
        let tools = self.tools_in(user, &room);
        tools.need(Tool::Whiteboard)?;
        if room.disabled {
            return Err(no_such_room());
        }
        check_request(key, ops)?;
        let board = reader.board(&room.room)?.unwrap_or_else(|| BoardRecord::new(room.room.clone()));
        let applied = |number, repeated| BoardNews::Applied { room: room.room.clone(), number, repeated };
        let done = reader.board_count(&room.room, user, &key.device)?;
        if done.is_some_and(|done| key.count <= done) {
            return Ok(origin.reply(applied(board.number, true)));
        }
        let mut draft = Draft::new(board, Painter { user, tools }, reader);
        draft.apply_all(ops)?;
        let changed = draft.finish(key)?;
        let mut outcome = origin.reply(applied(changed.number, false));
        outcome.writes = changed.writes;
        let (number, by, ops) = (changed.number, user.clone(), changed.ops);
        let news = BoardNews::Changed { room: room.room.clone(), number, by, ops };
        outcome.deliveries.extend(self.tell_board(&room, news, origin));
        Ok(outcome)
    }

    /// To every other socket of its users that has the board open.
    fn tell_board(&self, room: &RoomRecord, news: BoardNews, origin: Origin) -> Option<Delivery> {
        let all = room.participants.iter().flat_map(|one| self.roster.sessions_of(&one.user));
        let told = |key: &SessionKey| *key != origin.session && self.roster.has_board(*key, &room.room);
        let sessions: Vec<_> = all.copied().filter(told).collect();
        let envelope = ServerEnvelope { v: PROTOCOL_VERSION, re: None, step: None, msg: news.into() };
        if sessions.is_empty() { None } else { Some(Delivery::To { sessions, envelope }) }
    }
}

/// The boards go with what they belong to.
pub(super) fn drop_boards(which: &BoardsOf, reader: &dyn Reader) -> StoreResult<Outcome> {
    let writes = reader.boards(which)?.into_iter().map(Write::DropBoard).collect();
    Ok(Outcome { writes, ..Outcome::default() })
}

fn check_request(key: &BoardKey, ops: &[BoardOp]) -> Result<(), Failure> {
    let wrong = |reason: String| Err(Failure::new(ErrorCode::InvalidRequest, reason));
    if ops.is_empty() || ops.len() > MAX_OPS {
        return wrong(format!("a request has 1 to {MAX_OPS} operations"));
    }
    // The database stores no larger one, and what it refuses takes others' requests with it.
    if !(1..=MAX_COUNT).contains(&key.count) {
        return wrong(format!("a device counts its requests from 1 to {MAX_COUNT}"));
    }
    Ok(())
}

/// A room the user takes part in. That others exist is not told.
fn room_of(user: &UserAlias, room: &CallAlias, reader: &dyn Reader) -> Result<RoomRecord, Refusal> {
    let takes_part = |room: &RoomRecord| room.participants.iter().any(|one| &one.user == user);
    reader.room(room)?.filter(|room| !room.deleted && takes_part(room)).ok_or_else(no_such_room)
}

fn no_such_room() -> Refusal {
    Failure::new(ErrorCode::CallNotFound, "there is no such room of this user").into()
}

/// How things stand that changed since what a device knows. What it knows may be of another life of the database, or so old
/// that what was erased since is forgotten: then everything.
fn part(board: BoardRecord, known: &Known<'_>, reader: &dyn Reader) -> StoreResult<BoardPart> {
    let epoch = reader.epoch()?;
    let joins = known.epoch.is_none_or(|of| *of == epoch)
        && known.after <= board.number
        && known.after >= board.forgotten;
    let after = if joins { known.after } else { 0 };
    // Parts go on as they began, unless what was erased since is forgotten meanwhile.
    let from = known.from.filter(|mark| after == known.after && (joins || mark.began >= board.forgotten));
    let began = from.map_or(board.number, |mark| mark.began);
    // Who has nothing yet need not know what was erased before.
    let erased_after = if after > 0 { after } else { began };
    let range =
        ShapeRange { after, from: from.cloned(), erased_after, limit: PART_SHAPES, bytes: PART_BYTES };
    let found = reader.shapes(&board.room, &range)?;
    let more = if is_full(&found) { found.last().map(|last| mark(last, began)) } else { None };
    let (erased, there): (Vec<_>, Vec<_>) = found.into_iter().partition(|record| record.erased);
    Ok(BoardPart {
        room: board.room,
        complete: after == 0 && from.is_none(),
        number: board.number,
        epoch,
        pages: if from.is_none() { board.pages } else { Vec::new() },
        shapes: there.into_iter().map(|record| record.shape).collect(),
        erased: erased.into_iter().map(|record| record.shape.id).collect(),
        more,
    })
}

fn is_full(found: &[ShapeRecord]) -> bool {
    let bytes: usize = found.iter().map(|record| record.shape.weight()).sum();
    found.len() >= PART_SHAPES as usize || bytes as u64 >= PART_BYTES
}

fn mark(record: &ShapeRecord, began: u64) -> Mark {
    Mark { number: record.changed, shape: record.shape.id.clone(), began }
}
