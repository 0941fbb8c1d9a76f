//! Sockets coming in, and questions about who is there.

use super::{Connect, Decision, Delivery, Hub, Origin, refusal};
use bandyer_protocol::{ErrorCode, Failure, Features, SessionNews, Timestamp, UserAlias, UserNews, Welcome};
use bandyer_records::{JournalKind, JournalRecord, Reader, Write};

impl Hub {
    pub(super) fn connect(&mut self, connect: &Connect, now: Timestamp, reader: &dyn Reader) -> Decision {
        let profile = refusal::admitted(self.records.user(&connect.user, reader)?)?.profile();
        if self.roster.sessions_of(&connect.user).len() >= self.settings.sessions_per_user {
            let most = self.settings.sessions_per_user;
            let reason = format!("a user may have {most} sockets");
            return Err(Failure::new(ErrorCode::TooManySessions, reason).into());
        }
        // What was seen of another life of the database says nothing about this one.
        let epoch = reader.epoch()?;
        let since = connect.cursor.filter(|_| connect.epoch.as_ref() == Some(&epoch));
        let sync = self.sync(&connect.user, since, reader)?;
        self.roster.join(connect, sync.cursor, now);
        let ringing = self.ringing(&connect.user, reader)?;
        let welcome = Welcome {
            session: connect.session_id.clone(),
            user: profile,
            now,
            issued_at: connect.issued_at,
            expires_at: connect.expires_at,
            limits: self.settings.limits,
            epoch,
            sync,
            features: Features::own(),
            ringing,
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

    /// An event for every socket of a user but the one it came from.
    pub(super) fn tell(
        &self,
        user: &UserAlias,
        except: Option<Origin>,
        envelope: bandyer_protocol::ServerEnvelope,
    ) -> Option<Delivery> {
        let all = self.roster.sessions_of(user).iter().copied();
        let sessions: Vec<_> = all.filter(|key| except.is_none_or(|origin| origin.session != *key)).collect();
        if sessions.is_empty() { None } else { Some(Delivery::To { sessions, envelope }) }
    }
}
