//! The round buttons above and below the picture.

use super::pip;
use super::problems::{problem_title, reason};
use super::{Kit, Over, Tab};
use crate::components::launcher::capped;
use crate::components::ui::icon::{Icon, icon};
use crate::i18n::Text;
use bandyer_core::action::CallAction;
use bandyer_core::calls::{MediaWant, Source};
use bandyer_core::options::Tool;
use bandyer_protocol::CallType;
use yew::prelude::*;

struct Control {
    icon: Icon,
    label: AttrValue,
    /// What a press does, or why it is red.
    title: AttrValue,
    tone: &'static str,
    /// Of a button that is on or off.
    pressed: Option<bool>,
    badge: u32,
    onclick: Callback<MouseEvent>,
    testid: &'static str,
}

fn control(control: Control) -> Html {
    let Control { icon: shape, label, title, tone, pressed, badge, onclick, testid } = control;
    html! {
        <button type="button" class={classes!("control", tone)} {onclick} aria-label={label} {title}
            aria-pressed={pressed.map(|on| on.to_string())} data-testid={testid}>
            { icon(shape, 22) }
            if badge > 0 { <span class="badge" aria-hidden="true">{ capped(badge) }</span> }
        </button>
    }
}

/// A button that does one thing.
fn plain(kit: &Kit, shape: Icon, text: Text, onclick: Callback<MouseEvent>, testid: &'static str) -> Control {
    let words = kit.text(text);
    Control {
        icon: shape,
        label: words.clone(),
        title: words,
        tone: "",
        pressed: None,
        badge: 0,
        onclick,
        testid,
    }
}

pub(super) fn top(kit: &Kit, live: bool) -> Html {
    let tools = kit.scene.calls.tools(&kit.scene.options);
    html! {
        <div class="bar fade">
            { control(chat(kit)) }
            if tools.has(Tool::ScreenSharing) { { control(screen(kit)) } }
            if live && pip::is_known() { { control(picture(kit)) } }
            if kit.grows { { control(full_screen(kit)) } }
            if kit.can_board { { control(board(kit)) } }
            if tools.has(Tool::FileUpload) { { control(files(kit)) } }
            { control(plain(kit, Icon::Settings, Text::CallSettings, kit.opener(Over::Settings), "call-settings")) }
        </div>
    }
}

fn chat(kit: &Kit) -> Control {
    let unread = kit.scene.unread;
    let button = plain(kit, Icon::Chat, Text::CallChat, kit.act(CallAction::BackToChat), "call-chat");
    let news = kit.i18n.count(Text::LauncherUnreadOne, Text::LauncherUnreadOther, unread);
    Control { badge: unread, label: counted(&button.label, unread, &news), ..button }
}

fn files(kit: &Kit) -> Control {
    let fresh = kit.scene.calls.fresh_files();
    let tab = (fresh > 0).then_some(Tab::Received);
    let button = plain(kit, Icon::File, Text::CallFiles, kit.opener(Over::Files(tab)), "call-files");
    let news = kit.i18n.count(Text::FilesNewOne, Text::FilesNewOther, fresh);
    Control { badge: fresh, label: counted(&button.label, fresh, &news), ..button }
}

fn counted(label: &AttrValue, count: u32, words: &AttrValue) -> AttrValue {
    if count == 0 { label.clone() } else { [&**label, ", ", &**words].concat().into() }
}

/// Not on phones: their browsers share no screen. The style sees to that.
fn screen(kit: &Kit) -> Control {
    // While one is being chosen, too: whoever does not want it any more says so with the same button.
    let on = matches!(kit.scene.calls.local.screen, Source::On | Source::Opening);
    let (shape, text) =
        if on { (Icon::ScreenOff, Text::CallScreenStop) } else { (Icon::Screen, Text::CallScreenStart) };
    let onclick = if on { kit.act(CallAction::StopScreen) } else { kit.opener(Over::ScreenMenu) };
    let button = plain(kit, shape, text, onclick, "call-screen");
    Control { tone: if on { "screen on" } else { "screen" }, pressed: Some(on), ..button }
}

/// The large picture in a window of its own, over every other program.
fn picture(kit: &Kit) -> Control {
    let root = kit.root.clone();
    let onclick = Callback::from(move |_: MouseEvent| pip::toggle(&root));
    plain(kit, Icon::Pip, Text::CallPip, onclick, "call-pip")
}

fn board(kit: &Kit) -> Control {
    let on = **kit.board;
    let text = if on { Text::CallBoardClose } else { Text::CallBoard };
    let set = kit.board.setter();
    let onclick = Callback::from(move |_: MouseEvent| set.set(!on));
    let button = plain(kit, Icon::Board, text, onclick, "call-board");
    Control { tone: if on { "on" } else { "" }, pressed: Some(on), ..button }
}

fn full_screen(kit: &Kit) -> Control {
    let on = kit.scene.calls.full_screen;
    let (shape, text) =
        if on { (Icon::Shrink, Text::CallFullScreenLeave) } else { (Icon::Expand, Text::CallFullScreen) };
    let button = plain(kit, shape, text, kit.act(CallAction::ToggleFullScreen), "call-fullscreen");
    Control { pressed: Some(on), ..button }
}

pub(super) fn bottom(kit: &Kit) -> Html {
    let hang_up = plain(kit, Icon::HangUp, Text::CallHangUp, kit.act(CallAction::HangUp), "call-hang-up");
    html! {
        <div class="bottom fade">
            { control(mic(kit)) }
            { control(Control { tone: "hang-up", ..hang_up }) }
            if kit.active.call.call_type != CallType::AudioOnly { { control(camera(kit)) } }
        </div>
    }
}

fn mic(kit: &Kit) -> Control {
    let words = (Text::CallMic, Text::CallMicMute, Text::CallMicUnmute);
    let look = (Icon::Mic, Icon::MicOff, "call-mic");
    device(kit, kit.scene.calls.local.mic, MediaWant::Mic, words, look, CallAction::ToggleMic)
}

fn camera(kit: &Kit) -> Control {
    let words = (Text::CallCamera, Text::CallCameraOff, Text::CallCameraOn);
    let look = (Icon::Video, Icon::VideoOff, "call-camera");
    let source = kit.scene.calls.local.camera;
    let button = device(kit, source, MediaWant::Camera, words, look, CallAction::ToggleCamera);
    if kit.scene.can_video {
        return button;
    }
    // It can be pressed all the same, and then says why nothing happens.
    Control { title: kit.text(Text::HeaderNoVideo), tone: "off dim", ..button }
}

fn device(
    kit: &Kit,
    source: Source,
    want: MediaWant,
    (label, turn_off, turn_on): (Text, Text, Text),
    (on, off, testid): (Icon, Icon, &'static str),
    action: CallAction,
) -> Control {
    // What was asked for last is seen at once, whether the device is there yet or not.
    let muted = want == MediaWant::Mic && kit.scene.calls.is_muted();
    let (shape, tone, title, pressed) = match source {
        Source::On => (on, "", kit.text(turn_off), true),
        Source::Opening if muted => (off, "off opening", kit.text(turn_on), false),
        Source::Opening => (on, "opening", kit.text(turn_off), true),
        Source::Off | Source::Muted => (off, "off", kit.text(turn_on), false),
        Source::Failed(problem) => {
            let why = [&*kit.text(problem_title(want)), ". ", &*kit.text(reason(problem))].concat();
            (off, "failed", why.into(), false)
        }
    };
    let onclick = kit.act(action);
    let label = kit.text(label);
    Control { icon: shape, label, title, tone, pressed: Some(pressed), badge: 0, onclick, testid }
}
