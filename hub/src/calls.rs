//! Calls, as the server knows them, which is the only truth about them: who is called, who is in, whose line is down,
//! and the one reason for which each ring and each call ends.
//!
//! Changes become real with the commit of the batch they were decided in; until then what was there before is
//! kept, to go back to.

mod dial;
mod end;
mod enter;
mod journal;
mod lines;
mod talk;

#[cfg(test)]
mod exploration;

use super::SessionKey;
use bandyer_protocol::{
    Call, CallAlias, CallNews, ClientMessageId, Seat, SessionId, SharedFile, Signal, Timestamp, UserAlias,
};
use bandyer_records::{LiveCall, Reader, StoreResult};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Most signals kept for a side that cannot be told them now, and their size in bytes.
const MOST_HELD: usize = 64;
const MOST_HELD_BYTES: usize = 131_072;
/// So many files are told again to a side that comes back: it may not have heard of the last of them.
const TOLD_AGAIN: usize = 16;
/// Most signals a side may say in one call.
const MOST_SAID: u32 = 2_000;

/// All calls there are, and who is in which.
#[derive(Default)]
pub(super) struct CallBook {
    seed: [u8; 16],
    minted: u64,
    calls: BTreeMap<CallAlias, LiveState>,
    /// Everybody who calls, is called or is in a call.
    by_user: HashMap<UserAlias, CallAlias>,
    by_line: HashMap<SessionKey, CallAlias>,
    /// What was there before the open batch.
    before: Vec<(CallAlias, Option<LiveState>)>,
    /// After a commit that failed, what is due waits until then.
    pause_until: Option<Timestamp>,
}

/// One call, from its first ring to its end.
#[derive(Debug, Clone)]
pub(super) struct LiveState {
    call: Call,
    /// The caller's own name for it.
    key: Option<ClientMessageId>,
    stage: Stage,
    sides: [SideState; 2],
    session: String,
    /// Milliseconds both may still be in.
    left_ms: Option<i64>,
    warned: bool,
    upgraded: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It rings at the side that has no place yet.
    Dialing {
        until: Timestamp,
    },
    /// One came by link; nothing rings.
    Waiting,
    Connected {
        since: Timestamp,
    },
}

/// One of the two participants.
#[derive(Debug, Clone, Default)]
struct SideState {
    place: Option<Place>,
    is_admin: bool,
    /// Signals for this side that it cannot be told yet.
    held: Vec<Signal>,
    held_bytes: usize,
    /// Files for this side: those it cannot be told of yet, and the last of those it was told of.
    files: Vec<SharedFile>,
    /// How many signals this side has said.
    said: u32,
}

/// The device that is in.
#[derive(Debug, Clone)]
struct Place {
    seat: Seat,
    line: Option<SessionKey>,
    lost_at: Option<Timestamp>,
}

impl CallBook {
    pub(super) fn new(seed: [u8; 16]) -> Self {
        Self { seed, ..Self::default() }
    }

    /// Calls that went on when the server stopped: both lines are down, and may come back.
    pub(super) fn restore(&mut self, reader: &dyn Reader, now: Timestamp) -> StoreResult<()> {
        for LiveCall { call, session, seats, started_at, upgraded } in reader.live_calls()? {
            let room = reader.room(&call.call)?;
            let side = |index: usize| SideState {
                place: seats[index].clone().map(|seat| Place { seat, line: None, lost_at: Some(now) }),
                is_admin: room.as_ref().is_some_and(|room| {
                    room.participants.iter().any(|one| one.user == call.participants[index] && one.is_admin)
                }),
                ..SideState::default()
            };
            let left_ms = room.as_ref().and_then(|room| {
                let all = i64::from(room.duration_s?) * 1000;
                Some(all - i64::try_from(room.used_ms).unwrap_or(i64::MAX))
            });
            let state = LiveState {
                key: None,
                stage: Stage::Connected { since: started_at },
                sides: [side(0), side(1)],
                session,
                left_ms,
                warned: false,
                upgraded,
                call,
            };
            self.index(&state);
            self.calls.insert(state.call.call.clone(), state);
        }
        Ok(())
    }

    /// A name nobody can guess.
    fn mint(&mut self, prefix: &str) -> String {
        self.minted += 1;
        let digest = Sha256::new().chain_update(self.seed).chain_update(self.minted.to_be_bytes()).finalize();
        let digits = digest.iter().take(12).flat_map(|byte| [byte >> 4, byte & 15]);
        prefix.chars().chain(digits.filter_map(|digit| char::from_digit(digit.into(), 16))).collect()
    }

    pub(super) fn get(&self, call: &CallAlias) -> Option<&LiveState> {
        self.calls.get(call)
    }

    /// The call a user calls in, is called to, or is in.
    pub(super) fn of_user(&self, user: &UserAlias) -> Option<&LiveState> {
        self.calls.get(self.by_user.get(user)?)
    }

    pub(super) fn is_busy(&self, user: &UserAlias) -> bool {
        self.by_user.contains_key(user)
    }

    /// Everybody with a call.
    pub(super) fn busy(&self) -> HashSet<UserAlias> {
        self.by_user.keys().cloned().collect()
    }

    /// Changes a call, or adds it.
    fn put(&mut self, state: LiveState) {
        let name = state.call.call.clone();
        let before = self.calls.remove(&name);
        if let Some(before) = &before {
            self.unindex(before);
        }
        self.before.push((name.clone(), before));
        self.index(&state);
        self.calls.insert(name, state);
    }

    fn drop(&mut self, name: &CallAlias) {
        if let Some(before) = self.calls.remove(name) {
            self.unindex(&before);
            self.before.push((name.clone(), Some(before)));
        }
    }

    fn index(&mut self, state: &LiveState) {
        for (user, side) in state.call.participants.iter().zip(&state.sides) {
            if state.rings() || side.place.is_some() {
                self.by_user.insert(user.clone(), state.call.call.clone());
            }
            if let Some(line) = side.place.as_ref().and_then(|place| place.line) {
                self.by_line.insert(line, state.call.call.clone());
            }
        }
    }

    fn unindex(&mut self, state: &LiveState) {
        let name = &state.call.call;
        for user in &state.call.participants {
            if self.by_user.get(user) == Some(name) {
                self.by_user.remove(user);
            }
        }
        for side in &state.sides {
            if let Some(line) = side.place.as_ref().and_then(|place| place.line) {
                self.by_line.remove(&line);
            }
        }
    }

    /// The batch is stored.
    pub(super) fn committed(&mut self) {
        self.before.clear();
        self.pause_until = None;
    }

    /// The batch is lost: everything is as it was before, but for lines that are gone all the same.
    pub(super) fn uncommitted(&mut self, now: Timestamp) {
        for (name, before) in std::mem::take(&mut self.before).into_iter().rev() {
            if let Some(state) = self.calls.remove(&name) {
                self.unindex(&state);
            }
            if let Some(state) = before {
                self.index(&state);
                self.calls.insert(name, state);
            }
        }
        self.pause_until = Some(now.plus_ms(1_000));
    }
}

impl SideState {
    /// This side was told of all its files: only the last are kept.
    fn forget_told_files(&mut self) {
        self.files.drain(..self.files.len().saturating_sub(TOLD_AGAIN));
    }
}

impl LiveState {
    fn rings(&self) -> bool {
        matches!(self.stage, Stage::Dialing { .. })
    }

    /// 0 for the first participant, 1 for the second.
    fn side_of(&self, user: &UserAlias) -> Option<usize> {
        self.call.participants.iter().position(|one| one == user)
    }

    fn user(&self, side: usize) -> &UserAlias {
        &self.call.participants[side]
    }

    /// The side whose device speaks on that line.
    fn side_at(&self, line: SessionKey) -> Option<usize> {
        self.sides.iter().position(|side| side.place.as_ref().is_some_and(|place| place.line == Some(line)))
    }

    /// The side it rings at.
    fn callee(&self) -> Option<usize> {
        if self.rings() { self.sides.iter().position(|side| side.place.is_none()) } else { None }
    }

    /// The side that rings the other, or waits.
    fn caller(&self) -> Option<usize> {
        self.sides.iter().position(|side| side.place.is_some())
    }

    fn line(&self, side: usize) -> Option<SessionKey> {
        self.sides[side].place.as_ref()?.line
    }

    fn take_place(&mut self, side: usize, seat: SessionId, line: SessionKey) {
        self.sides[side].place = Some(Place { seat, line: Some(line), lost_at: None });
    }

    fn both_in(&self) -> bool {
        self.sides.iter().all(|side| side.place.is_some())
    }

    /// What waits for a side, in order, and what it may have missed on a line that was dead before anybody knew.
    fn take_held(&mut self, side: usize) -> Vec<CallNews> {
        let by = self.user(1 - side).clone();
        let side = &mut self.sides[side];
        side.held_bytes = 0;
        let call = &self.call.call;
        let upgraded = self.upgraded.then(|| CallNews::Upgraded { call: call.clone(), by });
        let signals = std::mem::take(&mut side.held).into_iter();
        let files = side.files.iter().cloned();
        let messages = signals
            .map(|signal| CallNews::Signaled { call: call.clone(), signal })
            .chain(files.map(|shared| CallNews::FileShared { call: call.clone(), shared }))
            .chain(upgraded)
            .collect();
        side.forget_told_files();
        messages
    }

    /// As it is kept to survive a restart.
    fn record(&self, started_at: Timestamp) -> LiveCall {
        let seat = |side: &SideState| side.place.as_ref().map(|place| place.seat.clone());
        LiveCall {
            call: self.call.clone(),
            session: self.session.clone(),
            seats: [seat(&self.sides[0]), seat(&self.sides[1])],
            started_at,
            upgraded: self.upgraded,
        }
    }
}
