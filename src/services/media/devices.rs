//! Which microphones and cameras there are, and how loud it is.

use crate::js::get;
use crate::store::Store;
use crate::tracks::Tracks;
use bandyer_core::Action;
use bandyer_core::action::MediaEvent;
use bandyer_core::calls::{Device, Devices, MediaSlot, MediaWant};
use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use std::cell::Cell;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AnalyserNode, AudioContext, MediaStream};

/// The level is measured this often, in milliseconds.
const LEVEL_MS: u32 = 120;

/// Tells the core of devices that come and go, until dropped.
pub struct Watcher {
    _coming: EventListener,
}

impl Watcher {
    pub fn new(store: &Store, tracks: &Tracks) -> Option<Self> {
        list(store, tracks);
        let devices = super::devices().ok()?;
        let again = (store.clone(), tracks.clone());
        let coming = EventListener::new(&devices, "devicechange", move |_| list(&again.0, &again.1));
        Some(Self { _coming: coming })
    }
}

/// Tells the core how loud a microphone is, until dropped.
pub struct Meter {
    context: AudioContext,
    _turn: Interval,
}

impl Meter {
    pub fn new(store: &Store, stream: &MediaStream) -> Option<Self> {
        let context = AudioContext::new().ok()?;
        let source = context.create_media_stream_source(stream).ok()?;
        let analyser = context.create_analyser().ok()?;
        analyser.set_fft_size(512);
        source.connect_with_audio_node(&analyser).ok()?;
        let (store, last) = (store.clone(), Cell::new(u8::MAX));
        let turn = Interval::new(LEVEL_MS, move || {
            let level = level(&analyser);
            if last.replace(level) != level {
                store.dispatch(Action::Media(MediaEvent::Level(level)));
            }
        });
        Some(Self { context, _turn: turn })
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        let _ = self.context.close();
    }
}

/// 0 to 3 bars.
fn level(analyser: &AnalyserNode) -> u8 {
    let mut samples = [0_u8; 512];
    analyser.get_byte_time_domain_data(&mut samples);
    let peak = samples.iter().map(|sample| sample.abs_diff(128)).max().unwrap_or(0);
    match peak {
        0..3 => 0,
        3..14 => 1,
        14..45 => 2,
        45.. => 3,
    }
}

/// Tells the core which devices there are.
pub fn list(store: &Store, tracks: &Tracks) {
    let (store, tracks) = (store.clone(), tracks.clone());
    spawn_local(async move {
        if let Some(devices) = all(&tracks).await {
            store.dispatch(Action::Media(MediaEvent::Devices(devices)));
        }
    });
}

/// Of which kinds the browser names a device, which it does only for those that the page may use.
pub async fn named() -> Vec<MediaWant> {
    let Some(devices) = all(&Tracks::default()).await else { return Vec::new() };
    let any_named = |devices: &[Device]| devices.iter().any(|device| !device.label.is_empty());
    [(MediaWant::Mic, &devices.mics), (MediaWant::Camera, &devices.cameras)]
        .into_iter()
        .filter_map(|(want, devices)| any_named(devices).then_some(want))
        .collect()
}

async fn all(tracks: &Tracks) -> Option<Devices> {
    let asked = super::devices().ok()?.enumerate_devices().ok()?;
    let infos = JsFuture::from(asked).await.ok()?;
    let mut devices = Devices {
        mic: tracks.track(MediaSlot::OwnMic, "audio").and_then(|track| super::wishes::device_of(&track)),
        camera: tracks
            .track(MediaSlot::OwnCamera, "video")
            .and_then(|track| super::wishes::device_of(&track)),
        ..Devices::default()
    };
    for info in js_sys::Array::from(&infos).iter() {
        let text = |key| get(&info, key).as_string().unwrap_or_default();
        let device = Device { id: text("deviceId"), label: text("label") };
        match text("kind").as_str() {
            "audioinput" => devices.mics.push(device),
            "videoinput" => devices.cameras.push(device),
            _ => {}
        }
    }
    Some(devices)
}
