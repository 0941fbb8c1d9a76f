//! Counters and histograms, in the text form Prometheus reads.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;

pub const SESSIONS: &str = "bandyer_sessions";
pub const SOCKETS: &str = "bandyer_sockets";
pub const MESSAGES: &str = "bandyer_messages_stored_total";
pub const REFUSALS: &str = "bandyer_refusals_total";
pub const COMMIT_SECONDS: &str = "bandyer_commit_seconds";
pub const BATCH_SIZE: &str = "bandyer_batch_size";
pub const COMMIT_FAILURES: &str = "bandyer_commit_failures_total";
pub const SLOW_CONSUMERS: &str = "bandyer_slow_consumers_total";
pub const WEBHOOKS: &str = "bandyer_webhooks_total";

static EXPORTER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts counting; once per process, however many servers run in it.
pub fn install() {
    EXPORTER.get_or_init(|| {
        let seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
        let sizes = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 512.0];
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(
                metrics_exporter_prometheus::Matcher::Full(COMMIT_SECONDS.to_owned()),
                &seconds,
            )
            .and_then(|builder| {
                let name = metrics_exporter_prometheus::Matcher::Full(BATCH_SIZE.to_owned());
                builder.set_buckets_for_metric(name, &sizes)
            })
            .unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("another metrics recorder is installed: /metrics stays empty");
        }
        describe();
        handle
    });
}

fn describe() {
    describe_gauge!(SESSIONS, "Authenticated sockets");
    describe_gauge!(SOCKETS, "Open sockets, authenticated or not");
    describe_counter!(MESSAGES, "Messages durably stored");
    describe_counter!(REFUSALS, "Requests refused, by error code");
    describe_histogram!(COMMIT_SECONDS, Unit::Seconds, "Time a batch takes to become durable");
    describe_histogram!(BATCH_SIZE, Unit::Count, "Requests decided in one transaction");
    describe_counter!(COMMIT_FAILURES, "Batches that could not be stored");
    describe_counter!(WEBHOOKS, "Attempts to tell a hook of an event, by result");
    describe_counter!(SLOW_CONSUMERS, "Sockets closed because they read too slowly");
    bandyer_turn::counters::describe();
}

/// What `/metrics` answers.
pub fn render() -> String {
    EXPORTER.get().map(PrometheusHandle::render).unwrap_or_default()
}

/// Moves gathered samples into their histograms; to be called now and then.
pub fn upkeep() {
    if let Some(exporter) = EXPORTER.get() {
        exporter.run_upkeep();
    }
}
