//! The search field above the list, and the chip that leaves only who is online.

use super::super::screen::{focus, use_screen};
use super::super::ui::button::{IconButton, icon_button};
use super::super::ui::icon::{Icon, icon};
use crate::hooks::{use_class, use_dispatch, use_selector, use_styles};
use crate::i18n::{I18n, Text, key, use_i18n};
use crate::styles::Css;
use bandyer_core::action::{PanelAction, UserAction};
use bandyer_css::css;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct SearchBarProps {
    pub covered: bool,
}

#[component]
pub fn SearchBar(props: &SearchBarProps) -> Html {
    let class = use_class(style);
    let i18n = use_i18n();
    let dispatch = use_dispatch();
    let styles = use_styles();
    let online_only = use_selector(|state| state.panel.online_only);
    let search = use_selector(|state| state.panel.search.clone());
    let field = use_node_ref();
    use_focus_on_open(&field, props.covered);
    let oninput = dispatch
        .reform(|event: InputEvent| search_for(event.target_unchecked_into::<HtmlInputElement>().value()));
    let onclear = {
        let field = field.clone();
        dispatch.reform(move |_: MouseEvent| {
            focus(&field);
            search_for(String::new())
        })
    };
    let onkeydown = {
        let (dispatch, searching) = (dispatch.clone(), !search.is_empty());
        Callback::from(move |event: KeyboardEvent| on_key(&event, searching, &dispatch))
    };
    let is_empty = search.is_empty();
    let clear = IconButton::new(Icon::Close, i18n.text(Text::ChatListSearchClear), onclear);
    html! {
        <div {class} role="search">
            <label class="field" part="search">
                { icon(Icon::Search, 18) }
                <input ref={field} type="search" data-testid="chat-search" autocomplete="off" spellcheck="false" enterkeyhint="search"
                    placeholder={i18n.text(Text::ChatListSearch)} aria-label={i18n.text(Text::ChatListSearch)}
                    value={search} {oninput} {onkeydown} />
                if !is_empty {
                    { icon_button(&styles, IconButton { size: 26, icon_size: 14, ..clear }) }
                }
            </label>
            { chip(&i18n, online_only, &dispatch) }
        </div>
    }
}

fn search_for(text: String) -> UserAction {
    let key = key::of(&text);
    UserAction::Panel(PanelAction::Search { text, key })
}

fn chip(i18n: &I18n, online_only: bool, dispatch: &Callback<UserAction>) -> Html {
    let onclick =
        dispatch.reform(move |_: MouseEvent| UserAction::Panel(PanelAction::FilterOnline(!online_only)));
    let (text, label) = if online_only {
        (Text::ChatListOnline, Text::ChatListFilterAll)
    } else {
        (Text::ChatListAll, Text::ChatListFilterOnline)
    };
    html! {
        <button type="button" class={classes!("chip", online_only.then_some("on"))} {onclick} data-testid="chat-filter"
            aria-pressed={online_only.to_string()} title={i18n.text(label)}>
            <i /><span>{ i18n.text(text) }</span>
        </button>
    }
}

/// Escape empties the field before it closes anything; down goes to the first row.
fn on_key(event: &KeyboardEvent, searching: bool, dispatch: &Callback<UserAction>) {
    match event.key().as_str() {
        "Escape" if searching => {
            event.prevent_default();
            dispatch.emit(search_for(String::new()));
        }
        "ArrowDown" => {
            event.prevent_default();
            let field: HtmlInputElement = event.target_unchecked_into();
            let root = field.get_root_node().dyn_into::<web_sys::ShadowRoot>().ok();
            let row = root.and_then(|root| root.query_selector("[data-testid=chat-row]").ok().flatten());
            if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
                // Only a detached element refuses.
                let _ = row.focus();
            }
        }
        _ => {}
    }
}

/// With a real keyboard the field is ready to type in when the panel opens. On a phone it would call the on-screen
/// keyboard up over the list.
#[hook]
fn use_focus_on_open(field: &NodeRef, covered: bool) {
    let compact = use_screen().compact;
    let expanded = use_selector(|state| state.panel.expanded);
    let field = field.clone();
    use_effect_with(expanded, move |expanded| {
        if *expanded && !covered && !compact {
            focus(&field);
        }
    });
}

fn style() -> Css {
    css!(
        r#"
        display: flex;
        flex: none;
        align-items: center;
        gap: 8px;
        padding-block: 12px 8px;
        padding-inline: 16px;

        .field {
            display: flex;
            flex: 1;
            align-items: center;
            gap: 8px;
            min-inline-size: 0;
            block-size: 38px;
            padding-inline: 12px 6px;
            border-radius: 12px;
            background: var(--bw-field);
            color: var(--bw-muted);
            cursor: text;
            box-shadow: inset 0 0 0 1.5px transparent;
            transition: box-shadow var(--bw-fast), background-color var(--bw-fast);
        }
        .field:focus-within { box-shadow: inset 0 0 0 1.5px var(--bw-focus); }

        input { flex: 1; min-inline-size: 0; block-size: 100%; color: var(--bw-body-color); font-size: 15px; }
        input:focus-visible { outline: none; }
        input::placeholder { color: var(--bw-muted); opacity: 1; }
        input::-webkit-search-cancel-button { display: none; }

        .chip {
            display: inline-flex;
            flex: none;
            align-items: center;
            gap: 6px;
            block-size: 38px;
            padding-inline: 14px;
            border-radius: 12px;
            background: var(--bw-field);
            color: var(--bw-body-color);
            font-size: 14px;
            font-weight: 550;
            transition: background-color var(--bw-fast), color var(--bw-fast);
        }
        .chip:hover { background: var(--bw-pressed); }
        .chip i {
            inline-size: 8px;
            block-size: 8px;
            border-radius: 50%;
            box-shadow: inset 0 0 0 2px var(--bw-muted);
        }
        .chip.on { background: var(--bw-online-strong); color: #ffffff; }
        .chip.on i { background: #ffffff; box-shadow: none; }

        @media (max-device-width: 768px), (pointer: coarse) {
            input { font-size: 16px; }
        }

        @media (max-height: 450px) {
            padding-block: 6px;
        }
        @media (forced-colors: active) {
            .field, .chip { border: 1px solid ButtonText; }
            .field:focus-within { outline: 2px solid Highlight; }
            .chip.on { border-width: 3px; }
        }
        "#
    )
}
