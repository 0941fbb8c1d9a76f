//! Picture in picture: the large picture in a small window over everything else. web-sys does not know it yet.

use js_sys::{Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Element;
use yew::prelude::*;

#[wasm_bindgen]
extern "C" {
    type Pip;
    #[wasm_bindgen(method, js_name = requestPictureInPicture, catch)]
    fn request(this: &Pip) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, js_name = exitPictureInPicture, catch)]
    fn exit(this: &Pip) -> Result<Promise, JsValue>;
}

fn document() -> Option<web_sys::Document> {
    web_sys::window()?.document()
}

fn is_true(object: &JsValue, name: &str) -> bool {
    Reflect::get(object, &name.into()).is_ok_and(|value| value.is_truthy())
}

/// The browser has it, and the page allows it.
pub fn is_known() -> bool {
    document().is_some_and(|document| is_true(&document, "pictureInPictureEnabled"))
}

/// Opens the window for the large picture below `root`, or closes the one there is.
pub fn toggle(root: &NodeRef) {
    let Some(document) = document() else { return };
    let video = root.cast::<Element>().and_then(|root| root.query_selector(".main video").ok().flatten());
    let asked = if is_true(&document, "pictureInPictureElement") {
        document.unchecked_into::<Pip>().exit()
    } else {
        let Some(video) = video else { return };
        video.unchecked_into::<Pip>().request()
    };
    if let Ok(promise) = asked {
        // A picture that goes away in this moment is no trouble: there is no window then.
        spawn_local(async move { drop(JsFuture::from(promise).await) });
    }
}
