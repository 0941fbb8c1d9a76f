//! What was found: one line each, with what to do.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Ok,
    /// Works, but not for everybody, or not as safely as it could.
    Warn,
    Fail,
}

impl Verdict {
    fn as_str(self) -> &'static str {
        match self {
            Verdict::Ok => "ok",
            Verdict::Warn => "warn",
            Verdict::Fail => "fail",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub verdict: Verdict,
    /// What was looked at.
    pub subject: &'static str,
    pub what: String,
    /// What to do; empty where nothing is to be done.
    pub advice: String,
}

#[derive(Debug, Clone, Default)]
pub struct Report {
    pub findings: Vec<Finding>,
}

impl Report {
    pub fn ok(&mut self, subject: &'static str, what: impl Into<String>) {
        self.add(Verdict::Ok, subject, what.into(), String::new());
    }

    pub fn warn(&mut self, subject: &'static str, what: impl Into<String>, advice: impl Into<String>) {
        self.add(Verdict::Warn, subject, what.into(), advice.into());
    }

    pub fn fail(&mut self, subject: &'static str, what: impl Into<String>, advice: impl Into<String>) {
        self.add(Verdict::Fail, subject, what.into(), advice.into());
    }

    fn add(&mut self, verdict: Verdict, subject: &'static str, what: String, advice: String) {
        self.findings.push(Finding { verdict, subject, what, advice });
    }

    /// False when something failed.
    pub fn is_healthy(&self) -> bool {
        self.count(Verdict::Fail) == 0
    }

    fn count(&self, verdict: Verdict) -> usize {
        self.findings.iter().filter(|finding| finding.verdict == verdict).count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{:<5} {}: {}", finding.verdict.as_str(), finding.subject, finding.what)?;
            if !finding.advice.is_empty() {
                writeln!(f, "      → {}", finding.advice)?;
            }
        }
        let (warnings, failures) = (self.count(Verdict::Warn), self.count(Verdict::Fail));
        writeln!(f, "{} looked at, {warnings} to think about, {failures} wrong", self.findings.len())
    }
}
