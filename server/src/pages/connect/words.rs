//! The texts of the pages behind call links, and in which language a visitor reads them.

use axum::http::{HeaderMap, header};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    Italian,
}

type Texts = BTreeMap<String, String>;

static ENGLISH: LazyLock<Texts> = LazyLock::new(|| parsed(include_str!("en.json")));
static ITALIAN: LazyLock<Texts> = LazyLock::new(|| parsed(include_str!("it.json")));

fn parsed(json: &str) -> Texts {
    // Both files are read by a test.
    serde_json::from_str(json).unwrap_or_default()
}

impl Language {
    /// The first language there is: as the address asks, as the browser asks, as the user prefers.
    pub fn chosen(asked: Option<&str>, request: &HeaderMap, user: Option<&str>) -> Self {
        let browser = request.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        asked
            .and_then(Self::parse)
            .or_else(|| browser.and_then(best))
            .or_else(|| user.and_then(Self::parse))
            .unwrap_or(Language::English)
    }

    fn parse(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "en" => Some(Language::English),
            "it" => Some(Language::Italian),
            _ => None,
        }
    }

    pub const ALL: [Self; 2] = [Language::English, Language::Italian];

    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Italian => "it",
        }
    }

    fn texts(self) -> &'static Texts {
        match self {
            Language::English => &ENGLISH,
            Language::Italian => &ITALIAN,
        }
    }

    pub fn text(self, key: &str) -> &'static str {
        self.texts().get(key).map(String::as_str).unwrap_or_default()
    }

    /// With a name in its place.
    pub fn with_name(self, key: &str, name: &str) -> String {
        self.text(key).replace("{name}", name)
    }

    /// Every text there is.
    pub fn all(self) -> Value {
        self.texts().iter().map(|(key, text)| (key.as_str(), text.as_str())).collect()
    }

    /// What to say of each problem, by its code.
    pub fn problems(self) -> Value {
        let texts = self.texts().iter();
        texts.filter_map(|(key, text)| Some((key.strip_prefix("problem.")?, text.as_str()))).collect()
    }
}

/// Of the languages a browser takes, the one it likes best that there are texts in.
fn best(header: &str) -> Option<Language> {
    let mut wishes: Vec<(f32, Language)> = header
        .split(',')
        .filter_map(|wish| {
            let mut parts = wish.split(';').map(str::trim);
            let language = Language::parse(parts.next()?)?;
            let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
            (weight > 0.0).then_some((weight, language))
        })
        .collect();
    wishes.sort_by(|a, b| b.0.total_cmp(&a.0));
    wishes.first().map(|(_, language)| *language)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn chosen(asked: Option<&str>, browser: &'static str, user: Option<&str>) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(browser));
        Language::chosen(asked, &headers, user)
    }

    #[test]
    fn the_address_decides_then_the_browser_then_the_user() {
        assert_eq!(chosen(Some("it"), "en", Some("en")), Language::Italian);
        assert_eq!(chosen(Some("xx"), "fr, it-IT;q=0.8, en;q=0.5", Some("en")), Language::Italian);
        assert_eq!(chosen(None, "it;q=0.1, en-GB;q=0.2", None), Language::English);
        assert_eq!(chosen(None, "it;q=0, fr", Some("it")), Language::Italian);
        assert_eq!(chosen(None, "de", None), Language::English);
    }

    #[test]
    fn both_languages_say_the_same_things() {
        let keys = |texts: &Texts| texts.keys().cloned().collect::<Vec<_>>();
        assert!(ENGLISH.len() > 20);
        assert_eq!(keys(&ENGLISH), keys(&ITALIAN));
        for (key, text) in ENGLISH.iter() {
            assert!(!text.is_empty() && !ITALIAN[key].is_empty(), "{key}");
            assert_eq!(text.contains("{name}"), ITALIAN[key].contains("{name}"), "{key}");
        }
    }
}
