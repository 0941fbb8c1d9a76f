//! Settings: flags, then environment, then a TOML file, then the defaults.

pub mod turn;

use crate::error::StartError;
use crate::origin::OriginPolicy;
use crate::secrets::SecretKind;
use bandyer_protocol::{Limits, secret::Secret};
use bandyer_turn::PortRange;
use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

/// The server of the Bandyer chat widget: REST, WebSocket, uploads and the widget's own files, in one binary.
///
/// Every option can also be given as an environment variable (named beside it) or, by its long name with
/// underscores, in a TOML file. A flag wins over the environment, the environment over the file.
#[derive(Debug, Parser)]
#[command(name = "bandyer-server", version)]
pub struct CommandLine {
    /// TOML file with any of the options below
    #[arg(long, env = "BANDYER_CONFIG", value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,

    /// Print the settings in force, without secrets, and stop
    #[arg(long)]
    pub print_config: bool,

    #[command(subcommand)]
    pub task: Option<Task>,

    #[command(flatten)]
    pub settings: Partial,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum Task {
    /// Look at settings, data folder, running server and TURN, and say what is wrong; with the server's own settings
    Doctor,
}

impl CommandLine {
    /// # Errors
    /// When the file cannot be read, or holds something unknown or out of range.
    pub fn resolve(self) -> Result<Config, StartError> {
        let mut config = Config::default();
        if let Some(path) = &self.config {
            let broken = |cause: String| StartError::Config(format!("{}: {cause}", path.display()));
            let text = std::fs::read_to_string(path).map_err(|error| broken(error.to_string()))?;
            config.apply(read_file(&text).map_err(broken)?);
        }
        config.apply(self.settings);
        config.check()?;
        Ok(config)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

fn secret(text: &str) -> Result<Secret, Infallible> {
    Ok(Secret(text.to_owned()))
}

/// Settings out of a TOML file. What is wrong is told without quoting the file: it may be a secret, and ends up in a log.
fn read_file(text: &str) -> Result<Partial, String> {
    let told = |error: toml::de::Error| {
        let line =
            error.span().map(|span| text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1);
        let place = line.map_or_else(String::new, |line| format!("line {line}: "));
        format!("{place}{}", error.message())
    };
    let table: toml::Table = toml::from_str(text).map_err(told)?;
    // The message of a wrong type quotes the value.
    for kind in SecretKind::ALL {
        if table.get(kind.setting()).is_some_and(|value| !value.is_str()) {
            return Err(format!("{} must be a text in quotes", kind.setting()));
        }
    }
    toml::from_str(text).map_err(told)
}

/// A proxy on this machine.
fn loopback() -> Vec<IpNet> {
    let networks = [IpNet::new(Ipv4Addr::LOCALHOST.into(), 8), IpNet::new(Ipv6Addr::LOCALHOST.into(), 128)];
    networks.into_iter().flatten().map(|network| network.trunc()).collect()
}

macro_rules! settings {
    (
        plain { $($(#[$meta:meta])* $name:ident: $type:ty = $default:expr, $env:literal;)* }
        optional { $($(#[$opt_meta:meta])* $opt_name:ident: $opt_type:ty, $opt_env:literal;)* }
    ) => {
        /// What one source says; `None` where it is silent.
        #[derive(Debug, Default, Clone, Args, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Partial {
            $($(#[$meta])* #[arg(long, env = $env, hide_env_values = true, global = true)] pub $name: Option<$type>,)*
            $($(#[$opt_meta])* #[arg(long, env = $opt_env, hide_env_values = true, global = true)] pub $opt_name: Option<$opt_type>,)*
        }

        /// The settings in force; [`Partial`]'s help text says what each one means.
        #[derive(Debug, Clone, Serialize)]
        pub struct Config {
            $(pub $name: $type,)*
            $(#[serde(skip_serializing_if = "Option::is_none")] pub $opt_name: Option<$opt_type>,)*
        }

        impl Default for Config {
            fn default() -> Self {
                Self { $($name: $default,)* $($opt_name: None,)* }
            }
        }

        impl Config {
            /// Lets what `from` says win over what is there.
            pub fn apply(&mut self, from: Partial) {
                $(if let Some(value) = from.$name { self.$name = value; })*
                $(if from.$opt_name.is_some() { self.$opt_name = from.$opt_name; })*
            }
        }
    };
}

settings! {
    plain {
        /// Address and port to listen on [default: 127.0.0.1:8080]
        #[arg(value_name = "ADDRESS")]
        listen: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080), "BANDYER_LISTEN";

        /// Folder of the database, uploads and generated secrets [default: data]
        #[arg(value_name = "FOLDER")]
        data: PathBuf = PathBuf::from("data"), "BANDYER_DATA";

        /// Web origins whose pages may use the server, e.g. https://shop.example; its own always may. No paths, no
        /// wildcards. Repeat the option or separate by commas
        #[arg(value_name = "ORIGIN", value_delimiter = ',')]
        origins: Vec<String> = Vec::new(), "BANDYER_ORIGINS";

        /// Serve the demo: users alice and bob, pages under /demo, pages of this machine allowed [default: false]
        #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "true")]
        demo: bool = false, "BANDYER_DEMO";

        /// Longest message, in characters [default: 10000]
        message_chars: u32 = Limits::default().message_chars, "BANDYER_MESSAGE_CHARS";

        /// Largest upload, in bytes [default: 157286400]
        upload_bytes: u64 = Limits::default().upload_bytes, "BANDYER_UPLOAD_BYTES";

        /// Most files a user may have uploaded and not sent [default: 50]
        unsent_uploads: u32 = 50, "BANDYER_UNSENT_UPLOADS";

        /// Most bytes of files of one user, sent or not (10 GiB); 0 for no limit [default: 10737418240]
        user_bytes: u64 = 10_737_418_240, "BANDYER_USER_BYTES";

        /// Most bytes of files in all; 0 for as many as the disk holds [default: 0]
        stored_bytes: u64 = 0, "BANDYER_STORED_BYTES";

        /// Bytes of the disk that are kept free for the database: files are refused below (512 MiB, on a small disk a
        /// quarter of it) [default: 536870912]
        free_bytes: u64 = 536_870_912, "BANDYER_FREE_BYTES";

        /// Days that files given in calls are kept, unless they go with their room before; 0 for ever [default: 30]
        call_file_days: u32 = 30, "BANDYER_CALL_FILE_DAYS";

        /// Most messages one page may hold [default: 200]
        page_size: u32 = Limits::default().page_size, "BANDYER_PAGE_SIZE";

        /// Largest frame a widget may send, in bytes [default: 65536]
        frame_bytes: u32 = 65_536, "BANDYER_FRAME_BYTES";

        /// Messages a user may send each second, in the long run [default: 30]
        messages_per_second: u32 = 30, "BANDYER_MESSAGES_PER_SECOND";

        /// Messages a user may send at once after a pause [default: 200]
        message_burst: u32 = 200, "BANDYER_MESSAGE_BURST";

        /// Any other requests of a user each second, in the long run [default: 60]
        requests_per_second: u32 = 60, "BANDYER_REQUESTS_PER_SECOND";

        /// Any other requests of a user at once after a pause [default: 300]
        request_burst: u32 = 300, "BANDYER_REQUEST_BURST";

        /// Most sockets (tabs, devices) of one user [default: 16]
        sessions_per_user: u32 = 16, "BANDYER_SESSIONS_PER_USER";

        /// Most chats a user may open; what the host site opens over REST is not counted [default: 2000]
        chats_per_user: u32 = 2000, "BANDYER_CHATS_PER_USER";

        /// Most sockets in all, signed in or not [default: 50000]
        sockets: u32 = 50_000, "BANDYER_SOCKETS";

        /// Time for the first frame, with the token, in milliseconds [default: 10000]
        authenticate_ms: u32 = 10_000, "BANDYER_AUTHENTICATE_MS";

        /// Time for the head of a request, and between two requests on a connection, in milliseconds [default: 75000]
        request_ms: u32 = 75_000, "BANDYER_REQUEST_MS";

        /// Time for the body of a request, all of it, in milliseconds; a file may take longer, but not pause
        /// [default: 20000]
        body_ms: u32 = 20_000, "BANDYER_BODY_MS";

        /// Time an answer waits for a client that reads nothing of it, in milliseconds [default: 30000]
        answer_ms: u32 = 30_000, "BANDYER_ANSWER_MS";

        /// Most connections of one address at once, of IPv6 a /64; 0 for any number [default: 512]
        connections_per_address: u32 = 512, "BANDYER_CONNECTIONS_PER_ADDRESS";

        /// Networks of proxies that are believed in X-Forwarded-For and X-Forwarded-Proto
        /// [default: 127.0.0.0/8,::1/128]
        #[arg(value_name = "CIDR", value_delimiter = ',')]
        trusted_proxies: Vec<IpNet> = loopback(), "BANDYER_TRUSTED_PROXIES";

        /// Requests with a wrong API key that are looked at each minute, of one address [default: 60]
        wrong_keys_per_minute: u32 = 60, "BANDYER_WRONG_KEYS_PER_MINUTE";

        /// How often a silent widget is asked whether it is there, in milliseconds [default: 25000]
        heartbeat_ms: u32 = 25_000, "BANDYER_HEARTBEAT_MS";

        /// Bytes that may wait for a widget that reads too slowly, before it is cut off [default: 1048576]
        backlog_bytes: u32 = 1_048_576, "BANDYER_BACKLOG_BYTES";

        /// How long a user stays online after the last socket is gone, in milliseconds [default: 2000]
        presence_grace_ms: u32 = 2000, "BANDYER_PRESENCE_GRACE_MS";

        /// Presence changes are gathered for this long, in milliseconds [default: 250]
        presence_batch_ms: u32 = 250, "BANDYER_PRESENCE_BATCH_MS";

        /// How long it rings before nobody has answered, in milliseconds [default: 45000]
        dial_ms: u32 = 45_000, "BANDYER_DIAL_MS";

        /// How often a user may ring others within a minute; one user is rung at twice as often at most [default: 10]
        rings_per_minute: u32 = 10, "BANDYER_RINGS_PER_MINUTE";

        /// How long a call waits for a side whose connection to the server is lost, in milliseconds [default: 30000]
        call_grace_ms: u32 = 30_000, "BANDYER_CALL_GRACE_MS";

        /// Signals of calls a user may send each second, in the long run [default: 60]
        signals_per_second: u32 = 60, "BANDYER_SIGNALS_PER_SECOND";

        /// Signals of calls a user may send at once after a pause [default: 400]
        signal_burst: u32 = 400, "BANDYER_SIGNAL_BURST";

        /// How long a locked database is waited for, in milliseconds [default: 250]
        busy_ms: u32 = 250, "BANDYER_BUSY_MS";

        /// Widgets are told to come back after this when the server restarts, in milliseconds [default: 1000]
        reconnect_ms: u32 = 1000, "BANDYER_RECONNECT_MS";

        /// How long open connections may take to end when the server stops, in milliseconds [default: 5000]
        shutdown_ms: u32 = 5000, "BANDYER_SHUTDOWN_MS";

        /// How long a call link is good, in seconds (30 days) [default: 2592000]
        link_lifetime_s: u32 = 2_592_000, "BANDYER_LINK_LIFETIME_S";

        /// Days that activities, connections of sessions and events not told yet are kept; 0 for ever [default: 365]
        journal_days: u32 = 365, "BANDYER_JOURNAL_DAYS";

        /// Let webhooks go to addresses of this machine and of private networks [default: false]
        #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "true")]
        webhook_allow_private: bool = false, "BANDYER_WEBHOOK_ALLOW_PRIVATE";

        /// Addresses of this machine as seen from outside, where it stands behind NAT: relays are told with them. At
        /// most one of each family
        #[arg(value_name = "IP", value_delimiter = ',')]
        turn_external_ip: Vec<IpAddr> = Vec::new(), "BANDYER_TURN_EXTERNAL_IP";

        /// Ports of relays, one for each allocation [default: 49152-65535]
        #[arg(value_name = "FIRST-LAST")]
        turn_ports: PortRange = PortRange::DYNAMIC, "BANDYER_TURN_PORTS";

        /// Most TURN allocations of one user [default: 12]
        turn_quota: u32 = 12, "BANDYER_TURN_QUOTA";

        /// Most TURN allocations in all [default: 2000]
        turn_allocations: u32 = 2000, "BANDYER_TURN_ALLOCATIONS";

        /// Most bytes a second of one TURN allocation, in each direction [default: 1250000]
        turn_bandwidth: u32 = 1_250_000, "BANDYER_TURN_BANDWIDTH";

        /// A TURN allocation ends after this, however often it is refreshed, in seconds [default: 43200]
        turn_lifetime_s: u32 = 43_200, "BANDYER_TURN_LIFETIME_S";

        /// How long credentials for TURN open an allocation, in seconds [default: 600]
        turn_ttl_s: u32 = 600, "BANDYER_TURN_TTL_S";

        /// Networks relays may reach although they are private or special, e.g. 10.1.0.0/16
        #[arg(value_name = "CIDR", value_delimiter = ',')]
        turn_allow_peer: Vec<IpNet> = Vec::new(), "BANDYER_TURN_ALLOW_PEER";

        /// Networks relays may not reach; wins over turn_allow_peer
        #[arg(value_name = "CIDR", value_delimiter = ',')]
        turn_deny_peer: Vec<IpNet> = Vec::new(), "BANDYER_TURN_DENY_PEER";

        /// What widgets are told as TURN servers, e.g. turn:turn.example.com:3478?transport=udp. Without `turn`, the
        /// embedded TURN server is not started then: they are somebody else's, such as coturn
        #[arg(value_name = "URL", value_delimiter = ',')]
        turn_url: Vec<String> = Vec::new(), "BANDYER_TURN_URL";

        /// What widgets are told as STUN servers, in place of the embedded one
        #[arg(value_name = "URL", value_delimiter = ',')]
        stun_url: Vec<String> = Vec::new(), "BANDYER_STUN_URL";

        /// How log lines look [default: text]
        log_format: LogFormat = LogFormat::Text, "BANDYER_LOG_FORMAT";

        /// What is logged: error, warn, info, debug, trace, or a filter by module [default: info]
        #[arg(value_name = "FILTER")]
        log: String = "info".to_owned(), "BANDYER_LOG";
    }
    optional {
        /// Key of the REST API; when absent, one is generated once into <data>/api-key
        #[arg(value_parser = secret, value_name = "KEY")]
        api_key: Secret, "BANDYER_API_KEY";

        /// Secret that signs access tokens, at least 32 bytes; when absent, one is generated once into
        /// <data>/token-secret
        #[arg(value_parser = secret, value_name = "SECRET")]
        token_secret: Secret, "BANDYER_TOKEN_SECRET";

        /// Folder of the built widget, as `cargo xtask dist` makes it
        #[arg(value_name = "FOLDER")]
        widget_folder: PathBuf, "BANDYER_WIDGET_FOLDER";

        /// Folder of the demo pages
        #[arg(value_name = "FOLDER")]
        demo_folder: PathBuf, "BANDYER_DEMO_FOLDER";

        /// Where browsers reach this server, e.g. https://chat.example.com; call links start with it. When absent, they
        /// start with the address the host site's server used
        #[arg(value_name = "URL")]
        public_url: String, "BANDYER_PUBLIC_URL";

        /// Addresses of the embedded TURN and STUN server, UDP and TCP, or `off`; when absent, port 3478 of the host of
        /// `listen`, and the server starts without TURN if that is taken
        #[arg(value_name = "ADDRESS", value_delimiter = ',')]
        turn: Vec<String>, "BANDYER_TURN";

        /// Secret shared with the TURN server, coturn's static-auth-secret, at least 16 bytes; when absent, one is
        /// generated once into <data>/turn-secret
        #[arg(value_parser = secret, value_name = "SECRET")]
        turn_secret: Secret, "BANDYER_TURN_SECRET";

        /// Most disk space of the database, in KiB; writes beyond are refused as storage_unavailable
        database_kb: u32, "BANDYER_DATABASE_KB";
    }
}

impl Config {
    pub fn limits(&self) -> Limits {
        Limits {
            message_chars: self.message_chars,
            upload_bytes: self.upload_bytes,
            page_size: self.page_size,
        }
    }

    pub fn database_path(&self) -> PathBuf {
        self.data.join("chat.db")
    }

    pub fn secret(&self, kind: SecretKind) -> Option<&Secret> {
        match kind {
            SecretKind::ApiKey => self.api_key.as_ref(),
            SecretKind::Token => self.token_secret.as_ref(),
            SecretKind::Turn => self.turn_secret.as_ref(),
        }
    }

    /// The settings as a TOML file, without secrets.
    ///
    /// # Errors
    /// When a path is not Unicode.
    pub fn to_toml(&self) -> Result<String, StartError> {
        let hide = |secret: &Option<Secret>| secret.as_ref().map(|_| Secret("(hidden)".to_owned()));
        let shown = Self {
            api_key: hide(&self.api_key),
            token_secret: hide(&self.token_secret),
            turn_secret: hide(&self.turn_secret),
            ..self.clone()
        };
        toml::to_string(&shown).map_err(|error| StartError::Config(error.to_string()))
    }

    pub(crate) fn check(&self) -> Result<(), StartError> {
        let positive = [
            ("message_chars", self.message_chars),
            ("page_size", self.page_size),
            ("messages_per_second", self.messages_per_second),
            ("message_burst", self.message_burst),
            ("requests_per_second", self.requests_per_second),
            ("request_burst", self.request_burst),
            ("rings_per_minute", self.rings_per_minute),
            ("signals_per_second", self.signals_per_second),
            ("signal_burst", self.signal_burst),
            ("sessions_per_user", self.sessions_per_user),
            ("authenticate_ms", self.authenticate_ms),
            ("heartbeat_ms", self.heartbeat_ms),
            ("request_ms", self.request_ms),
            ("body_ms", self.body_ms),
            ("answer_ms", self.answer_ms),
            ("wrong_keys_per_minute", self.wrong_keys_per_minute),
        ];
        for (name, value) in positive {
            if value == 0 {
                return Err(StartError::Config(format!("{name} must not be 0")));
            }
        }
        if self.link_lifetime_s == 0 {
            return Err(StartError::Config("link_lifetime_s must not be 0".to_owned()));
        }
        turn::check(self)?;
        if self.frame_bytes < 1024 {
            return Err(StartError::Config("frame_bytes must be at least 1024".to_owned()));
        }
        for kind in SecretKind::ALL {
            let checked = self.secret(kind).map_or(Ok(()), |secret| kind.check(&secret.0));
            checked.map_err(|why| StartError::Config(format!("{} {why}", kind.setting())))?;
        }
        self.origin_policy().map(drop)
    }

    /// # Errors
    /// When something among `origins`, or `public_url`, is no origin.
    pub fn origin_policy(&self) -> Result<OriginPolicy, StartError> {
        OriginPolicy::new(&self.origins, self.public_url.as_deref(), self.demo).map_err(StartError::Config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_in_the_file_is_told_without_what_stands_there() {
        for (text, word) in [
            ("listen = \"127.0.0.1:1\"\napi_key = 1234512345", "api_key"),
            ("api_key = \"1234512345\nlisten = 3", "line 1"),
            ("token_secret = 1234512345x", "line 1"),
            ("token_secret = [\"1234512345\"]", "token_secret"),
            ("turn_secret = { a = 1234512345 }", "turn_secret"),
            ("api_key = \"\"\"1234512345", "line 1"),
            ("api_key = 1234512345 1234512345", "line 1"),
            ("apikey = \"1234512345\"", "apikey"),
            ("api_key = \"1234512345\"\napi_key = \"1234512345\"", "line 2"),
            ("# first\nlog_format = \"xml\"", "line 2"),
        ] {
            let told = read_file(text).unwrap_err();
            assert!(told.contains(word) && !told.contains("12345"), "{text}: {told}");
        }
        assert!(read_file("api_key = \"1234512345123451\"").is_ok());
    }
}
