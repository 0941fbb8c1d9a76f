//! One page that wires the slices together: who hears of which action, and of which transition.

use crate::action::{SocketEvent, UserAction};
use crate::api::{ApiCall, ApiError, ApiErrorCode, ApiReply, ClientEvent, methods};
use crate::calls::{Calls, Visibility};
use crate::effect::{Effect, StoreCommand, UploadCommand};
use crate::select;
use crate::step::{End, Step, Transition, World, emit, reply, stop_timer};
use crate::timers::TimerId;
use crate::{Action, State};
use bandyer_protocol::{
    ChatId, ChatSummary, Dial, Message, Seq, ServerMessage, Sync, Timestamp, UserAlias, UserProfile, Welcome,
};
use std::rc::Rc;

/// Changes the state by one action and says what must be done about it, in this order. Every
/// [`Action::Api`] is answered by exactly one [`Effect::Reply`], now or later.
pub fn update(state: &mut State, action: Action, now: Timestamp) -> Vec<Effect> {
    let mut turn = Turn { state, now, effects: Vec::new() };
    if turn.state.session.unmounted {
        return turn.after_the_end(action);
    }
    let before = Sight::of(turn.state);
    let steps = turn.action(action);
    turn.run(steps);
    turn.call_gone();
    turn.panel_moved(&before);
    if turn.state.session.unmounted {
        turn.effects.push(Effect::Unmount);
    }
    turn.effects
}

/// Which conversation is selected, and which one a person is looking at.
struct Sight {
    selected: Option<ChatId>,
    in_front: Option<ChatId>,
}

impl Sight {
    fn of(state: &State) -> Self {
        Self { selected: state.panel.selected().cloned(), in_front: select::chat_in_front(state).cloned() }
    }
}

struct Turn<'a> {
    state: &'a mut State,
    now: Timestamp,
    effects: Vec<Effect>,
}

impl Turn<'_> {
    fn world(&self) -> World {
        let State { options, session, users, .. } = &*self.state;
        World {
            now: self.now,
            server_now: self.now.plus_ms(session.clock_offset_ms),
            me: users.me.as_ref().map(|me| me.profile.alias.clone()),
            session: session.id.clone(),
            can_video: users.me.as_ref().is_some_and(|me| me.profile.can_video),
            in_front: select::chat_in_front(self.state).cloned(),
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
        let State { session, users, chats, panel, calls, .. } = &mut *self.state;
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
            Action::Upload(event) if calls.owns(&event) => Rc::make_mut(calls).upload_event(event),
            Action::Upload(event) => Rc::make_mut(chats).upload_event(event, &world),
            Action::Media(event) => Rc::make_mut(calls).media_event(event),
            Action::Rtc(event) => Rc::make_mut(calls).rtc_event(event, &world),
            Action::Leaving if calls.is_shown() => Rc::make_mut(calls).leave(&world),
            Action::Leaving => Vec::new(),
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
                TimerId::AskMicAgain => Rc::make_mut(calls).ask_mic_again(),
                TimerId::RestartRtc => Rc::make_mut(calls).mend_due(&world),
                TimerId::AskCallAgain => Rc::make_mut(calls).pursue(&world),
                TimerId::SnackEnds => Rc::make_mut(calls).snack_over(),
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
            | UserAction::SendFeedback { .. } => {
                return self.calls().user(action, world);
            }
            UserAction::CloseFeedback => {
                Rc::make_mut(panel).back_to_list();
                return self.calls().user(action, world);
            }
            UserAction::AtBottom { chat, at_bottom } => Rc::make_mut(chats).at_bottom(&chat, at_bottom),
        }
        Vec::new()
    }

    fn told(&mut self, transition: Transition) {
        let world = self.world();
        let State { session, users, chats, panel, calls, .. } = &mut *self.state;
        let steps = match transition {
            Transition::Welcomed { welcome, first } => {
                let Welcome { user, sync, ringing, .. } = *welcome;
                let alias = user.alias.clone();
                Rc::make_mut(users).welcomed(user);
                self.synced(sync, first);
                if first {
                    self.effects.push(Effect::Store(StoreCommand::Load { user: alias }));
                }
                let mut steps = self.state.session.ask_again();
                let world = self.world();
                let calls = Rc::make_mut(&mut self.state.calls);
                steps.extend(calls.line_back(ringing.as_ref().map(|dial| &dial.call), &world));
                if let Some(dial) = ringing {
                    steps.extend(self.dialed(*dial, &world));
                }
                steps
            }
            Transition::Synced(sync) => {
                self.synced(*sync, false);
                Vec::new()
            }
            Transition::LineLost => {
                Rc::make_mut(users).line_lost();
                Rc::make_mut(chats).line_lost();
                Rc::make_mut(calls).line_lost();
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
            Transition::CallAnswered(question, answer) => {
                Rc::make_mut(calls).answered(question, answer, &world)
            }
            Transition::CallUp => {
                let before = Visibility { shown: panel.shown, expanded: panel.expanded };
                Rc::make_mut(calls).before.get_or_insert(before);
                Rc::make_mut(panel).bring_up();
                Vec::new()
            }
            Transition::Learn(profile) => Rc::make_mut(users).learn(vec![*profile]),
            Transition::Ending { line } => {
                let word = calls.farewell().filter(|_| line);
                word.map(|message| Rc::make_mut(session).say(message)).into_iter().collect()
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
        match message {
            ServerMessage::PresenceChanged { users: changed } => {
                Rc::make_mut(&mut self.state.users).presence_changed(changed)
            }
            ServerMessage::Dialed(dial) => self.dialed(*dial, world),
            ServerMessage::CallEntered(entry) => self.calls().entered_late(&entry, world),
            ServerMessage::DialAnswered { call, by } => self.calls().dial_answered(&call, by),
            ServerMessage::DialDeclined { call, by, reason } => self.calls().dial_declined(&call, by, reason),
            ServerMessage::DialStopped { call, by, reason } => self.calls().dial_stopped(&call, by, reason),
            ServerMessage::CallStarted { call, at } => self.calls().started(&call, at, world),
            ServerMessage::CallEnded { call, by, reason } => {
                self.calls().call_ended(&call, by, reason, world)
            }
            ServerMessage::PeerLine { call, up } => self.calls().peer_line(&call, up, world),
            ServerMessage::Signaled { call, signal } => self.calls().signaled(&call, signal),
            ServerMessage::CallUpgraded { call, by } => self.calls().upgraded(&call, &by, world),
            ServerMessage::FileShared { call, shared } => self.calls().file_received(&call, shared, world),
            ServerMessage::CallEndsSoon { call, in_ms } => self.calls().ends_soon(&call, in_ms, world.now),
            ServerMessage::MessageAdded { .. }
            | ServerMessage::ReadMoved { .. }
            | ServerMessage::ChatAdded { .. }
            | ServerMessage::ChatRemoved { .. }
            | ServerMessage::Typing { .. }
                if !self.state.options.chat =>
            {
                Vec::new()
            }
            ServerMessage::MessageAdded { message } => self.message_added(message, world),
            ServerMessage::ReadMoved { chat, user, seq } => self.read_moved(&chat, &user, seq, world),
            ServerMessage::ChatAdded { summary, profile } => self.chat_added(&summary, *profile, world),
            ServerMessage::ChatRemoved { chat } => Rc::make_mut(&mut self.state.chats).chat_removed(&chat),
            ServerMessage::Typing { chat, user } => {
                Rc::make_mut(&mut self.state.chats).typing(&chat, &user, world)
            }
            // Nothing that the session tells others of.
            ServerMessage::Welcome(_)
            | ServerMessage::TokenRefreshed { .. }
            | ServerMessage::Synced(_)
            | ServerMessage::Messages { .. }
            | ServerMessage::UserStatus { .. }
            | ServerMessage::OnlineUsers { .. }
            | ServerMessage::IceServers { .. }
            | ServerMessage::Done
            | ServerMessage::Pong
            | ServerMessage::Error(_)
            | ServerMessage::ForceDisconnect { .. }
            | ServerMessage::Restarting { .. } => Vec::new(),
        }
    }

    fn calls(&mut self) -> &mut Calls {
        Rc::make_mut(&mut self.state.calls)
    }

    fn message_added(&mut self, message: Message, world: &World) -> Vec<Step> {
        let chats = Rc::make_mut(&mut self.state.chats);
        let chat = message.chat.clone();
        let mut steps = chats.message_added(message, world);
        steps.extend(chats.pursue(&chat, world));
        steps
    }

    fn read_moved(&mut self, chat: &ChatId, user: &UserAlias, seq: Seq, world: &World) -> Vec<Step> {
        let State { session, chats, .. } = &mut *self.state;
        let chats = Rc::make_mut(chats);
        let mut steps = Vec::new();
        if chats.read_moved(chat, user, seq, world).is_err() {
            steps.extend(Rc::make_mut(session).recount());
        }
        steps.extend(chats.pursue(chat, world));
        steps
    }

    fn chat_added(&mut self, summary: &ChatSummary, profile: UserProfile, world: &World) -> Vec<Step> {
        let State { users, chats, .. } = &mut *self.state;
        let chats = Rc::make_mut(chats);
        let mut steps = Rc::make_mut(users).learn(vec![profile]);
        steps.extend(chats.chat_added(summary, world));
        steps.extend(chats.pursue(&summary.chat, world));
        steps
    }

    /// It rings at this user.
    fn dialed(&mut self, dial: Dial, world: &World) -> Vec<Step> {
        let State { users, calls, .. } = &mut *self.state;
        let mut steps = Rc::make_mut(users).learn(vec![dial.caller]);
        steps.extend(Rc::make_mut(calls).dialed(Rc::new(dial.call), world));
        steps
    }

    /// A call brought the widget up: once nothing of it is left, the widget goes back to how it was. Who was reading a
    /// chat meanwhile may go on; what was closed meanwhile stays closed.
    fn call_gone(&mut self) {
        let State { panel, calls, .. } = &mut *self.state;
        let over = !calls.is_shown() && calls.front().is_none();
        if let Some(before) = calls.before.filter(|_| over) {
            let reading = before.shown && !calls.in_front;
            Rc::make_mut(calls).before = None;
            let panel = Rc::make_mut(panel);
            panel.shown &= before.shown;
            panel.expanded &= before.expanded || reading;
        }
    }

    fn ended(&mut self, end: &End) -> Vec<Step> {
        let State { session, chats, panel, calls, users, .. } = &mut *self.state;
        let me = users.me.as_ref().map(|me| me.profile.alias.clone());
        let mut steps = Rc::make_mut(calls).session_ended(me);
        steps.extend(Rc::make_mut(chats).ended());
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
    fn panel_moved(&mut self, before: &Sight) {
        let world = self.world();
        let now = Sight::of(self.state);
        let State { users, chats, panel, .. } = &mut *self.state;
        let mut steps = Vec::new();
        if panel.shown && panel.expanded && !users.describing {
            steps.extend(Rc::make_mut(users).show_names());
        }
        // Coming to front also opens, and sets the divider before anything is marked as read.
        if let Some(chat) = now.in_front.filter(|chat| before.in_front.as_ref() != Some(chat)) {
            steps.extend(Rc::make_mut(chats).came_to_front(&chat, &world));
        } else if let Some(chat) = now.selected.filter(|chat| before.selected.as_ref() != Some(chat)) {
            steps.extend(Rc::make_mut(chats).open(&chat, &world));
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
