//! Sockets coming in, and questions about who is there.

use super::presence::Signed;
use super::{Connect, Decision, Delivery, Hub, Origin, SessionKey, admitted, scope};
use bandyer_protocol::{ErrorCode, Failure, Features, SessionNews, Timestamp, UserAlias, UserNews, Welcome};
use bandyer_records::{JournalKind, JournalRecord, Reader, Write};

impl Hub {
    pub(super) fn connect(&mut self, connect: &Connect, now: Timestamp, reader: &dyn Reader) -> Decision {
        let user = self.records.user(&connect.user, reader)?;
        let profile = admitted(user, Some(connect.issued_at))?.profile();
        if self.roster.count_like(&connect.user, connect.scope.as_ref()) >= self.settings.sessions_per_user {
            let most = self.settings.sessions_per_user;
            let reason = format!("a user may have {most} sockets");
            return Err(Failure::new(ErrorCode::TooManySessions, reason).into());
        }
        let scope = connect.scope.as_ref();
        if let Some(scope) = scope {
            scope::stands(reader.room(&scope.call)?.as_ref())?;
        }
        let cursor = self.cursor_of(&connect.user, reader)?;
        let newest = match scope {
            None => cursor,
            Some(_) => self.newest(&connect.user, scope, reader)?,
        };
        let signed = Signed {
            id: connect.session_id.clone(),
            user: connect.user.clone(),
            scope: connect.scope.clone(),
            features: connect.features.clone(),
        };
        self.roster.join(connect.session, signed, cursor, now);
        let sync = self.complete(&connect.missed, newest, reader)?;
        let ringing = self.ringing(&connect.user, reader)?;
        let ringing = ringing.filter(|dial| scope.is_none_or(|scope| scope.call == dial.call.call));
        let welcome = Welcome {
            session: connect.session_id.clone(),
            user: profile,
            now,
            issued_at: connect.issued_at,
            expires_at: connect.expires_at,
            limits: self.settings.limits,
            epoch: reader.epoch()?,
            sync,
            features: Features::own(),
            ringing,
            elsewhere: self.elsewhere(connect, reader)?,
        };
        let origin = Origin { session: connect.session, re: connect.re };
        Ok(origin.reply(SessionNews::Welcome(Box::new(welcome))))
    }

    /// Who came and went, for the journal. Nobody waits for these rows: when they cannot be written, presence still
    /// works.
    pub fn take_presence_rows(&mut self) -> Vec<Write> {
        let row = |(user, came, at)| JournalRecord {
            id: 0,
            at,
            kind: if came { JournalKind::UserOnline } else { JournalKind::UserOffline },
            user: Some(user),
            room: None,
            session: None,
            data: "{}".to_owned(),
        };
        self.roster.take_moves().into_iter().map(row).map(Write::AddJournal).collect()
    }

    pub(super) fn get_user(&mut self, alias: &UserAlias, origin: Origin, reader: &dyn Reader) -> Decision {
        self.existing_user(alias, reader)?;
        let status = self.roster.presence_of(alias);
        Ok(origin.reply(UserNews::Status { user: alias.clone(), status }))
    }

    /// A passing event for every socket of a user that it concerns, but the one it came from.
    pub(super) fn tell(
        &self,
        user: &UserAlias,
        except: Option<Origin>,
        envelope: bandyer_protocol::ServerEnvelope,
    ) -> Option<Delivery> {
        let others = |key: &SessionKey| except.is_none_or(|origin| origin.session != *key);
        let hears =
            |key: &SessionKey| self.roster.scope_of(*key).is_none_or(|scope| scope.hears(&envelope.msg));
        let all = self.roster.sessions_of(user).iter().copied();
        let sessions: Vec<_> = all.filter(|key| others(key) && hears(key)).collect();
        if sessions.is_empty() { None } else { Some(Delivery::To { sessions, envelope }) }
    }
}
