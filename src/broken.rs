//! A panic leaves the whole wasm instance unusable. The host page is told, so that it can say so.

use crate::api::host_page::HostPage;
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Once;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn console_error(text: &str);
}

thread_local! {
    static PAGES: RefCell<Vec<Weak<HostPage>>> = const { RefCell::new(Vec::new()) };
}

static HOOK: Once = Once::new();

/// From now on, a panic is reported to this page as `bandyer:broken`.
pub fn tell_when_broken(page: &Rc<HostPage>) {
    HOOK.call_once(|| {
        let earlier = std::panic::take_hook();
        yew::set_custom_panic_hook(Box::new(move |info| {
            earlier(info);
            console_error(&info.to_string());
            let pages =
                PAGES.with(|pages| pages.try_borrow_mut().map(|mut pages| std::mem::take(&mut *pages)));
            for page in pages.unwrap_or_default().iter().filter_map(Weak::upgrade) {
                page.tell("bandyer:broken", &JsValue::UNDEFINED);
            }
        }));
    });
    PAGES.with(|pages| pages.borrow_mut().push(Rc::downgrade(page)));
}

/// The page's widget is gone. Forgets those too whose widget never came to be.
pub fn forget(page: &Rc<HostPage>) {
    PAGES.with(|pages| {
        pages.borrow_mut().retain(|known| known.upgrade().is_some_and(|known| !Rc::ptr_eq(&known, page)));
    });
}
