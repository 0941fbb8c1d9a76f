//! One conversation: its head, its messages, and where new ones are written.

mod attach;
mod attachment;
mod composer;
mod heights;
mod links;
mod message;
mod sheet;
mod typing;
mod view_port;
mod window;

use super::header::ConversationHeader;
use super::launcher::capped;
use super::network_bar::NetworkBar;
use super::ui::avatar::Avatar;
use super::ui::icon::{Icon, IconView};
use crate::hooks::{use_class, use_selector};
use crate::i18n::{I18n, Text, use_i18n};
use attach::DropZone;
use bandyer_core::chats::Rows;
use bandyer_core::select::{self, ChatView};
use bandyer_protocol::ChatId;
use composer::Composer;
use window::Window;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct ConversationProps {
    pub chat: ChatId,
}

#[component]
pub fn Conversation(props: &ConversationProps) -> Html {
    let class = use_class(sheet::style);
    let can_attach = use_selector(select::can_attach);
    let seen = {
        let chat = props.chat.clone();
        use_selector(move |state| Some((select::chat_view(state, &chat)?, select::rows(state, &chat)?)))
    };
    let jumps = use_state(|| 0_u32);
    let Some((ChatView { chat, name, image, .. }, rows)) = seen else { return Html::default() };
    let name = AttrValue::from(name);
    let onjump = {
        let jumps = jumps.clone();
        Callback::from(move |_: MouseEvent| jumps.set(jumps.wrapping_add(1)))
    };
    let beginning = rows.is_empty() && rows.thread().reached_start;
    html! {
        <DropZone chat={props.chat.clone()} peer_name={name.clone()} enabled={can_attach} {class}>
            <ConversationHeader peer={chat.other.clone()} name={name.clone()} typing={chat.typing} />
            <NetworkBar />
            <div class="messages">
                <Window chat={props.chat.clone()} rows={rows.clone()} peer_name={name.clone()} typing={chat.typing} jumps={*jumps} />
                if beginning {
                    <Beginning name={name.clone()} alias={chat.other.to_string()} image={image.map(AttrValue::from)} />
                }
                <Older loading={rows.thread().loading_older} />
                <JumpDown {rows} {onjump} />
            </div>
            <Composer chat={props.chat.clone()} peer_name={name} />
        </DropZone>
    }
}

#[derive(PartialEq, Properties)]
struct BeginningProps {
    name: AttrValue,
    alias: AttrValue,
    image: Option<AttrValue>,
}

/// A conversation without messages yet.
#[component]
fn Beginning(props: &BeginningProps) -> Html {
    let i18n = use_i18n();
    html! {
        <div class="beginning">
            <Avatar name={props.name.clone()} alias={props.alias.clone()} image={props.image.clone()} size={72} />
            <h2>{ &props.name }</h2>
            <p>{ i18n.text(Text::ThreadEmptyHint) }</p>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct OlderProps {
    loading: bool,
}

#[component]
fn Older(props: &OlderProps) -> Html {
    let i18n = use_i18n();
    if !props.loading {
        return Html::default();
    }
    html! {
        <div class="older" role="status"><span class="wheel" aria-hidden="true" /><span>{ i18n.text(Text::ThreadLoadingOlder) }</span></div>
    }
}

#[derive(PartialEq, Properties)]
struct JumpDownProps {
    rows: Rows,
    onjump: Callback<MouseEvent>,
}

#[component]
fn JumpDown(props: &JumpDownProps) -> Html {
    let i18n = use_i18n();
    let thread = props.rows.thread();
    if thread.at_bottom || props.rows.is_empty() {
        return Html::default();
    }
    let label = jump_label(&i18n, thread.new_below);
    html! {
        <button type="button" class="jump" onclick={props.onjump.clone()} aria-label={label.clone()} title={label}
            part="jump-down" data-testid="jump-down">
            <IconView icon={Icon::Down} />
            if thread.new_below > 0 { <span class="count" data-testid="jump-count">{ capped(thread.new_below) }</span> }
        </button>
    }
}

fn jump_label(i18n: &I18n, new_below: u32) -> AttrValue {
    let jump = i18n.text(Text::ThreadJumpDown);
    if new_below == 0 {
        return jump;
    }
    let news = i18n.count(Text::ThreadNewOne, Text::ThreadNewOther, new_below);
    [&*jump, ", ", &*news].concat().into()
}
