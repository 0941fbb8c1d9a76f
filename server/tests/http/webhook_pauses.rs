//! Webhooks whose receiver fails for hours: tried again less and less often, and given up at last.

use crate::client::Api;
use crate::receiver::{Receiver, Reply, Told};
use crate::webhooks::{api, configure};
use serde_json::json;
use std::time::Duration;

/// An hour passes, and another, until the receiver is told something.
async fn told_some_time(api: &Api, receiver: &Receiver) -> Told {
    let told = async {
        while receiver.unasked() == 0 {
            api.clock.turn(3_600_000);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        receiver.told(1).await.remove(0)
    };
    tokio::time::timeout(Duration::from_secs(60), told).await.expect("tried again")
}

#[tokio::test]
async fn a_receiver_that_fails_for_hours_is_tried_again_and_given_up_after_a_day() {
    let api = api().await;
    let receiver = Receiver::start([500; 200].map(Reply::Status)).await;
    configure(&api, "v1", &receiver.url("/"), &["on_room_created"]).await;
    let first = api.add_room(json!({})).await["room_id"].clone();
    let began = api.clock.now();
    // By then the pauses are longer than any test.
    for _ in 0..12 {
        let told = told_some_time(&api, &receiver).await;
        assert_eq!(told.body()["data"]["room_id"], first);
    }
    api.clock.turn((24 * 3_600_000 - api.clock.now().since(began)).max(0));
    let second = api.add_room(json!({})).await["room_id"].clone();
    loop {
        let told = told_some_time(&api, &receiver).await;
        if told.body()["data"]["room_id"] == second {
            break;
        }
    }
    let metrics = api.get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("bandyer_webhooks_total{result=\"given_up\"}"), "{metrics}");
}
