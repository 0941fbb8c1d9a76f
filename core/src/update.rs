//! One page that wires the slices together: who hears of which action, and of which transition.

use crate::action::{SocketEvent, UserAction};
use crate::api::{ApiCall, ApiError, ApiErrorCode, ApiReply, ClientEvent, methods};
use crate::effect::{Effect, StoreCommand, UploadCommand};
use crate::panel::Panel;
use crate::step::{End, Step, Transition, World, emit, reply, stop_timer};
use crate::timers::TimerId;
use crate::{Action, State};
use bandyer_protocol::{ServerMessage, Sync, Timestamp, Welcome};
use std::rc::Rc;

/// Changes the state by one action and says what must be done about it, in this order. Every
/// [`Action::Api`] is answered by exactly one [`Effect::Reply`], now or later.
pub fn update(state: &mut State, action: Action, now: Timestamp) -> Vec<Effect> {
    let mut turn = Turn { state, now, effects: Vec::new() };
    if turn.state.session.unmounted {
        return turn.after_the_end(action);
    }
    let panel = turn.state.panel.clone();
    let steps = turn.action(action);
    turn.run(steps);
    turn.panel_moved(&panel);
    if turn.state.session.unmounted {
        turn.effects.push(Effect::Unmount);
    }
    turn.effects
}

struct Turn<'a> {
    state: &'a mut State,
    now: Timestamp,
    effects: Vec<Effect>,
}

impl Turn<'_> {
    fn world(&self) -> World {
        let State { options, session, users, panel, .. } = &*self.state;
        World {
            now: self.now,
            server_now: self.now.plus_ms(session.clock_offset_ms),
            me: users.me.as_ref().map(|me| me.profile.alias.clone()),
            in_front: panel.chat_in_front().cloned(),
            online: session.is_online(),
            limits: session.limits,
            options: options.clone(),
        }
    }

    /// Carries steps out, in order, and what follows from each before the next.
    fn run(&mut self, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Do(effect) => self.effects.push(effect),
                Step::Ask(request, message) => {
                    let steps = Rc::make_mut(&mut self.state.session).ask(request, message);
                    self.run(steps);
                }
                Step::Told(transition) => self.told(transition),
            }
        }
    }

    fn action(&mut self, action: Action) -> Vec<Step> {
        let (now, world) = (self.now, self.world());
        let State { session, users, chats, panel, .. } = &mut *self.state;
        match action {
            Action::Api(id, call) => methods::call(self.state, id, call, &world),
            Action::User(action) => self.user(action, &world),
            Action::Server(envelope) => Rc::make_mut(session).frame(*envelope, now),
            Action::Socket(SocketEvent::Opened) => Rc::make_mut(session).opened(),
            Action::Socket(SocketEvent::Closed) => Rc::make_mut(session).closed(),
            Action::Awake => Rc::make_mut(session).awake(now),
            Action::Details(event) => {
                Rc::make_mut(users).details(event);
                Vec::new()
            }
            Action::Upload(event) => Rc::make_mut(chats).upload_event(event, &world),
            Action::Media(_) | Action::Rtc(_) | Action::Leaving => Vec::new(),
            Action::Restored(saved) => Rc::make_mut(chats).restored(saved, &world),
            Action::Timer(timer) => match timer {
                TimerId::Reconnect => Rc::make_mut(session).reconnect_due(),
                TimerId::Connect => Rc::make_mut(session).connect_overdue(),
                TimerId::Heartbeat => Rc::make_mut(session).heartbeat_due(now),
                TimerId::Request(id) => Rc::make_mut(session).overdue(id),
                TimerId::TokenWarning => Rc::make_mut(session).warning_due(now),
                TimerId::TokenExpiry => Rc::make_mut(session).expiry_due(now),
                TimerId::TypingEnds(chat) => {
                    Rc::make_mut(chats).typing_ended(&chat);
                    Vec::new()
                }
                TimerId::Resend => Rc::make_mut(chats).pause_over(&world),
                TimerId::NoticeEnds => Rc::make_mut(panel).dismiss_notice(),
                TimerId::SaveDrafts => Rc::make_mut(chats).save_drafts(),
                TimerId::AskMicAgain | TimerId::RestartRtc | TimerId::SnackEnds => Vec::new(),
                TimerId::AnnounceChats => Rc::make_mut(chats).announce(),
            },
        }
    }

    fn user(&mut self, action: UserAction, world: &World) -> Vec<Step> {
        let State { session, chats, panel, .. } = &mut *self.state;
        match action {
            UserAction::TogglePanel => {
                let panel = Rc::make_mut(panel);
                panel.expanded = !panel.expanded;
            }
            UserAction::ClosePanel => Rc::make_mut(panel).expanded = false,
            UserAction::Search(text) => Rc::make_mut(panel).search = text,
            UserAction::FilterOnline(only) => Rc::make_mut(panel).online_only = only,
            UserAction::OpenChat(chat) if chats.by_id.contains_key(&chat) => Rc::make_mut(panel).select(chat),
            UserAction::OpenChat(_) => {}
            UserAction::BackToList => Rc::make_mut(panel).back_to_list(),
            UserAction::DismissNotice => return Rc::make_mut(panel).dismiss_notice(),
            UserAction::LeaveInactive => return Rc::make_mut(session).end(End::LoggedOut(None)),
            UserAction::Draft { chat, text } => return Rc::make_mut(chats).draft(&chat, text, world),
            UserAction::SendDraft { chat } => return Rc::make_mut(chats).send_draft(&chat, world),
            UserAction::Retry { chat, client_id } => {
                return Rc::make_mut(chats).retry(&chat, &client_id, world);
            }
            UserAction::Discard { chat, client_id } => {
                return Rc::make_mut(chats).discard(&chat, &client_id, world);
            }
            UserAction::AttachFiles { chat, files } => {
                return Rc::make_mut(chats).attach(&chat, files, world);
            }
            UserAction::DownloadFile { chat, seq } => return Rc::make_mut(chats).download(&chat, seq),
            UserAction::ShowPicture { chat, seq } => return Rc::make_mut(chats).show_picture(&chat, seq),
            UserAction::NeedOlder { chat } => return Rc::make_mut(chats).need_older(&chat, world),
            UserAction::StartCall { .. }
            | UserAction::AcceptDial
            | UserAction::DeclineDial
            | UserAction::HangUp
            | UserAction::ToggleMic
            | UserAction::ToggleCamera
            | UserAction::ShareScreen(_)
            | UserAction::StopScreen
            | UserAction::BackToChat
            | UserAction::BackToCall
            | UserAction::ToggleFullScreen
            | UserAction::CallSettings(_)
            | UserAction::ChooseMic(_)
            | UserAction::ChooseCamera(_)
            | UserAction::AskAgain(_)
            | UserAction::AllowPlayback
            | UserAction::DismissCallFailure
            | UserAction::DismissSnack
            | UserAction::ShareFiles(_)
            | UserAction::CancelShare { .. }
            | UserAction::RetryShare { .. }
            | UserAction::DownloadShared { .. }
            | UserAction::SendFeedback { .. }
            | UserAction::CloseFeedback => {}
            UserAction::AtBottom { chat, at_bottom } => Rc::make_mut(chats).at_bottom(&chat, at_bottom),
        }
        Vec::new()
    }

    fn told(&mut self, transition: Transition) {
        let world = self.world();
        let State { session, users, chats, panel, .. } = &mut *self.state;
        let steps = match transition {
            Transition::Welcomed { welcome, first } => {
                let Welcome { user, sync, .. } = *welcome;
                let alias = user.alias.clone();
                Rc::make_mut(users).welcomed(user);
                self.synced(sync, first);
                if first {
                    self.effects.push(Effect::Store(StoreCommand::Load { user: alias }));
                }
                self.state.session.ask_again()
            }
            Transition::Synced(sync) => {
                self.synced(*sync, false);
                Vec::new()
            }
            Transition::LineLost => {
                Rc::make_mut(users).line_lost();
                Rc::make_mut(chats).line_lost();
                Vec::new()
            }
            Transition::Event(message) => self.event(message, &world),
            Transition::Answered(request, answer) => Rc::make_mut(chats).answered(request, answer, &world),
            Transition::AddChatEnded { added } => {
                Rc::make_mut(panel).add_chat_ended(added);
                Vec::new()
            }
            Transition::ChatGone(chat) => {
                let mut steps = Rc::make_mut(session).chat_gone(&chat);
                steps.extend(Rc::make_mut(panel).chat_gone(&chat));
                steps
            }
            Transition::OwnRemoval(chat) => {
                if panel.selected() == Some(&chat) {
                    Rc::make_mut(panel).back_to_list();
                }
                Vec::new()
            }
            Transition::ChatCreatedByOther => {
                Rc::make_mut(panel).shown = true;
                Vec::new()
            }
            Transition::Notice(notice) => Rc::make_mut(panel).notify(notice),
            Transition::Ended(end) => self.ended(&end),
        };
        self.run(steps);
    }

    fn synced(&mut self, mut sync: Sync, first: bool) {
        let world = self.world();
        let State { users, chats, options, .. } = &mut *self.state;
        let users = Rc::make_mut(users);
        let mut steps = users.learn(std::mem::take(&mut sync.profiles));
        steps.extend(users.present(std::mem::take(&mut sync.present), first));
        if options.chat {
            let chats = Rc::make_mut(chats);
            steps.extend(chats.synced(&sync, first, &world));
            steps.extend(chats.pursue_all(&world));
        }
        self.run(steps);
    }

    fn event(&mut self, message: ServerMessage, world: &World) -> Vec<Step> {
        let State { session, users, chats, options, .. } = &mut *self.state;
        if let ServerMessage::PresenceChanged { users: changed } = message {
            return Rc::make_mut(users).presence_changed(changed);
        }
        if !options.chat {
            return Vec::new();
        }
        let chats = Rc::make_mut(chats);
        match message {
            ServerMessage::MessageAdded { message } => {
                let chat = message.chat.clone();
                let mut steps = chats.message_added(message, world);
                steps.extend(chats.pursue(&chat, world));
                steps
            }
            ServerMessage::ReadMoved { chat, user, seq } => {
                let mut steps = Vec::new();
                if chats.read_moved(&chat, &user, seq, world).is_err() {
                    steps.extend(Rc::make_mut(session).recount());
                }
                steps.extend(chats.pursue(&chat, world));
                steps
            }
            ServerMessage::ChatAdded { summary, profile } => {
                let mut steps = Rc::make_mut(users).learn(vec![*profile]);
                steps.extend(chats.chat_added(&summary, world));
                steps.extend(chats.pursue(&summary.chat, world));
                steps
            }
            ServerMessage::ChatRemoved { chat } => chats.chat_removed(&chat),
            ServerMessage::Typing { chat, user } => chats.typing(&chat, &user, world),
            ServerMessage::PresenceChanged { .. }
            | ServerMessage::Welcome(_)
            | ServerMessage::TokenRefreshed { .. }
            | ServerMessage::Synced(_)
            | ServerMessage::Messages { .. }
            | ServerMessage::UserStatus { .. }
            | ServerMessage::OnlineUsers { .. }
            | ServerMessage::CallEntered(_)
            | ServerMessage::IceServers { .. }
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
            | ServerMessage::Done
            | ServerMessage::Pong
            | ServerMessage::Error(_)
            | ServerMessage::ForceDisconnect { .. }
            | ServerMessage::Restarting { .. } => Vec::new(),
        }
    }

    fn ended(&mut self, end: &End) -> Vec<Step> {
        let State { session, chats, panel, .. } = &mut *self.state;
        let mut steps = Rc::make_mut(chats).ended();
        Rc::make_mut(panel).ended(end);
        steps.extend([TimerId::Resend, TimerId::SaveDrafts, TimerId::NoticeEnds].map(stop_timer));
        steps.push(Step::Do(Effect::Upload(UploadCommand::ReleaseAll)));
        let expires_at = session.expires_at;
        match end {
            End::TokenExpired => steps.push(emit(ClientEvent::AccessTokenExpired { expires_at })),
            End::Disconnected(reason) => steps.push(emit(ClientEvent::ForceDisconnect { reason: *reason })),
            End::CreateFailed => Rc::make_mut(session).unmounted = true,
            End::LoggedOut(call) => {
                Rc::make_mut(session).unmounted = true;
                steps.extend(call.map(|call| reply(call, Ok(ApiReply::Done))));
            }
        }
        steps
    }

    /// A conversation was selected or came into view, or the panel was opened: whatever moved it.
    fn panel_moved(&mut self, before: &Panel) {
        let world = self.world();
        let State { users, chats, panel, .. } = &mut *self.state;
        let mut steps = Vec::new();
        if panel.shown && panel.expanded && !users.describing {
            steps.extend(Rc::make_mut(users).show_names());
        }
        // Coming to front also opens, and sets the divider before anything is marked as read.
        if let Some(chat) = panel.chat_in_front().filter(|chat| before.chat_in_front() != Some(chat)) {
            steps.extend(Rc::make_mut(chats).came_to_front(chat, &world));
        } else if let Some(chat) = panel.selected().filter(|chat| before.selected() != Some(chat)) {
            steps.extend(Rc::make_mut(chats).open(chat, &world));
        }
        self.run(steps);
    }

    /// Nothing happens any more, but no call stays without an answer.
    fn after_the_end(mut self, action: Action) -> Vec<Effect> {
        if let Action::Api(id, call) = action {
            let over = || ApiError::new(ApiErrorCode::NotAuthenticated, "The widget has to be created first");
            let result = if call == ApiCall::Logout { Ok(ApiReply::Done) } else { Err(over()) };
            self.run(vec![reply(id, result)]);
        }
        self.effects
    }
}
