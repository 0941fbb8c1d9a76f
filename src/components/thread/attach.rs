//! Ways for files to get into a conversation: the button, dropping and pasting.

use crate::components::ui::button::{IconButton, icon_button};
use crate::components::ui::icon::{Icon, icon};
use crate::files::Files;
use crate::hooks::{use_dispatch, use_files};
use crate::i18n::{I18n, Text};
use crate::styles::{Css, Styles};
use bandyer_core::action::{ChatAction, UserAction};
use bandyer_css::css;
use bandyer_protocol::ChatId;
use web_sys::{FileList, HtmlInputElement};
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
    pub ondragenter: Callback<DragEvent>,
    pub ondragleave: Callback<DragEvent>,
    pub ondragover: Callback<DragEvent>,
    pub ondrop: Callback<DragEvent>,
}

/// The conversation as a place to drop files on, all of it: beside it the browser would leave the page for the file.
#[hook]
pub fn use_drop_zone(chat: &ChatId, enabled: bool) -> DropZone {
    let dispatch = use_dispatch();
    let files = use_files();
    // Entering a child comes before leaving its parent, so entries are counted.
    let depth = use_state_eq(|| 0_i32);
    let crossing = |step: i32| {
        let depth = depth.clone();
        Callback::from(move |event: DragEvent| {
            if enabled && holds_files(&event) {
                event.prevent_default();
                depth.set((*depth + step).max(0));
            }
        })
    };
    let ondragover = Callback::from(move |event: DragEvent| {
        if enabled && holds_files(&event) {
            event.prevent_default();
        }
    });
    let ondrop = {
        let (chat, depth) = (chat.clone(), depth.clone());
        Callback::from(move |event: DragEvent| {
            if enabled && holds_files(&event) {
                event.prevent_default();
                depth.set(0);
                take_files(event.data_transfer().and_then(|data| data.files()), &files, &chat, &dispatch);
            }
        })
    };
    DropZone { over: *depth > 0, ondragenter: crossing(1), ondragleave: crossing(-1), ondragover, ondrop }
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
