//! Proves that the theme's colours can be read: WCAG 2.2, success criteria 1.4.3 (text) and 1.4.11 (signs).

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../styles/tokens.css");
const AVATAR: &str = include_str!("../components/ui/avatar.rs");
const DARK: &str = "@media (prefers-color-scheme: dark)";
const TEXT: f64 = 4.5;
const SIGN: f64 = 3.0;

/// What stands on what, and how well it must stand out.
const PAIRS: [(&str, &str, f64); 31] = [
    ("body-color", "body-background", TEXT),
    ("body-color", "field", TEXT),
    ("body-color", "hover", TEXT),
    ("body-color", "pressed", TEXT),
    ("body-color", "raised", TEXT),
    ("body-color", "danger-soft", TEXT),
    ("body-color", "accent-soft", TEXT),
    ("muted", "body-background", TEXT),
    ("muted", "field", TEXT),
    ("muted", "hover", TEXT),
    ("muted", "pressed", TEXT),
    ("muted", "raised", TEXT),
    ("link", "body-background", TEXT),
    ("link", "hover", TEXT),
    ("sent-color", "sent-background", TEXT),
    ("received-color", "received-background", TEXT),
    ("muted", "received-background", TEXT),
    ("accent-color", "accent", TEXT),
    ("badge-color", "badge-background", TEXT),
    ("warning-color", "warning-background", TEXT),
    ("danger", "body-background", TEXT),
    ("danger", "danger-soft", TEXT),
    ("danger", "field", TEXT),
    ("danger", "raised", SIGN),
    ("header-color", "online-strong", TEXT),
    ("online", "body-background", SIGN),
    ("online", "hover", SIGN),
    ("busy", "body-background", SIGN),
    ("focus", "body-background", SIGN),
    ("focus", "field", SIGN),
    ("focus", "hover", SIGN),
];

type Rgb = [f64; 3];

fn hex(text: &str) -> Option<Rgb> {
    let digits = text.trim().strip_prefix('#')?;
    let part = |at: usize| Some(f64::from(u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?) / 255.0);
    (digits.len() == 6).then_some([part(0)?, part(2)?, part(4)?])
}

fn colours(css: &str) -> BTreeMap<&str, Rgb> {
    css.lines()
        .filter_map(|line| line.trim().strip_prefix("--bw-")?.strip_suffix(';')?.split_once(": "))
        .filter_map(|(name, value)| Some((name, hex(value)?)))
        .collect()
}

fn luminance(colour: Rgb) -> f64 {
    let [r, g, b] = colour.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The share of `a` over `b`, as `color-mix` with `transparent` shows it.
fn over(a: Rgb, b: Rgb, share: f64) -> Rgb {
    [0, 1, 2].map(|i| a[i] * share + b[i] * (1.0 - share))
}

fn themes() -> [(&'static str, BTreeMap<&'static str, Rgb>); 2] {
    let (light, dark) = TOKENS.split_once(DARK).unwrap();
    let light = colours(light);
    let mut night = light.clone();
    night.extend(colours(dark));
    [("light", light), ("dark", night)]
}

#[test]
fn every_pair_can_be_read_in_both_modes() {
    for (mode, theme) in themes() {
        for (front, back, least) in PAIRS {
            let found = contrast(theme[front], theme[back]);
            assert!(found >= least, "{mode}: {front} on {back} is {found:.2}, needs {least}");
        }
    }
}

#[test]
fn times_in_messages_can_be_read() {
    for (mode, theme) in themes() {
        for (who, share) in [("sent", 0.92), ("received", 0.72)] {
            let text = theme[format!("{who}-color").as_str()];
            let back = theme[format!("{who}-background").as_str()];
            let found = contrast(over(text, back, share), back);
            assert!(found >= TEXT, "{mode}: {who} {found:.2}");
        }
    }
}

#[test]
fn the_header_can_be_read_at_its_lightest() {
    for (from, css) in TOKENS.split("--bw-header-background: radial-gradient").skip(1).enumerate() {
        let lightest = hex(css.split_whitespace().find(|word| word.starts_with('#')).unwrap()).unwrap();
        let status = over([1.0; 3], lightest, 0.82);
        assert!(contrast(status, lightest) >= TEXT, "gradient {from}");
    }
}

/// In the views of calls the weakest words are those at 78 %.
#[test]
fn views_of_calls_can_be_read_at_their_lightest() {
    for part in ["dial", "call"] {
        let name = ["--bw-", part, "-background: radial-gradient"].concat();
        let gradient = TOKENS.split_once(&name).unwrap().1.lines().next().unwrap();
        let colours = gradient.split([' ', ',', ')']).filter_map(hex).collect::<Vec<_>>();
        assert_eq!(colours.len(), 3, "{part}");
        for colour in colours {
            let found = contrast(over([1.0; 3], colour, 0.78), colour);
            assert!(found >= TEXT, "{part}: {found:.2}");
        }
    }
}

#[test]
fn initials_can_be_read_on_every_colour() {
    let gradients: Vec<&str> = AVATAR.lines().filter(|line| line.contains("&.hue-")).collect();
    assert_eq!(gradients.len(), 8);
    for line in gradients {
        for at in line.match_indices('#').map(|(at, _)| at) {
            let found = contrast([1.0; 3], hex(&line[at..at + 7]).unwrap());
            assert!(found >= TEXT, "{} {found:.2}", line.trim());
        }
    }
}
