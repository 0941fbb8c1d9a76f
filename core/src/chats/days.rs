//! Which stored messages begin a new day: kept as messages come, so that no view has to look at all of them.

use crate::calendar::{Day, TimeZone};
use bandyer_protocol::{Message, Seq};
use std::rc::Rc;

/// The first message of each run of messages of one day, ascending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Days {
    starts: Rc<Vec<DayStart>>,
}

/// A day begins at this message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayStart {
    pub seq: Seq,
    pub day: Day,
}

impl Days {
    /// All starts, ascending.
    pub fn starts(&self) -> &[DayStart] {
        &self.starts
    }

    /// The day of the newest message.
    pub fn last(&self) -> Option<Day> {
        self.starts.last().map(|start| start.day)
    }

    pub(super) fn append(&mut self, message: &Message, zone: &TimeZone) {
        let day = zone.day(message.at);
        if self.last() != Some(day) {
            Rc::make_mut(&mut self.starts).push(DayStart { seq: message.seq, day });
        }
    }

    /// `page` goes before everything known.
    pub(super) fn prepend(&mut self, page: &[Rc<Message>], zone: &TimeZone) {
        let mut front = Days::default();
        for message in page {
            front.append(message, zone);
        }
        let continues = front.last().is_some() && front.last() == self.starts.first().map(|start| start.day);
        let rest = self.starts.get(usize::from(continues)..).unwrap_or_default();
        let mut starts = Vec::with_capacity(front.starts.len() + rest.len());
        starts.extend_from_slice(&front.starts);
        starts.extend_from_slice(rest);
        self.starts = Rc::new(starts);
    }
}
