//! The root component: gives the widget's surroundings to everything inside, and lays launcher and panel out.

use crate::components::announcer::Announcer;
use crate::components::launcher::Launcher;
use crate::components::panel::Panel;
use crate::components::screen::{
    Dialogs, Minute, Screen, use_room_above_keyboard, use_watched_minute, use_watched_screen, use_zone,
};
use crate::components::top_layer::{Stand, use_stand};
use crate::hooks::{Surroundings, use_class, use_selector, use_styles};
use crate::i18n::I18n;
use crate::styles::Css;
use crate::theme;
use bandyer_css::css;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct AppProps {
    pub surroundings: Surroundings,
}

#[component]
pub fn App(props: &AppProps) -> Html {
    html! { <ContextProvider<Surroundings> context={props.surroundings.clone()}><Root /></ContextProvider<Surroundings>> }
}

#[component]
fn Root() -> Html {
    let class = use_class(style);
    let node = use_node_ref();
    let screen = use_watched_screen();
    let minute = use_watched_minute();
    let shown = use_selector(|state| state.panel.shown);
    let expanded = use_selector(|state| state.panel.expanded);
    let full = use_selector(|state| state.calls.full_screen);
    let language = use_selector(|state| state.options.language);
    // The browser's formatters keep the zone they were made in.
    let zone = use_zone(minute);
    let i18n = use_memo((language, zone), |(language, _)| I18n::new(*language));
    let placed = use_styles().host();
    use_stand(placed, node.clone(), stand(screen, full && expanded));
    use_room_above_keyboard(node.clone());
    use_layout();
    let dialog = use_state_eq(|| false);
    let dialogs = {
        let set = dialog.setter();
        let tell = use_memo((), move |()| Callback::from(move |open| set.set(open)));
        Dialogs { open: *dialog, tell: (*tell).clone() }
    };
    let classes = classes!(
        "bw-widget",
        class.to_string(),
        screen.filled.then_some("filled"),
        screen.compact.then_some("compact"),
        expanded.then_some("expanded"),
        (full && expanded).then_some("full")
    );
    html! {
        <ContextProvider<I18n> context={(*i18n).clone()}>
        <ContextProvider<Screen> context={screen}>
        <ContextProvider<Minute> context={minute}>
        <ContextProvider<Dialogs> context={dialogs}>
            <div ref={node} class={classes} lang={i18n.code()} dir="ltr" hidden={!shown}>
                <Panel />
                <Launcher />
                <Announcer />
            </div>
        </ContextProvider<Dialogs>>
        </ContextProvider<Minute>>
        </ContextProvider<Screen>>
        </ContextProvider<I18n>>
    }
}

/// A filled widget that is not placed covers the window, as a call in full screen does; a floating one stands 20 pixels
/// from its corner.
fn stand(screen: Screen, full: bool) -> Stand {
    match (screen.placed, screen.filled || full) {
        (true, _) if full => Stand::Everywhere,
        (true, _) => Stand::InElement,
        (false, true) => Stand::Everywhere,
        (false, false) => Stand::Corner(20),
    }
}

/// Keeps the host's `layout` on the host element as long as the widget is there.
#[hook]
fn use_layout() {
    let host = use_styles().host();
    let layout = use_selector(|state| Rc::new(state.options.layout.clone()));
    use_effect_with(layout, move |layout| {
        let host = host.dyn_into::<HtmlElement>().ok();
        if let Some(host) = &host {
            theme::apply(host, layout);
        }
        let layout = Rc::clone(layout);
        move || {
            if let Some(host) = &host {
                theme::remove(host, &layout);
            }
        }
    });
}

/// The root covers no more of the page than what is visible, and even there lets clicks through between its parts.
fn style() -> Css {
    css!(
        r#"
        position: fixed;
        z-index: var(--bw-z);
        inset-block-end: 20px;
        inset-inline-end: 20px;
        display: flex;
        flex-direction: column;
        align-items: flex-end;
        gap: 10px;
        pointer-events: none;

        &.filled {
            inset: 0;
            gap: 0;
            justify-content: flex-end;
        }

        &.filled.compact {
            inset-block: var(--bw-room-top, 0px) auto;
            block-size: var(--bw-room-height, 100dvh);
        }

        :host([data-mode="contained"]) & {
            position: relative;
            z-index: 0;
            inset: auto;
            align-items: stretch;
            inline-size: 100%;
            block-size: 100%;
            min-block-size: 100px;
        }

        :host([data-mode="contained"]) &.full { z-index: var(--bw-z); }
        &.full > button { display: none; }

        :host([data-mode="framed"]) & {
            position: absolute;
            inset: 0;
            block-size: auto;
        }
        "#
    )
}
