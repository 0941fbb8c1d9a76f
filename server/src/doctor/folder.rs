//! The data folder and the secrets in it.

use super::report::Report;
use crate::config::Config;
use std::fs;
use std::path::Path;

const DATA: &str = "data folder";
const SECRETS: &str = "secrets";

pub fn examine(config: &Config, report: &mut Report) {
    let folder = &config.data;
    let shown = folder.display();
    if !folder.is_dir() {
        return report.warn(
            DATA,
            format!("{shown} does not exist"),
            "The first start makes it. If the server runs already, it has other settings: give doctor the same ones.",
        );
    }
    match writable(folder) {
        Ok(()) => report.ok(DATA, format!("{shown} can be written to")),
        Err(error) => report.fail(
            DATA,
            format!("{shown}: {error}"),
            "Let the user of the server own the folder, and run doctor as that user.",
        ),
    }
    let configured = [
        ("api-key", config.api_key.is_some()),
        ("token-secret", config.token_secret.is_some()),
        ("turn-secret", config.turn_secret.is_some()),
    ];
    for (name, elsewhere) in configured {
        if !elsewhere {
            secret(&folder.join(name), report);
        }
    }
}

fn writable(folder: &Path) -> std::io::Result<()> {
    let file = folder.join(format!(".doctor-{}", std::process::id()));
    fs::write(&file, b"")?;
    fs::remove_file(file)
}

fn secret(path: &Path, report: &mut Report) {
    let shown = path.display();
    match fs::read_to_string(path) {
        Ok(text) if text.trim().is_empty() => {
            report.fail(SECRETS, format!("{shown} is empty"), "Delete it; the next start makes a new one.");
        }
        Ok(_) if others_may_read(path) => report.warn(
            SECRETS,
            format!("{shown} can be read by others on this machine"),
            format!("chmod 600 {shown}"),
        ),
        Ok(_) => report.ok(SECRETS, format!("{shown} is there, for its owner only")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            report.warn(SECRETS, format!("{shown} does not exist"), "The next start of the server makes it.");
        }
        Err(error) => {
            report.fail(SECRETS, format!("{shown}: {error}"), "Run doctor as the user of the server.");
        }
    }
}

#[cfg(unix)]
fn others_may_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn others_may_read(_: &Path) -> bool {
    false
}
