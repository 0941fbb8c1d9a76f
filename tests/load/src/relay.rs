//! The relay under load: calls whose media goes through two allocations of the server, as behind the strictest NAT.

use crate::client::Fault;
use crate::measure::Usage;
use crate::world::World;
use bandyer_turn::probe::{Failed, Probe};
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::task::spawn_local;

/// A full packet of video, in bytes.
const PACKET: usize = 1_200;
const CHANNEL: u16 = 0x4000;
/// How long each row measures.
const SPAN: Duration = Duration::from_secs(6);
/// Packets are sent in lots, this far apart.
const TICK: Duration = Duration::from_millis(5);
/// Packets each side keeps under way when the relay is to be saturated.
const WINDOW: u64 = 24;

/// One side of a call. It counts what it sends and what arrives.
struct Side {
    probe: Probe,
    sent: u64,
    arrived: u64,
}

/// What both sides of all calls counted.
#[derive(Default)]
struct Tally {
    sent: u64,
    arrived: u64,
}

/// # Errors
/// When the server does not start, or gives no allocation.
pub async fn run(program: &Path, out: &mut impl Write) -> Result<(), Fault> {
    writeln!(
        out,
        "\n| relayed calls | load | packets/s | Mbit/s | lost | server CPU s/Gbit | KiB/allocation |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|")?;
    for (calls, per_tick) in [(1, 1), (10, 1), (40, 1), (10, 0)] {
        let world = World::start(program).await?;
        let before = Usage::of(world.pid()).ok_or("no such process")?;
        let sides = connect(&world, calls).await?;
        let start = Usage::of(world.pid()).ok_or("no such process")?;
        let tally = load(sides, per_tick).await?;
        let end = Usage::of(world.pid()).ok_or("no such process")?;
        let seconds = SPAN.as_secs_f64();
        let gigabits = tally.arrived as f64 * PACKET as f64 * 8.0 / 1e9;
        let load = match per_tick {
            0 => "saturating".to_owned(),
            lot => format!("{:.1} Mbit/s a way", lot as f64 * PACKET as f64 * 8.0 / TICK.as_secs_f64() / 1e6),
        };
        writeln!(
            out,
            "| {calls} | {load} | {:.0} | {:.0} | {:.2} % | {:.2} | {:.1} |",
            tally.arrived as f64 / seconds,
            gigabits * 1e3 / seconds,
            100.0 * tally.sent.saturating_sub(tally.arrived) as f64 / tally.sent.max(1) as f64,
            end.cpu.saturating_sub(start.cpu).as_secs_f64() / gigabits,
            start.resident.saturating_sub(before.resident) as f64 / 1024.0 / (2.0 * f64::from(calls)),
        )?;
    }
    Ok(())
}

/// The sides of so many calls: each side's channel leads to the relay of the other.
async fn connect(world: &World, calls: u32) -> Result<Vec<Side>, Fault> {
    let mut sides = Vec::new();
    for call in 0..calls {
        let (mut a, at_a) = allocate(world, &format!("relay-{call}-a")).await?;
        let (mut b, at_b) = allocate(world, &format!("relay-{call}-b")).await?;
        a.bind_channel(CHANNEL, at_b).await.map_err(fault)?;
        b.bind_channel(CHANNEL, at_a).await.map_err(fault)?;
        sides.extend([a, b].map(|probe| Side { probe, sent: 0, arrived: 0 }));
    }
    Ok(sides)
}

async fn allocate(world: &World, user: &str) -> Result<(Probe, SocketAddr), Fault> {
    let (server, name, password) = world.relay_of(user).await?;
    let mut probe = Probe::over_udp(server, &name, &password).await.map_err(fault)?;
    let relayed = probe.allocate().await.map_err(fault)?;
    Ok((probe, relayed))
}

async fn load(sides: Vec<Side>, per_tick: u64) -> Result<Tally, Fault> {
    let start = Instant::now();
    let tasks: Vec<_> =
        sides.into_iter().map(|side| spawn_local(side.talk(start + SPAN, per_tick))).collect();
    let mut tally = Tally::default();
    for task in tasks {
        let side = task.await?.map_err(fault)?;
        tally.sent += side.sent;
        tally.arrived += side.arrived;
    }
    Ok(tally)
}

impl Side {
    /// Sends a lot every tick, or without a pause when it is none, and counts what comes.
    async fn talk(mut self, until: Instant, per_tick: u64) -> Result<Self, Failed> {
        let packet = [0x5a; PACKET];
        let mut next = Instant::now();
        while Instant::now() < until {
            let lot = if per_tick == 0 {
                // What is lost must not close the window for ever.
                WINDOW.saturating_sub(self.sent.saturating_sub(self.arrived) % (WINDOW * 4))
            } else if Instant::now() >= next {
                next += TICK;
                per_tick
            } else {
                0
            };
            for _ in 0..lot {
                self.probe.send_on(CHANNEL, &packet).await?;
            }
            self.sent += lot;
            self.hear(TICK / 5).await?;
        }
        // What is still under way counts.
        self.hear(Duration::from_millis(300)).await?;
        Ok(self)
    }

    /// Counts until nothing has come for so long.
    async fn hear(&mut self, patience: Duration) -> Result<(), Failed> {
        loop {
            match self.probe.arrived(patience).await {
                Ok(_) => self.arrived += 1,
                Err(Failed::Unanswered) => return Ok(()),
                Err(failed) => return Err(failed),
            }
        }
    }
}

fn fault(failed: Failed) -> Fault {
    failed.to_string().into()
}
