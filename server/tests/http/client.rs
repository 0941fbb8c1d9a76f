//! A server of its own for each test, and short words for calling it.

use bandyer_protocol::secret::Secret;
use bandyer_records::Write;
use bandyer_server::clock::Clock;
use bandyer_server::{Config, Server, clock};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use tempfile::TempDir;

pub const API_KEY: &str = "the-api-key-of-the-tests";

pub struct Api {
    pub server: Server,
    /// What the server goes by.
    pub clock: Clock,
    pub http: Client,
    folder: TempDir,
}

impl Api {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data: folder.path().join("data"),
            api_key: Some(Secret(API_KEY.to_owned())),
            presence_grace_ms: 50,
            ..Config::default()
        };
        change(&mut config);
        let clock = Clock::settable();
        let server = Server::start_by(config, clock.clone()).await.unwrap();
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { server, clock, http, folder }
    }

    /// The server ends and another one starts on the same folder.
    pub async fn restart(&mut self) {
        let config = Config::clone(&self.server.app().config);
        let next = Config { listen: self.server.address(), ..config };
        let elsewhere = Config { data: self.folder.path().join("meanwhile"), ..next.clone() };
        let elsewhere = Config { listen: SocketAddr::from(([127, 0, 0, 1], 0)), ..elsewhere };
        let placeholder = Server::start(elsewhere).await.unwrap();
        std::mem::replace(&mut self.server, placeholder).stop().await;
        let started = Server::start_by(next, self.clock.clone()).await.unwrap();
        std::mem::replace(&mut self.server, started).stop().await;
    }

    /// A server with these users, every one of them active.
    pub async fn with_users(users: &[&str]) -> Self {
        let api = Self::start().await;
        api.add_users(users).await;
        api
    }

    pub async fn add_users(&self, users: &[&str]) {
        for user in users {
            let body = json!({"id": user, "role": "basic"});
            assert_eq!(self.rest(Method::POST, "/rest/user/create", body).await.0, 200);
        }
    }

    /// A server with anna, who may make calls, and bob and carl, who may not.
    pub async fn for_calls() -> Self {
        Self::for_calls_with(|_| {}).await
    }

    pub async fn for_calls_with(change: impl FnOnce(&mut Config)) -> Self {
        let api = Self::start_with(change).await;
        let body = json!({"id": "anna", "role": "plus", "firstname": "Anna", "lastname": "Rossi"});
        assert_eq!(api.rest(Method::POST, "/rest/user/create", body).await.0, 200);
        api.add_users(&["bob", "carl"]).await;
        api
    }

    /// A room of anna and bob, with these fields besides.
    pub async fn add_room(&self, fields: Value) -> Value {
        let mut body = json!({"participants": [{"user_id": "anna"}, {"user_id": "bob"}]});
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        let (status, body) = self.rest(Method::POST, "/rest/room/create", body).await;
        assert_eq!(status, 200, "{body}");
        body["room"].clone()
    }

    /// Waits for the next millisecond: what is made now is newer than what was.
    pub async fn next_moment() {
        let before = clock::now();
        while clock::now() == before {
            tokio::task::yield_now().await;
        }
    }

    /// Writes what a call would have left behind.
    pub async fn write(&self, writes: Vec<Write>) {
        self.server.app().hub.keep(writes).await.unwrap();
    }

    pub fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address())
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub async fn rest(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        answer(self.request(method, path).header("apikey", API_KEY).json(&body)).await
    }

    pub async fn rest_get(&self, path: &str) -> (u16, Value) {
        answer(self.request(Method::GET, path).header("apikey", API_KEY)).await
    }

    /// Must be refused in the envelope, with exactly this status, name and code.
    pub async fn rest_refused(
        &self,
        method: Method,
        path: &str,
        body: Value,
        status: u16,
        name: &str,
        code: &str,
    ) {
        let answer = self.rest(method.clone(), path, body.clone()).await;
        assert_refused(&answer, status, name, code, &format!("{method} {path} {body}"));
    }

    pub async fn token(&self, user: &str) -> String {
        let (status, body) = self.rest(Method::POST, "/rest/sdk/credentials", json!({"user_id": user})).await;
        assert_eq!(status, 200, "{body}");
        body["access_token"].as_str().unwrap().to_owned()
    }

    pub async fn add_chat(&self, first: &str, second: &str) {
        let (status, body) =
            self.rest(Method::POST, "/rest/chat/add", json!({"users": [first, second]})).await;
        assert_eq!(status, 200, "{body}");
    }

    pub async fn say(&self, sender: &str, to: &str, message: &str) -> Value {
        let body = json!({"users": [sender, to], "sender": sender, "message": message});
        let (status, body) = self.rest(Method::POST, "/rest/chat/messages", body).await;
        assert_eq!(status, 200, "{body}");
        body
    }
}

pub async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

pub fn assert_refused((status, body): &(u16, Value), expected: u16, name: &str, code: &str, what: &str) {
    let error = &body["error"];
    assert_eq!(
        (*status, error["name"].as_str(), error["code"].as_str()),
        (expected, Some(name), Some(code)),
        "{what}"
    );
    assert!(error["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{what}: {body}");
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        (keys(body), keys(error)),
        (vec!["error".to_owned()], vec!["code".into(), "name".into(), "reason".into()])
    );
}

/// Names of the files in a folder; none when there is no folder.
pub fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}
