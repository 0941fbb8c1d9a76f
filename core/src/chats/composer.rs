//! Drafts, and turning them into messages.

use super::thread::Content;
use super::{Chats, Outgoing, OutgoingState, store};
use crate::api::{ApiCallId, ApiError, ApiErrorCode};
use crate::effect::{Effect, StoreCommand, UploadCommand};
use crate::notice::Notice;
use crate::questions::{ChatQuestion, Question};
use crate::saved::SavedMessage;
use crate::step::{Step, Transition, World, ask, reply, start_timer};
use crate::timers::{ChatTimer, TimerId};
use bandyer_protocol::visible::is_blank;
use bandyer_protocol::{ChatId, ChatRequest, ClientMessageId, Timestamp};
use std::rc::Rc;

/// Drafts are written to storage this long after a change.
const SAVE_DRAFTS_MS: u32 = 500;
/// The other user is told of typing at most this often, per chat.
const TYPING_EVERY_MS: i64 = 5_000;

impl Chats {
    /// The text in the composer changed.
    pub(crate) fn draft(&mut self, id: &ChatId, text: String, world: &World) -> Vec<Step> {
        let Some(chat) = self.chat_mut(id).filter(|chat| chat.draft != text) else { return Vec::new() };
        let mut steps = Vec::new();
        let due = chat.typing_told.is_none_or(|told| world.now.since(told) >= TYPING_EVERY_MS);
        if world.online && due && !text.is_empty() {
            chat.typing_told = Some(world.now);
            let request = Question::Chat(ChatQuestion::Typing(id.clone()));
            steps.push(ask(request, ChatRequest::Typing { chat: id.clone() }));
        }
        chat.draft = text;
        steps.extend(self.draft_changed(id));
        steps
    }

    /// A draft has to be written to storage; several changes in a row are written once.
    pub(super) fn draft_changed(&mut self, id: &ChatId) -> Option<Step> {
        let first = self.unsaved_drafts.is_empty();
        self.unsaved_drafts.insert(id.clone());
        first.then(|| start_timer(TimerId::Chat(ChatTimer::SaveDrafts), SAVE_DRAFTS_MS))
    }

    /// Puts a text into the composer, from outside.
    pub(crate) fn put_draft(&mut self, id: &ChatId, text: String) -> Vec<Step> {
        let Some(chat) = self.chat_mut(id) else { return Vec::new() };
        chat.draft.clone_from(&text);
        self.unsaved_drafts.remove(id);
        vec![store(StoreCommand::SaveDraft { chat: id.clone(), text })]
    }

    /// Writes changed drafts to storage.
    pub(crate) fn save_drafts(&mut self) -> Vec<Step> {
        let ids = std::mem::take(&mut self.unsaved_drafts);
        ids.into_iter()
            .filter_map(|id| {
                let text = self.by_id.get(&id)?.draft.clone();
                Some(store(StoreCommand::SaveDraft { chat: id, text }))
            })
            .collect()
    }

    /// Enter, or the send button.
    pub(crate) fn send_draft(&mut self, id: &ChatId, world: &World) -> Vec<Step> {
        let Some(chat) = self.by_id.get(id) else { return Vec::new() };
        let text = chat.draft.trim().to_owned();
        match check(&text, world) {
            Err(Unfit::Blank) => Vec::new(),
            Err(Unfit::TooLong) => vec![Step::Told(Transition::Notice(Notice::MessageTooLong))],
            Ok(()) => {
                let mut steps = self.put_draft(id, String::new());
                steps.extend(self.add_text(id, text, None, world));
                steps
            }
        }
    }

    /// `composeMessage` with `send`: answered once the message is stored.
    pub(crate) fn compose(&mut self, call: ApiCallId, id: &ChatId, text: String, world: &World) -> Vec<Step> {
        let message = match check(&text, world) {
            Ok(()) => return self.add_text(id, text, Some(call), world),
            Err(Unfit::Blank) => "The message must not be empty".to_owned(),
            Err(Unfit::TooLong) => {
                let most = world.limits.message_chars;
                format!("The message must not have more than {most} characters")
            }
        };
        vec![reply(call, Err(ApiError::new(ApiErrorCode::InvalidMessage, message)))]
    }

    fn add_text(&mut self, id: &ChatId, text: String, call: Option<ApiCallId>, world: &World) -> Vec<Step> {
        let Some(client_id) = self.new_id() else {
            let error = ApiError::new(ApiErrorCode::NotPermitted, "No message id can be made");
            return call.map(|call| reply(call, Err(error))).into_iter().collect();
        };
        if let Some(call) = call {
            self.awaiting.insert(client_id.clone(), call);
        }
        let at = world.server_now;
        let saved = SavedMessage { chat: id.clone(), client_id: client_id.clone(), text: text.clone(), at };
        self.push(id, outgoing(client_id, Content::Text(text), at));
        let mut steps = vec![store(StoreCommand::SaveMessage(saved))];
        steps.extend(self.pursue(id, world));
        steps
    }

    pub(super) fn push(&mut self, id: &ChatId, outgoing: Outgoing) {
        if let Some(chat) = self.chat_mut(id) {
            chat.thread_mut().outgoing.push(Rc::new(outgoing));
        }
    }

    /// An id no other message of this user ever had.
    pub(super) fn new_id(&mut self) -> Option<ClientMessageId> {
        self.next_message += 1;
        ClientMessageId::parse(&format!("{}-{}", self.seed, self.next_message)).ok()
    }

    /// "Not sent" → try again.
    pub(crate) fn retry(&mut self, id: &ChatId, client_id: &ClientMessageId, world: &World) -> Vec<Step> {
        let failed = self
            .chat_mut(id)
            .and_then(|chat| chat.outgoing_mut(client_id))
            .filter(|outgoing| outgoing.state == OutgoingState::Failed);
        let Some(outgoing) = failed else { return Vec::new() };
        outgoing.state = OutgoingState::Pending;
        outgoing.failures = 0;
        self.pursue(id, world)
    }

    /// Gives a message up. One that is being sent cannot be taken back.
    pub(crate) fn discard(&mut self, id: &ChatId, client_id: &ClientMessageId, world: &World) -> Vec<Step> {
        let Some(chat) = self.chat_mut(id) else { return Vec::new() };
        let found = chat.thread.outgoing(client_id).filter(|outgoing| !outgoing.in_flight).cloned();
        let Some(outgoing) = found else { return Vec::new() };
        chat.thread_mut().outgoing.retain(|other| &other.client_id != client_id);
        let client_id = client_id.clone();
        let mut steps = match outgoing.file() {
            Some(file) => {
                let forget = UploadCommand::Forget { file: file.file };
                [UploadCommand::Cancel { client_id: client_id.clone() }, forget]
                    .map(|command| Step::Do(Effect::Upload(command)))
                    .to_vec()
            }
            None => vec![store(StoreCommand::ForgetMessage { client_id: client_id.clone() })],
        };
        let error = ApiError::new(ApiErrorCode::NotPermitted, "The user gave the message up");
        steps.extend(self.answer_waiting(&client_id, Err(error)));
        steps.extend(self.pursue(id, world));
        steps
    }
}

pub(super) fn outgoing(client_id: ClientMessageId, content: Content, at: Timestamp) -> Outgoing {
    Outgoing { client_id, content, at, state: OutgoingState::Pending, in_flight: false, failures: 0 }
}

enum Unfit {
    Blank,
    TooLong,
}

fn check(text: &str, world: &World) -> Result<(), Unfit> {
    if is_blank(text) {
        return Err(Unfit::Blank);
    }
    let most = usize::try_from(world.limits.message_chars).unwrap_or(usize::MAX);
    // Bytes first: counting the characters of a short text is rarely needed.
    if text.len() > most && text.chars().count() > most { Err(Unfit::TooLong) } else { Ok(()) }
}
