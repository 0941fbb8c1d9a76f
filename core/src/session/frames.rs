//! Frames from the server: answers go to who asked, events on in the server's order, and what does not join is
//! asked for.

use super::{Asked, Phase, Session};
use crate::api::{ApiError, ApiErrorCode, ApiReply};
use crate::questions::{Answer, ChatQuestion, Question};
use crate::step::{End, Outdated, Step, Transition, ask, reply};
use bandyer_protocol::{
    ChatNews, Cursor, CursorStep, DisconnectReason, ErrorCode, Failure, PROTOCOL_VERSION, ServerEnvelope,
    ServerMessage, SessionNews, SessionRequest, Timestamp, UserNews,
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
        self.server_protocol = envelope.v;
        let mut steps = Vec::new();
        let question = envelope.re.and_then(|id| self.answered(id, &mut steps));
        let joins = self.join(envelope.step, &mut steps);
        steps.extend(match question {
            // It came from beyond a gap, maybe from another life of the chat. What closes the gap brings it again.
            Some(Question::Chat(ChatQuestion::Send { .. })) if joins == Joins::Missed => Vec::new(),
            Some(question) => self.answer(question, envelope.msg, now),
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
            steps.push(ask(Question::Resync, SessionRequest::Resync { cursor: self.cursor }));
        }
        Joins::Missed
    }

    /// A part of what was missed is here: asks for the next one. Meanwhile events do not join, and what they say comes
    /// with a part that is still to come. `create` is answered with the whole list.
    pub(super) fn caught_up(&mut self, cursor: Cursor, more: bool) -> Vec<Step> {
        self.cursor = self.cursor.max(cursor);
        self.resyncing = more;
        if more {
            self.recount = self.recount.map(|_| cursor);
            return vec![Step::Ask(Question::Resync, SessionRequest::Resync { cursor }.into())];
        }
        self.recount = None;
        let created = self.create.take().zip(self.user.clone());
        created.map(|(call, user)| reply(call, Ok(ApiReply::Created { user }))).into_iter().collect()
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
        self.ask(Question::Resync, SessionRequest::Resync { cursor })
    }

    pub(super) fn answer(&mut self, question: Question, message: ServerMessage, now: Timestamp) -> Vec<Step> {
        let failure = match message {
            ServerMessage::Error(failure) => failure,
            // A welcome that cannot be read will not be read the next time either.
            ServerMessage::Unknown if question == Question::Authenticate => return self.outdated(),
            ServerMessage::Unknown => {
                Failure::new(ErrorCode::UnknownMessage, "The server's answer is of a later protocol")
            }
            message => return self.answer_given(question, message, now),
        };
        match question {
            Question::Authenticate => self.refused(failure, now),
            Question::Ping => Vec::new(),
            Question::Resync => self.drop_line_for(failure.retry_after_ms),
            Question::RefreshToken(call) => self.refresh_refused(call, &failure, now),
            Question::AddChat(call) => vec![
                Step::Told(Transition::AddChatEnded { added: false }),
                reply(call, Err(ApiError::from_server(ApiErrorCode::CreateChat, &failure))),
            ],
            Question::RemoveChat { call, .. } => {
                let code = match failure.code {
                    ErrorCode::ChatNotFound => ApiErrorCode::ChatNotFound,
                    _ => ApiErrorCode::DeleteChat,
                };
                vec![reply(call, Err(ApiError::from_server(code, &failure)))]
            }
            Question::GetUser(call) => {
                let code = match failure.code {
                    ErrorCode::UserNotFound => ApiErrorCode::UserNotFound,
                    _ => ApiErrorCode::UserRequestFailed,
                };
                vec![reply(call, Err(ApiError::from_server(code, &failure)))]
            }
            Question::ListOnline(call) => {
                vec![reply(call, Err(ApiError::from_server(ApiErrorCode::UserRequestFailed, &failure)))]
            }
            Question::Chat(question) => {
                vec![Step::Told(Transition::ChatAnswered(question, Answer::Refused(failure)))]
            }
            Question::Call(question) => {
                vec![Step::Told(Transition::CallAnswered(question, Answer::Refused(failure)))]
            }
        }
    }

    fn answer_given(&mut self, question: Question, message: ServerMessage, now: Timestamp) -> Vec<Step> {
        match (question, message) {
            (Question::Authenticate, ServerMessage::Session(SessionNews::Welcome(welcome))) => {
                self.welcomed(welcome, now)
            }
            (Question::Ping, ServerMessage::Session(SessionNews::Pong)) => Vec::new(),
            (Question::Resync, ServerMessage::Session(SessionNews::Synced(sync))) => {
                let (cursor, more) = (sync.cursor, sync.more);
                let mut steps = vec![Step::Told(Transition::Synced(sync))];
                steps.extend(self.caught_up(cursor, more));
                steps
            }
            (
                Question::RefreshToken(call),
                ServerMessage::Session(SessionNews::TokenRefreshed { expires_at }),
            ) => self.refreshed(call, expires_at, now),
            (Question::AddChat(call), ServerMessage::Chat(added @ ChatNews::Added { .. })) => vec![
                Step::Told(Transition::Chat(added)),
                Step::Told(Transition::AddChatEnded { added: true }),
                reply(call, Ok(ApiReply::Done)),
            ],
            (
                Question::RemoveChat { call, chat },
                ServerMessage::Chat(removed @ ChatNews::Removed { .. }),
            ) => vec![
                Step::Told(Transition::OwnRemoval(chat)),
                Step::Told(Transition::Chat(removed)),
                reply(call, Ok(ApiReply::Done)),
            ],
            (Question::GetUser(call), ServerMessage::User(UserNews::Status { user, status })) => {
                vec![reply(call, Ok(ApiReply::User { user, status }))]
            }
            (Question::ListOnline(call), ServerMessage::User(UserNews::Online { users })) => {
                vec![reply(call, Ok(ApiReply::Users { users }))]
            }
            (Question::Chat(question), message) => {
                vec![Step::Told(Transition::ChatAnswered(question, Answer::Given(message)))]
            }
            (Question::Call(question), message) => {
                vec![Step::Told(Transition::CallAnswered(question, Answer::Given(message)))]
            }
            // The answer to another question: as if the server had refused this one.
            (
                question @ (Question::Authenticate
                | Question::Ping
                | Question::Resync
                | Question::RefreshToken(_)
                | Question::AddChat(_)
                | Question::RemoveChat { .. }
                | Question::GetUser(_)
                | Question::ListOnline(_)),
                _,
            ) => {
                let failure =
                    Failure::new(ErrorCode::Internal, "The server's answer does not fit the question");
                self.answer(question, ServerMessage::Error(failure), now)
            }
        }
    }

    /// Something the server says of itself.
    fn event(&mut self, message: ServerMessage) -> Vec<Step> {
        match message {
            ServerMessage::Session(news) => self.heard(news),
            ServerMessage::User(news) => vec![Step::Told(Transition::User(news))],
            ServerMessage::Chat(news) => vec![Step::Told(Transition::Chat(news))],
            ServerMessage::Call(news) => vec![Step::Told(Transition::Call(news))],
            // Of the part of the widget that is loaded for boards, and has frames of its own.
            ServerMessage::Board(_) => Vec::new(),
            ServerMessage::Error(failure) => match failure.code {
                // The newer one opens the next line.
                ErrorCode::TokenExpired if !self.offered.is_empty() => self.drop_line(),
                ErrorCode::TokenExpired => self.end(End::TokenExpired),
                ErrorCode::UserDeleted => self.end(End::Disconnected(DisconnectReason::UserDeleted)),
                ErrorCode::UserDisabled => self.end(End::Disconnected(DisconnectReason::UserDisabled)),
                ErrorCode::UnsupportedProtocol => self.outdated(),
                // It was the token: nothing else is said while a line is opened.
                ErrorCode::FrameTooLarge if self.on_trial.is_some() => {
                    self.credential_refused(&failure, self.last_heard)
                }
                ErrorCode::FrameTooLarge => self.too_large(&failure),
                _ => Vec::new(),
            },
            // The answer to a question given up before, or news of a later protocol.
            ServerMessage::Done | ServerMessage::Unknown => Vec::new(),
        }
    }

    /// News of the connection.
    fn heard(&mut self, news: SessionNews) -> Vec<Step> {
        match news {
            SessionNews::ForceDisconnect { reason } => self.end(End::Disconnected(reason)),
            SessionNews::Restarting { reconnect_after_ms } => {
                self.restart_after = Some(reconnect_after_ms);
                Vec::new()
            }
            // Answers to questions given up before.
            SessionNews::Welcome(_)
            | SessionNews::TokenRefreshed { .. }
            | SessionNews::Synced(_)
            | SessionNews::Pong => Vec::new(),
        }
    }

    /// A frame did not get through, and the server cannot say which: whatever is long is refused.
    fn too_large(&mut self, failure: &Failure) -> Vec<Step> {
        let may_be = |asked: &Asked| asked.may_be_too_large() || self.is_long_token(&asked.question);
        let long = self.requests.iter().filter(|(_, asked)| may_be(asked)).map(|(id, _)| *id);
        let mut steps = Vec::new();
        for id in long.collect::<Vec<_>>() {
            if let Some(question) = self.answered(id, &mut steps) {
                let refused = ServerMessage::Error(failure.clone());
                steps.extend(self.answer(question, refused, self.last_heard));
            }
        }
        steps
    }

    /// Widget and server do not understand each other. Trying again would change nothing: it takes another page, or another
    /// server.
    fn outdated(&mut self) -> Vec<Step> {
        if self.phase == Phase::Starting {
            let text = "Widget and server speak different versions of the protocol";
            return self.create_failed(ApiError::new(ApiErrorCode::VersionDeprecated, text));
        }
        let older = self.server_protocol < PROTOCOL_VERSION;
        self.end(End::Outdated(if older { Outdated::Server } else { Outdated::Page }))
    }

    /// The server did not take the token.
    fn refused(&mut self, failure: Failure, now: Timestamp) -> Vec<Step> {
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
            ErrorCode::UnsupportedProtocol => self.outdated(),
            ErrorCode::FrameTooLarge if self.on_trial.is_some() => self.credential_refused(&failure, now),
            ErrorCode::TokenExpired
            | ErrorCode::InvalidToken
            | ErrorCode::WrongUser
            | ErrorCode::UserNotFound => self.credential_refused(&failure, now),
            _ => self.drop_line_for(failure.retry_after_ms),
        }
    }
}
