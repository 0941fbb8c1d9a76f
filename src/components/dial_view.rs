//! It rings: somebody calls, or is called.

use super::person::portrait;
use super::screen::{focus_is_free, focus_ring, give_back, take_focus, window};
use super::ui::button::{IconButton, Tone, icon_button};
use super::ui::icon::{Icon, icon};
use super::ui::video::Video;
use crate::i18n::{I18n, Text};
use crate::styles::{Css, Styles};
use bandyer_core::State;
use bandyer_core::action::{CallAction, UserAction};
use bandyer_core::calls::{CallFront, MediaSlot, Stage};
use bandyer_core::select::{self, Person};
use bandyer_css::css;
use bandyer_protocol::CallType;
use gloo_events::{EventListener, EventListenerOptions, EventListenerPhase};
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

/// What there is to be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ring {
    /// Accept or decline.
    Incoming,
    /// Wait, or give up.
    Outgoing,
    /// Accepted here, or a link that is being opened.
    Entering,
}

/// What the view shows.
#[derive(Clone, PartialEq)]
pub struct Ringing {
    ring: Ring,
    video: bool,
    person: Option<Person>,
    /// The own camera is open already.
    mirror: bool,
    /// Which ring it is.
    round: u32,
    /// The panel is open, so that it can be seen.
    seen: bool,
}

/// A pointer that is there before the ring was meant for something else: so long a click of it neither accepts nor
/// declines, in milliseconds. Keys do at once: they do not lie under anything by chance.
const FRESH_MS: u32 = 500;

impl Ringing {
    /// The ring that wants an answer and can be seen, by the number of its call.
    fn wanting(&self) -> Option<u32> {
        (self.ring == Ring::Incoming && self.seen).then_some(self.round)
    }
}

/// A ring has the focus at once, unless somebody is writing: then F8 leads to it. When nothing of the call is left, the
/// focus goes back to where it was.
#[hook]
pub fn use_ring_focus(ringing: Option<&Ringing>, node: &NodeRef, over: bool) {
    let from = use_mut_ref(|| None::<HtmlElement>);
    {
        let (from, node) = (from.clone(), node.clone());
        use_effect_with(ringing.and_then(Ringing::wanting), move |ring| {
            let key = ring.and_then(|_| {
                let taken = focus_ring(&node);
                from.replace(taken);
                on_f8(from, node)
            });
            move || drop(key)
        });
    }
    let node = node.clone();
    use_effect_with(over, move |over| {
        let from = if *over { from.take() } else { None };
        // After whatever else the end of a call does with the focus.
        let later = from.map(|from| Timeout::new(0, move || give_back(&from, &node)));
        move || drop(later)
    });
}

/// Wherever somebody is in the page: the key types nothing, and browsers have no use for it.
fn on_f8(from: Rc<RefCell<Option<HtmlElement>>>, node: NodeRef) -> Option<EventListener> {
    let window = window()?;
    let options = EventListenerOptions { phase: EventListenerPhase::Capture, passive: false };
    Some(EventListener::new_with_options(&window, "keydown", options, move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        let plain = !(event.alt_key() || event.ctrl_key() || event.meta_key() || event.shift_key());
        let Some(element) = node.cast::<HtmlElement>().filter(|_| plain && event.key() == "F8") else {
            return;
        };
        event.prevent_default();
        let before = web_sys::window().and_then(|window| window.document()?.active_element());
        let outside = before.filter(|_| !focus_is_free(&element)).and_then(|before| before.dyn_into().ok());
        if outside.is_some() {
            from.replace(outside);
        }
        take_focus(&element);
    }))
}

/// The buttons do not take clicks yet.
#[hook]
pub fn use_fresh(ringing: Option<&Ringing>) -> bool {
    let ring = ringing.and_then(Ringing::wanting);
    let settled = use_state_eq(|| None::<u32>);
    let set = settled.setter();
    use_effect_with(ring, move |ring| {
        let ring = *ring;
        set.set(None);
        let timer = ring.map(|_| Timeout::new(FRESH_MS, move || set.set(ring)));
        move || drop(timer)
    });
    ring.is_some() && *settled != ring
}

/// Nothing unless the view is in front.
pub fn ringing(state: &State) -> Option<Ringing> {
    if state.calls.front() != Some(CallFront::Dial) {
        return None;
    }
    let (ring, video) = match &state.calls.stage {
        Stage::Dial(dial) if dial.is_unanswered() => {
            (Ring::Incoming, dial.call.call_type == CallType::AudioVideo)
        }
        Stage::Dial(dial) => {
            let outgoing = dial.direction == bandyer_core::calls::Direction::Outgoing;
            let ring = if outgoing { Ring::Outgoing } else { Ring::Entering };
            (ring, dial.call.call_type == CallType::AudioVideo)
        }
        Stage::Requested(requested) if requested.callee.is_some() => (Ring::Outgoing, requested.video),
        Stage::Requested(_) | Stage::Idle | Stage::Active(_) | Stage::Closing(_) => (Ring::Entering, false),
    };
    let mirror = ring != Ring::Incoming && state.calls.local.camera.is_on();
    let (round, seen) = (state.calls.round, state.panel.shown && state.panel.expanded);
    Some(Ringing { ring, video, person: select::call_peer(state), mirror, round, seen })
}

pub fn dial_view(
    i18n: &I18n,
    styles: &Styles,
    dispatch: &Callback<UserAction>,
    node: NodeRef,
    shown: &Ringing,
    fresh: bool,
) -> Html {
    let class = styles.class(style);
    let act = |action: CallAction| dispatch.reform(move |_: MouseEvent| UserAction::Call(action.clone()));
    let chat = IconButton::new(Icon::Chat, i18n.text(Text::CallChat), act(CallAction::BackToChat));
    let kind = i18n.text(if shown.video { Text::CallTypeVideo } else { Text::CallTypeAudio });
    html! {
        <div key="dial" ref={node} class={classes!(class.to_string(), shown.mirror.then_some("mirror"))} role="alertdialog"
            aria-keyshortcuts={(shown.ring == Ring::Incoming).then_some("F8")}
            aria-labelledby="bw-dial-who" aria-describedby="bw-dial-kind" tabindex="-1" part="dial"
            data-testid="dial-view" data-ring={word(shown.ring)}>
            if shown.mirror { <div class="behind"><Video slot={MediaSlot::OwnCamera} mirrored={true} /></div> }
            if shown.ring == Ring::Outgoing {
                <div class="corner">
                    { icon_button(styles, IconButton { tone: Tone::Header, testid: Some("call-chat"), size: 40, ..chat }) }
                </div>
            }
            <div class="who">
                if let Some(person) = shown.person.as_ref().filter(|_| !shown.mirror) {
                    <div class="portrait">
                        <i class="wave" /><i class="wave late" />
                        { portrait(person, 92) }
                    </div>
                }
                { words(i18n, shown) }
                <p id="bw-dial-kind" class="kind">{ icon(if shown.video { Icon::Video } else { Icon::Phone }, 15) }{ kind }</p>
            </div>
            <div class={classes!("buttons", fresh.then_some("fresh"))}>{ buttons(i18n, shown, &act) }</div>
        </div>
    }
}

fn word(ring: Ring) -> &'static str {
    match ring {
        Ring::Incoming => "incoming",
        Ring::Outgoing => "outgoing",
        Ring::Entering => "entering",
    }
}

fn words(i18n: &I18n, shown: &Ringing) -> Html {
    let name =
        shown.person.as_ref().map(|person| html! { <strong class="bw-line">{ &person.name }</strong> });
    let (before, after) = match shown.ring {
        Ring::Incoming => (None, Some(Text::DialIncoming)),
        Ring::Outgoing => (Some(Text::DialOutgoing), None),
        Ring::Entering if name.is_some() => (None, Some(Text::CallConnecting)),
        Ring::Entering => (None, Some(Text::DialOpening)),
    };
    let line =
        |text: Option<Text>| text.map(|text| html! { <span>{ i18n.text(text) }</span> }).unwrap_or_default();
    html! { <h2 id="bw-dial-who">{ line(before) }{ name.unwrap_or_default() }{ line(after) }</h2> }
}

fn buttons(i18n: &I18n, shown: &Ringing, act: &dyn Fn(CallAction) -> Callback<MouseEvent>) -> Html {
    let button = |tone: &'static str, picture: Icon, text: Text, action: CallAction, testid: &'static str| {
        html! {
            <button key={testid} type="button" class={tone} onclick={act(action)} data-testid={testid}>
                <span class="round">{ icon(picture, 30) }</span>
                <span>{ i18n.text(text) }</span>
            </button>
        }
    };
    match shown.ring {
        Ring::Incoming => html! { <>
            { button("red", Icon::HangUp, Text::DialDecline, CallAction::Decline, "dial-decline") }
            { button("green", if shown.video { Icon::Video } else { Icon::Phone }, Text::DialAccept, CallAction::Accept, "dial-accept") }
        </> },
        Ring::Outgoing | Ring::Entering => {
            button("red", Icon::HangUp, Text::DialStop, CallAction::HangUp, "dial-stop")
        }
    }
}

fn style() -> Css {
    css!(
        r#"
        position: relative;
        display: flex;
        flex: 1;
        flex-direction: column;
        justify-content: space-evenly;
        gap: 8px;
        min-block-size: 0;
        padding-block: 20px 22px;
        padding-inline: 24px;
        overflow: hidden auto;
        background: var(--bw-dial-background);
        color: var(--bw-dial-color);
        text-align: center;
        animation: bw-appear var(--bw-slow) both;

        &:focus { outline: none; }
        .behind { position: absolute; inset: 0; }
        .behind::after { content: ""; position: absolute; inset: 0; background: linear-gradient(rgb(4 18 27 / 0.72), rgb(4 18 27 / 0.3) 50%, rgb(4 18 27 / 0.66)); }
        &.mirror { justify-content: space-between; color: #ffffff; }
        &.mirror .who { margin-block-start: 30px; }
        .corner { position: absolute; z-index: 1; inset-block-start: 16px; inset-inline-start: 16px; }

        .who { position: relative; display: flex; flex-direction: column; align-items: center; gap: 6px; min-inline-size: 0; }
        .portrait { position: relative; display: flex; margin-block: 8px 12px; border-radius: 50%; box-shadow: 0 0 0 4px rgb(255 255 255 / 0.16); }
        .portrait > span { z-index: 1; }
        .wave {
            position: absolute;
            inset: -4px;
            border-radius: 50%;
            background: currentcolor;
            opacity: 0;
            animation: bw-wave 2.4s ease-out infinite;
        }
        .wave.late { animation-delay: 1.2s; }

        h2 { display: flex; flex-direction: column; gap: 2px; max-inline-size: 100%; font-size: 15px; line-height: 20px; font-weight: 500; }
        h2 strong { font-size: 22px; line-height: 30px; font-weight: 650; letter-spacing: -0.01em; }
        h2 span { opacity: 0.88; }
        .kind { display: flex; align-items: center; gap: 6px; font-size: 13px; line-height: 18px; opacity: 0.78; }

        .buttons { position: relative; display: flex; justify-content: center; gap: 72px; }
        .buttons button { display: flex; flex-direction: column; align-items: center; gap: 8px; font-size: 13px; line-height: 18px; font-weight: 550; border-radius: 12px; }
        .buttons.fresh button { pointer-events: none; }
        .round {
            display: flex;
            align-items: center;
            justify-content: center;
            inline-size: 60px;
            block-size: 60px;
            border-radius: 50%;
            color: #ffffff;
            box-shadow: 0 6px 18px -4px rgb(0 0 0 / 0.4);
            transition: transform var(--bw-fast), filter var(--bw-fast);
        }
        .red .round { background: var(--bw-decline); }
        .green .round { background: var(--bw-accept); }
        .buttons button:hover .round { filter: brightness(1.08); transform: scale(1.04); }
        .buttons button:active .round { transform: scale(0.95); }
        .buttons button:focus-visible { outline: none; }
        .buttons button:focus-visible .round { outline: 3px solid currentcolor; outline-offset: 3px; }

        /* A window as low as that, or one seen at four times its size: who it is and what can be done about it, whole. */
        @media (max-height: 450px) {
            gap: 6px;
            padding-block: 12px;
            padding-inline: 60px;
            .portrait { margin-block: 0 6px; transform: scale(0.8); }
            &.mirror .who { margin-block-start: 0; }
        }
        @media (max-height: 340px) {
            .portrait { display: none; }
            .who { gap: 2px; }
            .round { inline-size: 52px; block-size: 52px; }
            .buttons { gap: 40px; margin-inline: -40px; }
            .buttons button { gap: 4px; }
        }
        @media (prefers-reduced-motion: reduce) {
            .wave { display: none; }
        }
        @media (forced-colors: active) {
            .round { border: 2px solid ButtonText; }
        }
        "#
    )
}
