//! What is on the page, as a list for those who do not see it: each shape can be chosen there, and then moved and deleted by
//! key. It shows itself while it has the focus.

use super::use_words;
use crate::board::state::{DeskState, Tool, kind_word};
use crate::board::store::{use_desk_state, use_desk_store};
use crate::board::words::Word;
use bandyer_protocol::ShapeId;
use bandyer_protocol::board::Shape;
use std::rc::Rc;
use yew::prelude::*;

/// So many shapes around the chosen one are in the list at a time.
const WINDOW: usize = 60;

/// The shapes of the page that the list shows, the frontmost first.
#[derive(Clone)]
struct Listed {
    shapes: Vec<Rc<Shape>>,
    first: usize,
    count: usize,
    chosen: Option<ShapeId>,
}

impl PartialEq for Listed {
    fn eq(&self, other: &Self) -> bool {
        let same = |(a, b): (&Rc<Shape>, &Rc<Shape>)| Rc::ptr_eq(a, b);
        (self.first, self.count, &self.chosen) == (other.first, other.count, &other.chosen)
            && self.shapes.len() == other.shapes.len()
            && self.shapes.iter().zip(&other.shapes).all(same)
    }
}

fn listed(state: &DeskState) -> Listed {
    let mut shapes = state.board.shapes(&state.page);
    shapes.reverse();
    let chosen = state.chosen.first().cloned();
    let at =
        chosen.as_ref().and_then(|id| shapes.iter().position(|shape| &shape.id == id)).unwrap_or_default();
    let count = shapes.len();
    let first = at.saturating_sub(WINDOW / 2).min(count.saturating_sub(WINDOW));
    let shapes = shapes.into_iter().skip(first).take(WINDOW).collect();
    Listed { shapes, first, count, chosen }
}

#[component]
pub fn Outline() -> Html {
    let (desk, words) = (use_desk_store(), use_words());
    let listed = use_desk_state(listed);
    if listed.count == 0 {
        return Html::default();
    }
    let onkeydown = {
        let (desk, listed) = (desk.clone(), listed.clone());
        Callback::from(move |event: KeyboardEvent| {
            let at =
                listed.chosen.as_ref().and_then(|id| listed.shapes.iter().position(|shape| &shape.id == id));
            let next = match (event.key().as_str(), at) {
                ("ArrowDown", None) | ("Home", _) => Some(0),
                ("ArrowDown", Some(at)) => Some(at + 1),
                ("ArrowUp", Some(at)) => Some(at.saturating_sub(1)),
                ("End", _) => Some(listed.shapes.len() - 1),
                _ => None,
            };
            let Some(next) = next else { return };
            event.prevent_default();
            event.stop_propagation();
            if let Some(shape) = listed.shapes.get(next) {
                let id = shape.id.clone();
                desk.change(|state| {
                    state.take_tool(Tool::Select);
                    state.choose(vec![id]);
                });
                desk.easel(crate::board::Easel::ask);
            }
        })
    };
    let active = listed.chosen.as_ref().map(option_id);
    let option = |(number, shape): (usize, &Rc<Shape>)| {
        let chosen = listed.chosen.as_ref() == Some(&shape.id);
        html! {
            <li key={shape.id.as_str()} id={option_id(&shape.id)} role="option" aria-selected={chosen.to_string()}
                aria-posinset={(listed.first + number + 1).to_string()} aria-setsize={listed.count.to_string()}>{ name(&words, shape) }</li>
        }
    };
    let options: Html = listed.shapes.iter().enumerate().map(option).collect();
    html! {
        <ul class="outline" role="listbox" tabindex="0" aria-label={words.text(Word::Shapes)} aria-activedescendant={active}
            {onkeydown} data-testid="board-shapes">{ options }</ul>
    }
}

fn option_id(id: &ShapeId) -> String {
    ["bw-shape-", id.as_str()].concat()
}

/// What it is called, says, or is.
fn name(words: &crate::board::words::Words, shape: &Shape) -> AttrValue {
    let looks = &shape.looks;
    let kind = words.text(kind_word(&shape.kind));
    let own = [&looks.name, &looks.text].into_iter().find(|text| !text.trim().is_empty());
    own.map_or(kind.clone(), |own| [&*kind, ": ", own.trim()].concat().into())
}
