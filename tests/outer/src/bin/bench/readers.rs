//! Those who listen to streams, thousands of them on one thread, and those who publish; the same for both sides.

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::machine::now;

/// How many streams are being opened at the same time.
const OPENED_AT_ONCE: usize = 128;

/// How many publish at the same time.
pub const PUBLISHERS: usize = 8;

/// After so much time without any news something is broken.
const NEWS_WITHIN: Duration = Duration::from_secs(30);

/// Every event begins so, and nothing else does: line breaks come only from the stream's own form.
const EVENT: &[u8] = b"\nid: ";

/// Every heartbeat has this line.
const HEARTBEAT: &[u8] = b"\nevent: heartbeat";

/// What came over all streams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Events.
    pub events: u64,
    /// Heartbeats.
    pub heartbeats: u64,
    /// Bytes, with everything around the events.
    pub bytes: u64,
}

/// One who listens.
struct Reader {
    stream: TcpStream,
    /// What is to be sent once it is connected.
    request: Option<String>,
    is_open: bool,
    event: Matcher,
    heartbeat: Matcher,
}

/// How much of a pattern the last bytes were. The pattern's first byte comes in it only once.
#[derive(Clone, Copy)]
struct Matcher {
    pattern: &'static [u8],
    matched: usize,
}

impl Matcher {
    const fn of(pattern: &'static [u8]) -> Self {
        Self { pattern, matched: 0 }
    }

    /// Takes in a byte, and says whether it completes the pattern.
    const fn is_complete_with(&mut self, byte: u8) -> bool {
        if byte == self.pattern[self.matched] {
            self.matched += 1;
        } else {
            self.matched = (byte == self.pattern[0]) as usize;
        }
        let complete = self.matched == self.pattern.len();
        if complete {
            self.matched = 0;
        }
        complete
    }
}

/// One who publishes, over one connection.
struct Publisher {
    stream: TcpStream,
    is_busy: bool,
    answer: Vec<u8>,
}

/// Everyone on one server.
pub struct Readers {
    server: SocketAddr,
    poll: Poll,
    news: Events,
    readers: Vec<Reader>,
    publishers: Vec<Publisher>,
    counted: Counted,
    opened: usize,
    buffer: Vec<u8>,
}

/// What is published.
pub struct Publication<'a> {
    /// How often something is published.
    pub times: u64,
    /// How many streams get each.
    pub each_to: u64,
    /// How many may be under way at the same time.
    pub window: u64,
    /// Makes the request: the publisher's number, and how often all of them have published.
    pub request: &'a dyn Fn(usize, u64) -> String,
}

impl Readers {
    /// Opens so many streams.
    pub fn open(server: SocketAddr, count: usize, request: impl Fn(usize) -> String) -> anyhow::Result<Self> {
        let mut all = Self {
            server,
            poll: Poll::new()?,
            news: Events::with_capacity(1024),
            readers: Vec::with_capacity(count),
            publishers: Vec::new(),
            counted: Counted::default(),
            opened: 0,
            buffer: vec![0; 64 * 1024],
        };
        while all.opened < count {
            while all.readers.len() < count && all.readers.len() - all.opened < OPENED_AT_ONCE {
                all.connect(request(all.readers.len()))?;
            }
            all.hear()?;
        }
        Ok(all)
    }

    /// Returns what came so far.
    pub const fn counted(&self) -> Counted {
        self.counted
    }

    /// Publishes, and returns how long it took until everyone had everything.
    pub fn publish(&mut self, publication: &Publication<'_>) -> anyhow::Result<Duration> {
        let Publication { times, each_to, window, request } = publication;
        self.connect_publishers()?;
        let before = self.counted.events;
        let began = now();
        let mut published = 0;
        loop {
            let delivered = self.counted.events - before;
            if delivered == times * each_to && self.publishers.iter().all(|publisher| !publisher.is_busy) {
                return Ok(began.elapsed());
            }
            ensure!(delivered <= times * each_to, "more came than was published");
            for (number, publisher) in self.publishers.iter_mut().enumerate() {
                if published < *times && published < delivered / each_to + window && !publisher.is_busy {
                    publisher.send(&request(number, published))?;
                    published += 1;
                }
            }
            self.hear().with_context(|| format!("{delivered} of {} came", times * each_to))?;
        }
    }

    /// Listens until so many heartbeats have come in all.
    pub fn wait_for_heartbeats(&mut self, count: u64) -> anyhow::Result<()> {
        while self.counted.heartbeats < count {
            self.hear()?;
        }
        Ok(())
    }

    /// Connects those who publish anew: servers end connections over which nothing came for a while.
    fn connect_publishers(&mut self) -> anyhow::Result<()> {
        self.publishers.clear();
        for number in 0..PUBLISHERS {
            let stream = std::net::TcpStream::connect(self.server)?;
            stream.set_nonblocking(true)?;
            stream.set_nodelay(true)?;
            let mut stream = TcpStream::from_std(stream);
            let token = Token(self.readers.len() + number);
            self.poll.registry().register(&mut stream, token, Interest::READABLE)?;
            self.publishers.push(Publisher { stream, is_busy: false, answer: Vec::new() });
        }
        Ok(())
    }

    fn connect(&mut self, request: String) -> anyhow::Result<()> {
        let mut stream = TcpStream::connect(self.server)?;
        let token = Token(self.readers.len());
        self.poll.registry().register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        let (event, heartbeat) = (Matcher::of(EVENT), Matcher::of(HEARTBEAT));
        self.readers.push(Reader { stream, request: Some(request), is_open: false, event, heartbeat });
        Ok(())
    }

    /// Waits for news on any connection and takes them in.
    fn hear(&mut self) -> anyhow::Result<()> {
        let mut news = std::mem::replace(&mut self.news, Events::with_capacity(0));
        match self.poll.poll(&mut news, Some(NEWS_WITHIN)) {
            Ok(()) if news.is_empty() => bail!("nothing came for {} s", NEWS_WITHIN.as_secs()),
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
        for event in &news {
            let Token(token) = event.token();
            let Some(reader) = self.readers.get_mut(token) else {
                self.publishers[token - self.readers.len()].hear(&mut self.buffer)?;
                continue;
            };
            if event.is_writable() {
                reader.begin()?;
            }
            if event.is_readable() {
                let opened = reader.hear(&mut self.buffer, &mut self.counted)?;
                self.opened += usize::from(opened);
            }
        }
        self.news = news;
        Ok(())
    }
}

impl Reader {
    /// Asks for the stream, once it is connected.
    fn begin(&mut self) -> anyhow::Result<()> {
        let Some(request) = self.request.take() else { return Ok(()) };
        self.stream.write_all(request.as_bytes()).context("a stream could not be asked for")
    }

    /// Takes in what came, and says whether the stream is open only now.
    fn hear(&mut self, buffer: &mut [u8], counted: &mut Counted) -> anyhow::Result<bool> {
        let was_open = self.is_open;
        loop {
            let read = match self.stream.read(buffer) {
                Ok(0) => bail!("a stream was ended"),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error).context("a stream broke"),
            };
            let came = &buffer[..read];
            if !self.is_open {
                let head = String::from_utf8_lossy(came);
                ensure!(head.starts_with("HTTP/1.1 200"), "a stream was refused: {head}");
                self.is_open = true;
            }
            counted.bytes += read as u64;
            for byte in came {
                counted.events += u64::from(self.event.is_complete_with(*byte));
                counted.heartbeats += u64::from(self.heartbeat.is_complete_with(*byte));
            }
            if read < buffer.len() {
                break;
            }
        }
        Ok(self.is_open && !was_open)
    }
}

impl Publisher {
    fn send(&mut self, request: &str) -> anyhow::Result<()> {
        self.is_busy = true;
        self.stream.write_all(request.as_bytes()).context("nothing could be published")
    }

    /// Takes in what came of the answer.
    fn hear(&mut self, buffer: &mut [u8]) -> anyhow::Result<()> {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => bail!("a publisher's connection was ended"),
                Ok(read) => self.answer.extend_from_slice(&buffer[..read]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error).context("a publisher's connection broke"),
            }
        }
        let text = String::from_utf8_lossy(&self.answer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { return Ok(()) };
        ensure!(head.starts_with("HTTP/1.1 2"), "nothing could be published: {text}");
        let head = head.to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.map_or(Ok(0), |length| length.trim().parse())?;
        let is_whole = match head.contains("transfer-encoding: chunked") {
            true => body.ends_with("0\r\n\r\n"),
            false => body.len() >= length,
        };
        if is_whole {
            self.answer.clear();
            self.is_busy = false;
        }
        Ok(())
    }
}
