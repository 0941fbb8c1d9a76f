//! The strip that says the line is down, and that it is being mended.

use crate::hooks::{use_class, use_selector};
use crate::i18n::{Text, use_i18n};
use crate::styles::Css;
use bandyer_core::select;
use bandyer_css::css;
use yew::prelude::*;

#[component]
pub fn NetworkBar() -> Html {
    let class = use_class(style);
    let i18n = use_i18n();
    if !use_selector(select::network_down) {
        return Html::default();
    }
    // The announcer says it; twice would be once too often.
    html! {
        <div {class} part="network-bar" data-testid="network-bar">
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
