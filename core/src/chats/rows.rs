//! The rows of a conversation by position: dividers, stored messages, messages on their way. Nothing is copied per
//! message, so a thread of 100,000 costs what one of 100 does.

use super::days::DayStart;
use super::thread::{Outgoing, OutgoingState, Thread};
use crate::calendar::{Day, TimeZone};
use bandyer_protocol::{ClientMessageId, Message, Seq, UserAlias};
use std::rc::Rc;

/// One row of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// The messages below are of this day.
    Day(Day),
    /// The messages below were unread when the conversation was opened.
    Unread,
    Stored(Rc<Message>),
    Outgoing(Rc<Outgoing>),
}

/// Tells rows apart over time. An own message keeps its key when it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowKey {
    /// The divider above this stored message.
    Day(Seq),
    /// The divider above this message on its way.
    DayOfOutgoing(ClientMessageId),
    Unread,
    /// A message of the other user.
    Theirs(Seq),
    /// A message of this user, stored or on its way.
    Mine(ClientMessageId),
}

/// How far an own message got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    Pending,
    Uploading { sent: u64, total: u64 },
    Failed,
    Sent,
    Read,
}

/// All rows of one conversation. Cheap to make and to compare; made anew after every change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    thread: Rc<Thread>,
    me: UserAlias,
    peer_read_seq: Seq,
    /// Position in `stored` of the first message below the unread divider.
    unread_at: Option<usize>,
    /// What follows the stored messages: few.
    tail: Vec<(RowKey, Row)>,
}

impl Rows {
    /// The rows of a thread as seen by `me`.
    pub fn new(thread: Rc<Thread>, me: UserAlias, peer_read_seq: Seq, zone: &TimeZone) -> Self {
        let tail = tail(&thread, zone);
        let unread_at = unread_at(&thread, &me);
        Self { thread, me, peer_read_seq, unread_at, tail }
    }

    /// The thread they were made of.
    pub fn thread(&self) -> &Rc<Thread> {
        &self.thread
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.stored_rows() + self.tail.len()
    }

    /// True for a conversation without anything in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row at a position, 0 being the uppermost. Logarithmic in the number of days.
    pub fn get(&self, position: usize) -> Option<Row> {
        if let Some(after) = position.checked_sub(self.stored_rows()) {
            return self.tail.get(after).map(|(_, row)| row.clone());
        }
        match self.stored_place(position) {
            Place::Day(start) => Some(Row::Day(start.day)),
            Place::Unread => Some(Row::Unread),
            Place::Message(index) => self.thread.stored.get(index).cloned().map(Row::Stored),
        }
    }

    /// The key of the row at a position.
    pub fn key(&self, position: usize) -> Option<RowKey> {
        if let Some(after) = position.checked_sub(self.stored_rows()) {
            return self.tail.get(after).map(|(key, _)| key.clone());
        }
        match self.stored_place(position) {
            Place::Day(start) => Some(RowKey::Day(start.seq)),
            Place::Unread => Some(RowKey::Unread),
            Place::Message(index) => self.thread.stored.get(index).map(|message| {
                if message.sender == self.me {
                    RowKey::Mine(message.client_id.clone())
                } else {
                    RowKey::Theirs(message.seq)
                }
            }),
        }
    }

    /// The position of a stored message.
    pub fn position_of(&self, seq: Seq) -> Option<usize> {
        let index = self.thread.stored.index_of(seq)?;
        let days = self.starts().partition_point(|start| start.seq <= seq);
        Some(index + days + usize::from(self.unread_at.is_some_and(|unread| unread <= index)))
    }

    /// The position of the unread divider.
    pub fn unread_position(&self) -> Option<usize> {
        let index = self.unread_at?;
        let seq = self.thread.stored.get(index)?.seq;
        Some(index + self.starts().partition_point(|start| start.seq <= seq))
    }

    /// True for a message this user wrote.
    pub fn is_mine(&self, message: &Message) -> bool {
        message.sender == self.me
    }

    /// How far an own message got; `None` for one of the other user.
    pub fn tick(&self, row: &Row) -> Option<Tick> {
        match row {
            Row::Day(_) | Row::Unread => None,
            Row::Stored(message) if !self.is_mine(message) => None,
            Row::Stored(message) if message.seq <= self.peer_read_seq => Some(Tick::Read),
            Row::Stored(_) => Some(Tick::Sent),
            Row::Outgoing(outgoing) => Some(match outgoing.state {
                OutgoingState::Pending => Tick::Pending,
                OutgoingState::Uploading { sent, total } => Tick::Uploading { sent, total },
                OutgoingState::Failed => Tick::Failed,
            }),
        }
    }

    fn starts(&self) -> &[DayStart] {
        self.thread.days.starts()
    }

    fn stored_rows(&self) -> usize {
        self.thread.stored.len() + self.starts().len() + usize::from(self.unread_at.is_some())
    }

    /// Row position of the divider of the `nth` day.
    fn day_position(&self, nth: usize, start: &DayStart) -> usize {
        let index = self.thread.stored.index_of(start.seq).unwrap_or(0);
        index + nth + usize::from(self.unread_at.is_some_and(|unread| unread < index))
    }

    fn stored_place(&self, position: usize) -> Place {
        let starts = self.starts();
        let (mut low, mut high) = (0, starts.len());
        while low < high {
            let middle = (low + high) / 2;
            let at = starts.get(middle).map_or(usize::MAX, |start| self.day_position(middle, start));
            if at <= position { low = middle + 1 } else { high = middle }
        }
        if let Some((nth, start)) = low.checked_sub(1).and_then(|nth| Some((nth, starts.get(nth)?)))
            && self.day_position(nth, start) == position
        {
            return Place::Day(*start);
        }
        let index = position - low;
        match self.unread_at {
            Some(unread) if unread == index => Place::Unread,
            Some(unread) if unread < index => Place::Message(index - 1),
            Some(_) | None => Place::Message(index),
        }
    }
}

enum Place {
    Day(DayStart),
    Unread,
    Message(usize),
}

/// The first unread message of the other user; `None` while it is not loaded.
fn unread_at(thread: &Thread, me: &UserAlias) -> Option<usize> {
    let first = thread.stored.index_of(thread.divider_after?.next())?;
    (first..thread.stored.len()).find(|index| thread.stored.get(*index).is_some_and(|m| m.sender != *me))
}

fn tail(thread: &Thread, zone: &TimeZone) -> Vec<(RowKey, Row)> {
    let mut rows = Vec::with_capacity(thread.outgoing.len());
    let mut day = thread.days.last();
    for outgoing in &thread.outgoing {
        let its_day = zone.day(outgoing.at);
        // A clock that lags behind must not put yesterday below today.
        if day.is_none_or(|day| day < its_day) {
            rows.push((RowKey::DayOfOutgoing(outgoing.client_id.clone()), Row::Day(its_day)));
            day = Some(its_day);
        }
        rows.push((RowKey::Mine(outgoing.client_id.clone()), Row::Outgoing(outgoing.clone())));
    }
    rows
}
