//! Files in a call.

use super::*;
use crate::action::{PickedFile, UploadEvent, UploadFailure};
use crate::calls::{CallFile, CallFileState};
use crate::effect::UploadCommand;

fn picked(file: u32, size: u64) -> PickedFile {
    PickedFile { file, name: format!("{file}.pdf"), size, picture: false }
}

fn attachment(upload: &str) -> Attachment {
    Attachment {
        upload: UploadId::parse(upload).unwrap(),
        name: "f.pdf".into(),
        size: 10,
        media_type: "application/pdf".into(),
        picture: false,
    }
}

fn stored(rig: &mut Rig, id: &ClientMessageId) -> Vec<Effect> {
    let receipt = UploadReceipt { attachment: attachment("u1") };
    rig.act(Action::Upload(UploadEvent::Stored { client_id: id.clone(), receipt: Box::new(receipt) }))
}

fn shared(by: &str, upload: &str) -> ServerMessage {
    let shared = SharedFile { by: alias(by), file: attachment(upload), at: Timestamp(5) };
    ServerMessage::Call(CallNews::FileShared { call: call_alias(), shared })
}

fn uploads(effects: &[Effect]) -> Vec<&UploadCommand> {
    effects
        .iter()
        .filter_map(|effect| if let Effect::Upload(command) = effect { Some(command) } else { None })
        .collect()
}

fn only(rig: &Rig) -> CallFile {
    assert_eq!(rig.state.calls.files.len(), 1);
    rig.state.calls.files[0].clone()
}

/// A call in which one file is on its way up.
fn uploading() -> (Rig, ClientMessageId) {
    let mut rig = talking(CallType::AudioOnly);
    rig.user(CallAction::ShareFiles(vec![picked(7, 10)]));
    let id = only(&rig).id;
    (rig, id)
}

#[test]
fn a_file_goes_up_and_is_given() {
    let mut rig = talking(CallType::AudioOnly);
    let effects = rig.user(CallAction::ShareFiles(vec![picked(7, 10)]));
    let id = only(&rig).id;
    let start = UploadCommand::StartForCall {
        client_id: id.clone(),
        call: call_alias(),
        file: 7,
        name: "7.pdf".into(),
    };
    assert_eq!(uploads(&effects), [&start]);
    rig.act(Action::Upload(UploadEvent::Progress { client_id: id.clone(), sent: 4, total: 10 }));
    assert_eq!(only(&rig).state, CallFileState::Uploading { sent: 4 });
    let effects = stored(&mut rig, &id);
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::ShareFile { upload, .. })] if upload.as_str() == "u1")
    );
    let effects = rig.answer(asked!(Share), shared("anna", "u1"));
    assert!(matches!(only(&rig).state, CallFileState::Given(_)));
    assert_eq!(uploads(&effects), [&UploadCommand::Forget { file: 7 }]);
    assert_eq!(select::fresh_files(&rig.state), 0, "only what the other side gives is new");
    assert!(uploads(&rig.user(CallAction::CancelShare { id })).is_empty(), "it is given");
    assert_eq!(rig.state.calls.files.len(), 1);
}

#[test]
fn a_file_over_the_limit_or_where_there_are_none_does_not_go_up() {
    let mut rig = talking(CallType::AudioOnly);
    let limit = Limits::default().upload_bytes;
    let effects = rig.user(CallAction::ShareFiles(vec![picked(1, limit + 1), picked(2, limit)]));
    assert!(matches!(
        uploads(&effects)[..],
        [UploadCommand::Forget { file: 1 }, UploadCommand::StartForCall { file: 2, .. }]
    ));
    assert_eq!(rig.state.calls.files[0].state, CallFileState::UploadFailed { too_large: true });
    let id = rig.state.calls.files[0].id.clone();
    assert!(rig.user(CallAction::RetryShare { id: id.clone() }).is_empty());
    rig.user(CallAction::CancelShare { id });
    assert_eq!(rig.state.calls.files.len(), 1);
    rig.set(|options| options.tools = Tools::default());
    let effects = rig.user(CallAction::ShareFiles(vec![picked(3, 1)]));
    assert_eq!(uploads(&effects), [&UploadCommand::Forget { file: 3 }]);
    let effects = dialing(CallType::AudioOnly).user(CallAction::ShareFiles(vec![picked(4, 1)]));
    assert_eq!(uploads(&effects), [&UploadCommand::Forget { file: 4 }]);
}

#[test]
fn an_upload_that_fails_can_be_tried_again_or_given_up() {
    let (mut rig, id) = uploading();
    rig.act(Action::Upload(UploadEvent::Failed { client_id: id.clone(), code: UploadFailure::Network }));
    assert_eq!(only(&rig).state, CallFileState::UploadFailed { too_large: false });
    assert_eq!(active(&rig).snack, Some(Snack::FileFailed));
    let effects = rig.user(CallAction::RetryShare { id: id.clone() });
    assert!(matches!(uploads(&effects)[..], [UploadCommand::StartForCall { file: 7, .. }]));
    assert_eq!(only(&rig).state, CallFileState::Uploading { sent: 0 });
    let effects = rig.user(CallAction::CancelShare { id: id.clone() });
    assert_eq!(
        uploads(&effects),
        [&UploadCommand::Cancel { client_id: id.clone() }, &UploadCommand::Forget { file: 7 }]
    );
    assert!(rig.state.calls.files.is_empty());
    assert!(sent(&stored(&mut rig, &id)).is_empty(), "it was there already: too late");
}

#[test]
fn a_file_the_server_does_not_pass_on_failed() {
    let (mut rig, id) = uploading();
    stored(&mut rig, &id);
    rig.refuse(asked!(Share), ErrorCode::UploadNotFound);
    assert_eq!(only(&rig).state, CallFileState::UploadFailed { too_large: false });
    // One it has no time for is given later.
    let (mut rig, id) = uploading();
    stored(&mut rig, &id);
    rig.refuse(asked!(Share), ErrorCode::RateLimited);
    assert!(matches!(
        sent(&rig.timer(TimerId::Call(CallTimer::AskAgain)))[..],
        [ClientMessage::Call(CallRequest::ShareFile { .. })]
    ));
}

#[test]
fn a_file_that_is_up_when_the_line_is_down_is_given_when_it_is_back() {
    let resume = |rig: &mut Rig| {
        rig.back();
        rig.answer(asked!(Resume), entry("anna", CallPhase::Connected, CallType::AudioOnly))
    };
    let shares = |effects: &[Effect]| {
        sent(effects)
            .iter()
            .filter(|message| matches!(message, ClientMessage::Call(CallRequest::ShareFile { .. })))
            .count()
    };
    let (mut rig, id) = uploading();
    rig.cut();
    assert_eq!(shares(&stored(&mut rig, &id)), 0);
    assert_eq!(shares(&resume(&mut rig)), 1);
    // The answer is lost with the line: asked again.
    rig.cut();
    assert_eq!(shares(&resume(&mut rig)), 1);
    rig.answer(asked!(Share), shared("anna", "u1"));
    rig.cut();
    assert_eq!(shares(&resume(&mut rig)), 0);
}

#[test]
fn a_received_file_is_new_until_it_is_downloaded() {
    let mut rig = talking(CallType::AudioOnly);
    rig.told(shared("bob", "u2"));
    assert_eq!(active(&rig).snack, Some(Snack::NewFile));
    rig.told(shared("bob", "u2"));
    let file = only(&rig);
    assert_eq!(select::fresh_files(&rig.state), 1, "said twice, it is one");
    let effects = rig.user(CallAction::DownloadShared { id: file.id.clone() });
    let upload = UploadId::parse("u2").unwrap();
    let download = UploadCommand::DownloadOfCall { client_id: file.id.clone(), upload, name: "f.pdf".into() };
    assert_eq!(uploads(&effects), [&download]);
    assert_eq!(select::fresh_files(&rig.state), 0);
    rig.act(Action::Upload(UploadEvent::Failed { client_id: file.id, code: UploadFailure::Network }));
    assert!(matches!(only(&rig).state, CallFileState::Received { failed: true, .. }));
}

#[test]
fn files_go_with_the_call() {
    let (mut rig, id) = uploading();
    let effects = rig.ended("bob", EndReason::HungUp);
    assert_eq!(
        uploads(&effects),
        [&UploadCommand::Cancel { client_id: id }, &UploadCommand::Forget { file: 7 }]
    );
    assert!(rig.state.calls.files.is_empty());
    assert!(rig.told(shared("bob", "u3")).is_empty());
    let mut rig = ringing();
    rig.told(shared("bob", "u3"));
    assert!(rig.state.calls.files.is_empty(), "nobody gives files to a ring");
}
