//! The board on the screen: what this person sees of it and does to it. The board itself is `bandyer_core::board`; the
//! component around it is `components/whiteboard`.

mod camera;
mod easel;
mod entry;
mod gesture;
mod hand;
mod paint;
mod reshape;
pub mod state;
pub mod store;
pub mod words;

pub use bandyer_core::board::ink::{Ink, LINE_HEIGHT};
pub use camera::Camera;
pub use easel::Easel;
pub use gesture::reshaped;
pub use hand::Hand;
pub use paint::{Paths, Pictures, font, shape as paint_shape};
pub use reshape::Reshape;

use bandyer_protocol::board::Colour;

/// A colour of the board as CSS; `None` for what is not painted.
pub fn ink_of(colour: Colour, dark: bool) -> Option<String> {
    Ink { dark }.css(colour)
}
