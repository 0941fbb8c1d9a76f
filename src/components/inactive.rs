//! The end of a session: the token ran out, the account is gone, or page and server are too far apart. The only way on is
//! out.

use super::screen::focus;
use super::ui::button::pill;
use super::ui::empty::{Drawing, Empty, empty};
use crate::hooks::{use_class, use_dispatch, use_styles};
use crate::i18n::{Text, use_i18n};
use crate::styles::Css;
use bandyer_core::action::UserAction;
use bandyer_core::panel::{InactiveReason, Outdated};
use bandyer_css::css;
use bandyer_protocol::DisconnectReason;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct InactiveProps {
    pub reason: InactiveReason,
}

struct Words {
    reason: &'static str,
    drawing: Drawing,
    title: Text,
    hint: Text,
}

fn words(reason: InactiveReason) -> Words {
    match reason {
        InactiveReason::TokenExpired => Words {
            reason: "token_expired",
            drawing: Drawing::Over,
            title: Text::InactiveExpiredTitle,
            hint: Text::InactiveExpiredHint,
        },
        InactiveReason::Outdated(Outdated::Page) => Words {
            reason: "page_outdated",
            drawing: Drawing::Over,
            title: Text::InactivePageTitle,
            hint: Text::InactivePageHint,
        },
        InactiveReason::Outdated(Outdated::Server) => Words {
            reason: "server_outdated",
            drawing: Drawing::Over,
            title: Text::InactiveServerTitle,
            hint: Text::InactiveServerHint,
        },
        InactiveReason::Disconnected(DisconnectReason::UserDeleted) => Words {
            reason: "user_deleted",
            drawing: Drawing::Locked,
            title: Text::InactiveDeletedTitle,
            hint: Text::InactiveDeletedHint,
        },
        InactiveReason::Disconnected(DisconnectReason::UserDisabled) => Words {
            reason: "user_disabled",
            drawing: Drawing::Locked,
            title: Text::InactiveDisabledTitle,
            hint: Text::InactiveDisabledHint,
        },
    }
}

#[component]
pub fn Inactive(props: &InactiveProps) -> Html {
    let class = use_class(style);
    let styles = use_styles();
    let i18n = use_i18n();
    let dispatch = use_dispatch();
    let words = words(props.reason);
    let button = use_node_ref();
    {
        let button = button.clone();
        use_effect_with((), move |()| focus(&button));
    }
    let onclick = Callback::from(move |_: MouseEvent| dispatch.emit(UserAction::LeaveInactive));
    html! {
        <div {class} role="alert" data-testid="inactive-view" data-reason={words.reason}>
            { empty(&styles, Empty {
                drawing: words.drawing,
                title: i18n.text(words.title),
                hint: i18n.text(words.hint),
                kind: None,
                action: pill(&styles, button, i18n.text(Text::InactiveClose), onclick, "inactive-close"),
            }) }
        </div>
    }
}

fn style() -> Css {
    css!("flex: 1; min-block-size: 0; overflow: auto;")
}
