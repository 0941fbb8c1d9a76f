//! The ring: who may call whom, and who takes the call first.

use super::journal::{bare, row};
use super::{LiveState, SideState, Stage, Talk};
use crate::{Decision, Hub, Origin, Outcome, Refusal};
use bandyer_protocol::{
    Call, CallAlias, CallNews, CallPhase, CallTerms, CallType, ClientMessageId, DeclineReason, Dial,
    ErrorCode, Failure, MessageBody, ServerMessage, Timestamp, Tools, UserAlias,
};
use bandyer_records::{JournalKind, Reader, Role, RoomParticipant, RoomRecord, UserRecord, Write};

impl Hub {
    pub(crate) fn create_call(
        &mut self,
        user: &UserAlias,
        (key, callee, terms): (&ClientMessageId, &UserAlias, CallTerms),
        origin: Origin,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        if let Some(state) = self.calls.of_user(user) {
            let asked_again = state.key.as_ref() == Some(key) && state.side_of(user) == Some(0);
            return if asked_again {
                let (call, seat) =
                    (state.call.call.clone(), state.sides[0].place.as_ref().map(|p| p.seat.clone()));
                let seat = seat.ok_or_else(call_not_found)?;
                self.resume_call(user, &call, &seat, origin, now, reader)
            } else {
                Err(Failure::new(ErrorCode::InitiatorNotAvailable, "the user has a call already").into())
            };
        }
        if user == callee {
            return Err(Failure::new(ErrorCode::InvalidRequest, "nobody calls himself").into());
        }
        let caller = self.existing_user(user, reader)?.clone();
        let called = self.existing_user(callee, reader)?.clone();
        may_call(&caller, &called, terms.call_type)?;
        if self.calls.is_busy(callee) {
            return Err(Failure::new(ErrorCode::CalleeBusy, "the other user has a call").into());
        }
        self.calls.rings.ring(user, callee, self.settings.rings_per_minute, now)?;
        let mut state = self.dialed_state(user, key, callee, terms, now)?;
        let seat = self.session_id(origin)?;
        state.take_place(0, seat, origin.session);
        let mut outcome = self.entry(&state, 0, CallPhase::Dialing, origin, now, reader)?;
        // Before all that happens in it.
        let made = [Write::PutRoom(room_of(&state, now)), bare(&state, JournalKind::RoomCreated, user, now)];
        outcome.writes.splice(..0, made);
        self.ring(&state, 1, &mut outcome, now, reader)?;
        outcome.writes.push(state.record());
        self.put_call(state);
        Ok(outcome)
    }

    /// A call that begins to ring, nobody in it yet.
    fn dialed_state(
        &mut self,
        user: &UserAlias,
        key: &ClientMessageId,
        callee: &UserAlias,
        terms: CallTerms,
        now: Timestamp,
    ) -> Result<LiveState, Refusal> {
        let call = Call {
            call: self.new_call()?,
            initiator: Some(user.clone()),
            participants: [user.clone(), callee.clone()],
            call_type: terms.call_type,
            record: terms.record,
            recording_type: terms.recording_type,
            live: true,
            created_at: now,
        };
        let session = self.calls.mint("session_");
        Ok(LiveState {
            call,
            key: Some(key.clone()),
            stage: Stage::Dialing { until: now.plus_ms(self.settings.dial_ms.into()) },
            sides: [
                SideState {
                    is_admin: terms.is_admin,
                    tools: Some(Tools::ALL.within(terms.tools)),
                    ..SideState::default()
                },
                SideState::default(),
            ],
            session,
            left_ms: None,
            warned: false,
            upgraded: false,
            offered: 0,
            talk: Talk::default(),
            note_at: None,
        })
    }

    /// Tells every device of the callee.
    pub(super) fn ring(
        &mut self,
        state: &LiveState,
        callee: usize,
        outcome: &mut Outcome,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Result<(), Refusal> {
        let caller = state.user(1 - callee);
        let dial = Dial { call: state.call.clone(), caller: self.profile(caller, reader)? };
        outcome.deliveries.extend(self.tell_of(state.user(callee), CallNews::Dialed(Box::new(dial))));
        let data = serde_json::json!({
            "call_type": state.call.call_type.as_str(),
            "users": state.call.participants,
        });
        outcome.writes.push(row(state, JournalKind::DialStarted, caller, &data, now));
        outcome.writes.push(bare(state, JournalKind::DialIncoming, state.user(callee), now));
        Ok(())
    }

    /// The first device that accepts is in; all others stop ringing.
    pub(crate) fn accept_dial(
        &mut self,
        user: &UserAlias,
        (call, tools): (&CallAlias, Option<Tools>),
        origin: Origin,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        let mut state = self.call_of(user, call)?;
        let side = state.side_of(user).ok_or_else(call_not_found)?;
        if state.callee() != Some(side) {
            let Some(place) = &state.sides[side].place else { return Err(call_not_found()) };
            let seat = place.seat.clone();
            // A device may ask twice; the others come too late.
            return if place.line == Some(origin.session) {
                self.resume_call(user, call, &seat, origin, now, reader)
            } else {
                Err(dial_over())
            };
        }
        state.take_place(side, self.session_id(origin)?, origin.session);
        let mut outcome = Outcome::default();
        outcome.writes.extend(state.callee_tools(side, tools, reader)?);
        let caller = 1 - side;
        let answered = CallNews::Answered { call: call.clone(), by: user.clone() };
        outcome.deliveries.extend(self.tell_side(&state, caller, answered.clone()));
        outcome.deliveries.extend(self.tell_others(user, origin, answered));
        outcome.writes.push(bare(&state, JournalKind::DialAnswered, user, now));
        state.stage = Stage::Connected { since: now };
        let entry = self.entry(&state, side, CallPhase::Connected, origin, now, reader)?;
        outcome.deliveries.extend(entry.deliveries);
        self.begin(state, &mut outcome, now);
        Ok(outcome)
    }

    pub(crate) fn decline_dial(
        &mut self,
        user: &UserAlias,
        call: &CallAlias,
        reason: DeclineReason,
        origin: Origin,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        let state = self.call_of(user, call).map_err(|_| dial_over())?;
        let side = state.side_of(user).ok_or_else(call_not_found)?;
        if state.callee() != Some(side) {
            return Err(dial_over());
        }
        let declined = CallNews::Declined { call: call.clone(), by: user.clone(), reason };
        let note = (user, MessageBody::DeclinedCall(state.call.call_type));
        let mut outcome = self.note_call(&state, note, now, reader)?;
        outcome.deliveries.extend(self.tell_side(&state, 1 - side, declined.clone()));
        outcome.deliveries.extend(self.tell_of(user, declined));
        outcome.deliveries.push(origin.reply_delivery(ServerMessage::Done));
        outcome.writes.push(bare(&state, JournalKind::DialDeclined, user, now));
        outcome.writes.push(Write::DropLiveCall(call.clone()));
        self.drop_call(call);
        Ok(outcome)
    }

    /// What rings at a user right now.
    pub(crate) fn ringing(
        &mut self,
        user: &UserAlias,
        reader: &dyn Reader,
    ) -> Result<Option<Box<Dial>>, Refusal> {
        let Some(state) = self.calls.of_user(user).cloned() else { return Ok(None) };
        let rings_here = state.callee().is_some_and(|callee| state.user(callee) == user);
        let Some(caller) = state.caller().filter(|_| rings_here) else { return Ok(None) };
        let caller = self.profile(state.user(caller), reader)?;
        Ok(Some(Box::new(Dial { call: state.call, caller })))
    }

    fn new_call(&mut self) -> Result<CallAlias, Refusal> {
        let name = self.calls.mint("room_");
        CallAlias::parse(&name).map_err(|error| Failure::new(ErrorCode::Internal, error.to_string()).into())
    }
}

fn may_call(caller: &UserRecord, callee: &UserRecord, call_type: CallType) -> Result<(), Refusal> {
    if !callee.active {
        return Err(Failure::new(ErrorCode::UserNotFound, "the user was deactivated").into());
    }
    if call_type == CallType::AudioVideo && !caller.can_video {
        return Err(Failure::new(ErrorCode::VideoNotPermitted, "the user may not send video").into());
    }
    if caller.role != Role::Plus && callee.role != Role::Plus {
        return Err(Failure::new(ErrorCode::NoPlusUser, "neither user has the role plus").into());
    }
    Ok(())
}

fn room_of(state: &LiveState, now: Timestamp) -> RoomRecord {
    let call = &state.call;
    let participant = |index: usize| RoomParticipant {
        user: call.participants[index].clone(),
        is_admin: state.sides[index].is_admin,
        tools: state.sides[index].tools,
        link: None,
    };
    RoomRecord {
        room: call.call.clone(),
        initiator: call.initiator.clone(),
        participants: vec![participant(0), participant(1)],
        call_type: call.call_type,
        record: call.record,
        recording_type: call.recording_type,
        direct: false,
        live: true,
        dialed: true,
        description: None,
        duration_s: None,
        used_ms: 0,
        created_at: now,
        expires_at: None,
        disabled: false,
        deleted: false,
    }
}

pub(super) fn call_not_found() -> Refusal {
    Failure::new(ErrorCode::CallNotFound, "there is no such call of this user").into()
}

fn dial_over() -> Refusal {
    Failure::new(ErrorCode::DialOver, "the ring is over").into()
}
