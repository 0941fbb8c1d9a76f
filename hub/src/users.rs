//! Users coming, changing and going, as the host site says.

use super::board::drop_boards;
use super::chats::drop_files;
use super::{
    AdminFailure, AdminReply, CloseReason, Decision, Delivery, Hub, Outcome, Refusal, SessionKey, UserChange,
};
use bandyer_protocol::features::PROFILES;
use bandyer_protocol::{
    DisconnectReason, PROTOCOL_VERSION, ServerEnvelope, ServerMessage, SessionNews, Timestamp, UserAlias,
    UserNews, UserProfile,
};
use bandyer_records::{BoardsOf, CallFiles, Reader, StoreError, UserRecord, Write};

impl Hub {
    /// A deleted user's alias stays taken, so that nobody new reads what was written to the old one.
    pub(super) fn create_user(&mut self, user: &UserRecord, now: Timestamp, reader: &dyn Reader) -> Decision {
        if self.records.user(&user.alias, reader)?.is_some() {
            return Err(AdminFailure::UserExists.into());
        }
        let user = UserRecord { created_at: now, deleted: false, ..user.clone() };
        Ok(self.put_user(user))
    }

    pub(super) fn update_user(
        &mut self,
        alias: &UserAlias,
        change: &UserChange,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        let before = self.existing_user(alias, reader)?.clone();
        let after = changed(&before, change.clone());
        let mut outcome = self.put_user(after.clone());
        outcome.deliveries.extend(self.tell_profile(&before, &after, reader)?);
        if before.active && !after.active {
            outcome.follow(self.end_of_user(alias, now, reader)?);
            outcome.deliveries.extend(self.throw_out(alias, DisconnectReason::UserDisabled));
            outcome.dismissed.push(alias.clone());
        }
        Ok(outcome)
    }

    /// The user's chats stay for those on the other side; files given in calls do not.
    pub(super) fn delete_user(&mut self, alias: &UserAlias, now: Timestamp, reader: &dyn Reader) -> Decision {
        let before = self.existing_user(alias, reader)?.clone();
        let erased = before.erased();
        let mut outcome = self.put_user(erased.clone());
        outcome.deliveries.extend(self.tell_profile(&before, &erased, reader)?);
        outcome.follow(self.end_of_user(alias, now, reader)?);
        outcome.follow(drop_files(reader.call_uploads(&CallFiles::By(alias.clone()))?));
        outcome.follow(drop_boards(&BoardsOf::User(alias.clone()), reader)?);
        outcome.deliveries.extend(self.throw_out(alias, DisconnectReason::UserDeleted));
        outcome.dismissed.push(alias.clone());
        Ok(outcome)
    }

    pub(super) fn all_can_video(&mut self, can_video: bool, reader: &dyn Reader) -> Decision {
        let count = reader.aliases()?.len();
        let count = u32::try_from(count).map_err(|error| StoreError::Defect(error.to_string()))?;
        let mut outcome = Outcome { writes: vec![Write::AllCanVideo(can_video)], ..Outcome::default() };
        for (alias, _) in self.roster.online() {
            let Some(mut profile) = self.records.user(&alias, reader)?.map(UserRecord::profile) else {
                continue;
            };
            profile.can_video = can_video;
            let sessions = self.roster.sessions_knowing(&alias, PROFILES).collect();
            outcome.deliveries.extend(changed_profile(profile, sessions));
        }
        self.records.forget_users();
        Ok(outcome.answering(AdminReply::Count(count)))
    }

    /// A new name or picture is told at once to the user's own devices and to those of everybody with a common chat.
    fn tell_profile(
        &mut self,
        before: &UserRecord,
        after: &UserRecord,
        reader: &dyn Reader,
    ) -> Result<Option<Delivery>, Refusal> {
        let profile = after.profile();
        if before.profile() == profile {
            return Ok(None);
        }
        self.renamed.insert(after.alias.clone());
        let chats = reader.chats_of(&after.alias)?;
        let peers = chats.iter().filter(|chat| !chat.removed).filter_map(|chat| chat.id.other(&after.alias));
        let told = std::iter::once(after.alias.clone()).chain(peers);
        let concerns =
            |key: &SessionKey| self.roster.scope_of(*key).is_none_or(|scope| scope.names(&after.alias));
        let knowing = told.flat_map(|user| self.roster.sessions_knowing(&user, PROFILES).collect::<Vec<_>>());
        let sessions: Vec<_> = knowing.filter(concerns).collect();
        Ok(changed_profile(profile, sessions))
    }

    fn put_user(&mut self, user: UserRecord) -> Outcome {
        self.records.put_user(user.clone());
        let outcome = Outcome { writes: vec![Write::PutUser(user.clone())], ..Outcome::default() };
        outcome.answering(AdminReply::User(Box::new(user)))
    }

    /// Ends all sockets of a user; they leave the roster as they close.
    fn throw_out(&self, alias: &UserAlias, reason: DisconnectReason) -> Vec<Delivery> {
        let msg = ServerMessage::Session(SessionNews::ForceDisconnect { reason });
        let envelope = ServerEnvelope { v: PROTOCOL_VERSION, re: None, step: None, msg };
        let mut deliveries: Vec<_> = self.tell(alias, None, envelope).into_iter().collect();
        for session in self.roster.sessions_of(alias) {
            deliveries.push(Delivery::Close { session: *session, reason: CloseReason::Disconnected });
        }
        deliveries
    }
}

fn changed_profile(profile: UserProfile, sessions: Vec<SessionKey>) -> Option<Delivery> {
    let msg = UserNews::Changed(Box::new(profile)).into();
    let envelope = ServerEnvelope { v: PROTOCOL_VERSION, re: None, step: None, msg };
    (!sessions.is_empty()).then_some(Delivery::To { sessions, envelope })
}

fn changed(user: &UserRecord, change: UserChange) -> UserRecord {
    let user = user.clone();
    UserRecord {
        role: change.role.unwrap_or(user.role),
        active: change.active.unwrap_or(user.active),
        can_video: change.can_video.unwrap_or(user.can_video),
        language: change.language.unwrap_or(user.language),
        first_name: change.first_name.unwrap_or(user.first_name),
        last_name: change.last_name.unwrap_or(user.last_name),
        nickname: change.nickname.unwrap_or(user.nickname),
        email: change.email.unwrap_or(user.email),
        image: change.image.unwrap_or(user.image),
        ..user
    }
}
