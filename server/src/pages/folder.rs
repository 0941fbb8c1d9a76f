//! A folder of files to be served: on disk, or built into the program. Knows nothing of HTTP.

#[cfg(feature = "bundle")]
mod bundle;

use bytes::Bytes;
use std::collections::HashMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::Mutex;

/// Files of one build are written and copied in any order, within this time.
const SLACK: Duration = Duration::from_secs(60);

/// Where served files come from.
#[derive(Debug, Clone)]
pub enum Folder {
    Disk(Arc<Disk>),
    /// The widget as it was when this program was built.
    #[cfg(feature = "bundle")]
    Bundled,
}

/// A folder on disk, and what of it was asked for.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    /// All answers share one copy of a file, however many people read it and however slowly.
    kept: Mutex<HashMap<PathBuf, Kept>>,
}

/// A file as it was when it was read.
#[derive(Debug)]
struct Kept {
    changed: SystemTime,
    size: u64,
    bytes: Bytes,
}

/// How a file was compressed beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    Brotli,
    Gzip,
    Plain,
}

impl Coding {
    /// What is appended to the name of the file.
    pub fn suffix(self) -> &'static str {
        match self {
            Coding::Brotli => ".br",
            Coding::Gzip => ".gz",
            Coding::Plain => "",
        }
    }

    /// The word of the `Content-Encoding` header.
    pub fn token(self) -> Option<&'static str> {
        match self {
            Coding::Brotli => Some("br"),
            Coding::Gzip => Some("gzip"),
            Coding::Plain => None,
        }
    }
}

/// A file that was found.
pub struct Found {
    pub bytes: Bytes,
    pub coding: Coding,
    /// Changes with the content; part of the `ETag`.
    pub mark: String,
}

impl Folder {
    pub fn on_disk(root: PathBuf) -> Self {
        Folder::Disk(Arc::new(Disk { root, kept: Mutex::default() }))
    }

    /// The file at `path`, in the first of `codings` there is. `None` also for every path that is not a plain
    /// relative one.
    pub async fn find(&self, path: &str, codings: &[Coding]) -> Option<Found> {
        if !is_plain(path) {
            return None;
        }
        match self {
            Folder::Disk(disk) => disk.find(path, codings).await,
            #[cfg(feature = "bundle")]
            Folder::Bundled => bundle::find(path, codings),
        }
    }
}

/// Parts of letters, digits, dots, underscores and hyphens, none of them hidden: `..` cannot occur, nor can anything
/// that a file system reads in a special way.
fn is_plain(path: &str) -> bool {
    let part_is_plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    };
    path.len() <= 256 && path.split('/').count() <= 8 && path.split('/').all(part_is_plain)
}

impl Disk {
    async fn find(&self, path: &str, codings: &[Coding]) -> Option<Found> {
        let plain = tokio::fs::canonicalize(self.root.join(path)).await.ok()?;
        // A symbolic link must not lead out of the folder.
        if !plain.starts_with(tokio::fs::canonicalize(&self.root).await.ok()?) {
            return None;
        }
        let plain_meta = tokio::fs::metadata(&plain).await.ok().filter(Metadata::is_file)?;
        let plain_changed = plain_meta.modified().unwrap_or(UNIX_EPOCH);
        for coding in codings.iter().copied().chain([Coding::Plain]) {
            let file = self.root.join(format!("{path}{}", coding.suffix()));
            let Ok(meta) = tokio::fs::symlink_metadata(&file).await else { continue };
            let changed = meta.modified().unwrap_or(UNIX_EPOCH);
            // Compressed files older than the plain one are left over from another build.
            if coding != Coding::Plain && (!meta.is_file() || changed + SLACK < plain_changed) {
                continue;
            }
            let bytes = self.read(&file).await?;
            let mark = format!("{:x}-{:x}", millis(changed), bytes.len());
            return Some(Found { bytes, coding, mark });
        }
        None
    }

    /// The bytes in memory, or those on the disk when they are newer. Whoever asks first reads for all.
    async fn read(&self, file: &Path) -> Option<Bytes> {
        let mut kept = self.kept.lock().await;
        let meta = tokio::fs::metadata(file).await.ok()?;
        let (changed, size) = (meta.modified().unwrap_or(UNIX_EPOCH), meta.len());
        if let Some(known) = kept.get(file).filter(|known| (known.changed, known.size) == (changed, size)) {
            return Some(known.bytes.clone());
        }
        let bytes = Bytes::from(tokio::fs::read(file).await.ok()?);
        kept.insert(file.to_owned(), Kept { changed, size, bytes: bytes.clone() });
        Some(bytes)
    }
}

fn millis(at: SystemTime) -> u128 {
    at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_relative_paths_are_looked_up() {
        for good in ["a.js", "snippets/x-1/inline0.js", "bandyer_chat_widget_bg.wasm"] {
            assert!(is_plain(good), "{good}");
        }
        for bad in [
            "",
            "/etc/passwd",
            "..",
            "../a",
            "a/../b",
            "a//b",
            ".env",
            "a/.git",
            "a\\b",
            "a%2fb",
            "a\0b",
            "é",
        ] {
            assert!(!is_plain(bad), "{bad}");
        }
    }

    #[tokio::test]
    async fn all_readers_share_one_copy_until_the_file_changes() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.wasm");
        std::fs::write(&path, vec![1; 100_000]).unwrap();
        let folder = Folder::on_disk(root.path().to_owned());
        let read = async || folder.find("a.wasm", &[]).await.unwrap().bytes;
        let (first, second) = (read().await, read().await);
        assert_eq!(first.as_ptr(), second.as_ptr());
        std::fs::write(&path, vec![2; 100_001]).unwrap();
        assert_eq!(read().await, vec![2; 100_001]);
        assert_eq!(first, vec![1; 100_000], "who reads the old one goes on reading it");
    }

    #[tokio::test]
    async fn a_link_out_of_the_folder_and_a_stale_compressed_file_are_not_served() {
        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().join("widget");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(outer.path().join("secret"), "s").unwrap();
        std::os::unix::fs::symlink(outer.path().join("secret"), root.join("leak")).unwrap();
        std::fs::write(root.join("a.js.br"), "old").unwrap();
        let past = SystemTime::now() - Duration::from_secs(3600);
        std::fs::File::options().write(true).open(root.join("a.js.br")).unwrap().set_modified(past).unwrap();
        std::fs::write(root.join("a.js"), "plain").unwrap();
        std::fs::write(root.join("a.js.gz"), "zipped").unwrap();

        let folder = Folder::on_disk(root);
        assert!(folder.find("leak", &[]).await.is_none());
        assert!(folder.find("nothing", &[]).await.is_none());
        let all = [Coding::Brotli, Coding::Gzip];
        assert_eq!(folder.find("a.js", &all).await.unwrap().coding, Coding::Gzip);
        assert_eq!(&*folder.find("a.js", &[]).await.unwrap().bytes, b"plain");
    }
}
