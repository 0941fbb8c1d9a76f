//! With the feature `bundle`: lists the files of the built widget for `src/pages/folder/bundle.rs`.

use std::fmt::Write;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=BANDYER_BUNDLE_FOLDER");
    if env::var_os("CARGO_FEATURE_BUNDLE").is_none() {
        return Ok(());
    }
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let folder = env::var_os("BANDYER_BUNDLE_FOLDER").map_or_else(|| here.join("../dist"), PathBuf::from);
    let folder = here.join(folder);
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    collect(&folder, &folder, &mut files).map_err(|error| {
        io::Error::other(format!(
            "the feature `bundle` builds the widget in, and {} cannot be read: {error}. \
             Run `cargo xtask dist` first, or name the folder in BANDYER_BUNDLE_FOLDER.",
            folder.display()
        ))
    })?;
    files.sort();
    let mut hasher = DefaultHasher::new();
    let mut code = String::from("const FILES: &[(&str, &[u8])] = &[\n");
    for (name, path) in &files {
        hasher.write(&fs::read(path)?);
        let _ = writeln!(code, "    ({name:?}, include_bytes!({:?})),", path.display().to_string());
    }
    let _ = writeln!(code, "];\nconst BUILD: &str = \"{:x}\";", hasher.finish());
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("bundle.rs"), code)
}

/// The folder also holds what is for package managers, and maybe this very program.
fn is_for_browsers(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let plain = name.trim_end_matches(".br").trim_end_matches(".gz");
    let ending = plain.rsplit('.').next().unwrap_or_default();
    ["js", "mjs", "wasm", "html", "css", "svg", "png", "woff2", "mp3"].contains(&ending)
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if is_for_browsers(&path) {
            let name = path.strip_prefix(root).map_err(io::Error::other)?;
            let name = name.to_string_lossy().replace('\\', "/");
            files.push((name, path.canonicalize()?));
        }
    }
    Ok(())
}
