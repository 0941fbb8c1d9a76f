//! The server's answers to questions about chats.

use super::incoming::interned;
use super::thread::Content;
use super::{Chats, OutgoingState, Wanted};
use crate::api::{ApiError, ApiErrorCode};
use crate::notice::Notice;
use crate::questions::{Answer, ChatQuestion};
use crate::step::{Step, Transition, World};
use bandyer_protocol::{ChatId, ChatNews, ClientMessageId, ErrorCode, Failure, Message, Seq, ServerMessage};
use std::rc::Rc;

/// A message the server could not store so often in a row is shown as not sent.
const MOST_FAILURES: u32 = 2;

impl Chats {
    pub(crate) fn answered(&mut self, request: ChatQuestion, answer: Answer, world: &World) -> Vec<Step> {
        let id = request.chat().clone();
        let mut steps = match answer {
            Answer::Given(message) => self.given(request, message, world),
            Answer::Refused(failure) => self.refused(request, &failure),
            Answer::Missing => {
                self.not_asked(&request);
                self.pause(None)
            }
        };
        steps.extend(self.pursue(&id, world));
        steps
    }

    fn given(&mut self, request: ChatQuestion, message: ServerMessage, world: &World) -> Vec<Step> {
        match (request, message) {
            (ChatQuestion::Send { .. }, ServerMessage::Chat(ChatNews::MessageAdded { message })) => {
                self.message_added(message, world)
            }
            (ChatQuestion::Gap(chat), ServerMessage::Chat(ChatNews::Messages { messages, .. })) => {
                self.gap_page(&chat, messages, world)
            }
            (
                ChatQuestion::Older(chat),
                ServerMessage::Chat(ChatNews::Messages { messages, has_more, .. }),
            ) => {
                self.older_page(&chat, messages, has_more, world);
                Vec::new()
            }
            (
                ChatQuestion::Receipt { chat, seq },
                ServerMessage::Chat(ChatNews::Messages { messages, .. }),
            ) => self.receipt(&chat, seq, messages),
            (ChatQuestion::MarkRead { chat, seq }, ServerMessage::Done) => {
                if let Some(chat) = self.chat_mut(&chat) {
                    // More was read meanwhile: that is still to be told.
                    let more = chat.marking.filter(|marking| marking.seq > seq);
                    chat.marking = more.map(|marking| Wanted { asked: false, ..marking });
                }
                Vec::new()
            }
            (ChatQuestion::Typing(_), _) => Vec::new(),
            // The answer to another question: as if the server had refused this one.
            (
                request @ (ChatQuestion::Send { .. }
                | ChatQuestion::Gap(_)
                | ChatQuestion::Older(_)
                | ChatQuestion::Receipt { .. }
                | ChatQuestion::MarkRead { .. }),
                _,
            ) => self
                .refused(request, &Failure::new(ErrorCode::Internal, "The answer does not fit the question")),
        }
    }

    /// Messages after the last one heard.
    fn gap_page(&mut self, id: &ChatId, messages: Vec<Message>, world: &World) -> Vec<Step> {
        let Some(chat) = self.chat_mut(id) else { return Vec::new() };
        chat.thread_mut().loading_gap = false;
        let before = chat.heard;
        let mut steps = Vec::new();
        for message in messages {
            if self.by_id.get(id).is_some_and(|chat| chat.heard.next() == message.seq) {
                steps.extend(self.hear(id, message, world));
            }
        }
        let Some(chat) = self.chat_mut(id) else { return steps };
        if chat.heard >= chat.last_seq {
            chat.unread = chat.unread_after(chat.read_seq, world.me.as_ref()).unwrap_or(chat.unread);
        } else if chat.heard == before {
            // No progress: ask again, but not in a tight circle.
            steps.extend(self.pause(None));
        }
        steps
    }

    /// Messages before the oldest one held.
    fn older_page(&mut self, id: &ChatId, messages: Vec<Message>, has_more: bool, world: &World) {
        let Some(chat) = self.chat_mut(id) else { return };
        let page: Vec<Rc<Message>> =
            messages.into_iter().map(|message| Rc::new(interned(message, chat, world))).collect();
        if let Some(newest) = page.last() {
            chat.knows(newest);
        }
        let thread = chat.thread_mut();
        thread.loading_older = false;
        if thread.prepend(&page, &world.options.time_zone) {
            thread.reached_start = !has_more || thread.stored.first_seq() == Some(Seq(1));
            if !thread.paged {
                thread.divide_below_own(page.iter(), world.me.as_ref());
            }
            thread.paged |= thread.reached_start || page.is_empty() || thread.holds_unread();
        }
    }

    fn receipt(&mut self, id: &ChatId, seq: Seq, messages: Vec<Message>) -> Vec<Step> {
        let Some(chat) = self.chat_mut(id) else { return Vec::new() };
        if chat.receipt.is_none_or(|wanted| wanted.seq != seq) {
            return Vec::new();
        }
        chat.receipt = None;
        let read = messages.into_iter().find(|message| message.seq == seq);
        read.map(|message| crate::step::emit(crate::api::ClientEvent::MessageRead(message)))
            .into_iter()
            .collect()
    }

    fn refused(&mut self, request: ChatQuestion, failure: &Failure) -> Vec<Step> {
        if let ChatQuestion::Send { chat, client_id } = &request {
            return self.send_refused(chat, client_id, failure);
        }
        if worth_a_retry(failure.code) {
            self.not_asked(&request);
            return if matches!(request, ChatQuestion::Typing(_)) {
                Vec::new()
            } else {
                self.pause(failure.retry_after_ms)
            };
        }
        // Asking again would not help.
        let Some(chat) = self.chat_mut(request.chat()) else { return Vec::new() };
        match request {
            ChatQuestion::MarkRead { .. } => chat.marking = None,
            ChatQuestion::Receipt { .. } => chat.receipt = None,
            ChatQuestion::Older(_) => {
                let thread = chat.thread_mut();
                thread.loading_older = false;
                thread.paged = true;
            }
            // The mark stays: the chat is gone, and its removal is on the way.
            ChatQuestion::Gap(_) | ChatQuestion::Typing(_) | ChatQuestion::Send { .. } => {}
        }
        Vec::new()
    }

    fn send_refused(&mut self, id: &ChatId, client_id: &ClientMessageId, failure: &Failure) -> Vec<Step> {
        let Some(outgoing) = self.chat_mut(id).and_then(|chat| chat.outgoing_mut(client_id)) else {
            return Vec::new();
        };
        outgoing.in_flight = false;
        if failure.code == ErrorCode::RateLimited {
            let mut steps = self.pause(failure.retry_after_ms);
            steps.push(Step::Told(Transition::Notice(Notice::RateLimited)));
            return steps;
        }
        if matches!(failure.code, ErrorCode::ShuttingDown | ErrorCode::NotAuthenticated) {
            return self.pause(failure.retry_after_ms);
        }
        outgoing.failures += 1;
        if worth_a_retry(failure.code) && outgoing.failures < MOST_FAILURES {
            return self.pause(failure.retry_after_ms);
        }
        outgoing.state = OutgoingState::Failed;
        if failure.code == ErrorCode::UploadNotFound
            && let Content::File(file) = &mut outgoing.content
        {
            // A retry uploads it anew.
            file.attachment = None;
        }
        let code = match failure.code {
            ErrorCode::InvalidMessage => ApiErrorCode::InvalidMessage,
            ErrorCode::ChatNotFound => ApiErrorCode::ChatNotFound,
            _ => ApiErrorCode::UserRequestFailed,
        };
        self.answer_waiting(client_id, Err(ApiError::from_server(code, failure))).into_iter().collect()
    }

    /// A question has to be asked again.
    fn not_asked(&mut self, request: &ChatQuestion) {
        let Some(chat) = self.chat_mut(request.chat()) else { return };
        match request {
            ChatQuestion::Older(_) => chat.thread_mut().loading_older = false,
            ChatQuestion::Gap(_) => chat.thread_mut().loading_gap = false,
            ChatQuestion::Send { client_id, .. } => {
                if let Some(outgoing) = chat.outgoing_mut(client_id) {
                    outgoing.in_flight = false;
                }
            }
            ChatQuestion::MarkRead { .. } => chat.marking.iter_mut().for_each(|wanted| wanted.asked = false),
            ChatQuestion::Receipt { .. } => chat.receipt.iter_mut().for_each(|wanted| wanted.asked = false),
            ChatQuestion::Typing(_) => {}
        }
    }
}

/// The server is in trouble or asks for patience; the question itself is fine.
fn worth_a_retry(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::RateLimited
            | ErrorCode::StorageUnavailable
            | ErrorCode::ShuttingDown
            | ErrorCode::NotAuthenticated
            | ErrorCode::Internal
            | ErrorCode::Unknown
    )
}
