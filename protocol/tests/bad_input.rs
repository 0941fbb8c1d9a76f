//! What must not be read as a message, and what must in spite of being unknown.

use bandyer_protocol::*;

fn client(text: &str) -> Result<ClientEnvelope, serde_json::Error> {
    serde_json::from_str(text)
}

fn server(text: &str) -> Result<ServerEnvelope, serde_json::Error> {
    ServerEnvelope::read(text)
}

#[test]
fn broken_frames_are_refused() {
    for text in [
        "",
        "null",
        "[]",
        "{",
        "\"ping\"",
        r#"{"v":2,"id":1}"#,
        r#"{"v":2,"msg":{"session":"ping"}}"#,
        r#"{"v":2,"id":-1,"msg":{"session":"ping"}}"#,
        r#"{"v":2,"id":1.5,"msg":{"session":"ping"}}"#,
        r#"{"v":70000,"id":1,"msg":{"session":"ping"}}"#,
        r#"{"v":2,"id":4294967296,"msg":{"session":"ping"}}"#,
        r#"{"v":2,"id":1,"msg":{"session":"pong"}}"#,
        r#"{"v":2,"id":1,"msg":{"session":{"ping":null,"refresh":null}}}"#,
        r#"{"v":2,"id":1,"msg":{"session":"ping"}} x"#,
        r#"{"v":2,"id":1,"msg":{"chat":{"typing":{}}}}"#,
        r#"{"v":2,"id":1,"msg":{"chat":{"fetch_messages":{"chat":"a#b","from":1,"direction":"up","limit":1}}}}"#,
        r#"{"v":2,"id":1,"msg":{"chat":{"mark_read":{"chat":"a#b","seq":-1}}}}"#,
    ] {
        assert!(client(text).is_err(), "{text}");
    }
    assert!(client(r#"{"v":2,"id":1,"msg":{"session":"ping"}}"#).is_ok());
}

#[test]
fn identifiers_are_checked_on_arrival() {
    let typing = |chat: &str| {
        client(&format!(r#"{{"v":2,"id":1,"msg":{{"chat":{{"typing":{{"chat":"{chat}"}}}}}}}}"#))
    };
    for chat in ["", "a", "#", "a#", "#b", "b#a", "a#a", "a#b#c", "a b#c", "a#<script>", "a#b\\u0000"] {
        assert!(typing(chat).is_err(), "{chat}");
    }
    assert!(typing("a#b").is_ok());
    let long = "x".repeat(129);
    let add =
        |user: &str| client(&format!(r#"{{"v":2,"id":1,"msg":{{"chat":{{"add":{{"user":"{user}"}}}}}}}}"#));
    for user in ["", "é", "a/b", "../x", long.as_str()] {
        assert!(add(user).is_err(), "{user}");
    }
    let send = |id: &str| {
        client(&format!(
            r#"{{"v":2,"id":1,"msg":{{"chat":{{"send_message":{{"chat":"a#b","client_id":"{id}","body":{{"text":"x"}}}}}}}}}}"#
        ))
    };
    assert!(send(&"x".repeat(64)).is_ok());
    assert!(send(&"x".repeat(65)).is_err());
    assert!(send("").is_err());
}

#[test]
fn what_a_newer_side_adds_is_passed_over() {
    let known =
        client(r#"{"v":2,"id":1,"msg":{"chat":{"typing":{"chat":"a#b","mood":"happy"}}},"trace":"x"}"#)
            .unwrap();
    assert_eq!(known.msg, ClientMessage::Chat(ChatRequest::Typing { chat: ChatId::parse("a#b").unwrap() }));
    let failure = server(r#"{"v":2,"re":1,"msg":{"error":{"code":"brand_new","reason":"?"}}}"#).unwrap();
    assert_eq!(failure.msg, ServerMessage::Error(Failure::new(ErrorCode::Unknown, "?")));
}

#[test]
fn what_a_client_does_not_know_is_passed_over_at_every_level() {
    for msg in [
        r#""brand_new""#,
        r#"{"brand_new":{"chat":"a#b"}}"#,
        r#"{"board":{"drawn":{"board":"b1"}}}"#,
        r#"{"chat":"emptied"}"#,
        r#"{"chat":{"pinned":{"chat":"a#b","seq":4}}}"#,
        r#"{"call":{"signaled":{"call":"room_1","signal":{"pointer":{"x":1}}}}}"#,
        r#"{"user":{"presence_changed":{"users":[["anna","asleep"]]}}}"#,
    ] {
        let text = format!(r#"{{"v":2,"re":7,"step":{{"prev":1,"cursor":2}},"msg":{msg}}}"#);
        let read = server(&text).unwrap();
        assert_eq!(read.msg, ServerMessage::Unknown, "{text}");
        assert_eq!(read.re, Some(RequestId(7)));
        assert_eq!(read.step, Some(CursorStep { prev: Cursor(1), cursor: Cursor(2) }));
    }
    for text in ["", "{", "[]", r#"{"v":2}"#, r#"{"msg":{"session":"pong"}}"#, r#"{"v":"2","msg":"done"}"#] {
        assert!(server(text).is_err(), "{text}");
    }
}

#[test]
fn a_message_of_an_unknown_kind_keeps_its_place() {
    let message = |seq: u64, body: &str| {
        format!(
            r#"{{"chat":"anna#bob","seq":{seq},"sender":"bob","client_id":"c{seq}","body":{body},"at":1}}"#
        )
    };
    let list = [
        message(1, r#"{"text":"a"}"#),
        message(2, r#"{"poll":{"of":["x","y"]}}"#),
        message(3, r#"{"text":"b"}"#),
    ];
    let text = format!(
        r#"{{"v":2,"re":1,"msg":{{"chat":{{"messages":{{"chat":"anna#bob","messages":[{}],"has_more":false}}}}}}}}"#,
        list.join(",")
    );
    let ServerMessage::Chat(ChatNews::Messages { messages, .. }) = server(&text).unwrap().msg else {
        panic!("not a page")
    };
    let bodies: Vec<MessageBody> = messages.into_iter().map(|message| message.body).collect();
    assert_eq!(bodies, [MessageBody::Text("a".into()), MessageBody::Unknown, MessageBody::Text("b".into())]);
}

#[test]
fn an_end_is_understood_whatever_its_reason() {
    let call = |news: &str| server(&format!(r#"{{"v":2,"msg":{{"call":{news}}}}}"#)).unwrap().msg;
    let name = CallAlias::parse("room_1").unwrap();
    assert_eq!(
        call(r#"{"ended":{"call":"room_1","reason":"brand_new"}}"#),
        CallNews::Ended { call: name.clone(), by: None, reason: EndReason::Closed }.into()
    );
    let by = UserAlias::parse("bob").unwrap();
    assert_eq!(
        call(r#"{"stopped":{"call":"room_1","by":"bob","reason":"brand_new"}}"#),
        CallNews::Stopped { call: name.clone(), by: by.clone(), reason: StopReason::Error }.into()
    );
    assert_eq!(
        call(r#"{"declined":{"call":"room_1","by":"bob","reason":"brand_new"}}"#),
        CallNews::Declined { call: name, by, reason: DeclineReason::Error }.into()
    );
    let out = server(r#"{"v":2,"msg":{"session":{"force_disconnect":{"reason":"brand_new"}}}}"#).unwrap().msg;
    assert_eq!(out, SessionNews::ForceDisconnect { reason: DisconnectReason::UserDisabled }.into());
}

#[test]
fn a_refusal_of_any_version_is_understood() {
    for version in [1, 2, 3, 900] {
        let text = format!(
            r#"{{"v":{version},"re":1,"msg":{{"error":{{"code":"unsupported_protocol","reason":"?","since":4}}}}}}"#
        );
        let refused = server(&text).unwrap();
        assert_eq!((refused.v, refused.re), (version, Some(RequestId(1))));
        assert_eq!(refused.msg, ServerMessage::Error(Failure::new(ErrorCode::UnsupportedProtocol, "?")));
    }
}

#[test]
fn a_version_can_be_told_before_the_message_is_understood() {
    let newer = client(r#"{"v":3,"id":1,"msg":{"session":"ping"}}"#).unwrap();
    assert_eq!(newer.v, 3);
}

#[test]
fn secrets_do_not_show_in_debug_output() {
    let text = r#"{"v":2,"id":1,"msg":{"session":{"authenticate":{"token":"s3cr3t","client":"1"}}}}"#;
    let shown = format!("{:?}", client(text).unwrap());
    assert!(!shown.contains("s3cr3t"), "{shown}");
}

#[test]
fn every_error_code_travels_as_its_word() {
    for code in [
        ErrorCode::UnsupportedProtocol,
        ErrorCode::MalformedFrame,
        ErrorCode::UnknownMessage,
        ErrorCode::FrameTooLarge,
        ErrorCode::NotAuthenticated,
        ErrorCode::InvalidToken,
        ErrorCode::TokenExpired,
        ErrorCode::WrongUser,
        ErrorCode::OutOfScope,
        ErrorCode::UserDeleted,
        ErrorCode::UserDisabled,
        ErrorCode::UserNotFound,
        ErrorCode::ChatNotFound,
        ErrorCode::TooManyChats,
        ErrorCode::ChatWithSelf,
        ErrorCode::InvalidMessage,
        ErrorCode::ClientIdReused,
        ErrorCode::UploadNotFound,
        ErrorCode::UploadTooLarge,
        ErrorCode::RateLimited,
        ErrorCode::TooManySessions,
        ErrorCode::StorageUnavailable,
        ErrorCode::ShuttingDown,
        ErrorCode::InvalidRequest,
        ErrorCode::Internal,
    ] {
        assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        assert_eq!(serde_json::from_value::<ErrorCode>(code.as_str().into()).unwrap(), code);
    }
}
