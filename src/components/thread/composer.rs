//! Where messages are written. The text lives in the core's draft, so nothing typed is lost by leaving.

use super::attach::{attach_button, take_files};
use super::paste::is_of_files;
use crate::components::screen::{focus, use_screen};
use crate::components::ui::button::{IconButton, Tone, icon_button};
use crate::components::ui::icon::Icon;
use crate::hooks::{use_class, use_dispatch, use_files, use_selector, use_styles};
use crate::i18n::{Text, use_i18n};
use crate::styles::Css;
use bandyer_core::action::{ChatAction, UserAction};
use bandyer_core::{State, select};
use bandyer_css::css;
use bandyer_protocol::ChatId;
use web_sys::{ClipboardEvent, DataTransfer, HtmlTextAreaElement};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct ComposerProps {
    pub chat: ChatId,
    pub peer_name: AttrValue,
}

/// The draft, and by how many characters it is over the limit.
fn draft(state: &State, chat: &ChatId) -> (AttrValue, u32) {
    let text = select::chat(state, chat).map(|chat| chat.draft.clone()).unwrap_or_default();
    let limit = state.session.limits.message_chars;
    // Counting characters is only needed when there may be too many.
    let over = if text.len() > limit as usize {
        u32::try_from(text.chars().count()).unwrap_or(u32::MAX).saturating_sub(limit)
    } else {
        0
    };
    (text.into(), over)
}

#[component]
pub fn Composer(props: &ComposerProps) -> Html {
    let class = use_class(style);
    let (i18n, styles) = (use_i18n(), use_styles());
    let dispatch = use_dispatch();
    let files = use_files();
    let can_attach = use_selector(select::can_attach);
    let (text, over) = {
        let chat = props.chat.clone();
        use_selector(move |state| draft(state, &chat))
    };
    let (field, input) = (use_node_ref(), use_node_ref());
    use_focus_on_mount(&field);
    // Too long a text is not held back here: the core refuses it, and says why.
    let can_send = !text.trim().is_empty();
    let send = {
        let (chat, dispatch, field) = (props.chat.clone(), dispatch.clone(), field.clone());
        Callback::from(move |()| {
            dispatch.emit(UserAction::Chat(ChatAction::SendDraft { chat: chat.clone() }));
            focus(&field);
        })
    };
    let oninput = {
        let chat = props.chat.clone();
        dispatch.reform(move |event: InputEvent| {
            UserAction::Chat(ChatAction::Draft {
                chat: chat.clone(),
                text: event.target_unchecked_into::<HtmlTextAreaElement>().value(),
            })
        })
    };
    let onkeydown = {
        let send = send.clone();
        Callback::from(move |event: KeyboardEvent| {
            if is_send_key(&event) {
                event.prevent_default();
                // What was typed last may not be drawn yet: the core knows the draft, and whether it is blank.
                send.emit(());
            }
        })
    };
    let onpick = {
        let (chat, dispatch, files) = (props.chat.clone(), dispatch.clone(), files.clone());
        Callback::from(move |list| {
            take_files(Some(list), &files, &chat, &dispatch);
        })
    };
    let onpaste = {
        let (chat, dispatch) = (props.chat.clone(), dispatch.clone());
        Callback::from(move |event: Event| {
            let data = wasm_bindgen::JsCast::dyn_ref::<ClipboardEvent>(&event)
                .and_then(ClipboardEvent::clipboard_data)
                .filter(|data| can_attach && holds_files(data));
            if data.is_some_and(|data| take_files(data.files(), &files, &chat, &dispatch)) {
                event.prevent_default();
            }
        })
    };
    let button = IconButton::new(Icon::Send, i18n.text(Text::ComposerSend), send.reform(|_: MouseEvent| ()));
    html! {
        <div {class} part="composer">
            if can_attach { { attach_button(&i18n, &styles, &input, onpick) } }
            <div class={classes!("field", (over > 0).then_some("over"))}>
                <div class="grow" data-text={head(&text)}>
                <textarea ref={field} rows="1" data-testid="composer" autocomplete="off" dir={direction(&text)} enterkeyhint="send"
                    placeholder={i18n.text(Text::ComposerPlaceholder)}
                    aria-label={i18n.with(Text::ComposerLabel, "name", &props.peer_name)}
                    aria-invalid={(over > 0).then_some("true")} value={text.clone()} {oninput} {onkeydown} {onpaste} />
                </div>
                if over > 0 {
                    <p role="alert">{ i18n.with(Text::ComposerTooLong, "count", &over.to_string()) }</p>
                }
            </div>
            { icon_button(&styles, IconButton {
                size: 40, tone: Tone::Accent, disabled: !can_send, testid: Some("send"), ..button
            }) }
        </div>
    }
}

/// Whether a paste is one of files; text that is there for its own sake comes before.
fn holds_files(data: &DataTransfer) -> bool {
    let Some(list) = data.files() else { return false };
    let names: Vec<String> =
        (0..list.length()).filter_map(|index| list.get(index)).map(|file| file.name()).collect();
    is_of_files(&data.get_data("text/plain").unwrap_or_default(), &names)
}

/// What is enough to fill five lines on any screen: a text of a million characters need not be laid out twice.
fn head(text: &AttrValue) -> AttrValue {
    match text.char_indices().nth(1_000) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned().into(),
        None => text.clone(),
    }
}

/// The text's own direction. Browsers take seconds to lay out a huge text that way, and no real one is that long.
fn direction(text: &AttrValue) -> Option<&'static str> {
    (text.len() <= 20_000).then_some("auto")
}

/// Enter sends, Shift and Enter breaks the line. While an input method composes, Enter chooses a word; the key code
/// 229 is what browsers report that say nothing of composing.
fn is_send_key(event: &KeyboardEvent) -> bool {
    event.key() == "Enter" && !event.shift_key() && !event.is_composing() && event.key_code() != 229
}

/// With a real keyboard one can write at once. On a phone the on-screen keyboard would cover half the messages.
#[hook]
fn use_focus_on_mount(field: &NodeRef) {
    let compact = use_screen().compact;
    let expanded = use_selector(|state| state.panel.expanded);
    let field = field.clone();
    use_effect_with(expanded, move |expanded| {
        if *expanded && !compact {
            focus(&field);
        }
    });
}

fn style() -> Css {
    css!(
        r#"
        display: flex;
        flex: none;
        align-items: flex-end;
        gap: 8px;
        border-block-start: 1px solid var(--bw-line);
        padding-block: 10px;
        padding-block-end: max(10px, env(safe-area-inset-bottom));
        padding-inline: 12px;

        .field {
            flex: 1;
            min-inline-size: 0;
            border-radius: 20px;
            background: var(--bw-field);
            box-shadow: inset 0 0 0 1.5px transparent;
            transition: box-shadow var(--bw-fast);
        }
        .field:focus-within { box-shadow: inset 0 0 0 1.5px var(--bw-focus); }
        .field.over { box-shadow: inset 0 0 0 1.5px var(--bw-danger); }
        .field p { padding-inline: 16px; padding-block-end: 8px; font-size: 12px; line-height: 16px; color: var(--bw-danger); }

        /* The text once more, unseen, gives the field its height: no measuring, so nothing around it moves meanwhile.
           Five lines of 20 pixels, and the padding. */
        .grow { display: grid; max-block-size: 120px; }
        .grow::after { content: attr(data-text) " "; visibility: hidden; }
        .grow::after, textarea {
            grid-area: 1 / 1;
            min-inline-size: 0;
            min-block-size: 40px;
            max-block-size: 120px;
            padding-block: 10px;
            padding-inline: 16px;
            overflow: hidden auto;
            font-size: 15px;
            line-height: 20px;
            white-space: pre-wrap;
            overflow-wrap: anywhere;
            scrollbar-width: thin;
        }
        textarea { resize: none; color: var(--bw-body-color); }
        textarea:focus-visible { outline: none; }
        textarea::placeholder { color: var(--bw-muted); opacity: 1; }

        @media (max-device-width: 768px), (pointer: coarse) {
            .grow::after, textarea { font-size: 16px; }
        }

        /* Two lines in a low window: what is answered stays in sight, and the buttons in reach. */
        @media (max-height: 450px) {
            padding-block: 6px;
            padding-block-end: max(6px, env(safe-area-inset-bottom));
            .grow, .grow::after, textarea { max-block-size: 60px; }
        }
        @media (forced-colors: active) {
            .field { border: 1px solid ButtonText; }
            .field:focus-within { outline: 2px solid Highlight; }
        }
        "#
    )
}
