//! One chat in the list.

use super::super::header::presence_words;
use super::super::launcher::capped;
use super::super::screen::use_minute;
use super::super::thread::{declined_words, missed_words};
use super::super::ui::avatar::Avatar;
use crate::hooks::{use_class, use_dispatch, use_selector};
use crate::i18n::{I18n, Text, use_i18n};
use crate::styles::Css;
use bandyer_core::action::{ChatAction, UserAction};
use bandyer_core::chats::Chat;
use bandyer_core::select::{self, ChatView};
use bandyer_css::css;
use bandyer_protocol::{ChatId, MessageBody, Timestamp};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct RowProps {
    pub chat: ChatId,
    /// The row that Tab leads to; the arrow keys walk on from there.
    pub first: bool,
}

#[component]
pub fn Row(props: &RowProps) -> Html {
    let class = use_class(style);
    let i18n = use_i18n();
    let dispatch = use_dispatch();
    let now = use_minute();
    let opened = use_state_eq(|| false);
    let seen = {
        let id = props.chat.clone();
        use_selector(move |state| select::chat_view(state, &id))
    };
    let Some(ChatView { chat, name, image, presence }) = seen else { return Html::default() };
    let onclick = {
        let (id, opened) = (chat.id.clone(), opened.clone());
        dispatch.reform(move |_: MouseEvent| {
            opened.set(true);
            UserAction::Chat(ChatAction::Open(id.clone()))
        })
    };
    let classes =
        classes!(class.to_string(), (chat.unread > 0).then_some("unread"), opened.then_some("last-open"));
    html! {
        <li>
            <button type="button" class={classes} part="chat-row" data-testid="chat-row" data-alias={chat.other.to_string()}
                tabindex={if props.first { "0" } else { "-1" }} {onclick}>
                <Avatar name={name.clone()} alias={chat.other.to_string()} size={44} {presence}
                    image={image.map(AttrValue::from)} />
                <span class="text">
                    <span class="top">
                        <span class="name bw-line" data-testid="row-name">{ name }</span>
                        <span class="bw-said">{ ", " }{ presence_words(&i18n, presence) }{ ", " }</span>
                        { when(&i18n, &chat, now) }
                    </span>
                    <span class="bottom">
                        { last(&i18n, &chat) }
                        { unread(&i18n, chat.unread) }
                    </span>
                </span>
            </button>
        </li>
    }
}

/// What was said last, or that something is being written.
fn last(i18n: &I18n, chat: &Chat) -> Html {
    if chat.typing {
        return html! { <span class="last typing bw-line" data-testid="row-last">{ i18n.text(Text::StatusTyping) }</span> };
    }
    let Some(message) = &chat.last_message else {
        return html! { <span class="last bw-line" data-testid="row-last" /> };
    };
    let text = match &message.body {
        MessageBody::Text(text) => AttrValue::from(text.clone()),
        MessageBody::File(file) => AttrValue::from(file.name.clone()),
        MessageBody::Unknown => i18n.text(Text::MessageUnknown),
        MessageBody::MissedCall(_) | MessageBody::DeclinedCall(_) => {
            let mine = message.sender != chat.other;
            let missed = match &message.body {
                MessageBody::MissedCall(call_type) => missed_words(*call_type, mine),
                MessageBody::DeclinedCall(_)
                | MessageBody::Text(_)
                | MessageBody::File(_)
                | MessageBody::Unknown => declined_words(mine),
            };
            return html! { <span class="last bw-line" data-testid="row-last">{ i18n.text(missed) }</span> };
        }
    };
    let text = if message.sender != chat.other { i18n.with(Text::ChatListYou, "text", &text) } else { text };
    html! { <span class="last bw-line" dir="auto" data-testid="row-last">{ text }</span> }
}

fn unread(i18n: &I18n, count: u32) -> Html {
    if count == 0 {
        return Html::default();
    }
    let words = i18n.count(Text::ChatListUnreadOne, Text::ChatListUnreadOther, count);
    html! { <>
        <span class="count" aria-hidden="true" data-testid="row-unread">{ capped(count) }</span>
        <span class="bw-said">{ ", " }{ words }</span>
    </> }
}

/// How long ago; kept fresh by the minute.
fn when(i18n: &I18n, chat: &Chat, now: Timestamp) -> Html {
    let Some(at) = chat.last_message.as_ref().map(|message| message.at) else { return Html::default() };
    let text = i18n.dates().ago(at, now).unwrap_or_else(|| i18n.text(Text::DatesNow));
    html! { <time class="time" data-testid="row-time" title={i18n.dates().day_and_time(at)}>{ text }</time> }
}

fn style() -> Css {
    css!(
        r#"
        display: flex;
        align-items: center;
        gap: 12px;
        inline-size: calc(100% - 16px);
        min-block-size: 68px;
        margin-inline: 8px;
        padding-block: 10px;
        padding-inline: 12px;
        border-radius: 12px;
        transition: background-color var(--bw-fast);

        &:hover { --bw-dot-ring: var(--bw-hover); background: var(--bw-hover); }
        &:active { --bw-dot-ring: var(--bw-pressed); background: var(--bw-pressed); }
        &:focus-visible { outline-offset: -2px; }

        .text { flex: 1; min-inline-size: 0; }
        .top, .bottom { display: flex; align-items: center; gap: 8px; }
        .top { align-items: baseline; }
        .bottom { margin-block-start: 3px; min-block-size: 20px; }
        .name { flex: 1; font-weight: 600; line-height: 21px; }
        .time { flex: none; font-size: 12px; line-height: 16px; color: var(--bw-muted); font-variant-numeric: tabular-nums; }
        .last { flex: 1; font-size: 14px; color: var(--bw-muted); }
        .last.typing { color: var(--bw-link); font-style: italic; }
        &.unread .last { color: var(--bw-body-color); font-weight: 550; }
        &.unread .time { color: var(--bw-link); font-weight: 600; }

        .count {
            flex: none;
            min-inline-size: 20px;
            block-size: 20px;
            padding-inline: 6px;
            border-radius: 10px;
            background: var(--bw-accent);
            color: var(--bw-accent-color);
            font-size: 12px;
            font-weight: 650;
            line-height: 20px;
            text-align: center;
            font-variant-numeric: tabular-nums;
        }

        @media (max-height: 450px) {
            min-block-size: 52px;
            padding-block: 5px;
        }
        @media (forced-colors: active) {
            .count { border: 1px solid CanvasText; }
        }
        "#
    )
}
