//! How a call ends here: what is let go at once, and what the host page is told when the server has confirmed it.

use super::ask::{answer, ask, rejection};
use super::devices::InDoubt;
use super::dial::tone;
use super::window::window;
use super::{Active, CallFailure, CallFileState, Calls, Closing, Dial, Ending, LocalMedia, Place, Stage};
use crate::api::{ApiCallId, ApiReply, CallInfo, ClientEvent, is_passing};
use crate::effect::{Effect, MediaCommand, RtcCommand, Tone, UploadCommand, WindowCommand};
use crate::questions::{Answer, CallQuestion};
use crate::step::{Step, World, emit, reply, stop_timer};
use crate::timers::{CallTimer, TimerId};
use bandyer_protocol::{
    CallAlias, CallRequest, DeclineReason, EndReason, HangUpReason, StopReason, UserAlias,
};

impl Calls {
    /// The red button, `hangUp`, leaving the page.
    pub(crate) fn hang_up(&mut self, api: Option<ApiCallId>, world: &World) -> Vec<Step> {
        match &mut self.stage {
            // It may have been accepted here a moment ago: then it is a call.
            Stage::Dial(dial) if dial.is_incoming() => self.close(Ending::Declined, api, world),
            Stage::Dial(_) => self.close(Ending::Stopped, api, world),
            Stage::Active(_) => self.close(Ending::HungUp, api, world),
            Stage::Closing(closing) => {
                closing.api.extend(api);
                Vec::new()
            }
            Stage::Requested(requested) if !requested.given_up => {
                requested.given_up = true;
                let waiting = requested.api.take();
                let mut steps = self.let_go();
                steps.extend(answer(waiting, Err(rejection(CallFailure::Generic))));
                steps
            }
            Stage::Requested(_) | Stage::Idle => {
                answer(api, Err(rejection(CallFailure::HangUpOnEndedCall))).into_iter().collect()
            }
        }
    }

    /// `hangUp` of the call object of that call.
    pub(crate) fn hang_up_call(&mut self, api: ApiCallId, call: &str, world: &World) -> Vec<Step> {
        let known = self.info().is_some_and(|info| info.call.call.as_str() == call);
        if known && self.is_shown() {
            self.hang_up(Some(api), world)
        } else {
            vec![reply(api, Err(rejection(CallFailure::HangUpOnEndedCall)))]
        }
    }

    /// Lets go of everything and asks the server to end it. `hangUp` waits for the server only while there is a line.
    pub(super) fn close(&mut self, end: Ending, api: Option<ApiCallId>, world: &World) -> Vec<Step> {
        self.close_with(end, HangUpReason::Wish, api, world)
    }

    /// The same, because it cannot go on.
    pub(super) fn close_because(&mut self, reason: HangUpReason, world: &World) -> Vec<Step> {
        let end = match &self.stage {
            Stage::Active(_) => Ending::HungUp,
            Stage::Idle | Stage::Requested(_) | Stage::Dial(_) | Stage::Closing(_) => Ending::Stopped,
        };
        self.close_with(end, reason, None, world)
    }

    fn close_with(
        &mut self,
        end: Ending,
        reason: HangUpReason,
        api: Option<ApiCallId>,
        world: &World,
    ) -> Vec<Step> {
        let Some(info) = self.info() else { return Vec::new() };
        self.want_feedback(world);
        let (seat, started) = match &self.stage {
            Stage::Active(active) => (Some(active.seat.clone()), active.started_at.is_some()),
            Stage::Dial(dial) => (dial.seat.clone(), false),
            Stage::Idle | Stage::Requested(_) | Stage::Closing(_) => (None, false),
        };
        let mut steps = self.let_go();
        let (now, later) = if self.is_cut() { (api, None) } else { (None, api) };
        self.stage = Stage::Closing(Closing {
            info,
            end,
            reason,
            seat,
            started,
            said: false,
            api: later.into_iter().collect(),
        });
        steps.extend(self.ask_to_close());
        steps.extend(answer(now, Ok(ApiReply::Done)));
        steps
    }

    /// Asks the server to end what was ended here, when it can be asked.
    pub(super) fn ask_to_close(&mut self) -> Vec<Step> {
        let cut = self.is_cut();
        let Stage::Closing(closing) = &mut self.stage else { return Vec::new() };
        if cut {
            return Vec::new();
        }
        closing.said = true;
        let (call, reason) = (closing.info.call.call.clone(), closing.reason);
        let message = match (closing.end, &closing.seat) {
            (Ending::Declined, None) => CallRequest::Decline { call, reason: DeclineReason::None },
            (Ending::Declined | Ending::Stopped | Ending::HungUp | Ending::Unwanted, _) => {
                CallRequest::HangUp { call, reason }
            }
        };
        vec![ask(CallQuestion::Close(self.round), message)]
    }

    pub(super) fn close_answered(&mut self, answer: &Answer, world: &World) -> Vec<Step> {
        match answer {
            Answer::Refused(failure) if is_passing(failure) => self.later(failure),
            // It is said until it is heard, but nobody waits for that.
            Answer::Missing => {
                let mut steps = self.once_more();
                if let Stage::Closing(closing) = &mut self.stage {
                    let waiting = std::mem::take(&mut closing.api);
                    steps.extend(waiting.into_iter().map(|api| reply(api, Ok(ApiReply::Done))));
                }
                steps
            }
            Answer::Given(_) | Answer::Refused(_) => self.closed(world),
        }
    }

    /// The server has carried it out, or nothing is left to be carried out.
    pub(super) fn closed(&mut self, world: &World) -> Vec<Step> {
        let Stage::Closing(Closing { info, end, .. }) = &self.stage else { return Vec::new() };
        let (wanted, end) = (self.is_wanted(), *end);
        let event = world.me.clone().filter(|_| wanted).and_then(|me| last_word(info.clone(), end, me));
        let mut steps = self.confirmed();
        steps.extend(event.map(emit));
        steps
    }

    /// Answers those who wait for the end, and is idle.
    pub(super) fn confirmed(&mut self) -> Vec<Step> {
        if self.place == Place::Returning {
            self.place = Place::Taken;
        }
        match std::mem::take(&mut self.stage) {
            Stage::Closing(closing) => {
                closing.api.into_iter().map(|api| reply(api, Ok(ApiReply::Done))).collect()
            }
            Stage::Idle | Stage::Requested(_) | Stage::Dial(_) | Stage::Active(_) => Vec::new(),
        }
    }

    /// The server says that the call is over.
    pub(crate) fn call_ended(
        &mut self,
        call: &CallAlias,
        by: Option<UserAlias>,
        reason: EndReason,
        world: &World,
    ) -> Vec<Step> {
        let Some(info) = self.info_of(call) else { return Vec::new() };
        let (wanted, seen) = (self.is_wanted(), self.is_shown());
        self.want_feedback(world);
        let mut steps = self.finish();
        if seen && self.feedback.is_none() {
            self.failure = broke(reason);
        }
        steps.extend(wanted.then(|| emit(ClientEvent::CallEnded { call: info, executor: by })));
        steps
    }

    /// The end is known: everything is let go, those who wait are answered, nothing is left of the call.
    pub(super) fn finish(&mut self) -> Vec<Step> {
        let mut steps = self.let_go();
        steps.extend(self.confirmed());
        steps
    }

    /// No light stays on, nothing rings, nothing is connected.
    pub(super) fn let_go(&mut self) -> Vec<Step> {
        self.local = LocalMedia::default();
        (self.muted, self.upgrading, self.settings_open, self.told) = (false, false, false, None);
        self.in_doubt = InDoubt::default();
        (self.mends, self.link_told) = (0, None);
        self.outbox.clear();
        self.to_share.clear();
        self.playback_blocked = false;
        self.full_screen = false;
        self.devices.level = 0;
        let mut steps: Vec<Step> = self.answer_settled(Err(CallFailure::NotRinging)).into_iter().collect();
        steps.extend([
            tone(Tone::Silence),
            Step::Do(Effect::Media(MediaCommand::Unwatch)),
            Step::Do(Effect::Media(MediaCommand::ReleaseAll)),
            Step::Do(Effect::Rtc(RtcCommand::Close)),
        ]);
        steps.extend(self.window.map(|_| window(WindowCommand::Close)));
        let timers = [
            TimerId::Call(CallTimer::AskMicAgain),
            TimerId::Call(CallTimer::RestartRtc),
            TimerId::Call(CallTimer::GiveUpRtc),
            TimerId::Call(CallTimer::SnackEnds),
            TimerId::Call(CallTimer::AwaitWindow),
        ];
        steps.extend(timers.map(stop_timer));
        // A device that is not back in its place has to ask on, be it only to leave it.
        if self.place != Place::Returning {
            steps.push(stop_timer(TimerId::Call(CallTimer::AskAgain)));
        }
        for file in std::mem::take(&mut self.files).iter() {
            if let CallFileState::Uploading { .. } = file.state {
                steps.push(Step::Do(Effect::Upload(UploadCommand::Cancel { client_id: file.id.clone() })));
            }
            steps.extend(file.file.map(|file| Step::Do(Effect::Upload(UploadCommand::Forget { file }))));
        }
        steps
    }

    /// Nothing can be asked about the call now: the line is down, or this device is not back in its place.
    pub(super) fn is_cut(&self) -> bool {
        self.place != Place::Taken
    }

    /// The session or the page is about to be over. What to tell the server while there is a line.
    pub(crate) fn farewell(&self) -> Option<CallRequest> {
        match &self.stage {
            Stage::Requested(requested) => requested.key.clone().map(|key| CallRequest::Cancel { key }),
            // A ring that others of this user may take goes on without this device.
            Stage::Dial(Dial { seat: None, .. }) => None,
            Stage::Dial(Dial { call, .. }) | Stage::Active(Active { call, .. }) => {
                Some(CallRequest::HangUp { call: call.call.clone(), reason: HangUpReason::Wish })
            }
            Stage::Idle | Stage::Closing(_) => None,
        }
    }

    /// The session is over.
    pub(crate) fn session_ended(&mut self, me: Option<UserAlias>) -> Vec<Step> {
        let told = self.info().zip(me).filter(|_| self.is_wanted());
        let event = told.and_then(|(call, executor)| self.last_event(call, executor));
        let waiting = match &mut self.stage {
            Stage::Requested(requested) => requested.api.take(),
            Stage::Idle | Stage::Dial(_) | Stage::Active(_) | Stage::Closing(_) => None,
        };
        (self.failure, self.feedback, self.orphan) = (None, None, None);
        let mut steps = if self.is_busy() { self.finish() } else { Vec::new() };
        steps.extend(answer(waiting, Err(rejection(CallFailure::Generic))));
        steps.extend(event.map(emit));
        steps
    }

    fn last_event(&self, call: CallInfo, executor: UserAlias) -> Option<ClientEvent> {
        match &self.stage {
            Stage::Dial(_) => {
                Some(ClientEvent::CallDialStopped { call, executor, reason: StopReason::Error })
            }
            Stage::Active(_) => Some(ClientEvent::CallEnded { call, executor: Some(executor) }),
            Stage::Closing(closing) => last_word(call, closing.end, executor),
            Stage::Idle | Stage::Requested(_) => None,
        }
    }
}

/// What the person is told of an end that nobody wanted.
fn broke(reason: EndReason) -> Option<CallFailure> {
    match reason {
        EndReason::Vanished => Some(CallFailure::ConnectionLost),
        EndReason::NoWay => Some(CallFailure::CannotConnect),
        EndReason::NoWebrtc => Some(CallFailure::PeerNoWebrtc),
        EndReason::HungUp | EndReason::Closed | EndReason::Duration => None,
    }
}

/// What the host page is told of an end that came from here.
fn last_word(call: CallInfo, end: Ending, executor: UserAlias) -> Option<ClientEvent> {
    match end {
        Ending::Declined => {
            Some(ClientEvent::CallDialDeclined { call, executor, reason: DeclineReason::None })
        }
        Ending::Stopped => Some(ClientEvent::CallDialStopped { call, executor, reason: StopReason::Hangup }),
        Ending::HungUp => Some(ClientEvent::CallEnded { call, executor: Some(executor) }),
        Ending::Unwanted => None,
    }
}
