//! The last word of a page whose socket is gone before it can speak.

use crate::calls::{next, ring, talk, world};
use crate::world::{World, alias, chat};
use bandyer_hub::Scope;
use bandyer_protocol::secret::Secret;
use bandyer_protocol::*;
use bandyer_server::clock;

async fn post(world: &World, body: impl Into<reqwest::Body>) -> u16 {
    let url = format!("http://{}{FAREWELL_PATH}", world.address());
    // As a beacon says it: a text of any kind, and no header.
    let request = reqwest::Client::new().post(url).header("content-type", "text/plain;charset=UTF-8");
    request.body(body).send().await.unwrap().status().as_u16()
}

async fn say(world: &World, token: String, leaves: Leaves) -> u16 {
    let farewell = Farewell { token: Secret(token), leaves };
    post(world, serde_json::to_string(&farewell).unwrap()).await
}

fn call(call: &CallAlias, seat: &Seat) -> Leaves {
    Leaves::Call { call: call.clone(), seat: seat.clone() }
}

#[tokio::test]
async fn a_page_that_is_left_in_a_call_ends_it_at_once() {
    for socket_first in [true, false] {
        let world = world(|_| {}).await;
        let (ann, mut ben, name) = talk(&world).await;
        let seat = ann.welcome.as_ref().unwrap().session.clone();
        let mut ann = Some(ann);
        if socket_first {
            ann.take();
            assert!(matches!(
                next(&mut ben).await,
                ServerMessage::Call(CallNews::PeerLine { up: false, .. })
            ));
        }
        assert_eq!(say(&world, world.token("ann"), call(&name, &seat)).await, 204);
        let ended = CallNews::Ended { call: name.clone(), by: Some(alias("ann")), reason: EndReason::HungUp };
        assert_eq!(next(&mut ben).await, ServerMessage::Call(ended.clone()));
        if let Some(ann) = &mut ann {
            assert_eq!(next(ann).await, ServerMessage::Call(ended));
        }
        // Said again, it is over already.
        assert_eq!(say(&world, world.token("ann"), call(&name, &seat)).await, 204);
        assert!(ben.is_quiet().await);
    }
}

#[tokio::test]
async fn a_page_that_is_left_while_it_rings_stops_the_ring() {
    for by_key in [true, false] {
        let world = world(|_| {}).await;
        let (_ann, mut ben, entry) = ring(&world).await;
        let key = ClientMessageId::parse("k1").unwrap();
        let leaves = if by_key { Leaves::Ring { key } } else { call(&entry.call.call, &entry.seat) };
        assert_eq!(say(&world, world.token("ann"), leaves).await, 204);
        let (by, reason) = (alias("ann"), StopReason::Hangup);
        let stopped = CallNews::Stopped { call: entry.call.call, by, reason };
        // A missed call leaves a note, too.
        let news = loop {
            match next(&mut ben).await {
                ServerMessage::Chat(_) => {}
                other => break other,
            }
        };
        assert_eq!(news, ServerMessage::Call(stopped));
    }
}

#[tokio::test]
async fn nobody_ends_the_call_of_another_device_or_user() {
    let world = world(|_| {}).await;
    let (ann, mut ben, name) = talk(&world).await;
    let seat = ann.welcome.as_ref().unwrap().session.clone();
    let other_device = world.connect("ann").await.welcome.unwrap().session;
    let foreign_key = || Leaves::Ring { key: ClientMessageId::parse("k1").unwrap() };
    for (user, leaves) in [
        ("ann", call(&name, &other_device)),
        ("ben", call(&name, &seat)),
        ("eve", call(&name, &seat)),
        ("ben", foreign_key()),
        ("eve", foreign_key()),
    ] {
        assert_eq!(say(&world, world.token(user), leaves.clone()).await, 204, "{user} {leaves:?}");
    }
    assert_eq!(say(&world, "no token".to_owned(), call(&name, &seat)).await, 401);
    let scoped = |name: &CallAlias| {
        let scope = Scope { call: name.clone(), chat: chat("ann", "ben"), window: false };
        world.server.app().tokens.issue_within(Some(scope), &alias("ann"), clock::now(), 600).unwrap().0
    };
    let other = CallAlias::parse("room_0123456789abcdef01234567").unwrap();
    assert_eq!(say(&world, scoped(&other), call(&name, &seat)).await, 403);
    assert_eq!(say(&world, scoped(&name), foreign_key()).await, 403);
    for (body, expected) in [("", 422), ("{", 400), ("{\"token\": 1}", 422)] {
        assert_eq!(post(&world, body).await, expected, "{body}");
    }
    assert_eq!(post(&world, vec![b' '; 20_000]).await, 413);
    assert!(ben.is_quiet().await, "the call goes on");
    assert_eq!(say(&world, scoped(&name), call(&name, &seat)).await, 204);
    assert!(matches!(next(&mut ben).await, ServerMessage::Call(CallNews::Ended { .. })));
}

#[tokio::test]
async fn a_window_that_is_left_may_be_back_in_a_moment_and_then_has_hung_up() {
    let world = world(|config| config.call_grace_ms = 400).await;
    let (ann, mut ben, name) = talk(&world).await;
    let seat = ann.welcome.as_ref().unwrap().session.clone();
    let leaves = Leaves::ForAMoment { call: name.clone(), seat };
    assert_eq!(say(&world, world.token("ann"), leaves).await, 204);
    assert!(matches!(next(&mut ben).await, ServerMessage::Call(CallNews::PeerLine { up: false, .. })));
    let ended = CallNews::Ended { call: name, by: Some(alias("ann")), reason: EndReason::HungUp };
    assert_eq!(next(&mut ben).await, ServerMessage::Call(ended));
}
