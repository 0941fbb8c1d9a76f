//! The style sheets of one widget: everything goes into `adoptedStyleSheets` of its shadow root, because a page with
//! a strict content security policy refuses inline `<style>` elements.

use js_sys::Array;
use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use stylist::manager::StyleManager;
use stylist::{Style, StyleSource};
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, ShadowRoot};
use yew::AttrValue;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = CSSStyleSheet)]
    type Sheet;
    #[wasm_bindgen(constructor, js_class = "CSSStyleSheet", catch)]
    fn new() -> Result<Sheet, JsValue>;
    #[wasm_bindgen(method, js_name = replaceSync, catch)]
    fn replace_sync(this: &Sheet, css: &str) -> Result<(), JsValue>;

    type SheetOwner;
    #[wasm_bindgen(method, getter, js_name = adoptedStyleSheets)]
    fn adopted(this: &SheetOwner) -> Array;
    #[wasm_bindgen(method, setter, js_name = adoptedStyleSheets)]
    fn set_adopted(this: &SheetOwner, sheets: &Array);
}

/// Clones share the sheets. Dropping does nothing: [`Styles::release`] takes the sheets off the shadow root.
#[derive(Clone)]
pub struct Styles(Rc<Inner>);

struct Inner {
    root: ShadowRoot,
    /// Writes into an element outside the document; only its class names and texts are used.
    stylist: StyleManager,
    known: RefCell<HashSet<String>>,
    own: RefCell<Vec<JsValue>>,
}

impl PartialEq for Styles {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Styles {
    /// # Errors
    /// When the browser refuses to create an element.
    pub fn new(document: &Document, root: ShadowRoot) -> Result<Self, JsValue> {
        let container = document.create_element("div")?;
        let stylist = StyleManager::builder()
            .prefix("bw".into())
            .container(container.into())
            .build()
            .map_err(|_| JsValue::from_str("no style manager"))?;
        Ok(Self(Rc::new(Inner { root, stylist, known: RefCell::default(), own: RefCell::default() })))
    }

    /// The element the shadow root belongs to.
    pub fn host(&self) -> Element {
        self.0.root.host()
    }

    /// Adopts a whole sheet, as written.
    pub fn adopt(&self, css: &str) {
        let Ok(sheet) = Sheet::new().and_then(|sheet| sheet.replace_sync(css).map(|()| sheet)) else {
            // Unstyled, but usable; every browser that runs this code has constructable sheets.
            return;
        };
        let owner: &SheetOwner = self.0.root.unchecked_ref();
        owner.set_adopted(&owner.adopted().concat(&Array::of1(&sheet)));
        self.0.own.borrow_mut().push(sheet.into());
    }

    /// The class of a style written with stylist's `css!`, adopted on first use.
    pub fn class(&self, source: StyleSource) -> AttrValue {
        let Ok(style) = Style::new_with_manager(source, self.0.stylist.clone()) else {
            return AttrValue::Static("");
        };
        let class = style.get_class_name().to_owned();
        if self.0.known.borrow_mut().insert(class.clone()) {
            self.adopt(style.get_style_str());
        }
        class.into()
    }

    /// Takes this widget's sheets off the shadow root; another's stay.
    pub fn release(&self) {
        let own = std::mem::take(&mut *self.0.own.borrow_mut());
        let owner: &SheetOwner = self.0.root.unchecked_ref();
        let rest = owner.adopted().filter(&mut |sheet, _, _| !own.contains(&sheet));
        owner.set_adopted(&rest);
    }
}
