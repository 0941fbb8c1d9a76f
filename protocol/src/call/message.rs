//! What is said about calls, by the widget and by the server.

use super::{
    CallEntry, CallTerms, DeclineReason, Dial, Elsewhere, EndReason, Feedback, HangUpReason, IceServer, Seat,
    SharedFile, Signal, StopReason,
};
use crate::ids::{CallAlias, ClientMessageId, UploadId, UserAlias};
use crate::secret::Secret;
use crate::timestamp::Timestamp;
use crate::tools::Tools;
use serde::{Deserialize, Serialize};

/// What a widget asks about calls. The answer stands behind the arrow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallRequest {
    /// Rings at `callee`. Asked again with the same `key`, it gives the same call. → `Entered`
    Create { key: ClientMessageId, callee: UserAlias, terms: CallTerms },
    /// Gives up a call that was created under that key, whether its answer came or not: its ring stops, or it ends for both.
    /// Nothing happens when there is none. → `Done`
    Cancel { key: ClientMessageId },
    /// Enters the call of a link, as the user the link is bound to. → `Entered`
    Join {
        link: Secret,
        /// The tools this page gives; those of the room when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tools: Option<Tools>,
    },
    /// Takes the place this device had, after its line was lost. → `Entered`
    Resume { call: CallAlias, seat: Seat },
    /// Takes the place of this user in the call there is, from whichever page of the user has it: for the window of a call,
    /// and for a page that wants the call back. → `Entered`
    Take,
    /// This page is being left, and may be back in a moment: the call waits for it for some seconds, and then it was hung
    /// up. → `Done`
    StepOut { call: CallAlias },
    /// Accepts a ring on this device. → `Entered`
    Accept {
        call: CallAlias,
        /// As of `Join`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tools: Option<Tools>,
    },
    /// Declines a ring, for all devices of the user. → `Done`
    Decline { call: CallAlias, reason: DeclineReason },
    /// Stops a ring of one's own, or ends a call for both. → `Done`
    HangUp {
        call: CallAlias,
        #[serde(default, skip_serializing_if = "HangUpReason::is_wish")]
        reason: HangUpReason,
    },
    /// The connection between the browsers is there, or is gone: only the time between counts as talked. → `Done`
    ReportMedia { call: CallAlias, connected: bool },
    /// For the other side of the call. While it rings, the server keeps what the caller sends until the accept.
    /// → `Done`
    Signal { call: CallAlias, signal: Signal },
    /// Audio becomes video; allowed in `audio_upgradable`. → `Done`
    Upgrade { call: CallAlias },
    /// Fresh credentials, for a connection that starts over. → `IceServers`
    GetIceServers { call: CallAlias },
    /// Gives an uploaded file to the other side. → `FileShared`
    ShareFile { call: CallAlias, upload: UploadId },
    /// Says what the user thought of a call that is over. → `Done`
    Rate { call: CallAlias, feedback: Feedback },
}

/// What the server says about calls. Events are passing: a device that was away learns how things stand from its welcome,
/// or from resuming its call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallNews {
    /// A reply: this device is in the call now.
    Entered(Box<CallEntry>),
    /// A reply.
    IceServers { servers: Vec<IceServer> },
    /// It rings. To every device of the callee.
    Dialed(Box<Dial>),
    /// `by` accepted. To the caller's device, and to the other devices of `by`, which stop ringing.
    Answered { call: CallAlias, by: UserAlias },
    /// `by` declined. To the caller's device, and to every device of `by`.
    Declined { call: CallAlias, by: UserAlias, reason: DeclineReason },
    /// The ring ended. `by` stopped it; for a time-out that is the caller. To the caller's device and every device of
    /// the callee.
    Stopped { call: CallAlias, by: UserAlias, reason: StopReason },
    /// Both are in the call. To both seats.
    Started { call: CallAlias, at: Timestamp },
    /// The call is over for both. `by` is who hung up or vanished. To both seats.
    Ended {
        call: CallAlias,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserAlias>,
        reason: EndReason,
    },
    /// The other side's line to the server is down (or up again); media may well go on.
    PeerLine { call: CallAlias, up: bool },
    /// The place of this user in the call is another page's now. To the user's other devices.
    Elsewhere(Box<Elsewhere>),
    /// The other side goes on in another page, which knows nothing of the connection there was: it starts from nothing.
    PeerMoved {
        call: CallAlias,
        /// This device makes every offer.
        offers: bool,
        /// That of the next offer, for the side that offers.
        offer_number: u64,
        ice_servers: Vec<IceServer>,
    },
    /// From the other side's browser.
    Signaled { call: CallAlias, signal: Signal },
    /// The call is a video call now. To both seats.
    Upgraded { call: CallAlias, by: UserAlias },
    /// To both seats; to the giver's as the reply.
    FileShared { call: CallAlias, shared: SharedFile },
    /// The room's duration is nearly used up. To both seats.
    EndsSoon {
        call: CallAlias,
        /// Milliseconds left.
        in_ms: u32,
    },
}
