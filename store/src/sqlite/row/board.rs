//! Rows of boards to records.

use super::parsed;
use bandyer_protocol::CallAlias;
use bandyer_records::{BoardRecord, ShapeRecord, Tally};
use rusqlite::{Result, Row};

pub fn board(row: &Row<'_>) -> Result<BoardRecord> {
    Ok(BoardRecord {
        room: room(row)?,
        number: row.get(1)?,
        pages: parsed(row, 2, |text| serde_json::from_str(text))?,
        there: Tally { shapes: row.get(3)?, bytes: row.get(4)? },
        erased: Tally { shapes: row.get(5)?, bytes: row.get(6)? },
        forgotten: row.get(7)?,
    })
}

pub fn shape(row: &Row<'_>) -> Result<ShapeRecord> {
    Ok(ShapeRecord {
        room: room(row)?,
        changed: row.get(1)?,
        erased: row.get(2)?,
        shape: parsed(row, 3, |text| serde_json::from_str(text))?,
    })
}

pub fn tally(row: &Row<'_>) -> Result<Tally> {
    Ok(Tally { shapes: row.get(0)?, bytes: row.get(1)? })
}

pub fn room(row: &Row<'_>) -> Result<CallAlias> {
    parsed(row, 0, CallAlias::parse)
}
