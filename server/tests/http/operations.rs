//! The operator's guide names every setting there is.

use bandyer_server::Config;
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

/// The cells of every row of a table, under that heading.
fn rows(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, section) = GUIDE.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let lines = section.lines().filter(|line| line.starts_with("| ") && !line.starts_with("|---"));
    lines.skip(1).map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

/// Numbers of a text, thousands without their commas.
fn numbers(text: &str) -> Vec<u64> {
    let text = text.replace(',', "");
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
}

#[test]
fn defaults_in_the_guide_are_those_in_force() {
    let defaults: toml::Table = Config::default().to_toml().unwrap().parse().unwrap();
    let mut compared = 0;
    for row in rows("Settings") {
        let name = row[0].trim_matches('`').trim_start_matches("--").replace('-', "_");
        let told = row[row.len() - 1];
        match defaults.get(&name) {
            Some(toml::Value::Integer(value)) => {
                assert_eq!(numbers(told).first().copied(), u64::try_from(*value).ok(), "{name}: {told}");
                compared += 1;
            }
            Some(toml::Value::Boolean(value)) => assert_eq!(told, value.to_string(), "{name}"),
            Some(toml::Value::String(value)) => assert_eq!(told, value, "{name}"),
            Some(_) | None => {}
        }
    }
    assert!(compared > 25, "{compared}");
}

#[test]
fn limits_in_the_guide_are_those_in_force() {
    let defaults: toml::Table = Config::default().to_toml().unwrap().parse().unwrap();
    let mut compared = 0;
    for row in rows("Limits") {
        let told = numbers(row[1]);
        for name in row[2].split('`').skip(1).step_by(2) {
            let Some(toml::Value::Integer(value)) = defaults.get(name) else {
                panic!("{name} is no setting")
            };
            let value = u64::try_from(*value).unwrap();
            // Milliseconds and seconds are told in larger units.
            let units = [1, 60, 3600, 86_400, 1000];
            let fits = units.iter().any(|unit| value % unit == 0 && told.contains(&(value / unit)));
            assert!(fits || value == 0, "{}: {} is {value}", row[0], name);
            compared += 1;
        }
    }
    assert!(compared > 15, "{compared}");
}
