//! One row of a conversation: a message with its time and tick, or a divider.

use super::attachment::{outgoing_file, stored_file};
use super::links::{Piece, pieces, target};
use crate::components::ui::icon::{Icon, icon};
use crate::hooks::use_dispatch;
use crate::i18n::{I18n, Text, use_i18n};
use bandyer_core::action::{CallAction, ChatAction, UserAction};
use bandyer_core::calendar::Day;
use bandyer_core::chats::thread::Content;
use bandyer_core::chats::{Row, Tick};
use bandyer_protocol::{CallType, ChatId, MessageBody, Timestamp};
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
    let dispatch = use_dispatch();
    use_preview(&dispatch, props);
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
                { body(&i18n, &dispatch, props) }
                { meta }
            </div>
            { trouble(&i18n, &dispatch, props) }
        </div>
    }
}

fn body(i18n: &I18n, dispatch: &Callback<UserAction>, props: &MessageRowProps) -> Html {
    let chat = &props.chat;
    match &props.row {
        Row::Stored(message) => match &message.body {
            MessageBody::Text(text) => words(text),
            MessageBody::Unknown => words(&i18n.text(Text::MessageUnknown)),
            MessageBody::MissedCall(call_type) => {
                let words = missed_words(*call_type, props.mine);
                unanswered_call(i18n, dispatch, chat, *call_type, words, props.mine)
            }
            MessageBody::DeclinedCall(call_type) => {
                // Who declined may call back, as who missed one.
                unanswered_call(i18n, dispatch, chat, *call_type, declined_words(props.mine), !props.mine)
            }
            MessageBody::File(file) => {
                let seq = message.seq;
                let download = {
                    let chat = chat.clone();
                    dispatch.reform(move |_: MouseEvent| {
                        UserAction::Chat(ChatAction::DownloadFile { chat: chat.clone(), seq })
                    })
                };
                stored_file(i18n, file, props.picture.as_ref(), download)
            }
        },
        Row::Outgoing(outgoing) => match &outgoing.content {
            Content::Text(text) => words(text),
            Content::File(file) => {
                let (chat, client_id) = (chat.clone(), outgoing.client_id.clone());
                let cancel = dispatch.reform(move |_: MouseEvent| {
                    UserAction::Chat(ChatAction::Discard { chat: chat.clone(), client_id: client_id.clone() })
                });
                outgoing_file(i18n, file, outgoing.state, cancel)
            }
        },
        Row::Day(_) | Row::Unread => Html::default(),
    }
}

/// A call that was not answered, and the way to try again.
fn unanswered_call(
    i18n: &I18n,
    dispatch: &Callback<UserAction>,
    chat: &ChatId,
    call_type: CallType,
    words: Text,
    called: bool,
) -> Html {
    let chat = chat.clone();
    let onclick = dispatch
        .reform(move |_: MouseEvent| UserAction::Call(CallAction::Start { chat: chat.clone(), call_type }));
    let again = if called { Text::MissedAgain } else { Text::MissedBack };
    html! {
        <span class="missed" data-testid="missed-call">
            <span class="sign">{ icon(Icon::Missed, 20) }</span>
            <span class="what">{ i18n.text(words) }</span>
            <button type="button" {onclick} data-testid="call-back">{ i18n.text(again) }</button>
        </span>
    }
}

/// What a call that was not answered is called, by the one who made it and by the one who missed it.
pub fn missed_words(call_type: CallType, mine: bool) -> Text {
    match (mine, call_type) {
        (true, _) => Text::MissedNoAnswer,
        (false, CallType::AudioVideo) => Text::MissedVideo,
        (false, CallType::AudioOnly | CallType::AudioUpgradable) => Text::MissedCall,
    }
}

/// The same for one that was declined, by oneself or by the other one.
pub fn declined_words(mine: bool) -> Text {
    if mine { Text::MissedDeclinedByMe } else { Text::MissedDeclined }
}

/// The preview is asked for when the row comes into the document, that is near the view.
#[hook]
fn use_preview(dispatch: &Callback<UserAction>, props: &MessageRowProps) {
    let (dispatch, chat) = (dispatch.clone(), props.chat.clone());
    let wanted = match &props.row {
        Row::Stored(message) if props.picture.is_none() && is_picture(&props.row) => Some(message.seq),
        Row::Stored(_) | Row::Outgoing(_) | Row::Day(_) | Row::Unread => None,
    };
    use_effect_with(wanted, move |wanted| {
        if let Some(seq) = *wanted {
            dispatch.emit(UserAction::Chat(ChatAction::ShowPicture { chat, seq }));
        }
    });
}

/// Text nodes only: whatever a message holds, it is never read as markup.
fn words(text: &str) -> Html {
    let pieces = pieces(text).into_iter().map(|piece| match piece {
        Piece::Text(text) => html! { { text } },
        Piece::Link(link) => {
            html! { <a href={target(link)} target="_blank" rel="noopener noreferrer">{ link }</a> }
        }
    });
    html! { <span class="words" data-testid="message-text">{ pieces.collect::<Html>() }</span> }
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
    let (shape, text) = match tick {
        None => return Html::default(),
        Some(Tick::Pending | Tick::Uploading { .. }) => (Icon::Clock, Text::MessagePending),
        Some(Tick::Failed) => (Icon::Alert, Text::MessageFailed),
        Some(Tick::Sent) => (Icon::Check, Text::MessageSent),
        Some(Tick::Read) => (Icon::CheckTwice, Text::MessageRead),
    };
    let words = i18n.text(text);
    html! {
        <span class="tick" data-testid="message-tick" title={words.clone()}>
            { icon(shape, 15) }<span class="bw-said">{ ", " }{ words }</span>
        </span>
    }
}

/// Under a message that did not go out: say so, and offer the two ways on.
fn trouble(i18n: &I18n, dispatch: &Callback<UserAction>, props: &MessageRowProps) -> Html {
    let Row::Outgoing(outgoing) = &props.row else { return Html::default() };
    if props.tick != Some(Tick::Failed) {
        return Html::default();
    }
    let (chat, client_id) = (props.chat.clone(), outgoing.client_id.clone());
    let retry = {
        let (chat, client_id) = (chat.clone(), client_id.clone());
        dispatch.reform(move |_: MouseEvent| {
            UserAction::Chat(ChatAction::Retry { chat: chat.clone(), client_id: client_id.clone() })
        })
    };
    let discard = dispatch.reform(move |_: MouseEvent| {
        UserAction::Chat(ChatAction::Discard { chat: chat.clone(), client_id: client_id.clone() })
    });
    html! {
        <div class="trouble">
            <span role="alert">{ i18n.text(Text::MessageFailed) }</span>
            <button type="button" onclick={retry} data-testid="retry">{ i18n.text(Text::MessageRetry) }</button>
            <button type="button" onclick={discard} data-testid="discard">{ i18n.text(Text::MessageDiscard) }</button>
        </div>
    }
}

pub fn day_divider(i18n: &I18n, key: String, day: Day, today: Day) -> Html {
    let text = match today.0 - day.0 {
        0 => i18n.text(Text::DatesToday),
        1 => i18n.text(Text::DatesYesterday),
        _ => i18n.dates().day(day, today),
    };
    html! { <div {key} class="divider" role="listitem" data-testid="date-divider"><span>{ text }</span></div> }
}

pub fn unread_divider(i18n: &I18n, key: String) -> Html {
    html! {
        <div {key} class="divider unread" role="listitem" data-testid="unread-divider"><span>{ i18n.text(Text::ThreadUnread) }</span></div>
    }
}
