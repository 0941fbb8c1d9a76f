//! The live streams of one widget by their slots: services put them in, views show them. Streams are browser objects
//! and never enter the state.

use crate::subscribers::{Subscribers, Subscription};
use bandyer_core::calls::MediaSlot;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::MediaStreamTrack;

/// The browser's own.
pub use web_sys::MediaStream as Stream;

/// What is in the slots of one widget. Clones are the same registry.
pub type Tracks = Registry<Stream>;

impl Tracks {
    /// The first track of that kind in a slot.
    pub fn track(&self, slot: MediaSlot, kind: &str) -> Option<MediaStreamTrack> {
        tracks_of(&self.get(slot)?).find(|track| track.kind() == kind)
    }

    /// Puts a stream in, and stops the one it takes the place of.
    pub fn put(&self, slot: MediaSlot, stream: Stream) {
        let before = self.get(slot);
        self.set(slot, stream);
        before.iter().for_each(stop);
    }

    /// Stops the tracks of a slot and empties it: the device is free, its light is out.
    pub fn release(&self, slot: MediaSlot) {
        self.remove(slot).iter().for_each(stop);
    }

    /// Stops every track of every slot, and empties them all.
    pub fn stop_all(&self) {
        for stream in self.take_all() {
            stop(&stream);
        }
    }
}

/// Stops the tracks of a stream: no camera light stays on.
pub fn stop(stream: &Stream) {
    tracks_of(stream).for_each(|track| track.stop());
}

/// The tracks of a stream.
pub fn tracks_of(stream: &Stream) -> impl Iterator<Item = MediaStreamTrack> + use<> {
    stream.get_tracks().into_iter().filter_map(|track| track.dyn_into().ok())
}

/// Things by slot, with a version that grows with every change of a slot, and those who want to know.
pub struct Registry<T>(Rc<Inner<T>>);

struct Inner<T> {
    /// A handful: a tree would weigh more than it finds.
    slots: RefCell<Vec<(MediaSlot, u32, T)>>,
    last_version: Cell<u32>,
    subscribers: Subscribers,
}

impl<T> Default for Registry<T> {
    fn default() -> Self {
        Self(Rc::new(Inner {
            slots: RefCell::default(),
            last_version: Cell::new(0),
            subscribers: Subscribers::default(),
        }))
    }
}

impl<T> Clone for Registry<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> PartialEq for Registry<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T: Clone> Registry<T> {
    /// Puts it into the slot. What was there is let go, not stopped.
    pub fn set(&self, slot: MediaSlot, stream: T) {
        let version = self.0.last_version.get().wrapping_add(1);
        self.0.last_version.set(version);
        let before = self.take(slot);
        self.0.slots.borrow_mut().push((slot, version, stream));
        // Dropped with no borrow held.
        drop(before);
        self.0.subscribers.tell();
    }

    pub fn get(&self, slot: MediaSlot) -> Option<T> {
        self.0.slots.borrow().iter().find(|(known, ..)| *known == slot).map(|(.., stream)| stream.clone())
    }

    /// Changes with whatever is put into the slot; 0 when it is empty.
    pub fn version(&self, slot: MediaSlot) -> u32 {
        self.0.slots.borrow().iter().find(|(known, ..)| *known == slot).map_or(0, |(_, version, _)| *version)
    }

    /// Empties the slot, and gives what was there, not stopped.
    pub fn remove(&self, slot: MediaSlot) -> Option<T> {
        let removed = self.take(slot);
        if removed.is_some() {
            self.0.subscribers.tell();
        }
        removed
    }

    fn take(&self, slot: MediaSlot) -> Option<T> {
        let mut slots = self.0.slots.borrow_mut();
        let place = slots.iter().position(|(known, ..)| *known == slot)?;
        Some(slots.swap_remove(place).2)
    }

    fn take_all(&self) -> Vec<T> {
        let all = self.0.slots.take();
        if !all.is_empty() {
            self.0.subscribers.tell();
        }
        all.into_iter().map(|(.., stream)| stream).collect()
    }

    /// Calls `f` after every change until the subscription is dropped.
    pub fn subscribe(&self, f: impl Fn() + 'static) -> Subscription {
        self.0.subscribers.add(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_changes_its_version_with_its_content_and_tells() {
        let (registry, told) = (Registry::default(), Rc::new(Cell::new(0)));
        let watching = {
            let told = Rc::clone(&told);
            registry.subscribe(move || told.set(told.get() + 1))
        };
        registry.set(MediaSlot::PeerCamera, "first");
        let first = registry.version(MediaSlot::PeerCamera);
        registry.set(MediaSlot::PeerCamera, "second");
        assert_ne!(registry.version(MediaSlot::PeerCamera), first);
        assert_eq!(registry.get(MediaSlot::PeerCamera), Some("second"));
        assert_eq!(registry.version(MediaSlot::OwnCamera), 0);
        assert_eq!(registry.remove(MediaSlot::OwnCamera), None);
        assert_eq!(told.get(), 2);
        drop(watching);
        assert_eq!(registry.remove(MediaSlot::PeerCamera), Some("second"));
        assert_eq!(told.get(), 2);
    }

    #[test]
    fn who_is_told_may_look_and_change() {
        let registry = Registry::default();
        let watching = {
            let registry = registry.clone();
            registry.clone().subscribe(move || {
                if registry.get(MediaSlot::Preview) == Some(1) {
                    registry.remove(MediaSlot::Preview);
                }
            })
        };
        registry.set(MediaSlot::Preview, 1);
        assert_eq!(registry.get(MediaSlot::Preview), None);
        assert_eq!(registry.take_all(), Vec::<i32>::new());
        drop(watching);
    }
}
