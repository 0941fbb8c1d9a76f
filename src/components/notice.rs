//! A short notice below the header, where it covers neither the newest message nor what can be done about it.

use super::ui::button::{IconButton, icon_button};
use super::ui::icon::{Icon, icon};
use crate::hooks::{use_dispatch, use_selector, use_styles};
use crate::i18n::{I18n, Text, sizes, use_i18n};
use crate::styles::Css;
use bandyer_core::action::{PanelAction, UserAction};
use bandyer_core::panel::Notice;
use bandyer_css::css;
use bandyer_protocol::Limits;
use yew::prelude::*;

#[hook]
pub fn use_notice() -> Html {
    let i18n = use_i18n();
    let styles = use_styles();
    let dispatch = use_dispatch();
    let notice = use_selector(|state| state.panel.notice);
    let limits = use_selector(|state| state.session.limits);
    let card = notice.map(|notice| {
        let onclick =
            Callback::from(move |_: MouseEvent| dispatch.emit(UserAction::Panel(PanelAction::DismissNotice)));
        let close = IconButton::new(Icon::Close, i18n.text(Text::NoticeDismiss), onclick);
        html! {
            <div class="card" part="notice" data-testid="notice">
                { icon(Icon::Alert, 18) }
                <p>{ words(&i18n, notice, limits) }</p>
                { icon_button(&styles, IconButton { icon_size: 16, size: 28, ..close }) }
            </div>
        }
    });
    // The live region stays, so that readers notice what comes into it.
    html! { <div class={styles.class(style)} role="alert" aria-live="assertive">{ card.unwrap_or_default() }</div> }
}

fn words(i18n: &I18n, notice: Notice, limits: Limits) -> AttrValue {
    match notice {
        Notice::FileTooLarge => {
            i18n.with(Text::NoticeFileTooLarge, "size", &sizes::bytes(limits.upload_bytes, i18n.code()))
        }
        Notice::UploadFailed => i18n.text(Text::NoticeUploadFailed),
        Notice::DownloadFailed => i18n.text(Text::NoticeDownloadFailed),
        Notice::MessageTooLong => {
            i18n.with(Text::NoticeMessageTooLong, "count", &limits.message_chars.to_string())
        }
        Notice::ChatRemoved => i18n.text(Text::NoticeChatRemoved),
        Notice::CallDeclined => i18n.text(Text::NoticeCallDeclined),
        Notice::CallUnanswered => i18n.text(Text::NoticeCallUnanswered),
        Notice::NotSent => i18n.text(Text::NoticeNotSent),
        Notice::RateLimited => i18n.text(Text::NoticeRateLimited),
    }
}

fn style() -> Css {
    css!(
        r#"
        position: absolute;
        z-index: 2;
        inset-block-start: 84px;
        inset-inline: 12px;
        display: flex;
        justify-content: center;
        pointer-events: none;

        .card {
            display: flex;
            align-items: center;
            gap: 10px;
            max-inline-size: 100%;
            padding-block: 8px;
            padding-inline: 14px 8px;
            border-radius: 12px;
            background: var(--bw-raised);
            color: var(--bw-body-color);
            box-shadow: var(--bw-shadow-small);
            font-size: 14px;
            line-height: 19px;
            pointer-events: auto;
            animation: bw-rise var(--bw-slow) var(--bw-ease) both;
        }
        .card > svg { color: var(--bw-danger); }

        /* Where it would lie on what it is about, it gets a line of its own. */
        @media (max-width: 768px), (max-height: 450px) {
            position: static;
            flex: none;
            order: 1;
            margin-inline: 12px;
            .card { margin-block: 4px; padding-block: 3px; font-size: 13px; line-height: 17px; }
        }
        @media (forced-colors: active) {
            .card { border: 1px solid CanvasText; }
        }
        "#
    )
}
