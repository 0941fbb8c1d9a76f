//! What this device keeps of chats: read after a reload, and changed by other pages of the same user meanwhile.
//!
//! A page never gives up what it has not understood: texts of a chat it does not know may belong to one that is still
//! to come, and a draft that another page wrote is taken in before this page writes its own.

use super::composer::outgoing;
use super::thread::Content;
use super::{Chats, store};
use crate::effect::StoreCommand;
use crate::saved::{Saved, SavedMessage};
use crate::step::{Step, World, start_timer};
use crate::timers::{ChatTimer, TimerId};
use bandyer_protocol::ChatId;
use std::rc::Rc;

/// Texts of a chat that does not turn up are forgotten this long after they were read.
const STRAYS_MS: u32 = 60_000;

impl Chats {
    /// What was kept on this device: it is older than anything written since, so it goes first.
    pub(crate) fn restored(&mut self, saved: Saved, world: &World) -> Vec<Step> {
        if self.restored {
            return Vec::new();
        }
        self.restored = true;
        self.strays = self.take_in(saved);
        let mut steps = Vec::new();
        if self.strays != Saved::default() {
            steps.push(start_timer(TimerId::Chat(ChatTimer::ForgetStrays), STRAYS_MS));
        }
        steps.extend(self.pursue_all(world));
        steps
    }

    /// A chat was added to the list: what was kept for it is its own from now on.
    pub(super) fn take_in_strays(&mut self) {
        let strays = std::mem::take(&mut self.strays);
        self.strays = self.take_in(strays);
    }

    /// Gives texts to their chats, and back what belongs to none.
    fn take_in(&mut self, saved: Saved) -> Saved {
        let mut strays = Saved::default();
        for (id, text) in saved.drafts {
            match self.chat_mut(&id) {
                Some(chat) if chat.draft.is_empty() => chat.draft = text,
                Some(_) => {}
                None => strays.drafts.push((id, text)),
            }
        }
        for message in saved.outbox.into_iter().rev() {
            if !self.by_id.contains_key(&message.chat) {
                strays.outbox.insert(0, message);
                continue;
            }
            self.take_in_message(message);
        }
        strays
    }

    fn take_in_message(&mut self, message: SavedMessage) {
        if let Some(chat) = self.chat_mut(&message.chat)
            && chat.thread.outgoing(&message.client_id).is_none()
        {
            let outgoing = outgoing(message.client_id, Content::Text(message.text), message.at);
            chat.thread_mut().outgoing.insert(0, Rc::new(outgoing));
        }
    }

    /// The chats of these texts had time to turn up. Without a line nobody can say that they are gone.
    pub(crate) fn forget_strays(&mut self, world: &World) -> Vec<Step> {
        if !world.online || !self.loaded {
            return vec![start_timer(TimerId::Chat(ChatTimer::ForgetStrays), STRAYS_MS)];
        }
        let strays = std::mem::take(&mut self.strays);
        let own = |chat: &ChatId| world.me.as_ref().is_some_and(|me| chat.other(me).is_some());
        let drafts = strays.drafts.into_iter().filter(|(chat, _)| own(chat));
        let messages = strays.outbox.into_iter().filter(|message| own(&message.chat));
        drafts
            .map(|(chat, _)| store(StoreCommand::SaveDraft { chat, text: String::new() }))
            .chain(
                messages.map(|message| store(StoreCommand::ForgetMessage { client_id: message.client_id })),
            )
            .collect()
    }

    /// Another page of this user turned the draft `before` into `text`. Where both wrote, both texts stay.
    pub(crate) fn draft_elsewhere(&mut self, id: &ChatId, before: &str, text: String) -> Vec<Step> {
        let Some(chat) = self.chat_mut(id).filter(|chat| chat.draft != text) else { return Vec::new() };
        if chat.draft == before {
            chat.draft = text;
            self.unsaved_drafts.remove(id);
            return Vec::new();
        }
        if text.contains(&chat.draft) {
            chat.draft = text;
        } else if !chat.draft.contains(&text) {
            chat.draft = [&text, "\n", &chat.draft].concat();
        }
        self.draft_changed(id).into_iter().collect()
    }
}
