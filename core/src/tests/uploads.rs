//! Files on their way up and down.

use super::rig::*;
use crate::action::{ChatAction, PickedFile, SocketEvent, UploadEvent, UploadFailure, UserAction};
use crate::chats::OutgoingState;
use crate::effect::UploadCommand;
use crate::options::{Options, Tools};
use crate::panel::Notice;
use crate::questions::{ChatQuestion, Question};
use crate::{Action, ApiCall, Effect};
use bandyer_protocol::*;

fn picked(file: u32, size: u64) -> PickedFile {
    PickedFile { file, name: format!("{file}.png"), size, picture: true }
}

fn attach(rig: &mut Rig, files: Vec<PickedFile>) -> Vec<Effect> {
    rig.user(ChatAction::AttachFiles { chat: chat_with("bob"), files })
}

fn uploads(effects: &[Effect]) -> Vec<&UploadCommand> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Upload(command) => Some(command),
            _ => None,
        })
        .collect()
}

fn attachment() -> Attachment {
    Attachment {
        upload: UploadId::parse("u1").unwrap(),
        name: "1.png".into(),
        size: 10,
        media_type: "image/png".into(),
        picture: true,
    }
}

fn client_id(rig: &Rig, place: usize) -> ClientMessageId {
    rig.chat("bob").thread.outgoing[place].client_id.clone()
}

fn stored(rig: &mut Rig, client_id: &ClientMessageId) -> Vec<Effect> {
    let receipt = Box::new(UploadReceipt { attachment: attachment() });
    rig.act(Action::Upload(UploadEvent::Stored { client_id: client_id.clone(), receipt }))
}

fn is_send(request: &Question) -> bool {
    matches!(request, Question::Chat(ChatQuestion::Send { .. }))
}

#[test]
fn a_file_goes_up_first_and_then_as_a_message() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    let effects = attach(&mut rig, vec![picked(1, 10)]);
    assert!(matches!(uploads(&effects)[..], [UploadCommand::Start { file: 1, .. }]));
    let id = client_id(&rig, 0);
    rig.act(Action::Upload(UploadEvent::Progress { client_id: id.clone(), sent: 4, total: 10 }));
    assert_eq!(rig.chat("bob").thread.outgoing[0].state, OutgoingState::Uploading { sent: 4, total: 10 });
    rig.user(ChatAction::Draft { chat: chat_with("bob"), text: "see".into() });
    let effects = rig.user(ChatAction::SendDraft { chat: chat_with("bob") });
    assert_eq!(sent_texts(&effects), vec!["see"], "a text does not wait for an upload");
    let see = client_id(&rig, 1);
    let reply = Message { client_id: see, ..message("bob", 1, "anna", "see") };
    rig.answer(is_send, ServerMessage::Chat(ChatNews::MessageAdded { message: reply }));
    assert_eq!(sent_texts(&stored(&mut rig, &id)), vec!["1.png"]);
    let body = MessageBody::File(attachment());
    let reply = Message { client_id: id, body, ..message("bob", 2, "anna", "") };
    let effects = rig.answer(is_send, ServerMessage::Chat(ChatNews::MessageAdded { message: reply }));
    assert_eq!(uploads(&effects), vec![&UploadCommand::Forget { file: 1 }]);
    assert!(rig.chat("bob").thread.outgoing.is_empty());
}

#[test]
fn files_that_may_not_or_do_not_fit_are_put_back() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    let effects = attach(&mut rig, vec![picked(1, 157_286_401)]);
    assert_eq!(uploads(&effects), vec![&UploadCommand::Forget { file: 1 }]);
    assert_eq!(rig.state.panel.notice, Some(Notice::FileTooLarge));
    let options = Options { chat: true, tools: Tools::default(), ..Options::default() };
    let mut rig = Rig::with(options, "5eed");
    rig.api(ApiCall::Create);
    rig.act(Action::Socket(SocketEvent::Opened));
    rig.welcome(sync(1, vec![summary("bob", 0, 0)]));
    rig.act(Action::Restored(crate::action::Saved::default()));
    let effects = attach(&mut rig, vec![picked(2, 1)]);
    assert_eq!(uploads(&effects), vec![&UploadCommand::Forget { file: 2 }]);
    assert!(rig.chat("bob").thread.outgoing.is_empty());
}

#[test]
fn a_failed_upload_can_be_retried_or_given_up() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    attach(&mut rig, vec![picked(1, 10), picked(2, 10)]);
    for (place, code, notice) in [
        (0, UploadFailure::Network, Notice::UploadFailed),
        (1, UploadFailure::TooLarge, Notice::FileTooLarge),
    ] {
        let client_id = client_id(&rig, place);
        rig.act(Action::Upload(UploadEvent::Failed { client_id, code }));
        assert_eq!(rig.state.panel.notice, Some(notice));
        assert_eq!(rig.chat("bob").thread.outgoing[place].state, OutgoingState::Failed);
    }
    let (first, second) = (client_id(&rig, 0), client_id(&rig, 1));
    let effects = rig.user(ChatAction::Retry { chat: chat_with("bob"), client_id: first.clone() });
    assert!(matches!(uploads(&effects)[..], [UploadCommand::Start { file: 1, .. }]));
    let effects = rig.user(ChatAction::Discard { chat: chat_with("bob"), client_id: first.clone() });
    assert_eq!(
        uploads(&effects),
        vec![&UploadCommand::Cancel { client_id: first.clone() }, &UploadCommand::Forget { file: 1 }]
    );
    assert!(sent(&stored(&mut rig, &first)).is_empty(), "cancelled: a late answer changes nothing");
    rig.user(ChatAction::Discard { chat: chat_with("bob"), client_id: second });
    assert!(rig.chat("bob").thread.outgoing.is_empty());
}

#[test]
fn offline_an_upload_waits_for_the_line() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    rig.act(Action::Socket(SocketEvent::Closed));
    assert!(uploads(&attach(&mut rig, vec![picked(1, 10)])).is_empty());
    rig.timer(crate::timers::TimerId::Session(crate::timers::SessionTimer::Reconnect));
    rig.act(Action::Socket(SocketEvent::Opened));
    let effects = rig.welcome(sync(10, vec![summary("bob", 0, 0)]));
    assert!(matches!(uploads(&effects)[..], [UploadCommand::Start { file: 1, .. }]));
    rig.act(Action::Socket(SocketEvent::Closed));
    let id = client_id(&rig, 0);
    rig.act(Action::Upload(UploadEvent::Failed { client_id: id, code: UploadFailure::Network }));
    assert_eq!(rig.chat("bob").thread.outgoing[0].state, OutgoingState::Pending);
    assert_eq!(rig.state.panel.notice, None);
}

#[test]
fn an_upload_the_server_lost_is_uploaded_anew_on_retry() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    attach(&mut rig, vec![picked(1, 10)]);
    let id = client_id(&rig, 0);
    stored(&mut rig, &id);
    rig.refuse(is_send, ErrorCode::UploadNotFound);
    let effects = rig.user(ChatAction::Retry { chat: chat_with("bob"), client_id: id });
    assert!(matches!(uploads(&effects)[..], [UploadCommand::Start { file: 1, .. }]));
}

#[test]
fn pictures_are_loaded_once_and_files_handed_to_the_browser() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    rig.api(ApiCall::OpenWidget);
    rig.user(ChatAction::Open(chat_with("bob")));
    let body = MessageBody::File(attachment());
    rig.event(ChatNews::MessageAdded { message: Message { body, ..message("bob", 1, "bob", "") } });
    let show = UserAction::Chat(ChatAction::ShowPicture { chat: chat_with("bob"), seq: Seq(1) });
    assert_eq!(uploads(&rig.user(show.clone())).len(), 1);
    assert!(rig.user(show.clone()).is_empty(), "on its way already");
    let (chat, seq) = (chat_with("bob"), Seq(1));
    rig.act(Action::Upload(UploadEvent::DownloadFailed { chat: chat.clone(), seq }));
    assert_eq!(rig.state.panel.notice, None);
    assert_eq!(uploads(&rig.user(show.clone())).len(), 1, "may be tried again");
    rig.act(Action::Upload(UploadEvent::Picture { chat: chat.clone(), seq, url: "blob:1".into() }));
    assert!(rig.user(show).is_empty());
    assert_eq!(rig.chat("bob").thread.pictures[&seq], "blob:1");
    let effects = rig.user(ChatAction::DownloadFile { chat: chat.clone(), seq });
    assert!(matches!(uploads(&effects)[..], [UploadCommand::Download { .. }]));
    rig.act(Action::Upload(UploadEvent::DownloadFailed { chat: chat.clone(), seq }));
    assert_eq!(rig.state.panel.notice, Some(Notice::DownloadFailed));
    let effects = rig.event(ChatNews::Removed { chat: chat.clone() });
    assert!(uploads(&effects).contains(&&UploadCommand::ReleaseChat { chat }));
}
