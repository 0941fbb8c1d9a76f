//! Reports as browsers gave them, two looks apart each, and what becomes of a connection by them.

use crate::calls::{Beat, Pulse, Quality, StatEntry, Vitals};

const REPORTS: [(&str, &str); 4] = [
    ("chromium", include_str!("reports/chromium.json")),
    ("chromium without media", include_str!("reports/chromium-without-media.json")),
    ("firefox", include_str!("reports/firefox.json")),
    ("firefox without media", include_str!("reports/firefox-without-media.json")),
];

fn looks(report: &str) -> Vec<Vec<StatEntry>> {
    serde_json::from_str(report).unwrap()
}

/// The numbers of a report that grow, `by` times as much more.
fn later(entries: &[StatEntry], by: f64) -> Vec<StatEntry> {
    let more = |count: Option<f64>| count.map(|count| count + by);
    let entry = |entry: &StatEntry| StatEntry {
        bytes_received: more(entry.bytes_received),
        packets_received: more(entry.packets_received),
        ..entry.clone()
    };
    entries.iter().map(entry).collect()
}

fn connected() -> Pulse {
    let mut pulse = Pulse::default();
    assert_eq!(pulse.state("connected"), Some(Beat::Connected));
    pulse
}

#[test]
fn a_connection_on_which_something_arrives_is_never_called_broken_in_any_browser() {
    for (browser, report) in REPORTS {
        let (entries, mut pulse) = (looks(report).remove(1), connected());
        for second in 1..=60 {
            let beats = pulse.look(Vitals::read(&later(&entries, f64::from(second))), true);
            assert!(!beats.contains(&Beat::Broken), "{browser}, second {second}: {beats:?}");
        }
    }
}

#[test]
fn between_two_looks_something_arrives_in_every_browser() {
    for (browser, report) in REPORTS {
        let [before, after] = &looks(report)[..] else { panic!("{browser}: two looks") };
        let mut pulse = connected();
        pulse.look(Vitals::read(before), true);
        for _ in 0..3 {
            pulse.look(Vitals::read(before), true);
        }
        pulse.look(Vitals::read(after), true);
        let beats = pulse.look(Vitals::read(after), true);
        assert!(!beats.contains(&Beat::Broken), "{browser}: it is heard that it lives");
    }
}

#[test]
fn a_firefox_that_hears_only_its_own_questions_answered_every_six_seconds_is_connected() {
    let (entries, mut pulse) = (looks(REPORTS[3].1).remove(1), connected());
    for second in 0..60u32 {
        let answered = f64::from(second / 6);
        let beats = pulse.look(Vitals::read(&later(&entries, answered)), true);
        assert!(!beats.contains(&Beat::Broken), "second {second}");
    }
}

#[test]
fn silence_breaks_a_connection_and_the_next_sign_of_life_mends_it() {
    for (browser, report) in REPORTS {
        let (entries, mut pulse) = (looks(report).remove(1), connected());
        pulse.look(Vitals::read(&entries), true);
        let silent: Vec<Beat> = (0..10).flat_map(|_| pulse.look(Vitals::read(&entries), true)).collect();
        assert_eq!(silent.iter().filter(|beat| **beat == Beat::Broken).count(), 1, "{browser}: {silent:?}");
        let back = pulse.look(Vitals::read(&later(&entries, 1.0)), true);
        assert!(back.contains(&Beat::Connected), "{browser}: {back:?}");
    }
}

#[test]
fn a_browser_that_reports_nothing_is_taken_at_its_word() {
    let nothing: [&[StatEntry]; 3] = [
        &[],
        &[StatEntry { kind: "transport".into(), ..StatEntry::default() }],
        &[StatEntry { kind: "candidate-pair".into(), nominated: true, ..StatEntry::default() }],
    ];
    for entries in nothing {
        let mut pulse = connected();
        for _ in 0..60 {
            assert_eq!(pulse.look(Vitals::read(entries), true), [], "{entries:?}");
        }
        assert_eq!(pulse.state("disconnected"), Some(Beat::Broken));
        assert_eq!(pulse.state("completed"), Some(Beat::Connected), "ICE's older word");
    }
}

#[test]
fn quality_is_told_of_a_connection_there_is_and_again_after_it_was_broken() {
    for (browser, report) in REPORTS {
        let entries = looks(report).remove(1);
        let mut pulse = Pulse::default();
        for second in 0..5 {
            let beats = pulse.look(Vitals::read(&later(&entries, f64::from(second))), false);
            assert_eq!(beats, [], "{browser}: there is no connection to speak of");
        }
        pulse.state("connected");
        let mut told = |from: u32| -> Vec<Beat> {
            let looks = (from..from + 3).map(|second| later(&entries, f64::from(second)));
            looks.flat_map(|entries| pulse.look(Vitals::read(&entries), true)).collect()
        };
        assert_eq!(told(10), [Beat::Quality(Quality::Good)], "{browser}");
        assert_eq!(told(20), [], "{browser}: no news");
        pulse.state("failed");
        pulse.state("connected");
        let looks = (30..33).map(|second| later(&entries, f64::from(second)));
        let again: Vec<Beat> = looks.flat_map(|entries| pulse.look(Vitals::read(&entries), true)).collect();
        assert_eq!(again, [Beat::Quality(Quality::Good)], "{browser}");
    }
}

#[test]
fn loss_and_slowness_are_seen_by_whichever_numbers_there_are() {
    let entry = |kind: &str| StatEntry { kind: kind.into(), ..StatEntry::default() };
    let quality = |more: &dyn Fn(f64) -> Vec<StatEntry>| {
        let mut pulse = connected();
        let beats: Vec<Beat> =
            (1..5).flat_map(|second| pulse.look(Vitals::read(&more(f64::from(second))), true)).collect();
        beats
            .into_iter()
            .find_map(|beat| if let Beat::Quality(quality) = beat { Some(quality) } else { None })
    };
    let lossy = |second: f64| {
        let (received, lost) = (Some(second * 100.0), Some(second * 5.0));
        vec![StatEntry { packets_received: received, packets_lost: lost, ..entry("inbound-rtp") }]
    };
    assert_eq!(quality(&lossy), Some(Quality::Fair));
    let slow = |_: f64| vec![StatEntry { round_trip_time: Some(0.7), ..entry("remote-inbound-rtp") }];
    assert_eq!(quality(&slow), Some(Quality::Poor), "by RTCP");
    let slow = |_: f64| {
        vec![StatEntry { selected: true, current_round_trip_time: Some(0.3), ..entry("candidate-pair") }]
    };
    assert_eq!(quality(&slow), Some(Quality::Fair), "by ICE");
}
