//! The statements that write boards.

use super::json_of;
use bandyer_protocol::{CallAlias, PageId};
use bandyer_records::{BoardDeviceRecord, BoardRecord, MAX_BOARD_DEVICES, ShapeRecord};
use rusqlite::{Connection, Result, params};

pub fn put_board(connection: &Connection, board: &BoardRecord) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO board (room, number, pages, shapes, bytes, erased_shapes, erased_bytes, forgotten) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    connection.prepare_cached(sql)?.execute(params![
        board.room.as_str(),
        board.number,
        json_of(&board.pages)?,
        board.there.shapes,
        board.there.bytes,
        board.erased.shapes,
        board.erased.bytes,
        board.forgotten,
    ])?;
    Ok(())
}

pub fn put_shape(connection: &Connection, record: &ShapeRecord) -> Result<()> {
    let sql = "INSERT INTO board_shape (room, id, page, changed, erased, weight, body) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (room, id) DO UPDATE SET \
               page = excluded.page, changed = excluded.changed, erased = excluded.erased, \
               weight = excluded.weight, body = excluded.body";
    let shape = &record.shape;
    connection.prepare_cached(sql)?.execute(params![
        record.room.as_str(),
        shape.id.as_str(),
        shape.page.as_str(),
        record.changed,
        record.erased,
        shape.weight(),
        json_of(shape)?,
    ])?;
    Ok(())
}

pub fn clear_page(connection: &Connection, room: &CallAlias, page: &PageId, number: u64) -> Result<()> {
    let sql = "UPDATE board_shape SET erased = 1, changed = ?3 WHERE room = ?1 AND page = ?2 AND erased = 0";
    connection.prepare_cached(sql)?.execute((room.as_str(), page.as_str(), number))?;
    Ok(())
}

pub fn forget_erased(connection: &Connection, room: &CallAlias, upto: u64) -> Result<()> {
    let sql = "DELETE FROM board_shape WHERE room = ?1 AND changed <= ?2 AND erased = 1";
    connection.prepare_cached(sql)?.execute((room.as_str(), upto))?;
    Ok(())
}

pub fn put_device(connection: &Connection, device: &BoardDeviceRecord) -> Result<()> {
    let sql =
        "INSERT OR REPLACE INTO board_device (room, user, device, count, number) VALUES (?1, ?2, ?3, ?4, ?5)";
    let (room, key) = (device.room.as_str(), &device.key);
    let values = params![room, device.user.as_str(), key.device.as_str(), key.count, device.number];
    connection.prepare_cached(sql)?.execute(values)?;
    let oldest = "DELETE FROM board_device WHERE room = ?1 AND number < coalesce((SELECT number FROM board_device \
                  WHERE room = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2), 0)";
    connection.prepare_cached(oldest)?.execute((room, MAX_BOARD_DEVICES - 1))?;
    Ok(())
}

pub fn drop_board(connection: &Connection, room: &CallAlias) -> Result<()> {
    for sql in [
        "DELETE FROM board_shape WHERE room = ?1",
        "DELETE FROM board_device WHERE room = ?1",
        "DELETE FROM board WHERE room = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([room.as_str()])?;
    }
    Ok(())
}
