//! Requests over sockets: which rule decides which.

use super::{Decision, Hub, Origin, pages, scope};
use bandyer_protocol::{
    CallRequest, ChatRequest, ClientMessage, ErrorCode, Failure, SessionNews, SessionRequest, Timestamp,
    UserAlias, UserNews, UserRequest,
};
use bandyer_records::Reader;

impl Hub {
    pub(super) fn request(
        &mut self,
        origin: Origin,
        message: &ClientMessage,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        let user = self.user_of(origin.session, reader)?;
        scope::within(self.roster.scope_of(origin.session), &user, message)?;
        self.tools_of_link(&user, message, origin, reader)?;
        match message {
            ClientMessage::Session(request) => session_request(request, origin),
            ClientMessage::User(request) => self.user_request(request, origin, reader),
            ClientMessage::Chat(request) => self.chat_request(&user, request, origin, now, reader),
            ClientMessage::Call(request) => self.call_request(&user, request, origin, now, reader),
            ClientMessage::Board(request) => self.board_request(&user, request, origin, reader),
        }
    }

    fn user_request(&mut self, request: &UserRequest, origin: Origin, reader: &dyn Reader) -> Decision {
        match request {
            UserRequest::Get { user } => self.get_user(user, origin, reader),
            UserRequest::ListOnline => {
                let mut users = self.roster.online();
                if let Some(scope) = self.roster.scope_of(origin.session) {
                    users.retain(|(user, _)| scope.names(user));
                }
                Ok(origin.reply(UserNews::Online { users }))
            }
        }
    }

    fn chat_request(
        &mut self,
        user: &UserAlias,
        request: &ChatRequest,
        origin: Origin,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        match request {
            ChatRequest::SendMessage { chat, client_id, body } => {
                self.send_message(user, chat, client_id, body, Some(origin), now, reader).map(|sent| sent.0)
            }
            ChatRequest::MarkRead { chat, seq } => self.mark_read(user, chat, *seq, origin, reader),
            ChatRequest::Typing { chat } => self.typing(user, chat, origin, reader),
            ChatRequest::Add { user: with } => {
                self.add_chat(user, with, Some(origin), now, reader).map(|added| added.0)
            }
            ChatRequest::Remove { chat } => self.remove_chat(user, chat, Some(origin), reader),
            ChatRequest::FetchMessages { chat, from, direction, limit } => {
                let page =
                    pages::Page { chat: chat.clone(), from: *from, direction: *direction, limit: *limit };
                pages::fetch(reader, user, &page, self.settings.limits).map(|page| origin.reply(page))
            }
        }
    }

    fn call_request(
        &mut self,
        user: &UserAlias,
        request: &CallRequest,
        origin: Origin,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        match request {
            CallRequest::Create { key, callee, terms } => {
                self.create_call(user, (key, callee, *terms), origin, now, reader)
            }
            CallRequest::Cancel { key } => self.cancel_call(user, key, origin, now, reader),
            CallRequest::Join { link, tools } => self.join_call(user, (&link.0, *tools), origin, now, reader),
            CallRequest::Resume { call, seat } => self.resume_call(user, call, seat, origin, now, reader),
            CallRequest::Take => self.take_call(user, origin, now, reader),
            CallRequest::StepOut { call } => self.step_out(user, call, origin, now),
            CallRequest::Accept { call, tools } => {
                self.accept_dial(user, (call, *tools), origin, now, reader)
            }
            CallRequest::Decline { call, reason } => {
                self.decline_dial(user, call, *reason, origin, now, reader)
            }
            CallRequest::HangUp { call, reason } => self.hang_up(user, (call, *reason), origin, now, reader),
            CallRequest::ReportMedia { call, connected } => {
                self.report_media(user, call, *connected, origin, now)
            }
            CallRequest::Signal { call, signal } => self.signal(user, call, signal, origin),
            CallRequest::Upgrade { call } => self.upgrade_call(user, call, origin, reader),
            CallRequest::GetIceServers { call } => self.ice_servers(user, call, origin, now),
            CallRequest::ShareFile { call, upload } => {
                self.share_file(user, call, upload, origin, now, reader)
            }
            CallRequest::Rate { call, feedback } => self.rate_call(user, call, feedback, origin, now, reader),
        }
    }
}

fn session_request(request: &SessionRequest, origin: Origin) -> Decision {
    match request {
        SessionRequest::Ping => Ok(origin.reply(SessionNews::Pong)),
        SessionRequest::Resync { .. } => {
            Err(Failure::new(ErrorCode::Internal, "what was missed is read beside the hub").into())
        }
        SessionRequest::Authenticate(_) => {
            Err(Failure::new(ErrorCode::InvalidRequest, "the socket is authenticated already").into())
        }
        SessionRequest::RefreshToken { .. } => {
            Err(Failure::new(ErrorCode::Internal, "tokens are checked before the hub").into())
        }
    }
}
