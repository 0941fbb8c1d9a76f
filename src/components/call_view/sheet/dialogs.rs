//! What lies over the call: the question about a screen, settings, files.

use crate::styles::Css;
use bandyer_css::css;

pub fn style() -> Css {
    css!(
        r#"
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
            max-block-size: calc(100% - 16px);
            overflow: auto;
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
        .menu button:focus-visible { outline-color: var(--bw-link); }

        .settings, .files { --bw-focus: var(--bw-link); display: flex; flex-direction: column; gap: 18px; margin-block-start: 10px; }
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

        @media (max-height: 450px) {
            .menu { inset-block-start: 8px; }
        }
        @media (forced-colors: active) {
            .menu { border: 1px solid ButtonText; }
            .meter i.on { background: Highlight; }
        }
        "#
    )
}
