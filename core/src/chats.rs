//! All chats of the user: the list, and what the public getters remember of the session.

mod answers;
mod composer;
pub mod days;
mod hear;
mod incoming;
mod kept;
pub mod message_list;
mod paging;
mod pursuit;
pub mod rows;
mod sync;
pub mod thread;
mod uploads;

use crate::api::{ApiCallId, ApiError};
use crate::effect::{Effect, StoreCommand};
use crate::saved::Saved;
use crate::step::{Step, reply};
use bandyer_protocol::{ChatId, ClientMessageId, Message, Seq, Timestamp, UserAlias};
pub use rows::{Row, RowKey, Rows, Tick};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
pub use thread::{Outgoing, OutgoingState, Thread};

/// The slice of all chats.
#[derive(Debug, Clone, Default)]
pub struct Chats {
    /// Makes message ids unique; see [`crate::State::new`].
    pub seed: String,
    pub by_id: BTreeMap<ChatId, Rc<Chat>>,
    /// The order of the list: newest last message first, else newest chat first.
    pub order: Rc<Vec<ChatId>>,
    /// The first complete list has arrived.
    pub loaded: bool,
    /// Of this session only.
    pub last_received: Option<Message>,
    /// Of this session only.
    pub last_sent: Option<Message>,
    /// What was kept on this device has been read: nothing is sent before, or newer texts would overtake older ones.
    pub restored: bool,
    /// Of what was kept: texts of chats that are not in the list, or not yet.
    pub strays: Saved,
    /// Number of the next message id.
    pub next_message: u32,
    /// Calls that wait until a message is stored.
    pub awaiting: BTreeMap<ClientMessageId, ApiCallId>,
    /// The server asked for a pause, or something failed that will be tried again: the resend timer runs.
    pub pausing: bool,
    /// Drafts that changed since they were written to storage.
    pub unsaved_drafts: BTreeSet<ChatId>,
    /// The list that comes is of another database: what it names takes the place of what this device knew.
    pub anew: bool,
    /// What a list from the beginning has named so far, until its last part is here.
    pub listed: Option<BTreeSet<ChatId>>,
    /// Chats of the first list, before `chat_loaded` was emitted for them.
    pub unannounced: Vec<ChatId>,
}

/// One chat, with everything its row in the list and its conversation show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chat {
    pub id: ChatId,
    pub other: UserAlias,
    pub incarnation: u32,
    pub created_at: Timestamp,
    pub created_by: UserAlias,
    /// As the list shows it.
    pub last_message: Option<Message>,
    /// Only the beginning of its text is known.
    pub last_cut: bool,
    /// The last message the server is known to hold.
    pub last_seq: Seq,
    /// The last message that was announced here, or was there before this session. Behind `last_seq` while a gap is
    /// being closed.
    pub heard: Seq,
    pub read_seq: Seq,
    pub peer_read_seq: Seq,
    pub unread: u32,
    /// The other user is typing.
    pub typing: bool,
    pub draft: String,
    pub thread: Rc<Thread>,
    /// A read marker the server has not confirmed yet.
    pub marking: Option<Wanted>,
    /// The other user has read this message, and the host page was not told yet because it is not loaded.
    pub receipt: Option<Wanted>,
    /// When this user's typing was last told to the other one.
    pub typing_told: Option<Timestamp>,
}

/// Something about a message that the server must be asked until it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    pub seq: Seq,
    /// Asked over the present line.
    pub asked: bool,
}

impl Chat {
    /// What the list is ordered by.
    fn active_at(&self) -> Timestamp {
        self.last_message.as_ref().map_or(self.created_at, |message| message.at)
    }

    fn thread_mut(&mut self) -> &mut Thread {
        Rc::make_mut(&mut self.thread)
    }

    /// Changes one message on its way; `None` when it is not there any more.
    fn outgoing_mut(&mut self, id: &ClientMessageId) -> Option<&mut Outgoing> {
        self.thread_mut().outgoing.iter_mut().find(|outgoing| &outgoing.client_id == id).map(Rc::make_mut)
    }

    /// A whole message is here: maybe the one of which the list had only the beginning.
    fn knows(&mut self, message: &Message) {
        if self.last_cut && message.seq == self.last_seq {
            self.last_message = Some(message.clone());
            self.last_cut = false;
        }
    }

    /// Unread messages after a marker, when all of them are loaded.
    fn unread_after(&self, read: Seq, me: Option<&UserAlias>) -> Option<u32> {
        if read >= self.last_seq {
            return Some(0);
        }
        let stored = &self.thread.stored;
        let covered = stored.first_seq()? <= read.next() && stored.last_seq()? >= self.last_seq;
        covered.then(|| count_others(stored.iter_from(read.next()), me))
    }
}

/// Messages that are not this user's own.
fn count_others<'a>(messages: impl Iterator<Item = &'a Rc<Message>>, me: Option<&UserAlias>) -> u32 {
    messages.fold(0, |count, message| count + u32::from(Some(&message.sender) != me))
}

impl Chats {
    fn chat_mut(&mut self, id: &ChatId) -> Option<&mut Chat> {
        self.by_id.get_mut(id).map(Rc::make_mut)
    }

    /// Orders the whole list anew.
    fn reorder_all(&mut self) {
        let mut order: Vec<ChatId> = self.by_id.keys().cloned().collect();
        order.sort_by_key(|id| self.rank(id));
        self.order = Rc::new(order);
    }

    /// Puts one chat where it belongs now.
    fn reorder(&mut self, id: &ChatId) {
        let rank = self.rank(id);
        let place = self.order.iter().filter(|other| *other != id).position(|other| self.rank(other) > rank);
        let place = place.unwrap_or(self.order.len().saturating_sub(1));
        if self.order.get(place) != Some(id) {
            let order = Rc::make_mut(&mut self.order);
            order.retain(|other| other != id);
            order.insert(place.min(order.len()), id.clone());
        }
    }

    fn rank(&self, id: &ChatId) -> (std::cmp::Reverse<Timestamp>, ChatId) {
        let at = self.by_id.get(id).map_or(Timestamp(0), |chat| chat.active_at());
        (std::cmp::Reverse(at), id.clone())
    }

    /// Answers the call that waits for a message, if one does.
    fn answer_waiting(&mut self, id: &ClientMessageId, result: Result<(), ApiError>) -> Option<Step> {
        let call = self.awaiting.remove(id)?;
        Some(reply(call, result.map(|()| crate::api::ApiReply::Done)))
    }

    /// The session is over: nothing is sent any more, everybody who waits is told, drafts are kept.
    pub(crate) fn ended(&mut self) -> Vec<Step> {
        let mut steps = self.save_drafts();
        for (_, call) in std::mem::take(&mut self.awaiting) {
            let error = ApiError::new(
                crate::api::ApiErrorCode::NotAuthenticated,
                "The session ended before the message was stored",
            );
            steps.push(reply(call, Err(error)));
        }
        steps
    }
}

/// A command for the storage of this device.
fn store(command: StoreCommand) -> Step {
    Step::Do(Effect::Store(command))
}
