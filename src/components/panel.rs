//! The panel: one of its views in front, the network bar and notices over all of them.

use super::call_view::is_in_desk;
use super::chat_list::ListView;
use super::cover::use_cover;
use super::inactive::Inactive;
use super::loading::loading;
use super::notice::use_notice;
use super::screen::{focus, use_screen};
use super::thread::Conversation;
use crate::hooks::{use_class, use_dispatch, use_selector, use_styles};
use crate::i18n::{I18n, Text, use_i18n};
use crate::styles::{Css, Styles};
use bandyer_core::action::{CallAction, PanelAction, UserAction};
use bandyer_core::calls::CallFront;
use bandyer_core::panel::{InactiveReason, View};
use bandyer_core::{State, select};
use bandyer_css::css;
use bandyer_protocol::ChatId;
use yew::prelude::*;

/// What fills the panel.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Front {
    Loading,
    List,
    Conversation(ChatId),
    Inactive(InactiveReason),
}

fn front(state: &State) -> Front {
    match &state.panel.view {
        View::Inactive(reason) => Front::Inactive(*reason),
        View::List | View::Conversation(_) if select::is_starting(state) => Front::Loading,
        View::List => Front::List,
        View::Conversation(chat) => Front::Conversation(chat.clone()),
    }
}

impl Front {
    /// The views without a list are as low as the original's.
    fn class(&self) -> Option<&'static str> {
        match self {
            Front::Loading | Front::Inactive(_) => Some("low"),
            Front::List | Front::Conversation(_) => None,
        }
    }
}

/// The view of a call that covers the others has the room it needs.
fn call_class(call: CallFront) -> &'static str {
    match call {
        CallFront::Dial | CallFront::Window(_) | CallFront::Failure(_) => "low",
        CallFront::Call => "call",
        CallFront::Feedback => "ask",
    }
}

#[component]
pub fn Panel() -> Html {
    let class = use_class(style);
    let styles = use_styles();
    let i18n = use_i18n();
    let dispatch = use_dispatch();
    let screen = use_screen();
    let expanded = use_selector(|state| state.panel.expanded);
    let front = use_selector(front);
    let call = use_selector(|state| state.calls.front());
    let full = use_selector(|state| state.calls.full_screen);
    let node = use_node_ref();
    use_focus_after_call(&node, call.is_some());
    let (notice, cover) = (use_notice(), use_cover(call));
    // Nothing is built before the first opening; from then on closing only hides, so that it can be animated and
    // places are kept.
    let opened = use_mut_ref(|| false);
    if expanded {
        *opened.borrow_mut() = true;
    }
    let opened = *opened.borrow();
    let onkeydown = {
        let (dispatch, front) = (dispatch.clone(), front.clone());
        Callback::from(move |event: KeyboardEvent| on_key(&event, &front, call, &dispatch))
    };
    let classes = classes!(
        class.to_string(),
        expanded.then_some("open"),
        screen.filled.then_some("fills"),
        call.map_or(front.class(), |call| Some(call_class(call))),
        (full && call == Some(CallFront::Call)).then_some("full")
    );
    html! {
        <section ref={node} class={classes} tabindex="-1" role="dialog" aria-label={i18n.text(Text::PanelLabel)} part="panel"
            aria-modal={(expanded && (screen.covers || full)).then_some("true")} data-testid="panel" aria-hidden={(!expanded).then_some("true")} {onkeydown}>
            if opened { { view(&front, call.is_some(), &i18n, &styles) } { notice } <>{ cover }</> }
        </section>
    }
}

fn view(front: &Front, covered: bool, i18n: &I18n, styles: &Styles) -> Html {
    let conversation = match front {
        Front::Loading if covered => return Html::default(),
        Front::Loading => return loading(i18n, styles),
        Front::Inactive(reason) => return html! { <Inactive reason={*reason} /> },
        Front::List => None,
        Front::Conversation(chat) => Some(chat),
    };
    // The list stays underneath, and both do under a call: coming back finds them as they were left. The conversation has a place of its own even
    // when there is none, or the list would be taken for another child and built anew.
    html! {
        <div class={classes!("views", covered.then_some("covered"))}>
            <ListView covered={conversation.is_some()} />
            <>{ for conversation.map(|chat| html! { <Conversation key={chat.as_str()} chat={chat.clone()} /> }) }</>
        </div>
    }
}

/// The view of a call takes the focused element along; the keyboard stays in the panel.
#[hook]
fn use_focus_after_call(node: &NodeRef, covered: bool) {
    let was = use_mut_ref(|| covered);
    let node = node.clone();
    use_effect_with(covered, move |covered| {
        if was.replace(*covered) && !*covered {
            focus(&node);
        }
    });
}

/// Escape goes one step back: out of the conversation, then out of the panel. It neither declines nor hangs up.
fn on_key(event: &KeyboardEvent, front: &Front, call: Option<CallFront>, dispatch: &Callback<UserAction>) {
    if event.key() != "Escape" || event.is_composing() || event.default_prevented() || is_in_desk(event) {
        return;
    }
    event.prevent_default();
    event.stop_propagation();
    dispatch.emit(match (call, front) {
        (Some(CallFront::Dial | CallFront::Call | CallFront::Window(_)), _) => return,
        (Some(CallFront::Failure(_)), _) => UserAction::Call(CallAction::DismissFailure),
        (Some(CallFront::Feedback), _) => UserAction::Call(CallAction::CloseFeedback),
        (None, Front::Conversation(_)) => UserAction::Panel(PanelAction::BackToList),
        (None, Front::List | Front::Loading | Front::Inactive(_)) => UserAction::Panel(PanelAction::Close),
    });
}

fn style() -> Css {
    css!(
        r#"
        position: relative;
        display: flex;
        flex-direction: column;
        inline-size: 370px;
        max-inline-size: calc(100vw - 40px);
        block-size: calc(45vh + 146px);
        min-block-size: 320px;
        max-block-size: calc(100vh - 110px);
        /* Not even a script scrolls what is clipped; a hidden part can be scrolled into view, for good. */
        overflow: clip;
        border-radius: var(--bw-radius);
        background: var(--bw-body-background);
        color: var(--bw-body-color);
        box-shadow: var(--bw-shadow);
        visibility: hidden;
        opacity: 0;
        transform: translateY(14px) scale(0.97);
        transform-origin: bottom right;
        transition: opacity var(--bw-fast), transform var(--bw-slow) var(--bw-ease), visibility 0s var(--bw-fast);

        &.open {
            visibility: visible;
            opacity: 1;
            transform: none;
            pointer-events: auto;
            transition: opacity var(--bw-fast), transform var(--bw-slow) var(--bw-ease), visibility 0s;
        }

        &:focus { outline: none; }

        &.low {
            block-size: 350px;
            min-block-size: 0;
        }

        &.call { inline-size: 490px; block-size: 430px; }
        &.ask { inline-size: 490px; block-size: 380px; min-block-size: 0; }

        &.fills {
            position: absolute;
            inset: 0;
            inline-size: auto;
            max-inline-size: none;
            block-size: auto;
            min-block-size: 0;
            max-block-size: none;
            border-radius: 0;
            box-shadow: none;
        }

        :host([data-mode="contained"]) &.fills {
            position: relative;
            block-size: 100%;
        }

        &.full, :host([data-mode="contained"]) &.full {
            position: fixed;
            z-index: 2;
            inset: 0;
            inline-size: auto;
            max-inline-size: none;
            block-size: auto;
            max-block-size: none;
            border-radius: 0;
        }

        .views {
            position: relative;
            display: flex;
            flex: 1;
            flex-direction: column;
            min-block-size: 0;
        }
        /* As large as ever, so that nothing in it is laid out anew. */
        .views.covered {
            position: absolute;
            inset: 0 auto auto 0;
            inline-size: 370px;
            max-inline-size: 100%;
            block-size: calc(45vh + 146px);
            max-block-size: calc(100vh - 110px);
            visibility: hidden;
        }
        .views.covered * { visibility: hidden; }
        &.fills .views.covered { inset: 0; inline-size: auto; block-size: auto; max-block-size: none; }

        @media (forced-colors: active) {
            border: 1px solid CanvasText;
        }
        "#
    )
}
