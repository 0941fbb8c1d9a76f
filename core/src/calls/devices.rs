//! Microphone, camera and screen: what the person wants, what the browser gives, and what to do when it does not.

use super::ask::ask;
use super::{Calls, Device, Devices, MediaProblem, MediaWant, ScreenKind, Snack, Source, Stage};
use crate::action::MediaEvent;
use crate::effect::{Effect, MediaCommand};
use crate::questions::CallQuestion;
use crate::step::{Step, World, start_timer, stop_timer};
use crate::timers::{CallTimer, TimerId};
use bandyer_protocol::{CallRequest, CallType, MediaState, Signal};

/// A refused microphone is asked for again this often.
const ASK_AGAIN_MS: u32 = 1_000;

impl Calls {
    pub(crate) fn media_event(&mut self, event: MediaEvent) -> Vec<Step> {
        match event {
            MediaEvent::Opened { round, want, device } if self.hears(round) => self.opened(want, device),
            MediaEvent::Failed { round, want, problem, labelled_mic } if self.hears(round) => {
                self.refused(want, problem, labelled_mic)
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
        self.is_shown() && !matches!(&self.stage, Stage::Dial(dial) if dial.is_unanswered())
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
        self.asked_both = mic && camera;
        media(MediaCommand::Open {
            round: self.round,
            mic,
            camera,
            mic_id: self.devices.mic.clone(),
            camera_id: self.devices.camera.clone(),
        })
    }

    fn opened(&mut self, want: MediaWant, device: Option<String>) -> Vec<Step> {
        let mut steps = Vec::new();
        match want {
            MediaWant::Mic if self.muted => {
                self.local.mic = Source::Muted;
                steps.push(media(MediaCommand::Mute { want, muted: true }));
            }
            MediaWant::Mic | MediaWant::Camera | MediaWant::Screen => *self.source(want) = Source::On,
        }
        match want {
            MediaWant::Mic => {
                self.devices.mic = device.or(self.devices.mic.take());
                steps.push(stop_timer(TimerId::Call(CallTimer::AskMicAgain)));
                // The level is that of the new one.
                steps.extend(self.settings_open.then(|| media(MediaCommand::Measure(true))));
            }
            MediaWant::Camera => self.devices.camera = device.or(self.devices.camera.take()),
            MediaWant::Screen => {}
        }
        steps.extend(self.tell_media());
        steps
    }

    fn refused(&mut self, want: MediaWant, problem: MediaProblem, labelled_mic: bool) -> Vec<Step> {
        let before = *self.source(want);
        let mut steps = Vec::new();
        // Another device was wanted in its place: what is sent is what the person sees.
        if matches!(before, Source::On | Source::Muted) {
            steps.push(media(MediaCommand::Close(want)));
        }
        if problem == MediaProblem::Dismissed {
            *self.source(want) = Source::Off;
        } else {
            *self.source(want) = Source::Failed(problem);
            let known = before == Source::Failed(problem);
            steps.extend(match want {
                MediaWant::Mic => self.mic_refused(problem, labelled_mic, known),
                MediaWant::Camera | MediaWant::Screen if known => Vec::new(),
                MediaWant::Camera | MediaWant::Screen => self.snack(Snack::of_device(want, problem)),
            });
        }
        steps.extend(self.tell_media());
        steps
    }

    fn mic_refused(&mut self, problem: MediaProblem, labelled_mic: bool, known: bool) -> Vec<Step> {
        // Both were asked for at once. Where the browser names a microphone, or nobody refused, the camera was the
        // trouble.
        let both = std::mem::take(&mut self.asked_both);
        if both && (labelled_mic || problem != MediaProblem::Refused) {
            return vec![self.open_devices(true, false)];
        }
        let mut steps = Vec::new();
        if !known {
            steps.extend(self.snack(Snack::of_device(MediaWant::Mic, problem)));
        }
        match problem {
            MediaProblem::Refused => {
                steps.push(start_timer(TimerId::Call(CallTimer::AskMicAgain), ASK_AGAIN_MS))
            }
            MediaProblem::NotSecure
            | MediaProblem::FrameBlocked
            | MediaProblem::PolicyBlocked
            | MediaProblem::NotFound
            | MediaProblem::InUse
            | MediaProblem::Dismissed
            | MediaProblem::Unsupported
            | MediaProblem::ExtensionMissing
            | MediaProblem::Unknown => {}
        }
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

    /// The microphone was refused; people allow it late.
    pub(crate) fn ask_mic_again(&mut self) -> Vec<Step> {
        let refused = self.local.mic == Source::Failed(MediaProblem::Refused);
        if refused && self.may_open() { vec![self.ask_browser(true, false)] } else { Vec::new() }
    }

    pub(crate) fn toggle_mic(&mut self) -> Vec<Step> {
        let muted = match self.local.mic {
            Source::On => true,
            Source::Muted => false,
            Source::Off | Source::Failed(_) if self.may_open() => {
                return vec![self.open_devices(true, false)];
            }
            Source::Off | Source::Failed(_) | Source::Opening => return Vec::new(),
        };
        self.muted = muted;
        self.local.mic = if muted { Source::Muted } else { Source::On };
        let mut steps = vec![media(MediaCommand::Mute { want: MediaWant::Mic, muted })];
        steps.extend(self.tell_media());
        steps
    }

    pub(crate) fn toggle_camera(&mut self, world: &World) -> Vec<Step> {
        match self.local.camera {
            Source::Opening => Vec::new(),
            Source::On | Source::Muted => {
                self.local.camera = Source::Off;
                let mut steps = vec![media(MediaCommand::Close(MediaWant::Camera))];
                steps.extend(self.tell_media());
                steps
            }
            Source::Off | Source::Failed(_) => self.want_camera(world),
        }
    }

    fn want_camera(&mut self, world: &World) -> Vec<Step> {
        let Some(call_type) = self.info().map(|info| info.call.call_type) else { return Vec::new() };
        if call_type == CallType::AudioOnly {
            return self.snack(Snack::AudioOnlyCall);
        }
        if !world.can_video {
            return self.snack(Snack::CannotVideo);
        }
        let round = self.round;
        match self.active() {
            Some(active) if !active.video => {
                let call = active.call.call.clone();
                vec![ask(CallQuestion::Upgrade(round), CallRequest::Upgrade { call })]
            }
            None if call_type != CallType::AudioVideo => Vec::new(),
            Some(_) | None => self.open_camera(),
        }
    }

    /// The server allowed video.
    pub(super) fn upgrade_allowed(&mut self) -> Vec<Step> {
        if let Some(active) = self.active() {
            active.video = true;
        }
        self.open_camera()
    }

    pub(super) fn open_camera(&mut self) -> Vec<Step> {
        match self.local.camera {
            Source::Off | Source::Failed(_) if self.may_open() => vec![self.open_devices(false, true)],
            Source::Off | Source::Failed(_) | Source::Opening | Source::On | Source::Muted => Vec::new(),
        }
    }

    pub(crate) fn share_screen(&mut self, kind: ScreenKind, world: &World) -> Vec<Step> {
        let allowed = world.options.tools.screen_sharing && self.active().is_some();
        if !allowed || matches!(self.local.screen, Source::On | Source::Opening) {
            return Vec::new();
        }
        self.local.screen = Source::Opening;
        let extension = world.options.screen_sharing_extension_id.clone();
        vec![media(MediaCommand::OpenScreen { round: self.round, kind, extension })]
    }

    pub(crate) fn stop_screen(&mut self) -> Vec<Step> {
        if self.local.screen != Source::On {
            return Vec::new();
        }
        self.local.screen = Source::Off;
        let mut steps = vec![media(MediaCommand::Close(MediaWant::Screen))];
        steps.extend(self.tell_media());
        steps
    }

    /// The level of the microphone is measured while the settings are open.
    pub(crate) fn settings(&mut self, open: bool) -> Vec<Step> {
        self.settings_open = open && self.is_shown();
        vec![media(MediaCommand::Measure(self.settings_open))]
    }

    /// Another device. What is sent goes on until the new one is there.
    pub(crate) fn choose(&mut self, want: MediaWant, id: String) -> Vec<Step> {
        match want {
            MediaWant::Mic => self.devices.mic = Some(id),
            MediaWant::Camera => self.devices.camera = Some(id),
            MediaWant::Screen => return Vec::new(),
        }
        if !self.may_open() {
            return Vec::new();
        }
        let (mic, camera) = (want == MediaWant::Mic, want == MediaWant::Camera);
        match *self.source(want) {
            Source::On | Source::Muted => vec![self.ask_browser(mic, camera)],
            Source::Failed(_) => vec![self.open_devices(mic, camera)],
            Source::Off | Source::Opening => Vec::new(),
        }
    }

    pub(crate) fn ask_again(&mut self, want: MediaWant, world: &World) -> Vec<Step> {
        match want {
            MediaWant::Mic if self.may_open() => vec![self.open_devices(true, false)],
            MediaWant::Camera => self.want_camera(world),
            MediaWant::Mic | MediaWant::Screen => Vec::new(),
        }
    }

    pub(crate) fn allow_playback(&mut self) -> Vec<Step> {
        self.playback_blocked = false;
        if self.is_shown() { vec![media(MediaCommand::Play)] } else { Vec::new() }
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

/// Which devices there are is followed as long as a call may open any: until [`Calls::let_go`].
pub(super) fn watch() -> Step {
    media(MediaCommand::Watch)
}

pub(super) fn media(command: MediaCommand) -> Step {
    Step::Do(Effect::Media(command))
}
