//! The bars at the top: who I am above the list, who I talk to above a conversation.

use super::call_buttons::{back_to_call, call_buttons};
use super::screen::use_screen;
use super::ui::avatar::Avatar;
use super::ui::button::{IconButton, Tone, icon_button};
use super::ui::icon::Icon;
use crate::hooks::{Shared, use_class, use_dispatch, use_selector, use_styles};
use crate::i18n::{I18n, Text, use_i18n};
use crate::styles::{Css, Styles};
use bandyer_core::action::{PanelAction, UserAction};
use bandyer_core::select::{self, CallButtons, ChatView};
use bandyer_core::session::Phase;
use bandyer_css::css;
use bandyer_protocol::Presence;
use yew::prelude::*;

/// Who I am.
#[hook]
pub fn use_list_header() -> Html {
    let class = use_class(style);
    let (i18n, styles) = (use_i18n(), use_styles());
    let dispatch = use_dispatch();
    let in_call = use_selector(select::can_go_back_to_call);
    let filled = use_screen().filled;
    let me = use_selector(|state| state.users.me.as_ref().map(Shared::from));
    let phase = use_selector(|state| state.session.phase);
    let connected = phase == Phase::Connected;
    let status = match phase {
        Phase::Connected => Text::StatusOnline,
        Phase::Starting => Text::HeaderConnecting,
        Phase::Reconnecting | Phase::Over => Text::HeaderOffline,
    };
    html! {
        <header class={classes!(class.to_string(), "tall", filled.then_some("filled"))} part="header">
            if let Some(me) = me {
                <Avatar name={me.name.clone()} alias={me.profile.alias.to_string()} image={me.image.clone().map(AttrValue::from)} size={52} />
                <div class="who">
                    <h1 class="name bw-line">{ &me.name }</h1>
                    <p class="state bw-line"><i class={classes!("lamp", connected.then_some("on"))} />{ i18n.text(status) }</p>
                </div>
            }
            if in_call { { back_to_call(&i18n, &styles, &dispatch) } }
        </header>
    }
}

/// Who I talk to.
pub fn conversation_header(
    i18n: &I18n,
    styles: &Styles,
    filled: bool,
    view: &ChatView,
    buttons: &CallButtons,
    dispatch: &Callback<UserAction>,
) -> Html {
    let ChatView { chat, name, image, presence } = view;
    let state = if chat.typing { Text::StatusTyping } else { presence_text(*presence) };
    let class = styles.class(style);
    let onback = dispatch.reform(|_: MouseEvent| UserAction::Panel(PanelAction::BackToList));
    let back = IconButton::new(Icon::Back, i18n.text(Text::HeaderBack), onback);
    html! {
        <header class={classes!(class.to_string(), filled.then_some("filled"))} part="header">
            { icon_button(styles, IconButton { tone: Tone::Header, testid: Some("back"), ..back }) }
            <Avatar name={name.clone()} alias={chat.other.to_string()} size={40}
                image={image.clone().map(AttrValue::from)} presence={*presence} />
            <div class="who">
                <h1 class="name bw-line" data-testid="conversation-name">{ name }</h1>
                <p class={classes!("state", "bw-line", chat.typing.then_some("typing"))} data-testid="conversation-status">
                    { i18n.text(state) }
                </p>
            </div>
            { call_buttons(i18n, styles, dispatch, buttons, &chat.id) }
        </header>
    }
}

/// The status word of a person.
pub fn presence_text(presence: Presence) -> Text {
    match presence {
        Presence::Online => Text::StatusOnline,
        Presence::Busy => Text::StatusBusy,
        Presence::Offline => Text::StatusOffline,
    }
}

/// Presence in words, for those who do not see the dot.
pub fn presence_words(i18n: &I18n, presence: Presence) -> AttrValue {
    i18n.text(presence_text(presence))
}

fn style() -> Css {
    css!(
        r#"
        --bw-dot-ring: #103a51;
        --bw-online: #4cc38a;
        --bw-busy: #f0a64a;
        display: flex;
        flex: none;
        align-items: center;
        gap: 12px;
        min-block-size: 72px;
        padding-block: 14px;
        padding-inline: 14px 20px;
        background: var(--bw-header-background);
        color: var(--bw-header-color);

        &.tall {
            min-block-size: 100px;
            padding-inline: 20px;
            gap: 14px;
        }
        &.filled { padding-inline-end: 68px; }

        .who { min-inline-size: 0; flex: 1; }
        .name { font-size: 16px; line-height: 22px; font-weight: 650; letter-spacing: -0.005em; }
        &.tall .name { font-size: 19px; line-height: 26px; }
        .state { display: flex; align-items: center; gap: 6px; font-size: 13px; line-height: 18px; opacity: 0.82; }
        .state.typing { opacity: 1; }

        .lamp {
            inline-size: 8px;
            block-size: 8px;
            border-radius: 50%;
            border: 2px solid currentcolor;
        }
        .lamp.on { border-color: #5fd394; background: #5fd394; }

        /* A low window is for the messages. */
        @media (max-height: 450px) {
            min-block-size: 56px;
            padding-block: 6px;
            gap: 10px;
            &.tall { min-block-size: 56px; }
        }
        @media (forced-colors: active) {
            border-block-end: 1px solid CanvasText;
            .lamp.on { border-color: Highlight; border-width: 4px; }
        }
        "#
    )
}
