//! The window of its own that a call has with `mode: 'window'`. That window has the place in the call, the devices and
//! the connection; this page opens it, says which call it may take, and shows how the call stands, which the server tells
//! every page of the user: so a call goes on without the page that began it, and a page that comes later finds it.

use super::ask::ask;
use super::devices::{media, watch};
use super::{Calls, Dial, DialState, Direction, Link, LocalMedia, Stage};
use crate::action::{WindowBlock, WindowEvent};
use crate::api::{CallInfo, ClientEvent};
use crate::effect::{Effect, MediaCommand, RtcCommand, WindowCommand};
use crate::options::Mode;
use crate::questions::{Answer, CallQuestion};
use crate::step::{Beginning, Step, Transition, World, emit, start_timer, stop_timer};
use crate::timers::{CallTimer, TimerId};
use bandyer_protocol::{
    CallEntry, CallNews, CallPhase, CallRequest, CallType, Elsewhere, Leaves, ServerMessage,
};
use std::rc::Rc;

/// A window may take so long to come up and take the call.
const AWAIT_MS: u32 = 20_000;

/// Where the page of call windows is on the server. As a link, it leads to the call its user is in.
const WINDOW_PATH: &str = "/connect/call/call-from-widget/true";

/// How the window of a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallWindow {
    /// It is there, and has not taken the call yet.
    Opening,
    /// There is none. The call waits for the person to open it, or to go on without.
    Blocked(WindowBlock),
    /// It has the call.
    There,
}

pub(super) fn is_window_address(url: &str) -> bool {
    url.split(['?', '#']).next().is_some_and(|url| url.ends_with(WINDOW_PATH))
}

pub(super) fn window(command: WindowCommand) -> Step {
    Step::Do(Effect::Window(command))
}

impl Calls {
    /// Whatever a call needs of the browser within the click: a window, or microphone and camera.
    pub(super) fn make_ready(&mut self, video: bool, world: &World) -> Vec<Step> {
        self.open_window(world).unwrap_or_else(|| vec![self.open_devices(true, video), watch()])
    }

    /// `None` for a call that is to be in this page.
    pub(super) fn open_window(&mut self, world: &World) -> Option<Vec<Step>> {
        let wanted = world.options.mode == Mode::Window && !self.is_window;
        self.window = wanted.then_some(CallWindow::Opening);
        wanted.then(|| vec![window(WindowCommand::Open)])
    }

    pub(crate) fn window_event(&mut self, event: WindowEvent, world: &World) -> Vec<Step> {
        if self.window.is_none() || !self.is_shown() {
            return Vec::new();
        }
        match event {
            WindowEvent::Opened if self.window == Some(CallWindow::Opening) => Vec::new(),
            WindowEvent::Opened => {
                self.window = Some(CallWindow::Opening);
                self.admit()
            }
            // The call is in it, wherever it is.
            WindowEvent::Blocked(_) if self.window == Some(CallWindow::There) => Vec::new(),
            WindowEvent::Blocked(why) => {
                self.window = Some(CallWindow::Blocked(why));
                vec![stop_timer(TimerId::Call(CallTimer::AwaitWindow))]
            }
            WindowEvent::Closed => self.hang_up(None, world),
        }
    }

    /// Tells the window which call is its own, once there is one.
    pub(super) fn admit(&self) -> Vec<Step> {
        let here = match &self.stage {
            Stage::Dial(dial) if !dial.is_incoming() => Some(&dial.call),
            Stage::Active(active) => Some(&active.call),
            Stage::Idle | Stage::Requested(_) | Stage::Dial(_) | Stage::Closing(_) => None,
        };
        match here {
            Some(call) if self.window == Some(CallWindow::Opening) => vec![
                window(WindowCommand::Admit { call: call.call.clone() }),
                start_timer(TimerId::Call(CallTimer::AwaitWindow), AWAIT_MS),
            ],
            Some(_) | None => Vec::new(),
        }
    }

    pub(crate) fn window_overdue(&mut self) -> Vec<Step> {
        if self.window == Some(CallWindow::Opening) {
            self.window = Some(CallWindow::Blocked(WindowBlock::NeverCame));
        }
        Vec::new()
    }

    /// Another page has the place in the call now.
    pub(crate) fn is_elsewhere(&mut self, there: Elsewhere, world: &World) -> Vec<Step> {
        let mirrors = there.window && world.options.mode == Mode::Window && !self.is_window;
        // Of a ring, it is the answer that counts.
        if matches!(&self.stage, Stage::Dial(dial) if dial.is_incoming()) {
            return Vec::new();
        }
        match (self.is_about(&there.call.call), mirrors) {
            (true, true) => self.given_away(),
            (true, false) => self.moved_away(),
            (false, true) if self.stage == Stage::Idle => self.adopt(there, world, false),
            (false, _) => Vec::new(),
        }
    }

    /// To the window of the call.
    fn given_away(&mut self) -> Vec<Step> {
        let mut steps = vec![stop_timer(TimerId::Call(CallTimer::AwaitWindow))];
        if self.window.replace(CallWindow::There).is_none() {
            self.local = LocalMedia::default();
            steps.extend([
                Step::Do(Effect::Rtc(RtcCommand::Close)),
                media(MediaCommand::Unwatch),
                media(MediaCommand::ReleaseAll),
            ]);
        }
        steps
    }

    /// To a page that this one does not follow.
    fn moved_away(&mut self) -> Vec<Step> {
        let Some(info) = self.info().filter(|_| self.is_shown()) else { return Vec::new() };
        let wanted = self.is_wanted();
        let mut steps = self.finish();
        steps.extend(wanted.then(|| emit(ClientEvent::CallEnded { call: info, executor: None })));
        steps
    }

    /// A call in a window that another page of the user opened, or this one before it was loaded anew: that one is shown
    /// again, and the host page hears how it ends.
    fn adopt(&mut self, there: Elsewhere, world: &World, own: bool) -> Vec<Step> {
        let Some(seat) = world.session.clone() else { return Vec::new() };
        let Elsewhere { call, phase, peer, .. } = there;
        let mine = call.initiator.as_ref().is_some_and(|initiator| world.is_me(initiator));
        let direction = if mine { Direction::Outgoing } else { Direction::Incoming };
        let call = Rc::new(call);
        self.next_round(Stage::Idle);
        (self.window, self.untold, self.in_front) = (Some(CallWindow::There), !own, own);
        let mut steps = vec![Step::Told(Transition::Learn(Box::new(peer)))];
        if own {
            steps.push(Step::Told(Transition::CallUp));
        }
        if phase == CallPhase::Dialing && mine {
            let (state, seat, is_admin) = (DialState::Ringing, Some(seat), false);
            self.stage = Stage::Dial(Dial { call, direction, state, seat, is_admin });
            return steps;
        }
        let info = CallInfo { call, direction };
        steps.extend(self.enter(info, seat, false, true));
        if let Some(active) = self.active() {
            let connected = phase == CallPhase::Connected;
            active.started_at = connected.then_some(world.server_now);
            active.link = if connected { Link::Connecting } else { Link::Waiting };
        }
        steps
    }

    /// After the line was lost, or at the beginning: the server says whether the call is still in its window. `None` when
    /// there is nothing to find out there.
    pub(super) fn found_elsewhere(
        &mut self,
        there: Option<Box<Elsewhere>>,
        beginning: Beginning,
        world: &World,
    ) -> Option<Vec<Step>> {
        let same = there.as_ref().is_some_and(|there| self.is_about(&there.call.call));
        match (self.window, there) {
            (Some(CallWindow::There), Some(there)) if same => Some(self.still_there(*there, world)),
            (Some(CallWindow::Opening | CallWindow::Blocked(_)), Some(there)) if same && there.window => {
                self.window = Some(CallWindow::There);
                Some(self.still_there(*there, world))
            }
            (Some(CallWindow::There), _) if self.stage != Stage::Idle => Some(self.over_there(world)),
            (_, Some(there)) if there.window && self.stage == Stage::Idle => {
                let own = beginning == Beginning::First;
                (world.options.mode == Mode::Window).then(|| self.adopt(*there, world, own))
            }
            (_, _) => None,
        }
    }

    fn still_there(&mut self, there: Elsewhere, world: &World) -> Vec<Step> {
        self.place = super::Place::Taken;
        if let Stage::Closing(_) = self.stage {
            return self.ask_to_close();
        }
        if there.phase != CallPhase::Connected {
            return Vec::new();
        }
        let mut steps = self.dial_answered(&there.call.call, there.peer.alias);
        steps.extend(self.started(&there.call.call, world.server_now, world));
        steps
    }

    /// It ended while the line was down.
    fn over_there(&mut self, world: &World) -> Vec<Step> {
        self.place = super::Place::Taken;
        match &self.stage {
            Stage::Closing(_) => self.closed(world),
            Stage::Dial(_) => self.vanished(),
            Stage::Active(_) => self.moved_away(),
            Stage::Idle | Stage::Requested(_) => Vec::new(),
        }
    }

    /// The call goes on in this page after all.
    pub(crate) fn go_on_here(&mut self, world: &World) -> Vec<Step> {
        if self.window.take().is_none() || !self.is_shown() {
            return Vec::new();
        }
        let call_type = self.info().map(|info| info.call.call_type);
        let asked = matches!(&self.stage, Stage::Requested(requested) if requested.video);
        let video = asked || (call_type == Some(CallType::AudioVideo) && world.can_video);
        let mut steps = vec![
            self.open_devices(true, video),
            watch(),
            window(WindowCommand::Close),
            stop_timer(TimerId::Call(CallTimer::AwaitWindow)),
        ];
        let seated = match &self.stage {
            Stage::Dial(dial) => !dial.is_incoming(),
            Stage::Active(_) => true,
            Stage::Idle | Stage::Requested(_) | Stage::Closing(_) => false,
        };
        self.taking = seated;
        if seated {
            // What the other side said meanwhile, nobody heard: the connection begins anew at both.
            steps.push(ask(CallQuestion::Take(self.round), CallRequest::Take));
        }
        steps
    }

    pub(super) fn taken_here(&mut self, answer: Answer, world: &World) -> Vec<Step> {
        self.taking = false;
        let Answer::Given(ServerMessage::Call(CallNews::Entered(entry))) = answer else {
            return match self.stage {
                Stage::Dial(_) => self.vanished(),
                Stage::Active(_) => self.moved_away(),
                Stage::Idle | Stage::Requested(_) | Stage::Closing(_) => Vec::new(),
            };
        };
        if !self.is_about(&entry.call.call) {
            return Vec::new();
        }
        let CallEntry { seat, phase, peer, call, .. } = &*entry;
        match &mut self.stage {
            Stage::Dial(dial) => dial.seat = Some(seat.clone()),
            Stage::Active(active) => active.seat = seat.clone(),
            Stage::Closing(closing) => closing.seat = Some(seat.clone()),
            Stage::Idle | Stage::Requested(_) => {}
        }
        let mut steps = Vec::new();
        if *phase == CallPhase::Connected {
            steps.extend(self.dial_answered(&call.call, peer.alias.clone()));
            steps.extend(self.started(&call.call, world.server_now, world));
        }
        self.told = None;
        steps.extend(if self.is_connecting() { self.connect(&entry) } else { Vec::new() });
        steps.extend(self.tell_media());
        steps.extend(self.await_connection());
        steps
    }

    /// The page is left. A call that is in its window goes on there, and one that the window may still take, or that is
    /// in this window, waits for a moment. `None` when nothing of that is so.
    pub(super) fn leave_to_window(&self) -> Option<(Vec<Step>, Option<Leaves>)> {
        let call = match &self.stage {
            Stage::Dial(dial) if !dial.is_incoming() => &dial.call,
            Stage::Active(active) => &active.call,
            Stage::Idle | Stage::Requested(_) | Stage::Dial(_) | Stage::Closing(_) => return None,
        };
        match self.window {
            Some(CallWindow::There) => Some((Vec::new(), None)),
            Some(CallWindow::Blocked(_)) => None,
            None if !self.is_window => None,
            Some(CallWindow::Opening) | None => {
                let call = call.call.clone();
                let leaves = self.seat().cloned().map(|seat| Leaves::ForAMoment { call: call.clone(), seat });
                Some((vec![ask(CallQuestion::Leave, CallRequest::StepOut { call })], leaves))
            }
        }
    }
}
