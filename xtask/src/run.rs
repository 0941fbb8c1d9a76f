//! Running other programs, and saying so: what, about how long, and how long it took.

use crate::{progress, project::root};
use std::{
    ffi::OsStr,
    fs::{self, File},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

pub type Outcome<T = ()> = Result<T, String>;

/// One plain line of progress.
pub fn say(line: &str) {
    println!("==> {line}");
}

/// Runs to the end with the terminal's own output; a failure names the command.
pub fn run(command: &mut Command) -> Outcome {
    let shown = shown(command);
    let status = command.status().map_err(|error| format!("cannot start `{shown}`: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{shown}` failed ({status})")) }
}

/// Like [`run`], between a line that says what, with an estimate, and a line that says how long. `bare` is what it
/// takes in seconds on two cores when nothing was ever built or fetched.
pub fn step(what: &str, bare: u64, command: &mut Command) -> Outcome {
    timed(what, bare, || run(command))
}

/// As [`step`], for what is not one command.
pub fn timed<T>(what: &str, bare: u64, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    say(&format!("{what} ({})", progress::estimate(what, bare)));
    let start = Instant::now();
    let result = work()?;
    let took = start.elapsed();
    progress::remember(what, took);
    say(&format!("{what}: done in {}", progress::words(took)));
    Ok(result)
}

/// As [`step`], beside other steps: what it prints goes to a file, of which a failure shows the end.
pub fn quiet_step(what: &str, bare: u64, command: &mut Command) -> Outcome {
    timed(what, bare, || {
        let folder = root().join("target/xtask");
        let path =
            folder.join(format!("{}.log", what.replace(|sign: char| !sign.is_ascii_alphanumeric(), "-")));
        let open = || {
            fs::create_dir_all(&folder)?;
            let file = File::create(&path)?;
            Ok::<_, std::io::Error>((file.try_clone()?, file))
        };
        let (out, err) = open().map_err(|error| format!("{}: {error}", path.display()))?;
        run(command.stdin(Stdio::null()).stdout(out).stderr(err)).map_err(|reason| {
            let log = fs::read_to_string(&path).unwrap_or_default();
            let lines: Vec<_> = log.lines().collect();
            format!(
                "{reason}; the end of {}:\n{}",
                path.display(),
                lines[lines.len().saturating_sub(40)..].join("\n")
            )
        })
    })
}

/// Two pieces of work at the same time: a compiler at the end of its work leaves a core idle.
pub fn beside<A: Send, B>(
    other: impl FnOnce() -> Outcome<A> + Send,
    main: impl FnOnce() -> Outcome<B>,
) -> Outcome<(A, B)> {
    thread::scope(|scope| {
        let other = scope.spawn(other);
        let main = main();
        let other = other.join().map_err(|_| "a step broke off".to_owned())?;
        // What failed first is what the reader wants to know; the main work's own output is on the terminal.
        Ok((other?, main?))
    })
}

/// What the command prints, or `None` when it cannot be started or fails.
pub fn output(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

pub fn shown(command: &Command) -> String {
    let program = command.get_program().to_string_lossy().into_owned();
    command.get_args().fold(program, |line, argument| line + " " + &argument.to_string_lossy())
}

/// Says how long the whole took.
pub fn whole(what: &str, bare: u64, work: impl FnOnce() -> Outcome) -> Outcome {
    let start = Instant::now();
    say(&format!("{what}: {}", progress::estimate(what, bare)));
    work()?;
    let took: Duration = start.elapsed();
    progress::remember(what, took);
    say(&format!("{what}: ready after {}", progress::words(took)));
    Ok(())
}
