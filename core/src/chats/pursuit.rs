//! What a chat still wants from the server: missing messages, a confirmed read marker, the first page of an open
//! thread, its unsent messages. Asked whenever it may have become possible; asking twice is avoided by marks.

use super::thread::{Content, FIRST_PAGE, OutgoingFile};
use super::{Chat, Chats, Outgoing, OutgoingState, Wanted};
use crate::api::ClientEvent;
use crate::effect::{Effect, UploadCommand};
use crate::questions::{ChatQuestion, Question};
use crate::step::{Step, World, emit, start_timer};
use crate::timers::{ChatTimer, TimerId};
use bandyer_protocol::{ChatId, ChatRequest, Message, MessageBody, PageDirection, Seq};
use std::rc::Rc;

/// A pause when the server names none.
const PAUSE_MS: u32 = 1_000;

impl Chats {
    /// Everything that waits, in all chats.
    pub(crate) fn pursue_all(&mut self, world: &World) -> Vec<Step> {
        let ids: Vec<ChatId> = self.by_id.keys().cloned().collect();
        ids.iter().flat_map(|id| self.pursue(id, world)).collect()
    }

    /// Everything that waits in one chat.
    pub(crate) fn pursue(&mut self, id: &ChatId, world: &World) -> Vec<Step> {
        let (pausing, restored) = (self.pausing, self.restored);
        let Some(chat) = self.chat_mut(id) else { return Vec::new() };
        let mut steps = Vec::new();
        mark_read(chat, world);
        receipt_known(chat, &mut steps);
        if !world.online || pausing {
            return steps;
        }
        close_gap(chat, world, &mut steps);
        first_page(chat, world, &mut steps);
        send_marker(chat, &mut steps);
        fetch_receipt(chat, &mut steps);
        if restored {
            next_outgoing(chat, &mut steps);
        }
        steps
    }

    /// Something failed that may succeed later: asks nothing for a while.
    pub(super) fn pause(&mut self, ms: Option<u32>) -> Vec<Step> {
        self.pausing = true;
        vec![start_timer(TimerId::Chat(ChatTimer::Resend), ms.unwrap_or(PAUSE_MS).clamp(50, 60_000))]
    }

    /// The pause is over.
    pub(crate) fn pause_over(&mut self, world: &World) -> Vec<Step> {
        self.pausing = false;
        self.pursue_all(world)
    }

    /// The line is down: what was asked over it has to be asked again.
    pub(crate) fn line_lost(&mut self) {
        self.pausing = false;
        for chat in self.by_id.values_mut() {
            let thread = &chat.thread;
            let asked = thread.loading_gap
                || thread.loading_older
                || thread.outgoing.iter().any(|outgoing| outgoing.in_flight)
                || chat.marking.is_some()
                || chat.receipt.is_some();
            if !asked && !chat.typing {
                continue;
            }
            let chat = Rc::make_mut(chat);
            chat.typing = false;
            for wanted in chat.marking.iter_mut().chain(&mut chat.receipt) {
                wanted.asked = false;
            }
            let thread = chat.thread_mut();
            thread.loading_gap = false;
            thread.loading_older = false;
            for outgoing in thread.outgoing.iter_mut().filter(|outgoing| outgoing.in_flight) {
                Rc::make_mut(outgoing).in_flight = false;
            }
        }
    }
}

fn ask(question: ChatQuestion, request: ChatRequest) -> Step {
    crate::step::ask(Question::Chat(question), request)
}

/// A message is read that stood on the screen while somebody could see it, and so is what stands above it.
fn mark_read(chat: &mut Chat, world: &World) {
    let held = chat.thread.stored.last_seq().unwrap_or(Seq(0));
    let seen = chat.thread.on_screen.unwrap_or(Seq(0)).min(held);
    let in_front = world.visible && world.in_front.as_ref() == Some(&chat.id);
    if !in_front || chat.unread == 0 || chat.read_seq >= seen {
        return;
    }
    chat.read_seq = seen;
    chat.unread = chat.unread_after(seen, world.me.as_ref()).unwrap_or(chat.unread);
    // One question at a time: who scrolls through many messages would ask for each.
    let asked = chat.marking.is_some_and(|marking| marking.asked);
    chat.marking = Some(Wanted { seq: seen, asked });
}

fn send_marker(chat: &mut Chat, steps: &mut Vec<Step>) {
    if let Some(Wanted { seq, asked: false }) = chat.marking {
        chat.marking = Some(Wanted { seq, asked: true });
        let id = chat.id.clone();
        steps.push(ask(
            ChatQuestion::MarkRead { chat: id.clone(), seq },
            ChatRequest::MarkRead { chat: id, seq },
        ));
    }
}

/// Tells the host page which message the other user has read, once that message is known and heard.
fn receipt_known(chat: &mut Chat, steps: &mut Vec<Step>) {
    let Some(Wanted { seq, .. }) = chat.receipt.filter(|wanted| wanted.seq <= chat.heard) else { return };
    let stored = chat.thread.stored.by_seq(seq).map(|message| Message::clone(message));
    let last = || chat.last_message.clone().filter(|message| message.seq == seq && !chat.last_cut);
    let message = stored.or_else(last);
    if let Some(message) = message {
        chat.receipt = None;
        steps.push(emit(ClientEvent::MessageRead(message)));
    }
}

fn fetch_receipt(chat: &mut Chat, steps: &mut Vec<Step>) {
    let Some(Wanted { seq, asked: false }) = chat.receipt.filter(|wanted| wanted.seq <= chat.heard) else {
        return;
    };
    chat.receipt = Some(Wanted { seq, asked: true });
    let id = chat.id.clone();
    let message = ChatRequest::FetchMessages {
        chat: id.clone(),
        from: Seq(seq.0.saturating_sub(1)),
        direction: PageDirection::After,
        limit: 1,
    };
    steps.push(ask(ChatQuestion::Receipt { chat: id, seq }, message));
}

fn close_gap(chat: &mut Chat, world: &World, steps: &mut Vec<Step>) {
    if chat.heard >= chat.last_seq || chat.thread.loading_gap {
        return;
    }
    let message = ChatRequest::FetchMessages {
        chat: chat.id.clone(),
        from: chat.heard,
        direction: PageDirection::After,
        limit: world.limits.page_size.max(1),
    };
    steps.push(ask(ChatQuestion::Gap(chat.id.clone()), message));
    chat.thread_mut().loading_gap = true;
}

/// The first page of an opened thread, large enough for the unread divider to be in it; where the server gives no page
/// that large, one after the other. Own messages lie between the unread ones, too.
fn first_page(chat: &mut Chat, world: &World, steps: &mut Vec<Step>) {
    let thread = &chat.thread;
    if !thread.opened || thread.reached_start || thread.loading_older || thread.paged {
        return;
    }
    let new = chat.last_seq.0.saturating_sub(thread.divider_after.unwrap_or(chat.last_seq).0);
    let new = u32::try_from(new).unwrap_or(u32::MAX);
    let limit = thread.next_page.max(FIRST_PAGE).max(new.saturating_add(FIRST_PAGE / 2));
    older_page(chat, limit, world, steps);
}

/// Asks for messages before the oldest known one.
pub(super) fn older_page(chat: &mut Chat, limit: u32, world: &World, steps: &mut Vec<Step>) {
    let limit = limit.clamp(1, world.limits.page_size.max(1));
    let from = chat.thread.stored.first_seq().unwrap_or(chat.heard.next());
    let message =
        ChatRequest::FetchMessages { chat: chat.id.clone(), from, direction: PageDirection::Before, limit };
    steps.push(ask(ChatQuestion::Older(chat.id.clone()), message));
    let thread = chat.thread_mut();
    thread.loading_older = true;
    thread.next_page = limit.saturating_mul(2);
}

/// The next unsent message. One at a time per chat: with several under way, one the server refused for the moment
/// would be overtaken by the one behind it. A file still being uploaded does not hold up what follows it.
fn next_outgoing(chat: &mut Chat, steps: &mut Vec<Step>) {
    let mut busy = chat.thread.outgoing.iter().any(|outgoing| outgoing.in_flight);
    let mut next = Vec::new();
    for (place, outgoing) in chat.thread.outgoing.iter().enumerate() {
        let waits = outgoing.state == OutgoingState::Pending && !outgoing.in_flight;
        let uploads = outgoing.file().is_some_and(|file| file.attachment.is_none());
        if waits && (uploads || !busy) {
            busy |= !uploads;
            next.push(place);
        }
    }
    let id = chat.id.clone();
    for place in next {
        if let Some(outgoing) = chat.thread_mut().outgoing.get_mut(place) {
            steps.push(send(Rc::make_mut(outgoing), &id));
        }
    }
}

/// The upload of a file that is not on the server yet, else the message itself.
fn send(outgoing: &mut Outgoing, chat: &ChatId) -> Step {
    let (chat, client_id) = (chat.clone(), outgoing.client_id.clone());
    let body = match &outgoing.content {
        Content::Text(text) => MessageBody::Text(text.clone()),
        Content::File(OutgoingFile { attachment: Some(attachment), .. }) => {
            MessageBody::File(attachment.clone())
        }
        Content::File(OutgoingFile { file, name, size, attachment: None, .. }) => {
            let start = UploadCommand::Start { client_id, chat, file: *file, name: name.clone() };
            outgoing.state = OutgoingState::Uploading { sent: 0, total: *size };
            return Step::Do(Effect::Upload(start));
        }
    };
    outgoing.in_flight = true;
    let request = ChatQuestion::Send { chat: chat.clone(), client_id: client_id.clone() };
    ask(request, ChatRequest::SendMessage { chat, client_id, body })
}
