//! Files given and received in a call.

use super::ask::ask;
use super::{CallFile, CallFileState, CallQuestion, Calls, Snack};
use crate::action::{PickedFile, UploadEvent, UploadFailure};
use crate::effect::{Effect, UploadCommand};
use crate::step::{Step, World};
use bandyer_protocol::{CallAlias, ClientMessage, ClientMessageId, SharedFile};
use std::rc::Rc;

impl Calls {
    /// Files were picked or dropped for the other side.
    pub(crate) fn share_files(&mut self, files: Vec<PickedFile>, world: &World) -> Vec<Step> {
        let allowed = world.options.tools.file_upload && self.active().is_some();
        let mut steps = Vec::new();
        for PickedFile { file, name, size, .. } in files {
            let Some(id) = allowed.then(|| self.new_id()).flatten() else {
                steps.push(upload(UploadCommand::Forget { file }));
                continue;
            };
            let fits = size <= world.limits.upload_bytes;
            let state = if fits {
                CallFileState::Uploading { sent: 0 }
            } else {
                CallFileState::UploadFailed { too_large: true }
            };
            if !fits {
                steps.push(upload(UploadCommand::Forget { file }));
            }
            let entry = CallFile { id: id.clone(), file: fits.then_some(file), name, size, state };
            Rc::make_mut(&mut self.files).push(entry);
            steps.extend(self.start_upload(&id).filter(|_| fits));
        }
        steps
    }

    fn start_upload(&mut self, id: &ClientMessageId) -> Option<Step> {
        let call = self.active()?.call.call.clone();
        let entry = self.file(id)?;
        let (file, name, client_id) = (entry.file?, entry.name.clone(), id.clone());
        Some(upload(UploadCommand::StartForCall { client_id, call, file, name }))
    }

    pub(crate) fn cancel_share(&mut self, id: &ClientMessageId) -> Vec<Step> {
        let Some(entry) = self.file(id).cloned() else { return Vec::new() };
        Rc::make_mut(&mut self.files).retain(|file| &file.id != id);
        let mut steps = vec![upload(UploadCommand::Cancel { client_id: id.clone() })];
        steps.extend(entry.file.map(|file| upload(UploadCommand::Forget { file })));
        steps
    }

    pub(crate) fn retry_share(&mut self, id: &ClientMessageId) -> Vec<Step> {
        let again = matches!(
            self.file(id),
            Some(CallFile { state: CallFileState::UploadFailed { too_large: false }, file: Some(_), .. })
        );
        if !again {
            return Vec::new();
        }
        self.file_state(id, CallFileState::Uploading { sent: 0 });
        self.start_upload(id).into_iter().collect()
    }

    pub(crate) fn download_shared(&mut self, id: &ClientMessageId) -> Vec<Step> {
        let Some(CallFile { state: CallFileState::Received { shared, fresh, failed }, .. }) = self.file(id)
        else {
            return Vec::new();
        };
        (*fresh, *failed) = (false, false);
        let (upload_id, name) = (shared.file.upload.clone(), shared.file.name.clone());
        vec![upload(UploadCommand::DownloadOfCall { client_id: id.clone(), upload: upload_id, name })]
    }

    /// News of an upload or download of this call; false when it is none of it.
    pub(crate) fn owns(&self, event: &UploadEvent) -> bool {
        let id = match event {
            UploadEvent::Progress { client_id, .. }
            | UploadEvent::Stored { client_id, .. }
            | UploadEvent::Failed { client_id, .. } => client_id,
            UploadEvent::Picture { .. } | UploadEvent::DownloadFailed { .. } => return false,
        };
        self.files.iter().any(|file| &file.id == id)
    }

    pub(crate) fn upload_event(&mut self, event: UploadEvent) -> Vec<Step> {
        match event {
            UploadEvent::Progress { client_id, sent, .. } => {
                if let Some(CallFile { state: CallFileState::Uploading { sent: known }, .. }) =
                    self.file(&client_id)
                {
                    *known = sent;
                }
                Vec::new()
            }
            UploadEvent::Stored { client_id, receipt } => {
                let Some(call) = self.active().map(|active| active.call.call.clone()) else {
                    return Vec::new();
                };
                let message = ClientMessage::ShareFile { call, upload: receipt.attachment.upload };
                vec![ask(CallQuestion::Share(client_id), message)]
            }
            UploadEvent::Failed { client_id, code } => {
                let given = matches!(
                    self.file(&client_id),
                    Some(CallFile { state: CallFileState::Received { .. }, .. })
                );
                if let Some(CallFile { state: CallFileState::Received { failed, .. }, .. }) =
                    self.file(&client_id)
                {
                    *failed = true;
                }
                if !given {
                    let too_large = code == UploadFailure::TooLarge;
                    self.file_state(&client_id, CallFileState::UploadFailed { too_large });
                }
                self.snack(Snack::FileFailed)
            }
            UploadEvent::Picture { .. } | UploadEvent::DownloadFailed { .. } => Vec::new(),
        }
    }

    /// The other side gave a file.
    pub(crate) fn file_received(&mut self, call: &CallAlias, shared: SharedFile, world: &World) -> Vec<Step> {
        if !self.is_about(call) || world.is_me(&shared.by) {
            return Vec::new();
        }
        let Some(id) = self.new_id() else { return Vec::new() };
        let (name, size) = (shared.file.name.clone(), shared.file.size);
        let state = CallFileState::Received { shared, fresh: true, failed: false };
        Rc::make_mut(&mut self.files).push(CallFile { id, file: None, name, size, state });
        self.snack(Snack::NewFile)
    }

    /// Received files nobody has downloaded yet.
    pub fn fresh_files(&self) -> u32 {
        let fresh = |file: &&CallFile| matches!(file.state, CallFileState::Received { fresh: true, .. });
        u32::try_from(self.files.iter().filter(fresh).count()).unwrap_or(u32::MAX)
    }

    pub(super) fn file_state(&mut self, id: &ClientMessageId, state: CallFileState) {
        if let Some(file) = self.file(id) {
            file.state = state;
        }
    }

    fn file(&mut self, id: &ClientMessageId) -> Option<&mut CallFile> {
        Rc::make_mut(&mut self.files).iter_mut().find(|file| &file.id == id)
    }
}

fn upload(command: UploadCommand) -> Step {
    Step::Do(Effect::Upload(command))
}
