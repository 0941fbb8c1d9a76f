//! Which key of the public `layout` option sets which custom property.

use bandyer_core::options::{Layout, Paint};

/// One custom property to set, when the browser agrees with the value.
#[derive(Debug, PartialEq, Eq)]
pub struct Property {
    pub name: &'static str,
    pub value: String,
    pub kind: Kind,
}

/// What a value is checked as. A custom property itself would take anything, and a bad value would then turn up as
/// no colour at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Background,
    Color,
    FontFamily,
}

impl Kind {
    pub fn accepts(self, value: &str) -> bool {
        let property = match self {
            Kind::Background => "background",
            Kind::Color => "color",
            Kind::FontFamily => "font-family",
        };
        web_sys::css::supports_with_value(property, value).unwrap_or(false)
    }
}

/// The painted parts and their two properties. The last four are for the views of calls and feedback.
fn parts(layout: &Layout) -> [(&Paint, &'static str, &'static str); 10] {
    [
        (&layout.header, "--bw-header-background", "--bw-header-color"),
        (&layout.header_button, "--bw-header-button-background", "--bw-header-button-color"),
        (&layout.body, "--bw-body-background", "--bw-body-color"),
        (&layout.launcher, "--bw-launcher-background", "--bw-launcher-color"),
        (&layout.message_sent, "--bw-sent-background", "--bw-sent-color"),
        (&layout.message_received, "--bw-received-background", "--bw-received-color"),
        (&layout.dial, "--bw-dial-background", "--bw-dial-color"),
        (&layout.call, "--bw-call-background", "--bw-call-color"),
        (&layout.feedback_body, "--bw-feedback-background", "--bw-feedback-color"),
        (&layout.feedback_buttons, "--bw-feedback-button-background", "--bw-feedback-button-color"),
    ]
}

/// Shades the theme normally fixes by hand, as shares of the text colour: they fit any body the host paints.
const SHADES: [(&str, u8); 5] =
    [("--bw-muted", 70), ("--bw-line", 14), ("--bw-field", 7), ("--bw-hover", 6), ("--bw-pressed", 11)];

pub fn properties(layout: &Layout) -> Vec<Property> {
    let mut found = Vec::new();
    for (paint, background, color) in parts(layout) {
        if let Some(value) = &paint.background {
            found.push(Property { name: background, value: value.clone(), kind: Kind::Background });
        }
        if let Some(value) = &paint.color {
            found.push(Property { name: color, value: value.clone(), kind: Kind::Color });
        }
    }
    if layout.body.background.is_some() || layout.body.color.is_some() {
        found.extend(shades(layout.body.color.as_deref().unwrap_or("#0f1b24")));
    }
    if let Some(value) = &layout.font_family {
        found.push(Property { name: "--bw-font", value: value.clone(), kind: Kind::FontFamily });
    }
    found
}

fn shades(text: &str) -> impl Iterator<Item = Property> {
    SHADES.iter().map(move |(name, percent)| Property {
        name,
        value: format!("color-mix(in srgb, {text} {percent}%, transparent)"),
        kind: Kind::Color,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paint(background: &str) -> Paint {
        Paint { background: Some(background.to_owned()), color: Some("red".to_owned()) }
    }

    #[test]
    fn an_empty_layout_sets_nothing() {
        assert_eq!(properties(&Layout::default()), Vec::new());
    }

    #[test]
    fn every_key_sets_its_own_two_properties() {
        let all = Layout {
            header: paint("1"),
            header_button: paint("2"),
            body: paint("3"),
            launcher: paint("4"),
            message_sent: paint("5"),
            message_received: paint("6"),
            dial: paint("7"),
            call: paint("8"),
            feedback_body: paint("9"),
            feedback_buttons: paint("10"),
            font_family: Some("Georgia".to_owned()),
        };
        let found = properties(&all);
        let mut names: Vec<_> = found.iter().map(|property| property.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), found.len(), "a property is set twice");
        assert_eq!(found.len(), 10 * 2 + SHADES.len() + 1);
        assert_eq!(found.iter().filter(|property| property.kind == Kind::Background).count(), 10);
    }

    #[test]
    fn a_painted_body_takes_its_shades_from_the_text_on_it() {
        let layout = Layout { body: paint("#000"), ..Layout::default() };
        let muted = properties(&layout).into_iter().find(|property| property.name == "--bw-muted").unwrap();
        assert_eq!(muted.value, "color-mix(in srgb, red 70%, transparent)");
    }
}
