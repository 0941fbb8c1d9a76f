//! Users with very many chats, and what they may cost the others.

use crate::client::{Client, failure};
use crate::world::{World, alias, chat};
use bandyer_hub::sync::MOST_CHATS;
use bandyer_protocol::{
    ChatId, ChatNews, ChatRequest, ClientMessageId, Cursor, ErrorCode, Message, MessageBody, PREVIEW_CHARS,
    Seq, ServerMessage, SessionNews, SessionRequest, Sync, Timestamp,
};
use bandyer_records::{ChatRecord, UserRecord, Write};
use bandyer_server::Config;
use std::collections::BTreeSet;

/// So many chats of anna's, each with one message of that text, from as many users.
async fn crowd(world: &World, count: u32, text: &str) {
    let mut writes = Vec::new();
    for n in 1..=count {
        let other = alias(&format!("guest-{n:04}"));
        let id = chat("anna", other.as_str());
        let client_id = ClientMessageId::parse(&format!("m{n}")).unwrap();
        let body = MessageBody::Text(text.to_owned());
        let (at, seq) = (Timestamp(n.into()), Seq(1));
        writes.push(Write::AddMessage(Message {
            chat: id.clone(),
            seq,
            sender: other.clone(),
            client_id,
            body,
            at,
        }));
        writes.push(Write::PutChat(ChatRecord {
            users: id.participants(),
            id,
            incarnation: 1,
            created_at: at,
            created_by: other.clone(),
            removed: false,
            revision: Cursor(n.into()),
            last_seq: seq,
            read: [Seq(0), seq],
            unread: [1, 0],
        }));
        writes.push(Write::PutUser(UserRecord::new(other, at)));
    }
    world.server.app().hub.keep(writes).await.unwrap();
}

async fn next_part(client: &mut Client, cursor: Cursor) -> Sync {
    match client.ask(SessionRequest::Resync { cursor }).await.msg {
        ServerMessage::Session(SessionNews::Synced(sync)) => *sync,
        other => panic!("{other:?}"),
    }
}

/// The rest of the list, after its first part.
async fn whole_list(client: &mut Client, first: Sync) -> BTreeSet<ChatId> {
    let mut found = BTreeSet::new();
    let mut sync = first;
    loop {
        assert!(sync.chats.len() <= MOST_CHATS as usize, "{} chats in a part", sync.chats.len());
        found.extend(sync.chats.into_iter().map(|summary| summary.chat));
        if !sync.more {
            return found;
        }
        sync = next_part(client, sync.cursor).await;
    }
}

#[tokio::test]
async fn a_long_list_comes_in_parts_that_hold_no_long_texts() {
    let world = World::start().await;
    crowd(&world, 250, &"\u{1F600}".repeat(10_000)).await;
    let mut anna = world.knock().await;
    let first = anna.sign_in(&world.token("anna"), None).await.sync;
    assert!(first.complete && first.more);
    for summary in &first.chats {
        let text = summary.last_message.as_ref().unwrap().body.as_text();
        assert_eq!((text.chars().count(), summary.cut), (PREVIEW_CHARS, true));
    }
    assert!(serde_json::to_string(&first).unwrap().len() < 400_000);
    assert_eq!(whole_list(&mut anna, first).await.len(), 250);
}

#[tokio::test]
async fn asking_for_everything_again_and_again_is_charged_for_what_it_costs() {
    let defaults = Config::default();
    let world = World::with(|config| {
        // However slow the machine: nothing worth speaking of comes back meanwhile.
        config.requests_per_second = 1;
        config.request_burst = defaults.request_burst;
        // Nor is it cut off because it reads slowly.
        config.backlog_bytes = 1_000_000_000;
    })
    .await;
    crowd(&world, 400, &"\u{1F600}".repeat(10_000)).await;
    let mut anna = world.connect("anna").await;
    let mut asked = Vec::new();
    for _ in 0..60 {
        asked.push(anna.post(SessionRequest::Resync { cursor: Cursor(0) }).await);
    }
    let (mut served, mut refused) = (0, 0);
    for _ in asked {
        let answer = loop {
            let envelope = anna.hear_envelope().await;
            if envelope.re.is_some() {
                break envelope;
            }
        };
        match answer.msg {
            ServerMessage::Session(SessionNews::Synced(sync)) => {
                assert!(sync.chats.len() <= MOST_CHATS as usize);
                served += 1;
            }
            ServerMessage::Error(failure) if failure.code == ErrorCode::RateLimited => refused += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(served + refused, 60);
    assert!(served < 50 && refused > 0, "{served} served, {refused} refused");
}

#[tokio::test]
async fn a_welcome_over_the_backlog_arrives_however_much_is_said_behind_it() {
    let world = World::with(|config| {
        config.backlog_bytes = 32_000;
        config.sessions_per_user = 1000;
    })
    .await;
    crowd(&world, 2000, "hello").await;
    let (mut bob, mut carl) = (world.connect("bob").await, world.connect("carl").await);
    bob.add_chat("anna").await;
    carl.add_chat("anna").await;
    let writing = tokio::spawn(async move {
        for n in 0..200 {
            bob.send(&chat("anna", "bob"), &format!("b{n}"), "to anna").await;
            carl.send(&chat("anna", "carl"), &format!("c{n}"), "to anna").await;
        }
    });
    let mut rounds = 0;
    while rounds < 5 || !writing.is_finished() {
        let mut anna = world.knock().await;
        let first = anna.sign_in(&world.token("anna"), None).await.sync;
        if rounds == 0 {
            assert_eq!(whole_list(&mut anna, first).await.len(), 2002);
        }
        rounds += 1;
    }
    writing.await.unwrap();
}

#[tokio::test]
async fn a_user_opens_so_many_chats_and_no_more() {
    let world = World::with(|config| config.chats_per_user = 2).await;
    crowd(&world, 3, "opened by others").await;
    let mut anna = world.connect("anna").await;
    anna.add_chat("bob").await;
    anna.add_chat("carl").await;
    world.add_user("dora").await;
    let to = |user: &str| ChatRequest::Add { user: alias(user) };
    let refused = failure(anna.ask(to("dora")).await);
    assert_eq!(refused.code, ErrorCode::TooManyChats);
    anna.add_chat("bob").await;
    world.server.app().hub.add_chat(alias("anna"), alias("dora")).await.unwrap();
    anna.ask(ChatRequest::Remove { chat: chat("anna", "carl") }).await;
    anna.ask(ChatRequest::Remove { chat: chat("anna", "dora") }).await;
    assert!(matches!(anna.ask(to("carl")).await.msg, ServerMessage::Chat(ChatNews::Added { .. })));
}
