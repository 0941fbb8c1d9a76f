//! What every store must do, run against each of them.

pub mod board;
mod calls;

use crate::Store;
use bandyer_protocol::{
    Attachment, ChatId, ClientMessageId, Cursor, Message, MessageBody, PageDirection, Seq, Timestamp,
    UploadId, UserAlias,
};
use bandyer_records::{ChatRecord, UploadPlace, UploadRecord, UserRecord, Write};

pub fn alias(text: &str) -> UserAlias {
    UserAlias::parse(text).unwrap()
}

pub fn user(text: &str) -> UserRecord {
    UserRecord { first_name: Some("<b>Ann</b>".to_owned()), ..UserRecord::new(alias(text), Timestamp(7)) }
}

pub fn chat(first: &str, second: &str, revision: u64) -> ChatRecord {
    let users = [alias(first), alias(second)];
    ChatRecord {
        id: ChatId::between(&users[0], &users[1]).unwrap(),
        created_by: users[1].clone(),
        users,
        incarnation: 1,
        created_at: Timestamp(5),
        removed: false,
        revision: Cursor(revision),
        last_seq: Seq(3),
        read: [Seq(1), Seq(2)],
        unread: [2, 1],
    }
}

fn message(chat: &ChatRecord, seq: u64, sender: &str, body: MessageBody) -> Message {
    Message {
        chat: chat.id.clone(),
        seq: Seq(seq),
        sender: alias(sender),
        client_id: ClientMessageId::parse(&format!("m{seq}")).unwrap(),
        body,
        at: Timestamp(100 + i64::try_from(seq).unwrap()),
    }
}

fn text(chat: &ChatRecord, seq: u64, sender: &str) -> Message {
    message(chat, seq, sender, MessageBody::Text(format!("text {seq} 'x' \u{1F600} \"; DROP TABLE")))
}

fn upload(chat: &ChatRecord) -> UploadRecord {
    UploadRecord {
        place: UploadPlace::Chat(chat.id.clone()),
        owner: chat.users[0].clone(),
        attachment: Attachment {
            upload: UploadId::parse("u-1").unwrap(),
            name: "böse.svg".to_owned(),
            size: 150_000_000,
            media_type: "image/png".to_owned(),
            picture: true,
        },
        created_at: Timestamp(9),
    }
}

/// `open` makes an empty store, and what has to live as long as it.
pub fn run<S: Store, G>(open: impl Fn() -> (S, G)) {
    users(&mut open().0);
    chats(&mut open().0);
    messages(&mut open().0);
    clearing(&mut open().0);
    unsent_uploads(&mut open().0);
    rolling_back(&mut open().0);
    calls::run(&open);
    board::run(&open);
}

fn apply(store: &mut impl Store, writes: impl IntoIterator<Item = Write>) {
    for write in writes {
        store.apply(&write).unwrap();
    }
    store.commit().unwrap();
}

fn users(store: &mut impl Store) {
    assert_eq!(store.user(&alias("anna")).unwrap(), None);
    let newer = UserRecord { created_at: Timestamp(8), ..user("bob") };
    apply(store, [Write::PutUser(user("anna")), Write::PutUser(newer), Write::PutUser(user("carl"))]);
    assert_eq!(store.user(&alias("anna")).unwrap(), Some(user("anna")));
    assert_eq!(store.aliases().unwrap(), [alias("bob"), alias("anna"), alias("carl")]);

    apply(store, [Write::PutUser(user("anna").erased()), Write::AllCanVideo(false)]);
    assert_eq!(store.user(&alias("anna")).unwrap(), Some(user("anna").erased()));
    assert_eq!(store.aliases().unwrap(), [alias("bob"), alias("carl")]);
    assert!(!store.user(&alias("bob")).unwrap().unwrap().can_video);
}

fn chats(store: &mut impl Store) {
    assert_eq!(store.latest_revision().unwrap(), Cursor(0));
    let (ab, bc, cd) = (chat("anna", "bob", 3), chat("bob", "carl", 1), chat("carl", "dora", 2));
    apply(store, [&ab, &bc, &cd].map(|chat| Write::PutChat(chat.clone())));
    assert_eq!(store.chat(&ab.id).unwrap(), Some(ab.clone()));
    assert_eq!(store.chats_of(&alias("bob")).unwrap(), [bc.clone(), ab.clone()]);
    assert_eq!(store.chats_of(&alias("eve")).unwrap(), []);
    assert_eq!(store.latest_revision().unwrap(), Cursor(3));

    let removed = ChatRecord { removed: true, revision: Cursor(4), incarnation: 2, ..bc };
    apply(store, [Write::PutChat(removed.clone())]);
    assert_eq!(store.chats_of(&alias("bob")).unwrap(), [ab.clone(), removed.clone()]);
    parts_of_a_list(store, &ab, &removed);
    assert_eq!(store.latest_revision().unwrap(), Cursor(4));
}

fn parts_of_a_list(store: &impl Store, ab: &ChatRecord, removed: &ChatRecord) {
    let bob = alias("bob");
    let after = |cursor, limit| store.chats_after(&bob, Cursor(cursor), limit).unwrap();
    assert_eq!(after(0, 9), [ab.clone(), removed.clone()]);
    assert_eq!(after(0, 1), std::slice::from_ref(ab));
    assert_eq!(after(3, 9), std::slice::from_ref(removed));
    assert_eq!(after(u64::MAX, 9), []);
    let cursor = |user| store.cursor_of(&alias(user)).unwrap();
    assert_eq!((cursor("anna"), cursor("bob"), cursor("eve")), (Cursor(3), Cursor(4), Cursor(0)));
    let peers = |user| store.peers_of(&alias(user)).unwrap();
    assert_eq!((peers("bob"), peers("carl")), (vec![alias("anna")], vec![alias("dora")]));
    let opened = |user| store.opened_by(&alias(user)).unwrap();
    assert_eq!((opened("bob"), opened("carl"), opened("anna")), (1, 0, 0), "what was removed does not count");
}

fn messages(store: &mut impl Store) {
    let (ab, bc) = (chat("anna", "bob", 1), chat("bob", "carl", 2));
    let file = message(&ab, 4, "anna", MessageBody::File(upload(&ab).attachment));
    let foreign = Message { client_id: ClientMessageId::parse("m1").unwrap(), ..text(&bc, 1, "carl") };
    let all = [text(&ab, 1, "anna"), text(&ab, 2, "bob"), text(&ab, 3, "anna"), file];
    apply(store, all.iter().cloned().chain([foreign]).map(Write::AddMessage));

    assert_eq!(store.message(&ab.id, Seq(4)).unwrap(), Some(all[3].clone()));
    assert_eq!(store.message(&ab.id, Seq(5)).unwrap(), None);
    let found = store.message_by_client_id(&alias("anna"), &all[0].client_id).unwrap();
    assert_eq!(found, Some(all[0].clone()));
    assert_eq!(store.message_by_client_id(&alias("bob"), &all[0].client_id).unwrap(), None);

    let page = |from, direction, limit| store.messages(&ab.id, Seq(from), direction, limit).unwrap();
    assert_eq!(page(0, PageDirection::After, 2), all[..2]);
    assert_eq!(page(2, PageDirection::After, 9), all[2..]);
    assert_eq!(page(4, PageDirection::Before, 2), all[1..3]);
    assert_eq!(page(u64::MAX, PageDirection::Before, 9), all);
    assert_eq!(page(u64::MAX, PageDirection::After, 9), []);
    assert_eq!(page(1, PageDirection::Before, 9), []);

    let count =
        |sender, after, upto| store.count_between(&ab.id, &alias(sender), Seq(after), Seq(upto)).unwrap();
    assert_eq!(count("anna", 0, 4), 3);
    assert_eq!(count("anna", 1, 3), 1);
    assert_eq!(count("bob", 2, 4), 0);

    assert!(store.apply(&Write::AddMessage(text(&ab, 1, "anna"))).is_err());
    store.roll_back();
    let again = Message { seq: Seq(9), ..text(&ab, 1, "anna") };
    assert!(store.apply(&Write::AddMessage(again)).is_err(), "one client id, two messages");
    store.roll_back();
}

fn clearing(store: &mut impl Store) {
    let (ab, bc) = (chat("anna", "bob", 1), chat("bob", "carl", 2));
    let other = Message { client_id: ClientMessageId::parse("other").unwrap(), ..text(&bc, 1, "bob") };
    apply(
        store,
        [
            Write::PutChat(ab.clone()),
            Write::AddMessage(text(&ab, 1, "anna")),
            Write::AddMessage(other.clone()),
            Write::AddUpload(upload(&ab)),
        ],
    );
    assert_eq!(store.upload(upload(&ab).id()).unwrap(), Some(upload(&ab)));
    assert_eq!(store.uploads_of(&ab.id).unwrap(), [upload(&ab).id().clone()]);
    apply(store, [Write::ClearChat(ab.id.clone())]);
    assert_eq!(store.messages(&ab.id, Seq(0), PageDirection::After, 9).unwrap(), []);
    assert_eq!(store.message_by_client_id(&alias("anna"), &text(&ab, 1, "anna").client_id).unwrap(), None);
    assert_eq!(store.upload(upload(&ab).id()).unwrap(), None);
    assert_eq!(store.message(&bc.id, Seq(1)).unwrap(), Some(other));
    assert!(store.chat(&ab.id).unwrap().is_some(), "the tombstone is kept apart");
}

fn unsent_uploads(store: &mut impl Store) {
    let ab = chat("anna", "bob", 1);
    let sent = upload(&ab);
    let mut unsent = upload(&ab);
    unsent.attachment.upload = UploadId::parse("u-2").unwrap();
    apply(
        store,
        [Write::PutChat(ab.clone()), Write::AddUpload(sent.clone()), Write::AddUpload(unsent.clone())],
    );
    apply(store, [Write::AddMessage(message(&ab, 1, "anna", MessageBody::File(sent.attachment.clone())))]);
    assert_eq!(store.unsent_uploads(Timestamp(10)).unwrap(), [unsent.id().clone()]);
    assert_eq!(store.unsent_uploads(Timestamp(9)).unwrap(), []);
    assert_eq!(store.unsent_bytes(&alias("anna")).unwrap(), unsent.attachment.size);
    assert_eq!(store.unsent_bytes(&alias("bob")).unwrap(), 0);
    apply(store, [Write::DropUpload(unsent.id().clone())]);
    assert_eq!(store.upload(unsent.id()).unwrap(), None);
    assert_eq!(store.unsent_bytes(&alias("anna")).unwrap(), 0);
}

fn rolling_back(store: &mut impl Store) {
    let ab = chat("anna", "bob", 1);
    apply(store, [Write::PutChat(ab.clone()), Write::AddMessage(text(&ab, 1, "anna"))]);
    store.apply(&Write::AddMessage(text(&ab, 2, "anna"))).unwrap();
    store.apply(&Write::PutUser(user("anna"))).unwrap();
    assert!(store.message(&ab.id, Seq(2)).unwrap().is_some(), "a transaction sees its own writes");
    store.roll_back();
    assert_eq!(store.message(&ab.id, Seq(2)).unwrap(), None);
    assert_eq!(store.user(&alias("anna")).unwrap(), None);
    assert!(store.message(&ab.id, Seq(1)).unwrap().is_some());
    store.probe().unwrap();
}
