//! Frames from the server: answers go to who asked, events on in the server's order, and what does not join is
//! asked for.

use super::{Asked, Phase, Request, Session};
use crate::api::{ApiError, ApiErrorCode, ApiReply};
use crate::chats::ChatRequest;
use crate::step::{Answer, End, Step, Transition, reply};
use bandyer_protocol::{
    ClientMessage, Cursor, CursorStep, DisconnectReason, ErrorCode, Failure, ServerEnvelope, ServerMessage,
    Timestamp,
};

/// How a durable event stands to what this device has seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joins {
    Next,
    Seen,
    /// Something before it is missing.
    Missed,
}

impl Session {
    pub(crate) fn frame(&mut self, envelope: ServerEnvelope, now: Timestamp) -> Vec<Step> {
        if self.phase == Phase::Over {
            return Vec::new();
        }
        self.last_heard = now;
        self.reached = true;
        let mut steps = Vec::new();
        let request = envelope.re.and_then(|id| self.answered(id, &mut steps));
        let joins = self.join(envelope.step, &mut steps);
        steps.extend(match request {
            // It came from beyond a gap, maybe from another life of the chat. What closes the gap brings it again.
            Some(Request::Chats(ChatRequest::Send { .. })) if joins == Joins::Missed => Vec::new(),
            Some(request) => self.answer(request, envelope.msg, now),
            None if joins == Joins::Next => self.event(envelope.msg),
            None => Vec::new(),
        });
        steps
    }

    fn join(&mut self, step: Option<CursorStep>, steps: &mut Vec<Step>) -> Joins {
        let Some(step) = step else { return Joins::Next };
        if step.cursor <= self.cursor {
            return Joins::Seen;
        }
        if step.prev <= self.cursor {
            self.cursor = step.cursor;
            return Joins::Next;
        }
        if !self.resyncing {
            self.resyncing = true;
            steps.push(Step::Ask(Request::Resync, ClientMessage::Resync { cursor: self.cursor }));
        }
        Joins::Missed
    }

    /// An unread count cannot be told from what this device holds: asks for everything after the step before the
    /// present one, which has it.
    pub(crate) fn recount(&mut self) -> Vec<Step> {
        let cursor = Cursor(self.cursor.0.saturating_sub(1));
        self.recount.get_or_insert(cursor);
        // An answer that is still to come was made after the event that brought us here: it has the count.
        if self.resyncing {
            return Vec::new();
        }
        self.resyncing = true;
        self.ask(Request::Resync, ClientMessage::Resync { cursor })
    }

    fn answer(&mut self, request: Request, message: ServerMessage, now: Timestamp) -> Vec<Step> {
        let failure = match message {
            ServerMessage::Error(failure) => failure,
            message => return self.answer_given(request, message, now),
        };
        match request {
            Request::Authenticate => self.refused(failure),
            Request::Ping => Vec::new(),
            Request::Resync => self.drop_line_for(failure.retry_after_ms),
            Request::RefreshToken { call, .. } => {
                vec![reply(call, Err(ApiError::from_server(ApiErrorCode::TokenRefused, &failure)))]
            }
            Request::AddChat(call) => vec![
                Step::Told(Transition::AddChatEnded { added: false }),
                reply(call, Err(ApiError::from_server(ApiErrorCode::CreateChat, &failure))),
            ],
            Request::RemoveChat { call, .. } => {
                let code = match failure.code {
                    ErrorCode::ChatNotFound => ApiErrorCode::ChatNotFound,
                    _ => ApiErrorCode::DeleteChat,
                };
                vec![reply(call, Err(ApiError::from_server(code, &failure)))]
            }
            Request::GetUser(call) => {
                let code = match failure.code {
                    ErrorCode::UserNotFound => ApiErrorCode::UserNotFound,
                    _ => ApiErrorCode::UserRequestFailed,
                };
                vec![reply(call, Err(ApiError::from_server(code, &failure)))]
            }
            Request::ListOnline(call) => {
                vec![reply(call, Err(ApiError::from_server(ApiErrorCode::UserRequestFailed, &failure)))]
            }
            Request::Chats(request) => {
                vec![Step::Told(Transition::Answered(request, Answer::Refused(failure)))]
            }
            Request::Calls(question) => {
                vec![Step::Told(Transition::CallAnswered(question, Answer::Refused(failure)))]
            }
        }
    }

    fn answer_given(&mut self, request: Request, message: ServerMessage, now: Timestamp) -> Vec<Step> {
        match (request, message) {
            (Request::Authenticate, ServerMessage::Welcome(welcome)) => self.welcomed(welcome, now),
            (Request::Ping, ServerMessage::Pong) => Vec::new(),
            (Request::Resync, ServerMessage::Synced(sync)) => {
                self.resyncing = false;
                self.recount = None;
                self.cursor = self.cursor.max(sync.cursor);
                vec![Step::Told(Transition::Synced(sync))]
            }
            (Request::RefreshToken { call, token }, ServerMessage::TokenRefreshed { expires_at }) => {
                self.refreshed(call, token, expires_at, now)
            }
            (Request::AddChat(call), added @ ServerMessage::ChatAdded { .. }) => vec![
                Step::Told(Transition::Event(added)),
                Step::Told(Transition::AddChatEnded { added: true }),
                reply(call, Ok(ApiReply::Done)),
            ],
            (Request::RemoveChat { call, chat }, removed @ ServerMessage::ChatRemoved { .. }) => vec![
                Step::Told(Transition::OwnRemoval(chat)),
                Step::Told(Transition::Event(removed)),
                reply(call, Ok(ApiReply::Done)),
            ],
            (Request::GetUser(call), ServerMessage::UserStatus { user, status }) => {
                vec![reply(call, Ok(ApiReply::User { user, status }))]
            }
            (Request::ListOnline(call), ServerMessage::OnlineUsers { users }) => {
                vec![reply(call, Ok(ApiReply::Users { users }))]
            }
            (Request::Chats(request), message) => {
                vec![Step::Told(Transition::Answered(request, Answer::Given(message)))]
            }
            (Request::Calls(question), message) => {
                vec![Step::Told(Transition::CallAnswered(question, Answer::Given(message)))]
            }
            // The answer to another question: as if the server had refused this one.
            (
                request @ (Request::Authenticate
                | Request::Ping
                | Request::Resync
                | Request::RefreshToken { .. }
                | Request::AddChat(_)
                | Request::RemoveChat { .. }
                | Request::GetUser(_)
                | Request::ListOnline(_)),
                _,
            ) => {
                let failure =
                    Failure::new(ErrorCode::Internal, "The server's answer does not fit the question");
                self.answer(request, ServerMessage::Error(failure), now)
            }
        }
    }

    fn event(&mut self, message: ServerMessage) -> Vec<Step> {
        match message {
            ServerMessage::MessageAdded { .. }
            | ServerMessage::ReadMoved { .. }
            | ServerMessage::ChatAdded { .. }
            | ServerMessage::ChatRemoved { .. }
            | ServerMessage::Typing { .. }
            | ServerMessage::PresenceChanged { .. }
            | ServerMessage::Dialed(_)
            | ServerMessage::DialAnswered { .. }
            | ServerMessage::DialDeclined { .. }
            | ServerMessage::DialStopped { .. }
            | ServerMessage::CallStarted { .. }
            | ServerMessage::CallEnded { .. }
            | ServerMessage::PeerLine { .. }
            | ServerMessage::Signaled { .. }
            | ServerMessage::CallUpgraded { .. }
            | ServerMessage::FileShared { .. }
            | ServerMessage::CallEndsSoon { .. }
            // An answer that came too late puts this device into a call all the same.
            | ServerMessage::CallEntered(_) => vec![Step::Told(Transition::Event(message))],
            ServerMessage::ForceDisconnect { reason } => self.end(End::Disconnected(reason)),
            ServerMessage::Restarting { reconnect_after_ms } => {
                self.restart_after = Some(reconnect_after_ms);
                Vec::new()
            }
            ServerMessage::Error(failure) => match failure.code {
                ErrorCode::TokenExpired => self.end(End::TokenExpired),
                ErrorCode::UserDeleted => self.end(End::Disconnected(DisconnectReason::UserDeleted)),
                ErrorCode::UserDisabled => self.end(End::Disconnected(DisconnectReason::UserDisabled)),
                ErrorCode::FrameTooLarge => self.too_large(&failure),
                _ => Vec::new(),
            },
            // Answers to questions given up before.
            ServerMessage::Welcome(_)
            | ServerMessage::TokenRefreshed { .. }
            | ServerMessage::Synced(_)
            | ServerMessage::Messages { .. }
            | ServerMessage::UserStatus { .. }
            | ServerMessage::OnlineUsers { .. }
            | ServerMessage::IceServers { .. }
            | ServerMessage::Done
            | ServerMessage::Pong => Vec::new(),
        }
    }

    /// A frame did not get through, and the server cannot say which. It was a message: nothing else is long. Sent
    /// again, it would break the next line too.
    fn too_large(&mut self, failure: &Failure) -> Vec<Step> {
        let is_send = |asked: &Asked| matches!(asked.request, Request::Chats(ChatRequest::Send { .. }));
        let sends = self.requests.iter().filter(|(_, asked)| is_send(asked)).map(|(id, _)| *id);
        let mut steps = Vec::new();
        for id in sends.collect::<Vec<_>>() {
            if let Some(Request::Chats(request)) = self.answered(id, &mut steps) {
                let refused = Answer::Refused(failure.clone());
                steps.push(Step::Told(Transition::Answered(request, refused)));
            }
        }
        steps
    }

    /// The server did not take the token.
    fn refused(&mut self, failure: Failure) -> Vec<Step> {
        let transient = matches!(
            failure.code,
            ErrorCode::RateLimited
                | ErrorCode::StorageUnavailable
                | ErrorCode::ShuttingDown
                | ErrorCode::Internal
                | ErrorCode::TooManySessions
                | ErrorCode::Unknown
        );
        if self.phase == Phase::Starting && !(transient && failure.code != ErrorCode::TooManySessions) {
            let code = match failure.code {
                ErrorCode::UnsupportedProtocol => ApiErrorCode::VersionDeprecated,
                ErrorCode::MalformedFrame | ErrorCode::FrameTooLarge => ApiErrorCode::ConnectionFailed,
                _ => ApiErrorCode::Refused,
            };
            return self.create_failed(ApiError::from_server(code, &failure));
        }
        match failure.code {
            ErrorCode::UserDeleted => self.end(End::Disconnected(DisconnectReason::UserDeleted)),
            ErrorCode::UserDisabled => self.end(End::Disconnected(DisconnectReason::UserDisabled)),
            ErrorCode::TokenExpired
            | ErrorCode::InvalidToken
            | ErrorCode::WrongUser
            | ErrorCode::UserNotFound => self.end(End::TokenExpired),
            _ => self.drop_line_for(failure.retry_after_ms),
        }
    }
}
