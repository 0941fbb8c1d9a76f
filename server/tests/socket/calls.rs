//! Calls over real sockets: rings, accepts, ends, and what nobody may do.

use crate::client::Client;
use crate::world::{World, alias, chat};
use bandyer_protocol::secret::Secret;
use bandyer_protocol::*;
use bandyer_records::{Role, UserRecord};
use bandyer_server::Config;
use bandyer_server::clock;

fn key(text: &str) -> ClientMessageId {
    ClientMessageId::parse(text).unwrap()
}

fn create(callee: &str, call_type: CallType) -> CallRequest {
    let terms = CallTerms { call_type, ..CallTerms::default() };
    CallRequest::Create { key: key("k1"), callee: alias(callee), terms }
}

fn hang_up(call: &CallAlias) -> CallRequest {
    CallRequest::HangUp { call: call.clone(), reason: HangUpReason::Wish }
}

fn candidate(text: &str) -> Signal {
    Signal::Candidate { candidate: text.to_owned(), mid: None, line: Some(0), number: 1 }
}

/// Three users who may call: anna, bob, and eve; besides anna, bob and carl of every world, who may not.
pub async fn world(adjust: impl FnOnce(&mut Config)) -> World {
    let world = World::with(|config| {
        config.signals_per_second = 100_000;
        config.signal_burst = 100_000;
        adjust(config);
    })
    .await;
    for name in ["ann", "ben", "eve"] {
        let user = UserRecord { role: Role::Plus, ..UserRecord::new(alias(name), clock::now()) };
        world.server.app().hub.create_user(user).await.unwrap();
    }
    world
}

pub async fn entered(client: &mut Client, request: CallRequest) -> CallEntry {
    match client.ask(request).await.msg {
        ServerMessage::Call(CallNews::Entered(entry)) => *entry,
        other => panic!("not in the call but {other:?}"),
    }
}

pub async fn next(client: &mut Client) -> ServerMessage {
    client.event().await.msg
}

/// ann calls ben, and it rings on his device.
pub async fn ring(world: &World) -> (Client, Client, CallEntry) {
    let (mut ann, mut ben) = (world.connect("ann").await, world.connect("ben").await);
    let entry = entered(&mut ann, create("ben", CallType::AudioVideo)).await;
    let ServerMessage::Call(CallNews::Dialed(dial)) = next(&mut ben).await else { panic!("no ring") };
    assert_eq!(dial.call, entry.call);
    assert_eq!(dial.caller.alias, alias("ann"));
    (ann, ben, entry)
}

/// The same, accepted: both are in.
pub async fn talk(world: &World) -> (Client, Client, CallAlias) {
    let (mut ann, mut ben, entry) = ring(world).await;
    let call = entry.call.call;
    entered(&mut ben, CallRequest::Accept { call: call.clone(), tools: None }).await;
    assert_eq!(
        next(&mut ann).await,
        ServerMessage::Call(CallNews::Answered { call: call.clone(), by: alias("ben") })
    );
    for client in [&mut ann, &mut ben] {
        assert!(matches!(next(client).await, ServerMessage::Call(CallNews::Started { .. })));
    }
    (ann, ben, call)
}

#[tokio::test]
async fn a_call_rings_is_accepted_and_ends_for_both() {
    let world = world(|_| {}).await;
    let (mut ann, mut ben, entry) = ring(&world).await;
    assert_eq!((entry.phase, entry.call.live), (CallPhase::Dialing, true));
    assert!(entry.call.call.as_str().starts_with("room_"));
    let call = entry.call.call.clone();
    // What the caller says while it rings arrives after the accept, in order.
    for text in ["one", "two"] {
        let signal = candidate(text);
        let said = ann.ask(CallRequest::Signal { call: call.clone(), signal }).await;
        assert_eq!(said.msg, ServerMessage::Done);
    }
    let early = CallRequest::Signal { call: call.clone(), signal: candidate("early") };
    assert_eq!(ben.refused(early).await, ErrorCode::CallNotReady);
    let own = entered(&mut ben, CallRequest::Accept { call: call.clone(), tools: None }).await;
    assert_eq!((own.phase, own.peer.alias), (CallPhase::Connected, alias("ann")));
    for text in ["one", "two"] {
        let told = ServerMessage::Call(CallNews::Signaled { call: call.clone(), signal: candidate(text) });
        assert_eq!(next(&mut ben).await, told);
    }
    assert!(matches!(next(&mut ben).await, ServerMessage::Call(CallNews::Started { .. })));
    assert!(matches!(next(&mut ann).await, ServerMessage::Call(CallNews::Answered { .. })));
    assert!(matches!(next(&mut ann).await, ServerMessage::Call(CallNews::Started { .. })));
    assert_eq!(ben.ask(hang_up(&call)).await.msg, ServerMessage::Done);
    let ended = ServerMessage::Call(CallNews::Ended {
        call: call.clone(),
        by: Some(alias("ben")),
        reason: EndReason::HungUp,
    });
    assert_eq!(next(&mut ann).await, ended);
    assert_eq!(next(&mut ben).await, ended);
    assert_eq!(ann.refused(hang_up(&call)).await, ErrorCode::CallNotFound);
    // Nobody is busy any more.
    entered(&mut ben, create("ann", CallType::AudioOnly)).await;
}

#[tokio::test]
async fn an_offer_without_an_address_is_told_while_it_rings_and_with_the_accept() {
    let world = world(|_| {}).await;
    let (mut ann, mut ben, entry) = ring(&world).await;
    let call = entry.call.call;
    let offer = |number, sdp: &str| Signal::Description { kind: SdpKind::Offer, number, sdp: sdp.into() };
    let with_address = offer(1, "v=0\r\na=candidate:1 1 udp 2122260223 192.0.2.1 54321 typ host\r\n");
    let of_the_second = Signal::Candidate { candidate: "two".into(), mid: None, line: Some(0), number: 2 };
    let said = [with_address, candidate("one"), offer(2, "v=0"), of_the_second];
    for signal in &said {
        let signal = CallRequest::Signal { call: call.clone(), signal: signal.clone() };
        assert_eq!(ann.ask(signal).await.msg, ServerMessage::Done);
    }
    let answer = Signal::Description { kind: SdpKind::Answer, number: 1, sdp: "v=0".into() };
    let answer = CallRequest::Signal { call: call.clone(), signal: answer };
    assert_eq!(ann.refused(answer).await, ErrorCode::InvalidSignal, "the caller makes the offers");
    let told = |signal: &Signal| {
        ServerMessage::Call(CallNews::Signaled { call: call.clone(), signal: signal.clone() })
    };
    assert_eq!(next(&mut ben).await, told(&said[2]), "and nothing else");
    entered(&mut ben, CallRequest::Accept { call: call.clone(), tools: None }).await;
    for signal in &said[2..] {
        assert_eq!(next(&mut ben).await, told(signal), "the newest offer, and what belongs to it");
    }
}

#[tokio::test]
async fn the_first_device_that_accepts_is_in_and_the_others_stop_ringing() {
    let world = world(|_| {}).await;
    let (mut ann, mut ben, entry) = ring(&world).await;
    let call = entry.call.call;
    let mut tablet = world.knock().await;
    let welcome = tablet.sign_in(&world.token("ben"), None).await;
    assert_eq!(welcome.ringing.unwrap().call.call, call, "it rings on a device that comes later too");
    entered(&mut tablet, CallRequest::Accept { call: call.clone(), tools: None }).await;
    let answered = ServerMessage::Call(CallNews::Answered { call: call.clone(), by: alias("ben") });
    assert_eq!(next(&mut ben).await, answered);
    assert_eq!(next(&mut ann).await, answered);
    assert_eq!(
        ben.refused(CallRequest::Accept { call: call.clone(), tools: None }).await,
        ErrorCode::DialOver
    );
    // A device that is not in has no say, of the same user or not.
    assert_eq!(ben.refused(hang_up(&call)).await, ErrorCode::CallNotFound);
    let foreign = CallRequest::Signal { call: call.clone(), signal: candidate("x") };
    assert_eq!(ben.refused(foreign.clone()).await, ErrorCode::CallNotFound);
    let mut eve = world.connect("eve").await;
    for message in [
        foreign,
        hang_up(&call),
        CallRequest::Accept { call: call.clone(), tools: None },
        CallRequest::Upgrade { call: call.clone() },
        CallRequest::GetIceServers { call: call.clone() },
        CallRequest::Resume { call: call.clone(), seat: SessionId::parse("guess").unwrap() },
        CallRequest::Rate { call, feedback: Feedback { rating: 1, comment: String::new() } },
    ] {
        assert_eq!(eve.refused(message).await, ErrorCode::CallNotFound);
    }
}

#[tokio::test]
async fn a_declined_ring_tells_every_device_who_and_why() {
    let world = world(|_| {}).await;
    let (mut ann, mut ben, entry) = ring(&world).await;
    let call = entry.call.call;
    let reason = DeclineReason::DoNotDisturb;
    let done = ben.ask(CallRequest::Decline { call: call.clone(), reason }).await;
    assert_eq!(done.msg, ServerMessage::Done);
    let declined = ServerMessage::Call(CallNews::Declined { call: call.clone(), by: alias("ben"), reason });
    assert_eq!(next(&mut ann).await, declined);
    assert_eq!(next(&mut ben).await, declined);
    assert_eq!(ben.refused(CallRequest::Accept { call, tools: None }).await, ErrorCode::CallNotFound);
}

#[tokio::test]
async fn a_declined_ring_leaves_a_note_of_the_one_who_declined() {
    let world = world(|_| {}).await;
    let (mut ann, mut ben) = (world.connect("ann").await, world.connect("ben").await);
    ann.add_chat("ben").await;
    ben.chat_added().await;
    let call = entered(&mut ann, create("ben", CallType::AudioVideo)).await.call.call;
    assert!(matches!(next(&mut ben).await, ServerMessage::Call(CallNews::Dialed(_))));
    let reason = DeclineReason::None;
    let done = ben.ask(CallRequest::Decline { call: call.clone(), reason }).await;
    assert_eq!(done.msg, ServerMessage::Done);
    for client in [&mut ann, &mut ben] {
        let ServerMessage::Chat(ChatNews::MessageAdded { message }) = next(client).await else {
            panic!("no note")
        };
        assert_eq!(message.body, MessageBody::DeclinedCall(CallType::AudioVideo));
        assert_eq!(message.sender, alias("ben"), "it is unread to the one who called");
        let declined =
            ServerMessage::Call(CallNews::Declined { call: call.clone(), by: alias("ben"), reason });
        assert_eq!(next(client).await, declined);
    }
    let forged = ClientMessage::Chat(ChatRequest::SendMessage {
        chat: chat("ann", "ben"),
        client_id: key("forged"),
        body: MessageBody::DeclinedCall(CallType::AudioOnly),
    });
    assert_eq!(ann.refused(forged).await, ErrorCode::InvalidMessage);
    assert_eq!(ann.thread(&chat("ann", "ben")).await.len(), 1);
}

#[tokio::test]
async fn nobody_answers_and_the_chat_has_a_note_of_it_once() {
    let world = world(|_| {}).await;
    let (mut ann, mut ben) = (world.connect("ann").await, world.connect("ben").await);
    ann.add_chat("ben").await;
    ben.chat_added().await;
    let entry = entered(&mut ann, create("ben", CallType::AudioVideo)).await;
    let call = entry.call.call;
    assert!(matches!(next(&mut ben).await, ServerMessage::Call(CallNews::Dialed(_))));
    world.clock.turn(30_000);
    assert!(ben.is_quiet().await, "it still rings");
    world.clock.turn(15_000);
    for client in [&mut ann, &mut ben] {
        let ServerMessage::Chat(ChatNews::MessageAdded { message }) = next(client).await else {
            panic!("no note")
        };
        assert_eq!(message.body, MessageBody::MissedCall(CallType::AudioVideo));
        assert_eq!(message.sender, alias("ann"));
        let stopped = ServerMessage::Call(CallNews::Stopped {
            call: call.clone(),
            by: alias("ann"),
            reason: StopReason::DialTimeout,
        });
        assert_eq!(next(client).await, stopped);
    }
    let forged = ClientMessage::Chat(ChatRequest::SendMessage {
        chat: chat("ann", "ben"),
        client_id: key("forged"),
        body: MessageBody::MissedCall(CallType::AudioOnly),
    });
    assert_eq!(ben.refused(forged).await, ErrorCode::InvalidMessage);
    assert_eq!(ann.thread(&chat("ann", "ben")).await.len(), 1);
}

#[tokio::test]
async fn who_may_not_call_whom_is_told_why() {
    let world = world(|_| {}).await;
    let mut ann = world.connect("ann").await;
    assert_eq!(ann.refused(create("nobody", CallType::AudioOnly)).await, ErrorCode::UserNotFound);
    assert_eq!(ann.refused(create("ann", CallType::AudioOnly)).await, ErrorCode::InvalidRequest);
    let mut carl = world.connect("carl").await;
    assert_eq!(carl.refused(create("bob", CallType::AudioOnly)).await, ErrorCode::NoPlusUser);
    let no_video = bandyer_hub::UserChange { can_video: Some(false), ..Default::default() };
    world.server.app().hub.update_user(alias("eve"), no_video).await.unwrap();
    let mut eve = world.connect("eve").await;
    assert_eq!(eve.refused(create("ann", CallType::AudioVideo)).await, ErrorCode::VideoNotPermitted);
    entered(&mut ann, create("ben", CallType::AudioOnly)).await;
    assert_eq!(eve.refused(create("ann", CallType::AudioOnly)).await, ErrorCode::CalleeBusy);
    assert_eq!(eve.refused(create("ben", CallType::AudioOnly)).await, ErrorCode::CalleeBusy);
    let mut second = world.connect("ann").await;
    let other = CallRequest::Create { key: key("k2"), callee: alias("eve"), terms: CallTerms::default() };
    assert_eq!(second.refused(other).await, ErrorCode::InitiatorNotAvailable);
    let status = eve.ask(UserRequest::Get { user: alias("ann") }).await.msg;
    assert_eq!(status, ServerMessage::User(UserNews::Status { user: alias("ann"), status: Presence::Busy }));
}

#[tokio::test]
async fn signals_have_limits_and_pass_only_between_the_two() {
    let world = world(|_| {}).await;
    let (mut ann, mut ben, call) = talk(&world).await;
    let sdp = |len| Signal::Description { kind: SdpKind::Offer, number: 1, sdp: "x".repeat(len) };
    let say = |signal| CallRequest::Signal { call: call.clone(), signal };
    assert_eq!(ann.ask(say(sdp(call::MAX_SDP_BYTES))).await.msg, ServerMessage::Done);
    assert!(matches!(next(&mut ben).await, ServerMessage::Call(CallNews::Signaled { .. })));
    assert_eq!(ann.refused(say(sdp(call::MAX_SDP_BYTES + 1))).await, ErrorCode::InvalidSignal);
    assert_eq!(ann.refused(say(candidate(&"c".repeat(1_025)))).await, ErrorCode::InvalidSignal);
    // However long and moving a call is, what is said in it arrives.
    for _ in 0..2_100 {
        assert_eq!(ann.ask(say(candidate("moving"))).await.msg, ServerMessage::Done);
        assert!(matches!(next(&mut ben).await, ServerMessage::Call(CallNews::Signaled { .. })));
    }
    // The call goes on.
    assert_eq!(ben.ask(hang_up(&call)).await.msg, ServerMessage::Done);
}

#[tokio::test]
async fn a_lost_line_is_given_time_and_then_ends_the_call_for_both() {
    let world = world(|_| {}).await;
    let (ann, mut ben, call) = talk(&world).await;
    let seat = ann.welcome.as_ref().unwrap().session.clone();
    drop(ann);
    assert_eq!(
        next(&mut ben).await,
        ServerMessage::Call(CallNews::PeerLine { call: call.clone(), up: false })
    );
    // What is said meanwhile waits.
    let said = CallRequest::Signal { call: call.clone(), signal: candidate("meanwhile") };
    assert_eq!(ben.ask(said).await.msg, ServerMessage::Done);
    let mut ann = world.connect("ann").await;
    let wrong = CallRequest::Resume { call: call.clone(), seat: SessionId::parse("wrong").unwrap() };
    assert_eq!(ann.refused(wrong).await, ErrorCode::CallNotFound);
    let entry = entered(&mut ann, CallRequest::Resume { call: call.clone(), seat }).await;
    assert_eq!(entry.phase, CallPhase::Connected);
    assert_eq!(
        next(&mut ben).await,
        ServerMessage::Call(CallNews::PeerLine { call: call.clone(), up: true })
    );
    let told = ServerMessage::Call(CallNews::Signaled { call: call.clone(), signal: candidate("meanwhile") });
    assert_eq!(next(&mut ann).await, told);
    drop(ann);
    assert_eq!(
        next(&mut ben).await,
        ServerMessage::Call(CallNews::PeerLine { call: call.clone(), up: false })
    );
    world.clock.turn(30_000);
    let ended =
        ServerMessage::Call(CallNews::Ended { call, by: Some(alias("ann")), reason: EndReason::Vanished });
    assert_eq!(next(&mut ben).await, ended);
}

#[tokio::test]
async fn a_call_goes_on_over_a_restart_of_the_server() {
    let world = world(|_| {}).await;
    let (ann, ben, call) = talk(&world).await;
    let seats = [ann, ben].map(|client| client.welcome.unwrap().session);
    let world = world.restart().await;
    let (mut ann, mut ben) = (world.connect("ann").await, world.connect("ben").await);
    let mut eve = world.connect("eve").await;
    assert_eq!(eve.refused(create("ann", CallType::AudioOnly)).await, ErrorCode::CalleeBusy);
    let [first, second] = seats;
    let resume = |seat| CallRequest::Resume { call: call.clone(), seat };
    let line = |up| ServerMessage::Call(CallNews::PeerLine { call: call.clone(), up });
    assert_eq!(entered(&mut ann, resume(first)).await.phase, CallPhase::Connected);
    assert_eq!(next(&mut ann).await, line(false), "the other one is not back yet");
    assert_eq!(entered(&mut ben, resume(second)).await.phase, CallPhase::Connected);
    assert_eq!(next(&mut ann).await, line(true));
    let said = CallRequest::Signal { call: call.clone(), signal: candidate("after") };
    assert_eq!(ben.ask(said).await.msg, ServerMessage::Done);
    assert!(matches!(next(&mut ann).await, ServerMessage::Call(CallNews::Signaled { .. })));
    assert_eq!(ann.ask(hang_up(&call)).await.msg, ServerMessage::Done);
    assert!(matches!(next(&mut ben).await, ServerMessage::Call(CallNews::Ended { .. })));
    let rate = |rating| CallRequest::Rate {
        call: call.clone(),
        feedback: Feedback { rating, comment: "ok".to_owned() },
    };
    assert_eq!(ann.refused(rate(6)).await, ErrorCode::InvalidRequest);
    assert_eq!(ann.ask(rate(5)).await.msg, ServerMessage::Done);
    assert_eq!(ann.refused(rate(4)).await, ErrorCode::InvalidRequest);
}

#[tokio::test]
async fn audio_becomes_video_for_both_where_that_is_allowed() {
    let world = world(|_| {}).await;
    let (mut ann, mut ben) = (world.connect("ann").await, world.connect("ben").await);
    let call = entered(&mut ann, create("ben", CallType::AudioUpgradable)).await.call.call;
    next(&mut ben).await;
    let upgrade = CallRequest::Upgrade { call: call.clone() };
    assert_eq!(ann.refused(upgrade.clone()).await, ErrorCode::CallNotFound, "nobody is in yet");
    entered(&mut ben, CallRequest::Accept { call: call.clone(), tools: None }).await;
    next(&mut ann).await;
    for client in [&mut ann, &mut ben] {
        next(client).await;
    }
    assert_eq!(ann.ask(upgrade).await.msg, ServerMessage::Done);
    let upgraded = ServerMessage::Call(CallNews::Upgraded { call, by: alias("ann") });
    assert_eq!(next(&mut ann).await, upgraded);
    assert_eq!(next(&mut ben).await, upgraded);
}

#[tokio::test]
async fn a_user_who_is_deleted_leaves_no_call_behind() {
    let world = world(|_| {}).await;
    let (mut ann, mut ben, call) = talk(&world).await;
    world.server.app().hub.delete_user(alias("ann")).await.unwrap();
    let ended =
        ServerMessage::Call(CallNews::Ended { call, by: Some(alias("ann")), reason: EndReason::Closed });
    assert_eq!(next(&mut ben).await, ended);
    assert_eq!(next(&mut ann).await, ended);
    let (mut eve, _) = (world.connect("eve").await, ());
    entered(&mut eve, create("ben", CallType::AudioOnly)).await;
}

#[tokio::test]
async fn a_guessed_link_leads_nowhere() {
    let world = world(|_| {}).await;
    let mut ann = world.connect("ann").await;
    for link in ["", "x", "https://chat.example.com/connect/rest-call-handler/guess", "https://evil.example/"]
    {
        let join = CallRequest::Join { link: Secret(link.to_owned()), tools: None };
        assert_eq!(ann.refused(join).await, ErrorCode::CallLinkInvalid);
    }
}
