//! A long list of messages that is cheap to copy after a change: a vector of shared chunks.

use bandyer_protocol::{Message, Seq};
use std::rc::Rc;

/// Messages per chunk: what one append copies at most when the list is shared.
const CHUNK: usize = 256;

type Chunk = Rc<Vec<Rc<Message>>>;

/// Messages with consecutive sequence numbers, ascending. Appending or prepending copies one chunk at most, however
/// long the list is.
///
/// Every chunk but the first and the last is full, so that a position is found by division.
#[derive(Debug, Clone, Default)]
pub struct MessageList {
    chunks: Rc<Vec<Chunk>>,
    first: Seq,
    len: usize,
}

/// Equal when they share their chunks: two lists built apart differ even with the same content. That is what a
/// view needs to know, and it costs nothing.
impl PartialEq for MessageList {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len
            && self.first == other.first
            && (Rc::ptr_eq(&self.chunks, &other.chunks)
                || self.chunks.iter().zip(other.chunks.iter()).all(|(a, b)| Rc::ptr_eq(a, b)))
    }
}

impl Eq for MessageList {}

impl MessageList {
    /// How many messages it holds.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True without a message.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Sequence number of the oldest message, `None` when empty.
    pub fn first_seq(&self) -> Option<Seq> {
        (self.len > 0).then_some(self.first)
    }

    /// Sequence number of the newest message, `None` when empty.
    pub fn last_seq(&self) -> Option<Seq> {
        (self.len > 0).then(|| Seq(self.first.0 + self.len as u64 - 1))
    }

    /// The message at a position, 0 being the oldest. Constant time.
    pub fn get(&self, index: usize) -> Option<&Rc<Message>> {
        let head = self.chunks.first()?;
        if index < head.len() {
            return head.get(index);
        }
        let rest = index - head.len();
        self.chunks.get(1 + rest / CHUNK)?.get(rest % CHUNK)
    }

    /// The position of a sequence number, `None` when it is not held.
    pub fn index_of(&self, seq: Seq) -> Option<usize> {
        let index = usize::try_from(seq.0.checked_sub(self.first.0)?).ok()?;
        (index < self.len).then_some(index)
    }

    /// The message with a sequence number, `None` when it is not held.
    pub fn by_seq(&self, seq: Seq) -> Option<&Rc<Message>> {
        self.get(self.index_of(seq)?)
    }

    /// The newest message.
    pub fn last(&self) -> Option<&Rc<Message>> {
        self.get(self.len.checked_sub(1)?)
    }

    /// All messages, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Rc<Message>> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    /// The messages from a sequence number on, oldest first.
    pub fn iter_from(&self, seq: Seq) -> impl Iterator<Item = &Rc<Message>> {
        let start = usize::try_from(seq.0.saturating_sub(self.first.0)).unwrap_or(usize::MAX);
        (start..self.len).filter_map(|index| self.get(index))
    }

    /// Adds the message after the last one. False, and nothing added, when its number does not join.
    pub fn append(&mut self, message: Rc<Message>) -> bool {
        match self.last_seq() {
            None => self.first = message.seq,
            Some(last) if last.next() == message.seq => {}
            Some(_) => return false,
        }
        let chunks = Rc::make_mut(&mut self.chunks);
        match chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => Rc::make_mut(chunk).push(message),
            Some(_) | None => chunks.push(new_chunk(message)),
        }
        self.len += 1;
        true
    }

    /// Adds ascending messages before the first one. False, and nothing added, when they are not consecutive or do
    /// not join.
    pub fn prepend(&mut self, page: &[Rc<Message>]) -> bool {
        let Some(last) = page.last() else { return true };
        let joins = self.len == 0 || last.seq.next() == self.first;
        let run = page.windows(2).all(|pair| matches!(pair, [a, b] if a.seq.next() == b.seq));
        if !joins || !run {
            return false;
        }
        let chunks = Rc::make_mut(&mut self.chunks);
        let mut rest = page;
        while let Some((newest, older)) = rest.split_last() {
            let room = chunks.first().map_or(0, |head| CHUNK - head.len());
            if room == 0 {
                chunks.insert(0, new_chunk(newest.clone()));
                rest = older;
                continue;
            }
            let (older, taken) = rest.split_at(rest.len().saturating_sub(room));
            if let Some(head) = chunks.first_mut() {
                Rc::make_mut(head).splice(0..0, taken.iter().cloned());
            }
            rest = older;
        }
        self.len += page.len();
        self.first = page.first().map_or(self.first, |message| message.seq);
        true
    }
}

fn new_chunk(message: Rc<Message>) -> Chunk {
    let mut chunk = Vec::with_capacity(CHUNK);
    chunk.push(message);
    Rc::new(chunk)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bandyer_protocol::{ChatId, ClientMessageId, MessageBody, Timestamp, UserAlias};
    use proptest::prelude::*;

    fn message(seq: u64) -> Rc<Message> {
        Rc::new(Message {
            chat: ChatId::parse("anna#bob").unwrap(),
            seq: Seq(seq),
            sender: UserAlias::parse("anna").unwrap(),
            client_id: ClientMessageId::parse(&format!("c{seq}")).unwrap(),
            body: MessageBody::Text("hi".into()),
            at: Timestamp(seq as i64),
        })
    }

    fn page(first: u64, last: u64) -> Vec<Rc<Message>> {
        (first..=last).map(message).collect()
    }

    #[test]
    fn refuses_what_does_not_join() {
        let mut list = MessageList::default();
        assert!(list.append(message(5)));
        assert!(!list.append(message(7)));
        assert!(!list.append(message(5)));
        assert!(!list.prepend(&page(1, 3)));
        assert!(!list.prepend(&[message(2), message(4)]));
        assert_eq!(list.len(), 1);
        assert!(list.prepend(&page(1, 4)));
        assert_eq!((list.first_seq(), list.last_seq()), (Some(Seq(1)), Some(Seq(5))));
        assert_eq!(list.by_seq(Seq(6)), None);
        assert_eq!(list.by_seq(Seq(0)), None);
    }

    #[test]
    fn a_copy_shares_all_but_the_touched_chunk() {
        let mut list = MessageList::default();
        assert!(list.prepend(&page(1, 10_000)));
        let before = list.clone();
        assert!(before == list);
        assert!(list.append(message(10_001)));
        assert!(before != list);
        let shared = before.chunks.iter().zip(list.chunks.iter()).filter(|(a, b)| Rc::ptr_eq(a, b)).count();
        assert!(shared + 1 >= before.chunks.len(), "{shared} of {} shared", before.chunks.len());
        assert_eq!(before.len(), 10_000);
    }

    proptest! {
        #[test]
        fn holds_every_message_at_its_place(steps in prop::collection::vec((any::<bool>(), 1u64..600), 1..12)) {
            let mut list = MessageList::default();
            let (mut first, mut last) = (100_000u64, 99_999u64);
            for (front, count) in steps {
                if front {
                    prop_assert!(list.prepend(&page(first - count, first - 1)));
                    first -= count;
                } else {
                    for seq in last + 1..=last + count {
                        prop_assert!(list.append(message(seq)));
                    }
                    last += count;
                }
            }
            prop_assert_eq!(list.len() as u64, last - first + 1);
            for (index, seq) in (first..=last).enumerate() {
                prop_assert_eq!(list.get(index).map(|m| m.seq), Some(Seq(seq)));
                prop_assert_eq!(list.index_of(Seq(seq)), Some(index));
            }
            let all: Vec<u64> = list.iter().map(|m| m.seq.0).collect();
            prop_assert_eq!(all, (first..=last).collect::<Vec<_>>());
            let tail: Vec<u64> = list.iter_from(Seq(last - 3.min(last - first))).map(|m| m.seq.0).collect();
            prop_assert_eq!(tail.len() as u64, 3.min(last - first) + 1);
            prop_assert_eq!(list.get(list.len()), None);
        }
    }
}
