//! The running server: everything put together, bound to an address, and taken down in order.

use crate::auth::api_key::ApiKey;
use crate::auth::token::TokenKeys;
use crate::avatar_folder::AvatarFolder;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::turn::{self, Wanted};
use crate::data_folder::DataFolder;
use crate::delivery::{Outboxes, Post};
use crate::engine::{self, Command, Engine, HubHandle, JournalTap};
use crate::error::StartError;
use crate::files::Files;
use crate::read_pool::{Connection, ReadPool};
use crate::relay_rights::RelayRights;
use crate::router::router;
use crate::secrets::{SecretKind, read_or_generate};
use crate::sockets::Sockets;
use crate::state::App;
use crate::webhooks::Webhooks;
use crate::{chores, descriptors, listen, metrics, pages, private, tls};
use bandyer_hub::ice::IceSettings;
use bandyer_hub::{Hub, HubSettings};
use bandyer_store::{SqliteSettings, SqliteStore};
use bandyer_turn::{Admission, TimeOfDay, Turn};
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::JoinHandle as Task;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

const READ_CONNECTIONS: usize = 4;

/// A running server. Dropping it leaves it running until the runtime ends; [`Server::stop`] ends it in order.
pub struct Server {
    address: SocketAddr,
    app: App,
    hub: JoinHandle<()>,
    http: Task<()>,
    chores: [Task<()>; 5],
    stopping: CancellationToken,
    turn: Option<Turn>,
    /// Given back last.
    _held: DataFolder,
}

impl Server {
    /// Starts listening. The address is known when this returns, also for port 0.
    ///
    /// # Errors
    /// When the configuration, the data folder, the database or the address cannot be used.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        Self::start_by(config, Clock::system()).await
    }

    /// The same, going by that clock.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn start_by(config: Config, clock: Clock) -> Result<Self, StartError> {
        let held = prepare(&config)?;
        let folder = |error| unusable(&config, &error);
        let secret = configured_or_kept(&config, SecretKind::Token)?;
        let api_key = configured_or_kept(&config, SecretKind::ApiKey)?;
        let tokens = TokenKeys::new(secret.as_bytes()).map_err(StartError::Config)?;
        let (listener, address) = bind(config.listen).await?;
        let relay_rights = RelayRights::default();
        let (turn, ice) = start_turn(&config, clock.clone(), relay_rights.clone())?;
        let files = Files::open(&config.data.join("uploads"), secret.as_bytes(), config.free_bytes)
            .map_err(folder)?;
        let (lost_uploads, lost) = unbounded_channel();
        let (tap, outboxes) = (Arc::new(JournalTap::default()), Outboxes::default());
        let post = Post {
            outboxes: outboxes.clone(),
            lost_uploads,
            tap: tap.clone(),
            files: files.clone(),
            relay_rights: relay_rights.clone(),
        };
        let (hub, thread) = start_hub(&config, &clock, ice.clone(), post)?;
        let reads = open_reads(&config)?;
        let webhooks = {
            let (hub, reads) = (hub.clone(), reads.clone());
            Webhooks::new(hub, reads, tap, clock.clone(), &api_key, config.webhook_allow_private)
                .map_err(StartError::Config)?
        };
        webhooks.refresh().await?;
        let app = App {
            clock,
            hub,
            outboxes,
            reads,
            tokens: Arc::new(tokens),
            api_key: ApiKey::new(&api_key),
            origins: Arc::new(config.origin_policy()?),
            sockets: Arc::new(Sockets::new(&config)),
            uploads: files,
            relay_rights,
            avatars: AvatarFolder::open(config.data.join("avatars")).map_err(folder)?,
            webhooks,
            ice: Arc::new(ice),
            handovers: Arc::default(),
            config: Arc::new(config),
        };
        if app.config.demo {
            pages::prepare_demo(&app).await.map_err(|failure| StartError::Files(failure.reason))?;
        }
        let stopping = CancellationToken::new();
        let http = serve(&app, listener, &stopping);
        let chores = chores::begin(&app, lost);
        tracing::info!(%address, "listening");
        Ok(Self { address, app, hub: thread, http, chores, stopping, turn, _held: held })
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

/// Everything that is to be so before anything is opened.
fn prepare(config: &Config) -> Result<DataFolder, StartError> {
    config.check()?;
    metrics::install();
    tls::ready();
    descriptors::raise(config);
    let held = DataFolder::take(&config.data)?;
    held.warn_of_lost_database(&config.database_path());
    private::prepare(&config.data).map_err(|error| unusable(config, &error))?;
    Ok(held)
}

fn unusable(config: &Config, error: &std::io::Error) -> StartError {
    StartError::Files(format!("{}: {error}", config.data.display()))
}

fn configured_or_kept(config: &Config, kind: SecretKind) -> Result<String, StartError> {
    config.secret(kind).map_or_else(|| read_or_generate(&config.data, kind), |secret| Ok(secret.0.clone()))
}

async fn bind(listen: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |error: std::io::Error| StartError::Listen(format!("{listen}: {error}"));
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Opens the database for writing, and the hub over it on a thread of its own.
fn start_hub(
    config: &Config,
    clock: &Clock,
    ice: IceSettings,
    post: Post,
) -> Result<(HubHandle, JoinHandle<()>), StartError> {
    let settings = SqliteSettings { busy_ms: config.busy_ms, max_kb: config.database_kb };
    let store = SqliteStore::open(&config.database_path(), settings)?;
    let mut hub = Hub::new(hub_settings(config, ice)?);
    hub.restore(&store, clock.now())?;
    engine::start(Engine::new(hub, store, post), clock.clone())
        .map_err(|error| StartError::Files(error.to_string()))
}

fn open_reads(config: &Config) -> Result<ReadPool, StartError> {
    let path = config.database_path();
    let open = |_| SqliteStore::open_read_only(&path).map(|store| Box::new(store) as Connection);
    Ok(ReadPool::new((0..READ_CONNECTIONS).map(open).collect::<Result<_, _>>()?))
}

/// The embedded TURN server if there is to be one, and what widgets are told. Where nobody asked for it, calls on the
/// same network still work without.
fn start_turn(
    config: &Config,
    clock: Clock,
    rights: RelayRights,
) -> Result<(Option<Turn>, IceSettings), StartError> {
    let secret = turn::secret(config)?;
    let admission = Admission::new(move |holder| rights.admits(holder));
    let time = TimeOfDay::new(move || clock.now().0 / 1000);
    let start =
        |listen| Turn::start(turn::settings(config, listen, &secret, admission.clone(), time.clone()));
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
        chats_per_user: config.chats_per_user,
        presence_grace_ms: config.presence_grace_ms,
        presence_batch_ms: config.presence_batch_ms,
        dial_ms: config.dial_ms,
        rings_per_minute: config.rings_per_minute,
        call_grace_ms: config.call_grace_ms,
        ice,
        seed,
    })
}

/// Answers until `stopping` is cancelled, and then what is under way.
fn serve(app: &App, listener: TcpListener, stopping: &CancellationToken) -> Task<()> {
    let (serving, ending) = (app.clone(), stopping.clone());
    tokio::spawn(async move {
        listen::serve(listener, router(serving.clone()), &serving.config, ending).await;
    })
}
