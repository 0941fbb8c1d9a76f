//! Starts the server and stops it when asked to, or looks after one that runs.

use bandyer_server::Server;
use bandyer_server::config::{CommandLine, Config, LogFormat, Task};
use clap::Parser;
use std::io::Write;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(cause) => {
            let _ = writeln!(std::io::stderr(), "bandyer-server: {cause}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let line = CommandLine::parse();
    let (print, task) = (line.print_config, line.task);
    let config = line.resolve()?;
    if print {
        std::io::stdout().write_all(config.to_toml()?.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match task {
        Some(Task::Doctor) => {
            let report = runtime.block_on(bandyer_server::doctor::examine(&config));
            write!(std::io::stdout(), "{report}")?;
            return Ok(if report.is_healthy() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        None => start_log(&config)?,
    }
    runtime.block_on(async {
        let server = Server::start(config).await?;
        asked_to_stop().await?;
        server.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// They log every packet, and every mistake of a stranger.
const LIBRARIES_TOO_LOUD: [&str; 5] = [
    "turn_server_proto=error",
    "turn_types=error",
    "stun_proto=error",
    "stun_proto::auth=off",
    "stun_types=error",
];

fn start_log(config: &Config) -> Result<(), Box<dyn std::error::Error>> {
    let filter =
        LIBRARIES_TOO_LOUD.iter().try_fold(EnvFilter::try_new(&config.log)?, |filter, quieter| {
            // What the setting says of a library by name stands.
            let library = quieter.split('=').next().unwrap_or_default();
            if config.log.contains(library) {
                Ok(filter)
            } else {
                quieter.parse().map(|one| filter.add_directive(one))
            }
        })?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().init(),
    }
    Ok(())
}

async fn asked_to_stop() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            _ = terminate.recv() => Ok(()),
            result = tokio::signal::ctrl_c() => result,
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
