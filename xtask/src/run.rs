//! Running other programs, and saying so.

use std::{
    ffi::OsStr,
    process::{Command, Stdio},
    time::Instant,
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

/// Like [`run`], between a line that says what and a line that says how long.
pub fn step(what: &str, command: &mut Command) -> Outcome {
    say(what);
    let start = Instant::now();
    run(command)?;
    say(&format!("{what}: done in {:.0?}", start.elapsed()));
    Ok(())
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
