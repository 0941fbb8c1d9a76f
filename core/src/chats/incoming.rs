//! What the other user, and this user's other devices, do in chats.
//!
//! Two marks per chat: `last_seq` is what the server is known to hold, and what the list and the unread count follow;
//! `heard` is what was announced to the host page and put into the thread. Between them is a gap, and nothing passes
//! it: messages are heard one by one, in order.

use super::{Chat, Chats, Outgoing, Wanted, store};
use crate::api::ClientEvent;
use crate::effect::{Effect, StoreCommand, UploadCommand};
use crate::step::{Step, World, emit, start_timer, stop_timer};
use crate::timers::{ChatTimer, TimerId};
use bandyer_protocol::{ChatId, Message, MessageBody, Seq, UserAlias};
use std::rc::Rc;

/// The other user counts as typing for this long after the last sign of it.
const TYPING_MS: u32 = 3_000;

impl Chats {
    /// A message was stored; also the answer to an own send.
    pub(crate) fn message_added(&mut self, message: Message, world: &World) -> Vec<Step> {
        let id = message.chat.clone();
        let mine = world.is_me(&message.sender);
        let Some(chat) = self.chat_mut(&id) else { return Vec::new() };
        let mut steps = Vec::new();
        if message.seq > chat.last_seq {
            chat.last_seq = message.seq;
            chat.last_message = Some(message.clone());
            chat.last_cut = false;
            if !mine && message.seq > chat.read_seq {
                chat.unread += 1;
            }
        }
        if !mine && chat.typing {
            chat.typing = false;
            steps.push(stop_timer(TimerId::Chat(ChatTimer::TypingEnds(id.clone()))));
        }
        if message.seq == chat.heard.next() {
            steps.extend(self.hear(&id, message, world));
        } else if message.seq <= chat.heard && mine {
            steps.extend(self.found_stored(&id, message));
        }
        self.reorder(&id);
        steps
    }

    /// Takes in the next message of a chat: it is `heard` + 1.
    pub(super) fn hear(&mut self, id: &ChatId, message: Message, world: &World) -> Vec<Step> {
        let Some(chat) = self.chat_mut(id) else { return Vec::new() };
        chat.heard = message.seq;
        let mine = world.is_me(&message.sender);
        let settled = if mine { take_outgoing(chat, &message) } else { None };
        let message = Rc::new(interned(message, chat, world));
        chat.knows(&message);
        let thread = chat.thread_mut();
        if thread.opened {
            thread.append(message.clone(), &world.options.time_zone);
        } else {
            thread.reached_start = false;
        }
        let mut steps = settled.map(|outgoing| self.settle(&outgoing)).unwrap_or_default();
        let message = Message::clone(&message);
        if let MessageBody::MissedCall(_) | MessageBody::DeclinedCall(_) = message.body {
            // A note of the server's: nobody wrote it.
        } else if mine {
            self.last_sent = Some(message.clone());
            steps.push(emit(ClientEvent::MessageSent(message)));
        } else {
            self.last_received = Some(message.clone());
            steps.push(emit(ClientEvent::MessageReceived(message)));
        }
        steps
    }

    /// The server says that an own message was stored before this session began.
    fn found_stored(&mut self, id: &ChatId, message: Message) -> Vec<Step> {
        let Some(outgoing) = self.chat_mut(id).and_then(|chat| take_outgoing(chat, &message)) else {
            return Vec::new();
        };
        let mut steps = self.settle(&outgoing);
        self.last_sent = Some(message.clone());
        steps.push(emit(ClientEvent::MessageSent(message)));
        steps
    }

    /// A message left the outbox because it is stored.
    fn settle(&mut self, outgoing: &Outgoing) -> Vec<Step> {
        let mut steps = match outgoing.file() {
            Some(file) => vec![Step::Do(Effect::Upload(UploadCommand::Forget { file: file.file }))],
            None => vec![store(StoreCommand::ForgetMessage { client_id: outgoing.client_id.clone() })],
        };
        steps.extend(self.answer_waiting(&outgoing.client_id, Ok(())));
        steps
    }

    /// Somebody has read up to `seq`. `Err` names a chat whose unread count is unknown now.
    pub(crate) fn read_moved(
        &mut self,
        id: &ChatId,
        user: &UserAlias,
        seq: Seq,
        world: &World,
    ) -> Result<(), CountLost> {
        let Some(chat) = self.chat_mut(id) else { return Ok(()) };
        if !world.is_me(user) {
            if seq > chat.peer_read_seq {
                chat.peer_read_seq = seq;
                chat.receipt = Some(Wanted { seq, asked: false });
            }
            return Ok(());
        }
        if seq <= chat.read_seq {
            return Ok(());
        }
        chat.read_seq = seq;
        match chat.unread_after(seq, world.me.as_ref()) {
            Some(unread) => {
                chat.unread = unread;
                Ok(())
            }
            None => Err(CountLost),
        }
    }

    /// The other user is typing.
    pub(crate) fn typing(&mut self, id: &ChatId, user: &UserAlias, world: &World) -> Vec<Step> {
        let Some(chat) = self.chat_mut(id) else { return Vec::new() };
        if world.is_me(user) {
            return Vec::new();
        }
        chat.typing = true;
        vec![
            start_timer(TimerId::Chat(ChatTimer::TypingEnds(id.clone())), TYPING_MS),
            emit(ClientEvent::TypingStarted { user: user.clone(), chat: id.clone() }),
        ]
    }

    pub(crate) fn typing_ended(&mut self, id: &ChatId) {
        if let Some(chat) = self.chat_mut(id) {
            chat.typing = false;
        }
    }
}

/// How many messages are unread cannot be told from what this device holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CountLost;

fn take_outgoing(chat: &mut Chat, message: &Message) -> Option<Rc<Outgoing>> {
    let place = chat.thread.outgoing.iter().position(|outgoing| outgoing.client_id == message.client_id)?;
    Some(chat.thread_mut().outgoing.remove(place))
}

/// The same message with the chat's own copies of the names in it: a long thread holds them once.
pub(super) fn interned(mut message: Message, chat: &Chat, world: &World) -> Message {
    message.chat = chat.id.clone();
    if message.sender == chat.other {
        message.sender = chat.other.clone();
    } else if let Some(me) = world.me.as_ref().filter(|me| **me == message.sender) {
        message.sender = me.clone();
    }
    message
}
