//! Looks: the base sheet, and the host's `layout` as CSS custom properties.

use bandyer_core::options::Layout;
use web_sys::HtmlElement;

/// The sheet every widget adopts first.
pub fn sheet() -> &'static str {
    ":host { all: initial !important; }"
}

/// Sets the custom properties of `layout` on the element around the whole widget.
pub fn apply(_wrapper: &HtmlElement, _layout: &Layout) {}
