//! Files in chats: on their way up, and back down.

use super::thread::{Content, OutgoingFile};
use super::{Chats, Outgoing, OutgoingState, composer};
use crate::action::{PickedFile, UploadEvent, UploadFailure};
use crate::effect::{Effect, UploadCommand};
use crate::notice::Notice;
use crate::options::Tool;
use crate::step::{Step, Transition, World};
use bandyer_protocol::{Attachment, ChatId, ClientMessageId, MessageBody, Seq};
use std::rc::Rc;

impl Chats {
    /// Files were picked, dropped or pasted: each becomes a message of its own.
    pub(crate) fn attach(&mut self, id: &ChatId, files: Vec<PickedFile>, world: &World) -> Vec<Step> {
        let allowed = world.options.tools.has(Tool::FileUpload) && self.by_id.contains_key(id);
        let mut steps = Vec::new();
        for file in files {
            let fits = file.size <= world.limits.upload_bytes;
            if let Some(client_id) = (allowed && fits).then(|| self.new_id()).flatten() {
                let PickedFile { file, name, size, picture } = file;
                let content = Content::File(OutgoingFile { file, name, size, picture, attachment: None });
                self.push(id, composer::outgoing(client_id, content, world.server_now));
                continue;
            }
            steps.push(upload(UploadCommand::Forget { file: file.file }));
            if allowed && !fits {
                steps.push(Step::Told(Transition::Notice(Notice::FileTooLarge)));
            }
        }
        steps.extend(self.pursue(id, world));
        steps
    }

    pub(crate) fn upload_event(&mut self, event: UploadEvent, world: &World) -> Vec<Step> {
        match event {
            UploadEvent::Progress { client_id, sent, total } => {
                if let Some((_, outgoing)) = self.uploading(&client_id) {
                    outgoing.state = OutgoingState::Uploading { sent, total };
                }
                Vec::new()
            }
            UploadEvent::Stored { client_id, receipt } => {
                let Some((id, outgoing)) = self.uploading(&client_id) else { return Vec::new() };
                if let Content::File(file) = &mut outgoing.content {
                    file.attachment = Some(receipt.attachment);
                }
                outgoing.state = OutgoingState::Pending;
                self.pursue(&id, world)
            }
            UploadEvent::Failed { client_id, code } => self.upload_failed(&client_id, code, world),
            UploadEvent::Picture { chat, seq, url } => {
                if let Some(chat) = self.chat_mut(&chat) {
                    let thread = chat.thread_mut();
                    thread.pictures_wanted.remove(&seq);
                    Rc::make_mut(&mut thread.pictures).insert(seq, url);
                }
                Vec::new()
            }
            UploadEvent::DownloadFailed { chat, seq } => {
                // A preview that does not come is no reason to disturb anybody.
                let preview =
                    self.chat_mut(&chat).is_some_and(|chat| chat.thread_mut().pictures_wanted.remove(&seq));
                let notice = Step::Told(Transition::Notice(Notice::DownloadFailed));
                if preview { Vec::new() } else { vec![notice] }
            }
        }
    }

    fn upload_failed(
        &mut self,
        client_id: &ClientMessageId,
        code: UploadFailure,
        world: &World,
    ) -> Vec<Step> {
        let Some((_, outgoing)) = self.uploading(client_id) else { return Vec::new() };
        let notice = match code {
            UploadFailure::Network if !world.online => {
                // It starts again with the line.
                outgoing.state = OutgoingState::Pending;
                return Vec::new();
            }
            UploadFailure::Network | UploadFailure::Refused => Notice::UploadFailed,
            UploadFailure::TooLarge => Notice::FileTooLarge,
        };
        outgoing.state = OutgoingState::Failed;
        vec![Step::Told(Transition::Notice(notice))]
    }

    pub(crate) fn download(&mut self, id: &ChatId, seq: Seq) -> Vec<Step> {
        let Some(Attachment { upload: file, name, .. }) = self.attachment(id, seq) else { return Vec::new() };
        vec![upload(UploadCommand::Download { chat: id.clone(), seq, upload: file, name })]
    }

    /// A picture came into view: its preview is loaded once.
    pub(crate) fn show_picture(&mut self, id: &ChatId, seq: Seq) -> Vec<Step> {
        let Some(Attachment { upload: file, .. }) = self.attachment(id, seq).filter(|file| file.picture)
        else {
            return Vec::new();
        };
        let Some(chat) = self.chat_mut(id).filter(|chat| !chat.thread.pictures.contains_key(&seq)) else {
            return Vec::new();
        };
        if !chat.thread_mut().pictures_wanted.insert(seq) {
            return Vec::new();
        }
        vec![upload(UploadCommand::LoadPicture { chat: id.clone(), seq, upload: file })]
    }

    fn attachment(&self, id: &ChatId, seq: Seq) -> Option<Attachment> {
        match &self.by_id.get(id)?.thread.stored.by_seq(seq)?.body {
            MessageBody::File(file) => Some(file.clone()),
            MessageBody::Text(_)
            | MessageBody::MissedCall(_)
            | MessageBody::DeclinedCall(_)
            | MessageBody::Unknown => None,
        }
    }

    /// The message whose file is being uploaded, and its chat.
    fn uploading(&mut self, client_id: &ClientMessageId) -> Option<(ChatId, &mut Outgoing)> {
        let (id, _) = self.by_id.iter().find(|(_, chat)| {
            let outgoing = chat.thread.outgoing(client_id);
            outgoing.is_some_and(|outgoing| matches!(outgoing.state, OutgoingState::Uploading { .. }))
        })?;
        let id = id.clone();
        let outgoing = self.chat_mut(&id)?.outgoing_mut(client_id)?;
        Some((id, outgoing))
    }
}

fn upload(command: UploadCommand) -> Step {
    Step::Do(Effect::Upload(command))
}
