//! The list of chats as the server tells it: on connecting, after a gap, and one by one.

use super::{Chat, Chats, Thread, Wanted, count_others, store};
use crate::api::{ApiError, ApiErrorCode, ChatLoaded, ClientEvent};
use crate::effect::{Effect, StoreCommand, UploadCommand};
use crate::step::{Step, Transition, World, emit, start_timer, stop_timer};
use crate::timers::{ChatTimer, TimerId};
use bandyer_protocol::{ChatId, ChatSummary, Seq, Sync};
use std::collections::BTreeSet;
use std::rc::Rc;

impl Chats {
    /// The list that follows is of another database.
    pub(crate) fn begin_anew(&mut self) {
        self.anew = true;
    }

    /// A part of what changed, or of everything. Until the first whole list is here, nothing in it is news, and
    /// neither is what another database says of a chat that this device knew.
    pub(crate) fn synced(&mut self, sync: &Sync, world: &World) -> Vec<Step> {
        let mut steps = Vec::new();
        let first = !self.loaded;
        if sync.complete {
            self.listed = Some(BTreeSet::new());
        }
        for id in &sync.removed {
            steps.extend(self.remove(id));
        }
        for summary in &sync.chats {
            let again = self.listed.as_mut().is_some_and(|listed| !listed.insert(summary.chat.clone()));
            let news = if first { News::No } else { News::Yes };
            steps.extend(if self.anew && !again {
                self.replace(summary, world)
            } else {
                self.apply(summary, news, world)
            });
        }
        if !sync.more {
            steps.extend(self.list_complete());
        }
        self.reorder_all();
        if first && self.loaded {
            self.unannounced = self.order.to_vec();
            steps.push(start_timer(TimerId::Chat(ChatTimer::Announce), 0));
        }
        steps
    }

    /// The last part of a list is here: of one from the beginning, what it does not name is gone.
    fn list_complete(&mut self) -> Vec<Step> {
        self.loaded = true;
        self.anew = false;
        let Some(listed) = self.listed.take() else { return Vec::new() };
        let gone: Vec<ChatId> = self.by_id.keys().filter(|id| !listed.contains(*id)).cloned().collect();
        gone.iter().flat_map(|id| self.remove(id)).collect()
    }

    /// `chat_loaded` for the chats of the first list.
    pub(crate) fn announce(&mut self) -> Vec<Step> {
        let ids = std::mem::take(&mut self.unannounced);
        ids.iter().filter_map(|id| self.by_id.get(id)).map(|chat| loaded(chat)).collect()
    }

    /// One chat was created, by somebody, or was there already.
    pub(crate) fn chat_added(&mut self, summary: &ChatSummary, world: &World) -> Vec<Step> {
        let steps = self.apply(summary, News::Yes, world);
        self.reorder_all();
        steps
    }

    /// One chat was removed.
    pub(crate) fn chat_removed(&mut self, id: &ChatId) -> Vec<Step> {
        self.remove(id)
    }

    fn apply(&mut self, summary: &ChatSummary, news: News, world: &World) -> Vec<Step> {
        let mut steps = Vec::new();
        match self.by_id.get(&summary.chat).map(|chat| chat.incarnation) {
            Some(known) if known > summary.incarnation => return steps,
            Some(known) if known == summary.incarnation => {
                if let Some(chat) = self.chat_mut(&summary.chat) {
                    refresh(chat, summary, world);
                }
                return steps;
            }
            Some(_) => steps.extend(self.remove(&summary.chat)),
            None => {}
        }
        let Some(chat) = fresh(summary, news, world) else { return steps };
        if news == News::Yes {
            steps.push(loaded(&chat));
            if !world.is_me(&summary.created_by) {
                steps.push(Step::Told(Transition::ChatCreatedByOther));
            }
        }
        self.by_id.insert(summary.chat.clone(), Rc::new(chat));
        self.take_in_strays();
        steps
    }

    /// A chat of another database takes the place of the one this device knew: its messages are others, maybe under the same
    /// numbers. What is not sent yet goes on.
    fn replace(&mut self, summary: &ChatSummary, world: &World) -> Vec<Step> {
        let Some(known) = self.by_id.remove(&summary.chat) else {
            return self.apply(summary, News::Yes, world);
        };
        let Some(mut chat) = fresh(summary, News::No, world) else { return Vec::new() };
        chat.draft.clone_from(&known.draft);
        let thread = chat.thread_mut();
        thread.opened = known.thread.opened;
        thread.outgoing.clone_from(&known.thread.outgoing);
        self.by_id.insert(summary.chat.clone(), Rc::new(chat));
        vec![stop_timer(TimerId::Chat(ChatTimer::TypingEnds(summary.chat.clone())))]
    }

    /// Takes a chat away with everything that belonged to it.
    fn remove(&mut self, id: &ChatId) -> Vec<Step> {
        let Some(chat) = self.by_id.remove(id) else { return Vec::new() };
        if let Some(place) = self.order.iter().position(|other| other == id) {
            Rc::make_mut(&mut self.order).remove(place);
        }
        self.unannounced.retain(|other| other != id);
        self.unsaved_drafts.remove(id);
        let mut steps = vec![
            stop_timer(TimerId::Chat(ChatTimer::TypingEnds(id.clone()))),
            store(StoreCommand::ForgetChat { chat: id.clone() }),
            Step::Do(Effect::Upload(UploadCommand::ReleaseChat { chat: id.clone() })),
        ];
        for outgoing in &chat.thread.outgoing {
            if let Some(file) = outgoing.file() {
                steps.push(Step::Do(Effect::Upload(UploadCommand::Forget { file: file.file })));
            }
            let error = ApiError::new(ApiErrorCode::ChatNotFound, "The chat was removed");
            steps.extend(self.answer_waiting(&outgoing.client_id, Err(error)));
        }
        steps.push(Step::Told(Transition::ChatGone(id.clone())));
        steps
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum News {
    Yes,
    No,
}

fn fresh(summary: &ChatSummary, news: News, world: &World) -> Option<Chat> {
    let other = summary.chat.other(world.me.as_ref()?)?;
    Some(Chat {
        id: summary.chat.clone(),
        other,
        incarnation: summary.incarnation,
        created_at: summary.created_at,
        created_by: summary.created_by.clone(),
        last_message: summary.last_message.clone(),
        last_cut: summary.cut,
        last_seq: summary.last_seq,
        // A chat that appears in the course of a session is new with all that is in it.
        heard: if news == News::Yes { Seq(0) } else { summary.last_seq },
        read_seq: summary.read_seq,
        peer_read_seq: summary.peer_read_seq,
        unread: summary.unread,
        typing: false,
        draft: String::new(),
        thread: Rc::new(Thread { reached_start: summary.last_seq == Seq(0), ..Thread::default() }),
        marking: None,
        receipt: None,
        typing_told: None,
    })
}

/// Brings a known chat up to what the server says. What this device knows better stays.
fn refresh(chat: &mut Chat, summary: &ChatSummary, world: &World) {
    if summary.read_seq >= chat.read_seq {
        chat.read_seq = summary.read_seq;
        chat.unread = summary.unread;
    } else if chat.read_seq >= summary.last_seq {
        chat.unread = 0;
    } else {
        let known = chat.thread.stored.iter_from(summary.read_seq.next());
        let read_here =
            count_others(known.take_while(|message| message.seq <= chat.read_seq), world.me.as_ref());
        chat.unread = summary.unread.saturating_sub(read_here);
    }
    if chat.marking.is_some_and(|marking| marking.seq <= summary.read_seq) {
        chat.marking = None;
    }
    if summary.last_seq > chat.last_seq {
        chat.last_seq = summary.last_seq;
        chat.last_message.clone_from(&summary.last_message);
        chat.last_cut = summary.cut;
    }
    if summary.peer_read_seq > chat.peer_read_seq {
        chat.peer_read_seq = summary.peer_read_seq;
        chat.receipt = Some(Wanted { seq: summary.peer_read_seq, asked: false });
    }
}

fn loaded(chat: &Chat) -> Step {
    emit(ClientEvent::ChatLoaded(Box::new(ChatLoaded {
        chat: chat.id.clone(),
        last_message: chat.last_message.clone(),
        created_at: chat.created_at,
        created_by: chat.created_by.clone(),
        unread: chat.unread,
    })))
}
