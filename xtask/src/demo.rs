//! The server, started by hand: for the demo and beside `trunk serve`.

use crate::{
    dist,
    project::{cargo, root, target_dir},
    run::{Outcome, say, shown, step},
};
use std::{
    env, fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    process::Command,
};

const PORT: u16 = 8080;

/// Builds everything, says where to look, and becomes the server.
pub fn demo(arguments: &[String]) -> Outcome {
    if !arguments.is_empty() {
        return Err("usage: cargo xtask demo (another port: PORT=9000 cargo xtask demo)".to_owned());
    }
    dist::build()?;
    let server = build_server("dev")?;
    start(&server, &[])
}

/// A server alone; the widget comes from `trunk serve`, or from an earlier `dist`.
pub fn server(arguments: &[String]) -> Outcome {
    let server = build_server("dev")?;
    start(&server, arguments)
}

/// Builds the server with a cargo profile and returns where it is.
pub fn build_server(profile: &str) -> Outcome<PathBuf> {
    let mut build = cargo();
    build.args(["build", "--locked", "-p", "bandyer-server", "--profile", profile]);
    step("building the server", &mut build)?;
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(target_dir()?.join(folder).join(format!("bandyer-server{}", env::consts::EXE_SUFFIX)))
}

fn start(server: &PathBuf, arguments: &[String]) -> Outcome {
    let address = free_address()?;
    let data = root().join(".demo");
    fs::create_dir_all(&data).map_err(|error| format!("{}: {error}", data.display()))?;
    let mut command = Command::new(server);
    command.current_dir(root());
    command.arg("--demo").arg("--listen").arg(address.to_string()).arg("--data").arg(&data);
    command.arg("--widget-folder").arg(dist::folder()).arg("--demo-folder").arg(root().join("demo"));
    command.args(arguments);
    say(&format!("two users, side by side:  http://{address}/demo/two-users.html"));
    say(&format!("all demo pages:           http://{address}/demo/"));
    say("Ctrl-C stops it. The data stay in .demo/; delete that folder to start anew.");
    become_it(command)
}

fn free_address() -> Outcome<SocketAddr> {
    let port = match env::var("PORT") {
        Ok(port) => port.parse().map_err(|_| format!("PORT={port} is not a port"))?,
        Err(_) => PORT,
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    match TcpListener::bind(address) {
        Ok(_) => Ok(address),
        Err(error) => {
            Err(format!("{address} is taken ({error}); choose another: PORT=9000 cargo xtask demo"))
        }
    }
}

/// Ctrl-C, and any other signal, then goes to the server itself, which shuts down cleanly.
#[cfg(unix)]
fn become_it(mut command: Command) -> Outcome {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(format!("cannot start `{}`: {error}", shown(&command)))
}

#[cfg(not(unix))]
fn become_it(mut command: Command) -> Outcome {
    crate::run::run(&mut command)
}
