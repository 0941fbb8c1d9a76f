//! What is done to the whole: taking back, zoom, pages, saving, clearing; and what is done to what is chosen.

use super::signs::Sign;
use super::{Kit, button, save, use_words};
use crate::board::state::{Asking, DeskState, Tool};
use crate::board::store::{DeskStore, use_desk_state, use_desk_store};
use crate::board::words::Word;
use bandyer_core::board::BoardEffect;
use bandyer_core::board::geometry::Point;
use bandyer_protocol::board::{BoardOp, Change, FIRST_ORDER, Page, order_between};
use yew::prelude::*;

/// How far a copy lies from its original, in board units.
const COPY_OFFSET: f64 = 24.0;

#[derive(Clone, PartialEq)]
struct Whole {
    can_undo: bool,
    can_redo: bool,
    percent: u32,
    /// From 1.
    page: usize,
    pages: usize,
    chosen: bool,
    can_erase: bool,
    can_draw: bool,
}

fn whole(state: &DeskState) -> Whole {
    let pages = state.board.pages();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 5 and 1,600")]
    let percent = (state.camera.zoom * 100.0).round() as u32;
    Whole {
        can_undo: state.board.can_undo(),
        can_redo: state.board.can_redo(),
        percent,
        page: pages.iter().position(|page| page.id == state.page).map_or(1, |at| at + 1),
        pages: pages.len(),
        chosen: !state.chosen_shapes().is_empty(),
        can_draw: [Tool::Pen, Tool::Rectangle, Tool::Text]
            .iter()
            .any(|tool| tool.is_allowed(state.scene.tools)),
        can_erase: Tool::Eraser.is_allowed(state.scene.tools),
    }
}

#[component]
pub fn Corner() -> Html {
    let (desk, words) = (use_desk_store(), use_words());
    let whole = use_desk_state(whole);
    let kit = Kit { desk: &desk, words: &words };
    html! {
        <>
            <div class="corner" data-testid="board-corner">
                <div class="group">
                    { undo(&kit, whole.can_undo) }
                    { redo(&kit, whole.can_redo) }
                </div>
                { zoom(&kit, whole.percent) }
                { pages(&kit, &whole) }
                <div class="group">
                    { button(&kit, Sign::Download, Word::SavePng, kit.press(save::picture), "board-save-png") }
                    { button(&kit, Sign::Vectors, Word::SaveSvg, kit.press(save::drawing), "board-save-svg") }
                    if whole.can_erase {
                        { button(&kit, Sign::Sweep, Word::Clear, kit.press(|desk| desk.change(|state| state.asking = Asking::Clear)), "board-clear") }
                    }
                </div>
            </div>
            if whole.chosen { { chosen(&kit, whole.can_erase) } }
        </>
    }
}

fn undo(kit: &Kit, can: bool) -> Html {
    waiting(
        can,
        button(
            kit,
            Sign::Undo,
            Word::Undo,
            kit.press(|desk| desk.act(|state| state.board.undo())),
            "board-undo",
        ),
    )
}

fn redo(kit: &Kit, can: bool) -> Html {
    waiting(
        can,
        button(
            kit,
            Sign::Redo,
            Word::Redo,
            kit.press(|desk| desk.act(|state| state.board.redo())),
            "board-redo",
        ),
    )
}

/// A button that has nothing to do now looks like it, and keeps the focus.
fn waiting(can: bool, button: Html) -> Html {
    html! { <span class={classes!((!can).then_some("idle"))}>{ button }</span> }
}

fn zoom(kit: &Kit, percent: u32) -> Html {
    let by = |times: f64| kit.press(move |desk| desk.change(|state| state.zoom_by(times)));
    let reset = kit.press(|desk| desk.change(|state| state.zoom_by(1.0 / state.camera.zoom)));
    let label = kit.words.with(Word::ZoomReset, "percent", &percent.to_string());
    html! {
        <div class="group">
            { button(kit, Sign::Minus, Word::ZoomOut, by(0.8), "board-zoom-out") }
            <button type="button" class="tool percent" onclick={reset} aria-label={label.clone()} title={label} data-testid="board-zoom">
                { percent }{ "\u{202f}%" }
            </button>
            { button(kit, Sign::Add, Word::ZoomIn, by(1.25), "board-zoom-in") }
            { button(kit, Sign::Fit, Word::Fit, kit.press(|desk| desk.change(DeskState::show_all)), "board-fit") }
        </div>
    }
}

fn pages(kit: &Kit, whole: &Whole) -> Html {
    let turn = |by: isize| kit.press(move |desk| turn_page(desk, by));
    let label = kit.words.with(Word::Page, "number", &whole.page.to_string());
    html! {
        <div class="group">
            if whole.pages > 1 {
                { button(kit, Sign::Left, Word::PagePrevious, turn(-1), "board-page-previous") }
                <span class="percent" role="status" aria-label={label} data-testid="board-page">{ whole.page }{ " / " }{ whole.pages }</span>
                { button(kit, Sign::Right, Word::PageNext, turn(1), "board-page-next") }
            }
            if whole.can_draw { { button(kit, Sign::PageAdd, Word::PageAdd, kit.press(add_page), "board-page-add") } }
        </div>
    }
}

fn turn_page(desk: &DeskStore, by: isize) {
    desk.change(|state| {
        let pages = state.board.pages();
        let at = pages.iter().position(|page| page.id == state.page).unwrap_or_default();
        let next = at.saturating_add_signed(by).min(pages.len().saturating_sub(1));
        if let Some(page) = pages.get(next) {
            state.show_page(page.id.clone());
        }
    });
    desk.easel(crate::board::Easel::afresh);
}

fn add_page(desk: &DeskStore) {
    desk.act(|state| {
        let last = state.board.pages().last().map(|page| page.order.clone());
        let order = order_between(last.as_deref(), None).unwrap_or_else(|| FIRST_ORDER.to_owned());
        let id = state.board.new_page_id();
        let page = Page { id: id.clone(), title: String::new(), order, erased: false };
        let effects = state.board.perform(vec![BoardOp::PutPage(page)]);
        state.show_page(id);
        effects
    });
    desk.easel(crate::board::Easel::afresh);
}

fn chosen(kit: &Kit, can_erase: bool) -> Html {
    html! {
        <div class="group chosen" role="toolbar" data-testid="board-chosen">
            { button(kit, Sign::Copy, Word::Duplicate, kit.press(|desk| desk.act(DeskState::duplicate)), "board-duplicate") }
            { button(kit, Sign::Front, Word::Front, kit.press(|desk| desk.act(DeskState::bring_to_front)), "board-front") }
            if can_erase { { button(kit, Sign::Delete, Word::Delete, kit.press(|desk| {
                desk.act(DeskState::delete);
                desk.focus_surface();
            }), "board-delete") } }
        </div>
    }
}

impl DeskState {
    /// About the middle of what is seen.
    pub fn zoom_by(&mut self, times: f64) {
        let middle = Point::new(self.view.0 / 2.0, self.view.1 / 2.0);
        self.camera = self.camera.zoomed(times, middle);
    }

    pub fn show_all(&mut self) {
        if let Some(bounds) = self.board.bounds(&self.page) {
            self.camera = crate::board::Camera::fitting(bounds, self.view.0, self.view.1);
        }
    }

    fn show_page(&mut self, page: bandyer_protocol::PageId) {
        self.page = page;
        self.choose(Vec::new());
        self.editing = None;
    }

    /// What is chosen is taken off the board.
    pub fn delete(&mut self) -> Vec<BoardEffect> {
        let shapes = self.chosen_shapes();
        let ops = shapes.iter().map(|shape| BoardOp::Erase { shape: shape.id.clone() }).collect();
        self.choose(Vec::new());
        self.board.perform(ops)
    }

    pub fn clear_page(&mut self) -> Vec<BoardEffect> {
        self.asking = Asking::Nothing;
        self.choose(Vec::new());
        self.board.perform(vec![BoardOp::Clear { page: self.page.clone() }])
    }

    /// A copy of what is chosen, beside it, which is chosen then.
    pub fn duplicate(&mut self) -> Vec<BoardEffect> {
        let by = Point::new(COPY_OFFSET, COPY_OFFSET);
        let (mut ops, mut copies) = (Vec::new(), Vec::new());
        let mut order = self.board.front_order(&self.page);
        for shape in self.chosen_shapes() {
            let mut copy = (*shape).clone();
            copy.id = self.board.new_id();
            copy.maker = self.board.me().clone();
            let change = crate::board::Reshape::Move { by }.of(&copy);
            copy.looks.apply(&change);
            copy.looks.order.clone_from(&order);
            order = order_between(Some(&order), None).unwrap_or(order);
            copies.push(copy.id.clone());
            ops.push(BoardOp::Put(Box::new(copy)));
        }
        self.choose(copies);
        self.board.perform(ops)
    }

    /// In their order, before all others.
    pub fn bring_to_front(&mut self) -> Vec<BoardEffect> {
        let mut order = self.board.front_order(&self.page);
        let mut ops = Vec::new();
        for shape in self.chosen_shapes() {
            let change = Change { order: Some(order.clone()), ..Change::default() };
            ops.push(BoardOp::Set { shape: shape.id.clone(), change });
            order = order_between(Some(&order), None).unwrap_or(order);
        }
        self.board.perform(ops)
    }
}
