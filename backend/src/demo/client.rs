//! The least of an HTTP client that a customer needs: JSON there and back, and a stream of events.

use anyhow::{Context, bail};
use axum::http::{Method, Request, Uri, header};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client as Http;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use crate::config::is_loopback_host;

/// How many bytes of one event are read before the stream counts as broken.
const EVENT_BYTES_MAX: usize = 1024 * 1024;

/// A client of one server; cheap to clone.
#[derive(Clone)]
pub(super) struct Client {
    http: Http<HttpConnector, Full<Bytes>>,
    server: String,
}

impl Client {
    /// Makes a client of a server on this machine.
    pub(super) fn of(server: &str) -> anyhow::Result<Self> {
        let uri: Uri = server.parse().with_context(|| format!("`{server}` is no address of a server"))?;
        let is_here = uri.authority().is_some_and(|authority| is_loopback_host(authority.as_str()));
        if uri.scheme_str() != Some("http") || !is_here {
            bail!("customers are played on this machine only; give --server as http://127.0.0.1:8080");
        }
        let http = Http::builder(TokioExecutor::new()).build_http();
        Ok(Self { http, server: server.trim_end_matches('/').to_owned() })
    }

    /// Makes sure that the server is there.
    pub(super) async fn check(&self) -> anyhow::Result<()> {
        self.request(Method::GET, "/healthz", With::default()).await.map(drop)
    }

    /// Sends a request and returns the answer's JSON; a refusal is an error with its sentence.
    pub(super) async fn send(&self, method: Method, path: &str, with: With<'_>) -> anyhow::Result<Value> {
        let answer = self.request(method, path, with).await?;
        let status = answer.status();
        let bytes = answer.into_body().collect().await?.to_bytes();
        let value = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes)? };
        if !status.is_success() {
            bail!("{path} answered {status}: {}", value["detail"].as_str().unwrap_or("no reason given"));
        }
        Ok(value)
    }

    /// Opens the customer's stream after a cursor.
    pub(super) async fn events(&self, token: &str, cursor: &str) -> anyhow::Result<Events> {
        let path = format!("/api/chat/events?after={cursor}");
        let with = With { token: Some(token), ..With::default() };
        let answer = self.request(Method::GET, &path, with).await?;
        if !answer.status().is_success() {
            bail!("the stream answered {}", answer.status());
        }
        Ok(Events { body: answer.into_body(), text: Vec::new() })
    }

    async fn request(
        &self,
        method: Method,
        path: &str,
        with: With<'_>,
    ) -> anyhow::Result<hyper::Response<Incoming>> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.server));
        if let Some(token) = with.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(key) = with.key {
            request = request.header("idempotency-key", key);
        }
        let body = with.body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
        let request = request.header(header::CONTENT_TYPE, "application/json").body(Full::new(body))?;
        let answer = self.http.request(request).await;
        answer.with_context(|| format!("{} does not answer; start it with `baton serve --demo`", self.server))
    }
}

/// What goes with a request.
#[derive(Clone, Copy, Default)]
pub(super) struct With<'a> {
    pub(super) token: Option<&'a str>,
    pub(super) key: Option<&'a str>,
    pub(super) body: Option<&'a Value>,
}

/// A stream of events, read one by one.
pub(super) struct Events {
    body: Incoming,
    text: Vec<u8>,
}

impl Events {
    /// Returns the next event's name and data; nothing once the stream has ended.
    ///
    /// Giving up waiting loses nothing: what has arrived is kept.
    pub(super) async fn next(&mut self) -> anyhow::Result<Option<(String, Value)>> {
        loop {
            if let Some(end) = self.text.windows(2).position(|pair| pair == b"\n\n") {
                let frame: Vec<u8> = self.text.drain(..end + 2).collect();
                match parse(&String::from_utf8_lossy(&frame))? {
                    Some(event) => return Ok(Some(event)),
                    None => continue,
                }
            }
            if self.text.len() > EVENT_BYTES_MAX {
                bail!("an event does not end");
            }
            let Some(frame) = self.body.frame().await else { return Ok(None) };
            if let Ok(bytes) = frame?.into_data() {
                self.text.extend_from_slice(&bytes);
            }
        }
    }
}

fn parse(frame: &str) -> anyhow::Result<Option<(String, Value)>> {
    let (mut name, mut data) = (String::new(), String::new());
    for line in frame.lines() {
        if let Some(value) = line.strip_prefix("event: ") {
            value.clone_into(&mut name);
        } else if let Some(value) = line.strip_prefix("data: ") {
            data.push_str(value);
        }
    }
    if name.is_empty() { Ok(None) } else { Ok(Some((name, serde_json::from_str(&data)?))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_a_name_and_data() {
        let event = parse("event: chat\nid: 7\ndata: [1]\n\n").unwrap();
        assert_eq!(event, Some(("chat".to_owned(), serde_json::json!([1]))));
        assert_eq!(parse("retry: 100\n\n").unwrap(), None);
    }

    #[test]
    fn only_a_server_on_this_machine_gets_customers() {
        assert!(Client::of("http://127.0.0.1:8080").is_ok());
        assert!(Client::of("http://localhost:8080/").is_ok());
        assert!(Client::of("http://desk.example").is_err());
        assert!(Client::of("127.0.0.1").is_err());
    }
}
