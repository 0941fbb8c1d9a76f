//! What is said in a call: signals, the upgrade, files, and what users thought of it.

use super::dial::call_not_found;
use super::{LiveState, MOST_HELD, MOST_HELD_BYTES, MOST_SAID, SideState, Stage};
use crate::{Decision, Hub, Origin, Refusal};
use bandyer_protocol::call::{MAX_CANDIDATE_BYTES, MAX_COMMENT_CHARS, MAX_SDP_BYTES};
use bandyer_protocol::{
    CallAlias, CallNews, CallType, ErrorCode, Failure, Feedback, SdpKind, ServerMessage, SharedFile, Signal,
    Timestamp, UploadId, UserAlias,
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
        let size = checked(signal)?;
        let mut state = self.call_of(user, call)?;
        let side = state.side_of(user).ok_or_else(call_not_found)?;
        if state.callee() == Some(side) {
            return Err(Failure::new(ErrorCode::CallNotReady, "the ring was not accepted").into());
        }
        if state.side_at(origin.session) != Some(side) {
            return Err(call_not_found());
        }
        state.sides[side].said += 1;
        if state.sides[side].said > MOST_SAID {
            return Err(Failure::new(ErrorCode::InvalidSignal, "too many signals in one call").into());
        }
        let other = 1 - side;
        let mut outcome = origin.reply(ServerMessage::Done);
        if state.line(other).is_some() {
            let told = CallNews::Signaled { call: call.clone(), signal: signal.clone() };
            outcome.deliveries.extend(self.tell_line(&state, other, told));
        } else {
            hold(&mut state.sides[other], signal, size)?;
            if state.callee() == Some(other) && prepares(signal) {
                let told = CallNews::Signaled { call: call.clone(), signal: signal.clone() };
                outcome.deliveries.extend(self.tell_of(state.user(other), told));
            }
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
            if let Stage::Connected { since } = state.stage {
                outcome.writes.push(Write::PutLiveCall(state.record(since)));
            }
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
        self.seated(user, call, origin)?;
        Ok(origin.reply(CallNews::IceServers { servers: self.settings.ice.servers(user, now) }))
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
        let Some(session) = reader.sessions(&only, Slice { skip: 0, limit: 1 })?.pop() else {
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
        Signal::Description { kind: SdpKind::Offer, sdp } => !sdp.contains("a=candidate:"),
        Signal::Description { .. } | Signal::Candidate { .. } | Signal::Media(_) | Signal::Restart => false,
    }
}

/// The size of a signal that is within its limits.
fn checked(signal: &Signal) -> Result<usize, Refusal> {
    let (size, most) = match signal {
        Signal::Description { sdp, .. } => (sdp.len(), MAX_SDP_BYTES),
        Signal::Candidate { candidate, mid, .. } => {
            (candidate.len() + mid.as_ref().map_or(0, String::len), MAX_CANDIDATE_BYTES)
        }
        Signal::Media(_) | Signal::Restart => (0, 0),
    };
    if size > most {
        return Err(Failure::new(ErrorCode::InvalidSignal, format!("over {most} bytes")).into());
    }
    Ok(size)
}

fn hold(side: &mut SideState, signal: &Signal, size: usize) -> Result<(), Refusal> {
    if let Signal::Media(_) = signal {
        side.held.retain(|held| !matches!(held, Signal::Media(_)));
    }
    if side.held.len() >= MOST_HELD || side.held_bytes + size > MOST_HELD_BYTES {
        return Err(Failure::new(ErrorCode::InvalidSignal, "too many signals wait for the other side").into());
    }
    side.held_bytes += size;
    side.held.push(signal.clone());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_have_limits() {
        let sdp = |len| Signal::Description { kind: SdpKind::Offer, sdp: "x".repeat(len) };
        assert!(checked(&sdp(MAX_SDP_BYTES)).is_ok());
        assert!(checked(&sdp(MAX_SDP_BYTES + 1)).is_err());
        let mut side = SideState::default();
        for _ in 0..4 {
            hold(&mut side, &sdp(MAX_SDP_BYTES), MAX_SDP_BYTES).unwrap();
        }
        assert!(hold(&mut side, &sdp(1), 1).is_err());
    }
}
