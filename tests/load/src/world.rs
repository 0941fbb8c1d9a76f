//! The server process under load, and its users.

use crate::client::Fault;
use bandyer_protocol::{ChatId, UserAlias};
use serde_json::json;
use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::process::{Child, Command};

/// Access key of the server under load; it lives only as long as the run.
const API_KEY: &str = "load-generator-key-0123456789abcdef0123456789abcdef";
/// The core the server runs on; the load generator takes the other.
const SERVER_CORE: &str = "0";

pub struct World {
    server: Child,
    pub address: SocketAddr,
    http: reqwest::Client,
    _data: tempfile::TempDir,
}

/// Two users with a chat, and their access tokens.
pub struct Pair {
    pub chat: ChatId,
    pub tokens: [String; 2],
}

impl World {
    /// Starts the server program on a fresh data folder, on a core of its own.
    ///
    /// # Errors
    /// When it does not start, or does not answer within 10 s.
    pub async fn start(program: &Path) -> Result<Self, Fault> {
        let data = tempfile::tempdir()?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let server = Command::new("taskset")
            .args(["-c", SERVER_CORE])
            .arg(program)
            .args(["--listen", &address.to_string(), "--api-key", API_KEY, "--data"])
            .arg(data.path())
            .args(["--messages-per-second", "100000", "--message-burst", "100000"])
            .args(["--log", "error"])
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        // Built together with the server, the client expects to be told whose cryptography it uses.
        drop(rustls::crypto::ring::default_provider().install_default());
        let world = Self { server, address, http: reqwest::Client::new(), _data: data };
        world.wait_until_ready().await?;
        Ok(world)
    }

    /// Process id of the server.
    pub fn pid(&self) -> u32 {
        self.server.id().unwrap_or_default()
    }

    async fn wait_until_ready(&self) -> Result<(), Fault> {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            if let Ok(answer) = self.http.get(self.url("/readyz")).send().await
                && answer.status().is_success()
            {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err("the server did not become ready".into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Makes `count` pairs of users, each with a chat, through the REST API.
    ///
    /// # Errors
    /// When the server refuses one.
    pub async fn pairs(&self, name: &str, count: usize) -> Result<Vec<Pair>, Fault> {
        let mut pairs = Vec::with_capacity(count);
        for chunk in (0..count).collect::<Vec<_>>().chunks(64) {
            let made = chunk.iter().map(|i| self.pair(format!("{name}-{i}-a"), format!("{name}-{i}-b")));
            for pair in futures_util::future::join_all(made).await {
                pairs.push(pair?);
            }
        }
        Ok(pairs)
    }

    async fn pair(&self, a: String, b: String) -> Result<Pair, Fault> {
        let tokens = [self.user(&a).await?, self.user(&b).await?];
        self.post("/rest/chat/add", json!({ "users": [a, b] })).await?;
        let chat = ChatId::between(&UserAlias::parse(&a)?, &UserAlias::parse(&b)?).ok_or("one user twice")?;
        Ok(Pair { chat, tokens })
    }

    async fn user(&self, alias: &str) -> Result<String, Fault> {
        self.post("/rest/user/create", json!({ "id": alias, "role": "plus" })).await?;
        let credentials =
            self.post("/rest/sdk/credentials", json!({ "user_id": alias, "expires_in": 86_400 })).await?;
        Ok(credentials["access_token"].as_str().ok_or("no access token")?.to_owned())
    }

    /// Address, name and password of the server's relay for a new user.
    ///
    /// # Errors
    /// When the server names none.
    pub async fn relay_of(&self, alias: &str) -> Result<(SocketAddr, String, String), Fault> {
        let token = self.user(alias).await?;
        let answer = self.http.post(self.url("/client/ice")).bearer_auth(token).send().await?.text().await?;
        let answer: serde_json::Value = serde_json::from_str(&answer)?;
        let servers = answer["ice_servers"].as_array().ok_or("no ice_servers")?;
        let relay = servers.iter().find(|server| server["credential"].is_string()).ok_or("no relay")?;
        let text = |value: &serde_json::Value| Ok::<_, Fault>(value.as_str().ok_or("no text")?.to_owned());
        let url = text(&relay["urls"][0])?;
        let port: u16 =
            url.split(['?', '/']).next().and_then(|u| u.rsplit(':').next()).ok_or("no port")?.parse()?;
        Ok(((self.address.ip(), port).into(), text(&relay["username"])?, text(&relay["credential"])?))
    }

    async fn post(&self, path: &str, body: serde_json::Value) -> Result<serde_json::Value, Fault> {
        let answer = self.http.post(self.url(path)).header("apikey", API_KEY).json(&body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            return Err(format!("{path}: {status}: {text}").into());
        }
        Ok(serde_json::from_str(&text)?)
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}
