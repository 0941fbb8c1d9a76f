//! What the server decides, and nothing else: who is there, what a request changes, who hears of it. No clock, no
//! disk, no network; the engine gives it the time and a reader, and carries out what comes back.

mod board;
mod calls;
mod chats;
pub mod ice;
mod input;
pub mod pages;
mod presence;
mod records;
mod refusal;
mod requests;
mod rooms;
pub mod scope;
mod sessions;
pub mod sync;
mod users;

pub use calls::Seated;
pub use ice::IceSettings;
pub use input::{
    AdminFailure, AdminReply, AdminRequest, CloseReason, Connect, Delivery, Input, Outcome, SessionKey,
    UserChange,
};
pub use refusal::{Refusal, admitted, refuse, storage_failure};
pub use scope::Scope;

use bandyer_protocol::{
    ErrorCode, Failure, Limits, PROTOCOL_VERSION, Presence, RequestId, ServerEnvelope, ServerMessage,
    SessionNews, Timestamp, UserAlias,
};
use bandyer_records::{CallFiles, Reader, StoreResult};
use calls::CallBook;
use chats::{drop_files, drop_unsent_uploads};
use presence::Roster;
use records::Records;
use std::collections::HashSet;

#[derive(Debug, Clone)]
pub struct HubSettings {
    pub limits: Limits,
    pub sessions_per_user: usize,
    /// Most chats a user may open.
    pub chats_per_user: u32,
    /// How long a user stays online after the last socket is gone.
    pub presence_grace_ms: u32,
    /// Presence changes are gathered for this long.
    pub presence_batch_ms: u32,
    /// How long it rings before nobody has answered.
    pub dial_ms: u32,
    /// How often a user may ring others within a minute.
    pub rings_per_minute: u32,
    /// How long a call waits for a side whose line is down.
    pub call_grace_ms: u32,
    pub ice: IceSettings,
    /// Makes the names of calls unguessable; random, new at each start.
    pub seed: [u8; 16],
}

impl Default for HubSettings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            sessions_per_user: 16,
            chats_per_user: 2000,
            presence_grace_ms: 2000,
            presence_batch_ms: 250,
            dial_ms: 45_000,
            rings_per_minute: 10,
            call_grace_ms: 30_000,
            ice: IceSettings::default(),
            seed: [0; 16],
        }
    }
}

/// The whole live state of the server.
pub struct Hub {
    settings: HubSettings,
    roster: Roster,
    records: Records,
    calls: CallBook,
    /// Users whose name or picture changed since the start: who comes back is told, whether their chat changed or not.
    renamed: HashSet<UserAlias>,
}

type Decision = Result<Outcome, Refusal>;

/// The socket a request came from, and the request.
#[derive(Debug, Clone, Copy)]
struct Origin {
    session: SessionKey,
    re: RequestId,
}

impl Hub {
    pub fn new(settings: HubSettings) -> Self {
        let (roster, calls) = (Roster::new(&settings), CallBook::new(settings.seed));
        Self { settings, roster, records: Records::default(), calls, renamed: HashSet::new() }
    }

    /// Goes on with the calls that went on when the server stopped.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn restore(&mut self, reader: &dyn Reader, now: Timestamp) -> StoreResult<()> {
        self.calls.restore(reader, now)?;
        for user in self.calls.busy() {
            self.roster.set_busy(&user, true);
        }
        Ok(())
    }

    /// Decides one input. `reader` must see the writes of every outcome before this one; what comes back may leave
    /// only once its writes are committed, presence aside, which leaves with [`Hub::tick`].
    pub fn handle(&mut self, input: &Input, now: Timestamp, reader: &dyn Reader) -> Outcome {
        self.calls.follow(now);
        let decision = match input {
            Input::Connect(connect) => self.connect(connect, now, reader),
            Input::Disconnect { session } => {
                let outcome = self.call_line_lost(*session, now);
                self.roster.leave(*session, now);
                Ok(outcome)
            }
            Input::TokenRefreshed { session, re, expires_at } => {
                let origin = Origin { session: *session, re: *re };
                self.user_of(*session, reader)
                    .map(|_| origin.reply(SessionNews::TokenRefreshed { expires_at: *expires_at }))
            }
            Input::Request { session, re, message } => {
                self.request(Origin { session: *session, re: *re }, message, now, reader)
            }
            Input::CallDue { call } => self.call_due(call, now, reader),
            Input::CatchUp { session, re, missed } => self
                .user_of(*session, reader)
                .and_then(|user| self.catch_up(&user, missed, Origin { session: *session, re: *re }, reader)),
            Input::Admin(request) => self.admin(request, now, reader),
        };
        decision.unwrap_or_else(|refusal| match refusal {
            Refusal::Store(error) => Outcome { fault: Some(error), ..Outcome::default() },
            refusal => refuse(input, refusal.into_failure()),
        })
    }

    /// What is due by itself, to be handled after what came from outside.
    pub fn due(&mut self, now: Timestamp) -> Vec<Input> {
        self.calls.follow(now);
        self.calls_due(now)
    }

    /// To be called when the writes of the outcomes so far are committed.
    pub fn committed(&mut self) {
        self.calls.committed();
    }

    /// Calls that somebody entered or left, or that are over, since this was last asked; after [`Hub::restore`], all.
    pub fn take_seated(&mut self) -> Vec<Seated> {
        self.calls.take_seated()
    }

    /// Presence changes that are due.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Delivery> {
        self.roster.tick(now)
    }

    /// When [`Hub::tick`] or [`Hub::due`] has something to do next.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let calls = self.calls.next_deadline(self.settings.call_grace_ms);
        self.roster.next_deadline().into_iter().chain(calls).min()
    }

    /// How many sockets are connected.
    pub fn session_count(&self) -> usize {
        self.roster.session_count()
    }

    /// To be called when the writes of these inputs were not committed: everything is as it was before them, but for
    /// sockets that are gone. Each of them is to be handled again, or refused with [`refuse`]. What comes back is to be
    /// delivered.
    pub fn uncommitted(&mut self, inputs: &[Input], now: Timestamp) -> Vec<Delivery> {
        self.records = Records::default();
        self.roster.forget_cursors();
        self.calls.uncommitted();
        for input in inputs {
            match input {
                Input::Connect(connect) => self.roster.leave(connect.session, now),
                Input::CallDue { .. } => self.calls.pause(now),
                Input::Disconnect { .. }
                | Input::TokenRefreshed { .. }
                | Input::Request { .. }
                | Input::CatchUp { .. }
                | Input::Admin(_) => {}
            }
        }
        let deliveries = self.drop_dead_lines(now);
        let busy = self.calls.busy();
        self.roster.set_all_busy(busy);
        deliveries
    }

    /// Everybody not offline, by alias.
    pub fn online(&self) -> Vec<(UserAlias, Presence)> {
        self.roster.online()
    }

    /// The server goes down: every socket is told when to come back, and closed.
    pub fn goodbye(&self, reconnect_after_ms: u32) -> Vec<Delivery> {
        let msg = ServerMessage::Session(SessionNews::Restarting { reconnect_after_ms });
        let envelope = ServerEnvelope { v: PROTOCOL_VERSION, re: None, step: None, msg };
        let close = |session| Delivery::Close { session, reason: CloseReason::Restarting };
        [Delivery::Everyone { envelope, except: Vec::new() }]
            .into_iter()
            .chain(self.roster.sessions().map(close))
            .collect()
    }

    fn admin(&mut self, request: &AdminRequest, now: Timestamp, reader: &dyn Reader) -> Decision {
        match request {
            AdminRequest::CreateUser(user) => self.create_user(user, now, reader),
            AdminRequest::UpdateUser { alias, change } => self.update_user(alias, change, now, reader),
            AdminRequest::DeleteUser(alias) => self.delete_user(alias, now, reader),
            AdminRequest::AllCanVideo(can_video) => self.all_can_video(*can_video, reader),
            AdminRequest::SendMessage { sender, to, client_id, text } => {
                self.send_for(sender, to, client_id, text, now, reader)
            }
            AdminRequest::AddChat { by, with } => {
                self.existing_user(by, reader)?;
                let (outcome, chat) = self.add_chat(by, with, None, now, reader)?;
                Ok(outcome.answering(AdminReply::Chat(Box::new(chat))))
            }
            AdminRequest::RemoveChat { users: [first, second] } => {
                let chat = refusal::chat_of(first, second)?;
                Ok(self.remove_chat(first, &chat, None, reader)?.answering(AdminReply::Done))
            }
            AdminRequest::Online => Ok(Outcome::default().answering(AdminReply::Online(self.online()))),
            AdminRequest::AddUpload(upload) => self.add_upload(upload, now, reader),
            AdminRequest::DropUnsentUploads { before } => drop_unsent_uploads(*before, reader),
            AdminRequest::DropCallFiles { before } => {
                let old = reader.call_uploads(&CallFiles::Before(*before))?;
                Ok(drop_files(old).answering(AdminReply::Done))
            }
            AdminRequest::CreateRoom { room, origin } => self.create_room(room, origin, now),
            AdminRequest::DisableRoom { room, origin } => self.close_room(room, false, origin, now, reader),
            AdminRequest::DeleteRoom { room, origin } => self.close_room(room, true, origin, now, reader),
            AdminRequest::RevokeLink { link } => self.revoke_link(link, reader),
            AdminRequest::Leave { user, leaves } => self.leave(user, leaves, now, reader),
            AdminRequest::Keep(writes) => {
                let outcome = Outcome { writes: writes.clone(), ..Outcome::default() };
                Ok(outcome.answering(AdminReply::Done))
            }
        }
    }

    /// The user behind a socket, as long as they may use the server.
    fn user_of(&mut self, session: SessionKey, reader: &dyn Reader) -> Result<UserAlias, Refusal> {
        let Some(alias) = self.roster.user_of(session) else {
            return Err(Failure::new(ErrorCode::NotAuthenticated, "the session is over").into());
        };
        admitted(self.records.user(&alias, reader)?, None)?;
        if let Some(scope) = self.roster.scope_of(session) {
            scope::stands(reader.room(&scope.call)?.as_ref())?;
        }
        Ok(alias)
    }
}

impl Origin {
    fn envelope(self, msg: impl Into<ServerMessage>) -> ServerEnvelope {
        ServerEnvelope { v: PROTOCOL_VERSION, re: Some(self.re), step: None, msg: msg.into() }
    }

    fn reply_delivery(self, msg: impl Into<ServerMessage>) -> Delivery {
        Delivery::To { sessions: vec![self.session], envelope: self.envelope(msg) }
    }

    /// Nothing but a reply.
    fn reply(self, msg: impl Into<ServerMessage>) -> Outcome {
        Outcome { deliveries: vec![self.reply_delivery(msg)], ..Outcome::default() }
    }
}

impl Outcome {
    /// What follows from another decision of the same input.
    fn follow(&mut self, other: Outcome) {
        self.writes.extend(other.writes);
        self.deliveries.extend(other.deliveries);
        self.lost_uploads.extend(other.lost_uploads);
        self.dismissed.extend(other.dismissed);
    }

    fn answering(mut self, reply: AdminReply) -> Self {
        self.answer = Some(Ok(reply));
        self
    }
}
