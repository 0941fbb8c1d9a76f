//! Ways for files to get into a conversation: the button, dropping and pasting.

use crate::components::ui::button::IconButton;
use crate::components::ui::icon::{Icon, IconView};
use crate::files::Files;
use crate::hooks::{use_class, use_dispatch, use_files};
use crate::i18n::{Text, use_i18n};
use crate::styles::Css;
use bandyer_core::action::UserAction;
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
    dispatch.emit(UserAction::AttachFiles { chat: chat.clone(), files: picked });
    true
}

#[derive(PartialEq, Properties)]
pub struct AttachButtonProps {
    pub chat: ChatId,
}

#[component]
pub fn AttachButton(props: &AttachButtonProps) -> Html {
    let i18n = use_i18n();
    let dispatch = use_dispatch();
    let files = use_files();
    let input = use_node_ref();
    let onclick = {
        let input = input.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.click();
            }
        })
    };
    let onchange = {
        let chat = props.chat.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            take_files(input.files(), &files, &chat, &dispatch);
            // So that the same file can be picked again.
            input.set_value("");
        })
    };
    html! { <>
        <input ref={input} type="file" multiple={true} hidden={true} tabindex="-1" aria-hidden="true" data-testid="file-input" {onchange} />
        <IconButton icon={Icon::Attach} size={40} label={i18n.text(Text::AttachAdd)} {onclick} testid="attach" />
    </> }
}

#[derive(PartialEq, Properties)]
pub struct DropZoneProps {
    pub chat: ChatId,
    pub peer_name: AttrValue,
    pub enabled: bool,
    pub class: AttrValue,
    pub children: Html,
}

/// The conversation as a place to drop files on, all of it: beside it the browser would leave the page for the file.
#[component]
pub fn DropZone(props: &DropZoneProps) -> Html {
    let dispatch = use_dispatch();
    let files = use_files();
    // Entering a child comes before leaving its parent, so entries are counted.
    let depth = use_state_eq(|| 0_i32);
    let enabled = props.enabled;
    let entering = move |step: i32| {
        let depth = depth.clone();
        (
            depth.clone(),
            Callback::from(move |event: DragEvent| {
                if enabled && holds_files(&event) {
                    event.prevent_default();
                    depth.set((*depth + step).max(0));
                }
            }),
        )
    };
    let ((depth, ondragenter), (_, ondragleave)) = (entering(1), entering(-1));
    let ondragover = Callback::from(move |event: DragEvent| {
        if enabled && holds_files(&event) {
            event.prevent_default();
        }
    });
    let ondrop = {
        let (chat, depth) = (props.chat.clone(), depth.clone());
        Callback::from(move |event: DragEvent| {
            if enabled && holds_files(&event) {
                event.prevent_default();
                depth.set(0);
                take_files(event.data_transfer().and_then(|data| data.files()), &files, &chat, &dispatch);
            }
        })
    };
    html! {
        <div class={props.class.clone()} role="region" aria-label={props.peer_name.clone()} part="conversation"
            data-testid="conversation" {ondragenter} {ondragleave} {ondragover} {ondrop}>
            { props.children.clone() }
            if *depth > 0 { <Overlay peer_name={props.peer_name.clone()} /> }
        </div>
    }
}

fn holds_files(event: &DragEvent) -> bool {
    let kinds = event.data_transfer().map(|data| data.types());
    kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind.as_string().as_deref() == Some("Files")))
}

#[derive(PartialEq, Properties)]
struct OverlayProps {
    peer_name: AttrValue,
}

#[component]
fn Overlay(props: &OverlayProps) -> Html {
    let class = use_class(overlay_style);
    let i18n = use_i18n();
    html! {
        <div {class} aria-hidden="true" data-testid="drop-overlay">
            <span class="sign"><IconView icon={Icon::Upload} size={28} /></span>
            <strong>{ i18n.text(Text::AttachDropTitle) }</strong>
            <span>{ i18n.with(Text::AttachDropHint, "name", &props.peer_name) }</span>
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
