//! A call that did not come about, or broke: what happened, what to do, and the way back.

use super::ui::button::pill;
use super::ui::empty::{Drawing, Empty, empty};
use crate::i18n::{I18n, Text};
use crate::styles::{Css, Styles};
use bandyer_core::action::{CallAction, UserAction};
use bandyer_core::calls::CallFailure;
use bandyer_css::css;
use yew::prelude::*;

fn words(failure: CallFailure) -> (Text, Text) {
    match failure {
        CallFailure::AnotherCallInProgress => (Text::FailureAnotherCallTitle, Text::FailureAnotherCallHint),
        CallFailure::InitiatorNotAvailable => (Text::FailureCannotStartTitle, Text::FailureInitiatorHint),
        CallFailure::UsersBusy => (Text::FailureBusyTitle, Text::FailureBusyHint),
        CallFailure::InvalidPermissionCanVideo => (Text::FailureCannotStartTitle, Text::FailureNoVideoHint),
        CallFailure::Generic
        | CallFailure::HangUpOnEndedCall
        | CallFailure::NotRinging
        | CallFailure::AnswerFailed => (Text::FailureGenericTitle, Text::FailureGenericHint),
        CallFailure::JoinInvalidUrl => (Text::FailureLinkTitle, Text::FailureLinkHint),
        CallFailure::JoinRequestFailed => (Text::FailureJoinTitle, Text::FailureJoinHint),
        CallFailure::JoinInvalidMtm => (Text::FailureGroupTitle, Text::FailureGroupHint),
        CallFailure::ConnectionLost => (Text::FailureLostTitle, Text::FailureLostHint),
        CallFailure::CannotConnect => (Text::FailureNoWayTitle, Text::FailureNoWayHint),
        CallFailure::NoWebrtc => (Text::FailureNoWebrtcTitle, Text::FailureNoWebrtcHint),
        CallFailure::PeerNoWebrtc => (Text::FailurePeerNoWebrtcTitle, Text::FailurePeerNoWebrtcHint),
        CallFailure::TooManyRings => (Text::FailureTooOftenTitle, Text::FailureTooOftenHint),
        CallFailure::Devices => (Text::FailureDevicesTitle, Text::FailureDevicesHint),
        CallFailure::ActionAlreadyTaken => (Text::FailureElsewhereTitle, Text::FailureElsewhereHint),
        CallFailure::AlreadyInCall => (Text::FailureAlreadyInTitle, Text::FailureAlreadyInHint),
    }
}

pub fn failure_view(
    i18n: &I18n,
    styles: &Styles,
    dispatch: &Callback<UserAction>,
    button: NodeRef,
    failure: CallFailure,
) -> Html {
    let class = styles.class(style);
    let onclick = dispatch.reform(|_: MouseEvent| UserAction::Call(CallAction::DismissFailure));
    let (title, hint) = words(failure);
    html! {
        <div key="failure" {class} role="alert" data-testid="call-failure" data-code={failure.as_str()}>
            { empty(styles, Empty {
                drawing: Drawing::NoCall,
                title: i18n.text(title),
                hint: i18n.text(hint),
                kind: None,
                action: pill(styles, button, i18n.text(Text::CallChat), onclick, "call-failure-close"),
            }) }
        </div>
    }
}

fn style() -> Css {
    css!("flex: 1; min-block-size: 0; overflow: auto;")
}
