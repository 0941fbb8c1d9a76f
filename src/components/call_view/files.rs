//! Files given and received in the call.

use super::{Kit, Over, Tab};
use crate::components::ui::button::{IconButton, icon_button};
use crate::components::ui::icon::{Icon, icon};
use crate::components::ui::modal::{Modal, modal};
use crate::files::Files;
use crate::i18n::{Text, sizes};
use bandyer_core::action::{CallAction, UserAction};
use bandyer_core::calls::{CallFile, CallFileState};
use web_sys::HtmlInputElement;
use yew::prelude::*;

pub(super) fn dialog(kit: &Kit, tab: Option<Tab>, picked: &Files) -> Html {
    let files = &kit.scene.calls.files;
    let all_received = !files.is_empty() && files.iter().all(is_received);
    let tab = tab.unwrap_or(if all_received { Tab::Received } else { Tab::Given });
    let is_shown = |file: &&CallFile| is_received(file) == (tab == Tab::Received);
    let rows: Vec<Html> = files.iter().filter(is_shown).map(|file| row(kit, file)).collect();
    let body = html! {
        <div class="files">
            <div class="tabs" role="tablist">
                { tab_button(kit, tab, Tab::Given, 0) }
                { tab_button(kit, tab, Tab::Received, kit.scene.calls.fresh_files()) }
            </div>
            if rows.is_empty() {
                <p class="none">{ nothing(kit, tab) }</p>
            } else {
                <ul role="list">{ for rows }</ul>
            }
            if tab == Tab::Given { { add(kit, picked) } }
        </div>
    };
    modal(
        kit.styles,
        Modal {
            title: kit.text(Text::CallFiles),
            close: kit.text(Text::InactiveClose),
            onclose: kit.opener(Over::Nothing),
            node: kit.node.clone(),
            testid: "call-files-dialog",
            body,
        },
    )
}

fn is_received(file: &CallFile) -> bool {
    match file.state {
        CallFileState::Received { .. } => true,
        CallFileState::Uploading { .. } | CallFileState::UploadFailed { .. } | CallFileState::Given(_) => {
            false
        }
    }
}

fn tab_button(kit: &Kit, shown: Tab, tab: Tab, fresh: u32) -> Html {
    let (text, testid) = match tab {
        Tab::Given => (Text::FilesGiven, "call-files-given"),
        Tab::Received => (Text::FilesReceived, "call-files-received"),
    };
    html! {
        <button type="button" role="tab" aria-selected={(shown == tab).to_string()} onclick={kit.opener(Over::Files(Some(tab)))} data-testid={testid}>
            { kit.text(text) }
            if fresh > 0 { <span class="count">{ fresh }</span> }
        </button>
    }
}

fn nothing(kit: &Kit, tab: Tab) -> AttrValue {
    match tab {
        Tab::Given => kit.i18n.with(Text::FilesNoneGiven, "size", &limit(kit)),
        Tab::Received => kit.about_peer(Text::FilesNoneReceived),
    }
}

fn limit(kit: &Kit) -> String {
    sizes::bytes(kit.scene.upload_limit, kit.i18n.code())
}

/// The button, and the field in it that opens the browser's own dialog.
fn add(kit: &Kit, picked: &Files) -> Html {
    let (dispatch, picked) = (kit.dispatch.clone(), picked.clone());
    let onchange = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        let files = input.files().map(|list| {
            (0..list.length())
                .filter_map(|index| list.get(index))
                .map(|file| picked.keep(file))
                .collect::<Vec<_>>()
        });
        if let Some(files) = files.filter(|files| !files.is_empty()) {
            dispatch.emit(UserAction::Call(CallAction::ShareFiles(files)));
        }
        // So that the same file can be picked again.
        input.set_value("");
    });
    html! {
        <label class="add">
            <input type="file" multiple={true} class="bw-said" {onchange} data-testid="call-file-input" />
            { icon(Icon::Plus, 18) }{ kit.text(Text::FilesAdd) }
        </label>
    }
}

fn row(kit: &Kit, file: &CallFile) -> Html {
    let (word, line, actions) = match &file.state {
        CallFileState::Uploading { sent } => uploading(kit, file, *sent),
        CallFileState::UploadFailed { too_large } => failed(kit, file, *too_large),
        CallFileState::Given(_) => ("given", html! { <span>{ size(kit, file) }</span> }, done()),
        CallFileState::Received { fresh, failed, .. } => received(kit, file, *fresh, *failed),
    };
    html! {
        <li key={file.id.as_str()} class={word} data-testid="call-file" data-state={word}>
            <span class="sign">{ icon(Icon::File, 18) }</span>
            <span class="about"><span class="bw-line" dir="auto" title={file.name.clone()}>{ &file.name }</span>{ line }</span>
            { actions }
        </li>
    }
}

type Row = (&'static str, Html, Html);

fn size(kit: &Kit, file: &CallFile) -> String {
    sizes::bytes(file.size, kit.i18n.code())
}

fn done() -> Html {
    html! { <span class="tick">{ icon(Icon::Check, 18) }</span> }
}

fn uploading(kit: &Kit, file: &CallFile, sent: u64) -> Row {
    let percent = sent.saturating_mul(100).checked_div(file.size).unwrap_or(0).min(100);
    let line = html! {
        <span class="progress" role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow={percent.to_string()}
            aria-label={kit.i18n.with(Text::FileUploading, "percent", &percent.to_string())} data-testid="call-file-progress">
            <i ~style={format!("inline-size:{percent}%")} />
        </span>
    };
    let words = kit.i18n.with(Text::FileCancel, "name", &file.name);
    let action = CallAction::CancelShare { id: file.id.clone() };
    ("uploading", line, small(kit, Icon::Close, words, action, "call-file-cancel"))
}

fn failed(kit: &Kit, file: &CallFile, too_large: bool) -> Row {
    let why = if too_large {
        kit.i18n.with(Text::FilesTooLarge, "size", &limit(kit))
    } else {
        kit.text(Text::MessageFailed)
    };
    let retry = CallAction::RetryShare { id: file.id.clone() };
    let discard = CallAction::CancelShare { id: file.id.clone() };
    let actions = html! { <>
        if !too_large { { small(kit, Icon::Retry, kit.text(Text::MessageRetry), retry, "call-file-retry") } }
        { small(kit, Icon::Close, kit.text(Text::MessageDiscard), discard, "call-file-discard") }
    </> };
    ("failed", html! { <span class="why" role="alert">{ why }</span> }, actions)
}

fn received(kit: &Kit, file: &CallFile, fresh: bool, failed: bool) -> Row {
    let line = if failed {
        html! { <span class="why" role="alert">{ kit.text(Text::FilesDownloadFailed) }</span> }
    } else {
        html! { <span>{ size(kit, file) }if fresh { <b>{ kit.text(Text::FilesNew) }</b> }</span> }
    };
    let words = kit.i18n.with(Text::FileDownload, "name", &file.name);
    let action = CallAction::DownloadShared { id: file.id.clone() };
    let word = if fresh {
        "fresh"
    } else if failed {
        "download-failed"
    } else {
        "downloaded"
    };
    let actions = html! { <>
        if !fresh && !failed { { done() } }
        { small(kit, Icon::Download, words, action, "call-file-download") }
    </> };
    (word, line, actions)
}

fn small(kit: &Kit, shape: Icon, words: AttrValue, action: CallAction, testid: &'static str) -> Html {
    let button = IconButton::new(shape, words, kit.act(action));
    icon_button(kit.styles, IconButton { size: 34, icon_size: 18, testid: Some(testid), ..button })
}
