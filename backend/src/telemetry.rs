//! Logs on standard error, and metrics on a loopback listener of their own.

use std::net::SocketAddr;

use axum::Router;
use axum::http::header;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

/// Begins to log; `filter` is in the form of `tracing` filters.
pub fn log(filter: &str, json: bool) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| anyhow::anyhow!("`{filter}` is no log filter ({error}); try --log info"))?;
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let begun = if json { logs.json().try_init() } else { logs.try_init() };
    begun.map_err(|error| anyhow::anyhow!("logging could not begin: {error}"))
}

/// Begins to count, and says what each number means.
pub fn count() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new().install_recorder()?;
    metrics::describe_counter!("baton_requests_total", "Requests answered, by method, route and status.");
    metrics::describe_counter!("baton_commands_total", "Commands answered, by outcome.");
    metrics::describe_counter!("baton_refusals_total", "Requests refused, by code.");
    metrics::describe_gauge!("baton_streams_open", "Streams of events that are open.");
    metrics::describe_counter!("baton_commits_total", "Batches committed.");
    metrics::describe_histogram!("baton_commit_events", "Events committed together in one batch.");
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
