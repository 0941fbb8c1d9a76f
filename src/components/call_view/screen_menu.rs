//! The question before a screen is shared: documents or motion?

use super::{Kit, Over};
use crate::components::ui::icon::{Icon, icon};
use crate::i18n::Text;
use bandyer_core::action::{CallAction, UserAction};
use bandyer_core::calls::ScreenKind;
use yew::prelude::*;

pub(super) fn menu(kit: &Kit) -> Html {
    html! { <>
        <div class="backdrop" onclick={kit.opener(Over::Nothing)} />
        <div ref={kit.node} class="menu" role="group" aria-label={kit.text(Text::ScreenTitle)} tabindex="-1" data-testid="call-screen-menu">
            <h2>{ kit.text(Text::ScreenTitle) }</h2>
            { choice(kit, ScreenKind::Static, Icon::File, (Text::ScreenStatic, Text::ScreenStaticHint), "call-screen-static") }
            { choice(kit, ScreenKind::Dynamic, Icon::Video, (Text::ScreenDynamic, Text::ScreenDynamicHint), "call-screen-dynamic") }
        </div>
    </> }
}

fn choice(
    kit: &Kit,
    kind: ScreenKind,
    shape: Icon,
    (name, hint): (Text, Text),
    testid: &'static str,
) -> Html {
    let (dispatch, open) = (kit.dispatch.clone(), kit.open.clone());
    let onclick = Callback::from(move |_: MouseEvent| {
        open.emit(Over::Nothing);
        dispatch.emit(UserAction::Call(CallAction::ShareScreen(kind)));
    });
    html! {
        <button type="button" {onclick} data-testid={testid}>
            <span class="sign">{ icon(shape, 20) }</span>
            <span><strong>{ kit.text(name) }</strong><small>{ kit.text(hint) }</small></span>
        </button>
    }
}
