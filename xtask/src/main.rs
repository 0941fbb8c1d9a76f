//! Chores of the project, in Rust so that they run wherever the project does.

fn main() {}
