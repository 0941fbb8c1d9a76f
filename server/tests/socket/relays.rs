//! Relays of calls: they live as long as their call, and as long as their user may use the server.

use crate::calls::{talk, world};
use crate::client::Client;
use crate::world::{World, alias};
use bandyer_hub::UserChange;
use bandyer_protocol::*;
use bandyer_turn::probe::{Failed, Probe};
use std::time::Duration;
use tokio::time::sleep;

/// A name and its password, as the call was told them.
async fn credentials(client: &mut Client, call: &CallAlias) -> (String, String) {
    let servers = match client.ask(CallRequest::GetIceServers { call: call.clone() }).await.msg {
        ServerMessage::Call(CallNews::IceServers { servers }) => servers,
        other => panic!("{other:?}"),
    };
    let server = servers.into_iter().find(|server| server.username.is_some()).unwrap();
    (server.username.unwrap(), server.credential.unwrap().0)
}

async fn probe(world: &World, (name, password): &(String, String)) -> Probe {
    let address = world.server.turn().unwrap().addresses()[0];
    Probe::over_udp(address, name, password).await.unwrap()
}

async fn until_none_is_left(world: &World) {
    let turn = world.server.turn().unwrap();
    for _ in 0..500 {
        if turn.counts().allocations == 0 && turn.counts().held == 0 {
            return;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("relays without end: {:?}", turn.counts());
}

fn active(active: bool) -> UserChange {
    UserChange { active: Some(active), ..UserChange::default() }
}

#[tokio::test]
async fn relays_end_with_their_call_and_no_others_begin() {
    let world = world(|_| {}).await;
    let (mut ann, mut ben, call) = talk(&world).await;
    let (hers, his) = (credentials(&mut ann, &call).await, credentials(&mut ben, &call).await);
    let (mut of_ann, mut of_ben) = (probe(&world, &hers).await, probe(&world, &his).await);
    let (here, there) = (of_ann.allocate().await.unwrap(), of_ben.allocate().await.unwrap());
    of_ann.permit(there).await.unwrap();
    of_ben.bind_channel(0x4001, here).await.unwrap();

    let hang_up = CallRequest::HangUp { call, reason: HangUpReason::Wish };
    assert_eq!(ann.ask(hang_up).await.msg, ServerMessage::Done);
    // At once, whatever is asked for; and within a second, if nothing is.
    assert_eq!(of_ann.permit(there).await, Err(Failed::Refused(401)));
    until_none_is_left(&world).await;
    assert_eq!(of_ben.refresh(600).await, Err(Failed::Refused(401)));
    for mut again in [of_ben, probe(&world, &hers).await, probe(&world, &his).await] {
        assert_eq!(again.allocate().await, Err(Failed::Refused(401)));
    }
}

#[tokio::test]
async fn a_user_who_is_deactivated_or_deleted_has_no_relay_a_second_later() {
    for deleted in [false, true] {
        let world = world(|_| {}).await;
        let (mut ann, mut ben, call) = talk(&world).await;
        let (hers, his) = (credentials(&mut ann, &call).await, credentials(&mut ben, &call).await);
        for name in [&hers, &his] {
            probe(&world, name).await.allocate().await.unwrap();
        }
        let hub = &world.server.app().hub;
        if deleted {
            hub.delete_user(alias("ann")).await.unwrap();
        } else {
            hub.update_user(alias("ann"), active(false)).await.unwrap();
        }
        until_none_is_left(&world).await;
        assert_eq!(probe(&world, &hers).await.allocate().await, Err(Failed::Refused(401)));
        if !deleted {
            hub.update_user(alias("ann"), active(true)).await.unwrap();
            assert_eq!(probe(&world, &hers).await.allocate().await, Err(Failed::Refused(401)));
        }
    }
}

#[tokio::test]
async fn a_call_that_goes_on_over_a_restart_still_has_its_relays() {
    let world = world(|_| {}).await;
    let (mut ann, _ben, call) = talk(&world).await;
    let hers = credentials(&mut ann, &call).await;
    let world = world.restart().await;
    probe(&world, &hers).await.allocate().await.unwrap();
}
