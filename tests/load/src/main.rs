//! Measures the server: throughput and latency of durable messages between connected pairs, what an idle connection
//! costs, and what its relay carries. `cargo xtask bench` builds the server and calls this with its path.

mod client;
mod measure;
mod relay;
mod world;

use bandyer_protocol::{ChatNews, ClientMessageId, ServerMessage};
use client::{Client, Fault};
use measure::{Latencies, Usage};
use std::{
    cell::{Cell, RefCell},
    io::Write,
    path::PathBuf,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::task::{LocalSet, spawn_local};
use world::{Pair, World};

/// How long each row measures.
const SPAN: Duration = Duration::from_secs(8);
/// Before that, caches fill and everybody reads the news of who came, in spans of this length until none is left …
const WARM_UP: Duration = Duration::from_secs(4);
/// … but no more than so many.
const MOST_WARM_UPS: u32 = 20;
/// Messages each pair keeps under way when the server is to be saturated; in all, never more than [`IN_FLIGHT`].
const WINDOW: usize = 32;
const IN_FLIGHT: usize = 8_000;

fn main() -> Result<(), Fault> {
    let usage = "usage: bandyer-load <server program> server|relay";
    let program = PathBuf::from(std::env::args().nth(1).ok_or(usage)?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match std::env::args().nth(2).as_deref() {
        Some("server") => LocalSet::new().block_on(&runtime, run(program)),
        Some("relay") => LocalSet::new().block_on(&runtime, relay::run(&program, &mut std::io::stdout())),
        Some(_) | None => Err(usage.into()),
    }
}

async fn run(program: PathBuf) -> Result<(), Fault> {
    let mut out = std::io::stdout();
    writeln!(out, "| connected pairs | load | delivered/s | p50 ms | p99 ms | server CPU µs/message |")?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    for count in [100, 1_000, 5_000] {
        let world = World::start(&program).await?;
        let pairs = world.pairs("user", count).await?;
        let crowd = Crowd::connect(&world, &pairs).await?;
        crowd.warm_up(&world).await?;
        for load in [Load::Paced { per_second: 1_000 }, Load::Saturating] {
            let mut result = crowd.measure(&world, load, SPAN).await?;
            writeln!(out, "| {count} | {load} | {}", result.row())?;
        }
    }
    idle(&program, &mut out).await
}

async fn idle(program: &std::path::Path, out: &mut impl Write) -> Result<(), Fault> {
    let world = World::start(program).await?;
    let pairs = world.pairs("idle", 2_500).await?;
    let before = Usage::of(world.pid()).ok_or("no such process")?;
    let crowd = Crowd::connect(&world, &pairs).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let after = Usage::of(world.pid()).ok_or("no such process")?;
    let each = after.resident.saturating_sub(before.resident) / (2 * pairs.len() as u64);
    writeln!(out, "\nIdle connections: {}, {:.1} KiB each.", 2 * pairs.len(), each as f64 / 1024.0)?;
    drop(crowd);
    Ok(())
}

#[derive(Clone, Copy)]
enum Load {
    /// So many messages a second, spread evenly over the pairs.
    Paced { per_second: u32 },
    /// As many as the server takes.
    Saturating,
}

impl std::fmt::Display for Load {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Load::Paced { per_second } => write!(f, "{per_second}/s"),
            Load::Saturating => f.write_str("saturating"),
        }
    }
}

/// What the tasks of one run share.
struct Board {
    start: Instant,
    running: Cell<bool>,
    latencies: RefCell<Latencies>,
    fault: RefCell<Option<String>>,
}

/// All pairs, connected. The clients are lent to the tasks of a run and come back at its end.
struct Crowd {
    members: RefCell<Vec<Member>>,
    /// Distinguishes the message ids of one run from those of the next.
    run: Cell<u32>,
}

struct Member {
    chat: bandyer_protocol::ChatId,
    sender: Client,
    receiver: Client,
}

struct Outcome {
    latencies: Latencies,
    span: Duration,
    cpu: Duration,
}

impl Outcome {
    fn row(&mut self) -> String {
        let count = self.latencies.len() as f64;
        format!(
            "{:.0} | {:.2} | {:.2} | {:.1} |",
            count / self.span.as_secs_f64(),
            self.latencies.percentile_ms(0.5),
            self.latencies.percentile_ms(0.99),
            self.cpu.as_secs_f64() * 1e6 / count
        )
    }
}

impl Crowd {
    async fn connect(world: &World, pairs: &[Pair]) -> Result<Self, Fault> {
        let mut members = Vec::with_capacity(pairs.len());
        for Pair { chat, tokens: [a, b] } in pairs {
            let sender = Client::connect(world.address, a.clone()).await?;
            let receiver = Client::connect(world.address, b.clone()).await?;
            members.push(Member { chat: chat.clone(), sender, receiver });
        }
        Ok(Self { members: RefCell::new(members), run: Cell::new(0) })
    }

    async fn warm_up(&self, world: &World) -> Result<(), Fault> {
        let mut heard = 0;
        for _ in 0..MOST_WARM_UPS {
            self.measure(world, Load::Paced { per_second: 1_000 }, WARM_UP).await?;
            let news = self.members.borrow().iter().map(|one| one.sender.news + one.receiver.news).sum();
            if news == heard {
                break;
            }
            heard = news;
        }
        Ok(())
    }

    async fn measure(&self, world: &World, load: Load, span: Duration) -> Result<Outcome, Fault> {
        let run = self.run.replace(self.run.get() + 1);
        let members = self.members.take();
        let count = members.len();
        let board = Rc::new(Board {
            start: Instant::now(),
            running: Cell::new(true),
            latencies: RefCell::default(),
            fault: RefCell::default(),
        });
        let before = Usage::of(world.pid()).ok_or("no such process")?;
        let tasks: Vec<_> = members
            .into_iter()
            .enumerate()
            .map(|(place, member)| {
                spawn_local(member.converse(
                    board.clone(),
                    format!("{run}-{place}"),
                    Pace::new(load, place, count),
                ))
            })
            .collect();
        tokio::time::sleep(span).await;
        board.running.set(false);
        let span = board.start.elapsed();
        let after = Usage::of(world.pid()).ok_or("no such process")?;
        let latencies = board.latencies.take();
        for task in tasks {
            let member = task.await?;
            self.members.borrow_mut().push(member);
        }
        match board.fault.take() {
            Some(fault) => Err(fault.into()),
            None => Ok(Outcome { latencies, span, cpu: after.cpu.saturating_sub(before.cpu) }),
        }
    }
}

/// When one pair sends.
#[derive(Clone, Copy)]
struct Pace {
    first: Duration,
    /// Zero: as soon as the window allows.
    every: Duration,
    window: usize,
}

impl Pace {
    fn new(load: Load, place: usize, count: usize) -> Self {
        match load {
            Load::Paced { per_second } => {
                let step = Duration::from_secs(1) / per_second;
                let (place, count) = (u32::try_from(place).unwrap_or(0), u32::try_from(count).unwrap_or(1));
                Self { first: step * place, every: step * count, window: usize::MAX }
            }
            Load::Saturating => Self {
                first: Duration::ZERO,
                every: Duration::ZERO,
                window: WINDOW.min(IN_FLIGHT / count).max(1),
            },
        }
    }
}

impl Member {
    /// Sends by the pace, and notes how long each message took to reach the other user.
    async fn converse(self, board: Rc<Board>, name: String, pace: Pace) -> Self {
        let Member { chat, mut sender, mut receiver } = self;
        let sent = Rc::new(Cell::new(0_u32));
        let receiving = {
            let (board, sent) = (board.clone(), sent.clone());
            spawn_local(async move {
                let mut received = 0;
                while board.running.get() || received < sent.get() {
                    let next = tokio::time::timeout(Duration::from_millis(500), receiver.next());
                    match next.await {
                        Err(_) => continue,
                        Ok(Err(fault)) => {
                            board.fault.replace(Some(fault.to_string()));
                            break;
                        }
                        Ok(Ok(envelope)) => {
                            if let ServerMessage::Chat(ChatNews::MessageAdded { message }) = envelope.msg {
                                received += 1;
                                note(&board, message.body.as_text());
                            }
                        }
                    }
                }
                receiver
            })
        };
        let outcome = drive(&mut sender, &chat, &board, &name, pace, &sent).await;
        if let Err(fault) = outcome {
            board.fault.replace(Some(fault.to_string()));
        }
        match receiving.await {
            Ok(receiver) => Member { chat, sender, receiver },
            Err(fault) => std::panic::resume_unwind(fault.into_panic()),
        }
    }
}

async fn drive(
    sender: &mut Client,
    chat: &bandyer_protocol::ChatId,
    board: &Board,
    name: &str,
    pace: Pace,
    sent: &Cell<u32>,
) -> Result<(), Fault> {
    let mut open = 0_usize;
    let mut due = tokio::time::Instant::from_std(board.start) + pace.first;
    loop {
        let may_send = board.running.get() && open < pace.window;
        if !may_send && open == 0 {
            if !board.running.get() {
                return Ok(());
            }
        } else if !may_send {
            answer(sender.next().await?.msg, &mut open)?;
            continue;
        }
        tokio::select! {
            biased;
            () = tokio::time::sleep_until(due) => {
                let id = ClientMessageId::parse(&format!("{name}-{}", sent.get()))?;
                sender.say(chat, id, &board.start.elapsed().as_micros().to_string()).await?;
                sent.set(sent.get() + 1);
                open += 1;
                due += pace.every;
            }
            envelope = sender.next() => answer(envelope?.msg, &mut open)?,
        }
    }
}

fn answer(message: ServerMessage, open: &mut usize) -> Result<(), Fault> {
    match message {
        ServerMessage::Chat(ChatNews::MessageAdded { .. }) => *open = open.saturating_sub(1),
        ServerMessage::Error(failure) => return Err(format!("{:?}: {}", failure.code, failure.reason).into()),
        _ => {}
    }
    Ok(())
}

/// The text of a message is the moment it was sent, in microseconds since the start of the run.
fn note(board: &Board, text: &str) {
    if let (true, Ok(sent)) = (board.running.get(), text.parse::<u64>()) {
        board.latencies.borrow_mut().push(board.start.elapsed().saturating_sub(Duration::from_micros(sent)));
    }
}
