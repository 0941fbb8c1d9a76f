//! How the rest of the server asks the hub for something.

use super::Command;
use bandyer_hub::{AdminFailure, AdminReply, AdminRequest, UserChange};
use bandyer_protocol::{
    CallAlias, ClientMessageId, ErrorCode, Failure, Leaves, Message, Presence, Timestamp, UserAlias,
};
use bandyer_records::{ChatRecord, RoomRecord, UploadRecord, UserRecord, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use tokio::sync::oneshot;

/// More requests than this waiting for the disk are refused at once, with a named error.
const MAX_QUEUED: usize = 65_536;

/// Cheap to clone. Every request is answered; a hub that is gone answers `shutting_down`.
#[derive(Clone)]
pub struct HubHandle {
    queue: mpsc::Sender<Command>,
    queued: Arc<AtomicUsize>,
}

impl HubHandle {
    pub(super) fn new(queue: mpsc::Sender<Command>, queued: Arc<AtomicUsize>) -> Self {
        Self { queue, queued }
    }

    /// # Errors
    /// `user_exists`, also for the alias of a deleted user; `storage_unavailable`.
    pub async fn create_user(&self, user: UserRecord) -> Result<UserRecord, AdminFailure> {
        self.user(AdminRequest::CreateUser(user)).await
    }

    /// # Errors
    /// `user_not_found`, `storage_unavailable`.
    pub async fn update_user(
        &self,
        alias: UserAlias,
        change: UserChange,
    ) -> Result<UserRecord, AdminFailure> {
        self.user(AdminRequest::UpdateUser { alias, change }).await
    }

    /// # Errors
    /// `user_not_found`, `storage_unavailable`.
    pub async fn delete_user(&self, alias: UserAlias) -> Result<(), AdminFailure> {
        self.ask(AdminRequest::DeleteUser(alias)).await.map(drop)
    }

    /// Answers how many users there are.
    ///
    /// # Errors
    /// `storage_unavailable`.
    pub async fn set_all_can_video(&self, can_video: bool) -> Result<u32, AdminFailure> {
        match self.ask(AdminRequest::AllCanVideo(can_video)).await? {
            AdminReply::Count(count) => Ok(count),
            other => Err(mismatch(&other)),
        }
    }

    /// # Errors
    /// `chat_not_found`, `user_not_found`, `invalid_message`, `storage_unavailable`.
    pub async fn send_message(
        &self,
        sender: UserAlias,
        to: UserAlias,
        text: String,
    ) -> Result<Message, AdminFailure> {
        let client_id = ClientMessageId::parse(&uuid::Uuid::new_v4().to_string())
            .map_err(|error| Failure::new(ErrorCode::Internal, error.to_string()))?;
        match self.ask(AdminRequest::SendMessage { sender, to, client_id, text }).await? {
            AdminReply::Message(message) => Ok(*message),
            other => Err(mismatch(&other)),
        }
    }

    /// # Errors
    /// `chat_with_self`, `user_not_found`, `storage_unavailable`.
    pub async fn add_chat(&self, by: UserAlias, with: UserAlias) -> Result<ChatRecord, AdminFailure> {
        match self.ask(AdminRequest::AddChat { by, with }).await? {
            AdminReply::Chat(chat) => Ok(*chat),
            other => Err(mismatch(&other)),
        }
    }

    /// # Errors
    /// `chat_with_self`, `chat_not_found`, `storage_unavailable`.
    pub async fn remove_chat(&self, users: [UserAlias; 2]) -> Result<(), AdminFailure> {
        self.ask(AdminRequest::RemoveChat { users }).await.map(drop)
    }

    /// Everybody not offline.
    ///
    /// # Errors
    /// `shutting_down`.
    pub async fn online(&self) -> Result<Vec<(UserAlias, Presence)>, AdminFailure> {
        match self.ask(AdminRequest::Online).await? {
            AdminReply::Online(users) => Ok(users),
            other => Err(mismatch(&other)),
        }
    }

    /// Records a file whose bytes are already stored.
    ///
    /// # Errors
    /// `chat_not_found`, `storage_unavailable`.
    pub async fn add_upload(&self, upload: UploadRecord) -> Result<(), AdminFailure> {
        self.ask(AdminRequest::AddUpload(upload)).await.map(drop)
    }

    /// Forgets uploads made before `before` that were never sent.
    ///
    /// # Errors
    /// `storage_unavailable`.
    pub async fn drop_unsent_uploads(&self, before: Timestamp) -> Result<(), AdminFailure> {
        self.ask(AdminRequest::DropUnsentUploads { before }).await.map(drop)
    }

    /// Forgets files given in calls before `before`.
    ///
    /// # Errors
    /// `storage_unavailable`.
    pub async fn drop_call_files(&self, before: Timestamp) -> Result<(), AdminFailure> {
        self.ask(AdminRequest::DropCallFiles { before }).await.map(drop)
    }

    /// Adds a room for links, which lead to `origin`.
    ///
    /// # Errors
    /// `storage_unavailable`.
    pub async fn create_room(&self, room: RoomRecord, origin: String) -> Result<RoomRecord, AdminFailure> {
        self.room(AdminRequest::CreateRoom { room, origin }).await
    }

    /// Ends what goes on in the room and makes its links void.
    ///
    /// # Errors
    /// `call_not_found`, `storage_unavailable`.
    pub async fn disable_room(&self, room: CallAlias, origin: String) -> Result<RoomRecord, AdminFailure> {
        self.room(AdminRequest::DisableRoom { room, origin }).await
    }

    /// As [`HubHandle::disable_room`], and the room is not listed any more.
    ///
    /// # Errors
    /// `call_not_found`, `storage_unavailable`.
    pub async fn delete_room(&self, room: CallAlias, origin: String) -> Result<RoomRecord, AdminFailure> {
        self.room(AdminRequest::DeleteRoom { room, origin }).await
    }

    /// Makes one link void. Answers whether there was such a link.
    ///
    /// # Errors
    /// `storage_unavailable`.
    pub async fn revoke_link(&self, link: String) -> Result<bool, AdminFailure> {
        match self.ask(AdminRequest::RevokeLink { link }).await? {
            AdminReply::Count(count) => Ok(count > 0),
            other => Err(mismatch(&other)),
        }
    }

    /// A page of this user was left.
    ///
    /// # Errors
    /// `storage_unavailable`.
    pub async fn leave(&self, user: UserAlias, leaves: Leaves) -> Result<(), AdminFailure> {
        self.ask(AdminRequest::Leave { user, leaves }).await.map(drop)
    }

    /// Writes what no decision of the hub depends on.
    ///
    /// # Errors
    /// `storage_unavailable`.
    pub async fn keep(&self, writes: Vec<Write>) -> Result<(), AdminFailure> {
        self.ask(AdminRequest::Keep(writes)).await.map(drop)
    }

    /// True when the database commits right now.
    pub async fn can_commit(&self) -> bool {
        let (answer, answered) = oneshot::channel();
        self.send(Command::Probe { answer }).is_ok() && answered.await.unwrap_or(false)
    }

    /// Puts a command in the queue.
    ///
    /// # Errors
    /// Hands the command back with the refusal when the queue is full or the hub is gone.
    pub(crate) fn send(&self, command: Command) -> Result<(), Box<(Command, Failure)>> {
        if self.queued.load(Ordering::Relaxed) >= MAX_QUEUED && !command.is_cleanup() {
            let mut failure =
                Failure::new(ErrorCode::StorageUnavailable, "too many requests wait for the disk");
            failure.retry_after_ms = Some(1000);
            return Err(Box::new((command, failure)));
        }
        self.queued.fetch_add(1, Ordering::Relaxed);
        self.queue.send(command).map_err(|lost| {
            let failure = Failure::new(ErrorCode::ShuttingDown, "the server is going down");
            Box::new((lost.0, failure))
        })
    }

    async fn user(&self, request: AdminRequest) -> Result<UserRecord, AdminFailure> {
        match self.ask(request).await? {
            AdminReply::User(user) => Ok(*user),
            other => Err(mismatch(&other)),
        }
    }

    async fn room(&self, request: AdminRequest) -> Result<RoomRecord, AdminFailure> {
        match self.ask(request).await? {
            AdminReply::Room(room) => Ok(*room),
            other => Err(mismatch(&other)),
        }
    }

    async fn ask(&self, request: AdminRequest) -> Result<AdminReply, AdminFailure> {
        let (answer, answered) = oneshot::channel();
        self.send(Command::Admin { request, answer }).map_err(|refused| AdminFailure::Refused(refused.1))?;
        answered.await.unwrap_or_else(|_| {
            Err(AdminFailure::Refused(Failure::new(ErrorCode::ShuttingDown, "the server is going down")))
        })
    }
}

fn mismatch(reply: &AdminReply) -> AdminFailure {
    tracing::error!(reply = reply.kind(), "the hub answered another question");
    AdminFailure::Refused(Failure::new(ErrorCode::Internal, "the hub answered another question"))
}
