//! The signs of the tools: strokes on a 24 by 24 grid in the colour of the text around them.

use yew::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    Add,
    Arrow,
    Copy,
    Cutter,
    Delete,
    Download,
    Ellipse,
    Eraser,
    Fit,
    Front,
    Hand,
    Left,
    Line,
    Minus,
    PageAdd,
    Pen,
    Rectangle,
    Redo,
    Right,
    Select,
    Sweep,
    Text,
    Undo,
    Vectors,
}

impl Sign {
    fn path(self) -> &'static str {
        match self {
            Sign::Add => "M12 5v14M5 12h14",
            Sign::Arrow => "M5 19L19 5M10 5h9v9",
            Sign::Copy => "M9 9h10v10H9zM15 9V5H5v10h4",
            Sign::Cutter => {
                "M20 4L8.2 15.8M20 20L8.2 8.2M6 8.5A2.5 2.5 0 1 0 6 3.5 2.5 2.5 0 0 0 6 8.5M6 20.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5"
            }
            Sign::Delete => "M5 7h14M10 7V4.5h4V7M7 7l1 12.5h8L17 7M10.5 11v5M13.5 11v5",
            Sign::Download => "M12 4v11M7 10.5l5 5 5-5M5 20h14",
            Sign::Ellipse => "M12 5c4.7 0 8.5 3.1 8.5 7s-3.8 7-8.5 7-8.5-3.1-8.5-7S7.3 5 12 5",
            Sign::Eraser => "M9.5 19.5h10M5 14.5l8.5-9 5.5 5.2-8.2 8.8H8.6L5 16zM9.2 10l5.5 5.2",
            Sign::Fit => "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
            Sign::Front => "M4 4h9v9H4zM16 9h4v11H9v-4",
            Sign::Hand => {
                "M8 13V6.2a1.4 1.4 0 0 1 2.8 0V11M10.8 10.5V4.9a1.4 1.4 0 0 1 2.8 0v5.6M13.6 11V6.2a1.4 1.4 0 0 1 2.8 0V12M16.4 12V8.7a1.4 1.4 0 0 1 2.8 0v5.8c0 3.6-2.3 6-5.8 6-2.7 0-4.3-1-5.7-3.2l-2.6-4a1.5 1.5 0 0 1 2.4-1.8L8 13"
            }
            Sign::Left => "M14.5 6l-6 6 6 6",
            Sign::Line => "M5 19L19 5",
            Sign::Minus => "M5 12h14",
            Sign::PageAdd => "M13 3.5H6.5v17H12M13 3.5l5 5V12M13 3.5v5h5M17.5 15v6M14.5 18h6",
            Sign::Pen => {
                "M4 20l1.2-4.6L16.5 4.1a2 2 0 0 1 2.8 0l.6.6a2 2 0 0 1 0 2.8L8.6 18.8zM14.5 6.2l3.3 3.3"
            }
            Sign::Rectangle => "M4 6h16v12H4z",
            Sign::Redo => "M19 9H9.5a5 5 0 0 0 0 10H13M15.5 5.5L19 9l-3.5 3.5",
            Sign::Right => "M9.5 6l6 6-6 6",
            Sign::Select => "M6 4l12.5 7.2-5.6 1.4-2.6 5.4z",
            Sign::Sweep => "M4 20h16M6 16l8.5-9 4.5 4.3-4.6 4.7M11 10l5 4.7",
            Sign::Text => "M5.5 7V5h13v2M12 5v14M9.5 19h5",
            Sign::Vectors => "M4 4h4v4H4zM16 16h4v4h-4zM8 6h5a5 5 0 0 1 5 5v5",
            Sign::Undo => "M5 9h9.5a5 5 0 0 1 0 10H11M8.5 5.5L5 9l3.5 3.5",
        }
    }
}

pub fn sign(sign: Sign) -> Html {
    html! {
        <svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.9"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">
            <path d={sign.path()} />
        </svg>
    }
}
