//! What is said over the pictures, and what asks for an answer before the call is seen again.

use crate::styles::Css;
use bandyer_css::css;

pub fn style() -> Css {
    css!(
        r#"
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
        .notes .go:focus-visible { outline-color: var(--bw-link); }

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

        @media (max-width: 470px) {
            .notes { inset-block-start: 108px; }
        }
        @media (max-height: 450px) {
            .notes { position: relative; inset: auto; flex: none; order: 1; margin-inline: 12px; }
            .veil { gap: 2px; padding: 10px 24px; overflow: auto; }
            .veil .sign { display: none; }
        }
        @media (forced-colors: active) {
            .notes .trouble, .snack, .chip { border: 1px solid ButtonText; }
        }
        "#
    )
}
