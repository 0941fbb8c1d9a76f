//! The panel before the first connection stands.

use crate::i18n::{I18n, Text};
use crate::styles::{Css, Styles};
use bandyer_css::css;
use yew::prelude::*;

pub fn loading(i18n: &I18n, styles: &Styles) -> Html {
    // The key keeps Yew from turning this element into that of the next view.
    html! {
        <div key="loading" class={styles.class(style)} role="status" data-testid="loader">
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
