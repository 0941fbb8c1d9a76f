//! How the call view looks: pictures to the edges, and everything else floating over them. A sheet for each layer; all of
//! them hang on the one element of the view.

mod bars;
mod dialogs;
mod notes;
mod stage;

use crate::styles::Styles;
use yew::prelude::*;

/// The classes of the view.
pub fn classes(styles: &Styles) -> Classes {
    let sheets = [stage::style, bars::style, notes::style, dialogs::style];
    sheets.into_iter().map(|sheet| styles.class(sheet).to_string()).collect()
}
