//! How the board looks: paper to the edges, and what one works with floating over it.

use crate::styles::{Css, Styles};
use bandyer_css::css;
use yew::prelude::*;

/// The classes of the board.
pub fn classes(styles: &Styles) -> Classes {
    let sheets: [fn() -> Css; 2] = [surface, tools];
    sheets.into_iter().map(|sheet| styles.class(sheet).to_string()).collect()
}

fn surface() -> Css {
    css!(
        r#"
        position: absolute;
        inset: 0;
        overflow: hidden;
        background: var(--bw-body-background);
        color: var(--bw-body-color);
        --bw-focus: var(--bw-link);

        .surface { position: absolute; inset: 0; overflow: hidden; touch-action: none; user-select: none; }
        .surface:focus { outline: none; }
        .surface:focus-visible::after { content: ''; position: absolute; inset: 2px; border: 2px solid var(--bw-focus); pointer-events: none; }
        canvas { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; touch-action: none; }
        .surface[data-tool='select'] .live { cursor: default; }
        .surface[data-tool='hand'] .live { cursor: grab; }
        .surface[data-tool='hand'] .live:active { cursor: grabbing; }
        .surface[data-tool='text'] .live { cursor: text; }
        .live { cursor: crosshair; }

        .writing {
            position: absolute;
            z-index: 2;
            min-inline-size: 2ch;
            padding: 0;
            overflow: hidden;
            white-space: pre;
            resize: none;
            outline: 1.5px dashed color-mix(in srgb, var(--bw-focus) 70%, transparent);
            outline-offset: 3px;
            transform-origin: 0 0;
        }

        .chips { position: absolute; inset-block-start: 64px; inset-inline: 76px; display: flex; flex-direction: column; align-items: center; gap: 6px; pointer-events: none; }
        .chip {
            max-inline-size: 100%;
            padding-block: 7px;
            padding-inline: 14px;
            border-radius: 16px;
            background: var(--bw-warning-background);
            color: var(--bw-warning-color);
            font-size: 13px;
            line-height: 18px;
            font-weight: 550;
            box-shadow: var(--bw-shadow-small);
        }

        .veil { position: absolute; z-index: 6; inset: 0; display: flex; align-items: center; justify-content: center; padding: 16px; background: rgb(4 18 27 / 0.4); }
        .question { max-inline-size: 340px; padding: 20px; border-radius: 18px; background: var(--bw-raised); box-shadow: var(--bw-shadow); animation: bw-rise var(--bw-slow) var(--bw-ease) both; }
        .question p { font-weight: 600; }
        .answers { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 8px; margin-block-start: 18px; }
        .answers button { min-block-size: 40px; padding-inline: 18px; border-radius: 20px; background: var(--bw-pressed); font-weight: 600; }
        .answers .strong { background: var(--bw-decline); color: #ffffff; }

        .outline {
            position: absolute;
            z-index: 5;
            inset-block-start: 64px;
            inset-inline-start: 72px;
            inline-size: 240px;
            max-block-size: 50%;
            overflow: auto;
            padding: 8px;
            border-radius: 14px;
            background: var(--bw-raised);
            box-shadow: var(--bw-shadow);
        }
        .outline:not(:focus) { clip-path: inset(50%); inline-size: 1px; block-size: 1px; padding: 0; overflow: hidden; }
        .outline li { padding-block: 6px; padding-inline: 10px; border-radius: 9px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 14px; }
        .outline li[aria-selected='true'] { background: var(--bw-accent-soft); color: var(--bw-link); font-weight: 600; }
        "#
    )
}

fn tools() -> Css {
    css!(
        r#"
        .tools, .group, .palette { background: var(--bw-raised); box-shadow: var(--bw-shadow-small); }
        .tools {
            position: absolute;
            z-index: 4;
            inset-block-start: 64px;
            inset-inline-start: 14px;
            display: flex;
            flex-direction: column;
            gap: 2px;
            padding: 5px;
            border-radius: 16px;
        }
        .tool {
            display: flex;
            flex: none;
            align-items: center;
            justify-content: center;
            inline-size: 40px;
            block-size: 40px;
            border-radius: 12px;
            color: var(--bw-body-color);
            transition: background-color var(--bw-fast), color var(--bw-fast);
        }
        .tool:hover { background: var(--bw-hover); }
        .tool:active { background: var(--bw-pressed); }
        .tool[aria-pressed='true'] { background: var(--bw-accent); color: var(--bw-accent-color); }
        .idle { opacity: 0.35; }

        .looks { position: relative; margin-block-start: 3px; padding-block-start: 5px; border-block-start: 1px solid var(--bw-line); }
        .dot { display: block; inline-size: 22px; block-size: 22px; border-radius: 50%; box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--bw-body-color) 26%, transparent); }
        .dot.blank { background: linear-gradient(to top right, transparent 46%, var(--bw-danger) 46%, var(--bw-danger) 54%, transparent 54%); }
        .palette {
            position: absolute;
            z-index: 5;
            inset-block-end: -5px;
            inset-inline-start: calc(100% + 14px);
            display: flex;
            flex-direction: column;
            gap: 12px;
            inline-size: 236px;
            padding: 14px;
            border-radius: 16px;
            animation: bw-rise var(--bw-slow) var(--bw-ease) both;
        }
        .choice > span { display: block; margin-block-end: 4px; color: var(--bw-muted); font-size: 12px; line-height: 16px; font-weight: 600; }
        .swatches { display: grid; grid-template-columns: repeat(6, 34px); }
        .swatch { display: flex; align-items: center; justify-content: center; inline-size: 34px; block-size: 34px; border-radius: 50%; }
        .swatch.wide { grid-column: span 2; inline-size: 68px; border-radius: 12px; }
        .swatch:hover { background: var(--bw-hover); }
        .swatch[aria-pressed='true'] { box-shadow: inset 0 0 0 2px var(--bw-accent); }
        .bar { inline-size: 32px; border-radius: 4px; background: var(--bw-body-color); }
        .bar.small { block-size: 2px; }
        .bar.medium { block-size: 4px; }
        .bar.large { block-size: 8px; }

        .group { display: flex; align-items: center; gap: 1px; padding: 3px; border-radius: 14px; }
        .corner { position: absolute; z-index: 3; inset-block-end: 16px; inset-inline-start: 14px; display: flex; flex-wrap: wrap-reverse; align-items: center; gap: 6px; max-inline-size: calc(50% - 116px); }
        .corner .tool { inline-size: 36px; block-size: 36px; }
        .percent { min-inline-size: 52px; text-align: center; font-size: 13px; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .tool.percent { inline-size: 56px; }
        .chosen { position: absolute; z-index: 4; inset-block-start: 64px; inset-inline: 0; inline-size: fit-content; margin-inline: auto; animation: bw-appear var(--bw-fast) both; }

        /* Low windows: the tools stand in two columns, clear of the corner. */
        @media (max-height: 640px) {
            .tools { display: grid; grid-template-columns: 40px 40px; }
            .looks { grid-column: 1 / 3; display: flex; justify-content: center; }
        }
        /* Phones: the tools lie above the buttons of the call, the corner below its name. */
        @media (max-width: 700px) {
            .tools {
                display: flex;
                flex-flow: row nowrap;
                inset-block: auto 86px;
                inset-inline: 8px;
                inline-size: fit-content;
                max-inline-size: calc(100% - 16px);
                max-block-size: none;
                margin-inline: auto;
                overflow-x: auto;
                scrollbar-width: none;
            }
            .looks { flex: none; position: static; margin: 0; padding: 0; border: 0; }
            .palette { position: fixed; inset-block: auto 146px; inset-inline: 0; margin-inline: auto; }
            .corner { inset-block: 118px auto; inset-inline-start: 8px; max-inline-size: calc(100% - 16px); }
            .corner .group:nth-child(2) .percent { display: none; }
            .chosen { inset-block: auto 142px; }
            .chips { inset-block-start: 168px; inset-inline: 12px; }
            .outline { inset-inline-start: 8px; inset-block-start: 118px; }
        }
        @media (forced-colors: active) {
            .tools, .group, .palette, .question { border: 1px solid ButtonText; }
            .tool[aria-pressed='true'] { background: Highlight; color: HighlightText; }
            .dot { forced-color-adjust: none; }
            .bar { background: ButtonText; }
        }
        "#
    )
}
