//! Buttons: a round one that shows an icon, and a pill with words.

use super::icon::{Icon, icon};
use crate::styles::{Css, Styles};
use bandyer_css::css;
use yew::prelude::*;

pub struct IconButton {
    pub icon: Icon,
    /// What it does, in words: its name for screen readers and its tooltip.
    pub label: AttrValue,
    pub onclick: Callback<MouseEvent>,
    pub size: u16,
    pub icon_size: u16,
    pub tone: Tone,
    pub disabled: bool,
    pub testid: Option<&'static str>,
}

impl IconButton {
    pub fn new(icon: Icon, label: AttrValue, onclick: Callback<MouseEvent>) -> Self {
        Self {
            icon,
            label,
            onclick,
            size: 36,
            icon_size: 20,
            tone: Tone::Plain,
            disabled: false,
            testid: None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// No background until pointed at.
    Plain,
    /// On the header bar.
    Header,
    Accent,
    /// The way back to a call that goes on.
    Call,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Tone::Plain => "plain",
            Tone::Header => "header",
            Tone::Accent => "accent",
            Tone::Call => "call",
        }
    }
}

pub fn icon_button(styles: &Styles, button: IconButton) -> Html {
    let IconButton { label, onclick, tone, .. } = button;
    let sides = format!("inline-size:{0}px;block-size:{0}px", button.size);
    html! {
        <button type="button" class={classes!(styles.class(icon_button_style).to_string(), tone.class())}
            ~style={sides} disabled={button.disabled} {onclick}
            aria-label={label.clone()} title={label} data-testid={button.testid}>
            { icon(button.icon, button.icon_size) }
        </button>
    }
}

fn icon_button_style() -> Css {
    css!(
        r#"
        display: inline-flex;
        flex: none;
        align-items: center;
        justify-content: center;
        border-radius: 50%;
        transition: background-color var(--bw-fast), color var(--bw-fast), transform var(--bw-fast);

        &.plain { color: var(--bw-muted); }
        &.plain:hover { background: var(--bw-pressed); color: var(--bw-body-color); }
        &.header { background: var(--bw-header-button-background); color: var(--bw-header-button-color); }
        &.header:hover { filter: brightness(1.2); }
        &.header:focus-visible { outline-color: var(--bw-header-color); }
        &.accent { background: var(--bw-accent); color: var(--bw-accent-color); }
        &.accent:hover { filter: brightness(1.1); }
        &.accent:disabled { background: var(--bw-pressed); color: var(--bw-muted); filter: none; }
        &.header:disabled { opacity: 0.45; filter: none; }
        &.call { background: var(--bw-accept); color: #ffffff; box-shadow: 0 0 0 0 var(--bw-accept); animation: bw-beat 2s ease-out infinite; }
        &.call:hover { filter: brightness(1.1); }
        &.call:focus-visible { outline-color: var(--bw-header-color); }
        &:active:not(:disabled) { transform: scale(0.93); }
        "#
    )
}

/// The one thing to do on a view that offers nothing else.
pub fn pill(
    styles: &Styles,
    node: NodeRef,
    words: AttrValue,
    onclick: Callback<MouseEvent>,
    testid: &'static str,
) -> Html {
    html! {
        <button ref={node} type="button" class={styles.class(pill_style)} {onclick} data-testid={testid}>{ words }</button>
    }
}

/// The same while it has to wait for something: it stays reachable, and says what for.
pub fn waiting_pill(styles: &Styles, words: AttrValue, why: AttrValue, testid: &'static str) -> Html {
    html! {
        <button type="button" class={styles.class(pill_style)} aria-disabled="true" title={why.clone()}
            aria-label={[&*words, ". ", &*why].concat()} data-testid={testid}>{ words }</button>
    }
}

fn pill_style() -> Css {
    css!(
        r#"
        min-block-size: 40px;
        padding-block: 8px;
        padding-inline: 22px;
        border-radius: 20px;
        background: var(--bw-accent);
        color: var(--bw-accent-color);
        font-weight: 600;
        text-align: center;
        transition: filter var(--bw-fast), transform var(--bw-fast);

        &:hover { filter: brightness(1.1); }
        &:active { transform: scale(0.97); }
        &[aria-disabled="true"] { opacity: 0.55; filter: none; transform: none; cursor: default; }
        "#
    )
}
