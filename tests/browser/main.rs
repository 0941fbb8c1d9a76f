//! The widget in a real browser, with a made-up server at the other end of its socket.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod calls;
mod details;
mod life;
mod page;
mod payloads;
mod stores;
mod uploads;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);
