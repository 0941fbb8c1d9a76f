//! The tools, and what new shapes look like. What is chosen takes the same looks.

use super::palette::Palette;
use super::signs::{Sign, sign};
use super::{Kit, use_words};
use crate::board::state::{DeskState, Tool};
use crate::board::store::{use_desk_state, use_desk_store};
use crate::board::words::Word;
use yew::prelude::*;

fn look(tool: Tool) -> (Sign, Word, &'static str) {
    match tool {
        Tool::Select => (Sign::Select, Word::Select, "board-select"),
        Tool::Hand => (Sign::Hand, Word::Hand, "board-hand"),
        Tool::Pen => (Sign::Pen, Word::Pen, "board-pen"),
        Tool::Rectangle => (Sign::Rectangle, Word::Rectangle, "board-rectangle"),
        Tool::Ellipse => (Sign::Ellipse, Word::Ellipse, "board-ellipse"),
        Tool::Line => (Sign::Line, Word::Line, "board-line"),
        Tool::Arrow => (Sign::Arrow, Word::Arrow, "board-arrow"),
        Tool::Text => (Sign::Text, Word::Text, "board-text"),
        Tool::Eraser => (Sign::Eraser, Word::Eraser, "board-eraser"),
        Tool::Cutter => (Sign::Cutter, Word::Cutter, "board-cutter"),
    }
}

/// For `data-tool`.
pub fn tool_word(tool: Tool) -> &'static str {
    match tool {
        Tool::Select => "select",
        Tool::Hand => "hand",
        Tool::Pen => "pen",
        Tool::Rectangle => "rectangle",
        Tool::Ellipse => "ellipse",
        Tool::Line => "line",
        Tool::Arrow => "arrow",
        Tool::Text => "text",
        Tool::Eraser => "eraser",
        Tool::Cutter => "cutter",
    }
}

#[component]
pub fn Toolbar() -> Html {
    let (desk, words) = (use_desk_store(), use_words());
    let tool = use_desk_state(|state| state.tool);
    let tools = use_desk_state(|state| state.scene.tools);
    let kit = Kit { desk: &desk, words: &words };
    let buttons = Tool::ALL.into_iter().filter(|tool| tool.is_allowed(tools)).map(|each| {
        let (shape, word, testid) = look(each);
        let label = kit.text(word);
        let title = [&*label, " (", &each.key().to_uppercase().to_string(), ")"].concat();
        let onclick = kit.press(move |desk| desk.change(|state| state.take_tool(each)));
        html! {
            <button type="button" class="tool" aria-pressed={(tool == each).to_string()} aria-label={label} {title} {onclick}
                data-testid={testid}>{ sign(shape) }</button>
        }
    });
    html! {
        <div class="tools" role="toolbar" aria-orientation="vertical" aria-label={kit.text(Word::Tools)} data-testid="board-tools">
            { for buttons }
            if [Tool::Pen, Tool::Rectangle, Tool::Text].into_iter().any(|tool| tool.is_allowed(tools)) { <Palette /> }
        </div>
    }
}

impl DeskState {
    /// Another tool; nothing is chosen then.
    pub fn take_tool(&mut self, tool: Tool) {
        if tool.is_allowed(self.scene.tools) {
            self.tool = tool;
            if tool != Tool::Select {
                self.choose(Vec::new());
            }
        }
    }
}
