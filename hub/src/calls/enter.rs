//! Coming into a call: by link, or back after the line was lost.

use super::dial::call_not_found;
use super::journal::row;
use super::{LiveState, OFFERS, SideState, Stage, Talk};
use crate::scope::out_of_scope;
use crate::{Decision, Hub, Origin, Outcome, Refusal};
use bandyer_protocol::{
    Call, CallAlias, CallEntry, CallNews, CallPhase, ErrorCode, Failure, Seat, SessionId, Timestamp, Tools,
    UserAlias,
};
use bandyer_records::{JournalKind, Reader, RoomRecord};

impl Hub {
    pub(crate) fn join_call(
        &mut self,
        user: &UserAlias,
        (link, tools): (&str, Option<Tools>),
        origin: Origin,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        let void = || Failure::new(ErrorCode::CallLinkInvalid, "the link leads nowhere");
        let (room, owner) = reader.room_by_link(link_token(link)).map_err(Refusal::from)?.ok_or_else(void)?;
        if self.roster.scope_of(origin.session).is_some_and(|scope| scope.call != room.room) {
            return Err(out_of_scope().into());
        }
        if room.disabled || room.deleted || room.expires_at.is_some_and(|at| at <= now) {
            return Err(void().into());
        }
        if &owner != user {
            return Err(Failure::new(ErrorCode::CallLinkForeign, "the link is another user's").into());
        }
        let participants = pair(&room).ok_or_else(|| {
            Failure::new(ErrorCode::CallTooLarge, "the room has more than two participants")
        })?;
        let used_up = |ms: i64| ms <= 0;
        if left_ms(&room).is_some_and(used_up) {
            return Err(void().into());
        }
        if let Some(busy) = self.calls.of_user(user).cloned() {
            return self.join_again(user, (&room, tools), busy, origin, now, reader);
        }
        match self.calls.get(&room.room).cloned() {
            Some(state) => self.join_other(user, (&room, tools), state, origin, now, reader),
            None => self.join_first(user, (&room, tools), participants, origin, now, reader),
        }
    }

    /// The user has a call: this one, maybe, on a device whose line is down, or ringing.
    fn join_again(
        &mut self,
        user: &UserAlias,
        (room, tools): (&RoomRecord, Option<Tools>),
        busy: LiveState,
        origin: Origin,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        if busy.call.call != room.room {
            return Err(Failure::new(ErrorCode::InitiatorNotAvailable, "the user has another call").into());
        }
        let side = busy.side_of(user).ok_or_else(call_not_found)?;
        match &busy.sides[side].place {
            None => self.accept_dial(user, (&room.room, tools), origin, now, reader),
            Some(place) if place.line.is_none() => {
                let seat = place.seat.clone();
                self.resume_call(user, &room.room, &seat, origin, now, reader)
            }
            Some(_) => Err(Failure::new(ErrorCode::AlreadyInCall, "the user is in that call").into()),
        }
    }

    /// Nobody is there yet.
    fn join_first(
        &mut self,
        user: &UserAlias,
        (room, tools): (&RoomRecord, Option<Tools>),
        participants: [UserAlias; 2],
        origin: Origin,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        let call = Call {
            call: room.room.clone(),
            initiator: room.initiator.clone(),
            participants,
            call_type: room.call_type,
            record: room.record,
            recording_type: room.recording_type,
            live: room.live,
            created_at: room.created_at,
        };
        let session = self.calls.mint("session_");
        let side = |index: usize| SideState {
            is_admin: room.participants.get(index).is_some_and(|one| one.is_admin),
            ..SideState::default()
        };
        let mut state = LiveState {
            call,
            key: None,
            stage: Stage::Waiting,
            sides: [side(0), side(1)],
            session,
            left_ms: left_ms(room),
            warned: false,
            upgraded: false,
            offered: 0,
            talk: Talk::default(),
            note_at: None,
        };
        let side = state.side_of(user).ok_or_else(call_not_found)?;
        state.take_place(side, self.session_id(origin)?, origin.session);
        state.take_tools(side, room, tools);
        let other = 1 - side;
        // Whoever comes and goes at a link too often waits without a ring.
        let rings = room.live
            && !self.calls.is_busy(state.user(other))
            && self.calls.rings.ring(user, state.user(other), self.settings.rings_per_minute, now).is_ok();
        let phase = if rings { CallPhase::Dialing } else { CallPhase::Waiting };
        let mut outcome = self.entry(&state, side, phase, origin, now, reader)?;
        if rings {
            state.stage = Stage::Dialing { until: now.plus_ms(self.settings.dial_ms.into()) };
            self.ring(&state, other, &mut outcome, now, reader)?;
        }
        outcome.writes.push(state.record());
        self.put_call(state);
        Ok(outcome)
    }

    /// The other one waits.
    fn join_other(
        &mut self,
        user: &UserAlias,
        (room, tools): (&RoomRecord, Option<Tools>),
        mut state: LiveState,
        origin: Origin,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        let side = state.side_of(user).ok_or_else(call_not_found)?;
        state.take_place(side, self.session_id(origin)?, origin.session);
        state.take_tools(side, room, tools);
        state.stage = Stage::Connected { since: now };
        let mut outcome = self.entry(&state, side, CallPhase::Connected, origin, now, reader)?;
        self.begin(state, &mut outcome, now);
        Ok(outcome)
    }

    /// Both are in.
    pub(super) fn begin(&mut self, mut state: LiveState, outcome: &mut Outcome, now: Timestamp) {
        let started = CallNews::Started { call: state.call.call.clone(), at: now };
        for side in [0, 1] {
            let held = if state.line(side).is_some() { state.take_held(side) } else { Vec::new() };
            for message in held {
                outcome.deliveries.extend(self.tell_line(&state, side, message));
            }
            outcome.deliveries.extend(self.tell_side(&state, side, started.clone()));
        }
        outcome.writes.extend(state.session_record(None));
        let first = state.user(0).clone();
        outcome.writes.push(row(&state, JournalKind::SessionStarted, &first, &serde_json::json!({}), now));
        for (count, side) in [(1, 0), (2, 1)] {
            let connected = serde_json::json!({ "connected": count });
            outcome.writes.push(row(&state, JournalKind::Joined, state.user(side), &connected, now));
        }
        outcome.writes.push(state.record());
        self.put_call(state);
    }

    /// A device comes back to its place.
    pub(crate) fn resume_call(
        &mut self,
        user: &UserAlias,
        call: &CallAlias,
        seat: &Seat,
        origin: Origin,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        let mut state = self.call_of(user, call)?;
        let side = state.side_of(user).ok_or_else(call_not_found)?;
        let place = state.sides[side].place.as_mut().filter(|place| &place.seat == seat);
        let place = place.ok_or_else(call_not_found)?;
        place.line = Some(origin.session);
        place.lost_at = None;
        place.leaving = false;
        let told = !std::mem::replace(&mut place.window, self.is_window(origin));
        let phase = state.phase();
        let mut outcome = self.entry(&state, side, phase, origin, now, reader)?;
        if std::mem::take(&mut state.sides[side].peer_moved) {
            outcome.deliveries.extend(self.tell_line(&state, side, self.moved(&state, side, now)));
        }
        for message in state.take_held(side) {
            outcome.deliveries.extend(self.tell_line(&state, side, message));
        }
        if told && self.is_window(origin) {
            outcome.deliveries.extend(self.tell_elsewhere(&state, side, origin, reader)?);
        }
        let other = 1 - side;
        let peer_line = |up| CallNews::PeerLine { call: call.clone(), up };
        outcome.deliveries.extend(self.tell_line(&state, other, peer_line(true)));
        if state.sides[other].place.is_some() && state.line(other).is_none() {
            outcome.deliveries.extend(self.tell_line(&state, side, peer_line(false)));
        }
        self.put_call(state);
        Ok(outcome)
    }

    /// What a device is told that is in now.
    pub(super) fn entry(
        &mut self,
        state: &LiveState,
        side: usize,
        phase: CallPhase,
        origin: Origin,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Result<Outcome, Refusal> {
        let seat = state.sides[side].place.as_ref().map(|place| place.seat.clone());
        let entry = CallEntry {
            call: state.call.clone(),
            phase,
            seat: seat.ok_or_else(call_not_found)?,
            peer: self.profile(state.user(1 - side), reader)?,
            ice_servers: self.settings.ice.servers(state.user(side), &state.session, now),
            offers: side == OFFERS,
            offer_number: state.next_offer(now),
            is_admin: state.sides[side].is_admin,
            tools: state.tools(side),
        };
        Ok(origin.reply(CallNews::Entered(Box::new(entry))))
    }

    pub(super) fn session_id(&self, origin: Origin) -> Result<SessionId, Refusal> {
        let id = self.roster.session_id(origin.session);
        id.ok_or_else(|| Failure::new(ErrorCode::NotAuthenticated, "the session is over").into())
    }
}

/// The last part of a link, or the whole when it is no address.
fn link_token(link: &str) -> &str {
    let path = link.split(['?', '#']).next().unwrap_or(link).trim_end_matches('/');
    path.rsplit('/').next().unwrap_or(path).trim()
}

/// The two participants, the initiator first.
fn pair(room: &RoomRecord) -> Option<[UserAlias; 2]> {
    match &room.participants[..] {
        [first, second] => {
            let swap = room.initiator.as_ref() == Some(&second.user);
            let pair = [first.user.clone(), second.user.clone()];
            Some(if swap {
                let [a, b] = pair;
                [b, a]
            } else {
                pair
            })
        }
        _ => None,
    }
}

fn left_ms(room: &RoomRecord) -> Option<i64> {
    let all = i64::from(room.duration_s?) * 1000;
    Some(all - i64::try_from(room.used_ms).unwrap_or(i64::MAX))
}
