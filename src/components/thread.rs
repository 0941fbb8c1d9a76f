//! One conversation: its head, its messages, and where new ones are written.

mod attach;
mod attachment;
mod composer;
mod heights;
mod links;
mod message;
mod paste;
mod sheet;
mod view_port;
mod window;

use super::header::conversation_header;
use super::launcher::capped;
use super::network_bar::network_bar;
use super::screen::{focus, use_screen};
use super::ui::avatar::Avatar;
use super::ui::icon::{Icon, icon};
use crate::hooks::{use_class, use_dispatch, use_selector, use_styles};
use crate::i18n::{I18n, Text, use_i18n};
use attach::{DropZone, drop_overlay, use_drop_zone};
use bandyer_core::chats::Rows;
use bandyer_core::select::{self, ChatView};
use bandyer_protocol::ChatId;
use composer::Composer;
pub use message::{declined_words, missed_words};
use window::Window;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct ConversationProps {
    pub chat: ChatId,
}

#[component]
pub fn Conversation(props: &ConversationProps) -> Html {
    let class = use_class(sheet::style);
    let (i18n, styles) = (use_i18n(), use_styles());
    let dispatch = use_dispatch();
    let filled = use_screen().filled;
    let offline = use_selector(select::network_down);
    let buttons = use_selector(select::call_buttons);
    let can_attach = use_selector(select::can_attach);
    let drop_zone = use_drop_zone(&props.chat, can_attach);
    let seen = {
        let chat = props.chat.clone();
        use_selector(move |state| Some((select::chat_view(state, &chat)?, select::rows(state, &chat)?)))
    };
    let jumps = use_state(|| 0_u32);
    let region = use_node_ref();
    use_focus_on_arrival(&region);
    let Some((view, rows)) = seen else { return Html::default() };
    let name = AttrValue::from(view.name.clone());
    let onjump = {
        let jumps = jumps.clone();
        Callback::from(move |_: MouseEvent| jumps.set(jumps.wrapping_add(1)))
    };
    let DropZone { over, ondragover, ondragleave, ondrop } = drop_zone;
    html! {
        <div ref={region} {class} role="region" tabindex="-1" aria-label={name.clone()} part="conversation" data-testid="conversation"
            {ondragover} {ondragleave} {ondrop}>
            { conversation_header(&i18n, &styles, filled, &view, &buttons, &dispatch) }
            if offline { { network_bar(&i18n, &styles) } }
            <div class="messages">
                <Window chat={props.chat.clone()} rows={rows.clone()} peer_name={name.clone()}
                    typing={view.chat.typing} jumps={*jumps} />
                if rows.is_empty() && rows.thread().reached_start { { beginning(&i18n, &view) } }
                if rows.thread().loading_older { { older(&i18n) } }
                { jump_down(&i18n, &rows, view.chat.unread, onjump) }
            </div>
            <Composer chat={props.chat.clone()} peer_name={name.clone()} />
            if over { { drop_overlay(&i18n, &styles, &name) } }
        </div>
    }
}

/// Where the field would call an on-screen keyboard up, the conversation itself has the focus: it is announced, and the
/// keyboard goes on from here.
#[hook]
fn use_focus_on_arrival(region: &NodeRef) {
    let compact = use_screen().compact;
    let region = region.clone();
    use_effect_with((), move |()| {
        if compact {
            focus(&region);
        }
    });
}

/// A conversation without messages yet.
fn beginning(i18n: &I18n, view: &ChatView) -> Html {
    html! {
        <div class="beginning">
            <Avatar name={view.name.clone()} alias={view.chat.other.to_string()} image={view.image.clone().map(AttrValue::from)} size={72} />
            <h2>{ &view.name }</h2>
            <p>{ i18n.text(Text::ThreadEmptyHint) }</p>
        </div>
    }
}

fn older(i18n: &I18n) -> Html {
    html! {
        <div class="older" role="status"><span class="wheel" aria-hidden="true" /><span>{ i18n.text(Text::ThreadLoadingOlder) }</span></div>
    }
}

/// The way down, with the number of unread messages there.
fn jump_down(i18n: &I18n, rows: &Rows, below: u32, onclick: Callback<MouseEvent>) -> Html {
    if rows.thread().at_bottom || rows.is_empty() {
        return Html::default();
    }
    let label = jump_label(i18n, below);
    html! {
        <button type="button" class="jump" {onclick} aria-label={label.clone()} title={label}
            part="jump-down" data-testid="jump-down">
            { icon(Icon::Down, 20) }
            if below > 0 { <span class="count" data-testid="jump-count">{ capped(below) }</span> }
        </button>
    }
}

fn jump_label(i18n: &I18n, below: u32) -> AttrValue {
    let jump = i18n.text(Text::ThreadJumpDown);
    if below == 0 {
        return jump;
    }
    let news = i18n.count(Text::ThreadNewOne, Text::ThreadNewOther, below);
    [&*jump, ", ", &*news].concat().into()
}
