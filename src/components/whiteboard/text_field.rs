//! The text that is being written: a field that lies on the board as the text will, so that every language, its input methods
//! and its spelling work as anywhere.

use super::use_words;
use crate::board::state::{DeskState, Editing};
use crate::board::store::{DeskStore, use_desk_state, use_desk_store};
use crate::board::words::Word;
use crate::board::{Camera, Easel, LINE_HEIGHT, font, ink_of};
use bandyer_core::board::geometry::units;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

#[derive(Clone, PartialEq)]
struct Written {
    editing: Option<Editing>,
    camera: Camera,
    dark: bool,
}

fn written(state: &DeskState) -> Written {
    // What is typed stands in the field already.
    let editing = state.editing.clone().map(|editing| Editing { text: String::new(), ..editing });
    Written { editing, camera: state.camera, dark: state.dark }
}

#[component]
pub fn TextField() -> Html {
    let (desk, words) = (use_desk_store(), use_words());
    let Written { editing, camera, dark } = use_desk_state(written);
    let node = use_node_ref();
    {
        let node = node.clone();
        let source = desk.clone();
        use_effect_with(editing.as_ref().map(|editing| editing.number), move |_| {
            let text = source.read(|state| state.editing.as_ref().map(|editing| editing.text.clone()));
            if let (Some(text), Some(field)) = (text, node.cast::<HtmlTextAreaElement>()) {
                field.set_value(&text);
                fit(&field);
                // A field that cannot be focused can be written in all the same, once it is clicked.
                let _ = field.focus();
            }
        });
    }
    let Some(editing) = editing else { return Html::default() };
    let onblur = {
        let (desk, number) = (desk.clone(), editing.number);
        Callback::from(move |_: FocusEvent| {
            // It may be another text by now.
            if desk.read(|state| state.editing.as_ref().is_some_and(|editing| editing.number == number)) {
                finish(&desk);
            }
        })
    };
    let finished = desk.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        // What is typed is text; an input method has its own use for these keys.
        event.stop_propagation();
        let confirms =
            event.key() == "Escape" || (event.key() == "Enter" && (event.ctrl_key() || event.meta_key()));
        if confirms && !event.is_composing() {
            event.prevent_default();
            finish(&finished);
            finished.focus_surface();
        }
    });
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some(field) = event.target_dyn_into::<HtmlTextAreaElement>() {
            fit(&field);
            desk.adjust(|state| state.write(field.value()));
        }
    });
    html! {
        <textarea ref={node} class="writing" ~style={place(&editing, camera, dark)} rows="1" wrap="off" dir="auto" spellcheck="true"
            aria-label={words.text(Word::TextField)} maxlength="5000" {onblur} {onkeydown} {oninput} data-testid="board-text-field" />
    }
}

/// Where the text will stand, at its size.
fn place(editing: &Editing, camera: Camera, dark: bool) -> String {
    let at = camera.view(editing.at);
    let size = units(editing.letters.into());
    let colour = ink_of(editing.colour, dark).unwrap_or_default();
    // Never below 16 pixels as the browser knows it: phones zoom into smaller ones.
    let (shown, scale) =
        if size * camera.zoom < 16.0 { (16.0, size * camera.zoom / 16.0) } else { (size * camera.zoom, 1.0) };
    format!(
        "left:{}px;top:{}px;font:{};line-height:{LINE_HEIGHT};color:{colour};transform:scale({scale})",
        at.x,
        at.y,
        font(shown)
    )
}

/// As large as what is in it.
fn fit(field: &HtmlTextAreaElement) {
    let style = field.style();
    for (property, value) in [("width", "0"), ("height", "0")] {
        // Both are properties of every element.
        let _ = style.set_property(property, value);
    }
    let (width, height) = (field.scroll_width() + 24, field.scroll_height());
    let _ = style.set_property("width", &format!("{width}px"));
    let _ = style.set_property("height", &format!("{height}px"));
}

fn finish(desk: &DeskStore) {
    desk.act(DeskState::finish_text);
    desk.easel(Easel::afresh);
}
