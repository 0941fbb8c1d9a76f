//! A card over a view that wants an answer first, or to be closed.

use super::button::{IconButton, icon_button};
use super::icon::Icon;
use crate::styles::{Css, Styles};
use bandyer_css::css;
use yew::prelude::*;

pub struct Modal {
    pub title: AttrValue,
    /// The words of the button in its corner.
    pub close: AttrValue,
    pub onclose: Callback<MouseEvent>,
    /// Takes focus when it comes.
    pub node: NodeRef,
    pub testid: &'static str,
    pub body: Html,
}

pub fn modal(styles: &Styles, modal: Modal) -> Html {
    let Modal { title, close, onclose, node, testid, body } = modal;
    let button = IconButton::new(Icon::Close, close, onclose);
    html! {
        <div class={styles.class(style)} data-testid={testid}>
            <div ref={node} class="card bw-scroll" role="dialog" aria-modal="true" aria-label={title.clone()} tabindex="-1">
                <div class="head">
                    <h2>{ title }</h2>
                    { icon_button(styles, IconButton { testid: Some("modal-close"), icon_size: 18, ..button }) }
                </div>
                { body }
            </div>
        </div>
    }
}

fn style() -> Css {
    css!(
        r#"
        position: absolute;
        z-index: 4;
        inset: 0;
        display: flex;
        align-items: center;
        justify-content: center;
        padding: 12px;
        background: rgb(4 18 27 / 0.55);
        animation: bw-appear var(--bw-fast) both;

        .card {
            inline-size: 100%;
            max-inline-size: 440px;
            max-block-size: 100%;
            scroll-padding-block-start: 56px;
            padding-block: 0 18px;
            padding-inline: 18px;
            border-radius: 18px;
            background: var(--bw-body-background);
            color: var(--bw-body-color);
            box-shadow: var(--bw-shadow);
            animation: bw-rise var(--bw-slow) var(--bw-ease) both;
        }
        .card:focus { outline: none; }
        /* Its close button stays in sight however long the card is. */
        .head {
            position: sticky;
            z-index: 1;
            inset-block-start: 0;
            display: flex;
            align-items: center;
            justify-content: space-between;
            gap: 8px;
            margin-inline: -18px;
            padding-block: 12px 4px;
            padding-inline: 18px 10px;
            background: inherit;
        }
        .head h2 { font-size: 17px; line-height: 24px; font-weight: 650; }

        @media (forced-colors: active) {
            .card { border: 1px solid CanvasText; }
        }
        "#
    )
}
