//! Colours, fill and thickness.

use super::{Kit, use_words};
use crate::board::state::{DeskState, Pen, Size};
use crate::board::store::{DeskStore, use_desk_state, use_desk_store};
use crate::board::words::Word;
use bandyer_core::board::BoardEffect;
use bandyer_protocol::board::{BoardOp, Change, Colour};
use yew::prelude::*;

fn word(colour: Colour) -> Word {
    match colour {
        Colour::None | Colour::Rgb(_) => Word::ColourNone,
        Colour::Ink => Word::ColourInk,
        Colour::Grey => Word::ColourGrey,
        Colour::Red => Word::ColourRed,
        Colour::Orange => Word::ColourOrange,
        Colour::Yellow => Word::ColourYellow,
        Colour::Green => Word::ColourGreen,
        Colour::Teal => Word::ColourTeal,
        Colour::Blue => Word::ColourBlue,
        Colour::Violet => Word::ColourViolet,
        Colour::Pink => Word::ColourPink,
        Colour::Paper => Word::ColourPaper,
    }
}

fn size_word(size: Size) -> (Word, &'static str) {
    match size {
        Size::Small => (Word::SizeSmall, "board-size-small"),
        Size::Medium => (Word::SizeMedium, "board-size-medium"),
        Size::Large => (Word::SizeLarge, "board-size-large"),
    }
}

#[component]
pub fn Palette() -> Html {
    let (desk, words) = (use_desk_store(), use_words());
    let pen = use_desk_state(|state| state.pen);
    let dark = use_desk_state(|state| state.dark);
    let open = use_state_eq(|| false);
    let kit = Kit { desk: &desk, words: &words };
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let onkeydown = {
        let open = open.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" && *open {
                event.stop_propagation();
                event.prevent_default();
                open.set(false);
            }
        })
    };
    let label = kit.text(Word::Colour);
    html! {
        <div class="looks" {onkeydown}>
            <button type="button" class="tool" aria-label={label.clone()} title={label} aria-expanded={open.to_string()}
                onclick={toggle} data-testid="board-colour">{ dot(pen.colour, dark) }</button>
            if *open {
                <div class="palette" data-testid="board-palette">
                    { swatches(&kit, Word::Colour, pen.colour, dark, Kind::Stroke) }
                    { swatches(&kit, Word::Fill, pen.fill, dark, Kind::Fill) }
                    { sizes(&kit, pen.size) }
                </div>
            }
        </div>
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Stroke,
    Fill,
}

fn dot(colour: Colour, dark: bool) -> Html {
    let css = crate::board::ink_of(colour, dark);
    let style = css.map(|css| ["background:", &css].concat()).unwrap_or_default();
    html! { <i class={classes!("dot", (colour == Colour::None).then_some("blank"))} ~style={style} aria-hidden="true" /> }
}

fn swatches(kit: &Kit, title: Word, chosen: Colour, dark: bool, kind: Kind) -> Html {
    let colours =
        Colour::WORDS.iter().copied().filter(|colour| kind == Kind::Fill || *colour != Colour::None);
    let swatch = |colour: Colour| {
        let label = kit.text(word(colour));
        let onclick = kit.press(move |desk| {
            set(
                desk,
                |pen| match kind {
                    Kind::Stroke => pen.colour = colour,
                    Kind::Fill => pen.fill = colour,
                },
                match kind {
                    Kind::Stroke => Change { stroke: Some(colour), ..Change::default() },
                    Kind::Fill => Change { fill: Some(colour), ..Change::default() },
                },
            );
        });
        let part = if kind == Kind::Fill { "fill" } else { "stroke" };
        html! {
            <button type="button" class="swatch" aria-label={label.clone()} title={label} {onclick}
                aria-pressed={(chosen == colour).to_string()} data-colour={colour.to_string()} data-part={part}>{ dot(colour, dark) }</button>
        }
    };
    html! {
        <div class="choice" role="group" aria-label={kit.text(title)}>
            <span aria-hidden="true">{ kit.text(title) }</span>
            <div class="swatches">{ for colours.map(swatch) }</div>
        </div>
    }
}

fn sizes(kit: &Kit, chosen: Size) -> Html {
    let size = |size: Size| {
        let (word, testid) = size_word(size);
        let label = kit.text(word);
        let onclick = kit.press(move |desk| {
            let change = Change { width: Some(size.width()), ..Change::default() };
            set(desk, |pen| pen.size = size, change);
        });
        let class = classes!("bar", testid.rsplit('-').next().map(str::to_owned));
        html! {
            <button type="button" class="swatch wide" aria-label={label.clone()} title={label} {onclick}
                aria-pressed={(chosen == size).to_string()} data-testid={testid}><i {class} aria-hidden="true" /></button>
        }
    };
    html! {
        <div class="choice" role="group" aria-label={kit.text(Word::Size)}>
            <span aria-hidden="true">{ kit.text(Word::Size) }</span>
            <div class="swatches">{ for Size::ALL.into_iter().map(size) }</div>
        </div>
    }
}

/// For what comes, and for what is chosen.
fn set(desk: &DeskStore, pen: impl FnOnce(&mut Pen), change: Change) {
    desk.act(|state| {
        pen(&mut state.pen);
        state.restyle(change)
    });
}

impl DeskState {
    /// What is chosen looks like that.
    fn restyle(&mut self, change: Change) -> Vec<BoardEffect> {
        let ops =
            self.chosen.iter().map(|shape| BoardOp::Set { shape: shape.clone(), change: change.clone() });
        let ops: Vec<_> = ops.collect();
        if ops.is_empty() { Vec::new() } else { self.board.perform(ops) }
    }
}
