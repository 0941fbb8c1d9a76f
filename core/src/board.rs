//! The board of a room as this device has it: what the server confirmed, what the person did since, and what is shown of both.
//! Pure, and used by the part of the widget that is loaded for boards alone: nothing of the rest of the core knows it.

pub mod geometry;
