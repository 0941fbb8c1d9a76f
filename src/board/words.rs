//! The texts of the desk, in files of their own: a page that only chats carries none of them.

use crate::i18n::text::texts;
use std::collections::BTreeMap;
use std::rc::Rc;
use yew::AttrValue;

texts! {
    /// One text of the desk, whatever the language. The order is that of the sorted keys.
    Word:
    AnnounceAdded = "board.announce_added",
    AnnounceRemoved = "board.announce_removed",
    Arrow = "board.arrow",
    Cancel = "board.cancel",
    Clear = "board.clear",
    ClearQuestion = "board.clear_question",
    ClearYes = "board.clear_yes",
    Colour = "board.colour",
    ColourBlue = "board.colour_blue",
    ColourGreen = "board.colour_green",
    ColourGrey = "board.colour_grey",
    ColourInk = "board.colour_ink",
    ColourNone = "board.colour_none",
    ColourOrange = "board.colour_orange",
    ColourPaper = "board.colour_paper",
    ColourPink = "board.colour_pink",
    ColourRed = "board.colour_red",
    ColourTeal = "board.colour_teal",
    ColourViolet = "board.colour_violet",
    ColourYellow = "board.colour_yellow",
    Cutter = "board.cutter",
    Delete = "board.delete",
    Duplicate = "board.duplicate",
    Ellipse = "board.ellipse",
    Eraser = "board.eraser",
    Fill = "board.fill",
    Fit = "board.fit",
    Front = "board.front",
    Full = "board.full",
    Hand = "board.hand",
    Label = "board.label",
    Line = "board.line",
    Loading = "board.loading",
    NotAllowed = "board.not_allowed",
    Offline = "board.offline",
    Page = "board.page",
    PageAdd = "board.page_add",
    PageNext = "board.page_next",
    PagePrevious = "board.page_previous",
    Pen = "board.pen",
    Picture = "board.picture",
    Rectangle = "board.rectangle",
    Redo = "board.redo",
    Refused = "board.refused",
    SavePng = "board.save_png",
    SaveSvg = "board.save_svg",
    Select = "board.select",
    Shapes = "board.shapes",
    Size = "board.size",
    SizeLarge = "board.size_large",
    SizeMedium = "board.size_medium",
    SizeSmall = "board.size_small",
    Stroke = "board.stroke",
    Text = "board.text",
    TextField = "board.text_field",
    Tools = "board.tools",
    Undo = "board.undo",
    ZoomIn = "board.zoom_in",
    ZoomOut = "board.zoom_out",
    ZoomReset = "board.zoom_reset",
}

/// The texts of one language. Cheap to clone.
#[derive(Clone)]
pub struct Words(Rc<[AttrValue]>);

impl PartialEq for Words {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Words {
    /// Those of the language with that code; English for one that is not known.
    pub fn of(language: &str) -> Self {
        let mut found: BTreeMap<String, String> = serde_json::from_str(source(language)).unwrap_or_default();
        let take =
            |word: &Word| found.remove(word.key()).map_or(AttrValue::Static(word.key()), AttrValue::from);
        Self(Word::ALL.iter().map(take).collect())
    }

    pub fn text(&self, word: Word) -> AttrValue {
        self.0.get(word as usize).cloned().unwrap_or(AttrValue::Static(word.key()))
    }

    /// A text with its one placeholder filled in.
    pub fn with(&self, word: Word, name: &str, value: &str) -> AttrValue {
        crate::i18n::fill(&self.text(word), name, value).into()
    }
}

fn source(language: &str) -> &'static str {
    match language {
        "it" => include_str!("../../locales/desk/it.json"),
        _ => include_str!("../../locales/desk/en.json"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_exactly_the_texts_of_the_enum() {
        let keys: Vec<&str> = Word::ALL.iter().map(|word| word.key()).collect();
        for language in ["en", "it"] {
            let texts: BTreeMap<String, String> = serde_json::from_str(source(language)).unwrap();
            assert_eq!(texts.keys().collect::<Vec<_>>(), keys, "{language}");
            assert!(texts.values().all(|text| !text.trim().is_empty()), "{language}");
        }
    }
}
