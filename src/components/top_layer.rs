//! What is fixed is fixed to the window, unless an ancestor in the page is transformed, filtered or contained: then it is
//! fixed to that. The browser's top layer knows no ancestors, and the host element goes there when it has to.

use super::screen::window;
use gloo_events::EventListener;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{DomRect, Element, MutationObserver, MutationObserverInit};
use yew::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The host element; older browsers have no popovers, and the method is not called there.
    #[wasm_bindgen(extends = Element)]
    type Host;
    #[wasm_bindgen(method, getter, js_name = showPopover)]
    fn can_show(this: &Host) -> JsValue;
    #[wasm_bindgen(method, js_name = showPopover, catch)]
    fn show(this: &Host) -> Result<(), JsValue>;
    #[wasm_bindgen(method, js_name = hidePopover, catch)]
    fn hide(this: &Host) -> Result<(), JsValue>;
}

/// Where the widget means to stand in the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// In its element, wherever that is.
    InElement,
    /// In the lower right corner, this many pixels from the edges.
    Corner(u16),
    /// All over the window.
    Everywhere,
}

/// Sees to it that `node` stands in the window as it should: now, and whenever the page is scrolled, resized or
/// transforms itself.
#[hook]
pub fn use_stand(host: Element, node: NodeRef, stand: Stand) {
    use_effect_with((host, stand), move |(host, stand)| {
        let (host, stand) = (host.clone().unchecked_into::<Host>(), *stand);
        let look = Rc::new(move || {
            if let Some(element) = node.cast::<Element>() {
                raise_if_misplaced(&host, &element, stand);
            }
        });
        look();
        let watching = (stand != Stand::InElement).then(|| watch(&look));
        move || drop(watching)
    });
}

/// Listens until dropped.
struct Watching {
    _listeners: Vec<EventListener>,
    changes: Option<(MutationObserver, Closure<dyn FnMut()>)>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        if let Some((observer, _)) = &self.changes {
            observer.disconnect();
        }
    }
}

fn watch(look: &Rc<impl Fn() + 'static>) -> Watching {
    let Some(window) = window() else { return Watching { _listeners: Vec::new(), changes: None } };
    let listeners = ["scroll", "resize", "transitionend"].map(|name| {
        let look = look.clone();
        EventListener::new(&window, name, move |_| look())
    });
    let look = look.clone();
    let on_change = Closure::<dyn FnMut()>::new(move || look());
    let observer = MutationObserver::new(on_change.as_ref().unchecked_ref()).ok();
    let init = MutationObserverInit::new();
    init.set_attributes(true);
    if let (Some(observer), Some(document)) = (&observer, window.document()) {
        let ends = [document.document_element(), document.body().map(Into::into)];
        for element in ends.into_iter().flatten() {
            // What cannot be watched is looked at when the page scrolls.
            let _ = observer.observe_with_options(&element, &init);
        }
    }
    Watching { _listeners: listeners.into(), changes: observer.map(|observer| (observer, on_change)) }
}

fn raise_if_misplaced(host: &Host, element: &Element, stand: Stand) {
    let is_raised = host.matches(":popover-open").unwrap_or(false);
    if stand == Stand::InElement {
        if is_raised {
            // Back to its place in the page; it is open, so it can be closed.
            let _ = host.hide();
            let _ = host.remove_attribute("popover");
        }
        return;
    }
    // In its element, a widget at full screen is its panel alone.
    let whole = element.query_selector(".full").ok().flatten();
    let rect = whole.as_ref().unwrap_or(element).get_bounding_client_rect();
    if is_raised || !host.can_show().is_function() || !is_misplaced(&rect, stand) {
        return;
    }
    // Refused only while the host is not in the page; the next look tries again.
    let _ = host.set_attribute("popover", "manual");
    let _ = host.show();
}

fn is_misplaced(rect: &DomRect, stand: Stand) -> bool {
    let Some(root) =
        window().and_then(|window| window.document()).and_then(|document| document.document_element())
    else {
        return false;
    };
    let (width, height) = (f64::from(root.client_width()), f64::from(root.client_height()));
    let far = |a: f64, b: f64| (a - b).abs() > 2.0;
    match stand {
        Stand::InElement => false,
        // Not displayed.
        Stand::Corner(_) | Stand::Everywhere if rect.width() == 0.0 && rect.height() == 0.0 => false,
        Stand::Corner(gap) => {
            let gap = f64::from(gap);
            far(rect.right(), width - gap) || far(rect.bottom(), height - gap)
        }
        // An on-screen keyboard leaves less of the height, never more.
        Stand::Everywhere => {
            far(rect.left(), 0.0) || far(rect.width(), width) || rect.height() > height + 2.0
        }
    }
}
