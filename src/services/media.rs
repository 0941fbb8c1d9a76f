//! Microphone, camera and screen: asks the browser for them, says plainly why one does not come, and lets go of all of
//! them. What is wanted, and when, is for the core to decide.

mod devices;
mod problem;
mod wake_lock;
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
use wake_lock::WakeLock;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{MediaDevices, MediaStream, MediaStreamTrack};

/// Clones are the same service.
#[derive(Clone)]
pub struct Media(Rc<Inner>);

struct Inner {
    store: Store,
    tracks: Tracks,
    asked: Asked,
    /// Silence is sent: by the microphone that is open, and by any that comes.
    muted: Cell<bool>,
    /// Who notices that an own track ended by itself.
    endings: RefCell<Vec<(MediaSlot, EventListener)>>,
    watcher: RefCell<Option<Watcher>>,
    meter: RefCell<Option<Meter>>,
    wake_lock: RefCell<Option<WakeLock>>,
}

/// The newest question for each device; whatever answers an older one, or comes after a release, comes too late.
#[derive(Default)]
struct Asked([Cell<u32>; 3]);

impl Asked {
    fn of(&self, want: MediaWant) -> &Cell<u32> {
        let [mic, camera, screen] = &self.0;
        match want {
            MediaWant::Mic => mic,
            MediaWant::Camera => camera,
            MediaWant::Screen => screen,
        }
    }

    /// Makes every question so far an old one; the number is that of the next.
    fn anew(&self, want: MediaWant) -> Question {
        let cell = self.of(want);
        cell.set(cell.get().wrapping_add(1));
        Question { want, number: cell.get() }
    }

    fn is_newest(&self, question: &Question) -> bool {
        self.of(question.want).get() == question.number
    }
}

/// A device that is being asked for.
#[derive(Debug, Clone, Copy)]
struct Question {
    want: MediaWant,
    number: u32,
}

impl Media {
    pub fn new(store: Store, tracks: Tracks) -> Self {
        let (asked, muted, endings, watcher, meter, wake_lock) = Default::default();
        Self(Rc::new(Inner { store, tracks, asked, muted, endings, watcher, meter, wake_lock }))
    }

    /// Carries a command out; `Play` is the agent's.
    pub fn run(&self, command: MediaCommand) {
        match command {
            MediaCommand::Open { round, mic, camera, mic_id, camera_id } => {
                let mic = mic.then(|| (MediaWant::Mic, wishes::mic(mic_id.as_deref())));
                let camera = camera.then(|| (MediaWant::Camera, wishes::camera(camera_id.as_deref())));
                self.open(round, [mic, camera].into_iter().flatten().collect());
            }
            MediaCommand::OpenScreen { round, kind, extension } => self.open_screen(round, kind, extension),
            MediaCommand::Mute(muted) => {
                self.0.muted.set(muted);
                if let Some(stream) = self.0.tracks.get(MediaSlot::OwnMic) {
                    tracks_of(&stream).for_each(|track| track.set_enabled(!muted));
                }
            }
            MediaCommand::Close(want) => {
                self.0.asked.anew(want);
                self.close(own(want));
            }
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
            MediaCommand::KeepScreenOn(on) => {
                let lock = if on { WakeLock::new() } else { None };
                *self.0.wake_lock.borrow_mut() = lock;
            }
            // The sound is the agent's.
            MediaCommand::Play => {}
            MediaCommand::ReleaseAll => self.release_all(),
        }
    }

    pub fn release_all(&self) {
        self.0.muted.set(false);
        drop((self.0.endings.take(), self.0.watcher.take(), self.0.meter.take(), self.0.wake_lock.take()));
        for want in [MediaWant::Mic, MediaWant::Camera, MediaWant::Screen] {
            self.0.asked.anew(want);
            self.0.tracks.release(own(want));
        }
    }

    fn close(&self, slot: MediaSlot) {
        self.0.endings.borrow_mut().retain(|(known, _)| *known != slot);
        self.0.tracks.release(slot);
    }

    /// One question for all, so that there is one prompt. The question is put in this very turn. What the page may not
    /// use is not asked for: it would be refused for the others' sake.
    fn open(&self, round: u32, wishes: Vec<(MediaWant, JsValue)>) {
        let (mut asked, mut constraints) = (Vec::new(), Vec::new());
        for (want, wish) in wishes {
            let question = self.0.asked.anew(want);
            match problem::forbidden(want) {
                Some(problem) => self.fails_later(round, question, problem),
                None => {
                    asked.push(question);
                    constraints.push((want, wish));
                }
            }
        }
        if asked.is_empty() {
            return;
        }
        let promise = devices().and_then(|devices| ask(&devices, &constraints));
        let this = self.clone();
        spawn_local(async move {
            let given = match promise {
                Ok(promise) => JsFuture::from(promise).await,
                Err(error) => Err(error),
            };
            match given.map(JsCast::unchecked_into::<MediaStream>) {
                Ok(stream) => this.arrived(round, &asked, &stream),
                Err(error) => this.failed(round, &asked, &error).await,
            }
        });
    }

    /// A refusal that is known already, told as every other: not in the turn of the question.
    fn fails_later(&self, round: u32, question: Question, problem: MediaProblem) {
        let this = self.clone();
        spawn_local(async move {
            if this.0.asked.is_newest(&question) {
                this.report(MediaEvent::Failed { round, want: question.want, problem, named: false });
            }
        });
    }

    /// Tracks nobody asks for any more are stopped before anybody sees or hears them.
    fn arrived(&self, round: u32, asked: &[Question], stream: &MediaStream) {
        for question in asked {
            if self.0.asked.is_newest(question) {
                self.opened(round, question.want, stream);
            } else {
                tracks_of(stream).filter(|track| is_of(question.want, track)).for_each(|track| track.stop());
            }
        }
    }

    fn opened(&self, round: u32, want: MediaWant, stream: &MediaStream) {
        let Some(track) = tracks_of(stream).find(|track| is_of(want, track)) else {
            let problem = MediaProblem::NotFound;
            return self.report(MediaEvent::Failed { round, want, problem, named: false });
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
        // Before anything can be sent of it.
        if want == MediaWant::Mic {
            track.set_enabled(!self.0.muted.get());
        }
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
        let track = self.0.tracks.get(slot);
        spawn_local(async move {
            if track.is_some() && this.0.tracks.get(slot) == track {
                this.close(slot);
            }
        });
    }

    async fn failed(&self, round: u32, asked: &[Question], error: &JsValue) {
        let named = devices::named().await;
        // The microphone last: of two troubles, the last one is said loudest.
        for question in asked.iter().rev() {
            if self.0.asked.is_newest(question) {
                let want = question.want;
                let (problem, named) = (problem::of(error, want), named.contains(&want));
                self.report(MediaEvent::Failed { round, want, problem, named });
            }
        }
    }

    /// The browser shows its picker, which it does only in the turn of a click.
    fn open_screen(&self, round: u32, kind: ScreenKind, extension: String) {
        let question = self.0.asked.anew(MediaWant::Screen);
        let asked = devices().and_then(|devices| wishes::ask_screen(&devices, kind));
        let this = self.clone();
        spawn_local(async move {
            let given = match asked {
                Ok(Some(asked)) => JsFuture::from(asked).await,
                Ok(None) => screen_extension::capture(&extension, kind).await,
                Err(error) => Err(error),
            };
            let wanted = this.0.asked.is_newest(&question);
            match given.map(JsCast::unchecked_into::<MediaStream>) {
                Ok(stream) if wanted => this.screen_opened(round, kind, stream),
                Ok(stream) => tracks_of(&stream).for_each(|track| track.stop()),
                Err(error) if wanted => this.screen_failed(round, problem::of(&error, MediaWant::Screen)),
                Err(_) => {}
            }
        });
    }

    fn screen_opened(&self, round: u32, kind: ScreenKind, stream: MediaStream) {
        let Some(track) = tracks_of(&stream).find(|track| is_of(MediaWant::Screen, track)) else {
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
        self.report(MediaEvent::Failed { round, want, problem, named: false });
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

fn ask(devices: &MediaDevices, wishes: &[(MediaWant, JsValue)]) -> Result<Promise, JsValue> {
    let constraints = crate::js::object([]);
    for (want, wish) in wishes {
        crate::js::set(&constraints, kind(*want), wish);
    }
    devices.get_user_media_with_constraints(constraints.unchecked_ref())
}

/// The browser's word for a track of that kind, and for the wish of one.
fn kind(want: MediaWant) -> &'static str {
    match want {
        MediaWant::Mic => "audio",
        MediaWant::Camera | MediaWant::Screen => "video",
    }
}

fn is_of(want: MediaWant, track: &MediaStreamTrack) -> bool {
    track.kind() == kind(want)
}
