//! Calls that go on in another page of the same user, a window of their own: how it takes the place of the page that
//! called or accepted, and what the user's other pages hear of it and may do.

use super::dial::call_not_found;
use super::lines::envelope;
use super::{LiveState, OFFERS, Place};
use crate::scope::out_of_scope;
use crate::{Connect, Decision, Delivery, Hub, Origin, Outcome, Refusal};
use bandyer_protocol::{CallAlias, CallNews, Elsewhere, ServerMessage, Timestamp, UserAlias};
use bandyer_records::Reader;

impl Hub {
    /// Another page goes on in the user's place. The one that had it hears so, and so does the other side, whose
    /// connection starts from nothing: the new page knows nothing of the old one's.
    pub(crate) fn take_call(
        &mut self,
        user: &UserAlias,
        origin: Origin,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        let mut state = self.calls.of_user(user).cloned().ok_or_else(call_not_found)?;
        let call = &state.call.call;
        if self.roster.scope_of(origin.session).is_some_and(|scope| &scope.call != call) {
            return Err(out_of_scope().into());
        }
        let side = state.side_of(user).filter(|side| state.sides[*side].place.is_some());
        let side = side.ok_or_else(call_not_found)?;
        let (seat, window) = (self.session_id(origin)?, self.is_window(origin));
        let (line, lost_at, leaving) = (Some(origin.session), None, false);
        state.sides[side].place = Some(Place { seat, line, lost_at, window, leaving });
        let mut outcome = self.entry(&state, side, state.phase(), origin, now, reader)?;
        outcome.writes.extend(self.begin_anew(&mut state, side, now));
        for message in state.take_held(side) {
            outcome.deliveries.extend(self.tell_line(&state, side, message));
        }
        outcome.deliveries.extend(self.tell_elsewhere(&state, side, origin, reader)?);
        let other = 1 - side;
        if state.line(other).is_some() {
            outcome.deliveries.extend(self.tell_line(&state, other, self.moved(&state, other, now)));
        } else if state.sides[other].place.is_some() {
            state.sides[other].peer_moved = true;
            let down = CallNews::PeerLine { call: state.call.call.clone(), up: false };
            outcome.deliveries.extend(self.tell_line(&state, side, down));
        }
        outcome.writes.push(state.record());
        self.put_call(state);
        Ok(outcome)
    }

    /// What was said for the connection there was is void, in both directions; it is no talk any more either.
    fn begin_anew(
        &self,
        state: &mut LiveState,
        side: usize,
        now: Timestamp,
    ) -> Option<bandyer_records::Write> {
        state.sides.iter_mut().for_each(|side| side.held.clear());
        let before = state.is_talking();
        state.sides[side].connected = false;
        let talking = state.is_talking();
        if talking == before { None } else { state.turn_talk(talking, now) }
    }

    /// The page of a user is being left.
    pub(crate) fn step_out(
        &mut self,
        user: &UserAlias,
        call: &CallAlias,
        origin: Origin,
        now: Timestamp,
    ) -> Decision {
        let state = self.call_of(user, call)?;
        state.side_at(origin.session).ok_or_else(call_not_found)?;
        let mut outcome = self.step_away(&state, user, now);
        outcome.deliveries.push(origin.reply_delivery(ServerMessage::Done));
        Ok(outcome)
    }

    /// It may be back in a moment, and after that it has hung up.
    pub(super) fn step_away(&mut self, state: &LiveState, user: &UserAlias, now: Timestamp) -> Outcome {
        let Some(side) = state.side_of(user) else { return Outcome::default() };
        let outcome = state.line(side).map(|line| self.call_line_lost(line, now)).unwrap_or_default();
        if let Some(mut state) = self.calls.get(&state.call.call).cloned() {
            if let Some(place) = &mut state.sides[side].place {
                place.leaving = true;
            }
            self.put_call(state);
        }
        outcome
    }

    /// For the side that has to begin its connection anew.
    pub(super) fn moved(&self, state: &LiveState, side: usize, now: Timestamp) -> CallNews {
        CallNews::PeerMoved {
            call: state.call.call.clone(),
            offers: side == OFFERS,
            offer_number: state.next_offer(now),
            ice_servers: self.settings.ice.servers(state.user(side), &state.session, now),
        }
    }

    /// The call of a user that another page has, for one that comes.
    pub(crate) fn elsewhere(
        &mut self,
        connect: &Connect,
        reader: &dyn Reader,
    ) -> Result<Option<Box<Elsewhere>>, Refusal> {
        let state = self.calls.of_user(&connect.user).filter(|_| connect.scope.is_none()).cloned();
        let Some(state) = state else { return Ok(None) };
        let side = state.side_of(&connect.user).filter(|side| state.sides[*side].place.is_some());
        side.map(|side| self.there(&state, side, reader)).transpose()
    }

    fn there(
        &mut self,
        state: &LiveState,
        side: usize,
        reader: &dyn Reader,
    ) -> Result<Box<Elsewhere>, Refusal> {
        Ok(Box::new(Elsewhere {
            call: state.call.clone(),
            phase: state.phase(),
            peer: self.profile(state.user(1 - side), reader)?,
            window: state.in_window(side),
        }))
    }

    /// To the other devices of the user on that side.
    pub(super) fn tell_elsewhere(
        &mut self,
        state: &LiveState,
        side: usize,
        origin: Origin,
        reader: &dyn Reader,
    ) -> Result<Option<Delivery>, Refusal> {
        let there = self.there(state, side, reader)?;
        Ok(self.tell_others(state.user(side), origin, CallNews::Elsewhere(there)))
    }

    /// To the device that is in for that side; of a call in a window, to the user's other pages too.
    pub(super) fn tell_side(&self, state: &LiveState, side: usize, news: CallNews) -> Option<Delivery> {
        if state.in_window(side) {
            self.tell(state.user(side), None, envelope(news))
        } else {
            self.tell_line(state, side, news)
        }
    }

    /// The device is the window of a call.
    pub(super) fn is_window(&self, origin: Origin) -> bool {
        self.roster.scope_of(origin.session).is_some_and(|scope| scope.window)
    }

    /// A page of the user whose call is in a window.
    pub(super) fn may_end(&self, state: &LiveState, side: usize, origin: Origin) -> bool {
        state.in_window(side) && self.roster.scope_of(origin.session).is_none()
    }
}

impl LiveState {
    fn in_window(&self, side: usize) -> bool {
        self.sides[side].place.as_ref().is_some_and(|place| place.window)
    }
}
