//! What stands where a list would be: a small drawing, a line and a hint.

use crate::styles::{Css, Styles};
use bandyer_css::css;
use yew::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawing {
    /// Two speech bubbles.
    Talk,
    /// A magnifying glass over an empty card.
    Search,
    /// A bubble that sleeps.
    Asleep,
    /// A clock that has run out.
    Over,
    /// A closed door: the account is gone.
    Locked,
    /// A handset whose line is cut.
    NoCall,
}

pub struct Empty {
    pub drawing: Drawing,
    pub title: AttrValue,
    pub hint: AttrValue,
    /// The value of `data-kind`.
    pub kind: Option<&'static str>,
    /// What can be done about it.
    pub action: Html,
}

pub fn empty(styles: &Styles, empty: Empty) -> Html {
    let Empty { drawing, title, hint, kind, action } = empty;
    html! {
        <div class={styles.class(style)} data-testid={kind.map(|_| "empty")} data-kind={kind}>
            { draw(drawing) }
            <h2>{ title }</h2>
            <p>{ hint }</p>
            { action }
        </div>
    }
}

/// Flat shapes in the theme's own colours: `a` strong, `b` soft, `l` lines.
fn draw(drawing: Drawing) -> Html {
    let shapes = match drawing {
        Drawing::Talk => html! { <>
            <path class="b" d="M18 22a12 12 0 0 1 12-12h40a12 12 0 0 1 12 12v22a12 12 0 0 1-12 12H42L28 67V56a10 10 0 0 1-10-10z" />
            <path class="l" d="M34 27h32M34 39h20" />
            <path class="a" d="M58 54a10 10 0 0 1 10-10h26a10 10 0 0 1 10 10v16a10 10 0 0 1-10 10h-1v9l-11-9H68a10 10 0 0 1-10-10z" />
            <path class="w" d="M72 62v.01M81 62v.01M90 62v.01" />
        </> },
        Drawing::Search => html! { <>
            <rect class="b" x="20" y="14" width="68" height="66" rx="12" />
            <path class="l" d="M34 32h6M50 32h24M34 48h6M50 48h12M34 64h6" />
            <circle class="c" cx="76" cy="58" r="16" />
            <path class="s" d="M88 70l12 12" />
        </> },
        Drawing::Asleep => html! { <>
            <path class="b" d="M20 28a14 14 0 0 1 14-14h50a14 14 0 0 1 14 14v28a14 14 0 0 1-14 14H54L38 83V70h-4a14 14 0 0 1-14-14z" />
            <path class="l" d="M40 40q6 6 12 0M66 40q6 6 12 0" />
            <path class="s" d="M92 8h10L92 20h10M108 26h6l-6 8h6" />
        </> },
        Drawing::Over => html! { <>
            <circle class="b" cx="60" cy="48" r="36" />
            <circle class="c" cx="60" cy="48" r="25" />
            <path class="s" d="M60 33v15l10 7" />
            <path class="l" d="M16 80h88" />
        </> },
        Drawing::Locked => html! { <>
            <circle class="b" cx="60" cy="46" r="36" />
            <rect class="a" x="42" y="42" width="36" height="28" rx="7" />
            <path class="s" d="M49 42v-8a11 11 0 0 1 22 0v8" />
            <path class="w" d="M60 53v7" />
        </> },
        Drawing::NoCall => html! { <>
            <circle class="b" cx="60" cy="48" r="36" />
            <path class="a" d="M33 55v-4c7-8 16-12 27-12s20 4 27 12v4a4 4 0 0 1-5 4l-8-2a4 4 0 0 1-3-4v-5a38 38 0 0 0-22 0v5a4 4 0 0 1-3 4l-8 2a4 4 0 0 1-5-4" />
            <path class="s" d="M47 25l4 6M60 21v7M73 25l-4 6" />
        </> },
    };
    html! { <svg viewBox="0 0 120 96" width="120" height="96" aria-hidden="true" focusable="false">{ shapes }</svg> }
}

fn style() -> Css {
    css!(
        r#"
        display: flex;
        flex-direction: column;
        align-items: center;
        justify-content: center;
        gap: 6px;
        min-block-size: 100%;
        padding-block: 24px;
        padding-inline: 36px;
        text-align: center;
        animation: bw-appear var(--bw-slow) both;

        svg { margin-block-end: 12px; }
        h2 { font-size: 16px; line-height: 22px; font-weight: 650; }
        p { max-inline-size: 270px; font-size: 14px; line-height: 20px; color: var(--bw-muted); text-wrap: balance; }
        button { margin-block-start: 14px; }

        @media (max-height: 450px) {
            padding-block: 12px;
            svg { display: none; }
        }

        .a { fill: var(--bw-accent); }
        .b { fill: var(--bw-accent-soft); }
        .c { fill: var(--bw-body-background); stroke: var(--bw-accent); stroke-width: 5; }
        .l, .s, .w { fill: none; stroke-width: 5; stroke-linecap: round; stroke-linejoin: round; }
        .l { stroke: color-mix(in srgb, var(--bw-accent) 32%, transparent); }
        .s { stroke: var(--bw-accent); }
        .w { stroke: var(--bw-accent-color); }
        "#
    )
}
