//! A call with a window of its own, as the page sees it that called: where the call is, and what can be done about it from
//! here; or that there is no window, and what to do then.

use super::ui::empty::{Drawing, Empty, empty};
use super::ui::icon::{Icon, icon};
use crate::i18n::{I18n, Text};
use crate::styles::{Css, Styles};
use bandyer_core::action::{CallAction, UserAction, WindowBlock};
use bandyer_core::calls::CallWindow;
use bandyer_css::css;
use yew::prelude::*;

pub fn window_view(
    i18n: &I18n,
    styles: &Styles,
    dispatch: &Callback<UserAction>,
    node: NodeRef,
    window: CallWindow,
) -> Html {
    let (title, hint) = words(window);
    let button = |tone: &'static str, picture: Icon, text: Text, action: CallAction, testid: &'static str| {
        let onclick = dispatch.reform(move |_: MouseEvent| UserAction::Call(action.clone()));
        html! {
            <button key={testid} type="button" class={tone} {onclick} data-testid={testid}>
                <span class="round">{ icon(picture, 24) }</span>
                <span>{ i18n.text(text) }</span>
            </button>
        }
    };
    let chat = || button("plain", Icon::Chat, Text::CallChat, CallAction::BackToChat, "call-chat");
    let hang_up = button("red", Icon::HangUp, Text::CallHangUp, CallAction::HangUp, "call-hang-up");
    let (first, second) = match window {
        CallWindow::Opening | CallWindow::There => {
            let focus = CallAction::FocusWindow;
            (chat(), button("green", Icon::Screen, Text::CallWindowFocus, focus, "call-window-focus"))
        }
        CallWindow::Blocked(_) => (
            button("plain", Icon::Phone, Text::CallWindowHere, CallAction::GoOnHere, "call-window-here"),
            button("green", Icon::Screen, Text::CallWindowOpen, CallAction::OpenWindow, "call-window-open"),
        ),
    };
    html! {
        <div key="window" ref={node} tabindex="-1" class={styles.class(style)} role="status" data-testid="call-window" data-window={word(window)}>
            { empty(styles, Empty {
                drawing: Drawing::Talk,
                title: i18n.text(title),
                hint: i18n.text(hint),
                kind: None,
                action: html! { <div class="buttons">{ first }{ second }{ hang_up }</div> },
            }) }
        </div>
    }
}

fn words(window: CallWindow) -> (Text, Text) {
    match window {
        CallWindow::Opening | CallWindow::There => (Text::CallWindowTitle, Text::CallWindowHint),
        CallWindow::Blocked(why) => (
            Text::CallWindowBlockedTitle,
            match why {
                WindowBlock::Blocker => Text::CallWindowBlockedHint,
                WindowBlock::Sandbox => Text::CallWindowSandboxHint,
                WindowBlock::NeverCame => Text::CallWindowNeverHint,
            },
        ),
    }
}

fn word(window: CallWindow) -> &'static str {
    match window {
        CallWindow::Opening => "opening",
        CallWindow::There => "there",
        CallWindow::Blocked(WindowBlock::Blocker) => "blocked",
        CallWindow::Blocked(WindowBlock::Sandbox) => "sandboxed",
        CallWindow::Blocked(WindowBlock::NeverCame) => "never-came",
    }
}

fn style() -> Css {
    css!(
        r#"
        flex: 1;
        min-block-size: 0;
        overflow: auto;

        &:focus { outline: none; }
        .buttons { display: flex; justify-content: center; gap: 20px; margin-block-start: 10px; }
        .buttons button { display: flex; flex-direction: column; align-items: center; gap: 6px; inline-size: 84px; margin: 0; font-size: 13px; line-height: 17px; }
        .round { display: flex; align-items: center; justify-content: center; inline-size: 52px; block-size: 52px; border-radius: 50%; color: #ffffff; }
        .round svg { margin: 0; }
        .plain .round { background: var(--bw-pressed); color: var(--bw-body-color); }
        .green .round { background: var(--bw-accept); }
        .red .round { background: var(--bw-decline); }
        .buttons button:hover .round { filter: brightness(1.08); }

        @media (forced-colors: active) {
            .round { border: 2px solid ButtonText; }
        }
        "#
    )
}
