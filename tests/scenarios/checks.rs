//! What must hold once the world has come to rest, whatever happened before.

use crate::World;
use crate::device::{Device, Page};
use bandyer_core::api::ClientEvent;
use bandyer_core::select;
use bandyer_protocol::{ChatId, Message, MessageBody, Presence, Seq, UserAlias};
use std::collections::{BTreeMap, BTreeSet};

impl World {
    /// Everything that is promised of a world at rest.
    pub fn check(&self) {
        for (number, device) in self.devices.iter().enumerate().filter(|(_, device)| !device.unmounted) {
            let named = format!("device {number} of {}", device.user);
            assert!(device.state.session.is_online(), "{named} is not connected");
            self.knows_what_the_server_knows(device, &named);
            assert!(device.kept().next().is_none(), "{named} still keeps unsent texts");
        }
        for (number, device) in self.devices.iter().enumerate() {
            let named = format!("device {number} of {}", device.user);
            answered_once(&device.page, &named);
            for page in device.earlier.iter().chain([&device.page]) {
                told_in_order(page, &device.user, &named);
            }
        }
        self.nothing_stored_twice();
        self.nobody_is_there_who_is_not();
    }

    /// The server knows the sockets there are and no others.
    fn nobody_is_there_who_is_not(&self) {
        assert_eq!(self.server.sockets(), self.sockets(), "sockets the server knows of");
        let here: Vec<&Device> = self.devices.iter().filter(|device| !device.unmounted).collect();
        let present = self.server.present();
        let expected: BTreeSet<&UserAlias> = here.iter().map(|device| &device.user).collect();
        assert_eq!(present.keys().collect::<BTreeSet<_>>(), expected, "who the server believes is there");
    }

    /// Everybody sees who of those they have a chat with is there.
    pub fn check_presence(&self) {
        let present = self.server.present();
        for device in self.devices.iter().filter(|device| !device.unmounted) {
            let chats = self.server.chats_of(&device.user).into_iter();
            let partners: Vec<UserAlias> =
                chats.flat_map(|chat| chat.users).filter(|user| *user != device.user).collect();
            for user in &partners {
                let there = present.get(user).copied().unwrap_or(Presence::Offline);
                assert_eq!(device.state.users.presence(user), there, "{user} as {} sees it", device.user);
            }
        }
    }

    fn knows_what_the_server_knows(&self, device: &Device, named: &str) {
        let state = &device.state;
        let chats = self.server.chats_of(&device.user);
        let expected: BTreeSet<&ChatId> = chats.iter().map(|chat| &chat.id).collect();
        let found: BTreeSet<&ChatId> = state.chats.by_id.keys().collect();
        assert_eq!(found, expected, "chats of {named}");
        assert_eq!(state.session.cursor, self.server.cursor_of(&device.user), "cursor of {named}");
        for record in chats {
            let Some(chat) = state.chats.by_id.get(&record.id) else { continue };
            let Some(side) = record.side_of(&device.user) else { continue };
            let (own, other) = (side.index(), side.other().index());
            let messages = self.server.messages(&record.id);
            let unread =
                messages.iter().filter(|m| m.sender != device.user && m.seq > record.read[own]).count();
            let named = format!("{} on {named}", record.id);
            assert_eq!(record.unread[own] as usize, unread, "the server's unread count of {named}");
            assert_eq!(chat.unread as usize, unread, "unread count of {named}");
            assert_eq!(chat.read_seq, record.read[own], "own marker of {named}");
            assert_eq!(chat.peer_read_seq, record.read[other], "other marker of {named}");
            assert_eq!((chat.last_seq, chat.heard), (record.last_seq, record.last_seq), "end of {named}");
            assert_eq!(chat.last_message.as_ref(), messages.last(), "last message of {named}");
            assert_eq!(chat.incarnation, record.incarnation, "incarnation of {named}");
            assert!(chat.thread.outgoing.is_empty(), "{named} still has messages on their way");
            let held: Vec<&Message> = chat.thread.stored.iter().map(AsRef::as_ref).collect();
            let newest: Vec<&Message> = messages.iter().rev().take(held.len()).rev().collect();
            assert_eq!(held, newest, "thread of {named}");
            if chat.thread.opened {
                assert!(chat.thread.paged || chat.thread.reached_start, "{named} never got its first page");
            }
        }
        assert!(state.session.requests.is_empty(), "{named} still waits: {:?}", state.session.requests);
    }

    fn nothing_stored_twice(&self) {
        let users: BTreeSet<&UserAlias> = self.devices.iter().map(|device| &device.user).collect();
        let chats: BTreeSet<ChatId> =
            users.iter().flat_map(|user| self.server.chats_of(user)).map(|chat| chat.id).collect();
        for chat in chats {
            let messages = self.server.messages(&chat);
            let mut ids = BTreeSet::new();
            for (message, seq) in messages.iter().zip(1..) {
                assert_eq!(message.seq, Seq(seq), "a hole in {chat}");
                assert!(ids.insert((&message.sender, &message.client_id)), "{message:?} is stored twice");
            }
        }
    }

    /// The texts one user has in a chat, in the order they were stored.
    pub fn texts(&self, chat: &ChatId, sender: &UserAlias) -> Vec<String> {
        let own = self.server.messages(chat).into_iter().filter(|message| &message.sender == sender);
        own.map(|message| match message.body {
            MessageBody::Text(text) => text,
            MessageBody::File(file) => file.name,
            MessageBody::MissedCall(_) | MessageBody::DeclinedCall(_) | MessageBody::Unknown => String::new(),
        })
        .collect()
    }

    /// Devices of one user show the same.
    pub fn same_on(&self, first: usize, second: usize) {
        let (a, b) = (&self.devices[first].state, &self.devices[second].state);
        assert_eq!(select::chats(a), select::chats(b));
        assert_eq!(select::unread_messages(a), select::unread_messages(b));
    }
}

/// Every call of the page that is still there has one answer.
fn answered_once(page: &Page, named: &str) {
    let mut answers: BTreeMap<u32, u32> = BTreeMap::new();
    for (call, _) in &page.replies {
        *answers.entry(call.0).or_default() += 1;
    }
    for (call, what) in &page.calls {
        assert_eq!(answers.get(call), Some(&1), "answers to {what:?} on {named}");
    }
    assert_eq!(answers.len(), page.calls.len(), "answers to calls never made on {named}");
}

/// Within one session no message is announced twice, and those of the other side come in order; what lies between
/// two announced messages was announced too.
fn told_in_order(page: &Page, user: &UserAlias, named: &str) {
    let mut told: BTreeMap<&ChatId, Told> = BTreeMap::new();
    for event in &page.events {
        match event {
            // A chat that is loaded anew starts over.
            ClientEvent::ChatLoaded(chat) => {
                if let Some(told) = told.remove(&chat.chat) {
                    told.has_no_hole(named);
                }
            }
            ClientEvent::MessageReceived(message) => {
                assert_ne!(&message.sender, user);
                let told = told.entry(&message.chat).or_default();
                assert!(told.all.insert(message.seq), "{message:?} announced twice on {named}");
                assert!(
                    told.received.is_none_or(|seq| seq < message.seq),
                    "{message:?} out of order on {named}"
                );
                told.first.get_or_insert(message.seq);
                told.received = Some(message.seq);
            }
            ClientEvent::MessageSent(message) => {
                assert_eq!(&message.sender, user);
                let told = told.entry(&message.chat).or_default();
                assert!(told.all.insert(message.seq), "{message:?} announced twice on {named}");
            }
            ClientEvent::MessageRead(_)
            | ClientEvent::TypingStarted { .. }
            | ClientEvent::UserConnected { .. }
            | ClientEvent::UserDisconnected { .. }
            | ClientEvent::AccessTokenIsAboutToExpire { .. }
            | ClientEvent::AccessTokenExpired { .. }
            | ClientEvent::ForceDisconnect { .. }
            | ClientEvent::IncomingCall(_)
            | ClientEvent::CallDialAnswered { .. }
            | ClientEvent::CallDialDeclined { .. }
            | ClientEvent::CallDialStopped { .. }
            | ClientEvent::CallStarted(_)
            | ClientEvent::CallEnded { .. } => {}
        }
    }
    told.values().for_each(|told| told.has_no_hole(named));
}

/// What one page was told of one chat.
#[derive(Default)]
struct Told {
    all: BTreeSet<Seq>,
    /// The first and the last message of the other side.
    first: Option<Seq>,
    received: Option<Seq>,
}

impl Told {
    fn has_no_hole(&self, named: &str) {
        let Some(first) = self.first else { return };
        let heard: Vec<u64> = self.all.iter().filter(|seq| **seq >= first).map(|seq| seq.0).collect();
        let expected: Vec<u64> = (first.0..).take(heard.len()).collect();
        assert_eq!(heard, expected, "a message was never announced on {named}");
    }
}
