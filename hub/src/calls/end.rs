//! Every way a ring or a call ends, each with one reason that reaches both sides.

use super::dial::call_not_found;
use super::journal::{bare, row};
use super::{LiveState, Stage, Talk};
use crate::{AdminReply, Decision, Hub, Origin, Outcome, Refusal};
use bandyer_protocol::{
    CallAlias, CallNews, ClientMessageId, EndReason, HangUpReason, Leaves, MessageBody, ServerMessage,
    StopReason, Timestamp, UserAlias,
};
use bandyer_records::{JournalKind, Reader, Write};

impl Hub {
    /// Stops a ring of one's own, or ends the call for both.
    pub(crate) fn hang_up(
        &mut self,
        user: &UserAlias,
        (call, reason): (&CallAlias, HangUpReason),
        origin: Origin,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        let state = self.call_of(user, call)?;
        let side = state.side_of(user).ok_or_else(call_not_found)?;
        if state.callee() == Some(side) {
            return self.decline_dial(user, call, bandyer_protocol::DeclineReason::None, origin, now, reader);
        }
        // Another device of the user has no say, but for a call in a window of its own.
        if state.side_at(origin.session) != Some(side) && !self.may_end(&state, side, origin) {
            return Err(call_not_found());
        }
        let mut outcome = self.end_by(&state, user, reason, now, reader)?;
        outcome.deliveries.push(origin.reply_delivery(ServerMessage::Done));
        Ok(outcome)
    }

    /// One who is in ends it: the ring for whom it rings, or the call for both.
    fn end_by(
        &mut self,
        state: &LiveState,
        user: &UserAlias,
        reason: HangUpReason,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Result<Outcome, Refusal> {
        if !state.rings() {
            return self.end_call(state, Some(user.clone()), reason.end(), now, reader);
        }
        let stop = match reason {
            HangUpReason::Wish => StopReason::Hangup,
            HangUpReason::NoWay | HangUpReason::NoWebrtc => StopReason::Error,
        };
        self.stop_ring(state, user, stop, now, reader)
    }

    /// The page that has that seat, or asked for that ring, is left. What is over already, or was never there, is left
    /// alone: the page may have said it over its socket, too.
    pub(crate) fn leave(
        &mut self,
        user: &UserAlias,
        leaves: &Leaves,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        let is_left = |state: &&LiveState| match leaves {
            Leaves::Call { call, seat } | Leaves::ForAMoment { call, seat } => {
                let side = state.side_of(user).map(|side| &state.sides[side]);
                let place = side.and_then(|side| side.place.as_ref());
                state.call.call == *call && place.is_some_and(|place| place.seat == *seat)
            }
            Leaves::Ring { key } => state.is_asked_for_by(user, key),
        };
        let outcome = match (self.calls.of_user(user).filter(is_left).cloned(), leaves) {
            (Some(state), Leaves::ForAMoment { .. }) => self.step_away(&state, user, now),
            (Some(state), Leaves::Call { .. } | Leaves::Ring { .. }) => {
                self.end_by(&state, user, HangUpReason::Wish, now, reader)?
            }
            (None, _) => Outcome::default(),
        };
        Ok(outcome.answering(AdminReply::Done))
    }

    /// Ends a call its caller knows only by the key it was asked for with.
    pub(crate) fn cancel_call(
        &mut self,
        user: &UserAlias,
        key: &ClientMessageId,
        origin: Origin,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        let own = |state: &&LiveState| state.is_asked_for_by(user, key);
        let mut outcome = match self.calls.of_user(user).filter(own).cloned() {
            Some(state) => self.end_by(&state, user, HangUpReason::Wish, now, reader)?,
            None => Outcome::default(),
        };
        outcome.deliveries.push(origin.reply_delivery(ServerMessage::Done));
        Ok(outcome)
    }

    /// The ring is over, and nobody answered.
    pub(super) fn stop_ring(
        &mut self,
        state: &LiveState,
        by: &UserAlias,
        reason: StopReason,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Result<Outcome, Refusal> {
        let call = state.call.call.clone();
        let (Some(callee), Some(caller)) = (state.callee(), state.caller()) else {
            return Ok(Outcome::default());
        };
        let stopped = CallNews::Stopped { call: call.clone(), by: by.clone(), reason };
        let called = state.user(callee).clone();
        let missed = (state.user(caller), MessageBody::MissedCall(state.call.call_type));
        let mut outcome = self.note_call(state, missed, now, reader)?;
        outcome.deliveries.extend(self.tell_side(state, caller, stopped.clone()));
        outcome.deliveries.extend(self.tell_of(&called, stopped));
        let (kind, user) = match reason {
            StopReason::DialTimeout => (JournalKind::DialTimeout, &called),
            _ => (JournalKind::DialStopped, state.user(caller)),
        };
        outcome.writes.extend([bare(state, kind, user, now), Write::DropLiveCall(call.clone())]);
        self.drop_call(&call);
        Ok(outcome)
    }

    /// The call is over for both.
    pub(super) fn end_call(
        &mut self,
        state: &LiveState,
        by: Option<UserAlias>,
        reason: EndReason,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Result<Outcome, Refusal> {
        let call = state.call.call.clone();
        let ended = CallNews::Ended { call: call.clone(), by: by.clone(), reason };
        let mut outcome = Outcome::default();
        for side in [0, 1] {
            outcome.deliveries.extend(self.tell_side(state, side, ended.clone()));
        }
        if let Stage::Connected { .. } = state.stage {
            let crashed = |user: &UserAlias| reason == EndReason::Vanished && by.as_ref() == Some(user);
            for (left, side) in [(1, 0), (0, 1)] {
                let user = state.user(side);
                let data = serde_json::json!({ "connected": left, "crashed": crashed(user) });
                outcome.writes.push(row(state, JournalKind::Left, user, &data, now));
            }
            let lasted = state.talk.ms(now);
            let data = serde_json::json!({ "duration_ms": lasted });
            outcome.writes.push(row(state, JournalKind::SessionEnded, state.user(0), &data, now));
            let talk = Talk { before_ms: lasted, since: None };
            outcome.writes.extend(LiveState { talk, ..state.clone() }.session_record(Some(now)));
            if let Some(mut room) = reader.room(&call)? {
                room.used_ms = room.used_ms.saturating_add(lasted);
                outcome.writes.push(Write::PutRoom(room));
            }
        }
        outcome.writes.push(Write::DropLiveCall(call.clone()));
        self.drop_call(&call);
        Ok(outcome)
    }

    /// Whatever goes on in a room, or with a user, ends now.
    pub(crate) fn end_for(
        &mut self,
        state: &LiveState,
        by: Option<&UserAlias>,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Result<Outcome, Refusal> {
        if state.rings() {
            let caller = state.user(state.caller().unwrap_or(0)).clone();
            return self.stop_ring(state, by.unwrap_or(&caller), StopReason::Error, now, reader);
        }
        self.end_call(state, by.cloned(), EndReason::Closed, now, reader)
    }

    /// Ends the call of a user who may not go on.
    pub(crate) fn end_of_user(
        &mut self,
        user: &UserAlias,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Result<Outcome, Refusal> {
        match self.calls.of_user(user).cloned() {
            Some(state) => self.end_for(&state, Some(user), now, reader),
            None => Ok(Outcome::default()),
        }
    }

    /// Ends what goes on in a room.
    pub(crate) fn end_in_room(
        &mut self,
        room: &CallAlias,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Result<Outcome, Refusal> {
        match self.calls.get(room).cloned() {
            Some(state) => self.end_for(&state, None, now, reader),
            None => Ok(Outcome::default()),
        }
    }
}
