//! The log: one line for each event, whatever the texts of strangers in it hold.

use crate::config::{Config, LogFormat};
use std::io::{self, Write};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// They log every packet, and every mistake of a stranger.
const LIBRARIES_TOO_LOUD: [&str; 5] = [
    "turn_server_proto=error",
    "turn_types=error",
    "stun_proto=error",
    "stun_proto::auth=off",
    "stun_types=error",
];

/// Logs to standard error from now on; once per process.
///
/// # Errors
/// When the filter among the settings is none.
pub fn start(config: &Config) -> Result<(), Box<dyn std::error::Error>> {
    let builder = tracing_subscriber::fmt().with_env_filter(filter(&config.log)?);
    match config.log_format {
        LogFormat::Text => builder.with_writer(OneLine(io::stderr)).init(),
        LogFormat::Json => builder.json().with_writer(io::stderr).init(),
    }
    Ok(())
}

fn filter(log: &str) -> Result<EnvFilter, Box<dyn std::error::Error>> {
    LIBRARIES_TOO_LOUD.iter().try_fold(EnvFilter::try_new(log)?, |filter, quieter| {
        // What the setting says of a library by name stands.
        let library = quieter.split('=').next().unwrap_or_default();
        if log.contains(library) { Ok(filter) } else { Ok(filter.add_directive(quieter.parse()?)) }
    })
}

/// Writes each event on one line: a line break in a text that somebody sent would forge another event.
struct OneLine<M>(M);

/// The writer of one event.
struct Line<W>(W);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for OneLine<M> {
    type Writer = Line<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Line(self.0.make_writer())
    }
}

impl<W: Write> Write for Line<W> {
    /// Gets a whole event at once, with its line break.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let body = text.strip_suffix('\n');
        let body_text = body.unwrap_or(&text);
        let mut line = String::with_capacity(text.len());
        for (at, c) in body_text.char_indices() {
            if breaks_a_line(c) && !is_colour(&body_text[at..]) {
                line.extend(c.escape_default());
            } else {
                line.push(c);
            }
        }
        if body.is_some() {
            line.push('\n');
        }
        self.0.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn breaks_a_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// The log's own colours, and nothing else that a terminal would obey.
fn is_colour(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("\u{1b}[") else { return false };
    rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').starts_with('m')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn no_text_of_a_stranger_makes_a_second_line() {
        let sink = Sink::default();
        let make = {
            let sink = sink.clone();
            move || sink.clone()
        };
        let subscriber = tracing_subscriber::fmt().with_ansi(true).with_writer(OneLine(make)).finish();
        tracing::subscriber::with_default(subscriber, || {
            for forged in [
                "x\n2026 ERROR forged",
                "x\r\nforged",
                "x\u{85}forged",
                "x\u{2028}forged",
                "x\u{1b}[2Jforged",
            ] {
                tracing::error!(client = %forged, "{forged}");
            }
        });
        let log = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        assert_eq!(log.lines().count(), 5, "{log}");
        assert!(!log.contains(['\r', '\u{85}', '\u{2028}']) && !log.contains("\u{1b}[2J"), "{log:?}");
        assert!(log.lines().all(|line| line.contains("ERROR") && line.contains("forged")), "{log}");
    }
}
