//! What the person asks of microphone, camera and screen. Whatever they asked last holds, also for a device that is
//! still being opened.

use super::media;
use crate::calls::ask::ask;
use crate::calls::{Calls, MediaProblem, MediaWant, ScreenKind, Snack, Source};
use crate::effect::MediaCommand;
use crate::options::Tool;
use crate::questions::CallQuestion;
use crate::step::{Step, World};
use bandyer_protocol::{CallRequest, CallType};

impl Calls {
    /// The microphone is muted, or will be once it is there.
    pub fn is_muted(&self) -> bool {
        self.muted
    }

    /// The microphone was refused; people allow it late.
    pub(crate) fn ask_mic_again(&mut self) -> Vec<Step> {
        let refused = self.local.mic == Source::Failed(MediaProblem::Refused);
        if refused && self.may_open() { vec![self.ask_browser(true, false)] } else { Vec::new() }
    }

    pub(crate) fn toggle_mic(&mut self) -> Vec<Step> {
        match self.local.mic {
            Source::On | Source::Muted | Source::Opening => self.mute(!self.muted),
            // Who presses a microphone that is not there wants to be heard.
            Source::Off | Source::Failed(_) if self.may_open() => {
                let mut steps = self.mute(false);
                steps.push(self.open_devices(true, false));
                steps
            }
            Source::Off | Source::Failed(_) => Vec::new(),
        }
    }

    fn mute(&mut self, muted: bool) -> Vec<Step> {
        if self.muted == muted {
            return Vec::new();
        }
        self.muted = muted;
        match self.local.mic {
            Source::On | Source::Muted => self.local.mic = if muted { Source::Muted } else { Source::On },
            Source::Off | Source::Opening | Source::Failed(_) => {}
        }
        let mut steps = vec![media(MediaCommand::Mute(muted))];
        steps.extend(self.tell_media());
        steps
    }

    pub(crate) fn toggle_camera(&mut self, world: &World) -> Vec<Step> {
        match self.local.camera {
            Source::Opening | Source::On | Source::Muted => self.put_out(MediaWant::Camera),
            Source::Off | Source::Failed(_) => self.want_camera(world),
        }
    }

    /// Camera or screen is not wanted any more: neither the one that is there nor one that is on its way.
    fn put_out(&mut self, want: MediaWant) -> Vec<Step> {
        *self.source(want) = Source::Off;
        let mut steps = vec![media(MediaCommand::Close(want))];
        steps.extend(self.tell_media());
        steps
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
                self.local.camera = Source::Opening;
                // Pressed off and on again meanwhile: once is enough.
                if std::mem::replace(&mut self.upgrading, true) {
                    return Vec::new();
                }
                vec![ask(CallQuestion::Upgrade(round), CallRequest::Upgrade { call })]
            }
            None if call_type != CallType::AudioVideo => Vec::new(),
            Some(_) | None => self.open_camera(),
        }
    }

    fn open_camera(&mut self) -> Vec<Step> {
        match self.local.camera {
            Source::Off | Source::Failed(_) if self.may_open() => vec![self.open_devices(false, true)],
            Source::Off | Source::Failed(_) | Source::Opening | Source::On | Source::Muted => Vec::new(),
        }
    }

    /// The server allowed video, in its answer or by the news to both.
    pub(in crate::calls) fn upgrade_allowed(&mut self) -> Vec<Step> {
        if let Some(active) = self.active() {
            active.video = true;
        }
        let waited = std::mem::take(&mut self.upgrading);
        let wanted = waited && self.local.camera == Source::Opening && self.may_open();
        if wanted { vec![self.open_devices(false, true)] } else { Vec::new() }
    }

    /// The server did not allow it, or did not answer.
    pub(in crate::calls) fn upgrade_failed(&mut self) {
        if std::mem::take(&mut self.upgrading) && self.local.camera == Source::Opening {
            self.local.camera = Source::Off;
        }
    }

    pub(crate) fn share_screen(&mut self, kind: ScreenKind, world: &World) -> Vec<Step> {
        let allowed =
            self.tools(&world.options).has(Tool::ScreenSharing) && self.may_open() && self.active().is_some();
        if !allowed || matches!(self.local.screen, Source::On | Source::Opening) {
            return Vec::new();
        }
        self.local.screen = Source::Opening;
        let extension = world.options.screen_sharing_extension_id.clone();
        vec![media(MediaCommand::OpenScreen { round: self.round, kind, extension })]
    }

    /// Also while the person is still choosing one.
    pub(crate) fn stop_screen(&mut self) -> Vec<Step> {
        match self.local.screen {
            Source::On | Source::Opening | Source::Muted => self.put_out(MediaWant::Screen),
            Source::Off | Source::Failed(_) => Vec::new(),
        }
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
        let source = *self.source(want);
        match source {
            // It opens with the server's word.
            Source::Opening if camera && self.upgrading => Vec::new(),
            Source::On | Source::Muted | Source::Opening => vec![self.ask_browser(mic, camera)],
            Source::Failed(_) => vec![self.open_devices(mic, camera)],
            Source::Off => Vec::new(),
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
}
