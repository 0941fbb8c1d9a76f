//! The strip that says the line is down, and that it is being mended.

use crate::i18n::{I18n, Text};
use crate::styles::{Css, Styles};
use bandyer_css::css;
use yew::prelude::*;

pub fn network_bar(i18n: &I18n, styles: &Styles) -> Html {
    // The announcer says it; twice would be once too often.
    html! {
        <div class={styles.class(style)} part="network-bar" data-testid="network-bar">
            <span class="wheel" aria-hidden="true" />
            <span>{ i18n.text(Text::NetworkOffline) }</span>
        </div>
    }
}

fn style() -> Css {
    css!(
        r#"
        display: flex;
        flex: none;
        align-items: center;
        justify-content: center;
        gap: 8px;
        padding-block: 7px;
        padding-inline: 16px;
        background: var(--bw-warning-background);
        color: var(--bw-warning-color);
        font-size: 13px;
        line-height: 18px;
        font-weight: 550;
        animation: bw-appear var(--bw-slow) both;

        .wheel {
            inline-size: 12px;
            block-size: 12px;
            border: 2px solid color-mix(in srgb, currentcolor 30%, transparent);
            border-block-start-color: currentcolor;
            border-radius: 50%;
            animation: bw-spin 0.9s linear infinite;
        }
        "#
    )
}
