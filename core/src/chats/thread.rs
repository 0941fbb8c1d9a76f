//! The messages of one chat that this device holds: a run of stored ones without a hole, and the ones on their way.

use super::days::Days;
use super::message_list::MessageList;
use crate::calendar::TimeZone;
use bandyer_protocol::{Attachment, ClientMessageId, Message, Seq, Timestamp, UserAlias};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How many messages the first page asks for; each further one asks for twice as many, up to the server's limit.
pub const FIRST_PAGE: u32 = 30;

/// Where the unread messages begin is not looked for beyond so many.
const FARTHEST_BACK: usize = 2_000;

/// What a conversation shows, besides what its chat says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Stored messages, ascending, without a hole. Changed through [`Thread::append`] and [`Thread::prepend`] only,
    /// which keep `days` in step.
    pub stored: MessageList,
    /// Where the days begin in `stored`.
    pub days: Days,
    /// Written here and not acknowledged yet, oldest first; shown after the stored ones.
    pub outgoing: Vec<Rc<Outgoing>>,
    /// The oldest message of the chat is in `stored`, or the chat is empty.
    pub reached_start: bool,
    /// The conversation was opened once: the thread is kept up to date from then on.
    pub opened: bool,
    /// The first pages have arrived: as many as it takes to show where the unread ones begin.
    pub paged: bool,
    /// A page of older messages is on its way.
    pub loading_older: bool,
    /// A gap to the newest message is being closed.
    pub loading_gap: bool,
    /// Where the unread divider stands: above the first message after this one. Set on opening the conversation.
    pub divider_after: Option<Seq>,
    /// The last message is in view.
    pub at_bottom: bool,
    /// The lowest stored message that stands on the screen of the open conversation; `None` before it stands there.
    pub on_screen: Option<Seq>,
    /// Object URLs of loaded preview pictures.
    pub pictures: Rc<BTreeMap<Seq, String>>,
    /// Previews asked for and not there yet.
    pub pictures_wanted: BTreeSet<Seq>,
    /// Size of the next older page.
    pub next_page: u32,
}

impl Default for Thread {
    fn default() -> Self {
        Self {
            stored: MessageList::default(),
            days: Days::default(),
            outgoing: Vec::new(),
            reached_start: false,
            opened: false,
            paged: false,
            loading_older: false,
            loading_gap: false,
            divider_after: None,
            at_bottom: true,
            on_screen: None,
            pictures: Rc::default(),
            pictures_wanted: BTreeSet::new(),
            next_page: FIRST_PAGE,
        }
    }
}

impl Thread {
    /// Adds the message after the last one; false when it does not join.
    pub fn append(&mut self, message: Rc<Message>, zone: &TimeZone) -> bool {
        let joins = self.stored.append(message.clone());
        if joins {
            self.days.append(&message, zone);
        }
        joins
    }

    /// Adds ascending messages before the first one; false when they do not join.
    pub fn prepend(&mut self, page: &[Rc<Message>], zone: &TimeZone) -> bool {
        let joins = self.stored.prepend(page);
        if joins {
            self.days.prepend(page, zone);
        }
        joins
    }

    /// What a person should see first is here.
    pub fn can_be_placed(&self) -> bool {
        self.paged || self.reached_start
    }

    /// Finds anew where the days begin, by another zone.
    pub fn count_days(&mut self, zone: &TimeZone) {
        self.days = Days::default();
        for message in self.stored.iter() {
            self.days.append(message, zone);
        }
    }

    /// What this user wrote, be it on another device, is below what they had seen: the divider goes below the last of
    /// these messages that is theirs, and away when nothing unread is left there.
    pub fn divide_below_own<'a>(
        &mut self,
        messages: impl Iterator<Item = &'a Rc<Message>>,
        me: Option<&UserAlias>,
    ) {
        let Some(divider) = self.divider_after else { return };
        let own = messages.filter(|message| Some(&message.sender) == me).map(|message| message.seq).max();
        let Some(own) = own.filter(|own| *own > divider) else { return };
        let left = self.stored.iter_from(own.next()).any(|message| Some(&message.sender) != me);
        self.divider_after = left.then_some(own);
    }

    /// The first unread message is here, as far as one goes back for it.
    pub fn holds_unread(&self) -> bool {
        let Some(divider) = self.divider_after else { return true };
        self.stored.first_seq().is_some_and(|first| first <= divider.next())
            || self.stored.len() >= FARTHEST_BACK
    }

    /// The message on its way that has this id.
    pub fn outgoing(&self, id: &ClientMessageId) -> Option<&Rc<Outgoing>> {
        self.outgoing.iter().find(|outgoing| &outgoing.client_id == id)
    }
}

/// A message that is not stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub client_id: ClientMessageId,
    pub content: Content,
    /// When it was written, by the server's clock.
    pub at: Timestamp,
    pub state: OutgoingState,
    /// Sent over the present connection and not answered yet.
    pub in_flight: bool,
    /// How often in a row the server could not store it.
    pub failures: u32,
}

impl Outgoing {
    /// The file, when it is one.
    pub fn file(&self) -> Option<&OutgoingFile> {
        match &self.content {
            Content::File(file) => Some(file),
            Content::Text(_) => None,
        }
    }
}

/// What is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Text(String),
    File(OutgoingFile),
}

/// A file on its way, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingFile {
    /// The file object in the upload service.
    pub file: u32,
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// True when the browser believes it is a picture; the server decides.
    pub picture: bool,
    /// Set once the upload is stored and only the message is missing.
    pub attachment: Option<Attachment>,
}

/// How far a message on its way got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutgoingState {
    /// Waits for the network or its turn, or for the server's answer.
    Pending,
    /// Bytes of the upload on the server so far.
    Uploading { sent: u64, total: u64 },
    /// Refused or broken: "not sent, retry".
    Failed,
}
