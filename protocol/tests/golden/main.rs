//! Pins the written form of every message: what is in `golden/` is what other clients and older widgets rely on.
//!
//! `GOLDEN=write cargo test -p bandyer-protocol --test golden` writes the files anew; the difference then shows in
//! the commit, and is a change of the protocol.
#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

mod boards;
mod calls;

use bandyer_protocol::board::*;
use bandyer_protocol::secret::Secret;
use bandyer_protocol::upload::DownloadLink;
use bandyer_protocol::*;
use boards::*;
use calls::*;
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::PathBuf;

/// What a client reads of a message it does not know.
const NEVER_SENT: &str = "unknown";

macro_rules! names {
    ($name:ident, $all:ident, $type:ident,
     $($pattern:pat => $text:literal,)* $(; $others:pat => $their_name:expr,)?) => {
        fn $name(message: &$type) -> &'static str {
            match message { $($pattern => $text,)* $($others => $their_name,)? }
        }
        const $all: &[&str] = &[$($text),*];
    };
}

names!(client_name, CLIENT, ClientMessage,
    ClientMessage::Session(SessionRequest::Authenticate(_)) => "session.authenticate",
    ClientMessage::Session(SessionRequest::RefreshToken { .. }) => "session.refresh_token",
    ClientMessage::Session(SessionRequest::Resync { .. }) => "session.resync",
    ClientMessage::Chat(ChatRequest::SendMessage { .. }) => "chat.send_message",
    ClientMessage::Chat(ChatRequest::MarkRead { .. }) => "chat.mark_read",
    ClientMessage::Chat(ChatRequest::Typing { .. }) => "chat.typing",
    ClientMessage::Chat(ChatRequest::Add { .. }) => "chat.add",
    ClientMessage::Chat(ChatRequest::Remove { .. }) => "chat.remove",
    ClientMessage::Chat(ChatRequest::FetchMessages { .. }) => "chat.fetch_messages",
    ClientMessage::User(UserRequest::Get { .. }) => "user.get",
    ClientMessage::User(UserRequest::ListOnline) => "user.list_online",
    ClientMessage::Session(SessionRequest::Ping) => "session.ping",
    ClientMessage::Call(CallRequest::Create { .. }) => "call.create",
    ClientMessage::Call(CallRequest::Cancel { .. }) => "call.cancel",
    ClientMessage::Call(CallRequest::ReportMedia { .. }) => "call.report_media",
    ClientMessage::Call(CallRequest::Join { .. }) => "call.join",
    ClientMessage::Call(CallRequest::Resume { .. }) => "call.resume",
    ClientMessage::Call(CallRequest::Take) => "call.take",
    ClientMessage::Call(CallRequest::StepOut { .. }) => "call.step_out",
    ClientMessage::Call(CallRequest::Accept { .. }) => "call.accept",
    ClientMessage::Call(CallRequest::Decline { .. }) => "call.decline",
    ClientMessage::Call(CallRequest::HangUp { .. }) => "call.hang_up",
    ClientMessage::Call(CallRequest::Signal { .. }) => "call.signal",
    ClientMessage::Call(CallRequest::Upgrade { .. }) => "call.upgrade",
    ClientMessage::Call(CallRequest::GetIceServers { .. }) => "call.get_ice_servers",
    ClientMessage::Call(CallRequest::ShareFile { .. }) => "call.share_file",
    ClientMessage::Call(CallRequest::Rate { .. }) => "call.rate",
    ; ClientMessage::Board(request) => board_question_name(request),
);

names!(board_question_name, BOARD_QUESTIONS, BoardRequest,
    BoardRequest::Open { .. } => "board.open",
    BoardRequest::Apply { .. } => "board.apply",
    BoardRequest::Close { .. } => "board.close",
);

names!(board_news_name, BOARD_NEWS, BoardNews,
    BoardNews::Opened(_) => "board.opened",
    BoardNews::Applied { .. } => "board.applied",
    BoardNews::Changed { .. } => "board.changed",
);

names!(server_name, SERVER, ServerMessage,
    ServerMessage::Session(SessionNews::Welcome(_)) => "session.welcome",
    ServerMessage::Session(SessionNews::TokenRefreshed { .. }) => "session.token_refreshed",
    ServerMessage::Session(SessionNews::Synced(_)) => "session.synced",
    ServerMessage::Chat(ChatNews::Messages { .. }) => "chat.messages",
    ServerMessage::User(UserNews::Status { .. }) => "user.status",
    ServerMessage::User(UserNews::Online { .. }) => "user.online",
    ServerMessage::Done => "done",
    ServerMessage::Unknown => "unknown",
    ServerMessage::Session(SessionNews::Pong) => "session.pong",
    ServerMessage::Error(_) => "error",
    ServerMessage::Session(SessionNews::ForceDisconnect { .. }) => "session.force_disconnect",
    ServerMessage::Session(SessionNews::Restarting { .. }) => "session.restarting",
    ServerMessage::Chat(ChatNews::MessageAdded { .. }) => "chat.message_added",
    ServerMessage::Chat(ChatNews::ReadMoved { .. }) => "chat.read_moved",
    ServerMessage::Chat(ChatNews::Added { .. }) => "chat.added",
    ServerMessage::Chat(ChatNews::Removed { .. }) => "chat.removed",
    ServerMessage::Chat(ChatNews::Typing { .. }) => "chat.typing",
    ServerMessage::User(UserNews::PresenceChanged { .. }) => "user.presence_changed",
    ServerMessage::User(UserNews::Changed(_)) => "user.changed",
    ServerMessage::Call(CallNews::Entered(_)) => "call.entered",
    ServerMessage::Call(CallNews::IceServers { .. }) => "call.ice_servers",
    ServerMessage::Call(CallNews::Dialed(_)) => "call.dialed",
    ServerMessage::Call(CallNews::Answered { .. }) => "call.answered",
    ServerMessage::Call(CallNews::Declined { .. }) => "call.declined",
    ServerMessage::Call(CallNews::Stopped { .. }) => "call.stopped",
    ServerMessage::Call(CallNews::Started { .. }) => "call.started",
    ServerMessage::Call(CallNews::Ended { .. }) => "call.ended",
    ServerMessage::Call(CallNews::PeerLine { .. }) => "call.peer_line",
    ServerMessage::Call(CallNews::Elsewhere(_)) => "call.elsewhere",
    ServerMessage::Call(CallNews::PeerMoved { .. }) => "call.peer_moved",
    ServerMessage::Call(CallNews::Signaled { .. }) => "call.signaled",
    ServerMessage::Call(CallNews::Upgraded { .. }) => "call.upgraded",
    ServerMessage::Call(CallNews::FileShared { .. }) => "call.file_shared",
    ServerMessage::Call(CallNews::EndsSoon { .. }) => "call.ends_soon",
    ; ServerMessage::Board(news) => board_news_name(news),
);

fn alias(text: &str) -> UserAlias {
    UserAlias::parse(text).unwrap()
}

fn chat() -> ChatId {
    ChatId::parse("anna#bob").unwrap()
}

fn attachment() -> Attachment {
    Attachment {
        upload: UploadId::parse("f3kq0Zb7Q1yJ6mVn5sT2Xw").unwrap(),
        name: "plan.png".into(),
        size: 48_211,
        media_type: "image/png".into(),
        picture: true,
    }
}

fn message(body: MessageBody) -> Message {
    Message {
        chat: chat(),
        seq: Seq(42),
        sender: alias("anna"),
        client_id: ClientMessageId::parse("9f86d081884c7d65-7").unwrap(),
        body,
        at: Timestamp(1_767_225_600_000),
    }
}

fn text() -> MessageBody {
    MessageBody::Text("Ciao <b>Bob</b>, \"tutto\" bene?\n\u{1f600}".into())
}

fn summary() -> ChatSummary {
    ChatSummary {
        chat: chat(),
        incarnation: 1,
        created_at: Timestamp(1_767_000_000_000),
        created_by: alias("bob"),
        last_seq: Seq(42),
        last_message: Some(message(text())),
        cut: false,
        read_seq: Seq(40),
        peer_read_seq: Seq(41),
        unread: 2,
    }
}

fn empty_summary() -> ChatSummary {
    ChatSummary {
        last_seq: Seq(0),
        last_message: None,
        read_seq: Seq(0),
        peer_read_seq: Seq(0),
        unread: 0,
        ..summary()
    }
}

fn profile() -> UserProfile {
    UserProfile {
        alias: alias("bob"),
        first_name: Some("Bob".into()),
        last_name: Some("Bianchi".into()),
        email: Some("bob@example.com".into()),
        image: Some("/client/avatars/bob".into()),
        can_video: true,
    }
}

fn bare_profile() -> UserProfile {
    UserProfile { first_name: None, last_name: None, email: None, image: None, can_video: false, ..profile() }
}

/// A part of a long list, and a long text in it.
fn part() -> Sync {
    let chats = vec![ChatSummary { cut: true, ..summary() }];
    Sync { more: true, chats, present: vec![], ..sync(false) }
}

fn sync(complete: bool) -> Sync {
    Sync {
        complete,
        cursor: Cursor(1_234),
        more: false,
        chats: vec![summary()],
        removed: vec![ChatId::parse("anna#carl").unwrap()],
        profiles: vec![bare_profile()],
        present: vec![(alias("bob"), Presence::Busy)],
    }
}

fn epoch() -> Epoch {
    Epoch::parse("6f1c0d1e9a3b").unwrap()
}

fn client_samples() -> Vec<(&'static str, ClientMessage)> {
    let send = |body| {
        ClientMessage::Chat(ChatRequest::SendMessage {
            chat: chat(),
            client_id: ClientMessageId::parse("9f86d081884c7d65-7").unwrap(),
            body,
        })
    };
    let authenticate = |cursor: Option<Cursor>| {
        ClientMessage::Session(SessionRequest::Authenticate(Authenticate {
            token: Secret("header.claims.signature".into()),
            epoch: cursor.map(|_| epoch()),
            cursor,
            client: "1.45.0".into(),
            features: Features::own(),
        }))
    };
    let fetch = |direction| {
        ClientMessage::Chat(ChatRequest::FetchMessages { chat: chat(), from: Seq(43), direction, limit: 30 })
    };
    vec![
        ("authenticate", authenticate(None)),
        ("authenticate_again", authenticate(Some(Cursor(1_234)))),
        (
            "refresh_token",
            ClientMessage::Session(SessionRequest::RefreshToken {
                token: Secret("header.claims.signature".into()),
            }),
        ),
        ("resync", ClientMessage::Session(SessionRequest::Resync { cursor: Cursor(1_234) })),
        ("send_message", send(text())),
        ("send_message_file", send(MessageBody::File(attachment()))),
        ("mark_read", ClientMessage::Chat(ChatRequest::MarkRead { chat: chat(), seq: Seq(42) })),
        ("typing", ClientMessage::Chat(ChatRequest::Typing { chat: chat() })),
        ("add_chat", ClientMessage::Chat(ChatRequest::Add { user: alias("bob") })),
        ("remove_chat", ClientMessage::Chat(ChatRequest::Remove { chat: chat() })),
        ("fetch_messages", fetch(PageDirection::Before)),
        ("fetch_messages_after", fetch(PageDirection::After)),
        ("get_user", ClientMessage::User(UserRequest::Get { user: alias("bob") })),
        ("list_online", ClientMessage::User(UserRequest::ListOnline)),
        ("ping", ClientMessage::Session(SessionRequest::Ping)),
    ]
    .into_iter()
    .chain(call_questions())
    .collect()
}

fn welcome() -> Welcome {
    Welcome {
        session: SessionId::parse("s-17").unwrap(),
        user: UserProfile { alias: alias("anna"), ..bare_profile() },
        now: Timestamp(1_767_225_600_000),
        issued_at: Timestamp(1_767_225_500_000),
        expires_at: Timestamp(1_767_225_860_000),
        limits: Limits::default(),
        epoch: epoch(),
        sync: sync(true),
        features: Features::own(),
        ringing: None,
        elsewhere: None,
    }
}

fn server_samples() -> Vec<(&'static str, Kind, ServerMessage)> {
    use Kind::{Durable, Passing, Reply, ReplyDurable};
    let failure = Failure {
        retry_after_ms: Some(700),
        ..Failure::new(ErrorCode::RateLimited, "More than 50 messages in a second")
    };
    let added = |body| ServerMessage::Chat(ChatNews::MessageAdded { message: message(body) });
    let chat_added = |summary, profile| {
        ServerMessage::Chat(ChatNews::Added { summary: Box::new(summary), profile: Box::new(profile) })
    };
    let users = || vec![(alias("anna"), Presence::Online), (alias("bob"), Presence::Offline)];
    let page = vec![message(text()), Message { seq: Seq(43), ..message(MessageBody::File(attachment())) }];
    vec![
        ("welcome", Reply, ServerMessage::Session(SessionNews::Welcome(Box::new(welcome())))),
        (
            "token_refreshed",
            Reply,
            ServerMessage::Session(SessionNews::TokenRefreshed { expires_at: Timestamp(1_767_226_220_000) }),
        ),
        ("synced", Reply, ServerMessage::Session(SessionNews::Synced(Box::new(sync(false))))),
        ("synced_part", Reply, ServerMessage::Session(SessionNews::Synced(Box::new(part())))),
        (
            "messages",
            Reply,
            ServerMessage::Chat(ChatNews::Messages { chat: chat(), messages: page, has_more: true }),
        ),
        (
            "user_status",
            Reply,
            ServerMessage::User(UserNews::Status { user: alias("bob"), status: Presence::Offline }),
        ),
        ("online_users", Reply, ServerMessage::User(UserNews::Online { users: users() })),
        ("done", Reply, ServerMessage::Done),
        ("pong", Reply, ServerMessage::Session(SessionNews::Pong)),
        ("error", Reply, ServerMessage::Error(Failure::new(ErrorCode::ChatNotFound, "No such chat"))),
        ("error_retry", Reply, ServerMessage::Error(failure)),
        (
            "force_disconnect",
            Passing,
            ServerMessage::Session(SessionNews::ForceDisconnect { reason: DisconnectReason::UserDeleted }),
        ),
        ("restarting", Passing, ServerMessage::Session(SessionNews::Restarting { reconnect_after_ms: 800 })),
        ("message_added", Durable, added(text())),
        ("message_added_file", Durable, added(MessageBody::File(attachment()))),
        ("message_added_reply", ReplyDurable, added(text())),
        (
            "read_moved",
            Durable,
            ServerMessage::Chat(ChatNews::ReadMoved { chat: chat(), user: alias("bob"), seq: Seq(42) }),
        ),
        ("chat_added", Durable, chat_added(empty_summary(), bare_profile())),
        ("chat_added_reply", ReplyDurable, chat_added(summary(), profile())),
        ("chat_removed", Durable, ServerMessage::Chat(ChatNews::Removed { chat: chat() })),
        ("typing", Passing, ServerMessage::Chat(ChatNews::Typing { chat: chat(), user: alias("bob") })),
        ("presence_changed", Passing, ServerMessage::User(UserNews::PresenceChanged { users: users() })),
        ("message_added_declined_call", Durable, added(MessageBody::DeclinedCall(CallType::AudioOnly))),
        ("user_changed", Passing, ServerMessage::User(UserNews::Changed(Box::new(profile())))),
        ("message_added_missed_call", Durable, added(MessageBody::MissedCall(CallType::AudioVideo))),
    ]
    .into_iter()
    .chain(call_answers())
    .chain(call_events())
    .collect()
}

#[derive(Clone, Copy)]
enum Kind {
    Reply,
    ReplyDurable,
    Durable,
    Passing,
}

fn server_envelope(kind: Kind, msg: ServerMessage) -> ServerEnvelope {
    let re = matches!(kind, Kind::Reply | Kind::ReplyDurable).then_some(RequestId(7));
    let step = matches!(kind, Kind::Durable | Kind::ReplyDurable)
        .then_some(CursorStep { prev: Cursor(1_230), cursor: Cursor(1_234) });
    ServerEnvelope { v: PROTOCOL_VERSION, re, step, msg }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/v{PROTOCOL_VERSION}"))
}

/// Compares with the file, and reads the file back.
fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &str, value: &T) {
    let kept = check_written(name, value);
    let read: T = serde_json::from_str(&kept).unwrap();
    assert_eq!(&read, value, "{name} is read as something else");
}

fn check_written(name: &str, value: &impl Serialize) -> String {
    let path = folder().join(format!("{name}.json"));
    let written = serde_json::to_string_pretty(value).unwrap() + "\n";
    if std::env::var("GOLDEN").is_ok_and(|mode| mode == "write") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &written).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{} is missing", path.display()));
    assert_eq!(written, kept, "{name} is written in another way than it was");
    kept
}

#[test]
fn client_messages_are_written_as_ever() {
    let mut seen = BTreeSet::new();
    for (name, msg) in client_samples() {
        seen.insert(client_name(&msg));
        check(&format!("client/{name}"), &ClientEnvelope { v: PROTOCOL_VERSION, id: RequestId(7), msg });
    }
    for (name, question) in board_questions() {
        let text = check_written(&format!("client/{name}"), &question);
        let read: ClientEnvelope = serde_json::from_str(&text).unwrap();
        seen.insert(client_name(&read.msg));
        assert_eq!(read.msg, question.msg.board.into(), "{name} is read as something else");
    }
    assert_eq!(
        seen,
        CLIENT.iter().chain(BOARD_QUESTIONS).copied().collect(),
        "every message has a golden file"
    );
}

#[test]
fn server_messages_are_written_as_ever() {
    let mut seen = BTreeSet::new();
    for (name, kind, msg) in server_samples() {
        seen.insert(server_name(&msg));
        check(&format!("server/{name}"), &server_envelope(kind, msg));
    }
    for (name, kind, news) in board_news() {
        let envelope = server_envelope(kind, news.clone().into());
        seen.insert(server_name(&envelope.msg));
        let read = BoardAnswer::read(&check_written(&format!("server/{name}"), &envelope)).unwrap();
        assert_eq!(
            (read.re, read.msg),
            (envelope.re, BoardReply::Board(news)),
            "{name} is read as something else"
        );
    }
    seen.insert(NEVER_SENT);
    assert_eq!(seen, SERVER.iter().chain(BOARD_NEWS).copied().collect(), "every message has a golden file");
}

/// What was written by any version that is still spoken is still read.
#[test]
fn files_of_every_spoken_version_are_read() {
    let mut read = 0;
    for version in OLDEST_PROTOCOL..=PROTOCOL_VERSION {
        let folder = folder().with_file_name(format!("v{version}"));
        for entry in std::fs::read_dir(folder.join("client")).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            assert_eq!(serde_json::from_str::<ClientEnvelope>(&text).unwrap().v, version, "{text}");
            read += 1;
        }
        for entry in std::fs::read_dir(folder.join("server")).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let envelope = ServerEnvelope::read(&text).unwrap();
            assert_eq!(envelope.v, version, "{text}");
            assert!(envelope.msg != ServerMessage::Unknown || BoardAnswer::read(&text).is_ok(), "{text}");
            read += 1;
        }
    }
    assert!(read > 60, "only {read} files");
}

#[test]
fn what_travels_over_http_is_written_as_ever() {
    check("http/upload_receipt", &UploadReceipt { attachment: attachment() });
    let link = DownloadLink {
        path: "/client/uploads/f3kq0Zb7Q1yJ6mVn5sT2Xw?until=1767225660000&sign=abc".into(),
        expires_at: Timestamp(1_767_225_660_000),
    };
    check("http/download_link", &link);
}

#[test]
fn no_golden_file_is_left_over() {
    let expected: BTreeSet<String> = client_samples()
        .iter()
        .map(|(name, _)| format!("client/{name}.json"))
        .chain(board_questions().iter().map(|(name, _)| format!("client/{name}.json")))
        .chain(server_samples().iter().map(|(name, _, _)| format!("server/{name}.json")))
        .chain(board_news().iter().map(|(name, _, _)| format!("server/{name}.json")))
        .chain(["http/upload_receipt.json".to_owned(), "http/download_link.json".to_owned()])
        .collect();
    let mut found = BTreeSet::new();
    for part in ["client", "server", "http"] {
        for entry in std::fs::read_dir(folder().join(part)).unwrap() {
            found.insert(format!("{part}/{}", entry.unwrap().file_name().to_string_lossy()));
        }
    }
    assert_eq!(found, expected);
}

/// The names a message travels under, from the outside in.
fn path(message: &serde_json::Value) -> String {
    let groups = ["session", "user", "chat", "call", "board"];
    match message {
        serde_json::Value::String(name) => name.clone(),
        message => {
            let (name, inner) = message.as_object().unwrap().iter().next().unwrap();
            if groups.contains(&name.as_str()) { format!("{name}.{}", path(inner)) } else { name.clone() }
        }
    }
}

#[test]
fn the_message_name_is_the_key_it_travels_under() {
    for (_, msg) in client_samples() {
        let value = serde_json::to_value(&msg).unwrap();
        assert_eq!(path(&value), client_name(&msg));
    }
    for (_, question) in board_questions() {
        let value = serde_json::to_value(&question.msg).unwrap();
        assert_eq!(path(&value), client_name(&question.msg.board.into()));
    }
    let boards = board_news().into_iter().map(|(name, kind, news)| (name, kind, news.into()));
    for (_, _, msg) in server_samples().into_iter().chain(boards) {
        let value = serde_json::to_value(&msg).unwrap();
        assert_eq!(path(&value), server_name(&msg));
    }
}
