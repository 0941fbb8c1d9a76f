//! Questions to the server: numbered, timed, asked again after the line was lost when somebody waits for them.

use super::{Asked, Session};
use crate::api::{ApiError, ApiErrorCode, ApiReply};
use crate::effect::Effect;
use crate::questions::{Answer, ChatQuestion, Question};
use crate::step::{Step, Transition, reply, start_timer, stop_timer};
use crate::timers::{SessionTimer, TimerId};
use bandyer_protocol::{
    ChatId, ClientEnvelope, ClientMessage, ErrorCode, Failure, PROTOCOL_VERSION, RequestId, ServerMessage,
    Timestamp,
};

/// No question is longer than this, in bytes of JSON, but for messages, whose length has a limit of its own: the line
/// would be closed over it.
const LONGEST: usize = 60_000;
/// The least that a server can be told to take as one frame, in bytes.
pub(super) const SURELY_TAKEN: usize = 1_024;

/// A question is given up after this long.
const ANSWER_MS: u32 = 15_000;

impl Session {
    /// Asks now, or, for calls of the host page, when the line is back.
    pub(crate) fn ask(&mut self, question: Question, message: impl Into<ClientMessage>) -> Vec<Step> {
        let message = message.into();
        let is_message = matches!(question, Question::Chat(ChatQuestion::Send { .. }));
        if !is_message && length(&message) > LONGEST {
            let failure = Failure::new(ErrorCode::FrameTooLarge, "The question is too long");
            return self.answer(question, ServerMessage::Error(failure), self.last_heard);
        }
        let waits = question.is_kept();
        let sendable = self.is_online() || question == Question::Authenticate;
        if !waits && !sendable {
            return missing(question);
        }
        let id = RequestId(self.next_request);
        self.next_request = self.next_request.wrapping_add(1);
        let timed = !matches!(question, Question::Ping | Question::Chat(ChatQuestion::Typing(_)));
        let again = waits.then(|| message.clone());
        self.requests.insert(id, Asked { question, again });
        let mut steps = Vec::new();
        if timed {
            steps.push(start_timer(TimerId::Session(SessionTimer::Request(id)), ANSWER_MS));
        }
        if sendable {
            steps.push(send(id, message));
        }
        steps
    }

    /// A message whose answer nobody waits for: the session is about to end.
    pub(crate) fn say(&mut self, message: impl Into<ClientMessage>) -> Step {
        let id = RequestId(self.next_request);
        self.next_request = self.next_request.wrapping_add(1);
        send(id, message.into())
    }

    /// Takes a question off the list because its answer is here.
    pub(super) fn answered(&mut self, id: RequestId, steps: &mut Vec<Step>) -> Option<Question> {
        let asked = self.requests.remove(&id)?;
        steps.push(stop_timer(TimerId::Session(SessionTimer::Request(id))));
        Some(asked.question)
    }

    /// The line was lost: only what somebody waits for is asked again.
    pub(super) fn forget_unanswered(&mut self) -> Vec<Step> {
        let gone: Vec<RequestId> =
            self.requests.iter().filter(|(_, asked)| asked.again.is_none()).map(|(id, _)| *id).collect();
        for id in &gone {
            self.requests.remove(id);
        }
        gone.into_iter().map(|id| stop_timer(TimerId::Session(SessionTimer::Request(id)))).collect()
    }

    /// The line is back: asks again what somebody waits for.
    pub(crate) fn ask_again(&self) -> Vec<Step> {
        self.requests.iter().filter_map(|(id, asked)| Some(send(*id, asked.again.clone()?))).collect()
    }

    /// No answer came in time.
    pub(crate) fn overdue(&mut self, id: RequestId, now: Timestamp) -> Vec<Step> {
        match self.requests.remove(&id).map(|asked| asked.question) {
            None => Vec::new(),
            Some(Question::Authenticate | Question::Resync) => self.drop_line(),
            Some(Question::RefreshToken(call)) => self.not_taken(call, late(ApiErrorCode::TokenRefused), now),
            Some(question) => missing(question),
        }
    }

    /// The chat is gone: nobody cares any more for answers about it, and whoever wanted it removed has his wish.
    pub(crate) fn chat_gone(&mut self, gone: &ChatId) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut over = Vec::new();
        for (id, asked) in &self.requests {
            match &asked.question {
                Question::RemoveChat { call, chat } if chat == gone => {
                    steps.push(reply(*call, Ok(ApiReply::Done)));
                    over.push(*id);
                }
                Question::Chat(question) if question.chat() == gone => over.push(*id),
                Question::RemoveChat { .. }
                | Question::Chat(_)
                | Question::Call(_)
                | Question::Authenticate
                | Question::Ping
                | Question::Resync
                | Question::RefreshToken(_)
                | Question::AddChat(_)
                | Question::GetUser(_)
                | Question::ListOnline(_) => {}
            }
        }
        for id in over {
            self.requests.remove(&id);
            steps.push(stop_timer(TimerId::Session(SessionTimer::Request(id))));
        }
        steps
    }
}

fn late(code: ApiErrorCode) -> ApiError {
    ApiError::new(code, "The server did not answer in time")
}

/// What a question without an answer means to whoever asked.
fn missing(question: Question) -> Vec<Step> {
    match question {
        // A token waits on.
        Question::Authenticate | Question::Ping | Question::Resync | Question::RefreshToken(_) => Vec::new(),
        Question::AddChat(call) => vec![
            Step::Told(Transition::AddChatEnded { added: false }),
            reply(call, Err(late(ApiErrorCode::CreateChat))),
        ],
        Question::RemoveChat { call, .. } => vec![reply(call, Err(late(ApiErrorCode::DeleteChat)))],
        Question::GetUser(call) | Question::ListOnline(call) => {
            vec![reply(call, Err(late(ApiErrorCode::UserRequestFailed)))]
        }
        Question::Chat(question) => vec![Step::Told(Transition::ChatAnswered(question, Answer::Missing))],
        Question::Call(question) => vec![Step::Told(Transition::CallAnswered(question, Answer::Missing))],
    }
}

/// Bytes on the wire, without the envelope.
fn length(message: &ClientMessage) -> usize {
    serde_json::to_vec(message).map_or(0, |json| json.len())
}

impl Asked {
    /// A frame that was too large may have been this one. Sent again, it would break the next line too.
    pub(super) fn may_be_too_large(&self) -> bool {
        let is_message = matches!(self.question, Question::Chat(ChatQuestion::Send { .. }));
        is_message || self.again.as_ref().is_some_and(|message| length(message) > SURELY_TAKEN)
    }
}

fn send(id: RequestId, message: ClientMessage) -> Step {
    Step::Do(Effect::Send(Box::new(ClientEnvelope { v: PROTOCOL_VERSION, id, msg: message })))
}
