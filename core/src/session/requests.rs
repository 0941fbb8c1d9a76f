//! Questions to the server: numbered, timed, asked again after the line was lost when somebody waits for them.

use super::{Asked, Request, Session};
use crate::api::{ApiError, ApiErrorCode, ApiReply};
use crate::chats::ChatRequest;
use crate::effect::Effect;
use crate::step::{Answer, Step, Transition, reply, start_timer, stop_timer};
use crate::timers::TimerId;
use bandyer_protocol::{ChatId, ClientEnvelope, ClientMessage, PROTOCOL_VERSION, RequestId};

/// A question is given up after this long.
const ANSWER_MS: u32 = 15_000;

impl Session {
    /// Asks now, or, for calls of the host page, when the line is back.
    pub(crate) fn ask(&mut self, request: Request, message: ClientMessage) -> Vec<Step> {
        let waits = request.is_kept();
        let sendable = self.is_online() || request == Request::Authenticate;
        if !waits && !sendable {
            return missing(request);
        }
        let id = RequestId(self.next_request);
        self.next_request = self.next_request.wrapping_add(1);
        let timed = !matches!(request, Request::Ping | Request::Chats(ChatRequest::Typing(_)));
        let again = waits.then(|| message.clone());
        self.requests.insert(id, Asked { request, again });
        let mut steps = Vec::new();
        if timed {
            steps.push(start_timer(TimerId::Request(id), ANSWER_MS));
        }
        if sendable {
            steps.push(send(id, message));
        }
        steps
    }

    /// A message whose answer nobody waits for: the session is about to end.
    pub(crate) fn say(&mut self, message: ClientMessage) -> Step {
        let id = RequestId(self.next_request);
        self.next_request = self.next_request.wrapping_add(1);
        send(id, message)
    }

    /// Takes a question off the list because its answer is here.
    pub(super) fn answered(&mut self, id: RequestId, steps: &mut Vec<Step>) -> Option<Request> {
        let asked = self.requests.remove(&id)?;
        steps.push(stop_timer(TimerId::Request(id)));
        Some(asked.request)
    }

    /// The line was lost: only what somebody waits for is asked again.
    pub(super) fn forget_unanswered(&mut self) -> Vec<Step> {
        let gone: Vec<RequestId> =
            self.requests.iter().filter(|(_, asked)| asked.again.is_none()).map(|(id, _)| *id).collect();
        for id in &gone {
            self.requests.remove(id);
        }
        gone.into_iter().map(|id| stop_timer(TimerId::Request(id))).collect()
    }

    /// The line is back: asks again what somebody waits for.
    pub(crate) fn ask_again(&self) -> Vec<Step> {
        self.requests.iter().filter_map(|(id, asked)| Some(send(*id, asked.again.clone()?))).collect()
    }

    /// No answer came in time.
    pub(crate) fn overdue(&mut self, id: RequestId) -> Vec<Step> {
        match self.requests.remove(&id).map(|asked| asked.request) {
            None => Vec::new(),
            Some(Request::Authenticate | Request::Resync) => self.drop_line(),
            Some(request) => missing(request),
        }
    }

    /// The chat is gone: nobody cares any more for answers about it, and whoever wanted it removed has his wish.
    pub(crate) fn chat_gone(&mut self, gone: &ChatId) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut over = Vec::new();
        for (id, asked) in &self.requests {
            match &asked.request {
                Request::RemoveChat { call, chat } if chat == gone => {
                    steps.push(reply(*call, Ok(ApiReply::Done)));
                    over.push(*id);
                }
                Request::Chats(request) if request.chat() == gone => over.push(*id),
                Request::RemoveChat { .. }
                | Request::Chats(_)
                | Request::Calls(_)
                | Request::Authenticate
                | Request::Ping
                | Request::Resync
                | Request::RefreshToken { .. }
                | Request::AddChat(_)
                | Request::GetUser(_)
                | Request::ListOnline(_) => {}
            }
        }
        for id in over {
            self.requests.remove(&id);
            steps.push(stop_timer(TimerId::Request(id)));
        }
        steps
    }
}

/// What a question without an answer means to whoever asked.
fn missing(request: Request) -> Vec<Step> {
    let late = |code| ApiError::new(code, "The server did not answer in time");
    match request {
        Request::Authenticate | Request::Ping | Request::Resync => Vec::new(),
        Request::RefreshToken { call, .. } => vec![reply(call, Err(late(ApiErrorCode::TokenRefused)))],
        Request::AddChat(call) => vec![
            Step::Told(Transition::AddChatEnded { added: false }),
            reply(call, Err(late(ApiErrorCode::CreateChat))),
        ],
        Request::RemoveChat { call, .. } => vec![reply(call, Err(late(ApiErrorCode::DeleteChat)))],
        Request::GetUser(call) | Request::ListOnline(call) => {
            vec![reply(call, Err(late(ApiErrorCode::UserRequestFailed)))]
        }
        Request::Chats(request) => vec![Step::Told(Transition::Answered(request, Answer::Missing))],
        Request::Calls(question) => vec![Step::Told(Transition::CallAnswered(question, Answer::Missing))],
    }
}

fn send(id: RequestId, message: ClientMessage) -> Step {
    Step::Do(Effect::Send(Box::new(ClientEnvelope { v: PROTOCOL_VERSION, id, msg: message })))
}
