//! What people write to each other is nobody else's on the machine: folders 700 and files 600, whatever the umask says,
//! and also where a folder was there before.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// What lies directly in the data folder and is ours.
const FILES: [&str; 8] = [
    "chat.db",
    "chat.db-wal",
    "chat.db-shm",
    "chat.db.epoch",
    "lock",
    "api-key",
    "token-secret",
    "turn-secret",
];
const FOLDERS: [&str; 2] = ["uploads", "avatars"];

/// Makes the data folder, and closes it to others with everything of ours in it. Where that is not in our power, as on
/// a folder of another owner, the log says so.
///
/// # Errors
/// When the folder or the database's file cannot be made.
pub fn prepare(data: &Path) -> io::Result<()> {
    folder(data)?;
    for name in FOLDERS {
        folder(&data.join(name))?;
    }
    // SQLite gives its other files the mode of this one.
    let database = data.join("chat.db");
    if !database.exists() {
        new_file().open(database)?;
    }
    close(data);
    ours(data).into_iter().for_each(|path| close(&path));
    Ok(())
}

/// Makes a folder for its owner only; one that is there is fine.
///
/// # Errors
/// When it cannot be made.
pub fn folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// How to make a new file for its owner only.
pub fn new_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Something of the data folder, or the folder itself, that others may read.
pub fn open_to_others(data: &Path) -> Option<PathBuf> {
    std::iter::once(data.to_owned()).chain(ours(data)).find(|path| is_open(path))
}

/// Everything of ours below the data folder. Links are left alone: where they lead is somebody's decision.
fn ours(data: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = FILES.iter().map(|name| data.join(name)).collect();
    let mut open: Vec<PathBuf> = FOLDERS.iter().map(|name| data.join(name)).collect();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push(entry.path()),
                Ok(_) | Err(_) => found.push(entry.path()),
            }
        }
        found.push(folder);
    }
    found
}

/// True when others of the machine may read or enter it.
#[cfg(unix)]
pub fn is_open(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::symlink_metadata(path).is_ok_and(|it| !it.is_symlink() && it.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
pub fn is_open(_: &Path) -> bool {
    false
}

#[cfg(unix)]
fn close(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    if !is_open(path) {
        return;
    }
    let mode = if path.is_dir() { 0o700 } else { 0o600 };
    if let Err(error) = fs::set_permissions(path, fs::Permissions::from_mode(mode)) {
        tracing::warn!(path = %path.display(), %error, "others on this machine may read it");
    }
}

#[cfg(not(unix))]
fn close(_: &Path) {}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn set(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_folder_that_was_there_is_closed_with_all_that_is_ours() {
        let outer = tempfile::tempdir().unwrap();
        let data = outer.path().join("data");
        fs::create_dir_all(data.join("uploads/complete")).unwrap();
        for name in ["chat.db", "chat.db-wal", "api-key", "uploads/complete/x", "notes.txt"] {
            fs::write(data.join(name), "x").unwrap();
            set(&data.join(name), 0o644);
        }
        fs::write(outer.path().join("elsewhere"), "x").unwrap();
        set(&outer.path().join("elsewhere"), 0o644);
        std::os::unix::fs::symlink(outer.path().join("elsewhere"), data.join("uploads/link")).unwrap();
        for folder in ["", "uploads", "uploads/complete"] {
            set(&data.join(folder), 0o755);
        }
        assert!(open_to_others(&data).is_some());
        prepare(&data).unwrap();
        assert_eq!(open_to_others(&data), None);
        for folder in ["", "uploads", "uploads/complete", "avatars"] {
            assert_eq!(mode(&data.join(folder)), 0o700, "{folder}");
        }
        for file in ["chat.db", "chat.db-wal", "api-key", "uploads/complete/x"] {
            assert_eq!(mode(&data.join(file)), 0o600, "{file}");
        }
        assert_eq!(mode(&data.join("notes.txt")), 0o644, "not ours");
        assert_eq!(mode(&outer.path().join("elsewhere")), 0o644, "behind a link");
    }
}
