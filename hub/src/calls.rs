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
mod rings;
mod talk;
mod tools;
mod window;

#[cfg(test)]
mod endurance;
#[cfg(test)]
mod exploration;

use super::SessionKey;
use bandyer_protocol::{
    Call, CallAlias, CallNews, CallPhase, ClientMessageId, Seat, SessionId, SharedFile, Signal, Timestamp,
    Tools, UserAlias,
};
use bandyer_records::{LiveCall, Reader, RoomRecord, SessionRecord, StoreResult, Write};
use rings::Rings;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Most candidates, and files, kept for a side that cannot be told of them now.
const MOST_HELD: usize = 64;
/// The side that makes every offer; the other one answers.
const OFFERS: usize = 0;
/// A ring goes on for so long after a restart of the server, be it over by then: longer than a widget takes to come back,
/// so that both sides hear how it ended.
const LAST_RING_MS: i64 = 10_000;
/// How long two have talked is written down this often.
const NOTE_MS: i64 = 15_000;
/// So many files are told again to a side that comes back: it may not have heard of the last of them.
const TOLD_AGAIN: usize = 16;

/// What is due and could not be stored waits so long, in milliseconds.
const PAUSE_MS: i64 = 1_000;

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
    rings: Rings,
    /// Who is in which call, where that has changed and nobody has asked yet.
    seated: Vec<Seated>,
    /// The latest time heard of.
    clock: Option<Timestamp>,
    /// After a commit of it that failed, what is due waits until then.
    pause_until: Option<Timestamp>,
}

/// Who is in a call, from its first ring on; once it is over, nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seated {
    /// Unlike the name of a room, it never comes again.
    pub session: String,
    pub users: Vec<UserAlias>,
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
    /// The number of the newest offer.
    offered: u64,
    talk: Talk,
    /// How long they have talked is written down then, so that a server that is killed forgets little of it.
    note_at: Option<Timestamp>,
}

/// How long the browsers have been connected with each other: that alone is used time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Talk {
    /// Milliseconds, up to `since`.
    before_ms: u64,
    /// They are connected, and have been since then.
    since: Option<Timestamp>,
}

impl Talk {
    /// Milliseconds so far.
    fn ms(self, now: Timestamp) -> u64 {
        let running = self.since.map_or(0, |since| u64::try_from(now.since(since)).unwrap_or(0));
        self.before_ms.saturating_add(running)
    }

    /// From now on they are connected, or are not.
    fn turn(&mut self, connected: bool, now: Timestamp) {
        *self = Self { before_ms: self.ms(now), since: connected.then_some(now) };
    }
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
    /// The tools of whoever is in; `None` for those of the room.
    tools: Option<Tools>,
    /// This side's browser says that it is connected with the other one.
    connected: bool,
    /// The other side goes on in another page, and this one could not be told yet.
    peer_moved: bool,
    /// Signals for this side that it cannot be told yet.
    held: Vec<Signal>,
    /// Files for this side: those it cannot be told of yet, and the last of those it was told of.
    files: Vec<SharedFile>,
}

/// The device that is in.
#[derive(Debug, Clone)]
struct Place {
    seat: Seat,
    line: Option<SessionKey>,
    lost_at: Option<Timestamp>,
    /// It is a window of its own: the user's other pages hear of the call, and may end it.
    window: bool,
    /// Its page said that it was being left.
    leaving: bool,
}

impl CallBook {
    pub(super) fn new(seed: [u8; 16]) -> Self {
        Self { seed, ..Self::default() }
    }

    /// Rings and calls that went on when the server stopped.
    pub(super) fn restore(&mut self, reader: &dyn Reader, now: Timestamp) -> StoreResult<()> {
        for live in reader.live_calls()? {
            let (room, session) = (reader.room(&live.call.call)?, reader.session(&live.session)?);
            let state = LiveState::restored(live, room.as_ref(), session.as_ref(), now);
            self.index(&state);
            self.seated.push(state.seated());
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

    /// Hears the time. A clock that was set back takes everything with it that a call waits for.
    pub(super) fn follow(&mut self, now: Timestamp) {
        let back = self.clock.map_or(0, |before| before.since(now));
        if back > 0 {
            let held = self.before.iter_mut().filter_map(|(_, state)| state.as_mut());
            self.calls.values_mut().chain(held).for_each(|state| state.shift(-back));
            self.pause_until = self.pause_until.map(|at| at.plus_ms(-back));
        }
        self.clock = Some(now);
    }

    /// The batch is stored.
    pub(super) fn committed(&mut self) {
        self.rings.committed();
        for (name, before) in std::mem::take(&mut self.before) {
            let now = self.calls.get(&name).map(LiveState::seated);
            let before = before.map(|state| state.seated());
            if now == before {
                continue;
            }
            let is_over = |before: &Seated| now.as_ref().is_none_or(|now| now.session != before.session);
            let over = before.filter(is_over).map(|before| Seated { users: Vec::new(), ..before });
            self.seated.extend(over.into_iter().chain(now));
        }
    }

    pub(super) fn take_seated(&mut self) -> Vec<Seated> {
        std::mem::take(&mut self.seated)
    }

    /// The batch is lost: everything is as it was before.
    pub(super) fn uncommitted(&mut self) {
        self.rings.uncommitted();
        for (name, before) in std::mem::take(&mut self.before).into_iter().rev() {
            if let Some(state) = self.calls.remove(&name) {
                self.unindex(&state);
            }
            if let Some(state) = before {
                self.index(&state);
                self.calls.insert(name, state);
            }
        }
    }

    /// What was due could not be stored: it is tried again later.
    pub(super) fn pause(&mut self, now: Timestamp) {
        self.pause_until = Some(now.plus_ms(PAUSE_MS));
    }

    fn is_paused(&self, now: Timestamp) -> bool {
        // A clock that was set back must not make it longer.
        self.pause_until.is_some_and(|until| until > now && until.since(now) <= PAUSE_MS)
    }
}

impl SideState {
    /// This side was told of all its files: only the last are kept.
    fn forget_told_files(&mut self) {
        self.files.drain(..self.files.len().saturating_sub(TOLD_AGAIN));
    }
}

impl LiveState {
    fn seated(&self) -> Seated {
        let sides = self.call.participants.iter().zip(&self.sides);
        let users = sides.filter(|(_, side)| side.place.is_some()).map(|(user, _)| user.clone());
        Seated { session: self.session.clone(), users: users.collect() }
    }

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

    /// This user called, under that key.
    fn is_asked_for_by(&self, user: &UserAlias, key: &ClientMessageId) -> bool {
        self.key.as_ref() == Some(key) && self.side_of(user) == Some(0)
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
        self.sides[side].place =
            Some(Place { seat, line: Some(line), lost_at: None, window: false, leaving: false });
    }

    /// The number of the first offer of a device that enters now. Time goes on over a restart of the server, too, and no
    /// device offers as often as once a millisecond.
    fn next_offer(&self, now: Timestamp) -> u64 {
        let age = u64::try_from(now.since(self.call.created_at)).unwrap_or(0);
        age.max(self.offered.saturating_add(1))
    }

    /// From now on the two talk, or do not; it is written down.
    fn turn_talk(&mut self, talking: bool, now: Timestamp) -> Option<Write> {
        self.talk.turn(talking, now);
        self.note_at = talking.then(|| now.plus_ms(NOTE_MS));
        self.session_record(None)
    }

    /// The clock was set: whatever this call waits for comes as late as before.
    fn shift(&mut self, ms: i64) {
        if let Stage::Dialing { until } = &mut self.stage {
            *until = until.plus_ms(ms);
        }
        let lost = self.sides.iter_mut().filter_map(|side| side.place.as_mut()?.lost_at.as_mut());
        let others = [self.talk.since.as_mut(), self.note_at.as_mut()];
        lost.chain(others.into_iter().flatten()).for_each(|at| *at = at.plus_ms(ms));
    }

    fn is_talking(&self) -> bool {
        self.sides.iter().any(|side| side.connected)
    }

    /// Where it stands for a device that comes in.
    fn phase(&self) -> CallPhase {
        match self.stage {
            Stage::Dialing { .. } => CallPhase::Dialing,
            Stage::Waiting => CallPhase::Waiting,
            Stage::Connected { .. } => CallPhase::Connected,
        }
    }

    fn both_in(&self) -> bool {
        self.sides.iter().all(|side| side.place.is_some())
    }

    /// What waits for a side, in order, and what it may have missed on a line that was dead before anybody knew.
    fn take_held(&mut self, side: usize) -> Vec<CallNews> {
        let by = self.user(1 - side).clone();
        let side = &mut self.sides[side];
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
    fn record(&self) -> Write {
        let seat = |side: &SideState| side.place.as_ref().map(|place| place.seat.clone());
        let (started_at, rings_until) = match self.stage {
            Stage::Dialing { until } => (None, Some(until)),
            Stage::Waiting => (None, None),
            Stage::Connected { since } => (Some(since), None),
        };
        Write::PutLiveCall(LiveCall {
            call: self.call.clone(),
            session: self.session.clone(),
            seats: [seat(&self.sides[0]), seat(&self.sides[1])],
            started_at,
            rings_until,
            key: self.key.clone(),
            upgraded: self.upgraded,
            tools: [self.sides[0].tools, self.sides[1].tools],
        })
    }

    /// Its session, as it is kept; `None` as long as nobody answered.
    fn session_record(&self, ended_at: Option<Timestamp>) -> Option<Write> {
        let Stage::Connected { since } = self.stage else { return None };
        Some(Write::PutSession(SessionRecord {
            session: self.session.clone(),
            room: self.call.call.clone(),
            created_at: since,
            ended_at,
            talked_ms: self.talk.before_ms,
            talking_since: self.talk.since,
        }))
    }

    /// As it goes on after a restart: all lines are down, and may come back. A ring goes on at least so long that both
    /// sides hear how it ends. Nobody knows whether the two have talked while the server was away: that is not counted.
    fn restored(
        live: LiveCall,
        room: Option<&RoomRecord>,
        session: Option<&SessionRecord>,
        now: Timestamp,
    ) -> Self {
        let LiveCall { call, session: name, seats, started_at, rings_until, key, upgraded, tools } = live;
        let ([first, second], [first_tools, second_tools]) = (seats, tools);
        let side = |user: &UserAlias, seat: Option<Seat>, tools| SideState {
            tools,
            // Whether it is a window is known again when it is back.
            place: seat.map(|seat| Place {
                seat,
                line: None,
                lost_at: Some(now),
                window: false,
                leaving: false,
            }),
            is_admin: room
                .is_some_and(|room| room.participants.iter().any(|one| &one.user == user && one.is_admin)),
            ..SideState::default()
        };
        let left_ms = room.and_then(|room| {
            let all = i64::from(room.duration_s?) * 1000;
            Some(all - i64::try_from(room.used_ms).unwrap_or(i64::MAX))
        });
        let talked_ms = session.map_or(0, |session| session.talked_ms);
        Self {
            key,
            stage: match (started_at, rings_until) {
                (Some(since), _) => Stage::Connected { since },
                (None, Some(until)) => Stage::Dialing { until: until.max(now.plus_ms(LAST_RING_MS)) },
                (None, None) => Stage::Waiting,
            },
            sides: [
                side(&call.participants[0], first, first_tools),
                side(&call.participants[1], second, second_tools),
            ],
            session: name,
            left_ms,
            warned: false,
            upgraded,
            offered: 0,
            talk: Talk { before_ms: talked_ms, since: None },
            note_at: session.and_then(|session| session.talking_since).map(|_| now),
            call,
        }
    }
}
