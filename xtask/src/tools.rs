//! The tools of the build: found when their version is the right one, installed otherwise.

use crate::{
    debian,
    project::{cargo, root, target_dir},
    run::{Outcome, output, run, step},
    widget::TARGET,
};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Newer ones need a newer compiler than rust-toolchain.toml promises.
const TRUNK: &str = "0.21.14";

/// Everything any command needs.
pub fn everything() -> Outcome {
    for_widget()?;
    for_component_tests()?;
    debian::firefox()?;
    debian::webkit()?;
    debian::coturn()?;
    for_trunk()
}

/// What building the widget needs.
pub fn for_widget() -> Outcome {
    wasm_target()?;
    node_modules()
}

/// A browser with its driver, and wasm-bindgen's test runner on this process's PATH.
pub fn for_component_tests() -> Outcome {
    wasm_target()?;
    debian::chromium_and_driver()?;
    wasm_bindgen()
}

/// Trunk, with the tools that it calls.
pub fn for_trunk() -> Outcome {
    for_widget()?;
    wasm_bindgen()?;
    extend_path(cargo_tool("trunk", "trunk", TRUNK, &["--locked"])?)
}

/// Builds what binds the widget. It is pinned by the project's own Cargo.lock, as the crate it must agree with is.
pub fn binder() -> Command {
    let mut build = cargo();
    build.args(["build", "--locked", "-p", "bandyer-bind", "--profile", "tools"]);
    // Of interest to those who keep the tools, not to those who use them.
    build.env("CARGO_FUTURE_INCOMPAT_REPORT_FREQUENCY", "never");
    // Flags for the widget are not for the tools.
    build.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    build
}

/// A program of the binder's, built before.
pub fn built_binder(program: &str) -> Outcome<Command> {
    let file = target_dir()?.join("tools").join(format!("{program}{}", env::consts::EXE_SUFFIX));
    let mut command = Command::new(file);
    command.current_dir(root());
    Ok(command)
}

/// The commands `wasm-bindgen` and `wasm-bindgen-test-runner`, on this process's PATH.
fn wasm_bindgen() -> Outcome {
    step("building wasm-bindgen and its test runner", 110, binder().args(["--features", "tools"]))?;
    extend_path([target_dir()?.join("tools")])
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
    step("installing esbuild, wasm-opt, typescript and what drives browsers with npm", 15, &mut npm)?;
    fs::write(stamp, lock).map_err(|error| format!("cannot note what was installed: {error}"))
}

/// A Python of its own with what tests/api/requirements.txt names, made anew when that changes.
pub fn for_api_tests() -> Outcome<PathBuf> {
    let wanted = root().join("tests/api/requirements.txt");
    let text = fs::read_to_string(&wanted).map_err(|error| format!("{}: {error}", wanted.display()))?;
    let folder = cache().join("api");
    let (python, stamp) = (folder.join("bin/python"), folder.join("installed.txt"));
    if python.is_file() && fs::read_to_string(&stamp).is_ok_and(|installed| installed == text) {
        return Ok(python);
    }
    if output("python3", &["-c", "import ensurepip"]).is_none() {
        debian::python_with_venv()?;
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&wanted);
    step("installing schemathesis and a validator of OpenAPI with pip", 30, &mut install)?;
    fs::write(&stamp, text).map_err(|error| format!("cannot note what was installed: {error}"))?;
    Ok(python)
}

pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn wasm_target() -> Outcome {
    let sysroot = output("rustc", &["--print", "sysroot"]).ok_or("rustc is needed: https://rustup.rs")?;
    if Path::new(&sysroot).join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    rustup.current_dir(root()).args(["target", "add", TARGET]);
    step("adding the WebAssembly target to the compiler", 10, &mut rustup)
}

/// The folder to put on PATH, or `None` when PATH has the very version already.
fn cargo_tool(program: &str, package: &str, version: &str, flags: &[&str]) -> Outcome<Option<PathBuf>> {
    if has_version(Path::new(program), version) {
        return Ok(None);
    }
    let folder = cache().join(format!("{package}-{version}"));
    let bin = folder.join("bin");
    if !has_version(&bin.join(program), version) {
        let mut install = cargo();
        install.args(["install", package, "--version", version, "--root"]).arg(&folder).args(flags);
        // The project's own flags and target folder are not for tools.
        install.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        step(&format!("installing {package} {version}"), 330, &mut install)?;
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
