//! The buttons above and below the pictures, and the pill that says who it is.

use crate::styles::Css;
use bandyer_css::css;

pub fn style() -> Css {
    css!(
        r#"
        .top {
            position: absolute;
            inset-block-start: 12px;
            inset-inline: 12px;
            display: flex;
            flex-wrap: wrap;
            align-items: center;
            justify-content: space-between;
            gap: 6px 10px;
            pointer-events: none;
        }
        .top > * { pointer-events: auto; }
        &.filled .top { inset-block-start: 16px; padding-inline-end: 50px; }
        .bar { display: flex; flex: none; gap: 6px; }
        .bottom {
            position: absolute;
            inset-block-end: 16px;
            inset-inline: 0;
            display: flex;
            align-items: center;
            justify-content: center;
            gap: 16px;
            inline-size: fit-content;
            margin-inline: auto;
        }

        .pill {
            display: grid;
            grid-template-columns: auto auto minmax(0, 1fr);
            align-content: center;
            align-items: center;
            flex: 0 1 auto;
            min-inline-size: min(140px, 100%);
            block-size: 40px;
            padding-inline: 13px;
            border-radius: 20px;
            background: rgb(4 18 27 / 0.74);
            backdrop-filter: blur(10px);
            color: #ffffff;
            font-size: 13px;
            line-height: 17px;
        }
        .pill .name { grid-column: 3; font-weight: 600; }
        .clock { grid-column: 3; font-size: 12px; line-height: 15px; font-variant-numeric: tabular-nums; opacity: 0.86; white-space: nowrap; }
        .clock:empty { display: none; }
        .clock.soon { opacity: 1; color: #ffd97a; font-weight: 600; }
        .muted, .quality { display: flex; grid-row: 1 / 3; margin-inline-end: 8px; }
        .muted { color: #ff9aa5; }
        .pill:has(.soon) .quality { display: none; }
        .quality { align-items: flex-end; gap: 2px; block-size: 12px; }
        .quality i { inline-size: 3px; border-radius: 1.5px; background: currentcolor; }
        .quality i:nth-child(1) { block-size: 5px; }
        .quality i:nth-child(2) { block-size: 8px; }
        .quality i:nth-child(3) { block-size: 12px; }
        .quality.good { color: #6fdca2; }
        .quality.fair { color: #ffd97a; }
        .quality.poor { color: #ff9aa5; }
        .fair i:nth-child(3), .poor i:nth-child(n + 2) { opacity: 0.32; }

        .control {
            position: relative;
            display: flex;
            flex: none;
            align-items: center;
            justify-content: center;
            inline-size: 40px;
            block-size: 40px;
            border-radius: 50%;
            background: rgb(4 18 27 / 0.74);
            backdrop-filter: blur(10px);
            color: #ffffff;
            transition: background-color var(--bw-fast), color var(--bw-fast), transform var(--bw-fast);
        }
        .bar .control svg { inline-size: 20px; block-size: 20px; }
        .control:hover { background: rgb(34 66 84 / 0.85); }
        .control:active { transform: scale(0.93); }
        .bottom .control { inline-size: 48px; block-size: 48px; }
        .control.off { background: #ffffff; color: #0c2e41; }
        .control.off:hover { background: #dfe8ee; }
        .control.dim { opacity: 0.6; }
        .control.on { background: var(--bw-accept); color: #ffffff; }
        .control.failed, .bottom .hang-up { background: var(--bw-decline); color: #ffffff; }
        .control.failed:hover, .bottom .hang-up:hover { background: color-mix(in srgb, var(--bw-decline) 88%, #000000); }
        .bottom .hang-up { inline-size: 56px; block-size: 56px; }
        .hang-up svg { inline-size: 28px; block-size: 28px; }
        .control.opening svg { animation: bw-blink 1.2s ease-in-out infinite; }
        .control:focus-visible { outline-width: 3px; }
        .badge {
            position: absolute;
            inset-block-start: -4px;
            inset-inline-end: -4px;
            min-inline-size: 18px;
            block-size: 18px;
            padding-inline: 5px;
            border-radius: 9px;
            background: var(--bw-decline);
            color: #ffffff;
            font-size: 11px;
            font-weight: 700;
            line-height: 18px;
            text-align: center;
        }

        .fade { transition: opacity 0.25s, transform 0.25s var(--bw-ease); }
        @media (hover: hover) {
            &.live:not(.held):not(:hover):not(:has(:focus-visible)) .fade { opacity: 0; transition-delay: 2s; transition-duration: 0.6s; }
            &.live:not(.held):not(:hover):not(:has(:focus-visible)) .bar { transform: translateY(-8px); }
            &.live:not(.held):not(:hover):not(:has(:focus-visible)) .bottom { transform: translateY(8px); }
        }
        @media (hover: none) {
            &.live.bare .fade { opacity: 0; visibility: hidden; }
            .screen { display: none; }
        }

        /* Where they do not fit side by side, the buttons stand below the name; the close button of the panel stays free. */
        @media (max-width: 470px) {
            &.filled .top { padding-inline-end: 0; }
            &.filled .pill { max-inline-size: calc(100% - 50px); margin-inline-end: 50px; }
            .bar { flex: 1 0 100%; }
        }
        /* A window as low as that, or one seen at four times its size: everything stands in one column, and what does not
           fit is scrolled to. */
        @media (max-height: 450px) {
            .behind { display: flex; flex-direction: column; gap: 8px; overflow: hidden auto; scroll-padding-block: 58px 72px; scrollbar-width: none; }
            .top, .bottom { position: relative; inset: auto; flex: none; }
            .top { margin: 12px 12px 0; }
            &.filled .top { inset: auto; }
            .bottom { position: sticky; order: 2; inset-block-end: 10px; margin-block: auto 10px; }
        }
        @media (max-height: 300px) {
            .top { margin-block-start: 8px; }
            .bottom .control, .bottom .hang-up { inline-size: 44px; block-size: 44px; }
        }
        @media (forced-colors: active) {
            .control, .pill { border: 1px solid ButtonText; }
            .control.off { background: Highlight; }
        }
        "#
    )
}
