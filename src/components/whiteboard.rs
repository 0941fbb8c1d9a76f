//! The whiteboard: a surface that two people draw on, with the tools around it.

mod corner;
mod keys;
mod outline;
mod palette;
mod save;
mod sheet;
mod signs;
mod text_field;
mod toolbar;

use crate::board::state::{Asking, DeskState};
use crate::board::store::{DeskStore, use_desk_state, use_desk_store};
use crate::board::words::{Word, Words};
use crate::board::{Easel, Hand};
use crate::styles::Styles;
use gloo_events::EventListener;
use outline::Outline;
use signs::{Sign, sign};
use std::rc::Rc;
use text_field::TextField;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlCanvasElement, HtmlElement, MediaQueryList, ResizeObserver};
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct SurfaceProps {
    pub store: DeskStore,
    pub styles: Styles,
}

/// The root of the module: gives its store and its styles to everything inside.
#[component]
pub fn Surface(props: &SurfaceProps) -> Html {
    html! {
        <ContextProvider<DeskStore> context={props.store.clone()}>
            <ContextProvider<Styles> context={props.styles.clone()}>
                <Whiteboard />
            </ContextProvider<Styles>>
        </ContextProvider<DeskStore>>
    }
}

#[hook]
fn use_board_styles() -> Styles {
    match use_context::<Styles>() {
        Some(styles) => styles,
        None => unreachable!("components live inside the surface"),
    }
}

/// The texts in the language of the call.
#[hook]
pub fn use_words() -> Words {
    use_desk_state(|state| state.words.clone())
}

/// What the parts of the board draw with.
pub struct Kit<'a> {
    pub desk: &'a DeskStore,
    pub words: &'a Words,
}

impl Kit<'_> {
    pub fn text(&self, word: Word) -> AttrValue {
        self.words.text(word)
    }

    /// What a press does.
    pub fn press(&self, f: impl Fn(&DeskStore) + 'static) -> Callback<MouseEvent> {
        let desk = self.desk.clone();
        Callback::from(move |_: MouseEvent| {
            f(&desk);
            desk.easel(Easel::ask);
        })
    }
}

/// What of the state the frame of the board shows.
#[derive(Clone, PartialEq)]
struct Seen {
    peer: AttrValue,
    open: bool,
    offline: bool,
    asking: Asking,
    trouble: Option<Word>,
    said: Rc<str>,
    tool: crate::board::state::Tool,
}

fn seen(state: &DeskState) -> Seen {
    Seen {
        peer: state.scene.peer.name.clone().into(),
        open: state.board.is_open(),
        offline: state.scene.offline,
        asking: state.asking,
        trouble: state.trouble,
        said: Rc::clone(&state.said),
        tool: state.tool,
    }
}

#[component]
pub fn Whiteboard() -> Html {
    let (desk, styles, words) = (use_desk_store(), use_board_styles(), use_words());
    let seen = use_desk_state(seen);
    let (node, picture, live) = (use_node_ref(), use_node_ref(), use_node_ref());
    use_easel(&desk, &node, &picture, &live);
    let asked = use_node_ref();
    {
        let (asked, desk) = (asked.clone(), desk.clone());
        let stood = use_mut_ref(|| false);
        use_effect_with(seen.asking, move |asking| {
            // The question has the keyboard as long as it stands; then the board has it again.
            let stands = *asking != Asking::Nothing;
            if stood.replace(stands) && !stands {
                desk.focus_surface();
            }
            let _ = asked.cast::<HtmlElement>().map(|answer| answer.focus());
        });
    }
    let kit = Kit { desk: &desk, words: &words };
    let onkeydown = {
        let desk = desk.clone();
        Callback::from(move |event: KeyboardEvent| keys::on_key(&event, &desk))
    };
    let label = words.with(Word::Label, "name", &seen.peer);
    html! {
        <div ref={node} class={sheet::classes(&styles)} {onkeydown} data-testid="board" data-open={seen.open.to_string()}>
            <div class="surface" tabindex="0" inert={seen.asking != Asking::Nothing} role="application" aria-label={label} data-tool={toolbar::tool_word(seen.tool)} data-testid="board-surface">
                <canvas ref={picture} aria-hidden="true" />
                <canvas ref={live} class="live" aria-hidden="true" data-testid="board-canvas" />
                <TextField />
            </div>
            <toolbar::Toolbar />
            <corner::Corner />
            <Outline />
            { chips(&kit, &seen) }
            if seen.asking == Asking::Clear { { question(&kit, &asked) } }
            <p class="bw-said" role="status" data-testid="board-said">{ AttrValue::from(seen.said.to_string()) }</p>
        </div>
    }
}

/// What is not as usual.
fn chips(kit: &Kit, seen: &Seen) -> Html {
    let chip = |word: Word, testid: &'static str| html! { <p class="chip" role="status" data-testid={testid}>{ kit.text(word) }</p> };
    html! {
        <div class="chips">
            if seen.offline { { chip(Word::Offline, "board-offline") } } else if !seen.open { { chip(Word::Loading, "board-loading") } }
            if let Some(word) = seen.trouble { { chip(word, "board-trouble") } }
        </div>
    }
}

fn question(kit: &Kit, asked: &NodeRef) -> Html {
    let cancel = kit.press(|desk| desk.change(|state| state.asking = Asking::Nothing));
    let clear = kit.press(|desk| desk.act(DeskState::clear_page));
    html! {
        <div class="veil">
            <div class="question" role="alertdialog" aria-modal="true" aria-label={kit.text(Word::Clear)}>
                <p>{ kit.text(Word::ClearQuestion) }</p>
                <div class="answers">
                    <button ref={asked} type="button" onclick={cancel} data-testid="board-clear-cancel">{ kit.text(Word::Cancel) }</button>
                    <button type="button" class="strong" onclick={clear} data-testid="board-clear-yes">{ kit.text(Word::ClearYes) }</button>
                </div>
            </div>
        </div>
    }
}

/// A button with a sign.
pub fn button(
    kit: &Kit,
    shape: Sign,
    word: Word,
    onclick: Callback<MouseEvent>,
    testid: &'static str,
) -> Html {
    let label = kit.text(word);
    html! {
        <button type="button" class="tool" {onclick} aria-label={label.clone()} title={label} data-testid={testid}>{ sign(shape) }</button>
    }
}

/// Puts the easel and the hand on the canvases as long as they are there, and paints anew when they have another size or the
/// page another theme.
#[hook]
fn use_easel(desk: &DeskStore, node: &NodeRef, picture: &NodeRef, live: &NodeRef) {
    let (node, picture, live) = (node.clone(), picture.clone(), live.clone());
    use_effect_with(desk.clone(), move |desk| {
        let stands = stand(desk, &node, &picture, &live);
        let desk = desk.clone();
        move || {
            desk.put_easel(None);
            drop(stands);
        }
    });
}

/// What lives as long as the canvases.
struct Stand {
    _hand: Hand,
    _theme: Option<EventListener>,
    observer: Option<ResizeObserver>,
    _resized: Closure<dyn FnMut()>,
}

impl Drop for Stand {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}

fn stand(desk: &DeskStore, node: &NodeRef, picture: &NodeRef, live: &NodeRef) -> Option<Stand> {
    let canvas = live.cast::<HtmlCanvasElement>()?;
    let easel = Easel::new(desk.clone(), picture.cast()?, canvas.clone())?;
    desk.put_easel(Some(Rc::clone(&easel)));
    let element: HtmlElement = node.cast()?;
    let look = {
        let (desk, element) = (desk.clone(), element.clone());
        move || {
            desk.change(|state| state.dark = is_dark(&element));
            desk.easel(Easel::afresh);
        }
    };
    look();
    // Whoever opens a board wants to use it.
    let surface = element.query_selector(".surface").ok().flatten();
    if let Some(surface) = surface.and_then(|surface| surface.dyn_into::<HtmlElement>().ok()) {
        let _ = surface.focus();
    }
    let resized = {
        let desk = desk.clone();
        Closure::<dyn FnMut()>::new(move || desk.easel(Easel::ask))
    };
    let observer = ResizeObserver::new(resized.as_ref().unchecked_ref()).ok();
    if let Some(observer) = &observer {
        observer.observe(&canvas);
    }
    let theme = dark_query().map(|query| EventListener::new(&query, "change", move |_| look()));
    let hand = Hand::new(desk.clone(), easel, &canvas);
    Some(Stand { _hand: hand, _theme: theme, observer, _resized: resized })
}

fn dark_query() -> Option<MediaQueryList> {
    web_sys::window()?.match_media("(prefers-color-scheme: dark)").ok().flatten()
}

/// As the widget's sheets have decided.
fn is_dark(element: &Element) -> bool {
    let style = web_sys::window().and_then(|window| window.get_computed_style(element).ok().flatten());
    style
        .and_then(|style| style.get_property_value("color-scheme").ok())
        .is_some_and(|scheme| scheme == "dark")
}
