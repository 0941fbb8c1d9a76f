//! A server in this process, with a folder of its own.

use crate::client::Client;
use bandyer_protocol::secret::Secret;
use bandyer_protocol::{ChatId, UserAlias};
use bandyer_records::UserRecord;
use bandyer_server::clock::Clock;
use bandyer_server::{Config, Server, clock};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub const TOKEN_SECRET: &str = "a secret for tests, 32 bytes or more";

pub fn alias(text: &str) -> UserAlias {
    UserAlias::parse(text).unwrap()
}

pub fn chat(first: &str, second: &str) -> ChatId {
    ChatId::between(&alias(first), &alias(second)).unwrap()
}

/// Generous limits, no waiting for presence.
pub fn config(data: &Path) -> Config {
    Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        data: PathBuf::from(data),
        token_secret: Some(Secret(TOKEN_SECRET.to_owned())),
        messages_per_second: 100_000,
        message_burst: 100_000,
        requests_per_second: 100_000,
        request_burst: 100_000,
        presence_grace_ms: 0,
        presence_batch_ms: 20,
        ..Config::default()
    }
}

pub struct World {
    pub server: Server,
    /// What the server goes by.
    pub clock: Clock,
    pub folder: TempDir,
}

impl World {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// With users anna, bob and carl.
    pub async fn with(adjust: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(folder.path());
        adjust(&mut config);
        let clock = Clock::settable();
        let server = Server::start_by(config, clock.clone()).await.unwrap();
        let world = Self { server, clock, folder };
        for name in ["anna", "bob", "carl"] {
            world.add_user(name).await;
        }
        world
    }

    /// Stops the server and starts another one on the same folder.
    pub async fn restart(self) -> Self {
        let Self { server, clock, folder } = self;
        let config = (*server.app().config).clone();
        server.stop().await;
        let server = Server::start_by(config, clock.clone()).await.unwrap();
        Self { server, clock, folder }
    }

    pub async fn add_user(&self, name: &str) {
        let user = UserRecord::new(alias(name), clock::now());
        self.server.app().hub.create_user(user).await.unwrap();
    }

    pub fn token(&self, name: &str) -> String {
        self.token_for(name, 3600)
    }

    pub fn token_for(&self, name: &str, seconds: u32) -> String {
        self.server.app().tokens.issue(&alias(name), self.clock.now(), seconds).unwrap().0
    }

    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// A socket that has not said who it is.
    pub async fn knock(&self) -> Client {
        Client::open(self.address()).await
    }

    pub async fn connect(&self, name: &str) -> Client {
        let mut client = self.knock().await;
        client.sign_in(&self.token(name), None).await;
        client
    }

    /// Two connected users with a chat, the news of it read.
    pub async fn pair(&self) -> (Client, Client) {
        let mut anna = self.connect("anna").await;
        let mut bob = self.connect("bob").await;
        anna.add_chat("bob").await;
        bob.chat_added().await;
        (anna, bob)
    }
}
