//! What comes from Debian: browsers and their drivers, a screen without a monitor, coturn.

use crate::{
    run::{Outcome, output, step},
    tools::on_path,
};
use std::{env, path::PathBuf, process::Command};

/// Programs that are to be there, and the packages that bring them.
struct Need {
    programs: &'static [&'static str],
    packages: &'static [&'static str],
    /// Seconds from bare.
    bare: u64,
    /// What to do where there is no `apt-get`.
    otherwise: &'static str,
}

impl Need {
    fn install(&self) -> Outcome {
        if self.programs.iter().all(|program| on_path(program).is_some()) {
            return Ok(());
        }
        self.fetch()
    }

    fn fetch(&self) -> Outcome {
        if on_path("apt-get").is_none() {
            return Err(self.otherwise.to_owned());
        }
        step("updating the package list of Debian", 10, as_root("apt-get").args(["update", "--quiet"]))?;
        let what = format!("installing {} from Debian", self.packages.join(", "));
        let mut install = as_root("apt-get");
        install.args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(self.packages);
        step(&what, self.bare, &mut install)
    }
}

/// Python, with what makes a place for packages of its own. Whether that is there, no program's name tells.
pub fn python_with_venv() -> Outcome {
    Need {
        programs: &[],
        packages: &["python3", "python3-venv"],
        bare: 15,
        otherwise: "python3 with its module venv is needed: install it",
    }
    .fetch()
}

/// Chromium and its driver.
pub fn chromium_and_driver() -> Outcome {
    if env::var_os("CHROME").is_some() && on_path("chromedriver").is_some() {
        return Ok(());
    }
    Need {
        // `chromium-browser` is what other systems call it.
        programs: if on_path("chromium-browser").is_some() {
            &["chromedriver"]
        } else {
            &["chromium", "chromedriver"]
        },
        packages: &["chromium", "chromium-driver"],
        bare: 45,
        otherwise: "chromium and chromedriver are needed: install them, or set CHROME and CHROMEDRIVER",
    }
    .install()
}

/// Firefox as Debian has it; WebDriver BiDi is built in. Without a sound server its audio stands still.
pub fn firefox() -> Outcome {
    if env::var_os("FIREFOX").is_some() && on_path("pulseaudio").is_some() {
        return Ok(());
    }
    Need {
        programs: &["firefox-esr", "pulseaudio"],
        packages: &["firefox-esr", "pulseaudio"],
        bare: 30,
        otherwise: "Firefox and pulseaudio are needed: install them, or set FIREFOX",
    }
    .install()
}

/// WebKitGTK, its driver, and a screen for it.
pub fn webkit() -> Outcome {
    Need {
        programs: &["WebKitWebDriver", "Xvfb"],
        packages: &["webkit2gtk-driver", "xvfb"],
        bare: 60,
        otherwise: "WebKitWebDriver and Xvfb are needed: install WebKitGTK's driver and an X server without a screen",
    }
    .install()
}

/// Coturn: its client tries our TURN server, its server our credentials.
pub fn coturn() -> Outcome {
    Need {
        programs: &["turnserver", "turnutils_uclient"],
        packages: &["coturn"],
        bare: 15,
        otherwise: "coturn is needed, with turnserver and turnutils_uclient on the PATH: install it",
    }
    .install()
}

/// `$CHROME`, or what PATH has.
pub fn chromium() -> Option<PathBuf> {
    env::var_os("CHROME")
        .map(PathBuf::from)
        .or_else(|| on_path("chromium"))
        .or_else(|| on_path("chromium-browser"))
}

fn as_root(program: &str) -> Command {
    if output("id", &["-u"]).as_deref() == Some("0") {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.arg(program);
    command
}
