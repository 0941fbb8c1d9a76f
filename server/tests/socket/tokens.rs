//! Who gets in.

use crate::client::{Client, failure};
use crate::world::{TOKEN_SECRET, World};
use bandyer_protocol::secret::Secret;
use bandyer_protocol::{
    ClientMessage, ErrorCode, SOCKET_PATH, ServerMessage, SessionNews, SessionRequest, UserRequest,
};
use bandyer_server::clock;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

fn signed(header: &Value, claims: &Value, secret: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

fn claims() -> Value {
    let now = clock::now().0 / 1000;
    json!({"iss": "bandyer-server", "aud": "bandyer-widget", "sub": "anna", "iat": now, "exp": now + 60, "typ": "access"})
}

async fn answer(world: &World, token: &str) -> Result<(), ErrorCode> {
    let mut client = world.knock().await;
    let reply = client.authenticate(token, None).await;
    if let ServerMessage::Session(SessionNews::Welcome(_)) = reply.msg {
        return Ok(());
    }
    assert_eq!(client.closed().await, Some(1008));
    Err(failure(reply).code)
}

#[tokio::test]
async fn only_tokens_exactly_as_issued_get_in() {
    let world = World::start().await;
    let header = json!({"alg": "HS256", "typ": "JWT"});
    assert_eq!(answer(&world, &signed(&header, &claims(), TOKEN_SECRET)).await, Ok(()));

    let changed = |key: &str, value: Value| {
        let mut claims = claims();
        claims[key] = value;
        signed(&header, &claims, TOKEN_SECRET)
    };
    let without = |key: &str| {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(key);
        signed(&header, &claims, TOKEN_SECRET)
    };
    let now = clock::now().0 / 1000;
    let mut bad = vec![
        signed(&header, &claims(), "another secret, as long as that one"),
        signed(&header, &claims(), ""),
        signed(&json!({"alg": "HS512", "typ": "JWT"}), &claims(), TOKEN_SECRET),
        signed(&json!({"alg": "none", "typ": "JWT"}), &claims(), TOKEN_SECRET),
        changed("exp", json!("x")),
        changed("exp", json!((now + 60).to_string())),
        changed("exp", json!(null)),
        changed("exp", json!(-1)),
        changed("exp", json!(1e300)),
        changed("exp", json!(now - 10)).replace('.', ".A"),
        changed("iat", json!("x")),
        changed("sub", json!(["anna"])),
        changed("sub", json!("an na")),
        changed("sub", json!("nobody")),
        changed("iss", json!("somebody")),
        changed("aud", json!("another")),
        changed("typ", json!("upload")),
        changed("admin", json!(true)),
        String::new(),
        "a.b.c".to_owned(),
        "x".repeat(60_000),
    ];
    bad.extend(["iss", "aud", "sub", "iat", "exp", "typ"].map(without));
    let unsigned = signed(&json!({"alg": "none"}), &claims(), TOKEN_SECRET);
    bad.push(format!("{}.", unsigned.rsplit_once('.').unwrap().0));
    for token in bad {
        let shown: String = token.chars().take(300).collect();
        assert_eq!(answer(&world, &token).await, Err(ErrorCode::InvalidToken), "{shown}");
    }
    let mut old = claims();
    old["iat"] = json!(now - 100);
    old["exp"] = json!(now - 1);
    assert_eq!(answer(&world, &signed(&header, &old, TOKEN_SECRET)).await, Err(ErrorCode::TokenExpired));
}

#[tokio::test]
async fn a_session_ends_with_its_token_unless_refreshed() {
    let world = World::start().await;
    let mut kept = world.knock().await;
    kept.sign_in(&world.token_for("anna", 600), None).await;
    let mut expiring = world.knock().await;
    expiring.sign_in(&world.token_for("bob", 600), None).await;

    let refresh =
        |token: String| ClientMessage::Session(SessionRequest::RefreshToken { token: Secret(token) });
    assert_eq!(kept.refused(refresh(world.token("bob"))).await, ErrorCode::WrongUser);
    assert_eq!(kept.refused(refresh("x".to_owned())).await, ErrorCode::InvalidToken);
    match kept.ask(refresh(world.token("anna"))).await.msg {
        ServerMessage::Session(SessionNews::TokenRefreshed { expires_at }) => {
            assert!(expires_at > clock::now().plus_ms(3_000_000))
        }
        other => panic!("{other:?}"),
    }
    world.clock.turn(500_000);
    assert!(expiring.is_quiet().await);
    world.clock.turn(100_000);
    assert_eq!(failure(expiring.event().await).code, ErrorCode::TokenExpired);
    assert_eq!(expiring.closed().await, Some(1008));
    assert_eq!(kept.ask(SessionRequest::Ping).await.msg, ServerMessage::Session(SessionNews::Pong));
}

#[tokio::test]
async fn the_token_must_come_first_and_in_time() {
    let world = World::with(|config| config.authenticate_ms = 300).await;
    let mut silent = world.knock().await;
    assert_eq!(failure(silent.hear_envelope().await).code, ErrorCode::NotAuthenticated);
    assert_eq!(silent.closed().await, Some(1008));

    let mut eager = world.knock().await;
    assert_eq!(eager.refused(UserRequest::ListOnline).await, ErrorCode::NotAuthenticated);
    assert_eq!(eager.closed().await, Some(1008));

    let mut twice = world.connect("anna").await;
    let again = twice.authenticate(&world.token("anna"), None).await;
    assert_eq!(failure(again).code, ErrorCode::InvalidRequest);
    assert!(twice.is_quiet().await);
}

#[tokio::test]
async fn pages_of_other_origins_do_not_get_a_socket() {
    let world = World::with(|config| config.origins = vec!["https://shop.example".to_owned()]).await;
    let address = world.address();
    let own = format!("http://{address}");
    for (origin, allowed) in [
        ("https://shop.example", true),
        (own.as_str(), true),
        ("https://evil.example", false),
        ("https://shop.example.evil.example", false),
        ("null", false),
    ] {
        let mut request = format!("ws://{address}{SOCKET_PATH}").into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        assert_eq!(tokio_tungstenite::connect_async(request).await.is_ok(), allowed, "{origin}");
    }
    let mut no_browser = Client::open(address).await;
    no_browser.sign_in(&world.token("anna"), None).await;
}
