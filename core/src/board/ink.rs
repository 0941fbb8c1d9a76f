//! How a board looks, wherever it is painted: its colours, its letters, the width of a pen that presses.

use bandyer_protocol::board::Colour;

/// Height of a line of text, in heights of its letters.
pub const LINE_HEIGHT: f64 = 1.25;

/// As CSS.
pub const FONT: &str = "ui-rounded, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', sans-serif";

/// The colours of a light or a dark board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ink {
    pub dark: bool,
}

impl Ink {
    /// As CSS; `None` for what is not painted.
    pub fn css(self, colour: Colour) -> Option<String> {
        let (light, dark) = match colour {
            Colour::None => return None,
            Colour::Rgb(_) => return Some(colour.to_string()),
            Colour::Ink => ("#17212b", "#f2f5f7"),
            Colour::Paper => ("#ffffff", "#151c22"),
            Colour::Grey => ("#7b8794", "#98a4af"),
            Colour::Red => ("#d92b3f", "#ff6b76"),
            Colour::Orange => ("#d9730d", "#ffa347"),
            Colour::Yellow => ("#e0b100", "#ffd54a"),
            Colour::Green => ("#1f8a4d", "#5fcf8f"),
            Colour::Teal => ("#0d8a8f", "#4ccdd1"),
            Colour::Blue => ("#1a66e8", "#6ea8ff"),
            Colour::Violet => ("#7a3fd1", "#b58bff"),
            Colour::Pink => ("#c8328c", "#ff85c8"),
        };
        Some(if self.dark { dark } else { light }.to_owned())
    }

    /// What is behind everything.
    pub fn ground(self) -> &'static str {
        if self.dark { "#151c22" } else { "#ffffff" }
    }

    /// What stands for a picture that is not there.
    pub fn dots(self) -> &'static str {
        if self.dark { "#2b3640" } else { "#dde3e8" }
    }
}

/// Width of a line where the pen presses so. One that hardly presses still writes.
pub fn pressed_width(pressure: Option<f64>, width: f64) -> f64 {
    width * (0.35 + 1.3 * pressure.unwrap_or(0.5))
}
