//! `cargo xtask test`: every test there is, cheapest first, stopping at the first stage that fails.

use crate::{
    debian, dist, progress,
    project::{cargo, root},
    run::{Outcome, run, say, step},
    tidy, tools,
};
use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

struct Stage {
    name: &'static str,
    what: &'static str,
    /// Seconds from bare, on two cores, when the stages before it have run.
    bare: u64,
    run: fn() -> Outcome,
}

const fn stage(name: &'static str, what: &'static str, bare: u64, run: fn() -> Outcome) -> Stage {
    Stage { name, what, bare, run }
}

const STAGES: [Stage; 9] = [
    stage("tidy", "the house rules", 1, tidy::tidy),
    stage("native", "format, lints and tests of everything that needs no browser", 600, native),
    stage("api", "the description of the HTTP interface, against the real server", 150, api),
    stage("loader", "the loader and its types, in node", 30, loader),
    stage("browser", "the widget's components, in Chromium", 330, browser),
    stage("e2e", "two users, the real server, real Chromium", 780, e2e),
    stage("firefox", "the same in Firefox; Firefox and Chromium call each other", 300, firefox),
    stage("webkit", "the same chat in WebKit, which has no calls", 240, webkit),
    // It compiles trunk, which takes longer than all of the others.
    stage("trunk", "the developer's page, by `trunk serve`", 480, trunk),
];

pub fn test(chosen: &[String]) -> Outcome {
    let names = STAGES.map(|stage| stage.name);
    if let Some(unknown) = chosen.iter().find(|name| !names.contains(&name.as_str())) {
        return Err(format!("no stage `{unknown}`; there are {}", names.join(", ")));
    }
    let is_chosen = |stage: &&Stage| chosen.is_empty() || chosen.iter().any(|one| one == stage.name);
    let stages: Vec<_> = STAGES.iter().filter(is_chosen).collect();
    let bare = Duration::from_secs(stages.iter().map(|stage| stage.bare).sum());
    say(&format!("{} stages; from bare, two cores take about {}", stages.len(), progress::words(bare)));
    let start = Instant::now();
    for Stage { name, what, bare, run } in stages {
        say(&format!("stage {name}: {what} ({})", progress::estimate(&key(name), *bare)));
        let began = Instant::now();
        run().map_err(|reason| format!("stage {name} failed: {reason}"))?;
        progress::remember(&key(name), began.elapsed());
        say(&format!("stage {name}: passed in {}", progress::words(began.elapsed())));
    }
    say(&format!("all passed in {}", progress::words(start.elapsed())));
    Ok(())
}

fn key(stage: &str) -> String {
    format!("stage {stage}")
}

/// Crates that are built for this machine, not for a browser.
const NATIVE: [&str; 6] =
    ["--workspace", "--exclude", "bandyer-chat-widget", "--exclude", "bandyer-widget-wasm", "--locked"];

fn native() -> Outcome {
    step("checking the format", 2, cargo().args(["fmt", "--all", "--check"]))?;
    let strict = ["--all-targets", "--", "-D", "warnings"];
    step("clippy, native crates", 150, cargo().arg("clippy").args(NATIVE).args(strict))?;
    debian::coturn()?;
    let mut tests = cargo();
    // What binds the widget has no tests of its own: every test in a browser is one.
    tests.arg("test").args(NATIVE).args(["--exclude", "bandyer-bind"]);
    // The same random schedules each time: a change is not refused for what it did not do.
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        tests.env("PROPTEST_RNG_SEED", "1450");
    }
    step("tests, native crates", 430, &mut tests)
}

/// A validator of OpenAPI, and requests made up from the description: what it allows is taken, what it forbids refused.
fn api() -> Outcome {
    let python = tools::for_api_tests()?;
    let server = dist::server_alone("dev")?;
    let mut tests = Command::new(python);
    tests.arg(root().join("tests/api/run.py")).env("BANDYER_SERVER", server);
    step("schemathesis against the server", 60, &mut tests)
}

fn loader() -> Outcome {
    tools::node_modules()?;
    let mut types = tools::with_tools("tsc")?;
    step("checking the types", 5, types.args(["--project", "tests/loader/tsconfig.json"]))?;
    let mut tests = tools::with_tools("node")?;
    tests.arg("--test").args(
        ["methods", "create", "client", "frame", "umd"].map(|name| format!("tests/loader/{name}.test.mjs")),
    );
    step("tests of the loader", 10, &mut tests)
}

fn browser() -> Outcome {
    tools::for_component_tests()?;
    let lints = ["clippy", "-p", "bandyer-chat-widget", "--all-targets", "--features", "desk", "--locked"];
    let target = ["--target", "wasm32-unknown-unknown"];
    step("clippy, the widget", 60, cargo().args(lints).args(target).args(["--", "-D", "warnings"]))?;
    // What of the widget needs no browser is tested without one.
    let plain = ["test", "-p", "bandyer-chat-widget", "--lib", "--features", "desk", "--locked"];
    step("the widget’s own arithmetic", 90, cargo().args(plain))?;
    let mut tests = tools::with_tools("cargo")?;
    tests
        .args(["test", "-p", "bandyer-chat-widget", "--test", "browser", "--features", "desk", "--locked"])
        .args(target);
    tests.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner");
    if let Some(driver) = tools::on_path("chromedriver") {
        tests.env("CHROMEDRIVER", driver);
    }
    step("component tests in Chromium", 120, &mut tests)
}

fn e2e() -> Outcome {
    debian::chromium_and_driver()?;
    let server = dist::with_server("dev")?;
    step("end-to-end tests", 600, &mut e2e_command("tests/e2e/run.mjs", &server)?)
}

fn firefox() -> Outcome {
    debian::firefox()?;
    debian::chromium_and_driver()?;
    in_engine("firefox", "end-to-end tests in Firefox", 240)
}

fn webkit() -> Outcome {
    debian::webkit()?;
    in_engine("webkit", "end-to-end tests in WebKit", 180)
}

/// The scenes that another engine than Chromium is asked for: tests/e2e/support/browser/left_out.mjs.
fn in_engine(engine: &str, what: &str, bare: u64) -> Outcome {
    let server = dist::with_server("dev")?;
    step(what, bare, e2e_command("tests/e2e/run.mjs", &server)?.env("E2E_ENGINE", engine))
}

fn trunk() -> Outcome {
    debian::chromium_and_driver()?;
    tools::for_trunk()?;
    let server = dist::server_alone("dev")?;
    step("chatting on the page that trunk serves", 120, &mut e2e_command("tests/e2e/trunk.mjs", &server)?)
}

/// node with what the end-to-end scripts need to know in its environment.
pub fn e2e_command(first: &str, server: &Path) -> Outcome<Command> {
    let mut node = tools::with_tools("node")?;
    node.arg(first);
    node.env("BANDYER_SERVER", server)
        .env("BANDYER_WIDGET", dist::folder())
        .env("BANDYER_DEMO", root().join("demo"));
    if let Some(chromium) = debian::chromium() {
        node.env("CHROME", chromium);
    }
    Ok(node)
}

/// Runs a script that drives browsers, against a widget and a server of the given profile.
pub fn script(path: &str, arguments: &[String], server_profile: &str) -> Outcome {
    if !root().join(path).is_file() {
        return Err(format!("{path} does not exist"));
    }
    debian::chromium_and_driver()?;
    let server = dist::with_server(server_profile)?;
    run(e2e_command(path, &server)?.args(arguments))
}
