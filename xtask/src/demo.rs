//! The server, started by hand: for the demo and beside `trunk serve`.

use crate::{
    dist,
    project::root,
    run::{Outcome, say, shown, whole},
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
    // Not after minutes of building.
    free_address()?;
    let mut server = PathBuf::new();
    whole("the demo", 330, || {
        server = dist::with_server("dev")?;
        Ok(())
    })?;
    start(&server, &[])
}

/// A server alone; the widget comes from `trunk serve`, or from an earlier `dist`.
pub fn server(arguments: &[String]) -> Outcome {
    let server = dist::server_alone("dev")?;
    start(&server, arguments)
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
