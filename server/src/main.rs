//! Starts the server and stops it when asked to, or looks after one that runs.

use bandyer_server::Server;
use bandyer_server::config::{CommandLine, Task};
use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

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
        None => bandyer_server::log::start(&config)?,
    }
    runtime.block_on(async {
        let server = Server::start(config).await?;
        asked_to_stop().await?;
        server.stop().await;
        Ok(ExitCode::SUCCESS)
    })
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
