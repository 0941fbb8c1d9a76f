//! How the call view looks: pictures to the edges, and everything else floating over them.

use crate::styles::Css;
use bandyer_css::css;

pub fn style() -> Css {
    css!(
        r#"
        position: relative;
        flex: 1;
        min-block-size: 0;
        overflow: hidden;
        background: var(--bw-call-background);
        color: var(--bw-call-color);
        --bw-focus: #ffffff;
        animation: bw-appear var(--bw-slow) both;

        &:focus { outline: none; }
        .behind, .main { position: absolute; inset: 0; }
        .main { overflow: hidden; }
        .main > video { position: absolute; inset: 0; }
        .main[data-moving='false'] > video { opacity: 0; }

        .still {
            position: relative;
            display: flex;
            flex-direction: column;
            align-items: center;
            justify-content: center;
            gap: 18px;
            block-size: 100%;
            padding-block-end: 24px;
            padding-inline: 24px;
            text-align: center;
        }
        .still.dim { position: absolute; inset: 0; background: rgb(4 18 27 / 0.5); }
        .still .face { border-radius: 50%; box-shadow: 0 0 0 5px rgb(255 255 255 / 0.12); }
        .still .name { max-inline-size: 100%; font-size: 20px; line-height: 28px; font-weight: 650; letter-spacing: -0.01em; }
        .wait { display: flex; align-items: center; gap: 10px; max-inline-size: 100%; font-size: 15px; font-weight: 550; }
        .wheel {
            flex: none;
            inline-size: 16px;
            block-size: 16px;
            border: 2.5px solid color-mix(in srgb, currentcolor 30%, transparent);
            border-block-start-color: currentcolor;
            border-radius: 50%;
            animation: bw-spin 0.9s linear infinite;
        }

        .side {
            position: absolute;
            inset-block-end: 14px;
            inset-inline-end: 14px;
            display: flex;
            flex-direction: column-reverse;
            gap: 8px;
            pointer-events: none;
        }
        .tile {
            position: relative;
            display: flex;
            align-items: center;
            justify-content: center;
            inline-size: 108px;
            block-size: 81px;
            overflow: hidden;
            border-radius: 14px;
            background: #123a51;
            box-shadow: 0 0 0 1px rgb(255 255 255 / 0.16), 0 6px 18px -4px rgb(0 0 0 / 0.5);
            animation: bw-rise var(--bw-slow) var(--bw-ease) both;
        }
        .tag {
            position: absolute;
            inset-block-end: 4px;
            inset-inline: 4px;
            padding-inline: 6px;
            border-radius: 8px;
            background: rgb(4 18 27 / 0.66);
            color: #ffffff;
            font-size: 11px;
            line-height: 17px;
            text-align: center;
        }
        &.full .tile { inline-size: 192px; block-size: 144px; }

        .mending {
            position: absolute;
            inset: 0;
            display: flex;
            flex-direction: column;
            align-items: center;
            justify-content: center;
            gap: 12px;
            background: rgb(4 18 27 / 0.6);
            backdrop-filter: blur(6px);
            color: #ffffff;
            font-weight: 600;
            animation: bw-appear var(--bw-slow) both;
        }
        .mending .wheel { inline-size: 30px; block-size: 30px; border-width: 3.5px; }

        .top {
            position: absolute;
            inset-block-start: 12px;
            inset-inline: 12px;
            display: flex;
            align-items: center;
            justify-content: space-between;
            gap: 10px;
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
            min-inline-size: 0;
            block-size: 40px;
            padding-inline: 13px;
            border-radius: 20px;
            background: rgb(4 18 27 / 0.56);
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
            background: rgb(4 18 27 / 0.56);
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

        .notes {
            position: absolute;
            inset-block-start: 62px;
            inset-inline: 12px;
            display: flex;
            flex-direction: column;
            align-items: center;
            gap: 8px;
            pointer-events: none;
        }
        .notes > * { max-inline-size: 100%; pointer-events: auto; }
        .chip, .snack {
            display: flex;
            align-items: center;
            gap: 8px;
            padding-block: 7px;
            padding-inline: 14px;
            border-radius: 17px;
            font-size: 13px;
            line-height: 18px;
            animation: bw-rise var(--bw-slow) var(--bw-ease) both;
        }
        .chip { background: #fed859; color: #3d2f00; font-weight: 550; }
        .snack { padding-block: 4px; padding-inline-end: 5px; background: var(--bw-raised); color: var(--bw-body-color); box-shadow: var(--bw-shadow-small); }
        .trouble {
            display: flex;
            gap: 12px;
            inline-size: 100%;
            max-inline-size: 420px;
            padding-block: 12px;
            padding-inline: 14px 8px;
            border-radius: 16px;
            background: var(--bw-raised);
            color: var(--bw-body-color);
            box-shadow: var(--bw-shadow-small);
            font-size: 14px;
            line-height: 19px;
            animation: bw-rise var(--bw-slow) var(--bw-ease) both;
        }
        .notes .trouble > div { flex: 1; min-inline-size: 0; }
        .notes .trouble strong { font-weight: 650; }
        .notes .trouble p { color: var(--bw-muted); }
        .sign {
            display: flex;
            flex: none;
            align-items: center;
            justify-content: center;
            inline-size: 38px;
            block-size: 38px;
            border-radius: 50%;
            background: var(--bw-accent-soft);
            color: var(--bw-link);
        }
        .notes .trouble > .sign { background: var(--bw-danger-soft); color: var(--bw-danger); }
        .go {
            display: inline-block;
            margin-block-start: 8px;
            padding-block: 6px;
            padding-inline: 14px;
            border-radius: 16px;
            background: var(--bw-accent);
            color: var(--bw-accent-color);
            font-size: 14px;
            font-weight: 600;
            text-decoration: none;
        }
        .go:hover { filter: brightness(1.1); }
        .notes .go:focus-visible, .menu button:focus-visible { outline-color: var(--bw-accent); }

        .veil {
            position: absolute;
            z-index: 5;
            inset: 0;
            display: flex;
            flex-direction: column;
            align-items: center;
            justify-content: center;
            gap: 6px;
            padding: 24px;
            background: rgb(4 18 27 / 0.78);
            color: #ffffff;
            text-align: center;
            animation: bw-appear var(--bw-slow) both;
        }
        .veil .sign { inline-size: 72px; block-size: 72px; margin-block-end: 10px; background: rgb(255 255 255 / 0.14); color: #ffffff; }
        .veil strong { font-size: 18px; line-height: 25px; font-weight: 650; }
        .veil p { max-inline-size: 300px; opacity: 0.85; text-wrap: balance; }
        .veil .go { margin-block-start: 14px; padding-block: 10px; padding-inline: 22px; border-radius: 20px; font-size: 15px; }

        .backdrop { position: absolute; z-index: 3; inset: 0; }
        .menu {
            position: absolute;
            z-index: 4;
            inset-block-start: 60px;
            inset-inline-end: 12px;
            display: flex;
            flex-direction: column;
            inline-size: 300px;
            max-inline-size: calc(100% - 24px);
            padding: 8px;
            border-radius: 18px;
            background: var(--bw-raised);
            color: var(--bw-body-color);
            box-shadow: var(--bw-shadow);
            animation: bw-rise var(--bw-slow) var(--bw-ease) both;
        }
        .menu:focus { outline: none; }
        .menu h2 { padding-block: 6px 8px; padding-inline: 10px; font-size: 14px; line-height: 19px; font-weight: 650; }
        .menu button { display: flex; align-items: center; gap: 12px; padding-block: 9px; padding-inline: 10px; border-radius: 12px; }
        .menu button:hover { background: var(--bw-hover); }
        .menu strong, .menu small { display: block; font-size: 14px; line-height: 19px; font-weight: 600; }
        .menu small { font-size: 12px; line-height: 16px; font-weight: 400; color: var(--bw-muted); }

        .settings, .files { --bw-focus: var(--bw-accent); display: flex; flex-direction: column; gap: 18px; margin-block-start: 10px; }
        .choice > span:first-child { display: flex; align-items: center; gap: 8px; font-size: 14px; font-weight: 600; }
        .choice svg { color: var(--bw-muted); }
        .field { position: relative; display: block; margin-block-start: 8px; }
        .field svg { position: absolute; inset-block-start: 13px; inset-inline-end: 14px; pointer-events: none; }
        select {
            appearance: none;
            inline-size: 100%;
            block-size: 42px;
            margin: 0;
            padding-inline: 14px 38px;
            border: 1px solid var(--bw-line);
            border-radius: 12px;
            background: var(--bw-field);
            color: inherit;
            font: inherit;
            text-overflow: ellipsis;
        }
        select:disabled { color: var(--bw-muted); }
        .preview {
            position: relative;
            display: flex;
            flex-direction: column;
            align-items: center;
            justify-content: center;
            gap: 8px;
            block-size: 132px;
            margin-block-start: 10px;
            overflow: hidden;
            border-radius: 14px;
            background: #0c2e41;
            color: #ffffff;
            font-size: 13px;
        }
        .meter { display: flex; align-items: center; gap: 6px; margin-block-start: 12px; font-size: 13px; color: var(--bw-muted); }
        .meter span { flex: none; margin-inline-end: 6px; }
        .meter i { flex: 1; block-size: 8px; border-radius: 4px; background: var(--bw-pressed); transition: background-color var(--bw-fast); }
        .meter i.on { background: var(--bw-online); }
        .blocked { margin-block-start: 10px; padding-block: 12px; padding-inline: 14px; border-radius: 14px; background: var(--bw-danger-soft); font-size: 14px; line-height: 19px; }
        .blocked button { margin-block-start: 8px; padding-block: 6px; padding-inline: 14px; border-radius: 16px; background: var(--bw-accent); color: var(--bw-accent-color); font-weight: 600; }

        .files { gap: 12px; }
        .tabs { display: flex; gap: 4px; padding: 4px; border-radius: 14px; background: var(--bw-field); }
        .tabs button { flex: 1; display: flex; align-items: center; justify-content: center; gap: 8px; min-block-size: 32px; border-radius: 10px; font-size: 14px; font-weight: 600; color: var(--bw-muted); }
        .tabs button[aria-selected="true"] { background: var(--bw-raised); color: var(--bw-body-color); box-shadow: 0 1px 3px rgb(12 46 65 / 0.18); }
        .count { min-inline-size: 20px; padding-inline: 6px; border-radius: 10px; background: var(--bw-accent); color: var(--bw-accent-color); font-size: 12px; line-height: 20px; text-align: center; }
        .files li { display: flex; align-items: center; gap: 10px; padding-block: 8px; }
        .files li + li { border-block-start: 1px solid var(--bw-line); }
        .files .sign { inline-size: 34px; block-size: 34px; }
        .about { display: flex; flex: 1; flex-direction: column; gap: 2px; min-inline-size: 0; font-size: 14px; line-height: 19px; }
        .about > :nth-child(2) { font-size: 12px; line-height: 16px; color: var(--bw-muted); }
        .about b { margin-inline-start: 8px; padding-inline: 7px; border-radius: 8px; background: var(--bw-accent-soft); color: var(--bw-link); font-weight: 650; }
        .about .why { color: var(--bw-danger); }
        .progress { block-size: 5px; margin-block: 6px; overflow: hidden; border-radius: 3px; background: var(--bw-pressed); }
        .progress i { display: block; block-size: 100%; border-radius: 3px; background: var(--bw-accent); transition: inline-size var(--bw-fast); }
        .tick { display: flex; padding: 8px; color: var(--bw-online); }
        .none { padding-block: 22px; padding-inline: 12px; color: var(--bw-muted); font-size: 14px; text-align: center; text-wrap: balance; }
        .add { display: flex; align-items: center; justify-content: center; gap: 8px; min-block-size: 42px; border-radius: 21px; background: var(--bw-accent); color: var(--bw-accent-color); font-weight: 600; cursor: pointer; }
        .add:hover { filter: brightness(1.1); }
        .add:focus-within { outline: 2px solid var(--bw-focus); outline-offset: 2px; }

        :host([data-mode="contained"]) & .side { inset-block-end: 88px; }
        @media (max-width: 470px) {
            .side { inset-block-end: 88px; }
        }
        @media (forced-colors: active) {
            .control, .pill, .tile, .menu, .notes .trouble, .snack, .chip { border: 1px solid ButtonText; }
            .control.off, .meter i.on { background: Highlight; }
        }
        "#
    )
}
