//! What arrives from the other side: streams for the views, and the sound, which is played here so that it goes on
//! while another view is in front.

use super::Inside;
use bandyer_core::Action;
use bandyer_core::action::{MediaEvent, RtcEvent};
use bandyer_core::calls::MediaSlot;
use gloo_events::EventListener;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlAudioElement, MediaStream, MediaStreamTrack};

/// What each line of the other side carries.
const SLOTS: [MediaSlot; 4] =
    [MediaSlot::PeerAudio, MediaSlot::PeerCamera, MediaSlot::PeerScreen, MediaSlot::PeerAudio];

pub struct Peer {
    inside: Rc<Inside>,
    round: u32,
    sound: Option<HtmlAudioElement>,
    listeners: RefCell<Vec<EventListener>>,
}

impl Peer {
    pub fn new(inside: &Rc<Inside>, round: u32) -> Self {
        Self {
            inside: Rc::clone(inside),
            round,
            sound: HtmlAudioElement::new().ok(),
            listeners: RefCell::default(),
        }
    }

    pub fn arrived(&self, line: usize, track: &MediaStreamTrack) {
        let Some(slot) = SLOTS.get(line).copied() else { return };
        self.follow(slot, track);
        match self.inside.tracks.get(slot) {
            Some(stream) => stream.add_track(track),
            None => {
                let Ok(stream) = MediaStream::new() else { return };
                stream.add_track(track);
                self.inside.tracks.put(slot, stream);
            }
        }
        if slot == MediaSlot::PeerAudio
            && let Some(sound) = &self.sound
        {
            sound.set_src_object(self.inside.tracks.get(slot).as_ref());
            self.play();
        }
    }

    /// A track is muted while nothing arrives for it.
    fn follow(&self, slot: MediaSlot, track: &MediaStreamTrack) {
        for (name, live) in [("unmute", true), ("mute", false), ("ended", false)] {
            let (inside, round) = (Rc::clone(&self.inside), self.round);
            let tell = move |_: &web_sys::Event| inside.report(RtcEvent::Stream { round, slot, live });
            self.listeners.borrow_mut().push(EventListener::new(track, name, tell));
        }
        if !track.muted() {
            self.inside.report(RtcEvent::Stream { round: self.round, slot, live: true });
        }
    }

    pub fn play(&self) {
        let Some(playing) = self.sound.as_ref().and_then(|sound| sound.play().ok()) else { return };
        let store = self.inside.store.clone();
        spawn_local(async move {
            let event = match JsFuture::from(playing).await {
                Ok(_) => MediaEvent::PlaybackAllowed,
                Err(error) => {
                    let name = crate::js::get(&error, "name").as_string().unwrap_or_default();
                    // Anything else is a new source that came in between.
                    if name != "NotAllowedError" {
                        return;
                    }
                    MediaEvent::PlaybackBlocked
                }
            };
            store.dispatch(Action::Media(event));
        });
    }

    pub fn release(&self) {
        self.listeners.borrow_mut().clear();
        if let Some(sound) = &self.sound {
            let _ = sound.pause();
            sound.set_src_object(None);
            sound.unchecked_ref::<web_sys::Element>().remove();
        }
        for slot in [MediaSlot::PeerAudio, MediaSlot::PeerCamera, MediaSlot::PeerScreen] {
            self.inside.tracks.release(slot);
        }
    }
}
