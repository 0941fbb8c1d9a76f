//! The buttons that start a call, or lead back to the one that goes on.

use super::ui::button::{IconButton, Tone, icon_button};
use super::ui::icon::Icon;
use crate::i18n::{I18n, Text};
use crate::styles::Styles;
use bandyer_core::action::{CallAction, UserAction};
use bandyer_core::select::{CallBlocked, CallButton, CallButtons};
use bandyer_protocol::{CallType, ChatId};
use yew::prelude::*;

/// One of voice, or one of voice and one of video.
pub fn call_buttons(
    i18n: &I18n,
    styles: &Styles,
    dispatch: &Callback<UserAction>,
    buttons: &CallButtons,
    chat: &ChatId,
) -> Html {
    match buttons {
        CallButtons::BackToCall => back_to_call(i18n, styles, dispatch),
        CallButtons::Start(buttons) => {
            buttons.iter().map(|button| start(i18n, styles, dispatch, *button, chat)).collect()
        }
    }
}

fn start(
    i18n: &I18n,
    styles: &Styles,
    dispatch: &Callback<UserAction>,
    CallButton { call_type, blocked }: CallButton,
    chat: &ChatId,
) -> Html {
    let (icon, text, testid) = match call_type {
        CallType::AudioVideo => (Icon::Video, Text::CallTypeVideo, "header-call-video"),
        CallType::AudioOnly | CallType::AudioUpgradable => {
            (Icon::Phone, Text::CallTypeAudio, "header-call-audio")
        }
    };
    let text = match blocked {
        Some(CallBlocked::CannotVideo) => Text::HeaderNoVideo,
        Some(CallBlocked::Offline | CallBlocked::Busy) | None => text,
    };
    let chat = chat.clone();
    let onclick = dispatch
        .reform(move |_: MouseEvent| UserAction::Call(CallAction::Start { chat: chat.clone(), call_type }));
    let button = IconButton::new(icon, i18n.text(text), onclick);
    let disabled = blocked.is_some();
    icon_button(styles, IconButton { tone: Tone::Header, size: 38, disabled, testid: Some(testid), ..button })
}

pub fn back_to_call(i18n: &I18n, styles: &Styles, dispatch: &Callback<UserAction>) -> Html {
    let onclick = dispatch.reform(|_: MouseEvent| UserAction::Call(CallAction::BackToCall));
    let button = IconButton::new(Icon::Phone, i18n.text(Text::HeaderBackToCall), onclick);
    icon_button(styles, IconButton { tone: Tone::Call, size: 40, testid: Some("back-to-call"), ..button })
}
