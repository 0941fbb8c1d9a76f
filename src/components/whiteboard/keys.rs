//! The keyboard on the board.

use crate::board::state::{Asking, DeskState, Tool};
use crate::board::store::DeskStore;
use crate::board::{Easel, Reshape, reshaped};
use bandyer_core::board::BoardEffect;
use bandyer_core::board::geometry::Point;
use yew::prelude::*;

/// Board units by which an arrow key moves; with shift.
const STEPS: (f64, f64) = (4.0, 32.0);

/// A key that is not for a field of its own.
pub fn on_key(event: &KeyboardEvent, desk: &DeskStore) {
    if event.is_composing() || event.default_prevented() {
        return;
    }
    if event.key() != "Escape" && desk.read(|state| state.asking != Asking::Nothing) {
        // They are for the question.
        return;
    }
    let used = if event.ctrl_key() || event.meta_key() {
        with_control(event, desk)
    } else if event.alt_key() {
        false
    } else {
        plain(event, desk)
    };
    event.stop_propagation();
    if used {
        event.prevent_default();
        desk.easel(Easel::ask);
    } else if event.key() == "Escape" {
        event.prevent_default();
        desk.leave();
    }
}

fn with_control(event: &KeyboardEvent, desk: &DeskStore) -> bool {
    match event.key().to_lowercase().as_str() {
        "z" if event.shift_key() => desk.act(|state| state.board.redo()),
        "z" => desk.act(|state| state.board.undo()),
        "y" => desk.act(|state| state.board.redo()),
        "a" => desk.change(|state| {
            let all = state.board.shapes(&state.page).iter().map(|shape| shape.id.clone()).collect();
            state.take_tool(Tool::Select);
            state.choose(all);
        }),
        "d" => desk.act(DeskState::duplicate),
        _ => return false,
    }
    true
}

fn plain(event: &KeyboardEvent, desk: &DeskStore) -> bool {
    let far = if event.shift_key() { STEPS.1 } else { STEPS.0 };
    match event.key().as_str() {
        "Escape" => return escape(desk),
        "Delete" | "Backspace" => {
            desk.act(
                |state| {
                    if Tool::Eraser.is_allowed(state.scene.tools) { state.delete() } else { Vec::new() }
                },
            )
        }
        "ArrowLeft" => desk.act(|state| go(state, -far, 0.0)),
        "ArrowRight" => desk.act(|state| go(state, far, 0.0)),
        "ArrowUp" => desk.act(|state| go(state, 0.0, -far)),
        "ArrowDown" => desk.act(|state| go(state, 0.0, far)),
        "+" | "=" => desk.change(|state| state.zoom_by(1.25)),
        "-" => desk.change(|state| state.zoom_by(0.8)),
        "0" => desk.change(|state| state.zoom_by(1.0 / state.camera.zoom)),
        "1" => desk.change(DeskState::show_all),
        key => {
            let tool = key.chars().next().filter(|_| key.chars().count() == 1);
            let tool = tool.and_then(|letter| Tool::ALL.into_iter().find(|tool| tool.key() == letter));
            let Some(tool) = tool else { return false };
            desk.change(|state| state.take_tool(tool));
        }
    }
    true
}

/// Out of a question, then out of what is chosen; else it is for whoever is around the board.
fn escape(desk: &DeskStore) -> bool {
    if desk.read(|state| state.asking != Asking::Nothing) {
        desk.change(|state| state.asking = Asking::Nothing);
        return true;
    }
    desk.change(|state| {
        let chosen = !state.chosen.is_empty();
        if chosen {
            state.choose(Vec::new());
        }
        chosen
    })
}

/// Moves what is chosen; nothing chosen, the view.
fn go(state: &mut DeskState, x: f64, y: f64) -> Vec<BoardEffect> {
    let shapes = state.chosen_shapes();
    if shapes.is_empty() {
        let at = Point::new(0.0, 0.0);
        state.camera = state.camera.moved(at, Point::new(-4.0 * x, -4.0 * y));
        return Vec::new();
    }
    state.board.perform(reshaped(&shapes, Reshape::Move { by: Point::new(x, y) }))
}
