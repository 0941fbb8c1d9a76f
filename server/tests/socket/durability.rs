//! Killed in the middle: what was acknowledged is there, and nothing is there twice.

use crate::client::{Client, Heard, text_message};
use crate::process::Process;
use crate::world::{TOKEN_SECRET, alias, chat};
use bandyer_protocol::{ChatId, ChatNews, Message, ServerMessage};
use bandyer_records::{ChatRecord, UserRecord, Write};
use bandyer_server::auth::token::TokenKeys;
use bandyer_server::clock;
use bandyer_store::sqlite::SqliteSettings;
use bandyer_store::{SqliteStore, Store};
use std::collections::BTreeMap;
use std::path::Path;

const MESSAGES: usize = 1000;

fn seed(data: &Path) {
    let settings = SqliteSettings { busy_ms: 100, max_kb: None };
    let mut store = SqliteStore::open(&data.join("chat.db"), settings).unwrap();
    let users = [alias("anna"), alias("bob")];
    for user in &users {
        store.apply(&Write::PutUser(UserRecord::new(user.clone(), clock::now()))).unwrap();
    }
    let chat = ChatRecord {
        id: chat("anna", "bob"),
        created_by: users[0].clone(),
        users,
        incarnation: 1,
        created_at: clock::now(),
        removed: false,
        revision: bandyer_protocol::Cursor(1),
        last_seq: bandyer_protocol::Seq(0),
        read: [bandyer_protocol::Seq(0); 2],
        unread: [0; 2],
    };
    store.apply(&Write::PutChat(chat)).unwrap();
    store.commit().unwrap();
}

async fn sign_in(process: &Process, name: &str) -> Client {
    let keys = TokenKeys::new(TOKEN_SECRET.as_bytes()).unwrap();
    let token = keys.issue(&alias(name), clock::now(), 600).unwrap().0;
    let mut client = Client::open(process.address).await;
    client.sign_in(&token, None).await;
    client
}

/// Sends everything that is not acknowledged, and notes what is, until so much is or the line breaks.
async fn send_rest(
    client: &mut Client,
    chat: &ChatId,
    stored: &mut BTreeMap<String, Message>,
    enough: usize,
) {
    for n in 0..MESSAGES {
        let id = format!("m{n}");
        if !stored.contains_key(&id) {
            client.post(text_message(chat, &id, &format!("text {n}"))).await;
        }
    }
    while stored.len() < enough {
        match client.hear().await {
            Heard::Closed(_) => return,
            Heard::Envelope(envelope) => {
                if let ServerMessage::Chat(ChatNews::MessageAdded { message }) = envelope.msg {
                    let before = stored.insert(message.client_id.to_string(), message.clone());
                    assert!(before.is_none_or(|before| before == message));
                }
            }
        }
    }
}

#[tokio::test]
async fn sigkill_in_the_middle_of_a_thousand_sends_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    seed(folder.path());
    let chat = chat("anna", "bob");
    let mut stored = BTreeMap::new();
    for enough in [1, 130, 300, 555, 800] {
        let mut process = Process::start(folder.path());
        let mut anna = sign_in(&process, "anna").await;
        send_rest(&mut anna, &chat, &mut stored, enough).await;
        process.kill();
        assert!(stored.len() >= enough);
    }
    let process = Process::start(folder.path());
    let mut anna = sign_in(&process, "anna").await;
    send_rest(&mut anna, &chat, &mut stored, MESSAGES).await;

    let thread = sign_in(&process, "bob").await.thread(&chat).await;
    let seqs: Vec<u64> = thread.iter().map(|message| message.seq.0).collect();
    assert_eq!(seqs, (1..=MESSAGES as u64).collect::<Vec<_>>(), "no hole, nothing twice");
    for message in thread {
        assert_eq!(stored.get(message.client_id.as_str()), Some(&message), "as acknowledged");
    }
}
