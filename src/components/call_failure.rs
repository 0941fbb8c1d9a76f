//! A call that did not come about, or broke: what happened, what to do, and the way back.

use super::screen::focus;
use super::ui::button::pill;
use super::ui::empty::{Drawing, Empty, empty};
use crate::hooks::{use_class, use_dispatch, use_styles};
use crate::i18n::{Text, use_i18n};
use crate::styles::Css;
use bandyer_core::action::UserAction;
use bandyer_core::calls::CallFailure;
use bandyer_css::css;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct FailureProps {
    pub failure: CallFailure,
}

fn words(failure: CallFailure) -> (Text, Text) {
    match failure {
        CallFailure::AnotherCallInProgress => (Text::FailureAnotherCallTitle, Text::FailureAnotherCallHint),
        CallFailure::InitiatorNotAvailable => (Text::FailureCannotStartTitle, Text::FailureInitiatorHint),
        CallFailure::UsersBusy => (Text::FailureBusyTitle, Text::FailureBusyHint),
        CallFailure::InvalidPermissionCanVideo => (Text::FailureCannotStartTitle, Text::FailureNoVideoHint),
        CallFailure::Generic | CallFailure::HangUpOnEndedCall => {
            (Text::FailureGenericTitle, Text::FailureGenericHint)
        }
        CallFailure::JoinInvalidUrl => (Text::FailureLinkTitle, Text::FailureLinkHint),
        CallFailure::JoinRequestFailed => (Text::FailureJoinTitle, Text::FailureJoinHint),
        CallFailure::JoinInvalidMtm => (Text::FailureGroupTitle, Text::FailureGroupHint),
        CallFailure::ConnectionLost => (Text::FailureLostTitle, Text::FailureLostHint),
        CallFailure::Devices => (Text::FailureDevicesTitle, Text::FailureDevicesHint),
        CallFailure::ActionAlreadyTaken => (Text::FailureElsewhereTitle, Text::FailureElsewhereHint),
        CallFailure::AlreadyInCall => (Text::FailureAlreadyInTitle, Text::FailureAlreadyInHint),
    }
}

#[component]
pub fn FailureView(props: &FailureProps) -> Html {
    let class = use_class(style);
    let (i18n, styles) = (use_i18n(), use_styles());
    let dispatch = use_dispatch();
    let button = use_node_ref();
    {
        let button = button.clone();
        use_effect_with((), move |()| focus(&button));
    }
    let onclick = dispatch.reform(|_: MouseEvent| UserAction::DismissCallFailure);
    let (title, hint) = words(props.failure);
    html! {
        <div {class} role="alert" data-testid="call-failure" data-code={props.failure.as_str()}>
            { empty(&styles, Empty {
                drawing: Drawing::NoCall,
                title: i18n.text(title),
                hint: i18n.text(hint),
                kind: None,
                action: pill(&styles, button, i18n.text(Text::CallChat), onclick, "call-failure-close"),
            }) }
        </div>
    }
}

fn style() -> Css {
    css!("flex: 1; min-block-size: 0; overflow: auto;")
}
