//! One row of a conversation: a message with its time and tick, or a divider.

use super::attachment::{OutgoingFileView, StoredFileView};
use super::links::{Piece, pieces, target};
use crate::components::ui::icon::{Icon, IconView};
use crate::hooks::use_dispatch;
use crate::i18n::{I18n, Text, use_i18n};
use bandyer_core::action::UserAction;
use bandyer_core::calendar::Day;
use bandyer_core::chats::thread::{Content, Outgoing};
use bandyer_core::chats::{Row, Tick};
use bandyer_protocol::{ChatId, Message, MessageBody, Timestamp};
use std::rc::Rc;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct MessageRowProps {
    pub chat: ChatId,
    /// A stored message or one on its way.
    pub row: Row,
    pub tick: Option<Tick>,
    pub mine: bool,
    /// The message above, and the one below, is of the same group.
    pub follows: bool,
    pub leads: bool,
    /// Address of the preview, once it is loaded.
    pub picture: Option<AttrValue>,
    pub peer_name: AttrValue,
    pub now: Timestamp,
}

#[component]
pub fn MessageRow(props: &MessageRowProps) -> Html {
    let i18n = use_i18n();
    let (seq, at) = match &props.row {
        Row::Stored(message) => (Some(message.seq.0.to_string()), message.at),
        Row::Outgoing(outgoing) => (None, outgoing.at),
        Row::Day(_) | Row::Unread => return Html::default(),
    };
    let classes = classes!(
        "row",
        props.mine.then_some("mine"),
        props.follows.then_some("follows"),
        props.leads.then_some("leads"),
        (props.tick == Some(Tick::Failed)).then_some("failed")
    );
    let author = if props.mine { i18n.text(Text::MessageMe) } else { props.peer_name.clone() };
    let meta = html! {
        <span class="meta">
            <time data-testid="message-time" title={i18n.dates().day_and_time(at)}>{ i18n.dates().message_time(at, props.now) }</time>
            { tick(&i18n, props.tick) }
        </span>
    };
    html! {
        <div class={classes} role="listitem" data-testid="message" data-seq={seq} data-mine={props.mine.to_string()}
            data-state={state_word(props.tick)}>
            <div class={classes!("bubble", is_picture(&props.row).then_some("framed"))} part={if props.mine { "message-sent" } else { "message-received" }}>
                <span class="bw-said">{ author }{ ": " }</span>
                { body(props) }
                { meta }
            </div>
            { trouble(&i18n, props) }
        </div>
    }
}

fn body(props: &MessageRowProps) -> Html {
    match &props.row {
        Row::Stored(message) => stored(message, props),
        Row::Outgoing(outgoing) => on_its_way(outgoing, props),
        Row::Day(_) | Row::Unread => Html::default(),
    }
}

fn stored(message: &Rc<Message>, props: &MessageRowProps) -> Html {
    match &message.body {
        MessageBody::Text(text) => words(text),
        MessageBody::File(file) => html! {
            <StoredFileView chat={props.chat.clone()} seq={message.seq} file={file.clone()} picture={props.picture.clone()} />
        },
    }
}

fn on_its_way(outgoing: &Outgoing, props: &MessageRowProps) -> Html {
    match &outgoing.content {
        Content::Text(text) => words(text),
        Content::File(file) => html! {
            <OutgoingFileView chat={props.chat.clone()} client_id={outgoing.client_id.clone()} file={file.clone()} state={outgoing.state} />
        },
    }
}

/// Text nodes only: whatever a message holds, it is never read as markup.
fn words(text: &str) -> Html {
    let pieces = pieces(text).into_iter().map(|piece| match piece {
        Piece::Text(text) => html! { { text } },
        Piece::Link(link) => {
            html! { <a href={target(link)} target="_blank" rel="noopener noreferrer">{ link }</a> }
        }
    });
    html! { <span class="words" dir="auto" data-testid="message-text">{ pieces.collect::<Html>() }</span> }
}

fn is_picture(row: &Row) -> bool {
    match row {
        Row::Stored(message) => matches!(&message.body, MessageBody::File(file) if file.picture),
        Row::Outgoing(_) | Row::Day(_) | Row::Unread => false,
    }
}

fn state_word(tick: Option<Tick>) -> &'static str {
    match tick {
        None | Some(Tick::Sent) => "sent",
        Some(Tick::Read) => "read",
        Some(Tick::Pending) => "pending",
        Some(Tick::Failed) => "failed",
        Some(Tick::Uploading { .. }) => "uploading",
    }
}

fn tick(i18n: &I18n, tick: Option<Tick>) -> Html {
    let (icon, text) = match tick {
        None => return Html::default(),
        Some(Tick::Pending | Tick::Uploading { .. }) => (Icon::Clock, Text::MessagePending),
        Some(Tick::Failed) => (Icon::Alert, Text::MessageFailed),
        Some(Tick::Sent) => (Icon::Check, Text::MessageSent),
        Some(Tick::Read) => (Icon::CheckTwice, Text::MessageRead),
    };
    let words = i18n.text(text);
    html! {
        <span class="tick" data-testid="message-tick" title={words.clone()}>
            <IconView {icon} size={15} /><span class="bw-said">{ ", " }{ words }</span>
        </span>
    }
}

/// Under a message that did not go out: say so, and offer the two ways on.
fn trouble(i18n: &I18n, props: &MessageRowProps) -> Html {
    let Row::Outgoing(outgoing) = &props.row else { return Html::default() };
    if props.tick != Some(Tick::Failed) {
        return Html::default();
    }
    html! { <Trouble words={i18n.text(Text::MessageFailed)} chat={props.chat.clone()} outgoing={outgoing.clone()} /> }
}

#[derive(PartialEq, Properties)]
struct TroubleProps {
    words: AttrValue,
    chat: ChatId,
    outgoing: Rc<Outgoing>,
}

#[component]
fn Trouble(props: &TroubleProps) -> Html {
    let i18n = use_i18n();
    let dispatch = use_dispatch();
    let (chat, client_id) = (props.chat.clone(), props.outgoing.client_id.clone());
    let retry = {
        let (chat, client_id) = (chat.clone(), client_id.clone());
        dispatch.reform(move |_: MouseEvent| UserAction::Retry {
            chat: chat.clone(),
            client_id: client_id.clone(),
        })
    };
    let discard = dispatch.reform(move |_: MouseEvent| UserAction::Discard {
        chat: chat.clone(),
        client_id: client_id.clone(),
    });
    html! {
        <div class="trouble">
            <span role="alert">{ &props.words }</span>
            <button type="button" onclick={retry} data-testid="retry">{ i18n.text(Text::MessageRetry) }</button>
            <button type="button" onclick={discard} data-testid="discard">{ i18n.text(Text::MessageDiscard) }</button>
        </div>
    }
}

#[derive(PartialEq, Properties)]
pub struct DayDividerProps {
    pub day: Day,
    pub today: Day,
}

#[component]
pub fn DayDivider(props: &DayDividerProps) -> Html {
    let i18n = use_i18n();
    let text = match props.today.0 - props.day.0 {
        0 => i18n.text(Text::DatesToday),
        1 => i18n.text(Text::DatesYesterday),
        _ => i18n.dates().day(props.day, props.today),
    };
    html! { <div class="divider" role="listitem" data-testid="date-divider"><span>{ text }</span></div> }
}

#[component]
pub fn UnreadDivider() -> Html {
    let i18n = use_i18n();
    html! {
        <div class="divider unread" role="listitem" data-testid="unread-divider"><span>{ i18n.text(Text::ThreadUnread) }</span></div>
    }
}
