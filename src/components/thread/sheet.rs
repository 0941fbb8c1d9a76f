//! The style of the whole conversation. One sheet for all rows: a style per row would be looked up for each.

use crate::styles::Css;
use bandyer_css::css;

pub fn style() -> Css {
    css!(
        r#"
        position: absolute;
        inset: 0;
        display: flex;
        flex-direction: column;
        background: var(--bw-body-background);
        animation: bw-enter var(--bw-slow) var(--bw-ease) both;

        &:focus { outline: none; }

        .messages { position: relative; display: flex; flex: 1 1 300px; flex-direction: column; min-block-size: 0; }

        .scroller { position: relative; flex: 1; min-block-size: 0; overflow-anchor: none; }
        .scroller:focus-visible { outline-offset: -2px; }
        .content {
            display: flex;
            flex-direction: column;
            justify-content: flex-end;
            min-block-size: 100%;
            padding-block: 12px 4px;
        }
        .list { flex: none; }

        .row {
            display: flex;
            flex-direction: column;
            align-items: flex-start;
            padding-block: 5px 0;
            padding-inline: 16px;
        }
        .row.follows { padding-block-start: 2px; }
        .row.mine { align-items: flex-end; }

        .bubble {
            --corner: 6px;
            max-inline-size: min(82%, 460px);
            min-inline-size: 64px;
            padding-block: 8px;
            padding-inline: 13px;
            border-radius: var(--bw-bubble-radius);
            background: var(--bw-received-background);
            color: var(--bw-received-color);
            overflow-wrap: anywhere;
            /* Each paragraph has its own direction. */
            unicode-bidi: plaintext;
        }
        /* Letters may carry hundreds of marks: they stay in their own bubble. */
        .bubble:not(.framed) { overflow: clip; }
        .bubble::after { content: ""; display: block; clear: both; }
        .mine .bubble { background: var(--bw-sent-background); color: var(--bw-sent-color); }
        .row.follows .bubble { border-start-start-radius: var(--corner); }
        .row.leads .bubble { border-end-start-radius: var(--corner); }
        .row.mine.follows .bubble { border-start-start-radius: var(--bw-bubble-radius); border-start-end-radius: var(--corner); }
        .row.mine.leads .bubble { border-end-start-radius: var(--bw-bubble-radius); border-end-end-radius: var(--corner); }

        .words { white-space: pre-wrap; }
        .words a { color: inherit; text-decoration: underline; text-underline-offset: 2px; text-decoration-thickness: 1px; }
        .words a:hover { text-decoration-thickness: 2px; }
        .words a:focus-visible { outline-color: currentcolor; border-radius: 3px; }

        .meta {
            display: flex;
            float: inline-end;
            align-items: center;
            gap: 3px;
            margin-block: 6px -3px;
            margin-inline-start: 10px;
            font-size: 11px;
            line-height: 14px;
            font-variant-numeric: tabular-nums;
            color: color-mix(in srgb, currentcolor 72%, transparent);
            user-select: none;
        }
        .mine .meta { color: color-mix(in srgb, currentcolor 92%, transparent); }
        .tick { display: flex; margin-inline-end: -2px; }

        .failed .bubble { background: var(--bw-danger-soft); color: var(--bw-body-color); box-shadow: inset 0 0 0 1px var(--bw-danger); }
        .failed .meta { color: var(--bw-danger); }
        .trouble { display: flex; align-items: center; gap: 4px; block-size: 28px; font-size: 12px; color: var(--bw-danger); }
        .trouble button { padding-block: 4px; padding-inline: 6px; border-radius: 6px; font-weight: 600; color: var(--bw-link); }
        .trouble button:hover { background: var(--bw-hover); }

        .divider { user-select: none; display: flex; align-items: center; justify-content: center; block-size: 40px; padding-inline: 16px; }
        .divider span { font-size: 12px; line-height: 16px; font-weight: 550; color: var(--bw-muted); }
        .divider.unread { gap: 10px; }
        .divider.unread::before, .divider.unread::after { content: ""; flex: 1; block-size: 1px; background: color-mix(in srgb, var(--bw-link) 40%, transparent); }
        .divider.unread span { color: var(--bw-link); font-weight: 650; }

        .missed { display: grid; grid-template-columns: auto 1fr; align-items: center; column-gap: 10px; min-inline-size: 190px; }
        .missed .sign { grid-row: span 2; color: var(--bw-danger); background: var(--bw-danger-soft); }
        .mine .missed .sign { color: inherit; background: color-mix(in srgb, currentcolor 14%, transparent); }
        .missed .what { font-weight: 600; }
        .missed button { justify-self: start; font-size: 14px; line-height: 20px; font-weight: 600; color: var(--bw-link); border-radius: 4px; }
        .mine .missed button { color: inherit; text-decoration: underline; text-underline-offset: 2px; }
        .missed button:hover { text-decoration: underline; text-underline-offset: 2px; }

        .file { display: flex; align-items: center; gap: 10px; inline-size: 226px; max-inline-size: 100%; }
        .sign {
            position: relative;
            display: flex;
            flex: none;
            align-items: center;
            justify-content: center;
            inline-size: 40px;
            block-size: 40px;
            border-radius: 50%;
            background: color-mix(in srgb, currentcolor 14%, transparent);
        }
        .about { flex: 1; min-inline-size: 0; }
        .file-name { display: block; font-weight: 550; }
        .size { display: block; font-size: 12px; line-height: 16px; opacity: 0.94; font-variant-numeric: tabular-nums; }
        .act { display: flex; flex: none; align-items: center; justify-content: center; inline-size: 34px; block-size: 34px; margin-inline-end: -6px; border-radius: 50%; }
        .act:hover { background: color-mix(in srgb, currentcolor 14%, transparent); }
        .act:focus-visible { outline-color: currentcolor; outline-offset: 0; }
        .ring { position: absolute; inset: -2px; inline-size: 44px; block-size: 44px; transform: rotate(-90deg); fill: none; stroke: currentcolor; stroke-width: 3; }
        .ring .track { opacity: 0.2; }
        .ring .done { stroke-linecap: round; transition: stroke-dasharray var(--bw-slow) linear; }

        .bubble.framed { padding: 4px; padding-block-end: 8px; }
        .framed .meta { margin-inline: 0 9px; margin-block-start: 5px; }
        .picture {
            position: relative;
            display: flex;
            align-items: center;
            justify-content: center;
            inline-size: 244px;
            max-inline-size: 100%;
            aspect-ratio: 4 / 3;
            overflow: hidden;
            border-radius: 14px;
            background: color-mix(in srgb, currentcolor 12%, transparent);
        }
        .picture img { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; object-fit: cover; animation: bw-appear var(--bw-slow) both; }
        .picture:focus-visible { outline-color: currentcolor; outline-offset: -4px; }
        .caption {
            position: absolute;
            inset-block-end: 0;
            inset-inline: 0;
            display: flex;
            padding-block: 22px 8px;
            padding-inline: 12px;
            background: linear-gradient(transparent, rgb(0 0 0 / 0.72));
            color: #ffffff;
            font-size: 12px;
            line-height: 16px;
            text-align: start;
            opacity: 0;
            transition: opacity var(--bw-fast);
        }
        .picture:hover .caption, .picture:focus-visible .caption { opacity: 1; }

        .writing { flex: none; padding-inline: 16px; }
        .writing .dots {
            display: inline-flex;
            gap: 4px;
            margin-block: 6px 2px;
            padding-block: 13px;
            padding-inline: 14px;
            border-radius: var(--bw-bubble-radius);
            background: var(--bw-received-background);
            animation: bw-rise var(--bw-slow) var(--bw-ease) both;
        }
        .writing i { inline-size: 6px; block-size: 6px; border-radius: 50%; background: var(--bw-muted); animation: bw-bounce 1.2s var(--bw-ease) infinite; }
        .writing i:nth-child(2) { animation-delay: 0.15s; }
        .writing i:nth-child(3) { animation-delay: 0.3s; }

        .older {
            position: absolute;
            inset-block-start: 10px;
            inset-inline: 0;
            display: flex;
            align-items: center;
            justify-content: center;
            gap: 8px;
            inline-size: fit-content;
            margin-inline: auto;
            padding-block: 6px;
            padding-inline: 12px;
            border-radius: 14px;
            background: var(--bw-raised);
            box-shadow: var(--bw-shadow-small);
            font-size: 12px;
            line-height: 16px;
            color: var(--bw-muted);
            pointer-events: none;
            animation: bw-appear var(--bw-slow) 0.25s both;
        }
        .wheel { inline-size: 12px; block-size: 12px; border: 2px solid color-mix(in srgb, currentcolor 30%, transparent); border-block-start-color: currentcolor; border-radius: 50%; animation: bw-spin 0.9s linear infinite; }

        .jump {
            position: absolute;
            inset-block-end: 12px;
            inset-inline-end: 16px;
            display: flex;
            align-items: center;
            justify-content: center;
            inline-size: 38px;
            block-size: 38px;
            border-radius: 50%;
            background: var(--bw-raised);
            color: var(--bw-body-color);
            box-shadow: var(--bw-shadow-small);
            animation: bw-rise var(--bw-slow) var(--bw-ease) both;
        }
        .jump:hover { background: var(--bw-hover); }
        .jump .count {
            position: absolute;
            inset-block-start: -8px;
            min-inline-size: 20px;
            block-size: 20px;
            padding-inline: 6px;
            border-radius: 10px;
            background: var(--bw-accent);
            color: var(--bw-accent-color);
            font-size: 12px;
            font-weight: 650;
            line-height: 20px;
            text-align: center;
        }

        .beginning {
            position: absolute;
            inset: 0;
            display: flex;
            flex-direction: column;
            align-items: center;
            justify-content: center;
            gap: 4px;
            padding: 32px;
            overflow: hidden;
            text-align: center;
            pointer-events: none;
            animation: bw-appear var(--bw-slow) both;
        }
        .beginning h2 { margin-block-start: 12px; font-size: 17px; line-height: 24px; font-weight: 650; }
        .beginning p { max-inline-size: 250px; font-size: 14px; color: var(--bw-muted); text-wrap: balance; }

        /* The name stands in the head already. */
        @media (max-height: 450px) {
            .beginning { padding: 8px 24px; }
            .beginning > span, .beginning h2 { display: none; }
        }
        @media (forced-colors: active) {
            .bubble, .jump, .older, .file .sign { border: 1px solid CanvasText; }
            .divider.unread::before, .divider.unread::after { background: CanvasText; }
        }
        "#
    )
}
