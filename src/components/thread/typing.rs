//! Three dots while the other person is writing.

use crate::i18n::{Text, use_i18n};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct TypingProps {
    pub active: bool,
}

#[component]
pub fn Typing(props: &TypingProps) -> Html {
    let i18n = use_i18n();
    html! {
        <div class="writing" role="status">
            if props.active {
                <span class="dots" data-testid="typing">
                    <i /><i /><i /><span class="bw-said">{ i18n.text(Text::StatusTyping) }</span>
                </span>
            }
        </div>
    }
}
