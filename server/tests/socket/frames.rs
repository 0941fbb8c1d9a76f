//! Frames nobody should send.

use crate::client::{Client, Heard, failure, text_message};
use crate::world::{World, chat};
use bandyer_protocol::features::PROFILES;
use bandyer_protocol::{ChatNews, ErrorCode, RequestId, ServerMessage, SessionNews, SessionRequest};
use futures_util::SinkExt;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn broken_frames_get_a_named_error_and_the_socket_lives() {
    let world = World::start().await;
    let (mut anna, _bob) = world.pair().await;
    let broken = [
        "",
        "{",
        "null",
        "[1,2]",
        r#"[1,2,"ping"]"#,
        r#"{"v":2}"#,
        r#"{"v":2,"id":7,"msg":{"chat":{"add":{"user":"a b"}}}}"#,
        r#"{"v":2,"id":7,"msg":{"chat":{"mark_read":{"chat":"anna#bob","seq":-1}}}}"#,
        r#"{"v":2,"id":7,"msg":{"chat":{"typing":{"chat":"bob#anna"}}}}"#,
        r#"{"v":2,"id":-7,"msg":{"session":"ping"}}"#,
        "\u{0}\u{1F600}",
    ];
    for text in broken {
        anna.post_text(text).await;
        let refused = anna.hear_reply().await;
        let expected = text.contains(r#""id":7"#).then_some(RequestId(7));
        assert_eq!(refused.re, expected, "{text}");
        assert_eq!(failure(refused).code, ErrorCode::MalformedFrame, "{text}");
    }
    anna.post_text(&"[".repeat(60_000)).await;
    assert_eq!(failure(anna.hear_reply().await).code, ErrorCode::MalformedFrame);
    anna.socket.send(Message::Binary(vec![0xff; 100].into())).await.unwrap();
    assert_eq!(failure(anna.hear_reply().await).code, ErrorCode::MalformedFrame);
    assert_eq!(anna.send(&chat("anna", "bob"), "m1", "still here").await.0.seq.0, 1);
}

#[tokio::test]
async fn what_a_newer_client_says_is_refused_by_name_and_the_socket_lives() {
    let world = World::start().await;
    let (mut anna, _bob) = world.pair().await;
    for msg in [
        r#""sing""#,
        r#"{"sing":{}}"#,
        r#"{"board":{"draw":{"board":"b1"}}}"#,
        r#"{"chat":"empty"}"#,
        r#"{"chat":{"pin":{"chat":"anna#bob","seq":1}}}"#,
        r#"{"call":{"signal":{"call":"room_1","signal":{"pointer":{"x":1}}}}}"#,
        r#"{"chat":{"fetch_messages":{"chat":"anna#bob","from":1,"direction":"around","limit":1}}}"#,
        r#"{"chat":{"send_message":{"chat":"anna#bob","client_id":"p","body":{"poll":{"of":["x"]}}}}}"#,
    ] {
        anna.post_text(&format!(r#"{{"v":2,"id":7,"msg":{msg}}}"#)).await;
        let refused = anna.hear_reply().await;
        assert_eq!(refused.re, Some(RequestId(7)), "{msg}");
        assert_eq!(failure(refused).code, ErrorCode::UnknownMessage, "{msg}");
    }
    let mut early = world.knock().await;
    early.post_text(r#"{"v":2,"id":1,"msg":{"session":{"introduce":{}}}}"#).await;
    assert_eq!(failure(early.hear_reply().await).code, ErrorCode::UnknownMessage);
    early.sign_in(&world.token("anna"), None).await;
    assert_eq!(anna.send(&chat("anna", "bob"), "m1", "still here").await.0.seq.0, 1);
}

#[tokio::test]
async fn both_sides_name_what_they_know() {
    let world = World::start().await;
    let welcome = world.connect("anna").await.welcome.unwrap();
    assert!(welcome.features.has(PROFILES));
}

#[tokio::test]
async fn broken_frames_before_the_token_are_tolerated_a_few_times() {
    let world = World::start().await;
    let mut patient = world.knock().await;
    patient.post_text("{").await;
    assert_eq!(failure(patient.hear_envelope().await).code, ErrorCode::MalformedFrame);
    patient.sign_in(&world.token("anna"), None).await;

    let mut noisy = world.knock().await;
    for _ in 0..8 {
        noisy.post_text("{").await;
    }
    assert_eq!(noisy.closed().await, Some(1008));
}

#[tokio::test]
async fn another_protocol_version_is_named_and_ends_the_socket() {
    let world = World::start().await;
    for text in [r#"{"v":3,"id":1,"msg":{"session":"ping"}}"#, r#"{"v":3,"id":1,"msg":{"of":"the future"}}"#]
    {
        for signed_in in [false, true] {
            let mut client = if signed_in { world.connect("anna").await } else { world.knock().await };
            client.post_text(text).await;
            assert_eq!(failure(client.hear_reply().await).code, ErrorCode::UnsupportedProtocol);
            assert_eq!(client.closed().await, Some(1008));
        }
    }
}

#[tokio::test]
async fn a_huge_frame_is_refused_by_name_before_the_line_closes() {
    let world = World::start().await;
    for size in [70_000, 1_000_000, 20_000_000] {
        let (mut anna, mut bob) = (world.connect("anna").await, world.connect("bob").await);
        anna.add_chat("bob").await;
        let text = "x".repeat(size);
        let huge = serde_json::to_string(&text).unwrap();
        // The server may stop reading before everything is sent.
        let (mut sender, mut receiver) = futures_util::StreamExt::split(anna.socket);
        let sending = tokio::spawn(async move { sender.send(Message::Text(huge.into())).await });
        let code = loop {
            match futures_util::StreamExt::next(&mut receiver).await {
                Some(Ok(Message::Text(text))) => {
                    let envelope: bandyer_protocol::ServerEnvelope = serde_json::from_str(&text).unwrap();
                    if let ServerMessage::Error(failure) = envelope.msg {
                        break failure.code;
                    }
                }
                other => panic!("{size}: {other:?}"),
            }
        };
        assert_eq!(code, ErrorCode::FrameTooLarge, "{size}");
        drop(receiver);
        sending.abort();
        assert_eq!(bob.ask(SessionRequest::Ping).await.msg, ServerMessage::Session(SessionNews::Pong));
    }
}

#[tokio::test]
async fn a_message_at_the_limit_of_characters_fits_in_a_frame() {
    let world = World::start().await;
    let (mut anna, _bob) = world.pair().await;
    let text = "\u{1F600}".repeat(10_000);
    let reply = anna.ask(text_message(&chat("anna", "bob"), "m1", &text)).await;
    assert!(matches!(reply.msg, ServerMessage::Chat(ChatNews::MessageAdded { .. })));
}

#[tokio::test]
async fn garbage_instead_of_websocket_frames_hurts_nobody_else() {
    let world = World::start().await;
    let mut bob = world.connect("bob").await;
    let mut garbage = world.connect("anna").await;
    if let tokio_tungstenite::MaybeTlsStream::Plain(stream) = garbage.socket.get_mut() {
        stream.write_all(&[0xff; 4096]).await.unwrap();
    }
    assert!(matches!(garbage.hear_until_closed().await, Heard::Closed(_)));
    assert_eq!(bob.ask(SessionRequest::Ping).await.msg, ServerMessage::Session(SessionNews::Pong));
}

impl Client {
    /// The next frame that is no event.
    async fn hear_reply(&mut self) -> bandyer_protocol::ServerEnvelope {
        loop {
            let envelope = self.hear_envelope().await;
            if envelope.re.is_some() || matches!(envelope.msg, ServerMessage::Error(_)) {
                return envelope;
            }
        }
    }

    async fn hear_until_closed(&mut self) -> Heard {
        loop {
            if let closed @ Heard::Closed(_) = self.hear().await {
                return closed;
            }
        }
    }
}
