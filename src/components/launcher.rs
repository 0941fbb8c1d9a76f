//! The round button that opens and closes the panel.

use super::screen::{focus, use_dialog_open, use_screen};
use super::ui::icon::{Icon, icon};
use crate::hooks::{use_class, use_dispatch, use_selector};
use crate::i18n::{I18n, Text, use_i18n};
use crate::styles::Css;
use bandyer_core::action::{PanelAction, UserAction};
use bandyer_core::calls::CallFront;
use bandyer_core::{State, select};
use bandyer_css::css;
use yew::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shown {
    expanded: bool,
    unread_chats: u32,
    busy: bool,
    /// The view of a call it lies on when the panel fills the screen.
    call: Option<CallFront>,
    in_call: bool,
}

fn shown(state: &State) -> Shown {
    Shown {
        expanded: state.panel.expanded,
        unread_chats: u32::try_from(select::unread_chats(state)).unwrap_or(u32::MAX),
        call: state.calls.front(),
        in_call: select::can_go_back_to_call(state),
        busy: state.panel.adding > 0 || select::is_starting(state),
    }
}

#[component]
pub fn Launcher() -> Html {
    let class = use_class(style);
    let i18n = use_i18n();
    let dispatch = use_dispatch();
    let shown = use_selector(shown);
    let filled = use_screen().filled;
    let dialog = use_dialog_open();
    let node = use_node_ref();
    use_focus_on_close(&node, shown.expanded);
    let onclick = Callback::from(move |_: MouseEvent| dispatch.emit(UserAction::Panel(PanelAction::Toggle)));
    let classes = classes!(
        class.to_string(),
        shown.expanded.then_some("open"),
        (filled && shown.expanded).then_some("docked"),
        shown.call.and_then(call_class),
        dialog.then_some("away"),
        (shown.in_call && !shown.expanded).then_some("in-call"),
        shown.busy.then_some("busy")
    );
    html! {
        <button ref={node} type="button" class={classes} {onclick} part="launcher" data-testid="launcher"
            aria-label={label(&i18n, shown)} aria-expanded={shown.expanded.to_string()} aria-busy={shown.busy.to_string()}>
            <span class="face chat">{ icon(if shown.in_call { Icon::Phone } else { Icon::Chat }, 28) }</span>
            <span class="face close">{ icon(Icon::Close, 26) }</span>
            if shown.busy { <span class="ring" /> }
            if shown.unread_chats > 0 && !shown.expanded {
                <span class="badge" part="badge" data-testid="launcher-badge" aria-hidden="true">{ capped(shown.unread_chats) }</span>
            }
        </button>
    }
}

fn call_class(call: CallFront) -> Option<&'static str> {
    match call {
        CallFront::Dial => None,
        CallFront::Call => Some("on-picture"),
        CallFront::Window(_) | CallFront::Failure(_) => Some("on-page"),
        // It has a button of its own there.
        CallFront::Feedback => Some("away"),
    }
}

fn label(i18n: &I18n, shown: Shown) -> AttrValue {
    if shown.expanded {
        return i18n.text(Text::LauncherClose);
    }
    if shown.in_call {
        return i18n.text(Text::HeaderBackToCall);
    }
    let open = i18n.text(if shown.busy { Text::LauncherLoading } else { Text::LauncherOpen });
    if shown.unread_chats == 0 {
        return open;
    }
    let unread = i18n.count(Text::LauncherUnreadOne, Text::LauncherUnreadOther, shown.unread_chats);
    [&*open, ", ", &*unread].concat().into()
}

/// What fits a small bubble.
pub fn capped(count: u32) -> AttrValue {
    if count > 99 { AttrValue::Static("99+") } else { count.to_string().into() }
}

/// Closing the panel takes the focused element away; it goes back to what opened it.
#[hook]
fn use_focus_on_close(node: &NodeRef, expanded: bool) {
    let was = use_mut_ref(|| expanded);
    let node = node.clone();
    use_effect_with(expanded, move |expanded| {
        if was.replace(*expanded) && !*expanded {
            focus_back(&node);
        }
    });
}

/// Only when focus was inside the widget: a panel closed by the page's own code steals nothing.
fn focus_back(node: &NodeRef) {
    let inside = node
        .cast::<web_sys::Element>()
        .and_then(|element| {
            wasm_bindgen::JsCast::dyn_into::<web_sys::ShadowRoot>(element.get_root_node()).ok()
        })
        .is_some_and(|root| root.active_element().is_some());
    if inside {
        focus(node);
    }
}

fn style() -> Css {
    css!(
        r#"
        position: relative;
        flex: none;
        inline-size: 60px;
        block-size: 60px;
        border-radius: 50%;
        background: var(--bw-launcher-background);
        color: var(--bw-launcher-color);
        box-shadow: var(--bw-shadow-small);
        pointer-events: auto;
        animation: bw-rise var(--bw-slow) var(--bw-ease) both;
        transition: transform var(--bw-fast) var(--bw-ease), box-shadow var(--bw-fast);

        &:hover { transform: translateY(-1px) scale(1.03); }
        &:active { transform: scale(0.95); }
        &:focus-visible { outline-width: 3px; outline-offset: 3px; }

        &.in-call { background: var(--bw-accept); color: #ffffff; animation: bw-beat 2s ease-out infinite; }

        .face {
            position: absolute;
            inset: 0;
            display: flex;
            align-items: center;
            justify-content: center;
            transition: transform var(--bw-slow) var(--bw-ease), opacity var(--bw-fast);
        }
        .close { opacity: 0; transform: rotate(-90deg) scale(0.6); }
        &.open .chat { opacity: 0; transform: rotate(90deg) scale(0.6); }
        &.open .close { opacity: 1; transform: none; }

        .ring {
            position: absolute;
            inset: 3px;
            border: 2.5px solid color-mix(in srgb, currentcolor 22%, transparent);
            border-block-start-color: currentcolor;
            border-radius: 50%;
            animation: bw-spin 0.9s linear infinite;
        }

        .badge {
            position: absolute;
            inset-block-start: -4px;
            inset-inline-end: -4px;
            min-inline-size: 22px;
            block-size: 22px;
            padding-inline: 6px;
            border-radius: 11px;
            background: var(--bw-badge-background);
            color: var(--bw-badge-color);
            box-shadow: 0 0 0 1px rgb(12 46 65 / 0.1), 0 2px 6px rgb(12 46 65 / 0.25);
            font-size: 12px;
            font-weight: 700;
            line-height: 22px;
            text-align: center;
            font-variant-numeric: tabular-nums;
            animation: bw-rise var(--bw-slow) var(--bw-ease) both;
        }

        .filled > &:not(.docked) {
            position: absolute;
            inset-block-end: 20px;
            inset-inline-end: 20px;
        }

        &.docked {
            position: absolute;
            z-index: 1;
            inset-block-start: 18px;
            inset-inline-end: 16px;
            inline-size: 36px;
            block-size: 36px;
            background: var(--bw-header-button-background);
            color: var(--bw-header-button-color);
            box-shadow: none;
            animation: none;
        }
        &.docked.on-picture { background: rgb(4 18 27 / 0.74); color: #ffffff; backdrop-filter: blur(10px); }
        &.docked.on-page { background: var(--bw-pressed); color: var(--bw-body-color); }
        &.docked.away { display: none; }
        &.docked .close svg { inline-size: 20px; block-size: 20px; }
        &.docked .ring { inset: 0; }
        &.docked:focus-visible { outline-width: 2px; outline-offset: 2px; outline-color: var(--bw-header-color); }

        @media (max-height: 450px) {
            &.docked { inset-block-start: 10px; }
        }
        @media (forced-colors: active) {
            border: 2px solid ButtonText;
            .badge { border: 1px solid CanvasText; }
        }
        "#
    )
}
