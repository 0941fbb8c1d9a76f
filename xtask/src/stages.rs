//! `cargo xtask test`: every test there is, cheapest first, stopping at the first stage that fails.

use crate::{
    demo, dist,
    project::{cargo, root},
    run::{Outcome, run, say, step},
    tidy, tools,
};
use std::{path::Path, process::Command, time::Instant};

type Stage = (&'static str, &'static str, fn() -> Outcome);

const STAGES: [Stage; 5] = [
    ("tidy", "the house rules", tidy::tidy),
    ("native", "format, lints and tests of everything that needs no browser", native),
    ("loader", "the loader and its types, in node", loader),
    ("browser", "the widget's components, in Chromium", browser),
    ("e2e", "two users, the real server, real Chromium", e2e),
];

pub fn test(chosen: &[String]) -> Outcome {
    if let Some(unknown) = chosen.iter().find(|name| STAGES.iter().all(|(stage, ..)| stage != name)) {
        return Err(format!("no stage `{unknown}`; there are tidy, native, loader, browser and e2e"));
    }
    let start = Instant::now();
    for (name, what, stage) in STAGES {
        if chosen.is_empty() || chosen.iter().any(|one| one == name) {
            say(&format!("stage {name}: {what}"));
            let began = Instant::now();
            stage().map_err(|reason| format!("stage {name} failed: {reason}"))?;
            say(&format!("stage {name}: passed in {:.0?}", began.elapsed()));
        }
    }
    say(&format!("all passed in {:.0?}", start.elapsed()));
    Ok(())
}

fn native() -> Outcome {
    step("checking the format", cargo().args(["fmt", "--all", "--check"]))?;
    let native =
        ["--workspace", "--exclude", "bandyer-chat-widget", "--exclude", "bandyer-widget-wasm", "--locked"];
    let strict = ["--all-targets", "--", "-D", "warnings"];
    step("clippy, native crates", cargo().arg("clippy").args(native).args(strict))?;
    tools::for_turn_tests()?;
    let mut tests = cargo();
    tests.arg("test").args(native);
    // The same random schedules each time: a change is not refused for what it did not do.
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        tests.env("PROPTEST_RNG_SEED", "1450");
    }
    step("tests, native crates", &mut tests)
}

fn loader() -> Outcome {
    tools::node_modules()?;
    step("checking the types", tools::with_tools("tsc")?.args(["--project", "tests/loader/tsconfig.json"]))?;
    let mut tests = tools::with_tools("node")?;
    tests.arg("--test").args(
        ["methods", "create", "client", "frame", "umd"].map(|name| format!("tests/loader/{name}.test.mjs")),
    );
    step("tests of the loader", &mut tests)
}

fn browser() -> Outcome {
    tools::for_browser_tests()?;
    let lints = ["clippy", "-p", "bandyer-chat-widget", "--all-targets", "--locked"];
    let target = ["--target", "wasm32-unknown-unknown"];
    step("clippy, the widget", cargo().args(lints).args(target).args(["--", "-D", "warnings"]))?;
    let mut tests = tools::with_tools("cargo")?;
    tests.args(["test", "-p", "bandyer-chat-widget", "--locked"]).args(target);
    tests.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner");
    if let Some(driver) = tools::on_path("chromedriver") {
        tests.env("CHROMEDRIVER", driver);
    }
    step("component tests in Chromium", &mut tests)
}

fn e2e() -> Outcome {
    tools::for_browser()?;
    dist::build()?;
    let server = demo::build_server("dev")?;
    step("end-to-end tests", &mut e2e_command("tests/e2e/run.mjs", &server)?)
}

/// node with what the end-to-end scripts need to know in its environment.
pub fn e2e_command(first: &str, server: &Path) -> Outcome<Command> {
    let mut node = tools::with_tools("node")?;
    node.arg(first);
    node.env("BANDYER_SERVER", server)
        .env("BANDYER_WIDGET", dist::folder())
        .env("BANDYER_DEMO", root().join("demo"));
    if let Some(chromium) = tools::chromium() {
        node.env("CHROME", chromium);
    }
    Ok(node)
}

/// Runs a script that drives browsers, against a widget and a server of the given profile.
pub fn script(path: &str, arguments: &[String], server_profile: &str) -> Outcome {
    if !root().join(path).is_file() {
        return Err(format!("{path} does not exist"));
    }
    tools::for_browser()?;
    dist::build()?;
    let server = demo::build_server(server_profile)?;
    run(e2e_command(path, &server)?.args(arguments))
}
