//! Pictures and measurements: this only builds what they need and starts their scripts.

use crate::{
    project::{cargo, root, target_dir},
    run::{Outcome, say, step},
    stages::script,
    tools, widget,
};
use std::fs;

const SCRIPTS: &str = "tests/e2e/bench";
/// What the load generator measures.
const LOADS: [&str; 2] = ["server", "relay"];

pub fn shots(arguments: &[String]) -> Outcome {
    showcase()?;
    script("tests/e2e/shots.mjs", arguments, "dev")
}

/// The views with made-up people, for those that need two of them and their cameras.
fn showcase() -> Outcome {
    tools::for_widget()?;
    let folder = target_dir()?;
    let mut build = cargo();
    build.args(["build", "--locked", "-p", "bandyer-widget-wasm", "--target", widget::TARGET]);
    build.args(["--features", "bandyer-chat-widget/showcase"]);
    step("building the showcase", 90, &mut build)?;
    step("building the binder", 60, &mut tools::binder())?;
    let module = folder.join(widget::TARGET).join("debug").join(format!("{}.wasm", widget::NAME));
    widget::bind(&module, &folder.join("showcase"))
}

/// Without names: every script of tests/e2e/bench, then the server and its relay.
pub fn bench(names: &[String]) -> Outcome {
    let known = known()?;
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        return Err(format!("no benchmark `{unknown}`; there are {}", known.join(", ")));
    }
    for name in known.iter().filter(|name| names.is_empty() || names.contains(name)) {
        say(&format!("benchmark {name}"));
        if LOADS.contains(&name.as_str()) {
            load(name)?;
        } else {
            script(&format!("{SCRIPTS}/{name}.mjs"), &[], "release")?;
        }
    }
    Ok(())
}

/// A script whose name starts with `_` is a part of others.
fn known() -> Outcome<Vec<String>> {
    let folder = fs::read_dir(root().join(SCRIPTS)).map_err(|error| format!("{SCRIPTS}: {error}"))?;
    let names = folder.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut scripts: Vec<_> = names
        .filter_map(|name| name.strip_suffix(".mjs").map(str::to_owned))
        .filter(|name| !name.starts_with('_') && !name.ends_with(".test"))
        .collect();
    scripts.sort();
    scripts.extend(LOADS.map(str::to_owned));
    Ok(scripts)
}

/// The server alone, or its relay: the load generator starts it.
fn load(name: &str) -> Outcome {
    let server = crate::dist::server_alone("release")?;
    let mut generator = cargo();
    generator.args(["run", "--release", "--locked", "-p", "bandyer-load", "--"]).arg(server).arg(name);
    step("loading the server", 60, &mut generator)
}
