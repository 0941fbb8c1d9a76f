//! What the views need to know of the screen: how much room there is, where the keyboard is, how late it is.

use crate::hooks::{use_selector, use_store, use_styles};
use crate::i18n::zone;
use bandyer_core::Action;
use bandyer_protocol::Timestamp;
use gloo_events::EventListener;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, ShadowRoot, Window};
use yew::prelude::*;
use yew_hooks::use_interval;

/// From here down the widget takes the whole screen.
const COMPACT: &str = "(max-width: 768px), (max-height: 450px)";
/// A frame is small on a large screen too: the screen says what it is.
const COMPACT_FRAMED: &str = "(max-device-width: 768px), (max-device-height: 450px)";
const MINUTE_MS: u32 = 60_000;

/// How the panel lies on its surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// A phone, or a window as small as one.
    pub compact: bool,
    /// The panel fills the screen, its container or its frame, instead of floating over the page.
    pub filled: bool,
    /// It covers the page, of which nothing can be reached meanwhile.
    pub covers: bool,
    /// It can grow to the size of the page; a phone's fills it anyway.
    pub grows: bool,
    /// In an element of the page, or alone in a frame.
    pub placed: bool,
}

/// Of the widget this component belongs to; `App` provides it.
#[hook]
pub fn use_screen() -> Screen {
    use_context::<Screen>().unwrap_or(Screen {
        compact: false,
        filled: false,
        covers: false,
        grows: true,
        placed: false,
    })
}

/// A dialog lies over the view and asks for an answer first: what lies beside it in the corner steps back. `App`
/// provides it.
#[derive(Clone, PartialEq)]
pub struct Dialogs {
    pub open: bool,
    pub tell: Callback<bool>,
}

/// For who opens dialogs: says whether one is open now, and that none is when it goes.
#[hook]
pub fn use_dialog_told(open: bool) {
    let tell = use_context::<Dialogs>().map(|dialogs| dialogs.tell).unwrap_or_default();
    use_effect_with(open, move |open| {
        tell.emit(*open);
        move || tell.emit(false)
    });
}

/// For who steps back.
#[hook]
pub fn use_dialog_open() -> bool {
    use_context::<Dialogs>().is_some_and(|dialogs| dialogs.open)
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
    let mode = host.get_attribute("data-mode");
    let framed = mode.as_deref() == Some("framed");
    let compact = use_state(|| query(framed).is_some_and(|query| query.matches()));
    {
        let compact = compact.clone();
        use_effect_with(framed, move |framed| {
            let listener = query(*framed).map(|query| {
                let source = query.clone();
                EventListener::new(&query, "change", move |_| compact.set(source.matches()))
            });
            move || drop(listener)
        });
    }
    let compact = *compact;
    Screen {
        compact,
        filled: compact || mode.is_some(),
        covers: compact && mode.is_none(),
        grows: !compact && !host.has_attribute("data-placed"),
        placed: mode.is_some(),
    }
}

fn query(framed: bool) -> Option<web_sys::MediaQueryList> {
    window()?.match_media(if framed { COMPACT_FRAMED } else { COMPACT }).ok().flatten()
}

/// Whether the widget has the whole page to itself, as behind a call link: nine tenths of it both ways.
pub fn has_the_page(host: &Element) -> bool {
    let length = |length: Result<JsValue, JsValue>| length.ok().and_then(|length| length.as_f64());
    let Some(window) = window() else { return false };
    let (Some(width), Some(height)) = (length(window.inner_width()), length(window.inner_height())) else {
        return false;
    };
    let own = host.get_bounding_client_rect();
    own.width() >= 0.9 * width && own.height() >= 0.9 * height
}

/// The server's time now, and again each minute. For `App` only.
#[hook]
pub fn use_watched_minute() -> Minute {
    let store = use_store();
    let offset = use_selector(|state| state.session.clock_offset_ms);
    let again = use_force_update();
    {
        let again = again.clone();
        use_interval(move || again.force_update(), MINUTE_MS);
    }
    // Who was away may be in another zone, and it is later in any case.
    use_effect_with((), move |()| {
        let document = window().and_then(|window| window.document());
        let listener = document
            .map(|document| EventListener::new(&document, "visibilitychange", move |_| again.force_update()));
        move || drop(listener)
    });
    Minute(store.now().plus_ms(offset))
}

/// Tells the time zones apart that the device is in one after the other, looked at each minute, and tells the core.
#[hook]
pub fn use_zone(minute: Minute) -> [i32; 12] {
    let store = use_store();
    let now = zone::mark(minute.0);
    let first = use_mut_ref(|| now);
    use_effect_with(now, move |now| {
        if first.replace(*now) != *now {
            store.dispatch(Action::TimeZone(Rc::new(zone::probe(store.now()))));
        }
    });
    now
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
    // The document only names the outermost host, which need not be ours: a page may hold us in a root of its own.
    let root = element.get_root_node().dyn_into::<ShadowRoot>().ok();
    if root.is_some_and(|root| root.active_element().is_some()) {
        return true;
    }
    let active = window().and_then(|window| window.document()).and_then(|document| document.active_element());
    active.is_none_or(|active| matches!(active.tag_name().as_str(), "BODY" | "HTML"))
}

/// Moves focus to a ring, wherever it is: only who is writing, or is held by a dialog of the page, is left alone. What
/// had the focus, for giving it back; `None` when that is nothing of the page's.
pub fn focus_ring(node: &NodeRef) -> Option<HtmlElement> {
    let element = node.cast::<HtmlElement>()?;
    let before = window()?.document()?.active_element();
    let outside = before.filter(|_| !focus_is_free(&element));
    if outside.as_ref().is_some_and(|before| is_held(&innermost(before))) {
        return None;
    }
    take_focus(&element);
    outside.and_then(|before| before.dyn_into().ok())
}

/// What has the focus inside of it, through open shadow roots.
fn innermost(active: &Element) -> Element {
    let mut active = active.clone();
    while let Some(inner) = active.shadow_root().and_then(|root| root.active_element()) {
        active = inner;
    }
    active
}

/// Somebody writes there, or a frame or a dialog of the page has it.
fn is_held(active: &Element) -> bool {
    const WRITTEN_INTO: &str = "textarea, select, iframe, object, embed, \
        input:not([type=button], [type=submit], [type=reset], [type=checkbox], [type=radio], [type=range], [type=image])";
    let written = active.matches(WRITTEN_INTO).unwrap_or(false)
        || active.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable);
    written || active.closest("dialog[open], [aria-modal=true]").is_ok_and(|dialog| dialog.is_some())
}

/// Gives the focus back to what had it, if nobody has taken it elsewhere meanwhile.
pub fn give_back(from: &HtmlElement, node: &NodeRef) {
    let ours = node.cast::<Element>().is_none_or(|element| focus_is_free(&element));
    if ours && from.is_connected() {
        // Nothing to be done when it does not take it any more.
        let _ = from.focus();
    }
}

pub fn take_focus(element: &HtmlElement) {
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    // An element that cannot take focus keeps it where it was.
    let _ = element.focus_with_options(&options);
}

/// Moves focus there without scrolling the page, when that disturbs nobody.
pub fn focus(node: &NodeRef) {
    if let Some(element) = node.cast::<HtmlElement>().filter(|element| focus_is_free(element)) {
        take_focus(&element);
    }
}

pub fn window() -> Option<Window> {
    web_sys::window()
}
