//! A person's picture, or their initials on a colour of their own, with a dot when they are there.

use crate::hooks::use_class;
use crate::i18n::cluster::first_cluster;
use crate::styles::Css;
use bandyer_core::letters::is_mark;
use bandyer_css::css;
use bandyer_protocol::Presence;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct AvatarProps {
    pub name: AttrValue,
    /// What the colour is made from, so that a person keeps theirs when renamed.
    pub alias: AttrValue,
    #[prop_or_default]
    pub image: Option<AttrValue>,
    #[prop_or(44)]
    pub size: u16,
    /// `None` draws no dot whatever the presence.
    #[prop_or_default]
    pub presence: Option<Presence>,
}

#[component]
pub fn Avatar(props: &AvatarProps) -> Html {
    let class = use_class(style);
    let broken = use_state(|| None::<AttrValue>);
    let onerror = {
        let (broken, image) = (broken.clone(), props.image.clone());
        Callback::from(move |_: Event| broken.set(image.clone()))
    };
    let image = props.image.clone().filter(|image| broken.as_ref() != Some(image));
    let hue = ["hue-", &hue(&props.alias).to_string()].concat();
    let sides = format!("inline-size:{0}px;block-size:{0}px;font-size:{1}px", props.size, props.size * 2 / 5);
    // The name always stands beside the picture, so the picture itself says nothing.
    html! {
        <span class={classes!(class.to_string(), hue)} ~style={sides} aria-hidden="true">
            if let Some(image) = image {
                <img src={image} alt="" draggable="false" {onerror} />
            } else {
                <span>{ initials(&props.name, first_cluster) }</span>
            }
            { dot(props.presence) }
        </span>
    }
}

fn dot(presence: Option<Presence>) -> Html {
    match presence {
        Some(Presence::Online) => html! { <i class="dot" data-testid="presence-dot" /> },
        Some(Presence::Busy) => html! { <i class="dot busy" data-testid="presence-dot" /> },
        Some(Presence::Offline) | None => Html::default(),
    }
}

/// First letters of the first and last word that have one; the style makes them capitals, because the tables for it
/// would weigh more than this whole file. A name of nothing but signs gives its first sign, whole.
fn initials(name: &str, first_of: impl Fn(&str) -> String) -> String {
    let apart = |c: char| c.is_whitespace() || matches!(c, '_' | '.' | '-');
    let mut words = name.split(apart).filter_map(|word| word.find(is_letter).and_then(|at| word.get(at..)));
    let Some(first) = words.next() else {
        let sign = name.trim_start_matches(|c: char| c.is_ascii() || c.is_whitespace() || is_mark(c));
        return first_of(sign);
    };
    let last = words.next_back().map(&first_of).unwrap_or_default();
    [first_of(first), last].concat()
}

/// What can begin a word: no sign, no picture, no mark without its letter.
fn is_letter(c: char) -> bool {
    let picture = matches!(c, '\u{2000}'..='\u{2bff}' | '\u{3000}'..='\u{303f}' | '\u{fe00}'..='\u{fe0f}' | '\u{ff00}'..='\u{ff0f}' | '\u{1f000}'..='\u{1faff}' | '\u{e0000}'..='\u{e0fff}');
    c.is_ascii_alphanumeric() || (c.is_alphabetic() && !picture && !is_mark(c))
}

const HUES: u32 = 8;

fn hue(alias: &str) -> u32 {
    alias.bytes().fold(7_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte))) % HUES
}

fn style() -> Css {
    css!(
        r#"
        position: relative;
        display: inline-flex;
        flex: none;
        align-items: center;
        justify-content: center;
        border-radius: 50%;
        font-weight: 600;
        text-transform: uppercase;
        letter-spacing: 0.02em;
        line-height: 1;
        user-select: none;
        color: #ffffff;

        img {
            inline-size: 100%;
            block-size: 100%;
            border-radius: 50%;
            object-fit: cover;
        }

        .dot {
            position: absolute;
            inset-block-end: 0;
            inset-inline-end: 0;
            inline-size: 26%;
            block-size: 26%;
            min-inline-size: 10px;
            min-block-size: 10px;
            max-inline-size: 12px;
            max-block-size: 12px;
            border-radius: 50%;
            background: var(--bw-online);
            box-shadow: 0 0 0 2px var(--bw-dot-ring, var(--bw-body-background));
        }

        .dot.busy {
            background: var(--bw-busy);
        }

        &.hue-0 { background: linear-gradient(140deg, #2672c4, #1f5fae); }
        &.hue-1 { background: linear-gradient(140deg, #0c7f7b, #0a6a6c); }
        &.hue-2 { background: linear-gradient(140deg, #7a5cd6, #5d3fc0); }
        &.hue-3 { background: linear-gradient(140deg, #b8457f, #a3346f); }
        &.hue-4 { background: linear-gradient(140deg, #b65224, #a3431a); }
        &.hue-5 { background: linear-gradient(140deg, #387d3e, #2c6c35); }
        &.hue-6 { background: linear-gradient(140deg, #5268d0, #3e52bd); }
        &.hue-7 { background: linear-gradient(140deg, #9a6a1a, #7b520c); }

        @media (forced-colors: active) {
            border: 1px solid CanvasText;
            .dot { border: 5px solid Highlight; }
        }
        "#
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::cluster::plain_cluster;

    #[test]
    fn initials_come_from_the_first_and_last_word() {
        let initials = |name| initials(name, plain_cluster);
        assert_eq!(initials("Anna Maria Rossi"), "AR");
        assert_eq!(initials("bob"), "b");
        assert_eq!(initials("usr_fr55ga3"), "uf");
        assert_eq!(initials("  "), "");
        assert_eq!(initials("<b>Anna</b> & \"Rossi\""), "bR");
        assert_eq!(initials("élodie ñ"), "éñ");
        assert_eq!(initials("e\u{301}lodie n\u{303}"), "e\u{301}n\u{303}");
        assert_eq!(initials("🇮🇹 Italia"), "I");
        assert_eq!(initials("\u{301}Anna ★ Rossi"), "AR");
        assert_eq!(initials("👩‍👩‍👧‍👦 👍"), "👩‍👩‍👧‍👦");
        assert_eq!(initials("🇮🇹"), "🇮🇹");
        assert_eq!(initials("花子 山田"), "花山");
    }

    #[test]
    fn a_colour_is_the_same_every_time_and_in_range() {
        assert_eq!(hue("anna"), hue("anna"));
        assert!(["", "anna", "bob", "usr_1"].iter().all(|alias| hue(alias) < HUES));
    }
}
