//! Writes the JavaScript that loads a module, and the module it loads, as `wasm-bindgen --target web` does.

use anyhow::{Context, Result};
use std::path::PathBuf;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let usage = "usage: bandyer-bind <module.wasm> <folder>";
    let (module, folder) = (arguments.next().context(usage)?, arguments.next().context(usage)?);
    let mut bindgen = Bindgen::new();
    bindgen.input_path(&module).web(true)?.typescript(false).omit_default_module_path(false);
    bindgen.generate(&folder).with_context(|| format!("binding {}", module.display()))
}
