//! The style sheets of one widget: everything goes into `adoptedStyleSheets` of its shadow root, because a page with
//! a strict content security policy refuses inline `<style>` elements.

use js_sys::Array;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Element, ShadowRoot};
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

/// A style as `bandyer_css::css!` makes it: rules for one class.
#[derive(Clone, Copy)]
pub struct Css {
    pub class: &'static str,
    pub text: &'static str,
}

/// Clones share the sheets. Dropping does nothing: [`Styles::release`] takes the sheets off the shadow root.
#[derive(Clone)]
pub struct Styles(Rc<Inner>);

struct Inner {
    root: ShadowRoot,
    /// Classes whose rules are in.
    known: RefCell<Vec<&'static str>>,
    own: RefCell<Vec<JsValue>>,
}

impl PartialEq for Styles {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Styles {
    pub fn new(root: ShadowRoot) -> Self {
        Self(Rc::new(Inner { root, known: RefCell::default(), own: RefCell::default() }))
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
        let sheets = owner.adopted().slice(0, u32::MAX);
        sheets.push(&sheet);
        owner.set_adopted(&sheets);
        self.0.own.borrow_mut().push(sheet.into());
    }

    /// Adopts the rules of a class unless they are in.
    fn adopt_once(&self, css: Css) {
        let known = self.0.known.borrow().contains(&css.class);
        if !known {
            self.0.known.borrow_mut().push(css.class);
            self.adopt(css.text);
        }
    }

    /// The class of a style written with `css!`, whose rules are in from now on.
    pub fn class(&self, style: fn() -> Css) -> AttrValue {
        let css = style();
        self.adopt_once(css);
        AttrValue::Static(css.class)
    }

    /// Takes this widget's sheets off the shadow root; another's stay.
    pub fn release(&self) {
        let own = std::mem::take(&mut *self.0.own.borrow_mut());
        let owner: &SheetOwner = self.0.root.unchecked_ref();
        let rest = owner.adopted().filter(&mut |sheet, _, _| !own.contains(&sheet));
        owner.set_adopted(&rest);
    }
}
