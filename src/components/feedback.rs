//! After a call: how was it?

use super::ui::button::{IconButton, icon_button, pill, waiting_pill};
use super::ui::icon::{Icon, icon};
use crate::i18n::{I18n, Text};
use crate::styles::{Css, Styles};
use bandyer_core::action::{CallAction, UserAction};
use bandyer_css::css;
use bandyer_protocol::call::MAX_COMMENT_CHARS;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlTextAreaElement};
use yew::prelude::*;

/// The best.
const STARS: u8 = 5;
/// Nobody has chosen yet.
pub const NONE: u8 = 0;

/// What a person has chosen so far.
pub struct Opinion {
    pub rating: UseStateHandle<u8>,
    pub comment: NodeRef,
}

pub fn feedback_page(
    i18n: &I18n,
    styles: &Styles,
    dispatch: &Callback<UserAction>,
    node: NodeRef,
    sent: bool,
    opinion: Opinion,
) -> Html {
    let class = styles.class(style);
    let Opinion { rating, comment } = opinion;
    let onclose = dispatch.reform(|_: MouseEvent| UserAction::Call(CallAction::CloseFeedback));
    let close = IconButton::new(Icon::Close, i18n.text(Text::InactiveClose), onclose.clone());
    let body = if sent {
        thanks(i18n, styles, onclose)
    } else {
        let (rated, field) = (*rating, comment.clone());
        let send = dispatch.reform(move |_: MouseEvent| {
            let comment = field.cast::<HtmlTextAreaElement>().map(|field| field.value()).unwrap_or_default();
            UserAction::Call(CallAction::SendFeedback { rating: rated, comment })
        });
        let onrate = Callback::from(move |rated| rating.set(rated));
        html! { <div key="form" class="page">
            <h2>{ i18n.text(Text::FeedbackTitle) }</h2>
            { stars(i18n, rated, &onrate) }
            <p class="label" aria-live="polite">{ i18n.text(if rated == NONE { Text::FeedbackChoose } else { label(rated) }) }</p>
            <textarea ref={comment} rows="3" maxlength={MAX_COMMENT_CHARS.to_string()} class="bw-scroll" dir="auto"
                aria-label={i18n.text(Text::FeedbackComment)} placeholder={i18n.text(Text::FeedbackComment)}
                data-testid="feedback-comment" />
            { send_button(i18n, styles, rated, send) }
        </div> }
    };
    html! {
        <div key="feedback" ref={node} {class} role="region" aria-label={i18n.text(Text::FeedbackTitle)} tabindex="-1" part="feedback"
            data-testid="feedback-view" data-sent={sent.to_string()}>
            if !sent { <div class="corner">{ icon_button(styles, IconButton { testid: Some("feedback-close"), ..close }) }</div> }
            { body }
        </div>
    }
}

fn thanks(i18n: &I18n, styles: &Styles, onclose: Callback<MouseEvent>) -> Html {
    html! { <div key="thanks" class="page" role="status">
        <span class="done">{ icon(Icon::Check, 40) }</span>
        <h2>{ i18n.text(Text::FeedbackThanksTitle) }</h2>
        <p>{ i18n.text(Text::FeedbackThanksHint) }</p>
        { pill(styles, NodeRef::default(), i18n.text(Text::InactiveClose), onclose, "feedback-close") }
    </div> }
}

/// It can be reached and says why it does nothing yet: a rating nobody gave is none.
fn send_button(i18n: &I18n, styles: &Styles, rated: u8, send: Callback<MouseEvent>) -> Html {
    let words = i18n.text(Text::FeedbackSend);
    if rated == NONE {
        let why = i18n.text(Text::FeedbackChoose);
        return waiting_pill(styles, words, why, "feedback-send");
    }
    pill(styles, NodeRef::default(), words, send, "feedback-send")
}

fn label(rating: u8) -> Text {
    match rating {
        0 | 1 => Text::FeedbackRating1,
        2 => Text::FeedbackRating2,
        3 => Text::FeedbackRating3,
        4 => Text::FeedbackRating4,
        5.. => Text::FeedbackRating5,
    }
}

/// One choice out of five: Tab leads to the chosen one, or to the first; the arrow keys change it.
fn stars(i18n: &I18n, rating: u8, onrate: &Callback<u8>) -> Html {
    let onkeydown = {
        let onrate = onrate.clone();
        Callback::from(move |event: KeyboardEvent| on_key(&event, rating, &onrate))
    };
    let star = |number: u8| {
        html! {
            <button type="button" role="radio" class={classes!((number <= rating).then_some("on"))}
                aria-checked={(number == rating).to_string()} tabindex={if number == rating.max(1) { "0" } else { "-1" }}
                aria-label={i18n.text(label(number))} title={i18n.text(label(number))}
                onclick={onrate.reform(move |_: MouseEvent| number)} data-testid={["feedback-star-", &number.to_string()].concat()}>
                { icon(Icon::Star, 38) }
            </button>
        }
    };
    html! {
        <div class="stars" role="radiogroup" aria-label={i18n.text(Text::FeedbackStars)} {onkeydown}>
            { (1..=STARS).map(star).collect::<Html>() }
        </div>
    }
}

fn on_key(event: &KeyboardEvent, rating: u8, onrate: &Callback<u8>) {
    let next = match event.key().as_str() {
        "ArrowRight" | "ArrowUp" => (rating + 1).min(STARS),
        "ArrowLeft" | "ArrowDown" => rating.saturating_sub(1).max(1),
        _ => return,
    };
    event.prevent_default();
    onrate.emit(next);
    let group = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let star = group.and_then(|group| group.children().item(u32::from(next) - 1));
    if let Some(star) = star.and_then(|star| star.dyn_into::<HtmlElement>().ok()) {
        // A detached star is nothing to focus.
        let _ = star.focus();
    }
}

fn style() -> Css {
    css!(
        r#"
        position: relative;
        display: flex;
        flex: 1;
        flex-direction: column;
        min-block-size: 0;
        overflow: auto;
        background: var(--bw-feedback-background);
        color: var(--bw-feedback-color);
        animation: bw-appear var(--bw-slow) both;

        &:focus { outline: none; }
        .corner { position: absolute; inset-block-start: 12px; inset-inline-end: 12px; }
        .page {
            display: flex;
            flex: 1;
            flex-direction: column;
            align-items: center;
            justify-content: center;
            gap: 6px;
            padding-block: 24px;
            padding-inline: 32px;
            text-align: center;
        }
        h2 { font-size: 20px; line-height: 28px; font-weight: 650; letter-spacing: -0.01em; }
        .stars { display: flex; gap: 4px; margin-block-start: 12px; }
        .stars button {
            padding: 5px;
            border-radius: 12px;
            color: color-mix(in srgb, currentcolor 62%, transparent);
            transition: transform var(--bw-fast), color var(--bw-fast);
        }
        .stars button.on { color: var(--bw-star); }
        .stars button.on path { fill: currentcolor; }
        .stars button:hover { transform: scale(1.1); }
        .stars button:active { transform: scale(0.94); }
        .stars path { stroke-width: 1.5; }
        .label { min-block-size: 20px; font-weight: 600; }
        textarea {
            inline-size: 100%;
            max-inline-size: 380px;
            min-block-size: 76px;
            margin-block: 14px 16px;
            padding-block: 10px;
            padding-inline: 14px;
            border-radius: 14px;
            border: 1px solid color-mix(in srgb, currentcolor 18%, transparent);
            background: color-mix(in srgb, currentcolor 4%, transparent);
            resize: none;
            text-align: start;
        }
        textarea::placeholder { color: inherit; opacity: 0.66; }
        textarea:focus-visible { outline-offset: -1px; }
        .page > button { background: var(--bw-feedback-button-background); color: var(--bw-feedback-button-color); min-inline-size: 140px; }
        .page > p:not(.label) { font-size: 15px; opacity: 0.8; margin-block-end: 18px; }
        .done {
            display: flex;
            align-items: center;
            justify-content: center;
            inline-size: 76px;
            block-size: 76px;
            margin-block-end: 14px;
            border-radius: 50%;
            background: var(--bw-accept);
            color: #ffffff;
            animation: bw-rise var(--bw-slow) var(--bw-ease) both;
        }

        @media (max-height: 450px) {
            .corner { inset-block-start: 6px; inset-inline-end: 6px; }
            .page { padding-block: 12px; }
            .stars { margin-block-start: 0; }
            textarea { margin-block: 6px 10px; min-block-size: 56px; }
        }
        @media (forced-colors: active) {
            .stars button.on { color: Highlight; }
            .done { border: 2px solid CanvasText; }
        }
        "#
    )
}
