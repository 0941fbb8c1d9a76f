//! Measures a server of its own: pairs of users over real sockets, durable commits, a core for the server and one
//! for the load. Prints one line of JSON per run.
//!
//! `cargo build --release -p bandyer-server && cargo run --release -p bandyer-server --example load -- --pairs 1000`

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement ends where something unexpected happens"
)]

mod pair;
mod process;

use clap::Parser;
use pair::{Pace, Running, Tally};
use process::Measured;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

#[derive(Debug, Parser)]
struct Options {
    /// Pairs of users; each pair has two sockets and one chat
    #[arg(long, default_value_t = 100)]
    pairs: u32,
    /// Messages a second in all; each pair sends as fast as it is acknowledged when 0
    #[arg(long, default_value_t = 0)]
    rate: u32,
    /// How long to measure
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Measure idle sockets instead of messages
    #[arg(long)]
    idle: bool,
    /// The server's binary
    #[arg(long, default_value = "target/release/bandyer-server")]
    server: PathBuf,
    /// Core of the server; the load should run on another one
    #[arg(long, default_value_t = 0)]
    core: u32,
    /// Folder for the database, so that the disk can be chosen
    #[arg(long)]
    folder: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let options = Options::parse();
    let folder = match &options.folder {
        Some(folder) => tempfile::tempdir_in(folder),
        None => tempfile::tempdir(),
    };
    let folder = folder.unwrap();
    process::seed(folder.path(), options.pairs);
    let server = process::Process::start(&options, folder.path());
    let bare = server.measure();

    let pace = match options.rate {
        0 => Pace::AsAcknowledged,
        rate => Pace::Every(Duration::from_secs_f64(f64::from(options.pairs) / f64::from(rate))),
    };
    let tally = Arc::new(Tally::default());
    let (start, started) = watch::channel(false);
    let connecting = Instant::now();
    let running = Running::connect(server.address, options.pairs, pace, tally.clone(), &started).await;
    let connected = connecting.elapsed();
    let line = if options.idle {
        tokio::time::sleep(Duration::from_secs(options.seconds)).await;
        idle(&options, &bare, &server.measure(), connected)
    } else {
        // Presence settles, then the first second of messages warms caches and files up.
        tokio::time::sleep(Duration::from_secs(2)).await;
        start.send(true).unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        messages(&options, &server, &tally).await
    };
    running.abort();
    show(&line);
}

fn idle(options: &Options, before: &Measured, now: &Measured, connected: Duration) -> serde_json::Value {
    let sockets = f64::from(options.pairs) * 2.0;
    serde_json::json!({
        "sockets": sockets,
        "connect_seconds": connected.as_secs_f64(),
        "kib_per_socket": now.memory_above(before) as f64 / 1024.0 / sockets,
        "kib_before": before.memory / 1024,
    })
}

async fn messages(options: &Options, server: &process::Process, tally: &Tally) -> serde_json::Value {
    tally.start_over();
    let (before, started) = (server.measure(), Instant::now());
    tokio::time::sleep(Duration::from_secs(options.seconds)).await;
    let (after, elapsed) = (server.measure(), started.elapsed().as_secs_f64());
    let latencies = tally.sorted();
    let count = latencies.len() as f64;
    let at = |share: f64| {
        let index = (share * (count - 1.0)).max(0.0) as usize;
        latencies.get(index).map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    };
    serde_json::json!({
        "pairs": options.pairs,
        "rate": options.rate,
        "delivered_per_second": count / elapsed,
        "p50_ms": at(0.5),
        "p99_ms": at(0.99),
        "p999_ms": at(0.999),
        "max_ms": at(1.0),
        "cpu_us_per_message": Measured::cpu_between(&before, &after) * 1e6 / count,
        "cpu_share": Measured::cpu_between(&before, &after) / elapsed,
        "memory_mib": after.memory / 1024 / 1024,
    })
}

#[expect(clippy::print_stdout, reason = "the result of the measurement")]
fn show(line: &serde_json::Value) {
    println!("{line}");
}
