//! The call itself: who is in it, and what the person sees of it.

use super::{Active, Calls, Dial, Link, MediaWant, PeerStreams, Quality, Snack, Source, Stage};
use crate::api::{CallInfo, ClientEvent};
use crate::options::{Options, Tools};
use crate::step::{Step, Transition, World, emit, start_timer, stop_timer};
use crate::timers::{CallTimer, TimerId};
use bandyer_protocol::{CallAlias, CallType, MediaState, Seat, Timestamp, UserAlias};

/// A line in the call view stays this long.
const SNACK_MS: u32 = 6_000;

impl Calls {
    /// Both are in, or this side waits for the other. What went wrong with its devices meanwhile is said now.
    pub(super) fn enter(&mut self, info: CallInfo, seat: Seat, is_admin: bool, answered: bool) -> Vec<Step> {
        let video = info.call.call_type == CallType::AudioVideo;
        self.stage = Stage::Active(Active {
            call: info.call,
            direction: info.direction,
            seat,
            is_admin,
            answered,
            link: Link::Connecting,
            started_at: None,
            connected_at: None,
            video,
            peer: MediaState::default(),
            peer_streams: PeerStreams::default(),
            quality: Quality::Unknown,
            hears_frames: false,
            peer_line_down: false,
            ends_soon: None,
            snack: None,
        });
        match (self.local.mic, self.local.camera) {
            (Source::Failed(problem), _) => self.snack(Snack::of_device(MediaWant::Mic, problem)),
            (_, Source::Failed(problem)) => self.snack(Snack::of_device(MediaWant::Camera, problem)),
            _ => Vec::new(),
        }
    }

    /// What this user may do: in a call what the server gives in it, which is never more than the page gives.
    pub fn tools(&self, options: &Options) -> Tools {
        self.tools.map_or(options.tools, |given| given.within(Some(options.tools)))
    }

    pub(super) fn active(&mut self) -> Option<&mut Active> {
        match &mut self.stage {
            Stage::Active(active) => Some(active),
            Stage::Idle | Stage::Requested(_) | Stage::Dial(_) | Stage::Closing(_) => None,
        }
    }

    pub(super) fn active_in(&mut self, call: &CallAlias) -> Option<&mut Active> {
        self.active().filter(|active| &active.call.call == call)
    }

    /// Both are in.
    pub(crate) fn started(&mut self, call: &CallAlias, at: Timestamp, world: &World) -> Vec<Step> {
        let Some(info) = self.info_of(call) else { return Vec::new() };
        let wanted = self.is_wanted();
        let news = match &mut self.stage {
            Stage::Active(active) => {
                if active.link == Link::Waiting {
                    active.link = Link::Connecting;
                }
                active.started_at.replace(active.started_at.unwrap_or(at)).is_none()
            }
            // Answered just before it was stopped here.
            Stage::Closing(closing) => !std::mem::replace(&mut closing.started, true),
            Stage::Idle | Stage::Requested(_) | Stage::Dial(_) => false,
        };
        let mut steps = Vec::new();
        if news {
            steps.extend(wanted.then(|| emit(ClientEvent::CallStarted(info))));
            steps.extend(self.mend(world));
            steps.extend(self.await_connection());
        }
        steps
    }

    pub(crate) fn peer_line(&mut self, call: &CallAlias, up: bool, world: &World) -> Vec<Step> {
        let Some(active) = self.active_in(call) else { return Vec::new() };
        active.peer_line_down = !up;
        if !up {
            return Vec::new();
        }
        // The other side may have missed what was said last. Mending needs both lines: now there is no reason to wait.
        let unconnected = active.link == Link::Connecting && active.started_at.is_some();
        self.told = None;
        let mut steps = self.tell_media();
        steps.extend(self.await_connection());
        steps.extend(if unconnected { self.mend_due(world) } else { self.mend(world) });
        steps
    }

    pub(crate) fn ends_soon(&mut self, call: &CallAlias, in_ms: u32, now: Timestamp) -> Vec<Step> {
        let Some(active) = self.active_in(call) else { return Vec::new() };
        active.ends_soon = Some((in_ms, now));
        self.snack(Snack::EndsSoon)
    }

    /// The call is a video call now.
    pub(crate) fn upgraded(&mut self, call: &CallAlias, by: &UserAlias, world: &World) -> Vec<Step> {
        let Some(active) = self.active_in(call) else { return Vec::new() };
        let news = !std::mem::replace(&mut active.video, true);
        if news && world.is_me(by) { self.upgrade_allowed() } else { Vec::new() }
    }

    /// To the conversation with the one at the other side, if there is one.
    pub(crate) fn back_to_chat(&mut self, world: &World) -> Vec<Step> {
        let peer = match (&self.stage, &world.me) {
            (Stage::Dial(dial), _) if dial.is_unanswered() => return Vec::new(),
            (Stage::Requested(requested), _) => requested.callee.clone(),
            (Stage::Dial(Dial { call, .. }) | Stage::Active(Active { call, .. }), Some(me)) => {
                call.other(me).cloned()
            }
            (Stage::Dial(_) | Stage::Active(_) | Stage::Idle | Stage::Closing(_), _) => None,
        };
        self.in_front = false;
        self.full_screen = false;
        peer.map(|peer| Step::Told(Transition::PeerChosen(peer))).into_iter().collect()
    }

    pub(crate) fn back_to_call(&mut self) -> Vec<Step> {
        self.in_front = self.is_shown();
        Vec::new()
    }

    pub(crate) fn toggle_full_screen(&mut self) -> Vec<Step> {
        self.full_screen = !self.full_screen && matches!(self.stage, Stage::Active(_));
        Vec::new()
    }

    /// A line in the call view.
    pub(super) fn snack(&mut self, snack: Snack) -> Vec<Step> {
        match self.active() {
            Some(active) => {
                active.snack = Some(snack);
                vec![start_timer(TimerId::Call(CallTimer::SnackEnds), SNACK_MS)]
            }
            None => Vec::new(),
        }
    }

    pub(crate) fn snack_over(&mut self) -> Vec<Step> {
        if let Some(active) = self.active() {
            active.snack = None;
        }
        vec![stop_timer(TimerId::Call(CallTimer::SnackEnds))]
    }
}
