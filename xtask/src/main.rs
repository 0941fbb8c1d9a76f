//! Chores of the project, in Rust so that they run wherever the project does.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks to its terminal")]

mod bench;
mod debian;
mod demo;
mod dist;
mod progress;
mod project;
mod run;
mod size;
mod stages;
mod tidy;
mod tools;
mod widget;

use run::Outcome;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <command>

  demo            build everything, start a server with two demo users, print where to look
  test [stage…]   all tests, or only: tidy, native, loader, browser, e2e
  dist [--server] the npm package in dist/ (and a server with the widget built in);
                  WIDGET_PROFILE=dev builds it quickly, for trying a change
  size            what a page loads: raw, gzip, brotli
  server [args]   a server for `trunk serve`, with demo users; arguments are passed on
  shots           pictures of every view
  bench [name…]   start-up, message latency, long threads, server throughput
  tidy            the house rules that no compiler checks
  tools           install the tools of the above, and stop
  loader          bundle the loader; called by trunk
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("\nxtask: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Outcome {
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", arguments),
    };
    match command {
        "demo" => demo::demo(rest),
        "server" => demo::server(rest),
        "test" => stages::test(rest),
        "dist" => dist::dist(rest),
        "size" => size::size(),
        "shots" => bench::shots(rest),
        "bench" => bench::bench(rest),
        "tidy" => tidy::tidy(),
        "tools" => tools::everything(),
        "loader" => dist::loader(),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(format!("no command `{other}`\n\n{HELP}")),
    }
}
