//! Where the desk stands in the call: an element that its module fills, and what is seen until it is there.

use crate::components::person::myself;
use crate::desk::link::OpenDesk;
use crate::desk::scene::{Scene, Side, language_word};
use crate::hooks::{use_desk, use_selector};
use crate::i18n::{Text, use_i18n};
use bandyer_core::calls::Stage;
use bandyer_core::session::Phase;
use bandyer_core::{State, select};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

/// What the desk is told; nothing without a call.
fn scene(state: &State) -> Option<Scene> {
    let Stage::Active(active) = &state.calls.stage else { return None };
    let side = |person: Option<select::Person>| {
        person.map(|person| Side { alias: person.alias.to_string(), name: person.name }).unwrap_or_default()
    };
    Some(Scene {
        room: active.call.call.to_string(),
        me: side(myself(state)),
        peer: side(select::call_peer(state)),
        language: language_word(state.options.language).to_owned(),
        connected: state.session.phase == Phase::Connected,
        offline: select::network_down(state),
        tools: state.calls.tools(&state.options),
    })
}

/// How far it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Coming {
    Comes,
    Stands,
    Failed,
}

/// Whether a key was pressed in the desk, which hears of it after the widget around it.
pub fn is_inside(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let desk = target.as_ref().and_then(|target| target.closest(".desk-inside").ok().flatten());
    desk.is_some() && desk != target
}

#[component]
pub fn Desk() -> Html {
    let (i18n, link, node) = (use_i18n(), use_desk(), use_node_ref());
    let scene = use_selector(scene);
    let told = scene.and_then(|scene| serde_json::to_string(&scene).ok());
    let coming = use_state_eq(|| Coming::Comes);
    let tries = use_state_eq(|| 0_u32);
    let desk = use_mut_ref(|| None::<OpenDesk>);
    {
        let (node, desk, coming, told) = (node.clone(), Rc::clone(&desk), coming.setter(), told.clone());
        use_effect_with(*tries, move |_| {
            coming.set(Coming::Comes);
            let stands = move |stands| coming.set(if stands { Coming::Stands } else { Coming::Failed });
            *desk.borrow_mut() =
                node.cast::<Element>().map(|node| link.open(&node, told.as_deref().unwrap_or(""), stands));
            move || close(&desk)
        });
    }
    use_effect_with(told, move |told| {
        if let (Some(desk), Some(told)) = (&*desk.borrow(), told) {
            desk.tell(told);
        }
    });
    let again = Callback::from(move |_: MouseEvent| tries.set(*tries + 1));
    html! {
        <div class="desk" data-testid="desk">
            <div ref={node} class="desk-inside" />
            { match *coming {
                Coming::Comes => html! { <p class="desk-coming" role="status"><i class="wheel" aria-hidden="true" /></p> },
                Coming::Stands => Html::default(),
                Coming::Failed => html! {
                    <p class="desk-coming" role="alert">
                        { i18n.text(Text::DeskFailed) }
                        <button type="button" class="go" onclick={again} data-testid="desk-again">{ i18n.text(Text::MessageRetry) }</button>
                    </p>
                },
            } }
        </div>
    }
}

fn close(desk: &Rc<RefCell<Option<OpenDesk>>>) {
    // Dropped with nothing borrowed: what it closes may come back here.
    let open = desk.borrow_mut().take();
    drop(open);
}
