//! One mounted widget, put together: state, services, components, and the way to the host page. And taken apart.

use crate::api::client::{Client, ended};
use crate::api::convert::{self, get};
use crate::api::event::event;
use crate::api::host_page::HostPage;
use crate::api::options::options;
use crate::api::pending::Pending;
use crate::broken;
use crate::desk::link::DeskLink;
use crate::files::Files;
use crate::hooks::Surroundings;
use crate::random;
use crate::roots::Root;
use crate::services::user_details::HostFunctions;
use crate::services::{Outside, Place, Services, clock};
use crate::shield::Shield;
use crate::store::Store;
use crate::styles::Styles;
use crate::subscribers::Subscription;
use crate::theme;
use crate::tracks::Tracks;
use bandyer_core::{ApiCallId, ApiError, ApiReply, ClientEvent, State};
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use web_sys::{Element, ShadowRoot, ShadowRootInit, ShadowRootMode};

/// Mounts a widget into `host` for the loader. `options` are the validated public ones, `env` is
/// `{serverUrl, framed, callWindow, desk}`, where `desk` is a function that fetches the desk's module, and
/// `on_event(name, payload)` is told of every event.
///
/// # Errors
/// A plain `{name, code, message}` when the element cannot carry a shadow root or the server's address is none.
#[cfg_attr(feature = "widget", wasm_bindgen)]
pub fn mount(
    host: &JsValue,
    options: &JsValue,
    env: &JsValue,
    on_event: &JsValue,
) -> Result<Client, JsValue> {
    let page = Rc::new(HostPage::new(on_event, get(env, "framed").is_truthy()));
    broken::tell_when_broken(&page);
    let host = host
        .dyn_ref::<Element>()
        .ok_or_else(|| refusal("invalid_container", "the container must be an element"))?;
    let server = server_origin(&get(env, "serverUrl"))?;
    let functions = HostFunctions {
        provider: get(options, "userDetailsProvider").dyn_into().ok(),
        formatter: get(options, "userDetailsFormatter").dyn_into().ok(),
        framed: get(env, "framed").is_truthy(),
    };
    let there = There { server: &server, call_window: get(env, "callWindow") };
    let desk = DeskLink::new(get(env, "desk"));
    let widget = Widget::mount(host, initial_state(options), there, functions, desk, page)?;
    let (store, pending) = (widget.store.clone(), Rc::clone(&widget.pending));
    Ok(Client::new(store, pending, move || widget.end()))
}

fn initial_state(given: &JsValue) -> State {
    let language = web_sys::window().and_then(|window| window.navigator().language());
    State::new(options(given, language.as_deref(), clock::now()), &random::hex::<16>())
}

/// What the loader says of the world outside.
struct There<'a> {
    /// The server's address without a slash at the end.
    server: &'a str,
    call_window: JsValue,
}

struct Widget {
    store: Store,
    pending: Rc<Pending>,
    parts: RefCell<Option<Parts>>,
}

/// What exists only while the widget is mounted.
struct Parts {
    root: Root,
    styles: Styles,
    files: Files,
    tracks: Tracks,
    _shield: Shield,
    _services: Rc<Services>,
    _state_told: Subscription,
    page: Rc<HostPage>,
}

impl Widget {
    fn mount(
        host: &Element,
        state: State,
        there: There<'_>,
        functions: HostFunctions,
        desk: DeskLink,
        page: Rc<HostPage>,
    ) -> Result<Rc<Self>, JsValue> {
        let window = web_sys::window().ok_or_else(|| refusal("no_window", "there is no window"))?;
        let document =
            host.owner_document().ok_or_else(|| refusal("no_document", "the container has no document"))?;
        let shadow = shadow_root(host)?;
        let styles = Styles::new(shadow.clone());
        let _shield = Shield::new(&shadow);
        theme::sheets().into_iter().for_each(|sheet| styles.adopt(sheet));
        let (store, files) = (Store::new(state, clock::now), Files::default());
        let tracks = Tracks::default();
        let widget =
            Rc::new(Self { store: store.clone(), pending: Rc::default(), parts: RefCell::default() });

        let outside = HostSide { page: Rc::clone(&page), widget: Rc::downgrade(&widget) };
        let There { server, call_window } = there;
        let place = Place { window: &window, document: &document, server, call_window };
        let services = Rc::new(Services::new(
            &store,
            files.clone(),
            tracks.clone(),
            desk.clone(),
            &place,
            functions,
            Box::new(outside),
        ));
        let runner = Rc::clone(&services);
        store.run_effects(move |effect| runner.run(effect));
        let state_told = widget.tell_page(&page);
        let surroundings = Surroundings {
            store,
            styles: styles.clone(),
            files: files.clone(),
            tracks: tracks.clone(),
            desk,
        };
        let root = Root::mount(&document, &shadow, surroundings)?;
        *widget.parts.borrow_mut() = Some(Parts {
            root,
            styles,
            files,
            tracks,
            _shield,
            _services: services,
            _state_told: state_told,
            page,
        });
        Ok(widget)
    }

    /// The page is told how the widget stands, after each change.
    fn tell_page(self: &Rc<Self>, page: &Rc<HostPage>) -> Subscription {
        let (page, widget) = (Rc::clone(page), Rc::downgrade(self));
        self.store.subscribe(move || {
            if let Some(widget) = widget.upgrade() {
                let state = widget.store.state();
                page.tell_state(&state);
                page.tell_changed(&state);
            }
        })
    }

    /// Lets go of everything; a second time there is nothing left to do.
    fn end(&self) {
        let Some(parts) = self.parts.borrow_mut().take() else { return };
        self.store.close();
        broken::forget(&parts.page);
        parts.root.retire();
        parts.styles.release();
        parts.files.forget_all();
        parts.tracks.stop_all();
        self.pending.reject_all(&ended());
    }
}

/// The way from the core to the host page.
struct HostSide {
    page: Rc<HostPage>,
    widget: Weak<Widget>,
}

impl Outside for HostSide {
    fn emit(&self, client_event: ClientEvent) {
        let Some(widget) = self.widget.upgrade() else { return };
        let state = widget.store.state();
        // A listener that asks isAuthenticated() gets the answer that belongs to the event.
        self.page.tell_state(&state);
        let (name, payload) = event(&client_event, &state);
        self.page.tell(name, &payload);
    }

    fn reply(&self, call: ApiCallId, reply: Result<ApiReply, ApiError>) {
        let Some(widget) = self.widget.upgrade() else { return };
        let outcome = match &reply {
            Ok(reply) => Ok(convert::reply(reply)),
            Err(error) => Err(convert::error(error)),
        };
        widget.pending.settle(call, outcome);
    }

    fn unmount(&self) {
        if let Some(widget) = self.widget.upgrade() {
            self.page.tell_state(&widget.store.state());
            widget.end();
            self.page.tell("bandyer:unmounted", &JsValue::UNDEFINED);
        }
    }
}

/// The open shadow root of the host element, an existing one if there is one.
fn shadow_root(host: &Element) -> Result<ShadowRoot, JsValue> {
    if let Some(root) = host.shadow_root() {
        return Ok(root);
    }
    host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open))
        .map_err(|_| refusal("invalid_container", "the container cannot carry a shadow root; use a div"))
}

/// The address of the server without a slash at the end.
fn server_origin(given: &JsValue) -> Result<String, JsValue> {
    let address = given.as_string().unwrap_or_default();
    let known =
        web_sys::Url::new(&address).is_ok_and(|url| matches!(url.protocol().as_str(), "http:" | "https:"));
    if known {
        Ok(address.trim_end_matches('/').to_owned())
    } else {
        Err(refusal("invalid_server_url", "serverUrl must be an http or https address"))
    }
}

fn refusal(code: &str, message: &str) -> JsValue {
    convert::rejection("Error", &code.into(), message)
}
