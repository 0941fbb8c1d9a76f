//! The store's promises, and how often a selector makes its component render.

use crate::page::turn;
use bandyer_chat_widget::desk::link::DeskLink;
use bandyer_chat_widget::files::Files;
use bandyer_chat_widget::hooks::{Shared, Surroundings, use_dispatch, use_selector, use_store};
use bandyer_chat_widget::store::Store;
use bandyer_chat_widget::styles::Styles;
use bandyer_chat_widget::tracks::Tracks;
use bandyer_core::action::{PanelAction, UserAction};
use bandyer_core::{Action, ApiCall, ApiCallId, Effect, Options, State};
use bandyer_protocol::Timestamp;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_test::wasm_bindgen_test;
use yew::prelude::*;

fn store() -> Store {
    let state = State::new(Options { chat: true, ..Options::default() }, "00112233445566778899aabbccddeeff");
    Store::new(state, || Timestamp(1))
}

fn search(text: String) -> UserAction {
    UserAction::Panel(PanelAction::Search { key: text.clone(), text })
}

/// An action with an effect (the reply) and a change to see.
fn set_url(id: u32, url: &str) -> Action {
    Action::Api(ApiCallId(id), ApiCall::SetExtensionUrl { url: url.to_owned() })
}

fn url(store: &Store) -> String {
    store.state().options.screen_sharing_extension_url.clone()
}

fn user(action: impl Into<UserAction>) -> Action {
    Action::User(action.into())
}

#[wasm_bindgen_test]
fn a_dispatch_from_an_effect_waits_and_is_done_before_control_returns() {
    let store = store();
    let seen: Rc<RefCell<Vec<String>>> = Rc::default();
    let (inner, log) = (store.clone(), Rc::clone(&seen));
    store.run_effects(move |effect| {
        if let Effect::Reply(ApiCallId(id), _) = effect {
            log.borrow_mut().push(format!("reply {id} at {}", url(&inner)));
            if id == 1 {
                inner.dispatch(set_url(2, "b"));
                log.borrow_mut().push(format!("still at {}", url(&inner)));
            }
        }
    });
    let (inner, log) = (store.clone(), Rc::clone(&seen));
    let _told = store.subscribe(move || log.borrow_mut().push(format!("told at {}", url(&inner))));
    store.dispatch(set_url(1, "a"));
    assert_eq!(*seen.borrow(), ["reply 1 at a", "still at a", "reply 2 at b", "told at b"]);
}

#[wasm_bindgen_test]
fn a_dispatch_from_a_subscriber_is_told_too() {
    let store = store();
    let told = Rc::new(Cell::new(0));
    let (inner, count) = (store.clone(), Rc::clone(&told));
    let _told = store.subscribe(move || {
        count.set(count.get() + 1);
        if inner.state().panel.search.len() < 3 {
            let longer = format!("{}x", inner.state().panel.search);
            inner.dispatch(user(search(longer)));
        }
    });
    store.dispatch(user(search(String::new())));
    assert_eq!((told.get(), store.state().panel.search.as_str()), (4, "xxx"));
}

#[wasm_bindgen_test]
fn a_snapshot_survives_a_dispatch_and_a_closed_store_does_nothing() {
    let store = store();
    let before = store.state();
    store.dispatch(user(search("new".to_owned())));
    assert_eq!((before.panel.search.as_str(), store.state().panel.search.as_str()), ("", "new"));

    let told = Rc::new(Cell::new(0));
    let count = Rc::clone(&told);
    let subscription = store.subscribe(move || count.set(count.get() + 1));
    drop(subscription);
    store.dispatch(user(search("newer".to_owned())));
    assert_eq!(told.get(), 0, "dropping ends a subscription");
    store.close();
    store.dispatch(user(search("late".to_owned())));
    assert!(store.is_closed());
    assert_eq!(store.state().panel.search, "");
}

#[derive(Clone, Default)]
struct Renders(Rc<Cell<u32>>);

impl PartialEq for Renders {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Renders {
    fn count(&self) {
        self.0.set(self.0.get() + 1);
    }
}

#[derive(Clone, PartialEq, Properties)]
struct ProbeProps {
    surroundings: Surroundings,
    filter: Renders,
    panel: Renders,
}

#[component]
fn Probes(props: &ProbeProps) -> Html {
    html! {
        <ContextProvider<Surroundings> context={props.surroundings.clone()}>
            <FilterProbe renders={props.filter.clone()} />
            <PanelProbe renders={props.panel.clone()} />
        </ContextProvider<Surroundings>>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct RenderProps {
    renders: Renders,
}

#[component]
fn FilterProbe(props: &RenderProps) -> Html {
    props.renders.count();
    let online = use_selector(|state| state.panel.online_only);
    html! { <p>{ if online { "online" } else { "all" } }</p> }
}

#[component]
fn PanelProbe(props: &RenderProps) -> Html {
    props.renders.count();
    let panel = use_selector(|state| Shared::from(&state.panel));
    let (store, dispatch) = (use_store(), use_dispatch());
    assert!(Rc::ptr_eq(&store.state().panel, &store.state().panel));
    let onclick = dispatch.reform(|_: MouseEvent| search("clicked".to_owned()));
    html! { <button {onclick}>{ &panel.search }</button> }
}

#[wasm_bindgen_test]
async fn a_component_renders_again_only_when_its_selection_changed() {
    let document = web_sys::window().unwrap().document().unwrap();
    let host = document.create_element("div").unwrap();
    let root = host.attach_shadow(&web_sys::ShadowRootInit::new(web_sys::ShadowRootMode::Open)).unwrap();
    let place = document.create_element("div").unwrap();
    root.append_child(&place).unwrap();
    document.body().unwrap().append_child(&host).unwrap();
    let (filter, panel) = (Renders::default(), Renders::default());
    let surroundings = Surroundings {
        store: store(),
        styles: Styles::new(root),
        files: Files::default(),
        tracks: Tracks::default(),
        desk: DeskLink::default(),
    };
    let store = surroundings.store.clone();
    let props = ProbeProps { surroundings, filter: filter.clone(), panel: panel.clone() };
    let app = yew::Renderer::<Probes>::with_root_and_props(place.clone(), props).render();
    turn().await;
    assert_eq!((filter.0.get(), panel.0.get()), (1, 1));

    store.dispatch(user(search("a".to_owned())));
    store.dispatch(user(search("ab".to_owned())));
    turn().await;
    assert_eq!(
        (filter.0.get(), panel.0.get()),
        (1, 2),
        "two changes of one turn are one render of one component"
    );
    assert_eq!(place.text_content().unwrap(), "allab");

    store.dispatch(user(PanelAction::FilterOnline(true)));
    turn().await;
    assert_eq!((filter.0.get(), panel.0.get()), (2, 3));

    let button: web_sys::HtmlElement =
        wasm_bindgen::JsCast::dyn_into(place.query_selector("button").unwrap().unwrap()).unwrap();
    button.click();
    assert_eq!(store.state().panel.search, "clicked", "an action is done when the click is");
    turn().await;
    assert_eq!(place.text_content().unwrap(), "onlineclicked");

    app.destroy();
    turn().await;
    store.dispatch(user(search("gone".to_owned())));
    turn().await;
    assert_eq!((filter.0.get(), panel.0.get()), (2, 4));
    host.remove();
}
