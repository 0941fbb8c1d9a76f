//! The list of chats, with its search, its filter and its empty states.

mod row;
mod search;

use super::header::use_list_header;
use super::network_bar::network_bar;
use super::ui::empty::{Drawing, Empty, empty};
use crate::hooks::{use_class, use_selector, use_styles};
use crate::i18n::{I18n, Text, use_i18n};
use crate::styles::{Css, Styles};
use bandyer_core::select::{self, ChatList};
use bandyer_css::css;
use row::Row;
use search::SearchBar;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// Rows rendered at first, and added each time the end comes near.
const STEP: usize = 40;
/// How near, in pixels.
const NEAR: i32 = 400;

#[derive(PartialEq, Properties)]
pub struct ListViewProps {
    /// A conversation lies over the list: it is neither reachable nor read out.
    pub covered: bool,
}

#[component]
pub fn ListView(props: &ListViewProps) -> Html {
    let class = use_class(style);
    let styles = use_styles();
    let i18n = use_i18n();
    let header = use_list_header();
    let offline = use_selector(select::network_down);
    let with_chat = use_selector(|state| state.options.chat);
    let covered = props.covered;
    html! {
        <div class={classes!(class.to_string(), covered.then_some("covered"))} inert={covered}
            aria-hidden={covered.then_some("true")}>
            { header }
            if offline && !covered { { network_bar(&i18n, &styles) } }
            if with_chat { <SearchBar {covered} /> }
            <List {covered} />
        </div>
    }
}

#[component]
fn List(props: &ListViewProps) -> Html {
    let styles = use_styles();
    let i18n = use_i18n();
    let list = use_selector(select::chat_list);
    let limit = use_state(|| STEP);
    let node = use_node_ref();
    use_focus_on_return(&node, props.covered);
    let ChatList::Rows(found) = list else {
        return html! { <div ref={node} class="body bw-scroll">{ nothing(&i18n, &styles, &list) }</div> };
    };
    let more = found.len() > *limit;
    let onscroll = {
        let (limit, node) = (limit.clone(), node.clone());
        Callback::from(move |_: Event| {
            if more && node.cast::<Element>().is_some_and(|element| is_near_end(&element)) {
                limit.set(*limit + STEP);
            }
        })
    };
    let rows = found.iter().take(*limit).enumerate().map(|(place, chat)| {
        html! { <Row key={chat.as_str()} chat={chat.clone()} first={place == 0} /> }
    });
    html! {
        <div ref={node} class="body bw-scroll" {onscroll} onkeydown={Callback::from(|event| on_key(&event))}>
            <ul role="list" class="rows" part="chat-list" data-testid="chat-list" aria-label={i18n.text(Text::ChatListLabel)}>
                { rows.collect::<Html>() }
            </ul>
        </div>
    }
}

fn is_near_end(element: &Element) -> bool {
    element.scroll_height() - element.scroll_top() - element.client_height() < NEAR
}

/// What stands in place of the rows.
fn nothing(i18n: &I18n, styles: &Styles, list: &ChatList) -> Html {
    let (drawing, kind, title, hint) = match list {
        ChatList::Rows(_) => return Html::default(),
        ChatList::Loading => return skeleton(i18n),
        ChatList::NoChats => (Drawing::Talk, "none", Text::ChatListNoneTitle, Text::ChatListNoneHint),
        ChatList::NoMatch => {
            (Drawing::Search, "no-match", Text::ChatListNoMatchTitle, Text::ChatListNoMatchHint)
        }
        ChatList::ChatOff => (Drawing::Asleep, "chat-off", Text::ChatListOffTitle, Text::ChatListOffHint),
    };
    let (title, hint) = (i18n.text(title), i18n.text(hint));
    empty(styles, Empty { drawing, title, hint, kind: Some(kind), action: Html::default() })
}

/// Grey rows where the real ones will be.
fn skeleton(i18n: &I18n) -> Html {
    // The key keeps Yew from turning this element into what comes in its place.
    html! {
        <div key="skeleton" class="skeleton" role="status" data-testid="empty" data-kind="loading">
            <span class="bw-said">{ i18n.text(Text::ChatListLoading) }</span>
            { (0..5).map(|_| html! { <div class="bone"><i /><span><b /><b /></span></div> }).collect::<Html>() }
        </div>
    }
}

/// Up, down, Home and End walk through the rows; up from the first one leads back to the search field.
fn on_key(event: &KeyboardEvent) {
    let Some(row) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let Some(item) = row.closest("li").ok().flatten() else { return };
    let Some(list) = item.parent_element() else { return };
    let next = match event.key().as_str() {
        "ArrowDown" => item.next_element_sibling(),
        "ArrowUp" => item.previous_element_sibling().or_else(|| search_field(&list)),
        "Home" => list.first_element_child(),
        "End" => list.last_element_child(),
        _ => return,
    };
    event.prevent_default();
    if let Some(next) = next {
        let target = next.query_selector("button").ok().flatten().unwrap_or(next);
        focus_element(&target);
    }
}

fn search_field(list: &Element) -> Option<Element> {
    let root: web_sys::ShadowRoot = list.get_root_node().dyn_into().ok()?;
    root.query_selector("input[type=search]").ok().flatten()
}

fn focus_element(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        // Only a detached element refuses, and then there is nothing to focus.
        let _ = element.focus();
    }
}

/// Coming back from a conversation, focus returns to its row.
#[hook]
fn use_focus_on_return(node: &NodeRef, covered: bool) {
    let was = use_mut_ref(|| covered);
    let node = node.clone();
    use_effect_with(covered, move |covered| {
        if !was.replace(*covered) || *covered {
            return;
        }
        let row =
            node.cast::<Element>().and_then(|list| list.query_selector("button.last-open").ok().flatten());
        if let Some(row) = row.filter(super::screen::focus_is_free) {
            focus_element(&row);
        }
    });
}

fn style() -> Css {
    css!(
        r#"
        display: flex;
        flex: 1;
        flex-direction: column;
        min-block-size: 0;
        transition: opacity var(--bw-slow), transform var(--bw-slow) var(--bw-ease), visibility 0s;

        &.covered {
            visibility: hidden;
            opacity: 0;
            transform: translateX(-24px);
            transition: opacity var(--bw-fast), transform var(--bw-slow) var(--bw-ease), visibility 0s var(--bw-slow);
        }

        .body {
            position: relative;
            flex: 1 1 361px;
            min-block-size: 0;
        }
        .rows { padding-block: 4px 12px; }

        .skeleton { padding-block: 4px; }
        .bone { display: flex; align-items: center; gap: 12px; block-size: 72px; padding-inline: 20px; }
        .bone i, .bone b {
            background: linear-gradient(90deg, var(--bw-field) 25%, var(--bw-pressed) 45%, var(--bw-field) 65%) 0 0 / 200% 100%;
            animation: bw-shimmer 1.6s linear infinite;
        }
        .bone i { flex: none; inline-size: 44px; block-size: 44px; border-radius: 50%; }
        .bone span { flex: 1; }
        .bone b { display: block; block-size: 11px; inline-size: 44%; border-radius: 6px; }
        .bone b + b { inline-size: 78%; margin-block-start: 10px; }
        "#
    )
}
