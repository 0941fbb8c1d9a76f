//! The statements that read boards.

use super::SqliteStore;
use crate::sqlite::row::{board as row, columns};
use bandyer_protocol::{BoardDevice, CallAlias, PageId, ShapeId, UserAlias};
use bandyer_records::{BoardRecord, Boards, BoardsOf, ShapeRange, ShapeRecord, StoreResult, Tally};

impl Boards for SqliteStore {
    fn board(&self, room: &CallAlias) -> StoreResult<Option<BoardRecord>> {
        let sql = concat!("SELECT ", columns!(board), " FROM board WHERE room = ?1");
        self.one(sql, [room.as_str()], row::board)
    }

    fn shape(&self, room: &CallAlias, shape: &ShapeId) -> StoreResult<Option<ShapeRecord>> {
        let sql = concat!("SELECT ", columns!(board_shape), " FROM board_shape WHERE room = ?1 AND id = ?2");
        self.one(sql, (room.as_str(), shape.as_str()), row::shape)
    }

    fn shapes(&self, room: &CallAlias, range: &ShapeRange) -> StoreResult<Vec<ShapeRecord>> {
        // What comes before the one that reaches the limit, and that one: a sum over what stands in front.
        let sql = concat!(
            "SELECT ",
            columns!(board_shape),
            " FROM (SELECT *, sum(weight) OVER (ORDER BY changed, id) - weight AS before \
             FROM (SELECT * FROM board_shape WHERE room = ?1 AND changed > ?2 AND (changed, id) > (?3, ?4) \
             AND (erased = 0 OR changed > ?5) ORDER BY changed, id LIMIT ?6)) WHERE before < ?7 ORDER BY changed, id"
        );
        let most = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let (number, id) = range.from.as_ref().map_or((0, ""), |mark| (mark.number, mark.shape.as_str()));
        let limits = (most(range.erased_after), range.limit, most(range.bytes));
        let params = (room.as_str(), most(range.after), most(number), id, limits.0, limits.1, limits.2);
        self.all(sql, params, row::shape)
    }

    fn page_tally(&self, room: &CallAlias, page: &PageId) -> StoreResult<Tally> {
        let sql = "SELECT count(*), coalesce(sum(weight), 0) FROM board_shape \
                   WHERE room = ?1 AND page = ?2 AND erased = 0";
        Ok(self.one(sql, (room.as_str(), page.as_str()), row::tally)?.unwrap_or_default())
    }

    fn oldest_erased(&self, room: &CallAlias, count: u32) -> StoreResult<(u64, Tally)> {
        let nth = "SELECT max(changed) FROM (SELECT changed FROM board_shape WHERE room = ?1 AND erased = 1 \
                   ORDER BY changed LIMIT ?2)";
        let upto = self.one(nth, (room.as_str(), count), |row| row.get::<_, Option<u64>>(0))?;
        let upto = upto.flatten().unwrap_or(0);
        let sql = "SELECT count(*), coalesce(sum(weight), 0) FROM board_shape \
                   WHERE room = ?1 AND changed <= ?2 AND erased = 1";
        Ok((upto, self.one(sql, (room.as_str(), upto), row::tally)?.unwrap_or_default()))
    }

    fn board_count(
        &self,
        room: &CallAlias,
        user: &UserAlias,
        device: &BoardDevice,
    ) -> StoreResult<Option<u64>> {
        let sql = "SELECT count FROM board_device WHERE room = ?1 AND user = ?2 AND device = ?3";
        self.one(sql, (room.as_str(), user.as_str(), device.as_str()), |row| row.get(0))
    }

    fn boards(&self, which: &BoardsOf) -> StoreResult<Vec<CallAlias>> {
        match which {
            BoardsOf::Both([first, second]) => {
                let sql = "SELECT DISTINCT board.room FROM room_participant a \
                           JOIN room_participant b ON b.room = a.room JOIN board ON board.room = a.room \
                           WHERE a.user = ?1 AND b.user = ?2 ORDER BY board.room";
                self.all(sql, [first.as_str(), second.as_str()], row::room)
            }
            BoardsOf::User(user) => {
                let sql = "SELECT DISTINCT board.room FROM room_participant a \
                           JOIN board ON board.room = a.room WHERE a.user = ?1 ORDER BY board.room";
                self.all(sql, [user.as_str()], row::room)
            }
        }
    }
}
