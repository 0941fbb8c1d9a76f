//! Sending: numbered, once, to everybody concerned.

use crate::client::{message, text_message};
use crate::world::{World, chat};
use bandyer_protocol::{
    Attachment, ChatNews, ChatRequest, ClientMessage, ClientMessageId, ErrorCode, MessageBody, PageDirection,
    Seq, ServerMessage, SessionNews, SessionRequest, Timestamp, UploadId,
};
use bandyer_records::{UploadPlace, UploadRecord};

#[tokio::test]
async fn a_message_reaches_every_device_of_both_with_joining_steps() {
    let world = World::start().await;
    let (mut anna, mut bob) = world.pair().await;
    let mut tablet = world.connect("anna").await;
    let chat = chat("anna", "bob");
    let at = tablet.synced().cursor;

    let (sent, step) = anna.send(&chat, "m1", "hello <b>").await;
    assert_eq!((sent.seq, sent.sender.as_str()), (Seq(1), "anna"));
    let step = step.unwrap();
    assert_eq!(step.prev, at);

    let on_tablet = tablet.event().await;
    assert_eq!((message(&on_tablet), on_tablet.step), (sent.clone(), Some(step)));
    let at_bob = bob.event().await;
    assert_eq!(message(&at_bob), sent);
    assert_eq!(at_bob.step.unwrap().cursor, step.cursor);

    let (second, next) = anna.send(&chat, "m2", "again").await;
    assert_eq!(second.seq, Seq(2));
    assert_eq!(next.unwrap().prev, step.cursor);
    assert!(anna.is_quiet().await, "the sender hears of its own message once");
}

#[tokio::test]
async fn the_same_client_id_stores_one_message_also_after_a_restart() {
    let world = World::start().await;
    let chat = chat("anna", "bob");
    let (mut anna, mut bob) = world.pair().await;
    let (first, _) = anna.send(&chat, "m1", "once").await;
    let (again, step) = anna.send(&chat, "m1", "once").await;
    assert_eq!((again, step), (first.clone(), None));
    assert_eq!(message(&bob.event().await), first);
    assert!(bob.is_quiet().await);

    let other = text_message(&chat, "m1", "another text");
    assert_eq!(anna.refused(other).await, ErrorCode::ClientIdReused);
    let (bobs, _) = bob.send(&chat, "m1", "ids are per sender").await;
    assert_eq!(bobs.seq, Seq(2));

    let world = world.restart().await;
    let mut anna = world.connect("anna").await;
    assert_eq!(anna.send(&chat, "m1", "once").await.0, first);
    assert_eq!(anna.thread(&chat).await.len(), 2);
}

#[tokio::test]
async fn one_id_in_two_chats_is_refused() {
    let world = World::start().await;
    let (mut anna, _bob) = world.pair().await;
    anna.add_chat("carl").await;
    anna.send(&chat("anna", "bob"), "m1", "x").await;
    assert_eq!(anna.refused(text_message(&chat("anna", "carl"), "m1", "x")).await, ErrorCode::ClientIdReused);
}

#[tokio::test]
async fn texts_are_one_to_ten_thousand_characters_and_not_blank() {
    let world = World::start().await;
    let (mut anna, _bob) = world.pair().await;
    let chat = chat("anna", "bob");
    for (id, text) in [("a", String::new()), ("b", " \n\t\u{3000}".to_owned()), ("c", "x".repeat(10_001))] {
        assert_eq!(anna.refused(text_message(&chat, id, &text)).await, ErrorCode::InvalidMessage, "{id}");
    }
    let longest = "\u{1F600}".repeat(10_000);
    assert_eq!(anna.send(&chat, "d", &longest).await.0.body, MessageBody::Text(longest));
    assert_eq!(anna.thread(&chat).await.len(), 1);
}

#[tokio::test]
async fn chats_of_others_do_not_exist_for_anybody_else() {
    let world = World::start().await;
    let (mut anna, mut bob) = world.pair().await;
    let mut carl = world.connect("carl").await;
    let (foreign, missing) = (chat("anna", "bob"), chat("anna", "carl"));
    anna.send(&foreign, "m1", "private").await;
    bob.event().await;
    for chat in [foreign, missing] {
        let page = |direction| {
            ClientMessage::Chat(ChatRequest::FetchMessages {
                chat: chat.clone(),
                from: Seq(0),
                direction,
                limit: 9,
            })
        };
        let requests = [
            text_message(&chat, "c1", "let me in"),
            ClientMessage::Chat(ChatRequest::MarkRead { chat: chat.clone(), seq: Seq(1) }),
            ClientMessage::Chat(ChatRequest::Typing { chat: chat.clone() }),
            ClientMessage::Chat(ChatRequest::Remove { chat: chat.clone() }),
            page(PageDirection::After),
            page(PageDirection::Before),
        ];
        for request in requests {
            let told = format!("{request:?}");
            assert_eq!(carl.refused(request).await, ErrorCode::ChatNotFound, "{told}");
        }
    }
    assert_eq!(carl.synced().chats, []);
    assert!(anna.is_quiet().await && bob.is_quiet().await);
}

#[tokio::test]
async fn a_file_is_sent_as_the_server_knows_it_and_only_by_its_owner_into_its_chat() {
    let world = World::start().await;
    let (mut anna, mut bob) = world.pair().await;
    anna.add_chat("carl").await;
    let attachment = Attachment {
        upload: UploadId::parse("up-1").unwrap(),
        name: "cat.png".to_owned(),
        size: 5,
        media_type: "image/png".to_owned(),
        picture: true,
    };
    let owner = crate::world::alias("anna");
    let record = UploadRecord {
        place: UploadPlace::Chat(chat("anna", "bob")),
        owner,
        attachment: attachment.clone(),
        created_at: Timestamp(0),
    };
    world.server.app().hub.add_upload(record).await.unwrap();

    let claimed =
        Attachment { name: "evil.html".to_owned(), media_type: "text/html".to_owned(), ..attachment.clone() };
    let file = |chat, id| {
        ClientMessage::Chat(ChatRequest::SendMessage {
            chat,
            client_id: ClientMessageId::parse(id).unwrap(),
            body: MessageBody::File(claimed.clone()),
        })
    };
    assert_eq!(anna.refused(file(chat("anna", "carl"), "f1")).await, ErrorCode::UploadNotFound);
    assert_eq!(bob.refused(file(chat("anna", "bob"), "f1")).await, ErrorCode::UploadNotFound);
    let sent = message(&anna.ask(file(chat("anna", "bob"), "f1")).await);
    assert_eq!(sent.body, MessageBody::File(attachment));
    assert_eq!(message(&bob.event().await), sent);
    assert_eq!(message(&anna.ask(file(chat("anna", "bob"), "f1")).await), sent, "sent again, stored once");
}

#[tokio::test]
async fn pages_are_ascending_bounded_and_tell_whether_there_is_more() {
    let world = World::start().await;
    let (mut anna, _bob) = world.pair().await;
    let chat = chat("anna", "bob");
    for n in 1..=5 {
        anna.send(&chat, &format!("m{n}"), "text").await;
    }
    assert_eq!(anna.page(&chat, 0, PageDirection::After, 3).await, (vec![1, 2, 3], true));
    assert_eq!(anna.page(&chat, 3, PageDirection::After, 3).await, (vec![4, 5], false));
    assert_eq!(anna.page(&chat, 4, PageDirection::Before, 2).await, (vec![2, 3], true));
    assert_eq!(anna.page(&chat, u64::MAX, PageDirection::Before, 200).await, (vec![1, 2, 3, 4, 5], false));
    for limit in [0, 201] {
        let ask = ClientMessage::Chat(ChatRequest::FetchMessages {
            chat: chat.clone(),
            from: Seq(0),
            direction: PageDirection::After,
            limit,
        });
        assert_eq!(anna.refused(ask).await, ErrorCode::InvalidRequest);
    }
}

#[tokio::test]
async fn a_page_of_long_texts_is_cut_and_nothing_is_skipped() {
    let world = World::start().await;
    let (mut anna, _bob) = world.pair().await;
    let chat = chat("anna", "bob");
    let text = "\u{1F600}".repeat(10_000);
    for n in 1..=20 {
        anna.send(&chat, &format!("m{n}"), &text).await;
    }
    let (page, more) = anna.page(&chat, 21, PageDirection::Before, 200).await;
    assert!(more && page.len() < 20, "{page:?}");
    assert_eq!(page.last(), Some(&20));
    let seqs: Vec<u64> = anna.thread(&chat).await.iter().map(|message| message.seq.0).collect();
    assert_eq!(seqs, (1..=20).collect::<Vec<_>>());
}

#[tokio::test]
async fn typing_is_told_to_the_other_and_nobody_else() {
    let world = World::start().await;
    let (mut anna, mut bob) = world.pair().await;
    let mut carl = world.connect("carl").await;
    let reply = anna.ask(ChatRequest::Typing { chat: chat("anna", "bob") }).await;
    assert_eq!((reply.msg, reply.step), (ServerMessage::Done, None));
    match bob.event().await.msg {
        ServerMessage::Chat(ChatNews::Typing { user, .. }) => assert_eq!(user.as_str(), "anna"),
        other => panic!("{other:?}"),
    }
    assert!(carl.is_quiet().await && anna.is_quiet().await);
}

#[tokio::test]
async fn a_ping_is_answered() {
    let world = World::start().await;
    let mut anna = world.connect("anna").await;
    assert_eq!(anna.ask(SessionRequest::Ping).await.msg, ServerMessage::Session(SessionNews::Pong));
}
