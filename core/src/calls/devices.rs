//! Microphone, camera and screen: what the browser gives, and what to do when it does not. What the person asks for is
//! in `wanted`.

mod wanted;

use super::{Calls, Device, Devices, MediaProblem, MediaWant, Snack, Source, Stage};
use crate::action::MediaEvent;
use crate::effect::{Effect, MediaCommand};
use crate::step::{Step, start_timer, stop_timer};
use crate::timers::{CallTimer, TimerId};
use bandyer_protocol::{MediaState, Signal};

/// A refused microphone is asked for again this often.
const ASK_AGAIN_MS: u32 = 1_000;

impl Calls {
    pub(crate) fn media_event(&mut self, event: MediaEvent) -> Vec<Step> {
        match event {
            MediaEvent::Opened { round, want, device } if self.hears(round) => self.opened(want, device),
            MediaEvent::Failed { round, want, problem, named } if self.hears(round) => {
                self.failed(want, problem, named)
            }
            MediaEvent::Ended { round, want } if self.hears(round) => self.ended(want),
            // The browser answered after the end: no light stays on.
            MediaEvent::Opened { .. } if !self.may_open() => vec![media(MediaCommand::ReleaseAll)],
            MediaEvent::Opened { .. } | MediaEvent::Failed { .. } | MediaEvent::Ended { .. } => Vec::new(),
            MediaEvent::Devices(devices) => self.devices_known(devices),
            MediaEvent::Level(level) => {
                self.devices.level = level.min(3);
                Vec::new()
            }
            MediaEvent::PlaybackBlocked => {
                self.playback_blocked = self.is_shown();
                Vec::new()
            }
            MediaEvent::PlaybackAllowed => {
                self.playback_blocked = false;
                Vec::new()
            }
        }
    }

    /// News of the present call, which still wants devices.
    fn hears(&self, round: u32) -> bool {
        self.round == round && self.may_open()
    }

    /// Nothing is opened for a ring before it is accepted.
    pub(super) fn may_open(&self) -> bool {
        self.is_shown()
            && self.window.is_none()
            && !matches!(&self.stage, Stage::Dial(dial) if dial.is_unanswered())
    }

    /// Asks for microphone, camera or both.
    pub(super) fn open_devices(&mut self, mic: bool, camera: bool) -> Step {
        if mic {
            self.local.mic = Source::Opening;
        }
        if camera {
            self.local.camera = Source::Opening;
        }
        self.ask_browser(mic, camera)
    }

    /// The same without a sign of it: what is there is replaced once there is something to replace it with.
    fn ask_browser(&mut self, mic: bool, camera: bool) -> Step {
        let both = mic && camera;
        if mic {
            self.in_doubt.mic = both;
        }
        if camera {
            self.in_doubt.camera = both;
        }
        media(MediaCommand::Open {
            round: self.round,
            mic,
            camera,
            mic_id: self.devices.mic.clone(),
            camera_id: self.devices.camera.clone(),
        })
    }

    /// It comes as it was asked for last: a muted microphone as silence; what nobody wants any more, not at all.
    fn opened(&mut self, want: MediaWant, device: Option<String>) -> Vec<Step> {
        let mut steps = Vec::new();
        match want {
            MediaWant::Mic => {
                self.local.mic = if self.muted { Source::Muted } else { Source::On };
                steps.extend(self.muted.then(|| media(MediaCommand::Mute(true))));
                self.devices.mic = device.or(self.devices.mic.take());
                steps.push(stop_timer(TimerId::Call(CallTimer::AskMicAgain)));
                // The level is that of the new one.
                steps.extend(self.settings_open.then(|| media(MediaCommand::Measure(true))));
            }
            MediaWant::Camera | MediaWant::Screen if *self.source(want) == Source::Off => {
                return vec![media(MediaCommand::Close(want))];
            }
            MediaWant::Camera => {
                self.local.camera = Source::On;
                self.devices.camera = device.or(self.devices.camera.take());
            }
            MediaWant::Screen => self.local.screen = Source::On,
        }
        steps.extend(self.tell_media());
        steps
    }

    fn failed(&mut self, want: MediaWant, problem: MediaProblem, named: bool) -> Vec<Step> {
        let before = *self.source(want);
        // Nobody wants it any more, so nobody misses it.
        if before == Source::Off && want != MediaWant::Mic {
            return Vec::new();
        }
        // Two were asked for in one go, and the other one may have been the trouble.
        if self.in_doubt.take(want) && before == Source::Opening && may_be_the_others(problem, named) {
            return vec![self.open_devices(want == MediaWant::Mic, want == MediaWant::Camera)];
        }
        let mut steps = Vec::new();
        // Another device was wanted in its place: what is sent is what the person sees.
        if matches!(before, Source::On | Source::Muted) {
            steps.push(media(MediaCommand::Close(want)));
        }
        let known = before == Source::Failed(problem);
        *self.source(want) = match problem {
            MediaProblem::Dismissed => Source::Off,
            problem => Source::Failed(problem),
        };
        if problem == MediaProblem::Refused && want == MediaWant::Mic {
            steps.push(start_timer(TimerId::Call(CallTimer::AskMicAgain), ASK_AGAIN_MS));
        }
        if !known && problem != MediaProblem::Dismissed {
            steps.extend(self.snack(Snack::of_device(want, problem)));
        }
        steps.extend(self.tell_media());
        steps
    }

    /// A track ended by itself. A microphone is replaced by another one, when there is any.
    fn ended(&mut self, want: MediaWant) -> Vec<Step> {
        *self.source(want) = Source::Off;
        let mut steps = Vec::new();
        match want {
            MediaWant::Mic => {
                self.devices.mic = None;
                steps.push(self.open_devices(true, false));
            }
            MediaWant::Camera => self.devices.camera = None,
            MediaWant::Screen => {}
        }
        if want != MediaWant::Screen {
            steps.extend(self.snack(Snack::DeviceEnded(want)));
        }
        steps.extend(self.tell_media());
        steps
    }

    /// The devices there are. A microphone that appears where there was none is taken. What was chosen, and is not open
    /// now, stays chosen as long as it is there.
    fn devices_known(&mut self, mut devices: Devices) -> Vec<Step> {
        let kept = |chosen: Option<String>, among: &[Device]| {
            chosen.filter(|id| among.iter().any(|device| device.id == *id))
        };
        devices.level = self.devices.level;
        devices.mic = devices.mic.or_else(|| kept(self.devices.mic.take(), &devices.mics));
        devices.camera = devices.camera.or_else(|| kept(self.devices.camera.take(), &devices.cameras));
        let appeared = self.devices.mics.is_empty() && !devices.mics.is_empty();
        self.devices = devices;
        let wanted = self.local.mic == Source::Failed(MediaProblem::NotFound) && self.may_open();
        if appeared && wanted { vec![self.open_devices(true, false)] } else { Vec::new() }
    }

    /// Tells the other side what is sent from now on.
    pub(super) fn tell_media(&mut self) -> Vec<Step> {
        if !self.is_connecting() {
            return Vec::new();
        }
        let state = MediaState {
            mic: self.local.mic.is_on(),
            camera: self.local.camera.is_on(),
            screen: self.local.screen.is_on(),
        };
        if self.told.replace(state) == Some(state) {
            return Vec::new();
        }
        self.say(Signal::Media(state))
    }

    fn source(&mut self, want: MediaWant) -> &mut Source {
        match want {
            MediaWant::Mic => &mut self.local.mic,
            MediaWant::Camera => &mut self.local.camera,
            MediaWant::Screen => &mut self.local.screen,
        }
    }
}

/// Whether asking for it alone may go better than for both. Of a refusal only the browser knows whom it meant: it names
/// the devices it allows.
fn may_be_the_others(problem: MediaProblem, named: bool) -> bool {
    match problem {
        MediaProblem::NotFound | MediaProblem::InUse | MediaProblem::Unknown => true,
        MediaProblem::Refused => named,
        MediaProblem::NotSecure
        | MediaProblem::FrameBlocked
        | MediaProblem::PolicyBlocked
        | MediaProblem::Dismissed
        | MediaProblem::Unsupported
        | MediaProblem::ExtensionMissing => false,
    }
}

/// Which devices were asked for together, so that it is not known yet which one a failure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct InDoubt {
    mic: bool,
    camera: bool,
}

impl InDoubt {
    fn take(&mut self, want: MediaWant) -> bool {
        match want {
            MediaWant::Mic => std::mem::take(&mut self.mic),
            MediaWant::Camera => std::mem::take(&mut self.camera),
            MediaWant::Screen => false,
        }
    }
}

/// Which devices there are is followed as long as a call may open any: until [`Calls::let_go`].
pub(super) fn watch() -> Step {
    media(MediaCommand::Watch)
}

pub(super) fn media(command: MediaCommand) -> Step {
    Step::Do(Effect::Media(command))
}
