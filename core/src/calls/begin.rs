//! How a call begins: `createCall`, a call button, `joinCallURL`.

use super::ask::{answer, ask, rejection};
use super::{CallFailure, CallQuestion, Calls, Requested, Source, Stage};
use crate::api::{CallChoice, CallId};
use crate::effect::{Effect, MediaCommand};
use crate::step::{Step, Transition, World};
use bandyer_protocol::{CallRequest, CallType, ClientMessage, UserAlias, client_message::Secret};

impl Calls {
    /// Calls somebody. `users` are aliases as the host page wrote them.
    pub(crate) fn create(
        &mut self,
        api: Option<CallId>,
        users: &[String],
        choice: CallChoice,
        world: &World,
    ) -> Vec<Step> {
        if self.is_busy() {
            return answer(api, Err(rejection(CallFailure::AnotherCallInProgress))).into_iter().collect();
        }
        let request = request(choice, world);
        let callee = match users {
            [one] => UserAlias::parse(one).ok().filter(|callee| !world.is_me(callee)),
            _ => None,
        };
        let (Some(callee), Some(key), true) = (callee, self.new_id(), world.online) else {
            return self.fail(api, CallFailure::Generic);
        };
        let video = request.call_type == CallType::AudioVideo;
        if video && !world.can_video {
            return self.fail(api, CallFailure::InvalidPermissionCanVideo);
        }
        let mut steps = self.begin(Requested { api, callee: Some(callee.clone()), video });
        steps.push(ask(CallQuestion::Create(self.round), ClientMessage::CreateCall { key, callee, request }));
        steps
    }

    /// Enters the call of a link.
    pub(crate) fn join(&mut self, api: Option<CallId>, url: String, world: &World) -> Vec<Step> {
        if self.is_busy() {
            return answer(api, Err(rejection(CallFailure::AnotherCallInProgress))).into_iter().collect();
        }
        if url.trim().is_empty() {
            return self.fail(api, CallFailure::JoinInvalidUrl);
        }
        if !world.online {
            return self.fail(api, CallFailure::JoinRequestFailed);
        }
        let mut steps = self.start_over(Stage::Requested(Requested { api, callee: None, video: false }));
        steps.push(Step::Told(Transition::CallUp));
        steps.push(ask(CallQuestion::Join(self.round), ClientMessage::JoinCall { link: Secret(url) }));
        steps
    }

    /// The own devices are asked for first, in the turn of the click.
    fn begin(&mut self, requested: Requested) -> Vec<Step> {
        let video = requested.video;
        let mut steps = self.start_over(Stage::Requested(requested));
        steps.push(self.open_devices(true, video));
        steps.push(Step::Told(Transition::CallUp));
        steps
    }

    /// A new call: whatever an earlier one left is gone.
    pub(super) fn start_over(&mut self, stage: Stage) -> Vec<Step> {
        self.round = self.round.wrapping_add(1);
        self.stage = stage;
        self.in_front = true;
        self.failure = None;
        self.feedback = None;
        Vec::new()
    }

    /// Asks for microphone, camera or both.
    pub(super) fn open_devices(&mut self, mic: bool, camera: bool) -> Step {
        if mic {
            self.local.mic = Source::Opening;
        }
        if camera {
            self.local.camera = Source::Opening;
        }
        Step::Do(Effect::Media(MediaCommand::Open {
            round: self.round,
            mic,
            camera,
            mic_id: self.devices.mic.clone(),
            camera_id: self.devices.camera.clone(),
        }))
    }
}

fn request(choice: CallChoice, world: &World) -> CallRequest {
    let options = &world.options;
    CallRequest {
        call_type: choice.call_type.unwrap_or(options.call_type),
        record: choice.record.unwrap_or(options.record),
        recording_type: choice.recording_type.unwrap_or(options.recording_type),
        is_admin: choice.is_admin.unwrap_or(options.is_admin),
    }
}
