//! The settings of a call: which camera, which microphone, and whether they work.

use super::problems::{problem_title, reason};
use super::{Kit, Over};
use crate::components::person::portrait;
use crate::components::ui::icon::{Icon, icon};
use crate::components::ui::modal::{Modal, modal};
use crate::components::ui::video::Video;
use crate::i18n::Text;
use bandyer_core::action::{CallAction, UserAction};
use bandyer_core::calls::{Device, MediaProblem, MediaSlot, MediaWant, Source};
use bandyer_protocol::CallType;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

pub(super) fn dialog(kit: &Kit, previewed: bool) -> Html {
    let body = html! {
        <div class="settings">
            if kit.active.call.call_type != CallType::AudioOnly { { camera(kit, previewed) } }
            { mic(kit) }
        </div>
    };
    modal(
        kit.styles,
        Modal {
            title: kit.text(Text::CallSettings),
            close: kit.text(Text::InactiveClose),
            onclose: kit.opener(Over::Nothing),
            node: kit.node.clone(),
            testid: "call-settings-dialog",
            body,
        },
    )
}

fn camera(kit: &Kit, previewed: bool) -> Html {
    let devices = &kit.scene.calls.devices;
    let source = kit.scene.calls.local.camera;
    let slot = if previewed { MediaSlot::Preview } else { MediaSlot::OwnCamera };
    let words = (Text::CallCamera, Text::SettingsNoCamera, Text::SettingsUnnamedCamera);
    let choose: fn(String) -> CallAction = CallAction::ChooseCamera;
    html! { <section>
        { select(kit, Icon::Video, &devices.cameras, devices.camera.as_deref(), words, (choose, "call-camera-select")) }
        if let Source::Failed(_) = source {
            { blocked(kit, MediaWant::Camera, source) }
        } else {
            <div class="preview" data-testid="call-preview">
                if previewed || source.is_on() {
                    <Video {slot} mirrored={true} whole={true} />
                } else {
                    if let Some(me) = &kit.scene.me { { portrait(me, 48) } }
                    <p>{ kit.text(Text::SettingsCameraIsOff) }</p>
                }
            </div>
        }
    </section> }
}

fn mic(kit: &Kit) -> Html {
    let devices = &kit.scene.calls.devices;
    let source = kit.scene.calls.local.mic;
    let words = (Text::CallMic, Text::SettingsNoMic, Text::SettingsUnnamedMic);
    let choose: fn(String) -> CallAction = CallAction::ChooseMic;
    html! { <section>
        { select(kit, Icon::Mic, &devices.mics, devices.mic.as_deref(), words, (choose, "call-mic-select")) }
        if let Source::Failed(_) = source { { blocked(kit, MediaWant::Mic, source) } } else { { meter(kit, devices.level) } }
    </section> }
}

fn meter(kit: &Kit, level: u8) -> Html {
    let bar = |number: u8| html! { <i class={classes!((number <= level).then_some("on"))} /> };
    html! {
        <div class="meter" role="meter" aria-label={kit.text(Text::SettingsLevel)} aria-valuemin="0" aria-valuemax="3"
            aria-valuenow={level.to_string()} data-testid="call-level">
            <span>{ kit.text(Text::SettingsLevel) }</span>
            { (1..=3).map(bar).collect::<Html>() }
        </div>
    }
}

fn select(
    kit: &Kit,
    shape: Icon,
    devices: &[Device],
    used: Option<&str>,
    (label, none, unnamed): (Text, Text, Text),
    (choose, testid): (fn(String) -> CallAction, &'static str),
) -> Html {
    let onchange = kit.dispatch.reform(move |event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        UserAction::Call(choose(select.value()))
    });
    let option = |device: &Device| {
        let name = if device.label.is_empty() { kit.text(unnamed) } else { device.label.clone().into() };
        html! {
            <option key={device.id.clone()} value={device.id.clone()} selected={used == Some(device.id.as_str())}>{ name }</option>
        }
    };
    html! {
        <label class="choice">
            <span>{ icon(shape, 18) }{ kit.text(label) }</span>
            <span class="field">
                <select {onchange} disabled={devices.is_empty()} data-testid={testid}>
                    if devices.is_empty() { <option>{ kit.text(none) }</option> }
                    { devices.iter().map(option).collect::<Html>() }
                </select>
                { icon(Icon::Down, 16) }
            </span>
        </label>
    }
}

/// The browser does not give it: why, and a way to ask once more.
fn blocked(kit: &Kit, want: MediaWant, source: Source) -> Html {
    let Source::Failed(problem) = source else { return Html::default() };
    // Only where somebody refused is there something to allow.
    let again = if problem == MediaProblem::Refused { Text::SettingsAllow } else { Text::MessageRetry };
    html! {
        <div class="blocked" data-code={problem.as_str()}>
            <p><strong>{ kit.text(problem_title(want)) }</strong>{ ". " }{ kit.text(reason(problem)) }</p>
            <button type="button" onclick={kit.act(CallAction::AskAgain(want))} data-testid="call-allow">
                { kit.text(again) }
            </button>
        </div>
    }
}
