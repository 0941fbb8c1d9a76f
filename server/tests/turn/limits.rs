//! Who gets a relay, and how much of it.

use crate::house::{House, SECRET, minted, minted_at};
use bandyer_hub::ice::credential;
use bandyer_protocol::Timestamp;
use bandyer_server::clock;
use bandyer_turn::probe::{Failed, Probe};
use std::time::{Duration, Instant};

async fn refused(house: &House, name: &str, password: &str) {
    let udp = Probe::over_udp(house.address(), name, password).await.unwrap();
    let tcp = Probe::over_tcp(house.address(), name, password).await.unwrap();
    for mut client in [udp, tcp] {
        assert_eq!(client.allocate().await, Err(Failed::Refused(401)), "{name}");
    }
}

#[tokio::test]
async fn forged_and_foreign_names_are_refused() {
    let house = House::start(|_| {});
    let (name, password) = minted("anna");
    refused(&house, &name, "bm90IHRoZSBwYXNzd29yZA==").await;
    refused(&house, &name, "").await;
    // Somebody else's password, a later end, another id.
    refused(&house, &minted("bob").0, &password).await;
    let later = name.replacen(name.split(':').next().unwrap(), "9999999999", 1);
    refused(&house, &later, &password).await;
    refused(&house, &name, &credential("another secret of the house", &name)).await;
    for name in [
        "anna",
        "",
        ":anna",
        "9999999999:",
        "9999999999",
        "-1:anna",
        "+9999999999:anna",
        "99999999999999999999:anna",
    ] {
        if name.is_empty() {
            continue;
        }
        refused(&house, name, &credential(SECRET, name)).await;
    }
    assert_eq!(house.turn.counts().held, 0);
}

#[tokio::test]
async fn an_expired_name_is_refused() {
    let house = House::start(|_| {});
    // Made for ten minutes, ten minutes and a second ago.
    let (name, password) = minted_at("anna", Timestamp(clock::now().0 - 601_000));
    refused(&house, &name, &password).await;
    let (name, password) = minted_at("anna", Timestamp(clock::now().0 - 590_000));
    Probe::over_udp(house.address(), &name, &password).await.unwrap().allocate().await.unwrap();
}

#[tokio::test]
async fn a_call_longer_than_its_credentials_goes_on() {
    let house = House::start(|_| {});
    let mut anna = house.udp("anna").await;
    anna.allocate().await.unwrap();
    house.clock.turn(600_000);
    anna.refresh(600).await.unwrap();
    anna.permit("9.9.9.9:9".parse().unwrap()).await.unwrap();
    // Another relay is another matter.
    anna.refresh(0).await.unwrap();
    assert_eq!(anna.allocate().await, Err(Failed::Refused(401)));
}

#[tokio::test]
async fn a_user_has_a_quota_whatever_names_were_made_for_them() {
    let house = House::start(|config| config.turn_quota = 3);
    let mut clients = Vec::new();
    for second in 0..3 {
        let (name, password) = minted_at("anna", Timestamp(clock::now().0 - 1000 * second));
        let mut client = Probe::over_udp(house.address(), &name, &password).await.unwrap();
        client.allocate().await.unwrap();
        clients.push(client);
    }
    let mut more = house.tcp("anna").await;
    assert_eq!(more.allocate().await, Err(Failed::Refused(486)));
    house.udp("bob").await.allocate().await.unwrap();
    clients[0].refresh(0).await.unwrap();
    more.allocate().await.unwrap();
}

#[tokio::test]
async fn all_together_have_a_limit_too() {
    let house = House::start(|config| config.turn_allocations = 2);
    let (mut anna, mut bob) = (house.udp("anna").await, house.udp("bob").await);
    anna.allocate().await.unwrap();
    bob.allocate().await.unwrap();
    assert_eq!(house.udp("carl").await.allocate().await, Err(Failed::Refused(508)));
}

#[tokio::test]
async fn relays_keep_to_their_ports() {
    // Neither what relays of other tests take, nor what the system gives away by itself.
    let first = 20_000 + u16::try_from(std::process::id() % 5000).unwrap() * 2;
    let house = House::start(|config| config.turn_ports = format!("{first}-{}", first + 1).parse().unwrap());
    let (mut anna, mut bob) = (house.udp("anna").await, house.udp("bob").await);
    let mut ports = [anna.allocate().await.unwrap().port(), bob.allocate().await.unwrap().port()];
    ports.sort_unstable();
    assert_eq!(ports, [first, first + 1]);
    assert_eq!(house.udp("carl").await.allocate().await, Err(Failed::Refused(508)));
    // The place that led to nothing is given back.
    assert_eq!(house.turn.counts().held, 2);
}

#[tokio::test]
async fn an_allocation_has_a_last_second() {
    let house = House::start(|config| config.turn_lifetime_s = 1);
    let mut anna = house.udp("anna").await;
    anna.allocate().await.unwrap();
    anna.refresh(3600).await.unwrap();
    house.until("over", |turn| turn.counts().allocations == 0).await;
}

#[tokio::test]
async fn bandwidth_is_capped() {
    let house = House::start(|config| config.turn_bandwidth = 20_000);
    let (mut anna, mut bob) = (house.udp("anna").await, house.udp("bob").await);
    let (a, b) = (anna.allocate().await.unwrap(), bob.allocate().await.unwrap());
    anna.bind_channel(0x4000, b).await.unwrap();
    bob.permit(a).await.unwrap();
    let counting = tokio::spawn(async move {
        let mut count = 0;
        while bob.arrived(Duration::from_secs(2)).await.is_ok() {
            count += 1;
        }
        count
    });
    let start = Instant::now();
    for _ in 0..500 {
        anna.send_on(0x4000, &[0; 1000]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let seconds = start.elapsed().as_secs_f64();
    let arrived = counting.await.unwrap();
    // A second's worth at once, and what the time brings, of half a megabyte.
    let most = 20.0 * (1.0 + seconds) + 1.0;
    assert!(arrived >= 15 && f64::from(arrived) <= most && arrived < 500, "{arrived} of at most {most}");
}
