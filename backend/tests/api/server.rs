//! The server on a real socket: connections that become streams, and the stop.

use std::sync::Arc;

use baton::feed::HEARTBEAT_EVERY;
use baton::http::server::{connections_max, serve};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::app::{PATIENCE, Proof, TestApp};

struct Served {
    port: u16,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
    token: String,
}

async fn start(app: &TestApp) -> Served {
    start_with(app, connections_max()).await
}

async fn start_with(app: &TestApp, connections_max: usize) -> Served {
    app.add_queue("Support", &[]).await;
    let (customer, _) = app.customer("Ada", "Hello").await;
    let Proof::Token(token) = customer.proof else { panic!("a customer has a token") };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (stop, stopped) = oneshot::channel::<()>();
    let ended = tokio::spawn(serve(Arc::clone(&app.app), listener, connections_max, async {
        let _ = stopped.await;
    }));
    Served { port, stop, ended, token }
}

impl Served {
    async fn connect(&self) -> Talk {
        Talk { socket: TcpStream::connect(("127.0.0.1", self.port)).await.unwrap(), heard: String::new() }
    }

    fn stream_request(&self, version: &str) -> String {
        let (port, token) = (self.port, &self.token);
        format!(
            "GET /api/chat/events {version}\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n"
        )
    }
}

struct Talk {
    socket: TcpStream,
    heard: String,
}

impl Talk {
    async fn say(&mut self, text: &str) {
        self.socket.write_all(text.as_bytes()).await.unwrap();
    }

    /// Reads until a text has arrived, and forgets everything up to its end.
    async fn hear(&mut self, text: &str) -> String {
        loop {
            if let Some(place) = self.heard.find(text) {
                let rest = self.heard.split_off(place + text.len());
                return std::mem::replace(&mut self.heard, rest);
            }
            assert!(self.read().await > 0, "the connection ended before `{text}` came: {}", self.heard);
        }
    }

    /// Reads until the server closes.
    async fn hear_the_end(&mut self) -> String {
        while self.read().await > 0 {}
        std::mem::take(&mut self.heard)
    }

    async fn read(&mut self) -> usize {
        let mut bytes = [0; 4096];
        let count = tokio::time::timeout(PATIENCE, self.socket.read(&mut bytes)).await.unwrap().unwrap();
        self.heard.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
        count
    }
}

#[tokio::test]
async fn a_connection_that_was_used_before_becomes_a_stream() {
    let app = TestApp::start();
    let served = start(&app).await;
    let mut talk = served.connect().await;
    talk.say("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(talk.hear("\r\n\r\nok\n").await.starts_with("HTTP/1.1 200 OK\r\n"));
    talk.say(&served.stream_request("HTTP/1.1")).await;
    let head = talk.hear("\r\n\r\n").await;
    assert!(head.contains("text/event-stream") && head.contains("transfer-encoding: chunked"), "{head}");
    talk.hear("event: hello\n").await;
    served.stop.send(()).unwrap();
    let end = talk.hear_the_end().await;
    assert!(end.contains("retry: ") && end.ends_with("0\r\n\r\n"), "{end}");
    served.ended.await.unwrap();
}

#[tokio::test]
async fn an_old_client_gets_the_stream_without_chunks() {
    let app = TestApp::start();
    let served = start(&app).await;
    let mut talk = served.connect().await;
    talk.say(&served.stream_request("HTTP/1.0")).await;
    let head = talk.hear("\r\n\r\n").await;
    assert!(!head.contains("chunked"), "{head}");
    assert!(talk.hear("\n\n").await.starts_with("event: hello\n"));
    served.stop.send(()).unwrap();
    assert!(!talk.hear_the_end().await.contains("\r\n"));
}

#[tokio::test]
async fn the_head_of_a_stream_leaves_no_stream_behind() {
    let app = TestApp::start();
    let served = start(&app).await;
    let mut talk = served.connect().await;
    for _ in 0..20 {
        talk.say(&served.stream_request("HTTP/1.1").replace("GET", "HEAD")).await;
        assert!(talk.hear("\r\n\r\n").await.starts_with("HTTP/1.1 200 OK\r\n"));
    }
    talk.say("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    talk.hear("\r\n\r\nok\n").await;
}

#[tokio::test]
async fn a_reader_who_leaves_gives_the_place_back() {
    let app = TestApp::start();
    let served = start(&app).await;
    let come_and_go = async || {
        loop {
            let mut talk = served.connect().await;
            talk.say(&served.stream_request("HTTP/1.1")).await;
            let head = talk.hear("\r\n\r\n").await;
            // The server may not yet have seen the last ones go; then it comes again, as a page would.
            if !head.contains(" 429 ") {
                return drop(talk.hear("event: hello\n").await);
            }
        }
    };
    // More than a customer may have open at once: each has to be noticed as gone.
    for _ in 0..baton::http::streams::STREAMS_PER_CUSTOMER_MAX * 3 {
        tokio::time::timeout(PATIENCE, come_and_go()).await.expect("a place is free again");
    }
}

#[tokio::test]
async fn beyond_the_limit_of_connections_those_that_are_there_are_kept() {
    let app = TestApp::start();
    let served = start_with(&app, 1).await;
    let mut first = served.connect().await;
    first.say(&served.stream_request("HTTP/1.1")).await;
    // The first heartbeat comes with the greeting.
    first.hear("event: heartbeat\n").await;
    let mut second = served.connect().await;
    second.say("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    let refusal = second.hear_the_end().await;
    assert!(refusal.starts_with("HTTP/1.1 503 ") && refusal.contains("Retry-After: "), "{refusal}");
    assert!(refusal.contains(r#""code":"too_many_connections""#), "{refusal}");
    app.advance(HEARTBEAT_EVERY);
    app.app.feed.tick();
    first.hear("event: heartbeat\n").await;
    drop(first);
    let again = async {
        loop {
            let mut talk = served.connect().await;
            talk.say("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await;
            if talk.hear_the_end().await.starts_with("HTTP/1.1 200 ") {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, again).await.expect("there is a place again");
}

#[tokio::test]
async fn a_reader_who_talks_loses_the_stream() {
    let app = TestApp::start();
    let served = start(&app).await;
    let mut talk = served.connect().await;
    talk.say(&served.stream_request("HTTP/1.1")).await;
    talk.hear("event: hello\n").await;
    // The server may close before all of it is said, which shows as an error here.
    let _ = talk.socket.write_all(&[b'a'; 64 * 1024]).await;
    let mut heard = [0; 4096];
    while let Ok(1..) = tokio::time::timeout(PATIENCE, talk.socket.read(&mut heard)).await.unwrap() {}
}

#[tokio::test]
async fn a_request_that_has_arrived_is_answered_before_the_stop() {
    let app = TestApp::start();
    let served = start(&app).await;
    let mut talk = served.connect().await;
    let (port, token) = (served.port, &served.token);
    let body = json!({"text": "one more thing"}).to_string();
    talk.say(&format!(
        "POST /api/chat/messages HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\
         Idempotency-Key: key-of-mine-1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Expect: 100-continue\r\n\r\n",
        body.len()
    ))
    .await;
    talk.hear("100 Continue\r\n\r\n").await;
    served.stop.send(()).unwrap();
    talk.say(&body).await;
    let answer = talk.hear_the_end().await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    served.ended.await.unwrap();
}
