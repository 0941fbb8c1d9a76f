//! Boards of the store without a disk.

use super::MemoryStore;
use bandyer_protocol::{BoardDevice, CallAlias, PageId, ShapeId, UserAlias};
use bandyer_records::{
    BoardDeviceRecord, BoardRecord, Boards, BoardsOf, MAX_BOARD_DEVICES, RoomRecord, ShapeRange, ShapeRecord,
    StoreResult, Tally, Write,
};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default)]
pub(super) struct BoardTables {
    boards: BTreeMap<CallAlias, BoardRecord>,
    shapes: BTreeMap<CallAlias, BTreeMap<ShapeId, ShapeRecord>>,
    devices: BTreeMap<CallAlias, BTreeMap<(UserAlias, BoardDevice), BoardDeviceRecord>>,
}

impl BoardTables {
    /// Carries out a write that is about boards.
    pub(super) fn apply(&mut self, write: &Write) {
        match write {
            Write::PutBoard(board) => {
                self.boards.insert(board.room.clone(), board.clone());
            }
            Write::PutShape(record) => {
                let shapes = self.shapes.entry(record.room.clone()).or_default();
                shapes.insert(record.shape.id.clone(), (**record).clone());
            }
            Write::ClearPage { room, page, number } => {
                let shapes = self.shapes.get_mut(room).into_iter().flat_map(BTreeMap::values_mut);
                for record in shapes.filter(|one| !one.erased && &one.shape.page == page) {
                    (record.erased, record.changed) = (true, *number);
                }
            }
            Write::ForgetErased { room, upto } => {
                if let Some(shapes) = self.shapes.get_mut(room) {
                    shapes.retain(|_, record| !record.erased || record.changed > *upto);
                }
            }
            Write::PutBoardDevice(device) => self.put_device(device),
            Write::DropBoard(room) => self.forget(room),
            Write::PutUser(_)
            | Write::PutChat(_)
            | Write::AddMessage(_)
            | Write::AddUpload(_)
            | Write::KeepUpload(_)
            | Write::DropUpload(_)
            | Write::ClearChat(_)
            | Write::AllCanVideo(_)
            | Write::PutRoom(_)
            | Write::PutSession(_)
            | Write::PutLiveCall(_)
            | Write::DropLiveCall(_)
            | Write::AddJournal(_)
            | Write::DropJournal { .. }
            | Write::PutHook(_)
            | Write::MoveHook { .. }
            | Write::DropHook(_) => {}
        }
    }

    /// Boards of rooms that are gone go too.
    pub(super) fn keep_those_of(&mut self, rooms: &BTreeMap<CallAlias, RoomRecord>) {
        let gone: Vec<_> = self.boards.keys().filter(|room| !rooms.contains_key(*room)).cloned().collect();
        gone.iter().for_each(|room| self.forget(room));
    }

    fn forget(&mut self, room: &CallAlias) {
        self.boards.remove(room);
        self.shapes.remove(room);
        self.devices.remove(room);
    }

    fn put_device(&mut self, device: &BoardDeviceRecord) {
        let devices = self.devices.entry(device.room.clone()).or_default();
        devices.insert((device.user.clone(), device.key.device.clone()), device.clone());
        let mut numbers: Vec<_> = devices.values().map(|device| device.number).collect();
        numbers.sort_unstable_by(|a, b| b.cmp(a));
        let oldest = numbers.get(MAX_BOARD_DEVICES as usize - 1).copied().unwrap_or(0);
        devices.retain(|_, device| device.number >= oldest);
    }

    fn of<'a>(&'a self, room: &CallAlias) -> impl Iterator<Item = &'a ShapeRecord> {
        self.shapes.get(room).into_iter().flat_map(BTreeMap::values)
    }
}

fn tally<'a>(shapes: impl Iterator<Item = &'a ShapeRecord>) -> Tally {
    shapes.fold(Tally::default(), |tally, record| Tally {
        shapes: tally.shapes + 1,
        bytes: tally.bytes + record.shape.weight() as u64,
    })
}

impl Boards for MemoryStore {
    fn board(&self, room: &CallAlias) -> StoreResult<Option<BoardRecord>> {
        Ok(self.read()?.boards.boards.get(room).cloned())
    }

    fn shape(&self, room: &CallAlias, shape: &ShapeId) -> StoreResult<Option<ShapeRecord>> {
        Ok(self.read()?.boards.shapes.get(room).and_then(|shapes| shapes.get(shape)).cloned())
    }

    fn shapes(&self, room: &CallAlias, range: &ShapeRange) -> StoreResult<Vec<ShapeRecord>> {
        let behind = |record: &&ShapeRecord| {
            let mark = range.from.as_ref().map(|mark| (mark.number, &mark.shape));
            record.changed > range.after
                && mark.is_none_or(|mark| (record.changed, &record.shape.id) > mark)
                && (!record.erased || record.changed > range.erased_after)
        };
        let mut found: Vec<_> = self.read()?.boards.of(room).filter(behind).collect();
        found.sort_by_key(|record| (record.changed, &record.shape.id));
        let mut bytes = 0;
        let fits = |record: &&ShapeRecord| {
            let before = bytes;
            bytes += record.shape.weight() as u64;
            before < range.bytes
        };
        Ok(found.into_iter().take(range.limit as usize).take_while(fits).cloned().collect())
    }

    fn page_tally(&self, room: &CallAlias, page: &PageId) -> StoreResult<Tally> {
        let there = |record: &&ShapeRecord| !record.erased && &record.shape.page == page;
        Ok(tally(self.read()?.boards.of(room).filter(there)))
    }

    fn oldest_erased(&self, room: &CallAlias, count: u32) -> StoreResult<(u64, Tally)> {
        let tables = &self.read()?.boards;
        let mut numbers: Vec<_> =
            tables.of(room).filter(|one| one.erased).map(|record| record.changed).collect();
        numbers.sort_unstable();
        numbers.truncate(count as usize);
        let upto = numbers.last().copied().unwrap_or(0);
        Ok((upto, tally(tables.of(room).filter(|record| record.erased && record.changed <= upto))))
    }

    fn board_count(
        &self,
        room: &CallAlias,
        user: &UserAlias,
        device: &BoardDevice,
    ) -> StoreResult<Option<u64>> {
        let devices = self.read()?.boards.devices.get(room);
        Ok(devices.and_then(|all| all.get(&(user.clone(), device.clone()))).map(|device| device.key.count))
    }

    fn boards(&self, which: &BoardsOf) -> StoreResult<Vec<CallAlias>> {
        let tables = self.read()?;
        let takes_part =
            |room: &RoomRecord, user: &UserAlias| room.participants.iter().any(|one| &one.user == user);
        let wanted = |room: &&CallAlias| {
            tables.calls.rooms.get(*room).is_some_and(|room| match which {
                BoardsOf::Both(both) => both.iter().all(|user| takes_part(room, user)),
                BoardsOf::User(user) => takes_part(room, user),
            })
        };
        Ok(tables.boards.boards.keys().filter(wanted).cloned().collect())
    }
}
