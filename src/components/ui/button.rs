//! Buttons: a round one that shows an icon, and a pill with words.

use super::icon::{Icon, IconView};
use crate::hooks::use_class;
use crate::styles::Css;
use bandyer_css::css;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct IconButtonProps {
    pub icon: Icon,
    /// What it does, in words: its name for screen readers and its tooltip.
    pub label: AttrValue,
    pub onclick: Callback<MouseEvent>,
    #[prop_or(36)]
    pub size: u16,
    #[prop_or(20)]
    pub icon_size: u16,
    #[prop_or_default]
    pub tone: Tone,
    #[prop_or_default]
    pub disabled: bool,
    #[prop_or_default]
    pub testid: Option<AttrValue>,
    #[prop_or_default]
    pub node: NodeRef,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// No background until pointed at.
    #[default]
    Plain,
    /// On the header bar.
    Header,
    Accent,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Tone::Plain => "plain",
            Tone::Header => "header",
            Tone::Accent => "accent",
        }
    }
}

#[component]
pub fn IconButton(props: &IconButtonProps) -> Html {
    let class = use_class(icon_button_style);
    let sides = format!("inline-size:{0}px;block-size:{0}px", props.size);
    html! {
        <button ref={props.node.clone()} type="button" class={classes!(class.to_string(), props.tone.class())}
            ~style={sides} disabled={props.disabled} onclick={props.onclick.clone()}
            aria-label={props.label.clone()} title={props.label.clone()} data-testid={props.testid.clone()}>
            <IconView icon={props.icon} size={props.icon_size} />
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
        &:active:not(:disabled) { transform: scale(0.93); }
        "#
    )
}

#[derive(PartialEq, Properties)]
pub struct PillProps {
    pub children: Html,
    pub onclick: Callback<MouseEvent>,
    #[prop_or_default]
    pub testid: Option<AttrValue>,
    #[prop_or_default]
    pub node: NodeRef,
}

/// The one thing to do on a view that offers nothing else.
#[component]
pub fn Pill(props: &PillProps) -> Html {
    let class = use_class(pill_style);
    html! {
        <button ref={props.node.clone()} type="button" {class} onclick={props.onclick.clone()} data-testid={props.testid.clone()}>
            { props.children.clone() }
        </button>
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
        "#
    )
}
