//! The operator's guide names every setting there is.

use bandyer_server::config::CommandLine;
use clap::CommandFactory;

const GUIDE: &str = include_str!("../../../docs/operations.md");

#[test]
fn every_setting_stands_in_the_guide() {
    let command = CommandLine::command();
    let settings: Vec<_> = command.get_arguments().filter(|one| one.get_env().is_some()).collect();
    assert!(settings.len() > 20);
    for setting in settings {
        let name = setting.get_long().unwrap();
        let env = setting.get_env().unwrap().to_str().unwrap();
        assert!(GUIDE.contains(&format!("`--{name}`")), "--{name}");
        assert!(GUIDE.contains(&format!("`{env}`")), "{env}");
    }
}
