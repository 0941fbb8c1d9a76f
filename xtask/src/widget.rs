//! The widget's module: compiled, bound to JavaScript, made small. What trunk does for `trunk serve`, without trunk.

use crate::{
    project::{cargo, root, target_dir},
    run::{Outcome, output, quiet_step, step, timed},
    tools,
};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

pub const NAME: &str = "bandyer_chat_widget";
pub const TARGET: &str = "wasm32-unknown-unknown";
/// For the wire, not for the disk; docs/adr/0011-one-wasm.md has the measurements. Trunk reads the same from index.html.
const LEVEL: &str = "-O1";
const OPT: &str = "--flatten --rereloop -O2 --shrink-level=1 --reorder-functions-by-name";

/// How the widget is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// As it ships.
    Release,
    /// As quickly as can be: for trying a change.
    Dev,
}

impl Profile {
    /// `$WIDGET_PROFILE`: `dev`, or nothing.
    pub fn asked() -> Outcome<Self> {
        match env::var("WIDGET_PROFILE").as_deref() {
            Err(_) | Ok("" | "release") => Ok(Self::Release),
            Ok("dev") => Ok(Self::Dev),
            Ok(other) => Err(format!("WIDGET_PROFILE={other}: there are `dev` and `release`")),
        }
    }

    /// The cargo profile, and the folder it builds into.
    fn cargo(self) -> (&'static str, &'static str) {
        match self {
            Self::Release => ("widget-release", "widget-release"),
            Self::Dev => ("dev", "debug"),
        }
    }
}

/// Builds the widget and its loader into a folder, which is returned.
pub fn build(profile: Profile) -> Outcome<PathBuf> {
    let folder = root().join("target/widget");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let module = compile(profile)?;
    bind(&module, &folder)?;
    if profile == Profile::Release {
        shrink(&folder.join(format!("{NAME}_bg.wasm")))?;
    }
    bundle(&folder, profile == Profile::Release)?;
    Ok(folder)
}

fn compile(profile: Profile) -> Outcome<PathBuf> {
    let (name, folder) = profile.cargo();
    let mut build = cargo();
    build.args(["build", "--locked", "-p", "bandyer-widget-wasm", "--target", TARGET, "--profile", name]);
    // A developer's build shares what it has built with `trunk serve`, so it has the same flags: none.
    if profile == Profile::Release {
        build.env("CARGO_ENCODED_RUSTFLAGS", anonymous_paths());
    }
    let binder = || quiet_step("building the binder", 60, &mut tools::binder());
    // Each has its own estimate.
    let what = match profile {
        Profile::Release => "compiling the widget",
        Profile::Dev => "compiling the widget, for trying",
    };
    crate::run::beside(binder, || step(what, 170, &mut build))?;
    Ok(target_dir()?.join(TARGET).join(folder).join(format!("{NAME}.wasm")))
}

/// Writes the module's JavaScript, and the module that fits it, into a folder. The binder has been built.
pub fn bind(module: &Path, folder: &Path) -> Outcome {
    let mut bind = tools::built_binder("bandyer-bind")?;
    step("binding the widget", 5, bind.arg(module).arg(folder))
}

fn shrink(module: &Path) -> Outcome {
    let named = named();
    fs::rename(module, &named).map_err(|error| format!("{}: {error}", module.display()))?;
    let mut shrink = tools::with_tools("wasm-opt")?;
    shrink.arg(&named).args(opt()).arg("--output").arg(module);
    step("making the widget small", 40, &mut shrink)
}

/// The bound module with the names of its functions, as it is before it is made small.
pub fn named() -> PathBuf {
    root().join("target/widget").join(format!("{NAME}_named.wasm"))
}

/// What wasm-opt is told.
pub fn opt() -> impl Iterator<Item = &'static str> {
    [LEVEL].into_iter().chain(OPT.split(' '))
}

/// The loader, the frame's page, and the glue around the module: bundled beside it.
pub fn bundle(folder: &Path, minify: bool) -> Outcome {
    let mut bundle = tools::with_tools("node")?;
    bundle.arg("loader/build.mjs").arg(folder);
    if minify {
        bundle.arg("--release");
    }
    timed("bundling the loader", 2, || crate::run::run(&mut bundle))
}

/// Compiler flags that keep this machine's folders out of the module.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trunk_builds_the_same_release() {
        let page = fs::read_to_string(root().join("index.html")).unwrap();
        assert!(page.contains(&format!("data-wasm-opt=\"1\" data-wasm-opt-params=\"{OPT}\"")));
        let (profile, _) = Profile::Release.cargo();
        assert!(page.contains(&format!("data-cargo-profile-release=\"{profile}\"")));
        assert!(page.contains(&format!("data-bin=\"{NAME}\"")));
    }
}
