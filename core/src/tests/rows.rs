//! Rows by position, compared with the plain way of counting them out.

use super::rig::*;
use crate::calendar::{Day, TimeZone};
use crate::chats::thread::{Content, Outgoing, OutgoingState, Thread};
use crate::chats::{Row, RowKey, Rows, Tick};
use bandyer_protocol::*;
use proptest::prelude::*;
use std::rc::Rc;

const DAY_MS: i64 = 86_400_000;

fn stored(seq: u64, mine: bool, at: i64) -> Rc<Message> {
    let sender = if mine { "anna" } else { "bob" };
    Rc::new(Message { at: Timestamp(at), ..message("bob", seq, sender, "x") })
}

fn waiting(number: u64, at: i64) -> Rc<Outgoing> {
    Rc::new(Outgoing {
        client_id: ClientMessageId::parse(&format!("out-{number}")).unwrap(),
        content: Content::Text("x".into()),
        at: Timestamp(at),
        state: OutgoingState::Pending,
        in_flight: false,
        failures: 0,
    })
}

/// What the rows should be, written down one after the other.
fn plain(messages: &[Rc<Message>], outgoing: &[Rc<Outgoing>], divider: Option<Seq>) -> Vec<Row> {
    let mut rows = Vec::new();
    let (mut day, mut divided) = (None, divider.is_none());
    if let (Some(after), Some(first)) = (divider, messages.first()) {
        divided = after.next() < first.seq;
    }
    for message in messages {
        let its_day = Day(message.at.0.div_euclid(DAY_MS));
        if day != Some(its_day) {
            rows.push(Row::Day(its_day));
            day = Some(its_day);
        }
        if !divided && divider.is_some_and(|after| message.seq > after) && message.sender.as_str() != "anna" {
            rows.push(Row::Unread);
            divided = true;
        }
        rows.push(Row::Stored(message.clone()));
    }
    for outgoing in outgoing {
        let its_day = Day(outgoing.at.0.div_euclid(DAY_MS));
        if day.is_none_or(|day| day < its_day) {
            rows.push(Row::Day(its_day));
            day = Some(its_day);
        }
        rows.push(Row::Outgoing(outgoing.clone()));
    }
    rows
}

proptest! {
    #[test]
    fn every_position_holds_the_row_that_counting_gives(
        steps in prop::collection::vec((any::<bool>(), 0i64..DAY_MS), 0..700),
        first in 1u64..50,
        front in 0usize..700,
        waits in prop::collection::vec(0i64..3 * DAY_MS, 0..4),
        divider in prop::option::of(0u64..760),
    ) {
        let mut at = 20_000 * DAY_MS;
        let messages: Vec<Rc<Message>> = steps.iter().zip(first..).map(|((mine, gap), seq)| {
            // Mostly close together, now and then a day apart.
            at += if gap % 7 == 0 { *gap } else { gap / 100 };
            stored(seq, *mine, at)
        }).collect();
        let outgoing: Vec<Rc<Outgoing>> =
            waits.iter().zip(0..).map(|(gap, number)| waiting(number, at + gap)).collect();
        let divider = divider.map(Seq);
        let zone = TimeZone::default();
        let mut thread = Thread { outgoing: outgoing.clone(), divider_after: divider, ..Thread::default() };
        let (older, newer) = messages.split_at(front.min(messages.len()));
        for message in newer {
            prop_assert!(thread.append(message.clone(), &zone));
        }
        for page in older.rchunks(60) {
            prop_assert!(thread.prepend(page, &zone));
        }
        let rows = Rows::new(Rc::new(thread), alias("anna"), Seq(0), &zone);
        let expected = plain(&messages, &outgoing, divider);
        prop_assert_eq!(rows.len(), expected.len());
        let found: Vec<Row> = (0..rows.len()).filter_map(|position| rows.get(position)).collect();
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(rows.get(rows.len()), None);
        prop_assert_eq!(rows.unread_position(), expected.iter().position(|row| *row == Row::Unread));
        for (position, row) in expected.iter().enumerate() {
            if let Row::Stored(message) = row {
                prop_assert_eq!(rows.position_of(message.seq), Some(position));
            }
        }
        let keys: std::collections::BTreeSet<RowKey> = (0..rows.len()).filter_map(|p| rows.key(p)).collect();
        prop_assert_eq!(keys.len(), rows.len(), "keys are unique");
    }
}

#[test]
fn own_messages_tell_how_far_they_got_and_keep_their_key() {
    let mut thread = Thread { outgoing: vec![waiting(1, 0)], ..Thread::default() };
    let zone = TimeZone::default();
    let rows = Rows::new(Rc::new(thread.clone()), alias("anna"), Seq(0), &zone);
    let key = rows.key(1);
    assert_eq!(rows.tick(&rows.get(1).unwrap()), Some(Tick::Pending));
    thread.outgoing.clear();
    let mut arrived = Message::clone(&stored(1, true, 0));
    arrived.client_id = ClientMessageId::parse("out-1").unwrap();
    assert!(thread.append(Rc::new(arrived), &zone));
    assert!(thread.append(stored(2, false, 0), &zone));
    let sent = Rows::new(Rc::new(thread.clone()), alias("anna"), Seq(0), &zone);
    assert_eq!(sent.key(1), key);
    assert_eq!(sent.tick(&sent.get(1).unwrap()), Some(Tick::Sent));
    let read = Rows::new(Rc::new(thread), alias("anna"), Seq(1), &zone);
    assert_eq!(read.tick(&read.get(1).unwrap()), Some(Tick::Read));
    assert_eq!(read.tick(&read.get(2).unwrap()), None);
}

#[test]
fn an_append_to_a_hundred_thousand_copies_one_chunk_and_no_more() {
    let zone = TimeZone::default();
    let page: Vec<Rc<Message>> = (1..=100_000).map(|seq| stored(seq, false, seq as i64 * 60_000)).collect();
    let mut thread = Thread::default();
    assert!(thread.prepend(&page, &zone));
    let shared = thread.clone();
    assert!(thread.append(stored(100_001, false, 100_001 * 60_000), &zone));
    // Held by `page` and by one list: whatever was copied is held once more.
    let copied = page.iter().filter(|message| Rc::strong_count(message) > 2).count();
    assert!(copied <= 256, "{copied} messages were copied");
    assert_eq!((shared.stored.len(), thread.stored.len()), (100_000, 100_001));
    let rows = Rows::new(Rc::new(thread), alias("anna"), Seq(0), &zone);
    assert_eq!(rows.get(rows.len() - 1).and_then(|row| rows.tick(&row)), None);
    assert_eq!(rows.position_of(Seq(100_001)), Some(rows.len() - 1));
}
