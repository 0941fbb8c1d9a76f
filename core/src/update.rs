//! One page that wires the slices together: who hears of which action, and of which transition.

mod methods;

use crate::action::{SocketEvent, UserAction};
use crate::api::{ApiCall, ApiError, ApiErrorCode, ApiReply, ClientEvent};
use crate::calendar::TimeZone;
use crate::calls::{Back, Visibility};
use crate::effect::{Effect, MediaCommand, StoreCommand, UploadCommand};
use crate::notice::Notice;
use crate::select;
use crate::step::{Beginning, End, Step, Transition, World, emit, reply, stop_timer};
use crate::timers::{ChatTimer, TimerId};
use crate::{Action, State};
use bandyer_protocol::{ChatId, Sync, Timestamp, UserAlias, Welcome};
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
    turn.call_gone(&before);
    turn.panel_moved(&before);
    if turn.state.session.unmounted {
        turn.effects.push(Effect::Unmount);
    }
    turn.effects
}

/// Which conversation is selected, and what a person is looking at.
struct Sight {
    selected: Option<ChatId>,
    in_front: Option<ChatId>,
    video_call: bool,
}

impl Sight {
    fn of(state: &State) -> Self {
        Self {
            selected: state.panel.selected().cloned(),
            in_front: select::chat_in_front(state).cloned(),
            video_call: select::keeps_screen_on(state),
        }
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
            visible: self.state.panel.visible,
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

    /// Who hears of it.
    fn action(&mut self, action: Action) -> Vec<Step> {
        let (now, world) = (self.now, self.world());
        let State { session, users, chats, panel, calls, .. } = &mut *self.state;
        match action {
            Action::Api(id, call) => methods::call(self.state, id, call, &world),
            Action::User(UserAction::Panel(action)) => Rc::make_mut(panel).user(action),
            Action::User(UserAction::Chat(action)) => Rc::make_mut(chats).user(action, &world),
            Action::User(UserAction::Call(action)) => Rc::make_mut(calls).user(action, &world),
            Action::User(UserAction::LeaveInactive) => Rc::make_mut(session).end(End::LoggedOut(None)),
            Action::Server(envelope) => Rc::make_mut(session).frame(*envelope, now),
            Action::Socket(SocketEvent::Opened) => Rc::make_mut(session).opened(),
            Action::Socket(SocketEvent::Closed) => Rc::make_mut(session).closed(),
            Action::Awake => Rc::make_mut(session).awake(now),
            Action::Details(event) => Rc::make_mut(users).details(event),
            Action::Upload(event) if calls.owns(&event) => Rc::make_mut(calls).upload_event(event),
            Action::Upload(event) => Rc::make_mut(chats).upload_event(event, &world),
            Action::Media(event) => Rc::make_mut(calls).media_event(event),
            Action::Rtc(event) => Rc::make_mut(calls).rtc_event(event, &world),
            Action::Window(event) => Rc::make_mut(calls).window_event(event, &world),
            Action::Visible(visible) => self.visible(visible),
            Action::TimeZone(zone) => {
                Rc::make_mut(chats).move_to(&zone);
                Rc::make_mut(&mut self.state.options).time_zone = TimeZone::clone(&zone);
                Vec::new()
            }
            Action::Leaving if calls.is_busy() => Rc::make_mut(calls).leave(&session.token, &world),
            Action::Leaving => Vec::new(),
            Action::Restored(saved) => Rc::make_mut(chats).restored(saved, &world),
            Action::DraftElsewhere { chat, before, text } => {
                Rc::make_mut(chats).draft_elsewhere(&chat, &before, text)
            }
            Action::Timer(TimerId::Session(timer)) => Rc::make_mut(session).timer(timer, now),
            Action::Timer(TimerId::Chat(timer)) => Rc::make_mut(chats).timer(timer, &world),
            Action::Timer(TimerId::Call(timer)) => Rc::make_mut(calls).timer(timer, &world),
            Action::Timer(TimerId::NoticeEnds) => Rc::make_mut(panel).dismiss_notice(),
        }
    }

    /// The tab came to front, or went: what stands on the screen is seen, or not.
    fn visible(&mut self, visible: bool) -> Vec<Step> {
        Rc::make_mut(&mut self.state.panel).visible = visible;
        let world = self.world();
        match &world.in_front {
            Some(chat) => Rc::make_mut(&mut self.state.chats).pursue(chat, &world),
            None => Vec::new(),
        }
    }

    /// Who hears of what happened in another slice.
    fn told(&mut self, transition: Transition) {
        let world = self.world();
        let State { session, users, chats, panel, calls, .. } = &mut *self.state;
        let steps = match transition {
            Transition::Welcomed { welcome, beginning } => self.welcomed(*welcome, beginning),
            Transition::Synced(sync) => {
                self.synced(*sync);
                Vec::new()
            }
            Transition::LineLost => {
                Rc::make_mut(users).line_lost();
                Rc::make_mut(chats).line_lost();
                Rc::make_mut(calls).line_lost();
                Vec::new()
            }
            Transition::User(news) => Rc::make_mut(users).heard(news),
            Transition::Chat(news) => Rc::make_mut(chats).heard(news, &world),
            Transition::Call(news) => Rc::make_mut(calls).heard(news, &world),
            Transition::ChatAnswered(question, answer) => {
                Rc::make_mut(chats).answered(question, answer, &world)
            }
            Transition::CallAnswered(question, answer) => {
                Rc::make_mut(calls).answered(question, answer, &world)
            }
            Transition::Learn(profile) => Rc::make_mut(users).learn(vec![*profile]),
            Transition::CountLost => Rc::make_mut(session).recount(),
            Transition::AddChatEnded { added } => Rc::make_mut(panel).add_chat_ended(added),
            Transition::ChatChosen(chat) => Rc::make_mut(panel).select(chat),
            Transition::PeerChosen(peer) => self.peer_chosen(&peer),
            Transition::PanelOpened => Rc::make_mut(calls).back_to_call(),
            Transition::ChatGone(chat) => {
                let mut steps = Rc::make_mut(session).chat_gone(&chat);
                steps.extend(Rc::make_mut(panel).chat_gone(&chat));
                steps
            }
            Transition::OwnRemoval(chat) if panel.selected() == Some(&chat) => {
                Rc::make_mut(panel).back_to_list()
            }
            Transition::OwnRemoval(_) => Vec::new(),
            Transition::ChatCreatedByOther => Rc::make_mut(panel).appear(),
            Transition::CallUp => self.call_up(),
            Transition::FeedbackClosed => Rc::make_mut(panel).back_to_list(),
            Transition::Notice(notice) => Rc::make_mut(panel).notify(notice),
            Transition::Ending { line } => {
                let word = calls.farewell().filter(|_| line);
                word.map(|request| Rc::make_mut(session).say(request)).into_iter().collect()
            }
            Transition::Ended(end) => self.ended(&end),
        };
        self.run(steps);
    }

    fn welcomed(&mut self, welcome: Welcome, beginning: Beginning) -> Vec<Step> {
        let Welcome { user, sync, ringing, elsewhere, .. } = welcome;
        let alias = user.alias.clone();
        Rc::make_mut(&mut self.state.users).welcomed(user);
        if beginning == Beginning::Anew {
            Rc::make_mut(&mut self.state.chats).begin_anew();
        }
        self.synced(sync);
        // Without chats there is nothing to give it to: what other pages keep stays as it is.
        if beginning == Beginning::First && self.state.options.chat {
            self.effects.push(Effect::Store(StoreCommand::Load { user: alias }));
        }
        let mut steps = self.state.session.ask_again();
        let world = self.world();
        let calls = Rc::make_mut(&mut self.state.calls);
        let back = Back { ringing: ringing.as_ref().map(|dial| &dial.call), elsewhere, beginning };
        steps.extend(calls.line_back(back, &world));
        if let Some(dial) = ringing {
            steps.extend(calls.rings(*dial, &world));
        }
        steps
    }

    fn synced(&mut self, mut sync: Sync) {
        let world = self.world();
        let State { users, chats, options, .. } = &mut *self.state;
        let users = Rc::make_mut(users);
        let mut steps = users.learn(std::mem::take(&mut sync.profiles));
        if !sync.more {
            steps.extend(users.present(std::mem::take(&mut sync.present)));
        }
        if options.chat {
            let chats = Rc::make_mut(chats);
            steps.extend(chats.synced(&sync, &world));
            steps.extend(chats.pursue_all(&world));
        }
        self.run(steps);
    }

    fn peer_chosen(&mut self, peer: &UserAlias) -> Vec<Step> {
        let chat = select::chat_with(self.state, peer).map(|chat| chat.id.clone());
        chat.map(|chat| Rc::make_mut(&mut self.state.panel).select(chat)).unwrap_or_default()
    }

    /// A call wants to be seen.
    fn call_up(&mut self) -> Vec<Step> {
        let State { panel, calls, .. } = &mut *self.state;
        let before = Visibility { shown: panel.shown, expanded: panel.expanded };
        Rc::make_mut(calls).before.get_or_insert(before);
        let panel = Rc::make_mut(panel);
        panel.bring_up();
        // What became of the last one is no news any more.
        if panel.notice.is_some_and(Notice::is_of_call) { panel.dismiss_notice() } else { Vec::new() }
    }

    /// A call brought the widget up: once nothing of it is left, the widget goes back to how it was. Who was reading a
    /// chat meanwhile may go on; what was closed meanwhile stays closed.
    fn call_gone(&mut self, before: &Sight) {
        let State { panel, calls, .. } = &mut *self.state;
        let said = !panel.notice.is_some_and(Notice::is_of_call);
        // Its owner goes on in it: it stays.
        if !said && panel.selected() != before.selected.as_ref() && !calls.is_shown() {
            Rc::make_mut(calls).in_front = false;
        }
        let over = said && !calls.is_shown() && calls.front().is_none();
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
        steps.extend(
            [ChatTimer::Resend, ChatTimer::SaveDrafts, ChatTimer::ForgetStrays]
                .map(TimerId::Chat)
                .into_iter()
                .chain([TimerId::NoticeEnds])
                .map(stop_timer),
        );
        steps.push(Step::Do(Effect::Upload(UploadCommand::ReleaseAll)));
        let expires_at = session.expires_at;
        match end {
            End::TokenExpired => steps.push(emit(ClientEvent::AccessTokenExpired { expires_at })),
            End::Disconnected(reason) => steps.push(emit(ClientEvent::ForceDisconnect { reason: *reason })),
            // The view says it. The host page has no event for it.
            End::Outdated(_) => {}
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
        if now.video_call != before.video_call {
            steps.push(Step::Do(Effect::Media(MediaCommand::KeepScreenOn(now.video_call))));
        }
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
