//! What strangers send: floods, noise, half messages.

use crate::house::{House, SOON};
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

/// An Allocate without credentials.
fn allocate(number: u32) -> [u8; 28] {
    let mut message = [0; 28];
    message[..8].copy_from_slice(&[0, 3, 0, 8, 0x21, 0x12, 0xa4, 0x42]);
    message[8..12].copy_from_slice(&number.to_be_bytes());
    message[20..25].copy_from_slice(&[0, 0x19, 0, 4, 17]);
    message
}

/// In kB; none where there is no /proc.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[tokio::test]
async fn a_flood_from_many_addresses_leaves_nothing_behind() {
    let house = House::start(|_| {});
    let flood = async |range: std::ops::Range<u32>| {
        let mut answered = 0;
        for number in range {
            // Every address of the loopback network is somebody else.
            let from = Ipv4Addr::from_bits(0x7f01_0000 + number);
            let socket = UdpSocket::bind((from, 0)).await.unwrap();
            socket.send_to(&allocate(number), house.address()).await.unwrap();
            let mut answer = [0; 256];
            let waiting = tokio::time::timeout(Duration::from_secs(2), socket.recv(&mut answer));
            // 0x0113: an error in answer to Allocate.
            answered += u32::from(matches!(waiting.await, Ok(Ok(_)) if answer[..2] == [1, 0x13]));
        }
        answered
    };
    assert!(flood(0..2000).await > 1900);
    let before = resident();
    assert!(flood(2000..20_000).await > 17_000);
    let counts = house.turn.counts();
    assert!(counts.over_udp <= 1024 && counts.held == 0 && counts.allocations == 0, "{counts:?}");
    if let Some((before, after)) = before.zip(resident()) {
        assert!(after < before + 8 * 1024, "{before} kB -> {after} kB");
    }
    // In the middle of it a friend gets in.
    house.udp("anna").await.allocate().await.unwrap();
}

#[tokio::test]
async fn who_lost_the_place_to_a_flood_gets_in_all_the_same() {
    let house = House::start(|_| {});
    let mut friend = house.udp("anna").await;
    let address = house.address();
    let flood = tokio::spawn(async move {
        for number in 0..6000u32 {
            let socket = UdpSocket::bind((Ipv4Addr::from_bits(0x7f02_0000 + number), 0)).await.unwrap();
            socket.send_to(&allocate(number), address).await.unwrap();
        }
    });
    friend.allocate().await.unwrap();
    flood.await.unwrap();
    friend.refresh(600).await.unwrap();
    assert_eq!(house.turn.counts().allocations, 1);
}

#[tokio::test]
async fn noise_gets_no_answer_and_breaks_nothing() {
    let house = House::start(|_| {});
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let mut seed = 1u32;
    let mut random = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    };
    for round in 0..3000usize {
        let mut message: Vec<u8> = (0..round % 120).map(|_| random()).collect();
        // Half of them begin like ours.
        if round % 2 == 0 && message.len() >= 8 {
            message[..8].copy_from_slice(&allocate(0)[..8]);
            message[1] = random();
            message[3] = random();
        }
        socket.send_to(&message, house.address()).await.unwrap();
    }
    for cut in 0..28 {
        socket.send_to(&allocate(1)[..cut], house.address()).await.unwrap();
    }
    house.udp("anna").await.allocate().await.unwrap();
    assert_eq!(house.turn.counts().allocations, 1);
}

#[tokio::test]
async fn a_stream_that_is_not_ours_is_closed() {
    let house = House::start(|_| {});
    for noise in
        [&b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"[..], b"SSH-2.0-x\r\n", &[0xff; 64], &[0x40, 0, 0xff, 0xff]]
    {
        let mut stream = TcpStream::connect(house.address()).await.unwrap();
        stream.write_all(noise).await.unwrap();
        let mut rest = Vec::new();
        let end = tokio::time::timeout(SOON, stream.read_to_end(&mut rest)).await;
        assert!(end.is_ok() && rest.is_empty(), "{noise:?}");
    }
}

#[tokio::test]
async fn a_silent_connection_is_closed() {
    let house = House::start(|_| {});
    let mut stream = TcpStream::connect(house.address()).await.unwrap();
    let mut rest = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(15), stream.read_to_end(&mut rest)).await;
    assert!(end.is_ok());
}
