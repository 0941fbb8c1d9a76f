//! Microphone, camera and screen: what the person wants, what the browser gives, and what to do when it does not.

use super::ask::ask;
use super::{CallQuestion, Calls, MediaProblem, MediaWant, ScreenKind, Snack, Source, Stage};
use crate::action::MediaEvent;
use crate::effect::{Effect, MediaCommand};
use crate::step::{Step, World, start_timer};
use crate::timers::TimerId;
use bandyer_protocol::{CallType, ClientMessage, MediaState, Signal};

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
            MediaEvent::Opened { .. } | MediaEvent::Failed { .. } | MediaEvent::Ended { .. } => Vec::new(),
            MediaEvent::Devices(mut devices) => {
                devices.level = self.devices.level;
                self.devices = devices;
                Vec::new()
            }
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
        self.round == round && self.is_shown()
    }

    fn opened(&mut self, want: MediaWant, device: Option<String>) -> Vec<Step> {
        *self.source(want) = Source::On;
        match want {
            MediaWant::Mic => self.devices.mic = device.or(self.devices.mic.take()),
            MediaWant::Camera => self.devices.camera = device.or(self.devices.camera.take()),
            MediaWant::Screen => {}
        }
        self.tell_media()
    }

    fn refused(&mut self, want: MediaWant, problem: MediaProblem, labelled_mic: bool) -> Vec<Step> {
        if problem == MediaProblem::Dismissed {
            *self.source(want) = Source::Off;
            return Vec::new();
        }
        let with_camera = want == MediaWant::Mic && self.local.camera == Source::Failed(problem);
        *self.source(want) = Source::Failed(problem);
        let mut steps = self.tell_media();
        match want {
            // Both were asked for at once. Where the browser names a microphone, or nobody refused, the camera was the
            // trouble.
            MediaWant::Mic if with_camera && (labelled_mic || problem != MediaProblem::Refused) => {
                steps.push(self.open_devices(true, false))
            }
            MediaWant::Mic => {
                steps.extend(self.snack(match problem {
                    MediaProblem::NotFound => Snack::NoMicrophone,
                    problem => Snack::Problem(want, problem),
                }));
                if problem == MediaProblem::Refused {
                    steps.push(start_timer(TimerId::AskMicAgain, ASK_AGAIN_MS));
                }
            }
            MediaWant::Camera | MediaWant::Screen => {
                steps.extend(self.snack(Snack::Problem(want, problem)));
            }
        }
        steps
    }

    /// A track ended by itself. A microphone is replaced by another one, when there is any.
    fn ended(&mut self, want: MediaWant) -> Vec<Step> {
        *self.source(want) = Source::Off;
        let mut steps = Vec::new();
        if want == MediaWant::Mic {
            self.devices.mic = None;
            steps.push(self.open_devices(true, false));
        }
        if want != MediaWant::Screen {
            steps.extend(self.snack(Snack::DeviceEnded(want)));
        }
        steps.extend(self.tell_media());
        steps
    }

    /// The microphone was refused; people allow it late.
    pub(crate) fn ask_mic_again(&mut self) -> Vec<Step> {
        let refused = self.local.mic == Source::Failed(MediaProblem::Refused);
        if refused && self.is_shown() { vec![self.open_devices(true, false)] } else { Vec::new() }
    }

    pub(crate) fn toggle_mic(&mut self) -> Vec<Step> {
        let muted = match self.local.mic {
            Source::On => true,
            Source::Muted => false,
            Source::Off | Source::Failed(_) if self.is_shown() => {
                return vec![self.open_devices(true, false)];
            }
            Source::Off | Source::Failed(_) | Source::Opening => return Vec::new(),
        };
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
        match self.active() {
            Some(active) if !active.video => {
                let call = active.call.call.clone();
                vec![ask(CallQuestion::Upgrade, ClientMessage::UpgradeCall { call })]
            }
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
            Source::Off | Source::Failed(_) if self.is_shown() => vec![self.open_devices(false, true)],
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

    pub(crate) fn settings(&self, open: bool) -> Vec<Step> {
        vec![media(if open && self.is_shown() { MediaCommand::Watch } else { MediaCommand::Unwatch })]
    }

    pub(crate) fn choose(&mut self, want: MediaWant, id: String) -> Vec<Step> {
        match want {
            MediaWant::Mic => self.devices.mic = Some(id),
            MediaWant::Camera => self.devices.camera = Some(id),
            MediaWant::Screen => return Vec::new(),
        }
        let used = matches!(*self.source(want), Source::On | Source::Muted | Source::Failed(_));
        if !used || !self.is_shown() {
            return Vec::new();
        }
        vec![self.open_devices(want == MediaWant::Mic, want == MediaWant::Camera)]
    }

    pub(crate) fn ask_again(&mut self, want: MediaWant, world: &World) -> Vec<Step> {
        match want {
            MediaWant::Mic if self.is_shown() => vec![self.open_devices(true, false)],
            MediaWant::Camera => self.want_camera(world),
            MediaWant::Mic | MediaWant::Screen => Vec::new(),
        }
    }

    pub(crate) fn allow_playback(&mut self) -> Vec<Step> {
        self.playback_blocked = false;
        vec![media(MediaCommand::Play)]
    }

    /// Tells the other side what is sent from now on.
    pub(super) fn tell_media(&mut self) -> Vec<Step> {
        let seated = match &self.stage {
            Stage::Dial(dial) => dial.seat.is_some() && !dial.is_incoming(),
            Stage::Active(_) => true,
            Stage::Idle | Stage::Requested(_) | Stage::Closing(_) => false,
        };
        if !seated {
            return Vec::new();
        }
        let state = MediaState {
            mic: self.local.mic.is_on(),
            camera: self.local.camera.is_on(),
            screen: self.local.screen.is_on(),
        };
        // An older word that still waits says nothing any more.
        self.outbox.retain(|(_, signal)| !matches!(signal, Signal::Media(_)));
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

pub(super) fn media(command: MediaCommand) -> Step {
    Step::Do(Effect::Media(command))
}
