//! Logs on standard error, and metrics on a loopback listener of their own.

use std::io::IsTerminal;
use std::net::SocketAddr;

use axum::Router;
use axum::http::header;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

/// The bounds by which batches are counted, in events.
const BATCH_SIZES: &[f64] = &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0];

/// Begins to log; `filter` is in the form of `tracing` filters.
pub fn log(filter: &str, json: bool) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| anyhow::anyhow!("`{filter}` is no log filter ({error}); try --log info"))?;
    let colours = std::io::stderr().is_terminal();
    let logs =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    let begun = if json { logs.json().try_init() } else { logs.try_init() };
    begun.map_err(|error| anyhow::anyhow!("logging could not begin: {error}"))
}

/// Begins to count, and says what each number means.
pub fn count() -> anyhow::Result<PrometheusHandle> {
    let sizes = Matcher::Full("baton_commit_events".to_owned());
    let builder = PrometheusBuilder::new().set_buckets_for_metric(sizes, BATCH_SIZES)?;
    let handle = builder.install_recorder()?;
    metrics::describe_counter!("baton_requests_total", "Requests answered, by method, route and status.");
    metrics::describe_counter!("baton_commands_total", "Commands answered, by outcome.");
    metrics::describe_counter!("baton_refusals_total", "Requests refused, by code.");
    metrics::describe_gauge!("baton_streams_open", "Streams of events that are open.");
    metrics::describe_counter!("baton_commits_total", "Batches committed.");
    metrics::describe_histogram!("baton_commit_events", "Events committed together in one batch.");
    metrics::describe_counter!(
        "baton_scheduled_reports_total",
        "Attempts to send a scheduled report, by outcome."
    );
    metrics::describe_gauge!(
        "baton_follower_running",
        "Whether a follower follows the log: 1, or 0 after it stopped."
    );
    metrics::describe_gauge!(
        "baton_follower_lag_events",
        "Events committed that a follower had not taken when it last did."
    );
    metrics::describe_gauge!("baton_follower_lag_ms", "How long ago the first of them was, in milliseconds.");
    Ok(handle)
}

/// Serves the metrics; a taken port is a warning, as people are served all the same.
pub async fn serve(listen: SocketAddr, handle: PrometheusHandle) {
    let listener = match tokio::net::TcpListener::bind(listen).await {
        Ok(listener) => listener,
        Err(error) => {
            tracing::warn!(%listen, %error, "metrics are not served; choose another --metrics-listen");
            return;
        }
    };
    let render = move || async move {
        handle.run_upkeep();
        ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render())
    };
    let router = Router::new().route("/metrics", get(render));
    if let Err(error) = axum::serve(listener, router).await {
        tracing::warn!(%error, "metrics are served no more");
    }
}

/// Writes an error and its causes on one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
