//! HTTP/1.1 and server-sent events, as far as the server's own pages use them.
//!
//! It is written by hand so that what is tested is the server and nothing else: no pool, no retry, no redirect.

use std::io;
use std::net::{IpAddr, SocketAddr};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum As {
    /// Nobody known.
    Nobody,
    /// A person, by the session cookie, from a page of the server's own.
    Person(String),
    /// A customer, by their token.
    Customer(String),
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: &'static str,
    /// The path, with the query.
    pub path: String,
    /// Who asks.
    pub by: As,
    /// The idempotency key.
    pub key: Option<String>,
    /// The body, as JSON.
    pub body: Option<Value>,
}

impl Request {
    /// Asks for something.
    pub fn get(path: impl Into<String>, by: As) -> Self {
        Self { method: "GET", path: path.into(), by, key: None, body: None }
    }

    /// Asks for a change that is naturally repeatable.
    pub fn change(method: &'static str, path: impl Into<String>, by: As, body: Value) -> Self {
        Self { method, path: path.into(), by, key: None, body: Some(body) }
    }

    /// Gives the request an idempotency key.
    pub fn keyed(self, key: impl Into<String>) -> Self {
        Self { key: Some(key.into()), ..self }
    }

    /// Returns the request as it goes over the wire.
    pub fn text(&self, host: SocketAddr) -> String {
        let Self { method, path, by, key, body } = self;
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: same-origin\r\n");
        match by {
            As::Nobody => {}
            As::Person(cookie) => text.push_str(&format!("Cookie: {cookie}\r\n")),
            As::Customer(token) => text.push_str(&format!("Authorization: Bearer {token}\r\n")),
        }
        if let Some(key) = key {
            text.push_str(&format!("Idempotency-Key: {key}\r\n"));
        }
        match body {
            Some(body) => {
                let body = body.to_string();
                let length = body.len();
                text.push_str(&format!(
                    "Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
                ));
            }
            None => text.push_str("\r\n"),
        }
        text
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The cookie that is set, without its attributes.
    pub cookie: Option<String>,
    /// The body, as JSON; `null` if there is none.
    pub body: Value,
}

impl Answer {
    /// Says whether what was asked for was done.
    pub const fn is_done(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// Returns the code of a refusal.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or("")
    }
}

/// The head of an answer.
#[derive(Debug, Default)]
struct Head {
    status: u16,
    length: usize,
    chunked: bool,
    cookie: Option<String>,
}

/// A connection for one request after another.
#[derive(Debug)]
pub struct Connection {
    stream: BufReader<TcpStream>,
    host: SocketAddr,
}

impl Connection {
    /// Connects from an address of this machine.
    pub async fn open(to: SocketAddr, from: IpAddr) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(from, 0))?;
        let stream = socket.connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), host: to })
    }

    /// Returns what it is connected with.
    pub const fn host(&self) -> SocketAddr {
        self.host
    }

    /// Sends a request and waits for its answer.
    pub async fn ask(&mut self, request: &Request) -> io::Result<Answer> {
        self.stream.write_all(request.text(self.host).as_bytes()).await?;
        let head = self.head().await?;
        let body = if head.chunked { self.chunks().await? } else { self.bytes(head.length).await? };
        let body =
            if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).map_err(broken)? };
        Ok(Answer { status: head.status, cookie: head.cookie, body })
    }

    /// Opens a stream of events; an answer other than 200 is an error.
    pub async fn stream(mut self, request: &Request) -> io::Result<Events> {
        self.stream.write_all(request.text(self.host).as_bytes()).await?;
        let head = self.head().await?;
        if head.status != 200 || !head.chunked {
            return Err(broken(format!("a stream was answered with {}", head.status)));
        }
        let raw = self.stream.buffer().to_vec();
        let mut events =
            Events { stream: self.stream.into_inner(), raw, text: Vec::new(), left: 0, ended: false };
        events.unpack()?;
        Ok(events)
    }

    async fn head(&mut self) -> io::Result<Head> {
        let status = self.line().await?;
        let status = status.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut head = Head { status: status.ok_or_else(|| broken("no status"))?, ..Head::default() };
        loop {
            let line = self.line().await?;
            if line.is_empty() {
                return Ok(head);
            }
            let (name, value) = line.split_once(':').ok_or_else(|| broken("no header"))?;
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => head.length = value.parse().map_err(broken)?,
                "transfer-encoding" => head.chunked = value == "chunked",
                "set-cookie" => head.cookie = value.split(';').next().map(str::to_owned),
                _ => {}
            }
        }
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }

    async fn bytes(&mut self, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).await?;
        Ok(bytes)
    }

    async fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let length = usize::from_str_radix(&self.line().await?, 16).map_err(broken)?;
            body.extend(self.bytes(length).await?);
            self.line().await?;
            if length == 0 {
                return Ok(body);
            }
        }
    }
}

/// An event of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerEvent {
    /// Its name.
    pub name: String,
    /// Its id, where it has one.
    pub id: Option<String>,
    /// Its data.
    pub data: String,
}

/// A stream of events.
#[derive(Debug)]
pub struct Events {
    stream: TcpStream,
    /// What came and is not yet taken out of its chunks.
    raw: Vec<u8>,
    /// What came, without the chunks' lengths.
    text: Vec<u8>,
    /// How much of a chunk, with the line break at its end, is still to come.
    left: usize,
    ended: bool,
}

impl Events {
    /// Waits for the next event; nothing at the end of the stream. What came is kept if the wait is given up.
    pub async fn next(&mut self) -> io::Result<Option<ServerEvent>> {
        loop {
            if let Some(event) = self.take() {
                return Ok(Some(event));
            }
            if self.ended || self.stream.read_buf(&mut self.raw).await? == 0 {
                return Ok(None);
            }
            self.unpack()?;
        }
    }

    /// Takes the chunks out of what came.
    fn unpack(&mut self) -> io::Result<()> {
        let mut rest = self.raw.as_slice();
        loop {
            if self.left == 0 {
                let Some(end) = rest.windows(2).position(|pair| pair == b"\r\n") else { break };
                let length = str::from_utf8(&rest[..end]).map_err(broken)?;
                let length = usize::from_str_radix(length, 16).map_err(broken)?;
                rest = &rest[end + 2..];
                self.ended |= length == 0;
                self.left = length + 2;
            }
            // The line break after a chunk is left to the rest, where it is skipped.
            let data = rest.len().min(self.left.saturating_sub(2));
            self.text.extend_from_slice(&rest[..data]);
            rest = &rest[data..];
            self.left -= data;
            if self.left > 2 || rest.len() < 2 {
                break;
            }
            rest = &rest[2..];
            self.left = 0;
        }
        self.raw = rest.to_vec();
        Ok(())
    }

    /// Takes a whole event out of what came.
    fn take(&mut self) -> Option<ServerEvent> {
        let end = self.text.windows(2).position(|pair| pair == b"\n\n")?;
        let text: Vec<u8> = self.text.drain(..end + 2).collect();
        let mut event = ServerEvent::default();
        for line in String::from_utf8_lossy(&text).lines() {
            match line.split_once(": ") {
                Some(("event", name)) => event.name = name.to_owned(),
                Some(("id", id)) => event.id = Some(id.to_owned()),
                Some(("data", data)) => event.data = data.to_owned(),
                Some(_) | None => {}
            }
        }
        Some(event)
    }
}

fn broken(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
