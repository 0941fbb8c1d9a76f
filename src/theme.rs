//! Looks: the base sheets every widget adopts, and the host's `layout` as CSS custom properties.

#[cfg(test)]
mod contrast;
pub mod layout;

use bandyer_core::options::Layout;
use bandyer_css::css_file;
use web_sys::HtmlElement;

/// What every widget adopts first. The styles of a single component stand beside that component.
pub fn sheets() -> [&'static str; 2] {
    [css_file!("styles/tokens.css"), css_file!("styles/base.css")]
}

/// Sets the custom properties of `layout` on the host element, and keeps the light tokens when it paints anything:
/// colours chosen for a white page do not go with a dark one. A value the browser does not take for a colour, a
/// background or a font is left out, so that the widget's own stays.
pub fn apply(host: &HtmlElement, layout: &Layout) {
    let style = host.style();
    for property in layout::properties(layout) {
        if property.kind.accepts(&property.value) {
            // A refused property leaves the default in place, which is what is wanted.
            let _ = style.set_property(property.name, &property.value);
        }
    }
    if layout.paints_anything() {
        // Cannot fail: the name is a valid attribute name.
        let _ = host.set_attribute("data-scheme", "light");
    }
}

/// Takes off what [`apply`] set.
pub fn remove(host: &HtmlElement, layout: &Layout) {
    let style = host.style();
    for property in layout::properties(layout) {
        // Removing what is not there is fine too.
        let _ = style.remove_property(property.name);
    }
    // As above.
    let _ = host.remove_attribute("data-scheme");
}
