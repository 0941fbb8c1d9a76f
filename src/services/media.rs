//! Microphone, camera and screen: asks the browser for them, says plainly why one does not come, and lets go of all of
//! them. What is wanted, and when, is for the core to decide.

mod devices;
mod problem;
pub mod wishes;

use crate::services::screen_extension;
use crate::store::Store;
use crate::tracks::{Tracks, tracks_of};
use bandyer_core::Action;
use bandyer_core::action::MediaEvent;
use bandyer_core::calls::{MediaProblem, MediaSlot, MediaWant, ScreenKind};
use bandyer_core::effect::MediaCommand;
use devices::{Meter, Watcher};
use gloo_events::EventListener;
use js_sys::Promise;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{MediaDevices, MediaStream, MediaStreamTrack};

/// Clones are the same service.
#[derive(Clone)]
pub struct Media(Rc<Inner>);

struct Inner {
    store: Store,
    tracks: Tracks,
    /// Everything asked for before the last release comes too late.
    generation: Cell<u32>,
    /// Who notices that an own track ended by itself.
    endings: RefCell<Vec<(MediaSlot, EventListener)>>,
    watcher: RefCell<Option<Watcher>>,
    meter: RefCell<Option<Meter>>,
}

impl Media {
    pub fn new(store: Store, tracks: Tracks) -> Self {
        let (generation, endings, watcher, meter) = Default::default();
        Self(Rc::new(Inner { store, tracks, generation, endings, watcher, meter }))
    }

    /// Carries a command out; `Play` is the agent's.
    pub fn run(&self, command: MediaCommand) {
        match command {
            MediaCommand::Open { round, mic, camera, mic_id, camera_id } => {
                let wishes = [
                    mic.then(|| wishes::mic(mic_id.as_deref())),
                    camera.then(|| wishes::camera(camera_id.as_deref())),
                ];
                self.open(round, wishes);
            }
            MediaCommand::OpenScreen { round, kind, extension } => self.open_screen(round, kind, extension),
            MediaCommand::Mute { want, muted } => {
                if let Some(stream) = self.0.tracks.get(own(want)) {
                    tracks_of(&stream).for_each(|track| track.set_enabled(!muted));
                }
            }
            MediaCommand::Close(want) => self.close(own(want)),
            MediaCommand::Watch => {
                let watcher = Watcher::new(&self.0.store, &self.0.tracks);
                *self.0.watcher.borrow_mut() = watcher;
            }
            MediaCommand::Unwatch => drop(self.0.watcher.take()),
            MediaCommand::Measure(on) => {
                let mic = self.0.tracks.get(MediaSlot::OwnMic).filter(|_| on);
                let meter = mic.and_then(|stream| Meter::new(&self.0.store, &stream));
                *self.0.meter.borrow_mut() = meter;
            }
            // The sound is the agent's.
            MediaCommand::Play => {}
            MediaCommand::ReleaseAll => self.release_all(),
        }
    }

    pub fn release_all(&self) {
        self.0.generation.set(self.0.generation.get().wrapping_add(1));
        drop((self.0.endings.take(), self.0.watcher.take(), self.0.meter.take()));
        for slot in [MediaSlot::OwnMic, MediaSlot::OwnCamera, MediaSlot::OwnScreen] {
            self.0.tracks.release(slot);
        }
    }

    fn close(&self, slot: MediaSlot) {
        self.0.endings.borrow_mut().retain(|(known, _)| *known != slot);
        self.0.tracks.release(slot);
    }

    /// One question for both, so that there is one prompt. The question is put in this very turn.
    fn open(&self, round: u32, wishes: [Option<JsValue>; 2]) {
        let wants: Vec<MediaWant> = [MediaWant::Mic, MediaWant::Camera]
            .into_iter()
            .zip(&wishes)
            .filter_map(|(want, wish)| wish.as_ref().map(|_| want))
            .collect();
        let asked = devices().and_then(|devices| ask(&devices, &wishes));
        let this = self.clone();
        let generation = self.0.generation.get();
        spawn_local(async move {
            let given = match asked {
                Ok(asked) => JsFuture::from(asked).await,
                Err(error) => Err(error),
            };
            match given.map(JsCast::unchecked_into::<MediaStream>) {
                Ok(stream) if this.0.generation.get() != generation => {
                    tracks_of(&stream).for_each(|track| track.stop());
                }
                Ok(stream) => wants.iter().for_each(|want| this.opened(round, *want, &stream)),
                Err(error) => this.failed(round, wants, &error, generation).await,
            }
        });
    }

    fn opened(&self, round: u32, want: MediaWant, stream: &MediaStream) {
        let kind = if want == MediaWant::Mic { "audio" } else { "video" };
        let Some(track) = tracks_of(stream).find(|track| track.kind() == kind) else {
            return self.report(MediaEvent::Failed {
                round,
                want,
                problem: MediaProblem::NotFound,
                labelled_mic: false,
            });
        };
        let device = wishes::device_of(&track);
        if let Ok(alone) = MediaStream::new() {
            alone.add_track(&track);
            self.keep(round, want, alone, &track);
        }
        self.report(MediaEvent::Opened { round, want, device });
        devices::list(&self.0.store, &self.0.tracks);
    }

    /// Puts a stream into its slot, and notices when it ends by itself.
    fn keep(&self, round: u32, want: MediaWant, stream: MediaStream, track: &MediaStreamTrack) {
        let slot = own(want);
        self.0.endings.borrow_mut().retain(|(known, _)| *known != slot);
        let this = self.clone();
        let ended = EventListener::new(track, "ended", move |_| {
            this.close_later(slot);
            this.report(MediaEvent::Ended { round, want });
            devices::list(&this.0.store, &this.0.tracks);
        });
        self.0.endings.borrow_mut().push((slot, ended));
        self.0.tracks.put(slot, stream);
    }

    /// The listener that calls this cannot be dropped in its own turn.
    fn close_later(&self, slot: MediaSlot) {
        let this = self.clone();
        let generation = self.0.generation.get();
        let track = self.0.tracks.get(slot);
        spawn_local(async move {
            let same = this.0.tracks.get(slot) == track;
            if same && this.0.generation.get() == generation {
                this.close(slot);
            }
        });
    }

    async fn failed(&self, round: u32, wants: Vec<MediaWant>, error: &JsValue, generation: u32) {
        let labelled_mic = devices::any_labelled_mic().await;
        if self.0.generation.get() != generation {
            return;
        }
        // The camera first: the core asks for the microphone alone when it was the camera's fault.
        for want in wants.into_iter().rev() {
            let problem = problem::of(error, want);
            self.report(MediaEvent::Failed { round, want, problem, labelled_mic });
        }
    }

    /// The browser shows its picker, which it does only in the turn of a click.
    fn open_screen(&self, round: u32, kind: ScreenKind, extension: String) {
        let asked = devices().and_then(|devices| wishes::ask_screen(&devices, kind));
        let this = self.clone();
        let generation = self.0.generation.get();
        spawn_local(async move {
            let given = match asked {
                Ok(Some(asked)) => JsFuture::from(asked).await,
                Ok(None) => screen_extension::capture(&extension, kind).await,
                Err(error) => Err(error),
            };
            if this.0.generation.get() != generation {
                if let Ok(stream) = given {
                    tracks_of(stream.unchecked_ref()).for_each(|track| track.stop());
                }
                return;
            }
            match given.map(JsCast::unchecked_into::<MediaStream>) {
                Ok(stream) => this.screen_opened(round, kind, stream),
                Err(error) => this.screen_failed(round, problem::of(&error, MediaWant::Screen)),
            }
        });
    }

    fn screen_opened(&self, round: u32, kind: ScreenKind, stream: MediaStream) {
        let Some(track) = tracks_of(&stream).find(|track| track.kind() == "video") else {
            // Sound without a picture is no screen, and nobody would know that it is sent.
            tracks_of(&stream).for_each(|track| track.stop());
            return self.screen_failed(round, MediaProblem::NotFound);
        };
        wishes::hint(&track, kind);
        self.keep(round, MediaWant::Screen, stream, &track);
        self.report(MediaEvent::Opened { round, want: MediaWant::Screen, device: None });
    }

    fn screen_failed(&self, round: u32, problem: MediaProblem) {
        let want = MediaWant::Screen;
        self.report(MediaEvent::Failed { round, want, problem, labelled_mic: false });
    }

    fn report(&self, event: MediaEvent) {
        self.0.store.dispatch(Action::Media(event));
    }
}

/// The slot of what this side sends.
fn own(want: MediaWant) -> MediaSlot {
    match want {
        MediaWant::Mic => MediaSlot::OwnMic,
        MediaWant::Camera => MediaSlot::OwnCamera,
        MediaWant::Screen => MediaSlot::OwnScreen,
    }
}

/// # Errors
/// A browser has no devices for pages that are not secure.
fn devices() -> Result<MediaDevices, JsValue> {
    let navigator = web_sys::window().ok_or(JsValue::UNDEFINED)?.navigator();
    navigator.media_devices().ok().filter(|devices| devices.is_object()).ok_or(JsValue::UNDEFINED)
}

fn ask(devices: &MediaDevices, [mic, camera]: &[Option<JsValue>; 2]) -> Result<Promise, JsValue> {
    let wish = |wish: &Option<JsValue>| wish.clone().unwrap_or(JsValue::FALSE);
    let constraints = crate::js::object([("audio", wish(mic)), ("video", wish(camera))]);
    devices.get_user_media_with_constraints(constraints.unchecked_ref())
}
