//! Ways for files to get into a conversation: the button, dropping and pasting.

use crate::components::ui::button::{IconButton, icon_button};
use crate::components::ui::icon::{Icon, icon};
use crate::files::Files;
use crate::hooks::{use_dispatch, use_files, use_selector};
use crate::i18n::{I18n, Text};
use crate::styles::{Css, Styles};
use bandyer_core::action::{ChatAction, UserAction};
use bandyer_css::css;
use bandyer_protocol::ChatId;
use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{Element, FileList, HtmlInputElement, Node};
use yew::prelude::*;

/// Hands the files over; false when there are none.
pub fn take_files(
    list: Option<FileList>,
    files: &Files,
    chat: &ChatId,
    dispatch: &Callback<UserAction>,
) -> bool {
    let Some(list) = list else { return false };
    let picked: Vec<_> =
        (0..list.length()).filter_map(|index| list.get(index)).map(|file| files.keep(file)).collect();
    if picked.is_empty() {
        return false;
    }
    dispatch.emit(UserAction::Chat(ChatAction::AttachFiles { chat: chat.clone(), files: picked }));
    true
}

/// The button, and the field behind it that opens the browser's own dialog.
pub fn attach_button(i18n: &I18n, styles: &Styles, input: &NodeRef, onpick: Callback<FileList>) -> Html {
    let onclick = {
        let input = input.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.click();
            }
        })
    };
    let onchange = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        if let Some(files) = input.files() {
            onpick.emit(files);
        }
        // So that the same file can be picked again.
        input.set_value("");
    });
    let button = IconButton::new(Icon::Attach, i18n.text(Text::AttachAdd), onclick);
    html! { <>
        <input ref={input} type="file" multiple={true} hidden={true} tabindex="-1" aria-hidden="true" data-testid="file-input" {onchange} />
        { icon_button(styles, IconButton { size: 40, testid: Some("attach"), ..button }) }
    </> }
}

/// What makes an element a place to drop files on.
pub struct DropZone {
    /// Files hover over it.
    pub over: bool,
    pub ondragover: Callback<DragEvent>,
    pub ondragleave: Callback<DragEvent>,
    pub ondrop: Callback<DragEvent>,
}

/// A browser tells of files that hover at least every 350 ms or so. Nothing else can be relied on: the element under the
/// pointer may go, and a leave of what is gone is never told.
const STILL_HOVERING_MS: u32 = 700;

/// The conversation as a place to drop files on, all of it.
#[hook]
pub fn use_drop_zone(chat: &ChatId, enabled: bool) -> DropZone {
    let (dispatch, files) = (use_dispatch(), use_files());
    let over = use_state_eq(|| false);
    let gone = use_mut_ref(|| None::<Timeout>);
    use_nothing_dropped_beside(enabled);
    let ondragover = {
        let (over, gone) = (over.clone(), gone.clone());
        Callback::from(move |event: DragEvent| {
            if enabled && holds_files(&event) {
                event.prevent_default();
                over.set(true);
                let over = over.clone();
                gone.replace(Some(Timeout::new(STILL_HOVERING_MS, move || over.set(false))));
            }
        })
    };
    let ondragleave = {
        let over = over.clone();
        Callback::from(move |event: DragEvent| {
            if left(&event) {
                over.set(false);
            }
        })
    };
    let ondrop = {
        let (chat, over) = (chat.clone(), over.clone());
        Callback::from(move |event: DragEvent| {
            over.set(false);
            if enabled && holds_files(&event) {
                event.prevent_default();
                take_files(event.data_transfer().and_then(|data| data.files()), &files, &chat, &dispatch);
            }
        })
    };
    DropZone { over: *over, ondragover, ondragleave, ondrop }
}

/// The pointer went to something outside of the zone. Not every browser says where it went.
fn left(event: &DragEvent) -> bool {
    let zone = event.current_target().and_then(|zone| zone.dyn_into::<Node>().ok());
    let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
    matches!((zone, to), (Some(zone), Some(to)) if !zone.contains(Some(&to)))
}

/// A file that misses the zone would replace the page, and all that is typed and loaded in it. Where the page itself
/// takes files, it does.
#[hook]
fn use_nothing_dropped_beside(enabled: bool) {
    let expanded = use_selector(|state| state.panel.expanded && state.panel.shown);
    use_effect_with(enabled && expanded, |open| {
        let listeners = open.then(|| {
            let window = web_sys::window()?;
            Some(["dragover", "drop"].map(|name| {
                let options = EventListenerOptions::enable_prevent_default();
                EventListener::new_with_options(&window, name, options, |event| {
                    if let Some(drag) = event.dyn_ref::<DragEvent>() {
                        keep_page(drag);
                    }
                })
            }))
        });
        move || drop(listeners)
    });
}

fn keep_page(event: &DragEvent) {
    let takes_files = |target: &Element| {
        let field = "input, textarea, [contenteditable]:not([contenteditable=false])";
        target.closest(field).is_ok_and(|found| found.is_some())
    };
    let target = event.composed_path().get(0).dyn_into::<Element>().ok();
    if event.default_prevented() || !holds_files(event) || target.as_ref().is_some_and(takes_files) {
        return;
    }
    event.prevent_default();
    if let Some(data) = event.data_transfer() {
        data.set_drop_effect("none");
    }
}

fn holds_files(event: &DragEvent) -> bool {
    let kinds = event.data_transfer().map(|data| data.types());
    kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind.as_string().as_deref() == Some("Files")))
}

pub fn drop_overlay(i18n: &I18n, styles: &Styles, peer_name: &str) -> Html {
    html! {
        <div class={styles.class(overlay_style)} aria-hidden="true" data-testid="drop-overlay">
            <span class="sign">{ icon(Icon::Upload, 28) }</span>
            <strong>{ i18n.text(Text::AttachDropTitle) }</strong>
            <span>{ i18n.with(Text::AttachDropHint, "name", peer_name) }</span>
        </div>
    }
}

fn overlay_style() -> Css {
    css!(
        r#"
        position: absolute;
        z-index: 3;
        inset: 8px;
        display: flex;
        flex-direction: column;
        align-items: center;
        justify-content: center;
        gap: 2px;
        padding: 24px;
        border: 2px dashed var(--bw-accent);
        border-radius: 14px;
        background: color-mix(in srgb, var(--bw-accent-soft) 94%, transparent);
        color: var(--bw-body-color);
        text-align: center;
        pointer-events: none;
        animation: bw-appear var(--bw-fast) both;

        .sign {
            display: flex;
            padding: 14px;
            margin-block-end: 10px;
            border-radius: 50%;
            background: var(--bw-accent);
            color: var(--bw-accent-color);
        }
        strong { font-size: 16px; line-height: 22px; font-weight: 650; }
        span { font-size: 14px; }
        "#
    )
}
