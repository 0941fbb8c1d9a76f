//! The widget's texts in its languages, and their placeholders. Dates are in `dates`.

pub mod cluster;
pub mod dates;
pub mod key;
pub mod sizes;
pub mod text;
pub mod zone;

use bandyer_core::options::Language;
use dates::Dates;
use std::collections::BTreeMap;
use std::rc::Rc;
pub use text::Text;
use yew::prelude::*;

/// The texts of one language. Cheap to clone.
#[derive(Clone)]
pub struct I18n(Rc<Inner>);

struct Inner {
    language: Language,
    texts: Vec<AttrValue>,
    dates: Dates,
}

impl PartialEq for I18n {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl I18n {
    pub fn new(language: Language) -> Self {
        let texts = load(language);
        Self(Rc::new(Inner { language, texts, dates: Dates::new(code(language)) }))
    }

    /// The language's tag, for `lang` attributes.
    pub fn code(&self) -> &'static str {
        code(self.0.language)
    }

    pub fn dates(&self) -> &Dates {
        &self.0.dates
    }

    pub fn text(&self, text: Text) -> AttrValue {
        self.0.texts.get(text as usize).cloned().unwrap_or(AttrValue::Static(text.key()))
    }

    /// A text with its one placeholder filled in.
    pub fn with(&self, text: Text, name: &str, value: &str) -> AttrValue {
        fill(&self.text(text), name, value).into()
    }

    /// The text for that many: both languages have one form for 1 and one for everything else.
    pub fn count(&self, one: Text, other: Text, count: u32) -> AttrValue {
        self.with(if count == 1 { one } else { other }, "count", &count.to_string())
    }
}

fn code(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::It => "it",
    }
}

fn source(language: Language) -> &'static str {
    match language {
        Language::En => include_str!("../locales/en.json"),
        Language::It => include_str!("../locales/it.json"),
    }
}

/// All texts in the order of [`Text::ALL`].
fn load(language: Language) -> Vec<AttrValue> {
    let mut found: BTreeMap<String, String> = serde_json::from_str(source(language)).unwrap_or_default();
    Text::ALL
        .iter()
        .map(|text| found.remove(text.key()).map_or(AttrValue::Static(text.key()), AttrValue::from))
        .collect()
}

/// Replaces `{name}`. What the value holds is not looked at again, so a name with braces in it stays a name.
pub(crate) fn fill(pattern: &str, name: &str, value: &str) -> String {
    let hole = ["{", name, "}"].concat();
    match pattern.split_once(&hole) {
        Some((before, after)) => [before, value, after].concat(),
        None => pattern.to_owned(),
    }
}

/// The texts of the widget this component belongs to.
#[hook]
pub fn use_i18n() -> I18n {
    match use_context::<I18n>() {
        Some(i18n) => i18n,
        None => unreachable!("components live inside App"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANGUAGES: [Language; 2] = [Language::En, Language::It];

    fn texts(language: Language) -> BTreeMap<String, String> {
        serde_json::from_str(source(language)).unwrap()
    }

    fn holes(text: &str) -> Vec<&str> {
        let mut found: Vec<&str> =
            text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn every_language_has_exactly_the_texts_of_the_enum() {
        let keys: Vec<&str> = Text::ALL.iter().map(|text| text.key()).collect();
        for language in LANGUAGES {
            assert_eq!(texts(language).keys().collect::<Vec<_>>(), keys, "{language:?}");
        }
    }

    #[test]
    fn no_text_is_empty_and_files_are_sorted_and_flat() {
        for language in LANGUAGES {
            assert!(texts(language).values().all(|text| !text.trim().is_empty()), "{language:?}");
            let written: Vec<&str> = source(language)
                .lines()
                .filter_map(|line| line.trim().split("\": ").next())
                .filter(|k| k.len() > 1)
                .collect();
            let mut sorted = written.clone();
            sorted.sort_unstable();
            assert_eq!(written, sorted, "{language:?}");
        }
    }

    #[test]
    fn placeholders_are_the_same_in_every_language_and_at_most_one() {
        let english = texts(Language::En);
        for (key, text) in texts(Language::It) {
            assert_eq!(holes(&text), holes(&english[&key]), "{key}");
        }
        for (key, text) in &english {
            assert!(holes(text).len() <= 1, "{key}");
        }
    }

    #[test]
    fn a_value_is_never_read_as_a_pattern() {
        assert_eq!(fill("to {name}!", "name", "{name}{count}"), "to {name}{count}!");
        assert_eq!(fill("no hole", "name", "x"), "no hole");
    }
}
