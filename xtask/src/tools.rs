//! The tools of the build: found when their version is the right one, installed otherwise.

use crate::{
    project::{cargo, locked_version, root},
    run::{Outcome, output, run, say, step},
};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Newer ones need a newer compiler than rust-toolchain.toml promises.
const TRUNK: &str = "0.21.14";
const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Everything any command needs.
pub fn everything() -> Outcome {
    for_widget()?;
    for_browser()?;
    for_turn_tests()
}

/// What building the widget needs; puts the tools on this process's PATH.
pub fn for_widget() -> Outcome {
    wasm_target()?;
    node_modules()?;
    let trunk = cargo_tool("trunk", "trunk", TRUNK, &["--locked"])?;
    let bindgen = wasm_bindgen()?;
    extend_path(trunk.into_iter().chain(bindgen))
}

/// wasm-bindgen and its test runner, of exactly the version the crate has.
pub fn for_browser_tests() -> Outcome {
    wasm_target()?;
    extend_path(wasm_bindgen()?)?;
    for_browser()
}

fn wasm_bindgen() -> Outcome<Option<PathBuf>> {
    cargo_tool("wasm-bindgen", "wasm-bindgen-cli", &locked_version("wasm-bindgen")?, &[])
}

/// `npm ci`, when package-lock.json is not what was installed last.
pub fn node_modules() -> Outcome {
    if output("node", &["--version"]).is_none() {
        return Err("node 20 or newer is needed: https://nodejs.org".to_owned());
    }
    let lock =
        fs::read(root().join("package-lock.json")).map_err(|error| format!("package-lock.json: {error}"))?;
    let stamp = root().join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.current_dir(root()).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    step("installing esbuild, wasm-opt, playwright-core and typescript with npm", &mut npm)?;
    fs::write(stamp, lock).map_err(|error| format!("cannot note what was installed: {error}"))
}

/// Chromium and its driver, from Debian.
pub fn for_browser() -> Outcome {
    if chromium().is_some() && on_path("chromedriver").is_some() {
        return Ok(());
    }
    debian(
        &["chromium", "chromium-driver"],
        "about 100 MB",
        "chromium and chromedriver are needed: install them, or set CHROME and CHROMEDRIVER",
    )
}

/// Coturn, from Debian: its client tries our TURN server, its server our credentials.
pub fn for_turn_tests() -> Outcome {
    if on_path("turnserver").is_some() && on_path("turnutils_uclient").is_some() {
        return Ok(());
    }
    debian(
        &["coturn"],
        "1 MB",
        "coturn is needed, with turnserver and turnutils_uclient on the PATH: install it",
    )
}

fn debian(packages: &[&str], size: &str, otherwise: &str) -> Outcome {
    if on_path("apt-get").is_none() {
        return Err(otherwise.to_owned());
    }
    step("updating the package list of Debian", as_root("apt-get").args(["update", "--quiet"]))?;
    let what = format!("installing {} from Debian ({size})", packages.join(" and "));
    step(&what, as_root("apt-get").args(["install", "--yes", "--no-install-recommends"]).args(packages))
}

/// `$CHROME`, or what PATH has.
pub fn chromium() -> Option<PathBuf> {
    env::var_os("CHROME")
        .map(PathBuf::from)
        .or_else(|| on_path("chromium"))
        .or_else(|| on_path("chromium-browser"))
}

pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn as_root(program: &str) -> Command {
    if output("id", &["-u"]).as_deref() == Some("0") {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.arg(program);
    command
}

fn wasm_target() -> Outcome {
    let sysroot = output("rustc", &["--print", "sysroot"]).ok_or("rustc is needed: https://rustup.rs")?;
    if Path::new(&sysroot).join("lib/rustlib").join(WASM_TARGET).is_dir() {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    rustup.current_dir(root()).args(["target", "add", WASM_TARGET]);
    step("adding the WebAssembly target to the compiler", &mut rustup)
}

/// The folder to put on PATH, or `None` when PATH has the very version already.
fn cargo_tool(program: &str, package: &str, version: &str, flags: &[&str]) -> Outcome<Option<PathBuf>> {
    if has_version(Path::new(program), version) {
        return Ok(None);
    }
    let folder = cache().join(format!("{package}-{version}"));
    let bin = folder.join("bin");
    if !has_version(&bin.join(program), version) {
        say(&format!("installing {package} {version} into {} (minutes, once)", folder.display()));
        let mut install = cargo();
        install.args(["install", package, "--version", version, "--root"]).arg(&folder).args(flags);
        // The project's own flags and target folder are not for tools.
        install.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        run(&mut install)?;
    }
    Ok(Some(bin))
}

fn has_version(program: &Path, version: &str) -> bool {
    output(program, &["--version"]).is_some_and(|line| line.split_whitespace().any(|word| word == version))
}

fn cache() -> PathBuf {
    let home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let base =
        env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute()).or_else(home);
    base.unwrap_or_else(env::temp_dir).join("bandyer-chat-widget/tools")
}

/// Commands started from here find the tools first. Setting our own environment would need `unsafe`, so the PATH is
/// kept here and given to each command by [`with_tools`].
fn extend_path(folders: impl IntoIterator<Item = PathBuf>) -> Outcome {
    let mut extra = TOOL_FOLDERS.lock().map_err(|error| error.to_string())?;
    extra.extend(folders);
    Ok(())
}

static TOOL_FOLDERS: std::sync::Mutex<Vec<PathBuf>> = std::sync::Mutex::new(Vec::new());

/// A command with the tools, and node's, first on its PATH.
pub fn with_tools(program: &str) -> Outcome<Command> {
    let mut folders = TOOL_FOLDERS.lock().map_err(|error| error.to_string())?.clone();
    folders.push(root().join("node_modules/.bin"));
    let own = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(folders.iter().cloned().chain(env::split_paths(&own)))
        .map_err(|error| format!("PATH: {error}"))?;
    let found = folders.iter().map(|folder| folder.join(program)).find(|file| file.is_file());
    let mut command = Command::new(found.unwrap_or_else(|| program.into()));
    command.current_dir(root()).env("PATH", path);
    Ok(command)
}
