//! How a call begins: `createCall`, a call button, `joinCallURL`.

use super::ask::{answer, ask, rejection};
use super::devices::watch;
use super::window::is_window_address;
use super::{CallFailure, Calls, Requested, Stage};
use crate::api::{ApiCallId, CallChoice};
use crate::options::{Options, Tools};
use crate::questions::CallQuestion;
use crate::step::{Step, Transition, World};
use bandyer_protocol::{CallRequest, CallTerms, CallType, UserAlias, secret::Secret};

/// Bytes. The links of servers have a tenth of that.
const LONGEST_LINK: usize = 4_096;

impl Calls {
    /// Calls somebody. `users` are aliases as the host page wrote them.
    pub(crate) fn create(
        &mut self,
        api: Option<ApiCallId>,
        users: &[String],
        choice: CallChoice,
        world: &World,
    ) -> Vec<Step> {
        if self.is_busy() {
            return answer(api, Err(rejection(CallFailure::AnotherCallInProgress))).into_iter().collect();
        }
        let callee = match users {
            [one] => UserAlias::parse(one).ok().filter(|callee| !world.is_me(callee)),
            _ => None,
        };
        let (Some(callee), Some(key), true) = (callee, self.new_id(), world.online) else {
            return self.fail(api, CallFailure::Generic);
        };
        let terms = terms(choice, world);
        let video = terms.call_type == CallType::AudioVideo;
        if video && !world.can_video {
            return self.fail(api, CallFailure::InvalidPermissionCanVideo);
        }
        let (given_up, ring) = (false, None);
        let (named, called) = (Some(key.clone()), Some(callee.clone()));
        self.begin(Requested { api, key: named, callee: called, video, given_up, ring });
        let request = CallRequest::Create { key, callee, terms };
        // The own devices first: browsers want to be asked in the turn of the click.
        let mut steps = self.make_ready(video, world);
        steps.extend([Step::Told(Transition::CallUp), ask(CallQuestion::Create(self.round), request)]);
        steps
    }

    /// Enters the call of a link. What will be sent in it is not known before the server has answered.
    pub(crate) fn join(&mut self, api: Option<ApiCallId>, url: String, world: &World) -> Vec<Step> {
        if self.is_busy() {
            return answer(api, Err(rejection(CallFailure::AnotherCallInProgress))).into_iter().collect();
        }
        if url.trim().is_empty() || url.len() > LONGEST_LINK {
            return self.fail(api, CallFailure::JoinInvalidUrl);
        }
        if !world.online {
            return self.fail(api, CallFailure::JoinRequestFailed);
        }
        self.begin(Requested { api, key: None, callee: None, video: false, given_up: false, ring: None });
        let window = is_window_address(&url);
        self.is_window = window;
        let join = || CallRequest::Join { link: Secret(url), tools: asked_tools(&world.options) };
        let request = if window { CallRequest::Take } else { join() };
        let mut steps = self.open_window(world).unwrap_or_else(|| vec![watch()]);
        steps.extend([Step::Told(Transition::CallUp), ask(CallQuestion::Join(self.round), request)]);
        steps
    }

    /// A call of one's own: whatever an earlier one left on the screen is gone.
    fn begin(&mut self, requested: Requested) {
        self.next_round(Stage::Requested(requested));
        self.feedback = None;
    }

    /// A new call.
    pub(super) fn next_round(&mut self, stage: Stage) {
        self.round = self.round.wrapping_add(1);
        self.stage = stage;
        self.tools = None;
        self.in_front = true;
        self.failure = None;
        (self.window, self.taking) = (None, false);
        (self.is_window, self.untold) = (false, false);
    }
}

/// What is asked for where the host page gives less than everything.
pub(super) fn asked_tools(options: &Options) -> Option<Tools> {
    (options.tools != Tools::ALL).then_some(options.tools)
}

fn terms(choice: CallChoice, world: &World) -> CallTerms {
    let options = &world.options;
    CallTerms {
        call_type: choice.call_type.unwrap_or(options.call_type),
        record: choice.record.unwrap_or(options.record),
        recording_type: choice.recording_type.unwrap_or(options.recording_type),
        is_admin: choice.is_admin.unwrap_or(options.is_admin),
        tools: asked_tools(options),
    }
}
