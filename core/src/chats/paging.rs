//! Looking at a conversation: opening it, scrolling in it.

use super::{Chats, pursuit};
use crate::calendar::TimeZone;
use crate::step::{Step, World};
use bandyer_protocol::{ChatId, Seq};
use std::rc::Rc;

/// An own message among the unread ones is not looked for farther up.
const MOST_LOOKED_AT: usize = 500;

impl Chats {
    /// A conversation was selected: its thread is kept from now on.
    pub(crate) fn open(&mut self, id: &ChatId, world: &World) -> Vec<Step> {
        if let Some(chat) = self.chat_mut(id)
            && !chat.thread.opened
        {
            chat.thread_mut().opened = true;
        }
        self.pursue(id, world)
    }

    /// A conversation came into view: what was unread stands below the divider.
    pub(crate) fn came_to_front(&mut self, id: &ChatId, world: &World) -> Vec<Step> {
        if let Some(chat) = self.chat_mut(id) {
            let divider = (chat.unread > 0).then_some(chat.read_seq);
            let thread = chat.thread_mut();
            thread.divider_after = divider;
            let known: Vec<_> = match divider {
                Some(_) => thread.stored.iter().rev().take(MOST_LOOKED_AT).cloned().collect(),
                None => Vec::new(),
            };
            thread.divide_below_own(known.iter(), world.me.as_ref());
            thread.at_bottom = true;
        }
        self.open(id, world)
    }

    /// The thread was scrolled near its upper end.
    pub(crate) fn need_older(&mut self, id: &ChatId, world: &World) -> Vec<Step> {
        let mut steps = Vec::new();
        let pausing = self.pausing;
        if let Some(chat) = self.chat_mut(id).filter(|_| world.online && !pausing)
            && chat.thread.paged
            && !chat.thread.reached_start
            && !chat.thread.loading_older
        {
            pursuit::older_page(chat, chat.thread.next_page, world, &mut steps);
        }
        steps
    }

    /// The days of all threads begin elsewhere now.
    pub(crate) fn move_to(&mut self, zone: &TimeZone) {
        for chat in self.by_id.values_mut().filter(|chat| !chat.thread.stored.is_empty()) {
            Rc::make_mut(chat).thread_mut().count_days(zone);
        }
    }

    /// What of the open thread stands on the screen now: whether its end does, and the lowest stored message. What a
    /// person has in front of them is read.
    pub(crate) fn looked(
        &mut self,
        id: &ChatId,
        at_bottom: bool,
        lowest: Option<Seq>,
        world: &World,
    ) -> Vec<Step> {
        if let Some(chat) = self.chat_mut(id)
            && (chat.thread.at_bottom, chat.thread.on_screen) != (at_bottom, lowest)
        {
            let thread = chat.thread_mut();
            thread.at_bottom = at_bottom;
            thread.on_screen = lowest;
        }
        self.pursue(id, world)
    }
}
