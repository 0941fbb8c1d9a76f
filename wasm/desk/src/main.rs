//! The desk as one WebAssembly module. Everything it exports is in the library; loading it starts nothing.

use bandyer_chat_widget as _;

fn main() {}
