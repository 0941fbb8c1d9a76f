//! What the page around the widget need not hear. Events of what is inside a shadow root reach the page as if they
//! came from the host element: its shortcuts would take each letter typed into a field of ours for a command, and its
//! focus trap would pull the focus away from us.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, EventTarget, ShadowRoot};

/// What one types into a field, and all that comes with it.
const TYPING: [&str; 11] = [
    "keydown",
    "keypress",
    "keyup",
    "beforeinput",
    "input",
    "compositionstart",
    "compositionupdate",
    "compositionend",
    "copy",
    "cut",
    "paste",
];

/// Stops these events at the root, after everything inside has heard them, until dropped.
pub struct Shield {
    _listeners: Vec<EventListener>,
}

impl Shield {
    pub fn new(root: &ShadowRoot) -> Self {
        let typing = TYPING.map(|name| {
            EventListener::new(root, name, |event| {
                if event.target().is_some_and(|target| is_text_field(&target)) {
                    event.stop_propagation();
                }
            })
        });
        let focus = EventListener::new(root, "focusin", Event::stop_propagation);
        Self { _listeners: typing.into_iter().chain([focus]).collect() }
    }
}

fn is_text_field(target: &EventTarget) -> bool {
    target.dyn_ref::<Element>().is_some_and(|element| {
        let fields = "textarea, select, input:not([type=file], [type=radio], [type=checkbox])";
        element.matches(fields).unwrap_or(false)
    })
}
