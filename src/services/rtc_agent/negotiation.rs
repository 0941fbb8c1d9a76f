//! Who offers, who answers, one step after the other. A call has the same lines from its start to its end, so that only
//! two things are ever negotiated: the call itself, and another way between the browsers. One side makes every offer, and
//! the other one asks it to: offers never collide. Taking an offer back is no way out of a collision: Chromium 156 goes
//! on sending, and shows nothing any more of what arrives.
//!
//! Every offer has a number, and its answer repeats it: what belongs to another offer than the newest is not heard.

use super::connection::{Connection, call};
use crate::js::{get, object, set};
use bandyer_core::action::{RtcEvent, RtcProblem};
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

/// What this side does of the two things there are to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It makes every offer, the first one under that number.
    Offers {
        from: u64,
    },
    Answers,
}

/// What happens to a negotiation, one after the other.
enum Turn {
    Start,
    Restart,
    Heard(Signal),
}

pub struct Negotiation {
    role: Role,
    /// Before that, nothing is said.
    started: Cell<bool>,
    /// The number of the newest offer, made here or heard; 0 before the first.
    newest: Cell<u64>,
    /// By this the browser knows its own description of that number.
    fragment: RefCell<Option<String>>,
    /// Candidates that came before the description they belong to, with its number.
    early: RefCell<Vec<(u64, JsValue)>>,
    turns: RefCell<Option<UnboundedSender<Turn>>>,
}

impl Negotiation {
    pub fn new(connection: Weak<Connection>, role: Role) -> Self {
        let (turns, coming) = unbounded();
        spawn_local(work(connection, coming));
        Self {
            role,
            started: Cell::new(false),
            newest: Cell::new(0),
            fragment: RefCell::default(),
            early: RefCell::default(),
            turns: RefCell::new(Some(turns)),
        }
    }

    /// This side makes the offers.
    pub fn offers(&self) -> bool {
        self.role != Role::Answers
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

    /// The number of the description that an own candidate belongs to; `None` for one that is no longer in use.
    pub fn number_of(&self, fragment: Option<String>) -> Option<u64> {
        let known = self.fragment.borrow();
        let stale = fragment.is_some() && known.is_some() && fragment != *known;
        (!stale).then(|| self.newest.get())
    }

    pub fn close(&self) {
        self.turns.take();
    }

    fn is_closed(&self) -> bool {
        self.turns.borrow().is_none()
    }

    fn push(&self, turn: Turn) {
        if let Some(turns) = &*self.turns.borrow() {
            // Gone only together with the connection.
            let _ = turns.unbounded_send(turn);
        }
    }

    fn next_number(&self) -> u64 {
        let first = match self.role {
            Role::Offers { from } => from,
            Role::Answers => 0,
        };
        first.max(self.newest.get().saturating_add(1))
    }
}

async fn work(connection: Weak<Connection>, mut turns: UnboundedReceiver<Turn>) {
    while let Some(turn) = turns.next().await {
        let Some(connection) = connection.upgrade() else { return };
        let done = match turn {
            Turn::Start if connection.negotiation.offers() => connection.offer().await,
            Turn::Start => connection.answer().await,
            Turn::Restart => connection.offer_anew().await,
            Turn::Heard(signal) => connection.heard(signal).await,
        };
        if done.is_err() && !connection.negotiation.is_closed() {
            let (round, problem) = (connection.round, RtcProblem::Negotiation);
            connection.inside.report(RtcEvent::Failed { round, problem });
        }
    }
}

impl Connection {
    async fn heard(&self, signal: Signal) -> Result<(), JsValue> {
        match signal {
            Signal::Description { kind: SdpKind::Offer, number, sdp } => self.offered(number, &sdp).await,
            Signal::Description { kind: SdpKind::Answer, number, sdp } => self.answered(number, &sdp).await,
            Signal::Candidate { candidate, mid, line, number } => {
                // One of many: the way may be found without it.
                let _ = self.add_candidate(number, candidate_init(&candidate, mid.as_deref(), line)).await;
                Ok(())
            }
            // The offer on its way, if there is one, was made before the other side lost the way.
            Signal::Restart if self.negotiation.offers() => self.offer_anew().await,
            Signal::Restart | Signal::Media(_) => Ok(()),
        }
    }

    async fn offer(&self) -> Result<(), JsValue> {
        let number = self.negotiation.next_number();
        self.negotiation.newest.set(number);
        self.negotiation.fragment.take();
        self.describe(SdpKind::Offer, number).await
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
        self.describe(SdpKind::Answer, self.negotiation.newest.get()).await
    }

    /// One that is heard again, with the accept or because its confirmation was lost, is known.
    async fn offered(&self, number: u64, sdp: &str) -> Result<(), JsValue> {
        let negotiation = &self.negotiation;
        if negotiation.offers() || number <= negotiation.newest.get() {
            return Ok(());
        }
        self.take_in("offer", number, sdp).await?;
        // Not before: one that failed while it rang fails again with the accept, and then it matters.
        negotiation.newest.set(number);
        negotiation.fragment.take();
        if negotiation.started.get() { self.answer().await } else { Ok(()) }
    }

    async fn answered(&self, number: u64, sdp: &str) -> Result<(), JsValue> {
        let awaited = self.negotiation.offers()
            && number == self.negotiation.newest.get()
            && self.pc.signaling_state() == RtcSignalingState::HaveLocalOffer;
        if awaited { self.take_in("answer", number, sdp).await } else { Ok(()) }
    }

    async fn take_in(&self, kind: &str, number: u64, sdp: &str) -> Result<(), JsValue> {
        let description = object([("type", kind.into()), ("sdp", sdp.into())]);
        JsFuture::from(self.pc.set_remote_description(description.unchecked_ref())).await?;
        let (now, later) = self.negotiation.early.take().into_iter().partition(|(of, _)| *of <= number);
        *self.negotiation.early.borrow_mut() = later;
        for (_, candidate) in now {
            // One of many: the way may be found without it.
            let _ = JsFuture::from(add(&self.pc, &candidate)).await;
        }
        Ok(())
    }

    /// A candidate of the newest offer, or of one that is yet to come; others are of no use any more.
    async fn add_candidate(&self, number: u64, init: JsValue) -> Result<(), JsValue> {
        let newest = self.negotiation.newest.get();
        let waits = number > newest || !self.knows_peer();
        if waits && number >= newest {
            let mut early = self.negotiation.early.borrow_mut();
            if early.len() < MOST_EARLY {
                early.push((number, init));
            }
        } else if number == newest {
            JsFuture::from(add(&self.pc, &init)).await?;
        }
        Ok(())
    }

    /// The other side's half of the newest exchange is here.
    fn knows_peer(&self) -> bool {
        let open =
            self.negotiation.offers() && self.pc.signaling_state() == RtcSignalingState::HaveLocalOffer;
        !open && !get(&self.pc, "remoteDescription").is_null()
    }

    /// Makes the own half of an exchange, and says it.
    async fn describe(&self, kind: SdpKind, number: u64) -> Result<(), JsValue> {
        set_local(&self.pc).await?;
        let local = get(&self.pc, "localDescription");
        let Some(sdp) = get(&local, "sdp").as_string() else { return Ok(()) };
        *self.negotiation.fragment.borrow_mut() = fragment_of(&sdp);
        self.say(Signal::Description { kind, number, sdp });
        Ok(())
    }
}

/// The name of a description's own candidates.
fn fragment_of(sdp: &str) -> Option<String> {
    sdp.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).map(|name| name.trim().to_owned())
}

fn candidate_init(candidate: &str, mid: Option<&str>, line: Option<u16>) -> JsValue {
    let init = object([("candidate", candidate.into())]);
    if let Some(mid) = mid {
        set(&init, "sdpMid", &mid.into());
    }
    // A browser that names neither means the first section: all others are bundled with it.
    if mid.is_none() || line.is_some() {
        set(&init, "sdpMLineIndex", &line.unwrap_or(0).into());
    }
    init
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
