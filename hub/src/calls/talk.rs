//! What is said in a call: signals, the upgrade, files, and what users thought of it.

use super::dial::call_not_found;
use super::{LiveState, MOST_HELD, OFFERS, SideState};
use crate::{Decision, Hub, Origin, Refusal};
use bandyer_protocol::call::{MAX_CANDIDATE_BYTES, MAX_COMMENT_CHARS, MAX_SDP_BYTES};
use bandyer_protocol::{
    CallAlias, CallNews, CallType, ErrorCode, Failure, Feedback, SdpKind, ServerMessage, SharedFile, Signal,
    Timestamp, Tool, UploadId, UserAlias,
};
use bandyer_records::{JournalKind, JournalRecord, Reader, SessionFilter, Slice, UploadPlace, Write};

impl Hub {
    /// Passes a signal on to the other side's device, or keeps it until that can be told.
    pub(crate) fn signal(
        &mut self,
        user: &UserAlias,
        call: &CallAlias,
        signal: &Signal,
        origin: Origin,
    ) -> Decision {
        checked(signal)?;
        let mut state = self.call_of(user, call)?;
        let side = state.side_of(user).ok_or_else(call_not_found)?;
        if state.callee() == Some(side) {
            return Err(Failure::new(ErrorCode::CallNotReady, "the ring was not accepted").into());
        }
        if state.side_at(origin.session) != Some(side) {
            return Err(call_not_found());
        }
        in_turn(signal, side)?;
        if let Signal::Description { kind: SdpKind::Offer, number, .. } = signal {
            state.offered = state.offered.max(*number);
        }
        let other = 1 - side;
        let mut outcome = origin.reply(ServerMessage::Done);
        if state.line(other).is_some() {
            let told = CallNews::Signaled { call: call.clone(), signal: signal.clone() };
            outcome.deliveries.extend(self.tell_line(&state, other, told));
        } else {
            hold(&mut state.sides[other], signal)?;
            if state.callee() == Some(other) && prepares(signal) {
                let told = CallNews::Signaled { call: call.clone(), signal: signal.clone() };
                outcome.deliveries.extend(self.tell_of(state.user(other), told));
            }
        }
        self.put_call(state);
        Ok(outcome)
    }

    /// A browser says that it is connected with the other one, or no longer. The talk goes on as long as one says so.
    pub(crate) fn report_media(
        &mut self,
        user: &UserAlias,
        call: &CallAlias,
        connected: bool,
        origin: Origin,
        now: Timestamp,
    ) -> Decision {
        let mut state = self.seated(user, call, origin)?;
        let side = state.side_of(user).ok_or_else(call_not_found)?;
        let before = state.is_talking();
        state.sides[side].connected = connected;
        let talking = state.is_talking();
        let mut outcome = origin.reply(ServerMessage::Done);
        if talking != before {
            outcome.writes.extend(state.turn_talk(talking, now));
        }
        self.put_call(state);
        Ok(outcome)
    }

    /// Audio becomes video.
    pub(crate) fn upgrade_call(
        &mut self,
        user: &UserAlias,
        call: &CallAlias,
        origin: Origin,
        reader: &dyn Reader,
    ) -> Decision {
        let mut state = self.seated(user, call, origin)?;
        if !self.existing_user(user, reader)?.can_video {
            return Err(Failure::new(ErrorCode::VideoNotPermitted, "the user may not send video").into());
        }
        if state.call.call_type == CallType::AudioOnly {
            return Err(Failure::new(ErrorCode::VideoNotPermitted, "the call is audio only").into());
        }
        let mut outcome = origin.reply(ServerMessage::Done);
        if !state.upgraded {
            state.upgraded = true;
            let upgraded = CallNews::Upgraded { call: call.clone(), by: user.clone() };
            for side in [0, 1] {
                outcome.deliveries.extend(self.tell_line(&state, side, upgraded.clone()));
            }
            outcome.writes.push(state.record());
            self.put_call(state);
        }
        Ok(outcome)
    }

    pub(crate) fn ice_servers(
        &mut self,
        user: &UserAlias,
        call: &CallAlias,
        origin: Origin,
        now: Timestamp,
    ) -> Decision {
        let state = self.seated(user, call, origin)?;
        let servers = self.settings.ice.servers(user, &state.session, now);
        Ok(origin.reply(CallNews::IceServers { servers }))
    }

    /// Once per user and session, by those who were in.
    pub(crate) fn rate_call(
        &mut self,
        user: &UserAlias,
        call: &CallAlias,
        feedback: &Feedback,
        origin: Origin,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        let room = reader.room(call)?.filter(|room| room.participants.iter().any(|one| &one.user == user));
        let room = room.ok_or_else(call_not_found)?;
        if !(1..=5).contains(&feedback.rating) || feedback.comment.chars().count() > MAX_COMMENT_CHARS {
            let reason = "a rating is 1 to 5, a comment no longer than 1,000 characters";
            return Err(Failure::new(ErrorCode::InvalidRequest, reason).into());
        }
        let only = SessionFilter { room: Some(room.room.clone()), ..SessionFilter::default() };
        let Some(session) = reader.sessions(&only, &Slice::newest(1))?.pop() else {
            return Err(Failure::new(ErrorCode::CallNotReady, "nobody was in that call").into());
        };
        let rated =
            |row: &JournalRecord| row.kind == JournalKind::Feedback && row.user.as_ref() == Some(user);
        if reader.journal_of_session(&session.session)?.iter().any(rated) {
            return Err(Failure::new(ErrorCode::InvalidRequest, "the call was rated before").into());
        }
        let mut outcome = origin.reply(ServerMessage::Done);
        outcome.writes.push(Write::AddJournal(JournalRecord {
            id: 0,
            at: now,
            kind: JournalKind::Feedback,
            user: Some(user.clone()),
            room: Some(room.room),
            session: Some(session.session),
            data: serde_json::json!({ "rating": feedback.rating, "message": feedback.comment }).to_string(),
        }));
        Ok(outcome)
    }

    /// Gives an uploaded file to the other side.
    pub(crate) fn share_file(
        &mut self,
        user: &UserAlias,
        call: &CallAlias,
        upload: &UploadId,
        origin: Origin,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        let mut state = self.seated(user, call, origin)?;
        self.tools_of(user, call, reader)?.need(Tool::FileUpload)?;
        let stored = reader.upload(upload)?;
        let stored = stored.filter(|stored| {
            &stored.owner == user && matches!(&stored.place, UploadPlace::Call(place) if place == call)
        });
        let missing = || Failure::new(ErrorCode::UploadNotFound, "no such upload of this user in this call");
        let file = stored.ok_or_else(missing)?.attachment;
        let shared = SharedFile { by: user.clone(), file, at: now };
        let told = CallNews::FileShared { call: call.clone(), shared: shared.clone() };
        let mut outcome = origin.reply(told.clone());
        outcome.writes.push(Write::KeepUpload(upload.clone()));
        let other = 1 - state.side_of(user).unwrap_or(0);
        let receiver = &mut state.sides[other];
        if receiver.files.len() >= MOST_HELD {
            let reason = "too many files wait for the other side";
            return Err(Failure::new(ErrorCode::CallNotReady, reason).into());
        }
        receiver.files.push(shared);
        if state.line(other).is_some() {
            state.sides[other].forget_told_files();
            outcome.deliveries.extend(self.tell_line(&state, other, told));
        }
        self.put_call(state);
        Ok(outcome)
    }

    /// The call, for the device that is in it.
    pub(super) fn seated(
        &self,
        user: &UserAlias,
        call: &CallAlias,
        origin: Origin,
    ) -> Result<LiveState, Refusal> {
        let state = self.call_of(user, call)?;
        if state.side_at(origin.session).is_some() && state.both_in() {
            Ok(state)
        } else {
            Err(call_not_found())
        }
    }
}

/// The devices it rings at may know of it before the accept: an offer that names no address, neither to learn from nor
/// to send to.
fn prepares(signal: &Signal) -> bool {
    match signal {
        Signal::Description { kind: SdpKind::Offer, sdp, .. } => !sdp.contains("a=candidate:"),
        Signal::Description { .. } | Signal::Candidate { .. } | Signal::Media(_) | Signal::Restart => false,
    }
}

/// One side offers, the other answers and asks for offers.
fn in_turn(signal: &Signal, side: usize) -> Result<(), Refusal> {
    let offers = match signal {
        Signal::Description { kind: SdpKind::Offer, .. } => true,
        Signal::Description { kind: SdpKind::Answer, .. } | Signal::Restart => false,
        Signal::Candidate { .. } | Signal::Media(_) => return Ok(()),
    };
    if offers == (side == OFFERS) {
        return Ok(());
    }
    Err(Failure::new(ErrorCode::InvalidSignal, "that is for the other side to say").into())
}

fn checked(signal: &Signal) -> Result<(), Refusal> {
    let (size, most) = match signal {
        Signal::Description { sdp, .. } => (sdp.len(), MAX_SDP_BYTES),
        Signal::Candidate { candidate, mid, .. } => {
            (candidate.len() + mid.as_ref().map_or(0, String::len), MAX_CANDIDATE_BYTES)
        }
        Signal::Media(_) | Signal::Restart => return Ok(()),
    };
    if size > most {
        return Err(Failure::new(ErrorCode::InvalidSignal, format!("over {most} bytes")).into());
    }
    Ok(())
}

/// Keeps a signal for a side that cannot be told of it now. Of each kind only the newest counts: a description takes the
/// place of those before it, with their candidates, so that there is always room for it.
fn hold(side: &mut SideState, signal: &Signal) -> Result<(), Refusal> {
    match signal {
        Signal::Description { number, .. } => {
            if newest_held(side) > Some(*number) {
                return Ok(());
            }
            side.held.retain(|held| match held {
                Signal::Description { .. } => false,
                Signal::Candidate { number: of, .. } => of == number,
                Signal::Media(_) | Signal::Restart => true,
            });
        }
        Signal::Candidate { number, .. } => {
            if newest_held(side) > Some(*number) {
                return Ok(());
            }
            let candidates = side.held.iter().filter(|held| matches!(held, Signal::Candidate { .. }));
            if candidates.count() >= MOST_HELD {
                let reason = "too many candidates wait for the other side";
                return Err(Failure::new(ErrorCode::InvalidSignal, reason).into());
            }
        }
        Signal::Media(_) => side.held.retain(|held| !matches!(held, Signal::Media(_))),
        Signal::Restart => side.held.retain(|held| !matches!(held, Signal::Restart)),
    }
    side.held.push(signal.clone());
    Ok(())
}

/// The number of the newest description that waits for this side.
fn newest_held(side: &SideState) -> Option<u64> {
    side.held.iter().rev().find_map(|held| match held {
        Signal::Description { number, .. } => Some(*number),
        Signal::Candidate { .. } | Signal::Media(_) | Signal::Restart => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(number: u64) -> Signal {
        Signal::Description { kind: SdpKind::Offer, number, sdp: "x".repeat(MAX_SDP_BYTES) }
    }

    fn candidate(number: u64, text: &str) -> Signal {
        Signal::Candidate { candidate: text.into(), mid: None, line: None, number }
    }

    #[test]
    fn signals_have_limits() {
        let sdp = |len| Signal::Description { kind: SdpKind::Offer, number: 1, sdp: "x".repeat(len) };
        assert!(checked(&sdp(MAX_SDP_BYTES)).is_ok());
        assert!(checked(&sdp(MAX_SDP_BYTES + 1)).is_err());
        assert!(checked(&candidate(1, &"x".repeat(MAX_CANDIDATE_BYTES + 1))).is_err());
    }

    #[test]
    fn only_the_newest_description_waits_with_its_candidates_and_there_is_always_room_for_it() {
        let mut side = SideState::default();
        for number in 1..100 {
            hold(&mut side, &offer(number)).unwrap();
            for candidate_number in 0..2 * MOST_HELD {
                let text = format!("{number} {candidate_number}");
                let kept = hold(&mut side, &candidate(number, &text));
                assert_eq!(kept.is_ok(), candidate_number < MOST_HELD, "{text}");
            }
            hold(&mut side, &Signal::Restart).unwrap();
            hold(&mut side, &Signal::Media(Default::default())).unwrap();
        }
        assert_eq!(side.held[0], offer(99));
        assert!(side.held.contains(&candidate(99, "99 0")));
        assert_eq!(side.held.len(), 1 + MOST_HELD + 2, "and nothing of what was before");
    }

    #[test]
    fn what_belongs_to_an_older_description_is_not_kept_and_a_candidate_may_come_before_its_own() {
        let mut side = SideState::default();
        hold(&mut side, &candidate(2, "early")).unwrap();
        hold(&mut side, &offer(2)).unwrap();
        hold(&mut side, &candidate(1, "late")).unwrap();
        hold(&mut side, &offer(1)).unwrap();
        assert_eq!(side.held, [candidate(2, "early"), offer(2)]);
    }

    #[test]
    fn one_side_offers_and_the_other_answers() {
        let answer = Signal::Description { kind: SdpKind::Answer, number: 1, sdp: String::new() };
        for (signal, side) in [(offer(1), OFFERS), (answer, 1 - OFFERS), (Signal::Restart, 1 - OFFERS)] {
            assert!(in_turn(&signal, side).is_ok());
            assert!(in_turn(&signal, 1 - side).is_err());
        }
    }
}
