//! Colours: words whose look is the theme's, or six hexadecimal digits.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! colours {
    ($($(#[$meta:meta])* $name:ident = $word:literal,)*) => {
        /// The colour of a stroke or a fill.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub enum Colour {
            $($(#[$meta])* $name,)*
            /// `#rrggbb`, the same in every theme.
            Rgb([u8; 3]),
        }

        impl Colour {
            /// The words, in the order of a palette.
            pub const WORDS: &[Self] = &[$(Colour::$name),*];

            /// `None` for what is neither a word nor `#rrggbb`.
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($word => Some(Colour::$name),)*
                    _ => hex(text).map(Colour::Rgb),
                }
            }
        }

        impl fmt::Display for Colour {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Colour::$name => f.write_str($word),)*
                    Colour::Rgb([red, green, blue]) => write!(f, "#{red:02x}{green:02x}{blue:02x}"),
                }
            }
        }
    };
}

colours! {
    /// Nothing is painted.
    None = "none",
    /// Dark on a light board, light on a dark one.
    #[default]
    Ink = "ink",
    Grey = "grey",
    Red = "red",
    Orange = "orange",
    Yellow = "yellow",
    Green = "green",
    Teal = "teal",
    Blue = "blue",
    Violet = "violet",
    Pink = "pink",
    /// The ground of the board: light on a light one.
    Paper = "paper",
}

fn hex(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

impl TryFrom<String> for Colour {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("neither the word of a colour nor #rrggbb")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_a_word_or_six_digits_and_nothing_else() {
        for colour in Colour::WORDS.iter().copied().chain([Colour::Rgb([0, 171, 255])]) {
            assert_eq!(Colour::parse(&colour.to_string()), Some(colour));
        }
        assert_eq!(Colour::parse("#00ABff"), Some(Colour::Rgb([0, 171, 255])));
        for text in ["", "#", "#12345", "#1234567", "#12345g", "#é12345", "#+12345", "url(x)", "Red", "red;"]
        {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }
}
