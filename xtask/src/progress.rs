//! How long a step takes: a guess for a bare machine, and what it took here the last time.

use crate::project::root;
use serde_json::{Map, Value};
use std::{
    fs,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// `bare`: seconds on two cores when nothing was ever built or fetched.
pub fn estimate(what: &str, bare: u64) -> String {
    match remembered().get(what).and_then(Value::as_u64) {
        Some(seconds) => format!("last time {}", words(Duration::from_secs(seconds))),
        None => format!("about {} the first time", words(Duration::from_secs(bare))),
    }
}

/// The next estimate is from experience. An estimate that cannot be kept is no reason to stop.
pub fn remember(what: &str, took: Duration) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let mut times = remembered();
    times.insert(what.to_owned(), Value::from(took.as_secs()));
    let file = file();
    if let Some(folder) = file.parent() {
        let _ = fs::create_dir_all(folder);
    }
    let _ = fs::write(file, Value::Object(times).to_string());
}

/// `8 s`, `1 min 50 s`, `45 min`.
pub fn words(time: Duration) -> String {
    let seconds = (time.as_secs_f64().round() as u64).max(1);
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, seconds) if minutes >= 10 || seconds == 0 => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

fn file() -> PathBuf {
    root().join("target/xtask/times.json")
}

fn remembered() -> Map<String, Value> {
    let text = fs::read(file()).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        let said = [0, 8, 60, 110, 2_700, 2_710].map(|seconds| words(Duration::from_secs(seconds)));
        assert_eq!(said, ["1 s", "8 s", "1 min", "1 min 50 s", "45 min", "45 min"]);
    }

    #[test]
    fn what_was_never_done_here_is_a_guess() {
        assert_eq!(estimate("a step nobody has", 90), "about 1 min 30 s the first time");
    }
}
