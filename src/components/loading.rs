//! The panel before the first connection stands.

use crate::hooks::use_class;
use crate::i18n::{Text, use_i18n};
use crate::styles::Css;
use bandyer_css::css;
use yew::prelude::*;

#[component]
pub fn Loading() -> Html {
    let class = use_class(style);
    let i18n = use_i18n();
    html! {
        <div {class} role="status" data-testid="loader">
            <span class="dots" aria-hidden="true"><i /><i /><i /></span>
            <h2>{ i18n.text(Text::LoadingTitle) }</h2>
            <p>{ i18n.text(Text::LoadingHint) }</p>
        </div>
    }
}

fn style() -> Css {
    css!(
        r#"
        display: flex;
        flex: 1;
        flex-direction: column;
        align-items: center;
        justify-content: center;
        gap: 4px;
        background: var(--bw-header-background);
        color: var(--bw-header-color);
        text-align: center;

        .dots { display: flex; gap: 8px; margin-block-end: 18px; }
        .dots i {
            inline-size: 10px;
            block-size: 10px;
            border-radius: 50%;
            background: currentcolor;
            animation: bw-bounce 1.2s var(--bw-ease) infinite;
        }
        .dots i:nth-child(2) { animation-delay: 0.15s; }
        .dots i:nth-child(3) { animation-delay: 0.3s; }
        h2 { font-size: 17px; line-height: 24px; font-weight: 650; }
        p { font-size: 14px; opacity: 0.8; }
        "#
    )
}
