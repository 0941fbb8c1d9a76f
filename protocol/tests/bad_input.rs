//! What must not be read as a message, and what must in spite of being unknown.

use bandyer_protocol::*;

fn client(text: &str) -> Result<ClientEnvelope, serde_json::Error> {
    serde_json::from_str(text)
}

fn server(text: &str) -> Result<ServerEnvelope, serde_json::Error> {
    serde_json::from_str(text)
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
        r#"{"v":2,"id":1,"msg":{"chat":{"send_message":{"chat":"a#b","client_id":"c","body":{"html":"x"}}}}}"#,
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
fn a_version_can_be_told_before_the_message_is_understood() {
    let newer = client(r#"{"v":2,"id":1,"msg":{"session":"ping"}}"#).unwrap();
    assert_eq!(newer.v, 2);
    assert!(server(r#"{"v":2,"msg":{"brand_new":{}}}"#).is_err());
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
        ErrorCode::FrameTooLarge,
        ErrorCode::NotAuthenticated,
        ErrorCode::InvalidToken,
        ErrorCode::TokenExpired,
        ErrorCode::WrongUser,
        ErrorCode::UserDeleted,
        ErrorCode::UserDisabled,
        ErrorCode::UserNotFound,
        ErrorCode::ChatNotFound,
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
