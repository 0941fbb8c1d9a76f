//! The running server: everything put together, bound to an address, and taken down in order.

use crate::app::{App, router};
use crate::config::Config;
use crate::config::turn::{self, Wanted};
use crate::engine::{self, Command, JournalTap};
use crate::error::StartError;
use crate::origin::OriginPolicy;
use crate::read_pool::ReadPool;
use crate::rest::avatars::AvatarFolder;
use crate::secrets::{ApiKey, read_or_generate};
use crate::token::TokenKeys;
use crate::uploads::Uploads;
use crate::webhooks::{self, Webhooks};
use crate::ws::Sockets;
use crate::{clock, listen, metrics, pages, uploads};
use bandyer_hub::ice::IceSettings;
use bandyer_hub::{Hub, HubSettings};
use bandyer_protocol::Timestamp;
use bandyer_records::Write;
use bandyer_store::{SqliteSettings, SqliteStore};
use bandyer_turn::Turn;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::JoinHandle as Task;
use tokio::time::{interval, timeout};
use tokio_util::sync::CancellationToken;

const READ_CONNECTIONS: usize = 4;
/// How often rows of the journal that are too old are dropped: often, so that each time it is few.
const FORGET_EVERY: Duration = Duration::from_secs(600);
const DAY_MS: i64 = 24 * 3600 * 1000;
const TIDY_EVERY: Duration = Duration::from_secs(60);

/// A running server. Dropping it leaves it running until the runtime ends; [`Server::stop`] ends it in order.
pub struct Server {
    address: SocketAddr,
    app: App,
    hub: JoinHandle<()>,
    http: Task<()>,
    chores: [Task<()>; 4],
    stopping: CancellationToken,
    turn: Option<Turn>,
}

impl Server {
    /// Starts listening. The address is known when this returns, also for port 0.
    ///
    /// # Errors
    /// When the configuration, the data folder, the database or the address cannot be used.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        config.check()?;
        metrics::install();
        let data = &config.data;
        let folder = |error: std::io::Error| StartError::Files(format!("{}: {error}", data.display()));
        private_folder(data).map_err(folder)?;
        let secret = match &config.token_secret {
            Some(secret) => secret.0.clone(),
            None => read_or_generate(&data.join("token-secret"))?,
        };
        let api_key = match &config.api_key {
            Some(key) => key.0.clone(),
            None => read_or_generate(&data.join("api-key"))?,
        };
        let tokens = TokenKeys::new(secret.as_bytes()).map_err(StartError::Config)?;
        let listener = TcpListener::bind(config.listen)
            .await
            .map_err(|error| StartError::Listen(format!("{}: {error}", config.listen)))?;
        let listening = |error: std::io::Error| StartError::Listen(error.to_string());
        let address = listener.local_addr().map_err(listening)?;

        let (turn, ice) = start_turn(&config)?;
        let path = config.database_path();
        let settings = SqliteSettings { busy_ms: config.busy_ms, max_kb: config.database_kb };
        let store = SqliteStore::open(&path, settings)?;
        let reads = ReadPool::open(&path, READ_CONNECTIONS)?;
        let (lost_sender, lost) = unbounded_channel();
        let mut hub = Hub::new(hub_settings(&config, ice.clone())?);
        hub.restore(&store, clock::now())?;
        let tap = Arc::new(JournalTap::default());
        let (handle, hub) = engine::start(hub, store, lost_sender, tap.clone()).map_err(listening)?;
        let allow_private = config.webhook_allow_private;
        let webhooks = Webhooks::new(handle.clone(), reads.clone(), tap, &api_key, allow_private)
            .map_err(StartError::Config)?;
        webhooks.refresh().await?;
        let app = App {
            hub: handle,
            reads,
            tokens: Arc::new(tokens),
            api_key: ApiKey::new(&api_key),
            origins: Arc::new(OriginPolicy::new(&config.origins, config.demo)),
            sockets: Arc::new(Sockets::new(&config)),
            uploads: Uploads::open(&data.join("uploads"), secret.as_bytes()).map_err(folder)?,
            avatars: AvatarFolder::open(data.join("avatars")).map_err(folder)?,
            webhooks,
            ice: Arc::new(ice),
            config: Arc::new(config),
        };
        if app.config.demo {
            pages::prepare_demo(&app).await.map_err(|failure| StartError::Files(failure.reason))?;
        }
        let stopping = CancellationToken::new();
        let (serving, ending) = (app.clone(), stopping.clone());
        let http = tokio::spawn(async move {
            listen::serve(listener, router(serving.clone()), &serving.config, ending).await;
        });
        let chores = [
            tokio::spawn(uploads::forget(app.clone(), lost)),
            tokio::spawn(tidy(app.clone())),
            tokio::spawn(webhooks::run(app.webhooks.clone())),
            tokio::spawn(forget_journal(app.clone())),
        ];
        tracing::info!(%address, "listening");
        Ok(Self { address, app, hub, http, chores, stopping, turn })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The embedded TURN server, where it runs.
    pub fn turn(&self) -> Option<&Turn> {
        self.turn.as_ref()
    }

    pub fn app(&self) -> &App {
        &self.app
    }

    /// Stores what is queued, tells every widget to come back, and ends. Takes at most `shutdown_ms`.
    pub async fn stop(self) {
        tracing::info!("stopping");
        self.stopping.cancel();
        let patience = Duration::from_millis(self.app.config.shutdown_ms.into());
        let goodbye = async {
            let _ = self.app.hub.send(Command::Stop { reconnect_after_ms: self.app.config.reconnect_ms });
            self.app.sockets.close().await;
            let _ = self.http.await;
            // Calls go on over their relays as long as they can.
            drop(self.turn);
            // The hub closes the database as its thread ends.
            let _ = tokio::task::spawn_blocking(|| self.hub.join()).await;
        };
        if timeout(patience, goodbye).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
        for chore in self.chores {
            chore.abort();
        }
    }
}

/// What people write to each other is nobody else's on the machine: a folder made here is for its owner only.
fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The embedded TURN server if there is to be one, and what widgets are told. Where nobody asked for it, calls on the
/// same network still work without.
fn start_turn(config: &Config) -> Result<(Option<Turn>, IceSettings), StartError> {
    let secret = turn::secret(config)?;
    let start = |listen| Turn::start(turn::settings(config, listen, &secret));
    let turn = match turn::wanted(config)? {
        Wanted::Off => None,
        Wanted::Explicit(addresses) => Some(start(addresses)?),
        Wanted::ByDefault(addresses) => match start(addresses) {
            Ok(turn) => Some(turn),
            Err(error) => {
                tracing::error!(
                    %error,
                    "no TURN: calls across NAT will not connect. Free the port, or set `turn` to another address or off"
                );
                None
            }
        },
    };
    let ice = turn::ice(config, secret, turn.as_ref().map_or(&[], Turn::addresses));
    Ok((turn, ice))
}

fn hub_settings(config: &Config, ice: IceSettings) -> Result<HubSettings, StartError> {
    let mut seed = [0; 16];
    getrandom::fill(&mut seed).map_err(|error| StartError::Files(error.to_string()))?;
    Ok(HubSettings {
        limits: config.limits(),
        sessions_per_user: config.sessions_per_user as usize,
        presence_grace_ms: config.presence_grace_ms,
        presence_batch_ms: config.presence_batch_ms,
        dial_ms: config.dial_ms,
        rings_per_minute: config.rings_per_minute,
        call_grace_ms: config.call_grace_ms,
        ice,
        seed,
    })
}

async fn tidy(app: App) {
    let mut turn = interval(TIDY_EVERY);
    loop {
        turn.tick().await;
        app.sockets.tidy();
        metrics::upkeep();
    }
}

async fn forget_journal(app: App) {
    let days = i64::from(app.config.journal_days);
    if days == 0 {
        return;
    }
    let mut turn = interval(FORGET_EVERY);
    loop {
        turn.tick().await;
        let before = Timestamp(clock::now().0 - days * DAY_MS);
        if app.hub.keep(vec![Write::DropJournal { before }]).await.is_err() {
            tracing::warn!("old rows of the journal were not dropped");
        }
    }
}
