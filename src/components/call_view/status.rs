//! What is said about the call: with whom, how long, how well, and what just happened.

use super::problems::{problem_title, reason};
use super::{Kit, Scene};
use crate::components::ui::button::{IconButton, icon_button};
use crate::components::ui::icon::{Icon, icon};
use crate::hooks::use_store;
use crate::i18n::{I18n, Text};
use bandyer_core::action::CallAction;
use bandyer_core::calls::{Link, MediaProblem, MediaWant, Quality, Snack, Stage};
use bandyer_core::select;
use web_sys::Element;
use yew::prelude::*;
use yew_hooks::use_interval;

const SECOND_MS: u32 = 1_000;

/// The element that shows how long the call lasts. It is written to each second without drawing the view again.
#[hook]
pub(super) fn use_clock(scene: &Scene, i18n: &I18n) -> NodeRef {
    let node = use_node_ref();
    let store = use_store();
    let tick = {
        let (node, scene, i18n) = (node.clone(), scene.clone(), i18n.clone());
        move || {
            let Stage::Active(active) = &scene.calls.stage else { return };
            let (state, now) = (store.state(), store.now());
            let so_far = active.connected_at.map(|at| select::server_time(&state, now).since(at));
            let left = active.ends_soon.map(|(in_ms, told)| i64::from(in_ms) - now.since(told));
            let words = match (left, so_far) {
                (Some(left), _) => i18n.with(Text::CallEndsIn, "time", &duration(left)),
                (None, Some(so_far)) => duration(so_far).into(),
                (None, None) => AttrValue::default(),
            };
            if let Some(element) = node.cast::<Element>() {
                element.set_text_content(Some(&words));
            }
        }
    };
    use_interval(tick.clone(), SECOND_MS);
    use_effect(tick);
    node
}

/// `0:07`, `12:34`, `1:02:03`.
fn duration(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let two = |number: i64| if number < 10 { format!("0{number}") } else { number.to_string() };
    if hours == 0 {
        return [&*minutes.to_string(), ":", &*two(seconds)].concat();
    }
    [&*hours.to_string(), ":", &*two(minutes), ":", &*two(seconds)].concat()
}

/// Who it is, for how long, and how good the connection is.
pub(super) fn pill(kit: &Kit, clock: NodeRef) -> Html {
    let active = kit.active;
    let muted = active.link == Link::Connected && !active.peer.mic;
    let words = kit.about_peer(Text::CallPeerMuted);
    html! {
        <div class="pill">
            { quality(kit) }
            if muted {
                <span class="muted" title={words.clone()} data-testid="call-peer-muted">
                    { icon(Icon::MicOff, 15) }<span class="bw-said">{ words }</span>
                </span>
            }
            <span class="name bw-line" title={kit.peer_name()} data-testid="call-peer-name">{ kit.peer_name() }</span>
            <span ref={clock} class={classes!("clock", active.ends_soon.map(|_| "soon"))} role="timer" data-testid="call-clock" />
        </div>
    }
}

fn quality(kit: &Kit) -> Html {
    let (word, text) = match kit.active.quality {
        Quality::Unknown => return Html::default(),
        Quality::Good => ("good", Text::CallQualityGood),
        Quality::Fair => ("fair", Text::CallQualityFair),
        Quality::Poor => ("poor", Text::CallQualityPoor),
    };
    html! {
        <span class={classes!("quality", word)} title={kit.text(text)} data-testid="call-quality" data-quality={word}>
            <i /><i /><i /><span class="bw-said">{ kit.text(text) }</span>
        </span>
    }
}

/// The connection broke and is being mended.
pub(super) fn overlay(kit: &Kit) -> Html {
    if kit.active.link != Link::Reconnecting {
        return Html::default();
    }
    html! {
        <div class="mending" role="status" data-testid="call-reconnecting">
            <i class="wheel" aria-hidden="true" /><span>{ kit.text(Text::CallReconnecting) }</span>
        </div>
    }
}

/// What lasts longer than a moment.
pub(super) fn chips(kit: &Kit) -> Html {
    let chip = |words: AttrValue, testid: &'static str| {
        html! { <p key={testid} class="chip" role="status" data-testid={testid}>{ icon(Icon::Offline, 15) }{ words }</p> }
    };
    html! { <>
        if kit.scene.offline { { chip(kit.text(Text::CallOwnLine), "call-own-line") } }
        if kit.active.peer_line_down { { chip(kit.about_peer(Text::CallPeerLine), "call-peer-line") } }
    </> }
}

/// The line that goes away by itself; what the card says already it does not say again.
pub(super) fn snack(kit: &Kit, said: Option<(MediaWant, MediaProblem)>) -> Html {
    let about = |snack: Snack| match snack {
        Snack::Problem(want, problem) => Some((want, problem)),
        Snack::NoMicrophone => Some((MediaWant::Mic, MediaProblem::NotFound)),
        Snack::DeviceEnded(_)
        | Snack::AudioOnlyCall
        | Snack::CannotVideo
        | Snack::NewFile
        | Snack::FileFailed
        | Snack::Reconnected
        | Snack::EndsSoon => None,
    };
    let snack = kit.active.snack.filter(|snack| about(*snack).is_none() || about(*snack) != said);
    let close =
        IconButton::new(Icon::Close, kit.text(Text::NoticeDismiss), kit.act(CallAction::DismissSnack));
    // The live region stays, so that readers notice what comes into it.
    html! {
        <div role="status" aria-live="polite">
            if let Some(snack) = snack {
                <div class="snack" data-testid="snack">
                    <p>{ words(kit, snack) }</p>
                    { icon_button(kit.styles, IconButton { icon_size: 15, size: 28, ..close }) }
                </div>
            }
        </div>
    }
}

fn words(kit: &Kit, snack: Snack) -> AttrValue {
    kit.text(match snack {
        Snack::Problem(want, problem) => {
            let (title, reason) = (kit.text(problem_title(want)), kit.text(reason(problem)));
            return [&*title, ". ", &*reason].concat().into();
        }
        Snack::DeviceEnded(MediaWant::Mic) => Text::SnackMicEnded,
        Snack::DeviceEnded(MediaWant::Camera) => Text::SnackCameraEnded,
        Snack::DeviceEnded(MediaWant::Screen) => Text::SnackScreenEnded,
        Snack::AudioOnlyCall => Text::SnackAudioOnly,
        Snack::CannotVideo => Text::HeaderNoVideo,
        Snack::NoMicrophone => Text::SnackNoMic,
        Snack::NewFile => Text::SnackNewFile,
        Snack::FileFailed => Text::SnackFileFailed,
        Snack::Reconnected => Text::SnackReconnected,
        Snack::EndsSoon => Text::SnackEndsSoon,
    })
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_read_like_a_clock() {
        assert_eq!(duration(-5_000), "0:00");
        assert_eq!(duration(7_900), "0:07");
        assert_eq!(duration(754_000), "12:34");
        assert_eq!(duration(3_723_000), "1:02:03");
    }
}
