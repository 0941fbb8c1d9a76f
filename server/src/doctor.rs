//! `bandyer-server doctor`: looks at the settings, the data folder, the running server and its TURN server, and says
//! what is wrong and what to do. It changes nothing.

mod folder;
mod relay;
mod report;
mod site;

pub use report::{Finding, Report, Verdict};

use crate::config::Config;

/// Looks at everything the settings lead to.
pub async fn examine(config: &Config) -> Report {
    let mut report = Report::default();
    report.ok("configuration", "every setting is in range");
    folder::examine(config, &mut report);
    site::examine(config, &mut report).await;
    relay::examine(config, &mut report).await;
    report
}
