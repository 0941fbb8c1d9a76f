//! What all lists have in common: a part is asked for, newest first, and the answer tells whether there is more and
//! where it goes on. Skipping counts from the newest entry, which shifts when new ones come; a cursor does not.

use crate::iso_date;
use crate::refusal::{Refusal, RestCode};
use crate::rest::arguments::lenient;
use crate::state::App;
use bandyer_protocol::Timestamp;
use bandyer_records::{JournalRecord, Mark, Period, Reader, RoomRecord, SessionRecord, Slice, StoreResult};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 100;

/// Which part of a list is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PartQuery {
    /// Entries to pass over, counted from the newest, or from the cursor. Entries that come in between two requests
    /// shift what is passed over: use `cursor`.
    #[serde(default, alias = "filter[skip]", deserialize_with = "lenient::number")]
    #[param(value_type = Option<u64>, default = 0)]
    skip: Option<u64>,
    /// 1 to 100; 20 when left out.
    #[serde(default, alias = "filter[limit]", deserialize_with = "lenient::number")]
    #[param(value_type = Option<u64>)]
    limit: Option<u64>,
    /// `next_cursor` of an earlier answer: the list goes on behind its last entry, whatever was added in front
    /// meanwhile. The other parameters have to be the same as before.
    #[serde(alias = "filter[cursor]")]
    cursor: Option<String>,
}

/// A part of a list; `E` holds the entries under the list's own word.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listed<E> {
    skip: u32,
    limit: u32,
    has_more: bool,
    /// For `cursor` of the next request, as long as there is more.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// How many entries follow.
    count: usize,
    #[serde(flatten)]
    entries: E,
}

/// A part of a list as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    after: Option<Mark>,
    skip: u32,
    limit: u32,
}

/// Something that has its place in a list.
pub trait Entry {
    fn mark(&self) -> Mark;
}

impl Entry for RoomRecord {
    fn mark(&self) -> Mark {
        Mark { at: self.created_at, id: self.room.to_string() }
    }
}

impl Entry for SessionRecord {
    fn mark(&self) -> Mark {
        Mark { at: self.created_at, id: self.session.clone() }
    }
}

impl Entry for JournalRecord {
    fn mark(&self) -> Mark {
        Mark { at: self.at, id: self.id.to_string() }
    }
}

/// What was found of a list, before it gets its word.
pub struct Found<T> {
    part: Part,
    has_more: bool,
    pub next_cursor: Option<String>,
    pub items: Vec<T>,
}

impl<T> Found<T> {
    /// The answer; `word` puts the entries under the list's own one.
    pub fn listed<E>(self, word: impl FnOnce(Vec<T>) -> E) -> Listed<E> {
        let (Part { skip, limit, .. }, count) = (self.part, self.items.len());
        let (has_more, next_cursor) = (self.has_more, self.next_cursor);
        Listed { skip, limit, has_more, next_cursor, count, entries: word(self.items) }
    }
}

/// Reads a part of a list: `read` looks the records up, `show` makes of each what is answered, if anything.
///
/// # Errors
/// `invalid_param` when a number is out of range or the cursor none of ours, and those of the store.
pub async fn list<R: Entry, T: Send + 'static>(
    app: &App,
    query: &PartQuery,
    read: impl Fn(&dyn Reader, &Slice) -> StoreResult<Vec<R>> + Send + 'static,
    show: impl Fn(&dyn Reader, &R) -> StoreResult<Option<T>> + Send + 'static,
) -> Result<Found<T>, Refusal> {
    let part = Part::asked(query)?;
    let found = app.reads.read(move |store| {
        let mut records = read(store, &part.slice())?;
        let has_more = records.len() > part.limit as usize;
        records.truncate(part.limit as usize);
        let next_cursor = records.last().filter(|_| has_more).map(|last| cursor(&last.mark()));
        let items = records.iter().filter_map(|record| show(store, record).transpose());
        Ok(Found { items: items.collect::<StoreResult<_>>()?, part, has_more, next_cursor })
    });
    Ok(found.await?)
}

impl Part {
    fn asked(query: &PartQuery) -> Result<Self, Refusal> {
        let skip = u32::try_from(query.skip.unwrap_or(0))
            .map_err(|_| RestCode::InvalidParam.because("skip: too large"))?;
        let limit = u32::try_from(query.limit.unwrap_or(DEFAULT_LIMIT.into())).unwrap_or(u32::MAX);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(RestCode::InvalidParam.because("limit: 1 to 100"));
        }
        let cursor = query.cursor.as_deref().filter(|text| !text.is_empty());
        let after =
            cursor.map(|text| mark(text).ok_or(RestCode::InvalidParam.because("cursor: none of ours")));
        Ok(Self { after: after.transpose()?, skip, limit })
    }

    /// One entry more than was asked for, to see whether there is one.
    fn slice(&self) -> Slice {
        Slice { after: self.after.clone(), skip: self.skip, limit: self.limit + 1 }
    }
}

/// Opaque to whoever gets it; ids hold nothing that an address would have to escape.
fn cursor(mark: &Mark) -> String {
    format!("c{}-{}", mark.at.0, mark.id)
}

fn mark(cursor: &str) -> Option<Mark> {
    let (at, id) = cursor.strip_prefix('c')?.split_once('-')?;
    Some(Mark { at: Timestamp(at.parse().ok()?), id: id.to_owned() })
}

/// # Errors
/// `invalid_param` when one is no date.
pub fn period(from: Option<&str>, to: Option<&str>) -> Result<Period, Refusal> {
    let read = |name: &'static str, text: Option<&str>| match text {
        None | Some("") => Ok(None),
        Some(text) => iso_date::parse(text)
            .map(Some)
            .ok_or_else(|| RestCode::InvalidParam.because(format!("{name}: expected a date in ISO 8601"))),
    };
    Ok(Period { from: read("the first date", from)?, to: read("the last date", to)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(skip: Option<u64>, limit: Option<u64>, cursor: Option<&str>) -> Result<Part, RestCode> {
        let query = PartQuery { skip, limit, cursor: cursor.map(str::to_owned) };
        Part::asked(&query).map_err(|refusal| refusal.code)
    }

    #[test]
    fn a_part_is_asked_for_within_limits() {
        assert_eq!(
            asked(None, Some(2), None).unwrap().slice().limit,
            3,
            "one more, to see whether there is one"
        );
        assert_eq!(asked(Some(7), None, Some("")), Ok(Part { after: None, skip: 7, limit: 20 }));
        for limit in [0, 101, u64::MAX] {
            assert_eq!(asked(None, Some(limit), None), Err(RestCode::InvalidParam));
        }
        assert_eq!(asked(Some(u64::MAX), None, None), Err(RestCode::InvalidParam));
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_nothing_else_is_one() {
        for (at, id) in [(0, "room_1"), (1_700_000_000_000, "a-b-c"), (5, "7")] {
            let written = Mark { at: Timestamp(at), id: id.to_owned() };
            assert_eq!(mark(&cursor(&written)), Some(written));
        }
        for wrong in ["x", "c", "c1", "cx-y", "1-y"] {
            assert_eq!(asked(None, None, Some(wrong)), Err(RestCode::InvalidParam), "{wrong}");
        }
    }
}
