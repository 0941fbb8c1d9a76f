//! The npm package in dist/: what the server serves, the demo shows and the tests try.

use crate::{
    project::{cargo, root, target_dir},
    run::{Outcome, beside, quiet_step, say, step},
    tools,
    widget::{self, Profile},
};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The finished package: what the server serves and what npm publishes.
pub fn folder() -> PathBuf {
    root().join("dist")
}

pub fn dist(arguments: &[String]) -> Outcome {
    build()?;
    say(&format!("the npm package is in {}", folder().display()));
    match arguments {
        [] => Ok(()),
        [flag] if flag == "--server" => server(),
        _ => Err("usage: cargo xtask dist [--server]".to_owned()),
    }
}

/// Builds the widget into dist/: for release, or quickly with `WIDGET_PROFILE=dev`.
pub fn build() -> Outcome {
    let profile = Profile::asked()?;
    tools::for_widget()?;
    let built = widget::build(profile)?;
    pack(&built, profile)
}

/// The widget in dist/, and a server of a cargo profile, built beside each other.
pub fn with_server(server_profile: &str) -> Outcome<PathBuf> {
    let (server, ()) = beside(|| build_server(server_profile, quiet_step), build)?;
    Ok(server)
}

/// Builds the server alone; where it is.
pub fn server_alone(profile: &str) -> Outcome<PathBuf> {
    build_server(profile, step)
}

fn build_server(
    profile: &str,
    step: impl FnOnce(&str, u64, &mut std::process::Command) -> Outcome,
) -> Outcome<PathBuf> {
    let mut build = cargo();
    build.args(["build", "--locked", "-p", "bandyer-server", "--profile", profile]);
    step("building the server", 150, &mut build)?;
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(target_dir()?.join(folder).join(format!("bandyer-server{}", env::consts::EXE_SUFFIX)))
}

fn pack(built: &Path, profile: Profile) -> Outcome {
    let mut package = tools::with_tools("node")?;
    package.arg("loader/package.mjs").arg(built).arg(folder());
    if profile == Profile::Dev {
        package.arg("--quick");
    }
    step("packing the widget into dist/", 5, &mut package)
}

/// Trunk's hook: builds the desk of calls and bundles the loader into the folder that trunk is about to publish.
pub fn loader() -> Outcome {
    tools::node_modules()?;
    let staging =
        env::var_os("TRUNK_STAGING_DIR").ok_or("this is trunk's hook: it sets TRUNK_STAGING_DIR")?;
    let release = env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release");
    let profile = if release { Profile::Release } else { Profile::Dev };
    widget::desk(profile, Path::new(&staging))?;
    widget::bundle(Path::new(&staging), release)
}

/// One binary that serves the widget out of itself.
fn server() -> Outcome {
    let name = format!("bandyer-server{}", env::consts::EXE_SUFFIX);
    let copy = folder().join(&name);
    // Everything in the folder goes into the server; an earlier server should not. There may be none.
    let _ = fs::remove_file(&copy);
    let mut build = cargo();
    build.args(["build", "--release", "--locked", "-p", "bandyer-server", "--features", "bundle"]);
    step("building the server with the widget inside", 300, &mut build)?;
    let built = target_dir()?.join("release").join(&name);
    fs::copy(&built, &copy).map_err(|error| format!("{}: {error}", built.display()))?;
    say(&format!("the server is {}", copy.display()));
    Ok(())
}
