//! How a call ends here: what is let go at once, and what the host page is told when the server has confirmed it.

use super::ask::{answer, ask, rejection};
use super::dial::tone;
use super::{
    CallFailure, CallFileState, CallQuestion, Calls, Closing, Direction, Ending, FeedbackView, LocalMedia,
    Stage,
};
use crate::api::{ApiReply, CallId, CallInfo, ClientEvent};
use crate::effect::{Effect, MediaCommand, RtcCommand, Tone, UploadCommand};
use crate::step::{Step, World, emit, reply, stop_timer};
use crate::timers::TimerId;
use bandyer_protocol::{CallAlias, ClientMessage, DeclineReason, EndReason, StopReason, UserAlias};

impl Calls {
    /// The red button, `hangUp`, leaving the page.
    pub(crate) fn hang_up(&mut self, api: Option<CallId>, world: &World) -> Vec<Step> {
        let end = match &mut self.stage {
            Stage::Dial(dial) if dial.direction == Direction::Incoming => Ending::Declined,
            Stage::Dial(_) => Ending::Stopped,
            Stage::Active(_) => Ending::HungUp,
            Stage::Closing(closing) => {
                closing.api.extend(api);
                return Vec::new();
            }
            Stage::Requested(requested) => {
                let waiting = requested.api.take();
                let mut steps = self.finish();
                steps.extend(answer(waiting, Err(rejection(CallFailure::Generic))));
                return steps;
            }
            Stage::Idle => {
                return answer(api, Err(rejection(CallFailure::HangUpOnEndedCall))).into_iter().collect();
            }
        };
        self.close(end, api, world)
    }

    /// `hangUp` of the call object of that call.
    pub(crate) fn hang_up_call(&mut self, api: CallId, call: &str, world: &World) -> Vec<Step> {
        let known = self.info().is_some_and(|info| info.call.call.as_str() == call);
        if known && self.is_shown() {
            self.hang_up(Some(api), world)
        } else {
            vec![reply(api, Err(rejection(CallFailure::HangUpOnEndedCall)))]
        }
    }

    /// Lets go of everything and asks the server to end it.
    pub(super) fn close(&mut self, end: Ending, api: Option<CallId>, world: &World) -> Vec<Step> {
        let Some(info) = self.info() else { return Vec::new() };
        let call = info.call.call.clone();
        self.want_feedback(world);
        let mut steps = self.let_go();
        self.stage = Stage::Closing(Closing { info, end, api: api.into_iter().collect() });
        let message = match end {
            Ending::Declined => ClientMessage::DeclineDial { call, reason: DeclineReason::None },
            Ending::Stopped | Ending::HungUp => ClientMessage::HangUp { call },
        };
        steps.push(ask(CallQuestion::Close, message));
        steps
    }

    /// The server has carried it out, or nothing is left to be carried out.
    pub(super) fn closed(&mut self, world: &World) -> Vec<Step> {
        let Stage::Closing(Closing { info, end, .. }) = &self.stage else { return Vec::new() };
        let (call, end, me) = (info.clone(), *end, world.me.clone());
        let mut steps = self.confirmed();
        let Some(executor) = me else { return steps };
        steps.push(emit(match end {
            Ending::Declined => ClientEvent::CallDialDeclined { call, executor, reason: DeclineReason::None },
            Ending::Stopped => ClientEvent::CallDialStopped { call, executor, reason: StopReason::Hangup },
            Ending::HungUp => ClientEvent::CallEnded { call, executor: Some(executor) },
        }));
        steps
    }

    /// Answers those who wait for the end, and is idle.
    pub(super) fn confirmed(&mut self) -> Vec<Step> {
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
        let Some(info) = self.info().filter(|info| &info.call.call == call) else { return Vec::new() };
        self.want_feedback(world);
        let mut steps = self.finish();
        if reason == EndReason::Vanished {
            self.failure = Some(CallFailure::ConnectionLost);
        }
        steps.push(emit(ClientEvent::CallEnded { call: info, executor: by }));
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
        self.outbox.clear();
        self.playback_blocked = false;
        self.full_screen = false;
        self.devices.level = 0;
        let mut steps = vec![
            tone(Tone::Silence),
            Step::Do(Effect::Media(MediaCommand::ReleaseAll)),
            Step::Do(Effect::Rtc(RtcCommand::Close)),
        ];
        let timers = [TimerId::AskMicAgain, TimerId::RestartRtc, TimerId::SnackEnds];
        steps.extend(timers.map(stop_timer));
        for file in std::mem::take(&mut self.files).iter() {
            if let CallFileState::Uploading { .. } = file.state {
                steps.push(Step::Do(Effect::Upload(UploadCommand::Cancel { client_id: file.id.clone() })));
            }
            steps.extend(file.file.map(|file| Step::Do(Effect::Upload(UploadCommand::Forget { file }))));
        }
        steps
    }

    /// A call that was one, and was looked at to the end, is asked about.
    fn want_feedback(&mut self, world: &World) {
        if let Stage::Active(active) = &self.stage
            && active.started_at.is_some()
            && self.in_front
            && world.options.feedback
        {
            self.feedback = Some(FeedbackView { call: active.call.call.clone(), sent: false });
        }
    }

    /// The session is over, and the call with it. What to tell the server while there is a line.
    pub(crate) fn farewell(&self) -> Option<ClientMessage> {
        let call = self.info()?.call.call.clone();
        match &self.stage {
            // A ring that others of this user may take goes on without this device.
            Stage::Dial(dial) if dial.direction == Direction::Incoming => None,
            Stage::Dial(_) | Stage::Active(_) => Some(ClientMessage::HangUp { call }),
            Stage::Idle | Stage::Requested(_) | Stage::Closing(_) => None,
        }
    }

    /// The session is over.
    pub(crate) fn session_ended(&mut self, me: Option<UserAlias>) -> Vec<Step> {
        let info = self.info();
        let event = info.zip(me).and_then(|(call, executor)| self.last_event(call, executor));
        let waiting = match &mut self.stage {
            Stage::Requested(requested) => requested.api.take(),
            Stage::Idle | Stage::Dial(_) | Stage::Active(_) | Stage::Closing(_) => None,
        };
        self.failure = None;
        self.feedback = None;
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
            Stage::Idle | Stage::Requested(_) | Stage::Closing(_) => None,
        }
    }
}
