//! Files given and received in a call.

use super::ask::ask;
use super::{Calls, Snack};
use crate::action::{PickedFile, UploadEvent, UploadFailure};
use crate::effect::{Effect, UploadCommand};
use crate::options::Tool;
use crate::questions::CallQuestion;
use crate::step::{Step, World};
use bandyer_protocol::{CallAlias, CallRequest, ClientMessageId, SharedFile, UploadId};
use std::rc::Rc;

/// A file given or received in the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFile {
    /// Names it in the upload service and the views.
    pub id: ClientMessageId,
    /// The picked file, for another attempt.
    pub file: Option<u32>,
    pub name: String,
    /// Bytes.
    pub size: u64,
    pub state: CallFileState,
}

/// How far a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallFileState {
    Uploading {
        sent: u64,
    },
    UploadFailed {
        too_large: bool,
    },
    /// The other side has it in its list.
    Given(SharedFile),
    /// From the other side; `fresh` until it was downloaded.
    Received {
        shared: SharedFile,
        fresh: bool,
        failed: bool,
    },
}

impl Calls {
    /// Files were picked or dropped for the other side.
    pub(crate) fn share_files(&mut self, files: Vec<PickedFile>, world: &World) -> Vec<Step> {
        let allowed = self.tools(&world.options).has(Tool::FileUpload) && self.active().is_some();
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

    /// Gives up a file the other side does not have yet.
    pub(crate) fn cancel_share(&mut self, id: &ClientMessageId) -> Vec<Step> {
        let Some(CallFile { file, state, .. }) = self.file(id) else { return Vec::new() };
        let file = *file;
        match state {
            CallFileState::Uploading { .. } | CallFileState::UploadFailed { .. } => {}
            CallFileState::Given(_) | CallFileState::Received { .. } => return Vec::new(),
        }
        Rc::make_mut(&mut self.files).retain(|file| &file.id != id);
        self.forget_share(id);
        let mut steps = vec![upload(UploadCommand::Cancel { client_id: id.clone() })];
        steps.extend(file.map(|file| upload(UploadCommand::Forget { file })));
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
                let upload = receipt.attachment.upload;
                self.to_share.push((client_id.clone(), upload.clone()));
                self.share(client_id, upload).into_iter().collect()
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

    /// Gives an uploaded file to the other side, when the server can be asked.
    fn share(&mut self, id: ClientMessageId, upload: UploadId) -> Option<Step> {
        let cut = self.is_cut();
        let call = self.active().filter(|_| !cut)?.call.call.clone();
        Some(ask(CallQuestion::Share(id), CallRequest::ShareFile { call, upload }))
    }

    /// The other side has it in its list.
    pub(super) fn given(&mut self, id: &ClientMessageId, shared: SharedFile) -> Vec<Step> {
        self.forget_share(id);
        let Some(entry) = self.file(id) else { return Vec::new() };
        entry.state = CallFileState::Given(shared);
        entry.file.take().map(|file| upload(UploadCommand::Forget { file })).into_iter().collect()
    }

    /// What could not be given yet.
    pub(super) fn share_again(&mut self) -> Vec<Step> {
        let waiting = self.to_share.clone();
        waiting.into_iter().filter_map(|(id, upload)| self.share(id, upload)).collect()
    }

    pub(super) fn forget_share(&mut self, id: &ClientMessageId) {
        self.to_share.retain(|(waiting, _)| waiting != id);
    }

    /// The other side gave a file; it may say so twice.
    pub(crate) fn file_received(&mut self, call: &CallAlias, shared: SharedFile, world: &World) -> Vec<Step> {
        let known = |file: &CallFile| match &file.state {
            CallFileState::Received { shared: known, .. } => known.file.upload == shared.file.upload,
            CallFileState::Uploading { .. }
            | CallFileState::UploadFailed { .. }
            | CallFileState::Given(_) => false,
        };
        if self.active_in(call).is_none() || world.is_me(&shared.by) || self.files.iter().any(known) {
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
