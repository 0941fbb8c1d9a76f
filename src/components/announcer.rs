//! What screen readers are told beside what has focus: new messages and the state of the line politely, trouble at
//! once.

use crate::hooks::use_selector;
use crate::i18n::{I18n, Text, use_i18n};
use bandyer_core::select;
use bandyer_protocol::Message;
use std::rc::Rc;
use yew::prelude::*;

/// The last message received, with the name of who sent it.
#[derive(Clone, PartialEq)]
struct Heard {
    message: Message,
    name: String,
}

#[hook]
pub fn use_announcer() -> Html {
    let i18n = use_i18n();
    let heard = use_selector(|state| {
        let message = state.chats.last_received.clone()?;
        let name = state.users.name(&message.sender).to_owned();
        Some(Rc::new(Heard { message, name }))
    });
    let offline = use_selector(select::network_down);
    let line = use_line(&i18n, offline);
    html! {
        <div class="bw-said">
            <div aria-live="polite">
                if let Some(heard) = heard { { [&heard.name, ": ", heard.message.body.as_text()].concat() } }
            </div>
            <div aria-live="polite">{ line }</div>
        </div>
    }
}

/// Says nothing before the line was lost for the first time.
#[hook]
fn use_line(i18n: &I18n, offline: bool) -> AttrValue {
    let lost = use_mut_ref(|| false);
    if offline {
        *lost.borrow_mut() = true;
        return i18n.text(Text::NetworkOffline);
    }
    if *lost.borrow() { i18n.text(Text::NetworkOnline) } else { AttrValue::default() }
}
