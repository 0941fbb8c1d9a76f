//! The hub's thread: gathers what is waiting, and runs the engine on it.

use super::{Answer, Deliver, Engine, HubHandle};
use crate::clock::Clock;
use crate::metrics as names;
use bandyer_hub::{AdminRequest, Input};
use bandyer_store::Store;
use metrics::gauge;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// Most inputs decided in one transaction.
const MOST_IN_BATCH: usize = 512;

/// Most bytes of frames decided in one transaction: they are all in memory at once, with what follows from them.
const MOST_BYTES_IN_BATCH: usize = 4 * 1024 * 1024;

/// What a device missed, at most about so many bytes.
const PART_BYTES: usize = 100_000;

pub enum Command {
    /// A socket comes, asks for something, or goes.
    Input(Input),
    /// A socket asks for something, in a frame of so many bytes.
    Frame {
        input: Input,
        bytes: usize,
    },
    Admin {
        request: AdminRequest,
        answer: oneshot::Sender<Answer>,
    },
    /// Answers whether a commit is possible.
    Probe {
        answer: oneshot::Sender<bool>,
    },
    /// Finishes what is queued, tells everybody to come back later, and ends the thread.
    Stop {
        reconnect_after_ms: u32,
    },
}

impl Command {
    /// What it holds, about.
    fn bytes(&self) -> usize {
        match self {
            Command::Frame { bytes, .. } => *bytes,
            Command::Input(Input::Connect(_) | Input::CatchUp { .. }) => PART_BYTES,
            Command::Input(_) | Command::Admin { .. } | Command::Probe { .. } | Command::Stop { .. } => 0,
        }
    }

    /// Has to be taken however much waits.
    pub(super) fn is_cleanup(&self) -> bool {
        matches!(self, Command::Input(Input::Disconnect { .. }) | Command::Stop { .. })
    }
}

/// Starts the thread. It ends at [`Command::Stop`], or when every handle is gone.
///
/// # Errors
/// When the system gives no thread.
pub fn start<S, D>(engine: Engine<S, D>, clock: Clock) -> std::io::Result<(HubHandle, JoinHandle<()>)>
where
    S: Store + 'static,
    D: Deliver + Send + 'static,
{
    let (sender, queue) = mpsc::channel();
    let queued = Arc::new(AtomicUsize::new(0));
    let handle = HubHandle::new(sender, queued.clone());
    let runner = Runner { engine, queue, queued, clock };
    let thread = std::thread::Builder::new().name("hub".to_owned()).spawn(move || {
        let _last_resort = LastResort;
        runner.run();
    })?;
    Ok((handle, thread))
}

/// A server whose hub has died of a defect would refuse everybody and look alive. Nothing acknowledged is lost by
/// ending at once, and whoever watches the process starts it again.
struct LastResort;

impl Drop for LastResort {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tracing::error!("the hub has died; the server ends");
            std::process::abort();
        }
    }
}

struct Runner<S, D> {
    engine: Engine<S, D>,
    queue: Receiver<Command>,
    queued: Arc<AtomicUsize>,
    clock: Clock,
}

/// What one turn has gathered.
#[derive(Default)]
struct Batch {
    inputs: Vec<Input>,
    /// One per input; set for administrative requests.
    answers: Vec<Option<oneshot::Sender<Answer>>>,
    probes: Vec<oneshot::Sender<bool>>,
    stop: Option<u32>,
    /// Of what is asked for.
    bytes: usize,
}

impl<S: Store, D: Deliver> Runner<S, D> {
    fn run(mut self) {
        while let Some(batch) = self.gather() {
            let stop = batch.stop;
            self.turn(batch);
            if let Some(reconnect_after_ms) = stop {
                return self.engine.stop(reconnect_after_ms, self.clock.now());
            }
        }
    }

    /// Waits for the first input, then takes along what else is there. `None` when nobody can send any more.
    fn gather(&mut self) -> Option<Batch> {
        let mut batch = Batch::default();
        let first = match self.engine.next_deadline() {
            None => self.queue.recv().ok()?,
            Some(deadline) => {
                let wait = u64::try_from(deadline.since(self.clock.now())).unwrap_or(0);
                match self.queue.recv_timeout(Duration::from_millis(wait)) {
                    Ok(command) => command,
                    Err(RecvTimeoutError::Timeout) => return Some(batch),
                    Err(RecvTimeoutError::Disconnected) => return None,
                }
            }
        };
        let mut taken = 1;
        batch.add(first);
        while taken < MOST_IN_BATCH
            && batch.bytes < MOST_BYTES_IN_BATCH
            && batch.stop.is_none()
            && let Ok(command) = self.queue.try_recv()
        {
            taken += 1;
            batch.add(command);
        }
        self.queued.fetch_sub(taken, Ordering::Relaxed);
        Some(batch)
    }

    fn turn(&mut self, batch: Batch) {
        let answers = self.engine.turn(batch.inputs, self.clock.now());
        for (sender, answer) in batch.answers.into_iter().zip(answers) {
            if let Some((sender, answer)) = sender.zip(answer) {
                // Whoever asked may have gone away.
                let _ = sender.send(answer);
            }
        }
        if !batch.probes.is_empty() {
            let healthy = self.engine.can_commit();
            for probe in batch.probes {
                let _ = probe.send(healthy);
            }
        }
        gauge!(names::SESSIONS).set(self.engine.hub().session_count() as f64);
    }
}

impl Batch {
    fn add(&mut self, command: Command) {
        self.bytes += command.bytes();
        let (input, answer) = match command {
            Command::Input(input) | Command::Frame { input, .. } => (input, None),
            Command::Admin { request, answer } => (Input::Admin(request), Some(answer)),
            Command::Probe { answer } => return self.probes.push(answer),
            Command::Stop { reconnect_after_ms } => return self.stop = Some(reconnect_after_ms),
        };
        self.inputs.push(input);
        self.answers.push(answer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bandyer_hub::SessionKey;

    #[test]
    fn a_batch_knows_how_much_it_holds() {
        let mut batch = Batch::default();
        let input = || Input::Disconnect { session: SessionKey(1) };
        batch.add(Command::Frame { input: input(), bytes: 3_000_000 });
        batch.add(Command::Input(input()));
        assert!(batch.bytes < MOST_BYTES_IN_BATCH);
        batch.add(Command::Frame { input: input(), bytes: 1_500_000 });
        assert!(batch.bytes >= MOST_BYTES_IN_BATCH);
        assert_eq!((batch.inputs.len(), batch.answers.len()), (3, 3));
    }
}
