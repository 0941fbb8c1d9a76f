//! The widget, built by trunk: for the demo and the tests, and as the npm package in dist/.

use crate::{
    project::{cargo, root, target_dir},
    run::{Outcome, output, say, step},
    tools,
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

/// Builds the widget for release into dist/.
pub fn build() -> Outcome {
    tools::for_widget()?;
    let mut trunk = tools::with_tools("trunk")?;
    trunk.args(["build", "--release"]).env("CARGO_ENCODED_RUSTFLAGS", anonymous_paths());
    // Older trunks read NO_COLOR as true or false, and stop at the usual `1`.
    trunk.env_remove("NO_COLOR");
    step("building the widget (the first time takes a few minutes)", &mut trunk)?;
    let mut package = tools::with_tools("node")?;
    package.arg("loader/package.mjs").arg(trunk_folder()).arg(folder());
    step("packing the widget into dist/", &mut package)
}

/// Trunk's hook: bundles the loader into the folder that trunk is about to publish.
pub fn loader() -> Outcome {
    tools::node_modules()?;
    let staging = env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from).unwrap_or_else(trunk_folder);
    let mut bundle = tools::with_tools("node")?;
    bundle.arg("loader/build.mjs").arg(staging);
    if env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release") {
        bundle.arg("--release");
    }
    crate::run::run(&mut bundle)
}

fn trunk_folder() -> PathBuf {
    root().join("target/trunk")
}

/// One binary that serves the widget out of itself.
fn server() -> Outcome {
    let name = format!("bandyer-server{}", env::consts::EXE_SUFFIX);
    let copy = folder().join(&name);
    // Everything in the folder goes into the server; an earlier server should not. There may be none.
    let _ = fs::remove_file(&copy);
    let mut build = cargo();
    build.args(["build", "--release", "--locked", "-p", "bandyer-server", "--features", "bundle"]);
    step("building the server with the widget inside", &mut build)?;
    let built = target_dir()?.join("release").join(&name);
    fs::copy(&built, &copy).map_err(|error| format!("{}: {error}", built.display()))?;
    say(&format!("the server is {}", copy.display()));
    Ok(())
}

/// Compiler flags that keep this machine's folders out of the wasm.
fn anonymous_paths() -> String {
    let home = |variable: &str, otherwise: &str| {
        let default = || env::var_os("HOME").map(|home| Path::new(&home).join(otherwise));
        env::var_os(variable).map(PathBuf::from).or_else(default)
    };
    let sysroot = output("rustc", &["--print", "sysroot"]).map(PathBuf::from);
    // The last mapping that fits wins: the wide ones come first.
    let folders = [
        (home("HOME", ""), "/home"),
        (home("CARGO_HOME", ".cargo"), "/cargo"),
        (home("RUSTUP_HOME", ".rustup"), "/rustup"),
        (sysroot, "/rust"),
        (Some(root()), "/widget"),
    ];
    let own = env::var("CARGO_ENCODED_RUSTFLAGS").ok();
    let remaps = folders.into_iter().filter_map(|(folder, name)| {
        folder.map(|folder| format!("--remap-path-prefix={}={name}", folder.display()))
    });
    own.into_iter().chain(remaps).collect::<Vec<_>>().join("\x1f")
}
