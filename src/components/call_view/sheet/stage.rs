//! The pictures, to the edges, and what stands in their place.

use crate::styles::Css;
use bandyer_css::css;

pub fn style() -> Css {
    css!(
        r#"
        position: relative;
        flex: 1;
        min-block-size: 0;
        overflow: clip;
        background: var(--bw-call-background);
        color: var(--bw-call-color);
        --bw-focus: #ffffff;
        animation: bw-appear var(--bw-slow) both;

        &:focus { outline: none; }
        .behind, .main { position: absolute; inset: 0; }
        .main { overflow: hidden; }
        .desk, .desk-inside { position: absolute; inset: 0; }
        .desk-coming {
            position: absolute;
            inset: 0;
            display: flex;
            flex-direction: column;
            align-items: center;
            justify-content: center;
            gap: 14px;
        }
        .desk-coming .wheel { inline-size: 30px; block-size: 30px; border-width: 3.5px; }
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
        :host([data-mode="contained"]) & .side { inset-block-end: 88px; }
        @media (max-width: 470px) {
            .side { inset-block-end: 88px; }
        }
        /* Above the tools of the board. */
        @media (max-width: 700px) {
            &.on-board .side { inset-block-end: 146px; }
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

        /* Between the edge and the buttons. */
        @media (max-height: 450px) {
            .side { inset-block-end: 14px; inset-inline-end: 6px; gap: 4px; }
            .tile { inline-size: 56px; block-size: 42px; border-radius: 10px; }
            .tile > span:not(.tag) { transform: scale(0.7); }
            .still { gap: 8px; }
        }
        @media (max-height: 300px) {
            .still .face, .still .name { display: none; }
        }
        @media (forced-colors: active) {
            .tile { border: 1px solid ButtonText; }
        }
        "#
    )
}
