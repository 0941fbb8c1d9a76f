//! Perfect negotiation: both sides may offer at any time, and the polite one gives way.
//! <https://www.w3.org/TR/webrtc/#perfect-negotiation-example>

use super::connection::Connection;
use crate::js::{get, object, set};
use bandyer_protocol::{SdpKind, Signal};
use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use js_sys::{Function, Promise};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{RtcPeerConnection, RtcSignalingState};

/// What happens to a negotiation, one after the other.
enum Turn {
    Needed,
    Heard(Signal),
}

pub struct Negotiation {
    polite: bool,
    making_offer: Cell<bool>,
    ignoring: Cell<bool>,
    /// Candidates that came before the description they belong to.
    early: RefCell<Vec<JsValue>>,
    turns: RefCell<Option<UnboundedSender<Turn>>>,
}

impl Negotiation {
    pub fn new(connection: Weak<Connection>, polite: bool) -> Self {
        let (turns, coming) = unbounded();
        spawn_local(work(connection, coming));
        Self {
            polite,
            making_offer: Cell::new(false),
            ignoring: Cell::new(false),
            early: RefCell::default(),
            turns: RefCell::new(Some(turns)),
        }
    }

    pub fn needed(&self) {
        self.push(Turn::Needed);
    }

    pub fn hear(&self, signal: Signal) {
        self.push(Turn::Heard(signal));
    }

    pub fn close(&self) {
        self.turns.take();
    }

    fn push(&self, turn: Turn) {
        if let Some(turns) = &*self.turns.borrow() {
            // Gone only together with the connection.
            let _ = turns.unbounded_send(turn);
        }
    }
}

async fn work(connection: Weak<Connection>, mut turns: UnboundedReceiver<Turn>) {
    while let Some(turn) = turns.next().await {
        let Some(connection) = connection.upgrade() else { return };
        // What cannot be understood is not acted on: a connection that breaks of it is mended by the core.
        let _ = match turn {
            Turn::Needed => connection.offer().await,
            Turn::Heard(Signal::Description { kind, sdp }) => connection.described(kind, &sdp).await,
            Turn::Heard(Signal::Candidate { candidate, mid, line }) => {
                connection.add_candidate(&candidate, mid.as_deref(), line).await
            }
            Turn::Heard(Signal::Media(_)) => Ok(()),
        };
    }
}

impl Connection {
    async fn offer(self: &Rc<Self>) -> Result<(), JsValue> {
        // The polite side has no lines of its own to offer before the first offer came.
        if self.negotiation.polite && get(&self.pc, "remoteDescription").is_null() {
            return Ok(());
        }
        self.negotiation.making_offer.set(true);
        let made = set_local(&self.pc).await;
        self.negotiation.making_offer.set(false);
        made?;
        self.say_local();
        Ok(())
    }

    async fn described(self: &Rc<Self>, kind: SdpKind, sdp: &str) -> Result<(), JsValue> {
        let negotiation = &self.negotiation;
        let stable = self.pc.signaling_state() == RtcSignalingState::Stable;
        let collision = kind == SdpKind::Offer && (negotiation.making_offer.get() || !stable);
        negotiation.ignoring.set(!negotiation.polite && collision);
        if negotiation.ignoring.get() {
            return Ok(());
        }
        let word = match kind {
            SdpKind::Offer => "offer",
            SdpKind::Answer => "answer",
        };
        let description = object([("type", word.into()), ("sdp", sdp.into())]);
        JsFuture::from(self.pc.set_remote_description(description.unchecked_ref())).await?;
        for candidate in negotiation.early.take() {
            let _ = JsFuture::from(add(&self.pc, &candidate)).await;
        }
        if kind == SdpKind::Offer {
            self.attach();
            set_local(&self.pc).await?;
            self.say_local();
        }
        Ok(())
    }

    async fn add_candidate(
        &self,
        candidate: &str,
        mid: Option<&str>,
        line: Option<u16>,
    ) -> Result<(), JsValue> {
        let init = object([("candidate", candidate.into())]);
        if let Some(mid) = mid {
            set(&init, "sdpMid", &mid.into());
        }
        if let Some(line) = line {
            set(&init, "sdpMLineIndex", &line.into());
        }
        if get(&self.pc, "remoteDescription").is_null() {
            self.negotiation.early.borrow_mut().push(init);
            return Ok(());
        }
        JsFuture::from(add(&self.pc, &init)).await.map(drop)
    }

    fn say_local(&self) {
        let local = get(&self.pc, "localDescription");
        let kind = match get(&local, "type").as_string().as_deref() {
            Some("offer") => SdpKind::Offer,
            Some("answer") => SdpKind::Answer,
            _ => return,
        };
        if let Some(sdp) = get(&local, "sdp").as_string() {
            self.say(Signal::Description { kind, sdp });
        }
    }
}

fn add(pc: &RtcPeerConnection, candidate: &JsValue) -> Promise {
    pc.add_ice_candidate_with_opt_rtc_ice_candidate_init(Some(candidate.unchecked_ref()))
}

/// `setLocalDescription()` without an argument makes the fitting offer or answer itself.
async fn set_local(pc: &RtcPeerConnection) -> Result<(), JsValue> {
    let method: Function = get(pc, "setLocalDescription").dyn_into()?;
    let promise: Promise = method.call0(pc)?.dyn_into()?;
    JsFuture::from(promise).await.map(drop)
}
