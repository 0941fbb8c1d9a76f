//! Who offers, who answers, one step after the other. A call has the same lines from its start to its end, so that only
//! two things are ever negotiated: the call itself, and another way between the browsers. The impolite side makes every
//! offer, and the polite one asks it to: offers never collide. Taking an offer back is no way out of a collision:
//! Chromium 156 goes on sending, and shows nothing any more of what arrives.

use super::connection::{Connection, call};
use crate::js::{get, object, set};
use bandyer_protocol::{SdpKind, Signal};
use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use js_sys::{Function, Promise};
use std::cell::{Cell, RefCell};
use std::rc::Weak;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{RtcPeerConnection, RtcSignalingState};

/// Most candidates kept until the description comes that they belong to.
const MOST_EARLY: usize = 256;

/// What happens to a negotiation, one after the other.
enum Turn {
    Start,
    Restart,
    Heard(Signal),
}

pub struct Negotiation {
    polite: bool,
    /// Before that, nothing is said.
    started: Cell<bool>,
    /// The offer heard last: one that was heard while it rang is heard again with the accept.
    offered: RefCell<String>,
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
            started: Cell::new(false),
            offered: RefCell::default(),
            early: RefCell::default(),
            turns: RefCell::new(Some(turns)),
        }
    }

    pub fn is_polite(&self) -> bool {
        self.polite
    }

    /// The first offer, or the answer to it.
    pub fn start(&self) {
        self.started.set(true);
        self.push(Turn::Start);
    }

    /// An offer of another way. One that was not answered yet is replaced: it may be lost.
    pub fn restart(&self) {
        self.push(Turn::Restart);
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
            Turn::Start if connection.negotiation.polite => connection.answer().await,
            Turn::Start => connection.offer().await,
            Turn::Restart => connection.offer_anew().await,
            Turn::Heard(Signal::Description { kind, sdp }) => connection.described(kind, &sdp).await,
            Turn::Heard(Signal::Candidate { candidate, mid, line }) => {
                connection.add_candidate(&candidate, mid.as_deref(), line).await
            }
            Turn::Heard(Signal::Restart) => connection.restart_wanted().await,
            Turn::Heard(Signal::Media(_)) => Ok(()),
        };
    }
}

impl Connection {
    async fn offer(&self) -> Result<(), JsValue> {
        set_local(&self.pc).await?;
        self.say_local();
        Ok(())
    }

    async fn offer_anew(&self) -> Result<(), JsValue> {
        call(&self.pc, "restartIce", None);
        self.offer().await
    }

    /// Answers an offer that waits for it.
    async fn answer(&self) -> Result<(), JsValue> {
        if self.pc.signaling_state() != RtcSignalingState::HaveRemoteOffer {
            return Ok(());
        }
        self.attach();
        set_local(&self.pc).await?;
        self.say_local();
        Ok(())
    }

    /// While an offer is on its way there is no need for another one.
    async fn restart_wanted(&self) -> Result<(), JsValue> {
        if self.negotiation.polite || self.pc.signaling_state() != RtcSignalingState::Stable {
            return Ok(());
        }
        self.offer_anew().await
    }

    /// Offers are heard by the polite side, answers by the other one; anything else is not meant seriously.
    async fn described(&self, kind: SdpKind, sdp: &str) -> Result<(), JsValue> {
        let (word, for_polite) = match kind {
            SdpKind::Offer => ("offer", true),
            SdpKind::Answer => ("answer", false),
        };
        let negotiation = &self.negotiation;
        let known = for_polite && *negotiation.offered.borrow() == sdp;
        if negotiation.polite != for_polite || known {
            return Ok(());
        }
        let description = object([("type", word.into()), ("sdp", sdp.into())]);
        JsFuture::from(self.pc.set_remote_description(description.unchecked_ref())).await?;
        for candidate in negotiation.early.take() {
            let _ = JsFuture::from(add(&self.pc, &candidate)).await;
        }
        if for_polite {
            sdp.clone_into(&mut negotiation.offered.borrow_mut());
        }
        if negotiation.started.get() { self.answer().await } else { Ok(()) }
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
            let mut early = self.negotiation.early.borrow_mut();
            if early.len() < MOST_EARLY {
                early.push(init);
            }
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
