//! Requests over sockets: which rule decides which.

use super::{Decision, Hub, Origin, pages};
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
        match message {
            ClientMessage::Session(request) => self.session_request(&user, request, origin, reader),
            ClientMessage::User(request) => self.user_request(request, origin, reader),
            ClientMessage::Chat(request) => self.chat_request(&user, request, origin, now, reader),
            ClientMessage::Call(request) => self.call_request(&user, request, origin, now, reader),
        }
    }

    fn session_request(
        &mut self,
        user: &UserAlias,
        request: &SessionRequest,
        origin: Origin,
        reader: &dyn Reader,
    ) -> Decision {
        match request {
            SessionRequest::Resync { cursor } => self.resync(user, *cursor, origin, reader),
            SessionRequest::Ping => Ok(origin.reply(SessionNews::Pong)),
            SessionRequest::Authenticate(_) => {
                Err(Failure::new(ErrorCode::InvalidRequest, "the socket is authenticated already").into())
            }
            SessionRequest::RefreshToken { .. } => {
                Err(Failure::new(ErrorCode::Internal, "tokens are checked before the hub").into())
            }
        }
    }

    fn user_request(&mut self, request: &UserRequest, origin: Origin, reader: &dyn Reader) -> Decision {
        match request {
            UserRequest::Get { user } => self.get_user(user, origin, reader),
            UserRequest::ListOnline => Ok(origin.reply(UserNews::Online { users: self.roster.online() })),
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
            CallRequest::Join { link } => self.join_call(user, &link.0, origin, now, reader),
            CallRequest::Resume { call, seat } => self.resume_call(user, call, seat, origin, now, reader),
            CallRequest::Accept { call } => self.accept_dial(user, call, origin, now, reader),
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
