//! Looking at a conversation: opening it, scrolling in it.

use super::{Chats, pursuit};
use crate::step::{Step, World};
use bandyer_protocol::ChatId;

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
            thread.at_bottom = true;
            thread.new_below = 0;
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

    /// Whether the newest message is in view.
    pub(crate) fn at_bottom(&mut self, id: &ChatId, at_bottom: bool) {
        if let Some(chat) = self.chat_mut(id)
            && (chat.thread.at_bottom != at_bottom || (at_bottom && chat.thread.new_below > 0))
        {
            let thread = chat.thread_mut();
            thread.at_bottom = at_bottom;
            if at_bottom {
                thread.new_below = 0;
            }
        }
    }
}
