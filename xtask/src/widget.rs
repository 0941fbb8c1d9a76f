//! The modules of the widget and of the desk of its calls: compiled, bound to JavaScript, made small. What trunk does for `trunk serve`, without trunk.

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

/// One WebAssembly module, of a crate of its own: the desk shares the library with the widget and not one byte.
struct Module {
    package: &'static str,
    name: &'static str,
    /// For the lines of progress.
    what: &'static str,
}

const WIDGET: Module = Module { package: "bandyer-widget-wasm", name: NAME, what: "the widget" };
const DESK: Module = Module { package: "bandyer-desk-wasm", name: "bandyer_desk", what: "the desk of calls" };
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
    let binder = || quiet_step("building the binder", 60, &mut tools::binder());
    let (widget, ()) = crate::run::beside(|| compile(&WIDGET, profile), binder)?;
    let desk = compile(&DESK, profile)?;
    for (module, compiled) in [(&WIDGET, widget), (&DESK, desk)] {
        bind(&compiled, &folder)?;
        if profile == Profile::Release {
            shrink(module, &folder.join(format!("{}_bg.wasm", module.name)))?;
        }
    }
    bundle(&folder, profile == Profile::Release)?;
    Ok(folder)
}

fn compile(module: &Module, profile: Profile) -> Outcome<PathBuf> {
    let (name, folder) = profile.cargo();
    let mut build = cargo();
    build.args(["build", "--locked", "-p", module.package, "--target", TARGET, "--profile", name]);
    // A developer's build shares what it has built with `trunk serve`, so it has the same flags: none.
    if profile == Profile::Release {
        build.env("CARGO_ENCODED_RUSTFLAGS", anonymous_paths());
    }
    // Each has its own estimate.
    let what = match profile {
        Profile::Release => format!("compiling {}", module.what),
        Profile::Dev => format!("compiling {}, for trying", module.what),
    };
    step(&what, 170, &mut build)?;
    Ok(target_dir()?.join(TARGET).join(folder).join(format!("{}.wasm", module.name)))
}

/// Writes the module's JavaScript, and the module that fits it, into a folder. The binder has been built.
pub fn bind(module: &Path, folder: &Path) -> Outcome {
    let mut bind = tools::built_binder("bandyer-bind")?;
    step("binding the widget", 5, bind.arg(module).arg(folder))
}

fn shrink(module: &Module, file: &Path) -> Outcome {
    let named = named_as(module);
    fs::rename(file, &named).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut shrink = tools::with_tools("wasm-opt")?;
    shrink.arg(&named).args(opt()).arg("--output").arg(file);
    step(&format!("making {} small", module.what), 40, &mut shrink)
}

/// The widget's bound module with the names of its functions, as it is before it is made small.
pub fn named() -> PathBuf {
    named_as(&WIDGET)
}

fn named_as(module: &Module) -> PathBuf {
    root().join("target/widget").join(format!("{}_named.wasm", module.name))
}

/// Builds the desk into the folder that trunk is about to publish, beside the widget that it has built.
pub fn desk(profile: Profile, folder: &Path) -> Outcome {
    crate::run::run(&mut tools::binder())?;
    bind(&compile(&DESK, profile)?, folder)?;
    if profile == Profile::Release {
        shrink(&DESK, &folder.join(format!("{}_bg.wasm", DESK.name)))
    } else {
        Ok(())
    }
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
