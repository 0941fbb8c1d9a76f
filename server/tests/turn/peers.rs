//! Where relays must not lead.

use crate::house::{House, SOON};
use bandyer_turn::probe::{Arrived, Failed};
use std::io::ErrorKind;
use std::net::SocketAddr;
use tokio::net::UdpSocket;

const FORBIDDEN: [&str; 14] = [
    "127.0.0.1:22",
    "127.0.0.2:80",
    "0.0.0.0:80",
    "10.0.0.1:80",
    "100.64.0.1:80",
    "169.254.169.254:80",
    "168.63.129.16:80",
    "172.16.0.1:80",
    "192.168.1.1:80",
    "192.0.2.1:80",
    "198.18.0.1:80",
    "224.0.0.251:5353",
    "240.0.0.1:80",
    "255.255.255.255:80",
];

#[tokio::test]
async fn forbidden_peers_get_no_permission_and_no_channel() {
    let house = House::start(|_| {});
    for mut client in [house.udp("anna").await, house.tcp("anna").await] {
        client.allocate().await.unwrap();
        for (channel, peer) in (0x4000..).zip(FORBIDDEN) {
            let peer: SocketAddr = peer.parse().unwrap();
            assert_eq!(client.permit(peer).await, Err(Failed::Refused(403)), "{peer}");
            assert_eq!(client.bind_channel(channel, peer).await, Err(Failed::Refused(403)), "{peer}");
        }
        client.permit("8.8.8.8:53".parse().unwrap()).await.unwrap();
    }
}

#[tokio::test]
async fn disguised_peers_get_neither() {
    let house = House::start(|_| {});
    let mut client = house.udp("anna").await;
    client.allocate().await.unwrap();
    for peer in
        ["[::1]:80", "[::ffff:127.0.0.1]:80", "[64:ff9b::7f00:1]:80", "[2002:7f00:1::1]:80", "[fe80::1]:80"]
    {
        let peer = peer.parse().unwrap();
        assert_eq!(client.permit(peer).await, Err(Failed::Refused(403)), "{peer}");
    }
    // A public one of the wrong family is another mistake.
    assert_eq!(client.permit("[2a00::1]:80".parse().unwrap()).await, Err(Failed::Refused(443)));
}

#[tokio::test]
async fn a_permission_for_a_relay_of_ours_opens_nothing_else_on_that_address() {
    let house = House::start(|_| {});
    let secret = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let inside = secret.local_addr().unwrap();
    let (mut anna, mut bob) = (house.udp("anna").await, house.udp("bob").await);
    let (a, b) = (anna.allocate().await.unwrap(), bob.allocate().await.unwrap());
    anna.permit(b).await.unwrap();
    // The permission is for the whole address, as the protocol has it: the datagram is stopped on its way out.
    anna.send(inside, b"let me in").await.unwrap();
    house.until_withheld(1).await;
    let heard = secret.try_recv_from(&mut [0; 64]).map_err(|error| error.kind());
    assert_eq!(heard, Err(ErrorKind::WouldBlock));
    // Nor does anything of this machine get through to the client: what comes first is what bob says later.
    secret.send_to(b"hello?", a).await.unwrap();
    house.until_withheld(2).await;
    bob.permit(a).await.unwrap();
    bob.send(a, b"from bob").await.unwrap();
    assert_eq!(anna.arrived(SOON).await.unwrap(), Arrived::From { peer: b, data: b"from bob".to_vec() });
    // The listener itself is no peer either: relays do not nest.
    assert_eq!(anna.permit(house.address()).await, Err(Failed::Refused(403)));
    // An address that was a relay a moment ago is like any other.
    bob.refresh(0).await.unwrap();
    assert_eq!(anna.permit(b).await, Err(Failed::Refused(403)));
}

#[tokio::test]
async fn what_is_denied_stays_denied_although_allowed() {
    let house = House::start(|config| {
        config.turn_allow_peer = vec!["127.0.0.0/8".parse().unwrap()];
        config.turn_deny_peer = vec!["127.0.0.3/32".parse().unwrap(), "8.8.8.0/24".parse().unwrap()];
    });
    let mut anna = house.udp("anna").await;
    anna.allocate().await.unwrap();
    for (peer, expected) in [
        ("127.0.0.2:1", Ok(())),
        ("127.0.0.3:1", Err(Failed::Refused(403))),
        ("8.8.8.8:1", Err(Failed::Refused(403))),
        ("9.9.9.9:1", Ok(())),
    ] {
        assert_eq!(anna.permit(peer.parse().unwrap()).await, expected, "{peer}");
    }
}

#[tokio::test]
async fn a_channel_cannot_be_led_elsewhere() {
    let house = House::start(|_| {});
    let (mut anna, mut bob, mut carl) =
        (house.udp("anna").await, house.udp("bob").await, house.udp("carl").await);
    let a = anna.allocate().await.unwrap();
    let (b, c) = (bob.allocate().await.unwrap(), carl.allocate().await.unwrap());
    anna.bind_channel(0x4000, b).await.unwrap();
    anna.bind_channel(0x4000, b).await.unwrap();
    assert_eq!(anna.bind_channel(0x4000, c).await, Err(Failed::Refused(400)));
    bob.permit(a).await.unwrap();
    anna.send_on(0x4000, b"still bob").await.unwrap();
    assert_eq!(bob.arrived(SOON).await.unwrap(), Arrived::From { peer: a, data: b"still bob".to_vec() });
}
