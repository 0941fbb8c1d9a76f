//! What it is for: data through relays, between two clients and to the world.

use crate::house::{House, SOON};
use bandyer_turn::probe::{Arrived, Failed, Probe};
use std::net::SocketAddr;
use tokio::net::UdpSocket;

#[tokio::test]
async fn a_client_learns_its_address() {
    let house = House::start(|_| {});
    for mut client in [house.udp("anna").await, house.tcp("anna").await] {
        assert!(client.binding().await.unwrap().ip().is_loopback());
    }
    assert_eq!(house.turn.counts().over_udp, 0);
}

/// Both directions, with and without channels, every length around the padding.
async fn exchange(mut anna: Probe, mut bob: Probe) {
    let (a, b) = (anna.allocate().await.unwrap(), bob.allocate().await.unwrap());
    assert_ne!(a, b);
    anna.bind_channel(0x4001, b).await.unwrap();
    bob.permit(a).await.unwrap();
    for length in [0, 1, 2, 3, 4, 5, 1199, 1200, 1400] {
        let data = vec![u8::try_from(length % 251).unwrap(); length];
        anna.send_on(0x4001, &data).await.unwrap();
        assert_eq!(
            bob.arrived(SOON).await.unwrap(),
            Arrived::From { peer: a, data: data.clone() },
            "{length}"
        );
        bob.send(a, &data).await.unwrap();
        assert_eq!(anna.arrived(SOON).await.unwrap(), Arrived::On { channel: 0x4001, data }, "{length}");
    }
}

#[tokio::test]
async fn two_clients_talk_through_two_relays_over_udp() {
    let house = House::start(|_| {});
    exchange(house.udp("anna").await, house.udp("bob").await).await;
}

#[tokio::test]
async fn two_clients_talk_through_two_relays_over_tcp() {
    let house = House::start(|_| {});
    exchange(house.tcp("anna").await, house.tcp("bob").await).await;
    exchange(house.tcp("anna").await, house.udp("bob").await).await;
}

#[tokio::test]
async fn a_relay_reaches_a_peer_outside_and_the_peer_the_client() {
    let house = House::start(|config| config.turn_allow_peer = vec!["127.0.0.0/8".parse().unwrap()]);
    let peer = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let there = peer.local_addr().unwrap();
    for mut client in [house.udp("anna").await, house.tcp("anna").await] {
        let relay = client.allocate().await.unwrap();
        client.permit(there).await.unwrap();
        client.send(there, b"ping").await.unwrap();
        let mut buffer = [0; 64];
        let (length, from) = tokio::time::timeout(SOON, peer.recv_from(&mut buffer)).await.unwrap().unwrap();
        assert_eq!((&buffer[..length], from), (&b"ping"[..], relay));
        peer.send_to(b"pong", relay).await.unwrap();
        let pong = Arrived::From { peer: there, data: b"pong".to_vec() };
        assert_eq!(client.arrived(SOON).await.unwrap(), pong);
    }
}

#[tokio::test]
async fn without_a_permission_nothing_passes() {
    let house = House::start(|_| {});
    let (mut anna, mut bob) = (house.udp("anna").await, house.udp("bob").await);
    let (a, b) = (anna.allocate().await.unwrap(), bob.allocate().await.unwrap());
    anna.permit(b).await.unwrap();
    anna.send(b, b"not asked for").await.unwrap();
    // Its answer comes after what was sent before was dealt with.
    anna.binding().await.unwrap();
    bob.permit(a).await.unwrap();
    anna.send(b, b"welcome").await.unwrap();
    assert_eq!(bob.arrived(SOON).await.unwrap(), Arrived::From { peer: a, data: b"welcome".to_vec() });
}

#[tokio::test]
async fn a_relay_behind_nat_is_told_with_the_address_outside() {
    let house = House::start(|config| config.turn_external_ip = vec!["9.9.9.9".parse().unwrap()]);
    let outside = |address: SocketAddr| address.ip().to_string() == "9.9.9.9";
    let (mut anna, mut bob) = (house.udp("anna").await, house.tcp("bob").await);
    let (a, b) = (anna.allocate().await.unwrap(), bob.allocate().await.unwrap());
    assert!(outside(a) && outside(b), "{a} {b}");
    anna.permit(b).await.unwrap();
    bob.permit(a).await.unwrap();
    anna.send(b, b"no hairpin needed").await.unwrap();
    assert_eq!(
        bob.arrived(SOON).await.unwrap(),
        Arrived::From { peer: a, data: b"no hairpin needed".to_vec() }
    );
}

#[tokio::test]
async fn a_relay_ends_when_given_back_and_with_its_connection() {
    let house = House::start(|_| {});
    let mut anna = house.udp("anna").await;
    let relay = anna.allocate().await.unwrap();
    assert_eq!(anna.allocate().await, Err(Failed::Refused(437)));
    anna.refresh(600).await.unwrap();
    anna.refresh(0).await.unwrap();
    house.until("given back", |turn| turn.counts().allocations == 0 && turn.counts().held == 0).await;
    let free = std::net::UdpSocket::bind(relay);
    assert!(free.is_ok(), "{free:?}");
    drop(free);
    anna.allocate().await.unwrap();

    let mut bob = house.tcp("bob").await;
    bob.allocate().await.unwrap();
    assert_eq!(house.turn.counts().allocations, 2);
    drop(bob);
    house.until("closed", |turn| turn.counts().allocations == 1).await;
    house.turn.stop();
    house.until("stopped", |turn| turn.counts().allocations == 0).await;
}
