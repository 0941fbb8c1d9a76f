//! The data folder and the secrets in it.

use super::report::Report;
use crate::config::Config;
use crate::private;
use crate::secrets::SecretKind;
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
    match private::open_to_others(folder) {
        Some(path) => report.warn(
            DATA,
            format!("{} can be read by others on this machine", path.display()),
            "The next start of the server closes it, if its user owns it: chmod -R go= on the folder does so now.",
        ),
        None => report.ok(DATA, format!("{shown} and what lies in it is for its owner only")),
    }
    for kind in SecretKind::ALL {
        if config.secret(kind).is_none() {
            secret(&folder.join(kind.file_name()), kind, report);
        }
    }
}

fn writable(folder: &Path) -> std::io::Result<()> {
    let file = folder.join(format!(".doctor-{}", std::process::id()));
    fs::write(&file, b"")?;
    fs::remove_file(file)
}

fn secret(path: &Path, kind: SecretKind, report: &mut Report) {
    let shown = path.display();
    match fs::read_to_string(path).map(|text| kind.check(text.trim())) {
        Ok(Err(why)) => {
            report.fail(SECRETS, format!("{shown} {why}"), "Delete it; the next start makes a new one.");
        }
        Ok(Ok(())) if private::is_open(path) => report.warn(
            SECRETS,
            format!("{shown} can be read by others on this machine"),
            format!("chmod 600 {shown}"),
        ),
        Ok(Ok(())) => report.ok(SECRETS, format!("{shown} is there, for its owner only")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            report.warn(SECRETS, format!("{shown} does not exist"), "The next start of the server makes it.");
        }
        Err(error) => {
            report.fail(SECRETS, format!("{shown}: {error}"), "Run doctor as the user of the server.");
        }
    }
}
