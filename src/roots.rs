//! The elements that Yew renders into. Yew listens for events on such an element and never stops, so one that is no
//! longer needed waits here, empty, for the next widget: however often a page mounts, it holds as many as it ever
//! had at the same time.

use crate::app::App;
use crate::hooks::Surroundings;
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsValue;
use web_sys::{Document, Element, ShadowRoot};
use yew::prelude::*;

thread_local! {
    static IDLE: RefCell<Vec<Root>> = const { RefCell::new(Vec::new()) };
    static MOUNTED: Cell<u32> = const { Cell::new(0) };
}

/// An element in a shadow root with the components of one widget inside.
pub struct Root {
    element: Element,
    app: AppHandle<Place>,
}

impl Root {
    /// # Errors
    /// When the browser refuses to create an element.
    pub fn mount(
        document: &Document,
        into: &ShadowRoot,
        surroundings: Surroundings,
    ) -> Result<Self, JsValue> {
        let props = PlaceProps { inside: Some((next_number(), surroundings)) };
        if let Some(mut idle) = IDLE.with_borrow_mut(Vec::pop) {
            into.append_child(&idle.element)?;
            idle.app.update(props);
            return Ok(idle);
        }
        let element = document.create_element("div")?;
        element.set_class_name("bw-root");
        into.append_child(&element)?;
        let app = yew::Renderer::<Place>::with_root_and_props(element.clone(), props).render();
        Ok(Self { element, app })
    }

    /// Takes it off the page at once; the components follow before the browser paints.
    pub fn retire(mut self) {
        self.element.remove();
        self.app.update(PlaceProps { inside: None });
        IDLE.with_borrow_mut(|idle| idle.push(self));
    }
}

/// Tells one widget from the next in the same place, so that nothing of the former is reused.
fn next_number() -> u32 {
    MOUNTED.with(|mounted| mounted.replace(mounted.get().wrapping_add(1)))
}

#[derive(Clone, PartialEq, Properties)]
struct PlaceProps {
    inside: Option<(u32, Surroundings)>,
}

#[component]
fn Place(props: &PlaceProps) -> Html {
    match &props.inside {
        Some((number, surroundings)) => html! { <App key={*number} surroundings={surroundings.clone()} /> },
        None => Html::default(),
    }
}
