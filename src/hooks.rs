//! How components reach the widget they belong to: its store, its style sheets, its picked files. All of it comes
//! through Yew's context, so two widgets on one page share nothing.

use crate::desk::link::DeskLink;
use crate::files::Files;
use crate::store::Store;
use crate::styles::{Css, Styles};
use crate::tracks::{Stream, Tracks};
use bandyer_core::State;
use bandyer_core::action::{Action, UserAction};
use bandyer_core::calls::MediaSlot;
use std::ops::Deref;
use std::rc::Rc;
use yew::prelude::*;

/// What one widget's components share; [`crate::widget`] makes it and [`crate::app::App`] provides it.
#[derive(Clone, PartialEq)]
pub struct Surroundings {
    pub store: Store,
    pub styles: Styles,
    pub files: Files,
    pub tracks: Tracks,
    pub desk: DeskLink,
}

#[hook]
fn use_surroundings() -> Surroundings {
    match use_context::<Surroundings>() {
        Some(surroundings) => surroundings,
        None => unreachable!("components live inside App"),
    }
}

#[hook]
pub fn use_store() -> Store {
    use_surroundings().store
}

/// Where a component puts the files a user picked, to get their [`bandyer_core::action::PickedFile`]s.
#[hook]
pub fn use_files() -> Files {
    use_surroundings().files
}

/// The way to the desk.
#[hook]
pub fn use_desk() -> DeskLink {
    use_surroundings().desk
}

/// The stream of that slot. The component renders again when it is replaced or goes.
#[hook]
pub fn use_stream(slot: MediaSlot) -> Option<Stream> {
    let tracks = use_surroundings().tracks;
    let again = use_force_update();
    let shown = use_mut_ref(|| 0);
    *shown.borrow_mut() = tracks.version(slot);
    {
        let tracks = tracks.clone();
        use_effect_with((tracks, slot), move |(tracks, slot)| {
            let (source, slot) = (tracks.clone(), *slot);
            let check = move || {
                if *shown.borrow() != source.version(slot) {
                    again.force_update();
                }
            };
            // Something may have been put in between rendering and here.
            check();
            let watching = tracks.subscribe(check);
            move || drop(watching)
        });
    }
    tracks.get(slot)
}

/// Tells the core what the user did. The same callback on every render.
#[hook]
pub fn use_dispatch() -> Callback<UserAction> {
    let store = use_store();
    let callback = use_memo(store, |store| {
        let store = store.clone();
        Callback::from(move |action| store.dispatch(Action::User(action)))
    });
    (*callback).clone()
}

/// The shadow root's sheets, and through them its host element. A component hands them to the plain functions
/// that draw its parts; for its own style there is [`use_class`].
#[hook]
pub fn use_styles() -> Styles {
    use_surroundings().styles
}

/// The class of a style written with `css!`, adopted into this widget's shadow root once per widget.
#[hook]
pub fn use_class(source: fn() -> Css) -> AttrValue {
    use_styles().class(source)
}

/// What `f` reads from the state. The component renders again only when that changes; see [`Shared`] for slices.
#[hook]
pub fn use_selector<T, F>(f: F) -> T
where
    T: PartialEq + Clone + 'static,
    F: Fn(&State) -> T + 'static,
{
    let store = use_store();
    let value = f(&store.state());
    let shown = value.clone();
    use_render_when(store, Box::new(move |state| f(state) != shown));
    value
}

/// Renders the component again when `stale` says so of a new state. Apart from [`use_selector`], because this part is
/// the same for all types and ships once.
#[hook]
fn use_render_when(store: Store, stale: Box<dyn Fn(&State) -> bool>) {
    let again = use_force_update();
    let latest = use_mut_ref(|| None);
    *latest.borrow_mut() = Some(stale);
    use_effect_with(store, move |store| {
        let state = store.clone();
        let check = move || {
            if latest.borrow().as_ref().is_some_and(|stale| stale(&state.state())) {
                again.force_update();
            }
        };
        // Something may have happened between rendering and here.
        check();
        let subscription = store.subscribe(check);
        move || drop(subscription)
    });
}

/// A part of the state compared by identity, which is enough because the core replaces what it changes:
/// `use_selector(|state| Shared::from(&state.chats))`.
pub struct Shared<T>(Rc<T>);

impl<T> From<&Rc<T>> for Shared<T> {
    fn from(part: &Rc<T>) -> Self {
        Self(Rc::clone(part))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
