//! Who appears in the showcase, and what they said.

use super::fake_server::FakeChat;
use bandyer_core::action::DetailsEvent;
use bandyer_protocol::{
    Attachment, CallType, ChatId, ClientMessageId, Message, MessageBody, Presence, Seq, Timestamp, UploadId,
    UserAlias, UserProfile,
};
use std::collections::BTreeMap;

pub const ME: &str = "giulia";
const MINUTE: i64 = 60_000;
const DAY: i64 = 1440 * MINUTE;

const PEOPLE: [(&str, &str, Presence); 8] = [
    ("anna.rossi", "Anna Rossi", Presence::Online),
    ("marco", "Marco Bianchi", Presence::Online),
    ("luca", "Luca De Santis", Presence::Busy),
    ("support", "Customer Support with a name that is rather too long", Presence::Offline),
    ("sofia_b", "Sofia Brambilla", Presence::Offline),
    ("usr_fr55ga3", "usr_fr55ga3", Presence::Offline),
    ("zoe", "Zoë Ångström", Presence::Online),
    ("html", "<b>Bold</b> & \"quoted\"", Presence::Offline),
];

pub fn alias(text: &str) -> UserAlias {
    UserAlias::parse(text).unwrap_or_else(|_| unreachable!("a valid alias"))
}

pub fn client_id(text: &str) -> ClientMessageId {
    ClientMessageId::parse(text).unwrap_or_else(|_| unreachable!("a valid id"))
}

pub fn chat(with: &str) -> ChatId {
    ChatId::between(&alias(ME), &alias(with)).unwrap_or_else(|| unreachable!("two different people"))
}

pub fn profile(user: &str) -> UserProfile {
    UserProfile {
        alias: alias(user),
        first_name: None,
        last_name: None,
        email: None,
        image: None,
        can_video: true,
    }
}

pub fn profiles() -> Vec<UserProfile> {
    PEOPLE.iter().map(|(user, _, _)| profile(user)).collect()
}

pub fn present() -> Vec<(UserAlias, Presence)> {
    PEOPLE
        .iter()
        .filter(|(_, _, presence)| *presence != Presence::Offline)
        .map(|(user, _, presence)| (alias(user), *presence))
        .collect()
}

pub fn described() -> Vec<DetailsEvent> {
    let me = (ME, "Giulia Ferrari");
    let people = PEOPLE.iter().map(|(user, name, _)| (*user, *name)).chain([me]);
    people
        .map(|(user, name)| DetailsEvent::Resolved {
            user: alias(user),
            name: name.to_owned(),
            key: crate::i18n::key::of(name),
            image: (user == "luca").then(|| picture(Seq(3))),
        })
        .collect()
}

/// A small landscape.
pub fn picture(seq: Seq) -> String {
    let sky = ["%23f6a04d", "%234a90d9", "%237b5ea7"][(seq.0 % 3) as usize];
    format!(
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 400 300'><rect width='400' height='300' \
         fill='{sky}'/><circle cx='290' cy='90' r='36' fill='%23fff3c4'/><path d='M0 220 110 110l80 90 60-50 150 120v30H0z' \
         fill='%23183a4d'/></svg>"
    )
}

pub fn chats(view: &str, count: u32, now: Timestamp) -> BTreeMap<ChatId, FakeChat> {
    if view == "none" {
        return BTreeMap::new();
    }
    let mut all: BTreeMap<ChatId, FakeChat> = BTreeMap::new();
    let mut put = |with: &str, messages: Vec<Message>, read: u64, peer_read: u64| {
        let created_at = now.plus_ms(-40 * DAY);
        all.insert(chat(with), FakeChat { messages, read: Seq(read), peer_read: Seq(peer_read), created_at });
    };
    let anna = if view == "big" || view == "long" {
        many("anna.rossi", count, now)
    } else {
        talk("anna.rossi", &ANNA, now)
    };
    let anna_read = anna.len() as u64;
    put("anna.rossi", anna, anna_read, if view == "big" { 0 } else { anna_read - 2 });
    let marco = if view == "unread-many" { many("marco", count, now) } else { talk("marco", &MARCO, now) };
    put("marco", marco, 3, 3);
    put("luca", files(now), 9, 9);
    put(
        "support",
        talk(
            "support",
            &[(
                -9 * DAY,
                true,
                "Your case 4711 was closed. Thank you for your patience, and for letting us know!",
            )],
            now,
        ),
        1,
        1,
    );
    let sofia = sofia(view == "missed", now);
    let sofia_read = sofia.len() as u64;
    put("sofia_b", sofia, sofia_read, sofia_read);
    put("usr_fr55ga3", talk("usr_fr55ga3", &[(-70 * DAY, true, "ok")], now), 0, 1);
    put(
        "html",
        talk("html", &[(-400 * DAY, true, "<script>alert(1)</script> <img src=x onerror=alert(1)>")], now),
        1,
        1,
    );
    put("zoe", Vec::new(), 0, 0);
    if view == "many-chats" {
        for number in 0..count {
            put(
                &format!("user{number}"),
                talk(
                    &format!("user{number}"),
                    &[(-3 * DAY - i64::from(number) * MINUTE, true, "hello")],
                    now,
                ),
                1,
                1,
            );
        }
    }
    all
}

/// What Sofia said, and whether she was called in vain and called in vain.
fn sofia(missed: bool, now: Timestamp) -> Vec<Message> {
    let mut messages = talk("sofia_b", &[(-26 * 60 * MINUTE, false, "grazie mille 🙏")], now);
    if missed {
        let missed = |seq, sender, call_type, ago| {
            message("sofia_b", seq, sender, MessageBody::MissedCall(call_type), now.plus_ms(ago))
        };
        messages.push(missed(2, "sofia_b", CallType::AudioUpgradable, -50 * MINUTE));
        messages.push(missed(3, ME, CallType::AudioUpgradable, -30 * MINUTE));
        messages.push(missed(4, "sofia_b", CallType::AudioVideo, -5 * MINUTE));
    }
    messages
}

/// Minutes ago, whether it is the other's, the text.
type Said = (i64, bool, &'static str);

const ANNA: [Said; 12] = [
    (-3 * DAY, true, "Hi Giulia! Did the new contract reach you?"),
    (-3 * DAY + 2 * MINUTE, false, "It did, thank you. I will read it tonight."),
    (-DAY, true, "Any news?"),
    (-DAY + MINUTE, true, "No hurry, I only want to plan the week."),
    (-DAY + 5 * MINUTE, false, "Two small questions on page 4, otherwise fine 👍"),
    (
        -52 * MINUTE,
        true,
        "Good morning! Here is the answer to both, with the details: https://example.com/contracts/2026/draft?page=4#section-2.",
    ),
    (-51 * MINUTE, true, "And the short version (www.example.org) if you prefer."),
    (-20 * MINUTE, false, "Perfect."),
    (-20 * MINUTE + 5_000, false, "I have no further questions then. Shall we sign on Thursday?"),
    (-19 * MINUTE, true, "Thursday is perfect."),
    (-2 * MINUTE, false, "Great, see you then!"),
    (
        -MINUTE,
        false,
        "I will bring the paper copies, so that we have everything at hand when the others arrive.",
    ),
];

const MARCO: [Said; 14] = [
    (-2 * DAY, false, "Ciao Marco"),
    (-2 * DAY + MINUTE, true, "Ciao!"),
    (-2 * DAY + 2 * MINUTE, false, "Can you send me the list?"),
    (-90 * MINUTE, true, "Here it comes"),
    (-89 * MINUTE, true, "1. Milk"),
    (-88 * MINUTE, true, "2. Bread"),
    (-87 * MINUTE, true, "3. Coffee, the good one from the shop at the corner, not the one we had last time"),
    (-86 * MINUTE, true, "4. Oranges"),
    (-85 * MINUTE, true, "5. Rice"),
    (-84 * MINUTE, true, "6. Pasta"),
    (-83 * MINUTE, true, "7. Tomatoes"),
    (-82 * MINUTE, true, "8. Basil"),
    (-81 * MINUTE, true, "9. Olive oil"),
    (-4 * MINUTE, true, "Did you get it all?"),
];

fn talk(with: &str, said: &[Said], now: Timestamp) -> Vec<Message> {
    said.iter()
        .enumerate()
        .map(|(index, (ago, theirs, text))| {
            let sender = if *theirs { with } else { ME };
            message(with, index as u64 + 1, sender, MessageBody::Text((*text).to_owned()), now.plus_ms(*ago))
        })
        .collect()
}

fn files(now: Timestamp) -> Vec<Message> {
    let file = |name: &str, size, media: &str, picture| {
        MessageBody::File(Attachment {
            upload: UploadId::parse("u1").unwrap_or_else(|_| unreachable!("a valid id")),
            name: name.to_owned(),
            size,
            media_type: media.to_owned(),
            picture,
        })
    };
    let said = [
        ("luca", MessageBody::Text("The photos from yesterday, and the plan:".to_owned())),
        ("luca", file("sunset over the lake.jpg", 1_204_332, "image/jpeg", true)),
        (
            "luca",
            file("Floor plan with all measurements, third revision.pdf", 384_112, "application/pdf", false),
        ),
        (ME, MessageBody::Text("Beautiful!".to_owned())),
        (ME, file("mountains.png", 2_204_332, "image/png", true)),
        (ME, file("notes.txt", 812, "text/plain", false)),
    ];
    said.into_iter()
        .enumerate()
        .map(|(index, (sender, body))| {
            message("luca", index as u64 + 1, sender, body, now.plus_ms((index as i64 - 20) * MINUTE))
        })
        .collect()
}

/// A thread of that many messages, some of them long.
fn many(with: &str, count: u32, now: Timestamp) -> Vec<Message> {
    (1..=count)
        .map(|seq| {
            let text = "word ".repeat((seq as usize * 7) % 40 + 1) + &seq.to_string();
            let mine = with == "anna.rossi" && (seq / 3).is_multiple_of(2);
            let sender = if mine { ME } else { with };
            let at = now.plus_ms(-10 * MINUTE * i64::from(count - seq + 1));
            message(with, u64::from(seq), sender, MessageBody::Text(text), at)
        })
        .collect()
}

fn message(with: &str, seq: u64, sender: &str, body: MessageBody, at: Timestamp) -> Message {
    Message {
        chat: chat(with),
        seq: Seq(seq),
        sender: alias(sender),
        client_id: client_id(&format!("c{seq}")),
        body,
        at,
    }
}
