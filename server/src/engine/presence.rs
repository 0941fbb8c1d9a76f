//! Who came and went, on its way to the journal: gathered, so that a crowd coming back costs no commit of its own, and
//! written along with the next thing that is.

use bandyer_protocol::Timestamp;
use bandyer_records::Write;

/// How long rows wait for something else to be written.
const LONGEST_WAIT_MS: i64 = 1000;
/// When nothing can be written for so long that there are more of them, the oldest ones are lost.
const MOST_ROWS: usize = 10_000;

#[derive(Debug, Default)]
pub struct PresenceRows {
    rows: Vec<Write>,
    due_at: Option<Timestamp>,
    /// The last time they could not be written: they endanger nobody else's transaction.
    failed: bool,
}

impl PresenceRows {
    pub fn add(&mut self, rows: Vec<Write>, now: Timestamp) {
        if rows.is_empty() {
            return;
        }
        self.rows.extend(rows);
        self.rows.drain(..self.rows.len().saturating_sub(MOST_ROWS));
        self.due_at.get_or_insert(Timestamp(now.0 + LONGEST_WAIT_MS));
    }

    /// When they are to be written at the latest.
    pub fn due_at(&self) -> Option<Timestamp> {
        self.due_at
    }

    pub fn is_due(&self, now: Timestamp) -> bool {
        // A clock that was set back must not keep them waiting.
        self.due_at.is_some_and(|at| at <= now || at.since(now) > LONGEST_WAIT_MS)
    }

    /// Whether they may be written together with something else.
    pub fn goes_along(&self) -> bool {
        !self.failed
    }

    pub fn rows(&self) -> &[Write] {
        &self.rows
    }

    pub fn written(&mut self) {
        *self = Self::default();
    }

    /// They are tried again later.
    pub fn not_written(&mut self, now: Timestamp) {
        self.due_at = Some(Timestamp(now.0 + LONGEST_WAIT_MS));
        self.failed = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: usize) -> Vec<Write> {
        (0..count).map(|_| Write::DropJournal { before: Timestamp(0), most: 1 }).collect()
    }

    #[test]
    fn rows_wait_for_a_second_and_are_kept_until_they_are_written() {
        let mut waiting = PresenceRows::default();
        waiting.add(rows(0), Timestamp(5));
        assert_eq!((waiting.due_at(), waiting.is_due(Timestamp(9000))), (None, false));
        waiting.add(rows(1), Timestamp(0));
        waiting.add(rows(1), Timestamp(900));
        assert!(!waiting.is_due(Timestamp(999)) && waiting.is_due(Timestamp(1000)));
        assert!(waiting.goes_along());
        waiting.not_written(Timestamp(1000));
        assert!(!waiting.goes_along());
        assert_eq!((waiting.rows().len(), waiting.due_at()), (2, Some(Timestamp(2000))));
        waiting.written();
        assert_eq!((waiting.rows().len(), waiting.due_at()), (0, None));
    }

    #[test]
    fn a_disk_that_stays_full_fills_no_memory() {
        let mut waiting = PresenceRows::default();
        for _ in 0..3 {
            waiting.add(rows(MOST_ROWS - 1), Timestamp(0));
        }
        assert_eq!(waiting.rows().len(), MOST_ROWS);
    }
}
