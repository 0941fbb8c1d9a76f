//! Call links: good, expired, revoked.

use crate::client::Api;
use reqwest::Method;
use serde_json::{Value, json};

/// The last part of the link of each participant.
pub fn tokens(room: &Value) -> Vec<String> {
    let urls = room["user_urls"].as_array().unwrap().iter();
    urls.map(|one| one["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect()
}

async fn code(api: &Api, token: &str) -> Value {
    let (status, answer) = api.rest_get(&format!("/rest/token/check/{token}")).await;
    assert_eq!((status, &answer["token"]), (200, &json!(token)));
    assert!(answer["message"].as_str().is_some_and(|text| !text.is_empty()));
    answer["code"].clone()
}

#[tokio::test]
async fn one_link_is_revoked_and_the_others_stay() {
    let api = Api::for_calls().await;
    let room = api.add_room(json!({})).await;
    let [anna, bob] = &tokens(&room)[..] else { panic!("two links") };
    assert_eq!(code(&api, anna).await, "ACTIVE_TOKEN");
    assert_eq!(code(&api, "made-up").await, "NOT_ACTIVE_TOKEN");
    for _ in 0..2 {
        let (status, answer) =
            api.rest(Method::DELETE, &format!("/rest/token/delete/{anna}"), json!({})).await;
        assert_eq!(
            (status, &answer["code"], &answer["token"]),
            (200, &json!("NOT_ACTIVE_TOKEN"), &json!(anna))
        );
    }
    assert_eq!(code(&api, anna).await, "NOT_ACTIVE_TOKEN");
    assert_eq!(code(&api, bob).await, "ACTIVE_TOKEN");
    let path = format!("/rest/room/info/{}", room["room_id"].as_str().unwrap());
    let (_, info) = api.rest_get(&path).await;
    assert_eq!(info["room"]["user_urls"][0]["url"], Value::Null);
    assert_eq!(info["room"]["user_urls"][1]["url"], room["user_urls"][1]["url"]);
}

#[tokio::test]
async fn a_link_expires() {
    let api = Api::for_calls().await;
    let room = api.add_room(json!({})).await;
    let token = tokens(&room).remove(0);
    assert_eq!(code(&api, &token).await, "ACTIVE_TOKEN");
    let lives_ms = i64::from(api.server.app().config.link_lifetime_s) * 1000;
    api.clock.turn(lives_ms - 60_000);
    assert_eq!(code(&api, &token).await, "ACTIVE_TOKEN");
    api.clock.turn(60_000);
    assert_eq!(code(&api, &token).await, "NOT_ACTIVE_TOKEN");
    assert_eq!(api.rest_get("/rest/room/list").await.1["rooms"][0]["status"], "CLOSED");
}

#[tokio::test]
async fn links_start_with_the_configured_address_or_the_one_that_was_asked() {
    let configured =
        Api::for_calls_with(|config| config.public_url = Some("https://chat.example/".to_owned())).await;
    let room = configured.add_room(json!({})).await;
    let url = room["user_urls"][0]["url"].as_str().unwrap();
    assert!(url.starts_with("https://chat.example/connect/rest-call-handler/"), "{url}");

    let api = Api::for_calls().await;
    let made_from = async |headers: &[(&str, &str)]| {
        let body = json!({"participants": ["anna", "bob"]});
        let mut request =
            api.request(Method::POST, "/rest/room/create").header("apikey", crate::client::API_KEY);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (_, answer) = crate::client::answer(request.json(&body)).await;
        let url = answer["room"]["user_urls"][0]["url"].as_str().unwrap().to_owned();
        url.split("/connect").next().unwrap().to_owned()
    };
    assert_eq!(made_from(&[("host", "chat.example")]).await, "https://chat.example");
    let proxied = [("host", "chat.lan"), ("x-forwarded-proto", "http")];
    assert_eq!(made_from(&proxied).await, "http://chat.lan");
    assert_eq!(made_from(&[("host", "localhost:3000")]).await, "http://localhost:3000");
    let made_up = made_from(&[("host", "evil\"><script>")]).await;
    assert!(made_up.starts_with("http://127.0.0.1"), "{made_up}");
}

struct Page {
    status: u16,
    headers: reqwest::header::HeaderMap,
    html: String,
}

impl Page {
    async fn open(api: &Api, path: &str, languages: &str) -> Self {
        let response =
            api.request(Method::GET, path).header("accept-language", languages).send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, html: response.text().await.unwrap() }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// What the page's script works with.
    fn data(&self) -> Value {
        let (_, rest) = self.html.split_once("id=\"call-data\">").expect("a data block");
        serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
    }

    fn assert_problem(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{}", self.html);
        assert!(self.html.contains(&format!(">{code}<")), "{code}: {}", self.html);
        assert!(!self.html.contains("<script") && !self.html.contains("eyJ"), "nothing to run, no token");
    }
}

fn landing(token: &str) -> String {
    format!("/connect/rest-call-handler/{token}")
}

#[tokio::test]
async fn the_landing_page_tells_who_calls_and_signs_its_user_in() {
    let api = Api::for_calls().await;
    let fields = json!({
        "participants": ["anna", {"user_id": "bob", "tools": {"chat": true, "file_upload": true}}],
        "initiatorAlias": "anna", "call_type": "audio_only", "description": "About <b>your</b> roof {{title}}{{content}}",
    });
    let room = api.add_room(fields).await;
    let bob = &tokens(&room)[1];
    let page = Page::open(&api, &landing(bob), "en").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.html.contains("Anna Rossi invites you to a call") && page.html.contains("Audio call"));
    assert!(page.html.contains("About &lt;b&gt;your&lt;/b&gt; roof {{title}}{{content}}"), "{}", page.html);
    assert!(page.html.contains("You join as bob.") && page.html.contains("data-state=\"ready\""));
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("script-src 'self' 'wasm-unsafe-eval';") && !policy.contains("unsafe-inline"),
        "{policy}"
    );
    assert!(
        policy.contains("frame-ancestors 'none'")
            && page.header("permissions-policy").contains("camera=(self)")
    );
    for never in [" style=", "onclick=", "<script>"] {
        assert!(!page.html.contains(never), "{never}");
    }
    let data = page.data();
    let kept: Vec<_> = data.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(kept, ["accessToken", "direct", "language", "link", "problems", "tools"]);
    assert_eq!(
        (&data["direct"], &data["language"], &data["link"]),
        (&json!(false), &json!("en"), &json!(bob))
    );
    assert_eq!((&data["tools"]["chat"], &data["tools"]["snapshot"]), (&json!(true), &json!(false)));

    let (_, welcome) = crate::socket::Socket::open(&api, data["accessToken"].as_str().unwrap()).await;
    let welcome = &welcome["welcome"];
    assert_eq!(welcome["user"]["alias"], "bob", "the link's user, and nobody else");
    let lives_ms = welcome["expires_at"].as_i64().unwrap() - welcome["now"].as_i64().unwrap();
    assert!((3_590_000..=3_600_000).contains(&lives_ms), "an hour: {lives_ms}");

    let anna = &tokens(&room)[0];
    let page = Page::open(&api, &landing(anna), "en").await;
    assert!(page.html.contains("Call with bob") && page.html.contains("You join as Anna Rossi."));
    let script = api.get("/connect/connect.js").await;
    assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
    assert_eq!(api.get("/connect/connect.css").await.headers()["content-type"], "text/css; charset=utf-8");
}

#[tokio::test]
async fn a_direct_link_enters_at_once() {
    let api = Api::for_calls().await;
    let room = api.add_room(json!({"directCall": true})).await;
    let url = room["user_urls"][1]["url"].as_str().unwrap();
    let path = url.split_once(&api.server.address().to_string()).unwrap().1;
    let page = Page::open(&api, path, "en").await;
    assert_eq!((page.status, &page.data()["direct"]), (200, &json!(true)));
    assert!(page.html.contains("data-state=\"busy\""));
}

#[tokio::test]
async fn the_page_speaks_the_language_that_was_asked_for() {
    let api = Api::for_calls().await;
    let token = tokens(&api.add_room(json!({})).await).remove(1);
    let heading = async |query: &str, languages: &str| {
        let page = Page::open(&api, &format!("{}{query}", landing(&token)), languages).await;
        (
            page.html.contains("<html lang=\"it\""),
            page.html.contains("Chiamata con Anna Rossi"),
            page.data()["language"].clone(),
        )
    };
    let (italian, english) = ((true, true, json!("it")), (false, false, json!("en")));
    assert_eq!(heading("", "it-IT, en;q=0.5").await, italian);
    assert_eq!(heading("", "fr").await, english);
    assert_eq!(heading("?language=it", "en").await, italian);
    assert_eq!(heading("?l=en&t=dark", "it").await, english);
    assert_eq!(
        heading("?language=it&language=en", "it").await,
        italian,
        "a wish that cannot be read is none"
    );
    let page = Page::open(&api, &format!("{}?theme=dark&dn=Dr.+%3Ci%3E", landing(&token)), "en").await;
    assert!(page.html.contains("<html lang=\"en\" data-theme=\"dark\">"), "{}", page.html);
    assert!(page.html.contains("You join as Dr. &lt;i&gt;."), "{}", page.html);
    let gone = Page::open(&api, "/connect/rest-call-handler/none", "it").await;
    assert!(gone.html.contains("Impossibile partecipare"), "{}", gone.html);
}

#[tokio::test]
async fn a_dead_link_says_why_and_gives_no_token() {
    let api = Api::for_calls().await;
    let room = api.add_room(json!({})).await;
    let [anna, bob] = &tokens(&room)[..] else { panic!("two links") };
    let token_for = async |link: &str| api.rest(Method::POST, "/connect/token", json!({"token": link})).await;
    let (status, fresh) = token_for(bob).await;
    assert_eq!((status, &fresh["user_id"]), (200, &json!("bob")));
    Page::open(&api, &landing("made-up"), "en").await.assert_problem(404, "link_not_found");
    Page::open(&api, &landing("a%22%3E%3Cscript%3E"), "en").await.assert_problem(404, "link_not_found");

    api.rest(Method::DELETE, &format!("/rest/token/delete/{anna}"), json!({})).await;
    Page::open(&api, &landing(anna), "en").await.assert_problem(404, "link_not_found");
    let refused = token_for(anna).await;
    crate::client::assert_refused(&refused, 403, "invalid_request_error", "link_invalid", "revoked");

    api.rest(Method::PUT, "/rest/user/update/bob", json!({"active": false})).await;
    Page::open(&api, &landing(bob), "en").await.assert_problem(403, "user_disabled");
    api.rest(Method::PUT, "/rest/user/update/bob", json!({"active": true})).await;
    let disable = format!("/rest/room/disable/{}", room["room_id"].as_str().unwrap());
    api.rest(Method::PUT, &disable, json!({})).await;
    Page::open(&api, &landing(bob), "en").await.assert_problem(410, "link_closed");
    crate::client::assert_refused(
        &token_for(bob).await,
        403,
        "invalid_request_error",
        "link_invalid",
        "closed",
    );

    let three = api.add_room(json!({"participants": ["anna", "bob", "carl"]})).await;
    Page::open(&api, &landing(&tokens(&three)[0]), "en").await.assert_problem(501, "room_too_large");
    let late = tokens(&api.add_room(json!({})).await).remove(1);
    api.rest(Method::DELETE, "/rest/user/delete/bob", json!({})).await;
    Page::open(&api, &landing(&late), "en").await.assert_problem(410, "user_deleted");
    let again = Api::for_calls().await;
    let room = again.add_room(json!({})).await;
    again.clock.turn(i64::from(again.server.app().config.link_lifetime_s) * 1000);
    Page::open(&again, &landing(&tokens(&room)[0]), "en").await.assert_problem(410, "link_expired");
}

#[tokio::test]
async fn a_page_of_another_site_gets_no_token_for_a_link() {
    let api = Api::for_calls().await;
    let token = tokens(&api.add_room(json!({})).await).remove(0);
    let request = api.request(Method::POST, "/connect/token").header("origin", "https://evil.example");
    let refused = crate::client::answer(request.json(&json!({"token": token}))).await;
    crate::client::assert_refused(
        &refused,
        403,
        "invalid_request_error",
        "origin_not_allowed",
        "foreign origin",
    );
}
