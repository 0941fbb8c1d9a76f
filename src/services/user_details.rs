//! How the host wants users to be named and pictured: `userDetailsFormatter` and `userDetailsProvider`. Both are the
//! host's code and may do anything; whatever they do, the alias is always there to show.

use crate::i18n::key;
use bandyer_core::action::DetailsEvent;
use bandyer_protocol::{UserAlias, UserProfile};
use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Object, Promise, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// A slower provider is not waited for.
const PROVIDER_MS: u32 = 1200;

#[wasm_bindgen]
extern "C" {
    /// Unlike the binding of `js_sys`, this one survives a getter that throws.
    #[wasm_bindgen(js_namespace = Object, js_name = assign, catch)]
    fn assign(target: &Object, source: &JsValue) -> Result<JsValue, JsValue>;
}

/// The host's functions.
#[derive(Default)]
pub struct HostFunctions {
    pub provider: Option<Function>,
    pub formatter: Option<Function>,
    /// In a frame the functions are far away and answer with promises, the formatter too.
    pub framed: bool,
}

#[derive(Clone)]
pub struct UserDetails(Rc<Inner>);

struct Inner {
    server: String,
    host: HostFunctions,
    report: Box<dyn Fn(DetailsEvent)>,
    /// What the provider said, by alias in order; an entry without data was asked for, and is never asked for again.
    provided: RefCell<Vec<(UserAlias, Option<Object>)>>,
    /// To be asked for at the end of this turn, all in one call.
    waiting: RefCell<Vec<UserProfile>>,
}

impl UserDetails {
    /// `report` is told how to show whom.
    pub fn new(server: &str, host: HostFunctions, report: impl Fn(DetailsEvent) + 'static) -> Self {
        let (provided, waiting) = Default::default();
        Self(Rc::new(Inner { server: server.to_owned(), host, report: Box::new(report), provided, waiting }))
    }

    /// Shows the users at once with what the platform knows, and asks the provider for more.
    pub fn describe(&self, profiles: Vec<UserProfile>) {
        for profile in profiles {
            let provided = self.provided(&profile.alias);
            self.show(&profile, provided.as_ref().and_then(Option::as_ref));
            if provided.is_none() && self.0.host.provider.is_some() {
                self.keep(&profile.alias, None);
                self.0.waiting.borrow_mut().push(profile);
            }
        }
        if !self.0.waiting.borrow().is_empty() {
            let this = self.clone();
            spawn_local(async move { this.ask().await });
        }
    }

    async fn ask(self) {
        let asked = self.0.waiting.take();
        let Some(provider) = self.0.host.provider.as_ref().filter(|_| !asked.is_empty()) else { return };
        let aliases: Array = asked.iter().map(|profile| JsValue::from_str(profile.alias.as_str())).collect();
        let Ok(answer) = provider.call1(&JsValue::UNDEFINED, &aliases) else { return };
        let answer = JsFuture::from(Promise::resolve(&answer));
        let Either::Left((Ok(list), _)) = select(answer, TimeoutFuture::new(PROVIDER_MS)).await else {
            return;
        };
        for item in items(&list) {
            let alias = text(&item, "userAlias");
            let profile = asked.iter().find(|profile| alias.as_deref() == Some(profile.alias.as_str()));
            if let (Some(profile), Some(data)) = (profile, item.dyn_ref::<Object>()) {
                self.keep(&profile.alias, Some(data.clone()));
                self.show(profile, Some(data));
            }
        }
    }

    fn provided(&self, alias: &UserAlias) -> Option<Option<Object>> {
        let provided = self.0.provided.borrow();
        let index = provided.binary_search_by(|(known, _)| known.cmp(alias)).ok()?;
        provided.get(index).map(|(_, data)| data.clone())
    }

    fn keep(&self, alias: &UserAlias, data: Option<Object>) {
        let mut provided = self.0.provided.borrow_mut();
        match provided.binary_search_by(|(known, _)| known.cmp(alias)) {
            Ok(index) => provided[index].1 = data,
            Err(index) => provided.insert(index, (alias.clone(), data)),
        }
    }

    fn show(&self, profile: &UserProfile, provided: Option<&Object>) {
        let user = platform_user(profile);
        let page = web_sys::window().and_then(|window| window.document()?.base_uri().ok().flatten());
        let mut image = None;
        if let Some(data) = provided {
            // A getter that throws leaves the copy incomplete, not unusable.
            let _ = assign(&user, data);
            image = text(data, "image").and_then(|image| picture_address(&image, page.as_deref()));
        }
        let image = image.or_else(|| picture_address(profile.image.as_deref()?, Some(&self.0.server)));
        let Some(formatter) = &self.0.host.formatter else {
            return self.resolved(&profile.alias, None, image);
        };
        let name = formatter.call1(&JsValue::UNDEFINED, &user).unwrap_or(JsValue::UNDEFINED);
        if !self.0.host.framed || name.is_string() {
            return self.resolved(&profile.alias, name.as_string(), image);
        }
        let (this, alias) = (self.clone(), profile.alias.clone());
        spawn_local(async move {
            let name = JsFuture::from(Promise::resolve(&name)).await.unwrap_or(JsValue::UNDEFINED);
            this.resolved(&alias, name.as_string(), image);
        });
    }

    fn resolved(&self, user: &UserAlias, name: Option<String>, image: Option<String>) {
        let name = name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| user.to_string());
        let key = key::of(&name);
        (self.0.report)(DetailsEvent::Resolved { user: user.clone(), name, key, image });
    }
}

/// The object the formatter is given, before the provider adds to it.
fn platform_user(profile: &UserProfile) -> Object {
    let user = Object::new();
    let set = |key: &str, value: JsValue| crate::js::put(&user, key, &value);
    let optional = |value: &Option<String>| value.as_deref().map_or(JsValue::NULL, JsValue::from_str);
    set("userAlias", profile.alias.as_str().into());
    set("firstName", optional(&profile.first_name));
    set("lastName", optional(&profile.last_name));
    set("email", optional(&profile.email));
    set("image", optional(&profile.image));
    set("canVideo", profile.can_video.into());
    user
}

/// The elements of an array; of anything else, none.
fn items(list: &JsValue) -> Vec<JsValue> {
    if !Array::is_array(list) {
        return Vec::new();
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an array's length is a u32")]
    let length =
        Reflect::get(list, &"length".into()).ok().and_then(|length| length.as_f64()).unwrap_or(0.0) as u32;
    (0..length).filter_map(|index| Reflect::get_u32(list, index).ok()).collect()
}

fn text(object: &JsValue, key: &str) -> Option<String> {
    Reflect::get(object, &key.into()).ok()?.as_string()
}

/// The absolute address of a picture, if it is of a kind that only ever shows a picture.
fn picture_address(address: &str, base: Option<&str>) -> Option<String> {
    if address.is_empty() {
        return None;
    }
    let url = match base {
        Some(base) => web_sys::Url::new_with_base(address, base),
        None => web_sys::Url::new(address),
    }
    .ok()?;
    let href = url.href();
    match url.protocol().as_str() {
        "http:" | "https:" | "blob:" => Some(href),
        "data:" if href.starts_with("data:image/") => Some(href),
        _ => None,
    }
}
