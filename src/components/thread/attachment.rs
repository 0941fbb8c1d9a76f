//! Files in a conversation: a card with name and size, or a preview for a picture; on their way with a progress ring.

use crate::components::ui::icon::{Icon, icon};
use crate::i18n::{I18n, Text, sizes};
use bandyer_core::chats::thread::{OutgoingFile, OutgoingState};
use bandyer_protocol::Attachment;
use yew::prelude::*;

pub fn stored_file(
    i18n: &I18n,
    file: &Attachment,
    picture: Option<&AttrValue>,
    onclick: Callback<MouseEvent>,
) -> Html {
    let label = i18n.with(Text::FileDownload, "name", &file.name);
    let size = sizes::bytes(file.size, i18n.code());
    if file.picture {
        return html! {
            <button type="button" class="picture" {onclick} aria-label={label.clone()} title={label} data-testid="picture-preview">
                if let Some(url) = picture {
                    <img src={url.clone()} alt={i18n.with(Text::FilePreview, "name", &file.name)} draggable="false" />
                } else {
                    { icon(Icon::Picture, 32) }
                }
                <span class="caption"><span class="bw-line" data-testid="file-name">{ &file.name }</span></span>
            </button>
        };
    }
    html! {
        <span class="file">
            <span class="sign">{ icon(Icon::File, 20) }</span>
            <span class="about">
                <span class="file-name bw-line" dir="auto" data-testid="file-name" title={file.name.clone()}>{ &file.name }</span>
                <span class="size">{ size }</span>
            </span>
            <button type="button" class="act" {onclick} aria-label={label.clone()} title={label} data-testid="file-download">
                { icon(Icon::Download, 18) }
            </button>
        </span>
    }
}

pub fn outgoing_file(
    i18n: &I18n,
    file: &OutgoingFile,
    state: OutgoingState,
    cancel: Callback<MouseEvent>,
) -> Html {
    let percent = match state {
        OutgoingState::Uploading { sent, total } => Some(percent(sent, total)),
        OutgoingState::Pending | OutgoingState::Failed => None,
    };
    let label = i18n.with(Text::FileCancel, "name", &file.name);
    // The key keeps Yew from turning the button that cancels into the one that downloads, under a finger.
    html! {
        <span key="outgoing" class="file">
            <span class="sign">
                { icon(if file.picture { Icon::Picture } else { Icon::File }, 20) }
                if let Some(percent) = percent { { ring(percent, &i18n.with(Text::FileUploading, "percent", &percent.to_string())) } }
            </span>
            <span class="about">
                <span class="file-name bw-line" dir="auto" data-testid="file-name" title={file.name.clone()}>{ &file.name }</span>
                <span class="size">
                    { sizes::bytes(file.size, i18n.code()) }
                    if let Some(percent) = percent { { " · " }{ percent }{ "%" } }
                </span>
            </span>
            if percent.is_some() || (state == OutgoingState::Pending && file.attachment.is_none()) {
                <button type="button" class="act" onclick={cancel} aria-label={label.clone()} title={label} data-testid="upload-cancel">
                    { icon(Icon::Close, 18) }
                </button>
            }
        </span>
    }
}

fn percent(sent: u64, total: u64) -> u64 {
    sent.saturating_mul(100).checked_div(total).unwrap_or(0).min(100)
}

/// Once around is everything: the circle's length is 100 by `pathLength`.
fn ring(percent: u64, words: &AttrValue) -> Html {
    html! {
        <svg class="ring" viewBox="0 0 44 44" role="progressbar" aria-valuemin="0" aria-valuemax="100"
            aria-valuenow={percent.to_string()} aria-label={words.clone()} data-testid="upload-progress">
            <circle class="track" cx="22" cy="22" r="20" />
            <circle class="done" cx="22" cy="22" r="20" pathLength="100" stroke-dasharray={format!("{percent} 100")} />
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn percent_is_safe_at_its_ends() {
        assert_eq!(percent(0, 0), 0);
        assert_eq!(percent(50, 200), 25);
        assert_eq!(percent(300, 200), 100);
        assert_eq!(percent(u64::MAX, u64::MAX), 1);
    }
}
