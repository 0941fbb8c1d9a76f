//! What the views need to know of the screen: how much room there is, where the keyboard is, how late it is.

use crate::hooks::{use_selector, use_store, use_styles};
use bandyer_protocol::Timestamp;
use gloo_events::EventListener;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, ShadowRoot, Window};
use yew::prelude::*;
use yew_hooks::use_interval;

/// From here down the widget takes the whole screen.
const COMPACT: &str = "(max-width: 768px), (max-height: 450px)";
const MINUTE_MS: u32 = 60_000;

/// How the panel lies on its surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// A phone, or a window as small as one.
    pub compact: bool,
    /// The panel fills the screen, its container or its frame, instead of floating over the page.
    pub filled: bool,
}

/// Of the widget this component belongs to; `App` provides it.
#[hook]
pub fn use_screen() -> Screen {
    use_context::<Screen>().unwrap_or(Screen { compact: false, filled: false })
}

/// The server's time, renewed each minute; `App` provides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minute(pub Timestamp);

#[hook]
pub fn use_minute() -> Timestamp {
    let store = use_store();
    use_context::<Minute>().map_or_else(|| store.now(), |minute| minute.0)
}

/// Watches the window. For `App` only; everybody else asks [`use_screen`].
#[hook]
pub fn use_watched_screen() -> Screen {
    let host = use_styles().host();
    let compact = use_state(|| query().is_some_and(|query| query.matches()));
    {
        let compact = compact.clone();
        use_effect_with((), move |()| {
            let listener = query().map(|query| {
                let source = query.clone();
                EventListener::new(&query, "change", move |_| compact.set(source.matches()))
            });
            move || drop(listener)
        });
    }
    let placed = matches!(host.get_attribute("data-mode").as_deref(), Some("contained" | "framed"));
    Screen { compact: *compact, filled: *compact || placed }
}

fn query() -> Option<web_sys::MediaQueryList> {
    window()?.match_media(COMPACT).ok().flatten()
}

/// The server's time now, and again each minute. For `App` only.
#[hook]
pub fn use_watched_minute() -> Minute {
    let store = use_store();
    let offset = use_selector(|state| state.session.clock_offset_ms);
    let again = use_force_update();
    use_interval(move || again.force_update(), MINUTE_MS);
    Minute(store.now().plus_ms(offset))
}

/// Keeps `--bw-room-top` and `--bw-room-height` on the element at what the on-screen keyboard leaves visible: a
/// phone's browser lays fixed elements out as if there were no keyboard.
#[hook]
pub fn use_room_above_keyboard(node: NodeRef) {
    use_effect_with(node, |node| {
        let listeners = window().and_then(|window| window.visual_viewport()).map(|viewport| {
            let follow: Rc<dyn Fn()> = {
                let (node, viewport) = (node.clone(), viewport.clone());
                Rc::new(move || set_room(&node, viewport.offset_top(), viewport.height(), viewport.scale()))
            };
            follow();
            ["resize", "scroll"].map(|event| {
                let follow = follow.clone();
                EventListener::new(&viewport, event, move |_| follow())
            })
        });
        move || drop(listeners)
    });
}

fn set_room(node: &NodeRef, top: f64, height: f64, scale: f64) {
    // Zoomed in by hand: the visible part is a detail of the page, not what a keyboard left over.
    let Some(element) = node.cast::<HtmlElement>().filter(|_| scale < 1.05) else { return };
    let style = element.style();
    for (name, value) in [("--bw-room-top", top), ("--bw-room-height", height)] {
        #[expect(clippy::cast_possible_truncation, reason = "whole pixels are enough")]
        let px = format!("{}px", value.round() as i32);
        // A refused value leaves the height of the window in place.
        let _ = style.set_property(name, &px);
    }
}

/// Whether focus may be moved: it is nowhere, or already inside this widget. A person typing into the page is left
/// alone.
pub fn focus_is_free(element: &Element) -> bool {
    let Some(active) =
        window().and_then(|window| window.document()).and_then(|document| document.active_element())
    else {
        return true;
    };
    let host = element.get_root_node().dyn_into::<ShadowRoot>().ok().map(|root| root.host());
    active.tag_name().eq_ignore_ascii_case("body") || host.as_ref() == Some(&active)
}

/// Moves focus there without scrolling the page, when that disturbs nobody.
pub fn focus(node: &NodeRef) {
    if let Some(element) = node.cast::<HtmlElement>().filter(|element| focus_is_free(element)) {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        // An element that cannot take focus keeps it where it was.
        let _ = element.focus_with_options(&options);
    }
}

pub fn window() -> Option<Window> {
    web_sys::window()
}
