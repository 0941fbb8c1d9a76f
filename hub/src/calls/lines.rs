//! Lines and clocks: a side whose line is down has a while to come back, a ring a while to be answered.

use super::{CallBook, LiveState, Stage};
use crate::{Decision, Delivery, Hub, Input, Origin, Outcome, Refusal, SessionKey};
use bandyer_protocol::{
    CallAlias, CallNews, EndReason, PROTOCOL_VERSION, ServerEnvelope, StopReason, Timestamp, UserAlias,
};
use bandyer_records::{Reader, StoreError};

/// Both sides are warned so long before the room's time is up.
const WARNING_MS: i64 = 30_000;
/// A page that was left has so long to be back: a reload takes a while on a slow network.
const LEAVING_MS: u32 = 10_000;

/// What is due in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    NobodyAnswered,
    /// The side did not come back.
    Vanished(usize),
    EndsSoon,
    TimeIsUp,
    /// How long they have talked is to be written down.
    Note,
}

impl CallBook {
    /// When [`Hub::calls_due`] has something next.
    pub(crate) fn next_deadline(&self, grace_ms: u32) -> Option<Timestamp> {
        let next = self.calls.values().filter_map(|state| Some(state.next_due(grace_ms)?.0)).min()?;
        Some(self.pause_until.map_or(next, |pause| pause.max(next)))
    }
}

impl LiveState {
    fn next_due(&self, grace_ms: u32) -> Option<(Timestamp, Due)> {
        let ring = match self.stage {
            Stage::Dialing { until } => Some((until, Due::NobodyAnswered)),
            Stage::Waiting | Stage::Connected { .. } => None,
        };
        let gone = |side: usize| {
            let place = self.sides[side].place.as_ref()?;
            let grace_ms = if place.leaving { grace_ms.min(LEAVING_MS) } else { grace_ms };
            Some((place.lost_at?.plus_ms(grace_ms.into()), Due::Vanished(side)))
        };
        let over = self.left_ms.and_then(|left| self.talk_ends(left)).map(|end| {
            if self.warned { (end, Due::TimeIsUp) } else { (end.plus_ms(-WARNING_MS), Due::EndsSoon) }
        });
        let note = self.note_at.map(|at| (at, Due::Note));
        [ring, gone(0), gone(1), over, note].into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    /// When the time is used up, as long as the two talk; `left_ms` they had when they began.
    fn talk_ends(&self, left_ms: i64) -> Option<Timestamp> {
        let before = i64::try_from(self.talk.before_ms).unwrap_or(i64::MAX);
        Some(self.talk.since?.plus_ms(left_ms.saturating_sub(before)))
    }
}

impl Hub {
    /// A socket is gone; the call it was in goes on for a while without it.
    pub(crate) fn call_line_lost(&mut self, session: SessionKey, now: Timestamp) -> Outcome {
        let mut outcome = Outcome::default();
        let name = self.calls.by_line.get(&session).cloned();
        let Some(mut state) = name.and_then(|name| self.calls.get(&name).cloned()) else { return outcome };
        let Some(side) = state.side_at(session) else { return outcome };
        if let Some(place) = &mut state.sides[side].place {
            place.line = None;
            place.lost_at = Some(now);
        }
        let down = CallNews::PeerLine { call: state.call.call.clone(), up: false };
        outcome.deliveries.extend(self.tell_line(&state, 1 - side, down));
        self.put_call(state);
        outcome
    }

    /// After a batch that was not stored: lines that are gone are gone, and the other sides are to hear of it.
    pub(crate) fn drop_dead_lines(&mut self, now: Timestamp) -> Vec<Delivery> {
        let dead = |line: &SessionKey| self.roster.session_id(*line).is_none();
        let lines: Vec<SessionKey> = self.calls.by_line.keys().copied().filter(dead).collect();
        let deliveries =
            lines.into_iter().flat_map(|line| self.call_line_lost(line, now).deliveries).collect();
        self.calls.committed();
        deliveries
    }

    /// What is due in calls.
    pub(crate) fn calls_due(&self, now: Timestamp) -> Vec<Input> {
        if self.calls.is_paused(now) {
            return Vec::new();
        }
        let grace = self.settings.call_grace_ms;
        let is_due = |state: &&LiveState| state.next_due(grace).is_some_and(|(at, _)| at <= now);
        let due = self.calls.calls.values().filter(is_due);
        due.map(|state| Input::CallDue { call: state.call.call.clone() }).collect()
    }

    /// Carries out what is due in a call, unless something has come between.
    pub(crate) fn call_due(&mut self, call: &CallAlias, now: Timestamp, reader: &dyn Reader) -> Decision {
        let Some(state) = self.calls.get(call) else { return Ok(Outcome::default()) };
        match state.next_due(self.settings.call_grace_ms) {
            Some((at, due)) if at <= now => {
                // Nobody asked, so nobody can be told no.
                let defect = |refusal: Refusal| match refusal {
                    Refusal::Store(error) => error,
                    Refusal::Failure(_) | Refusal::Admin(_) => {
                        StoreError::Defect("what was due in a call could not be done".to_owned())
                    }
                };
                self.carry_out(state.clone(), due, now, reader).map_err(|refusal| defect(refusal).into())
            }
            Some(_) | None => Ok(Outcome::default()),
        }
    }

    fn carry_out(&mut self, mut state: LiveState, due: Due, now: Timestamp, reader: &dyn Reader) -> Decision {
        match due {
            // Whoever came by link goes on waiting.
            Due::NobodyAnswered if state.key.is_none() => {
                let mut outcome = Outcome::default();
                let (Some(callee), Some(caller)) = (state.callee(), state.caller()) else {
                    return Ok(outcome);
                };
                let stopped = CallNews::Stopped {
                    call: state.call.call.clone(),
                    by: state.user(caller).clone(),
                    reason: StopReason::DialTimeout,
                };
                outcome.deliveries.extend(self.tell_of(state.user(callee), stopped));
                state.stage = Stage::Waiting;
                outcome.writes.push(state.record());
                self.put_call(state);
                Ok(outcome)
            }
            Due::NobodyAnswered => {
                let caller = state.user(state.caller().unwrap_or(0)).clone();
                self.stop_ring(&state, &caller, StopReason::DialTimeout, now, reader)
            }
            Due::Vanished(side) => {
                let user = state.user(side).clone();
                // Who left the page on purpose has hung up.
                let left = state.sides[side].place.as_ref().is_some_and(|place| place.leaving);
                if state.rings() {
                    let reason = if left { StopReason::Hangup } else { StopReason::Error };
                    self.stop_ring(&state, &user, reason, now, reader)
                } else {
                    let reason = if left { EndReason::HungUp } else { EndReason::Vanished };
                    self.end_call(&state, Some(user), reason, now, reader)
                }
            }
            Due::EndsSoon => {
                let mut outcome = Outcome::default();
                let end = state.left_ms.and_then(|left| state.talk_ends(left));
                let left = end.map_or(0, |end| end.since(now).max(0));
                let in_ms = u32::try_from(left).unwrap_or(u32::MAX);
                let soon = CallNews::EndsSoon { call: state.call.call.clone(), in_ms };
                for side in [0, 1] {
                    outcome.deliveries.extend(self.tell_line(&state, side, soon.clone()));
                }
                state.warned = true;
                self.put_call(state);
                Ok(outcome)
            }
            Due::Note => {
                let writes = state.turn_talk(state.is_talking(), now).into_iter().collect();
                self.put_call(state);
                Ok(Outcome { writes, ..Outcome::default() })
            }
            Due::TimeIsUp => self.end_call(&state, None, EndReason::Duration, now, reader),
        }
    }

    /// The call, when the user takes part in it.
    pub(crate) fn call_of(&self, user: &UserAlias, call: &CallAlias) -> Result<LiveState, Refusal> {
        let state = self.calls.get(call).filter(|state| state.side_of(user).is_some());
        state.cloned().ok_or_else(super::dial::call_not_found)
    }

    /// Changes a call, and who is busy with it.
    pub(super) fn put_call(&mut self, state: LiveState) {
        let users = state.call.participants.clone();
        self.calls.put(state);
        self.show_busy(&users);
    }

    pub(super) fn drop_call(&mut self, call: &CallAlias) {
        let users = self.calls.get(call).map(|state| state.call.participants.clone());
        self.calls.drop(call);
        self.show_busy(users.as_ref().map_or(&[], |users| &users[..]));
    }

    fn show_busy(&mut self, users: &[UserAlias]) {
        for user in users {
            self.roster.set_busy(user, self.calls.is_busy(user));
        }
    }

    /// To the device that is in for that side, if its line is up.
    pub(super) fn tell_line(&self, state: &LiveState, side: usize, news: CallNews) -> Option<Delivery> {
        let line = state.line(side)?;
        Some(Delivery::To { sessions: vec![line], envelope: envelope(news) })
    }

    /// To every device of a user.
    pub(super) fn tell_of(&self, user: &UserAlias, news: CallNews) -> Option<Delivery> {
        self.tell(user, None, envelope(news))
    }

    pub(super) fn tell_others(&self, user: &UserAlias, origin: Origin, news: CallNews) -> Option<Delivery> {
        self.tell(user, Some(origin), envelope(news))
    }
}

pub(super) fn envelope(news: CallNews) -> ServerEnvelope {
    ServerEnvelope { v: PROTOCOL_VERSION, re: None, step: None, msg: news.into() }
}
