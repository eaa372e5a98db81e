//! Those who ask: each has a connection, and repeats a command with the same key until it knows the answer.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use outer::http::{Answer, As, Connection, Events, Request};
use tokio::sync::watch;

use crate::journal::{Journal, Kind};

/// How long to wait before a server that could not answer is asked again.
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(50);

/// What everyone who asks shares.
#[derive(Debug)]
pub struct Load {
    /// Where the server listens; nothing while it is down.
    pub server: watch::Receiver<Option<SocketAddr>>,
    /// Set when everyone should come to an end.
    pub stopping: watch::Receiver<bool>,
    /// What was asked and answered.
    pub journal: Journal,
    addresses: AtomicU32,
}

impl Load {
    /// A load on whatever server is announced.
    pub fn new(server: watch::Receiver<Option<SocketAddr>>, stopping: watch::Receiver<bool>) -> Self {
        Self { server, stopping, journal: Journal::default(), addresses: AtomicU32::new(0) }
    }

    /// Says whether to come to an end.
    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Waits until everyone should come to an end.
    pub async fn stopped(&self) {
        // The sender goes only when the test is over.
        drop(self.stopping.clone().wait_for(|stopping| *stopping).await);
    }

    /// Returns an address of loopback that nobody else asks from, so that limits by address count few.
    pub fn fresh_address(&self) -> IpAddr {
        let number = self.addresses.fetch_add(1, Ordering::Relaxed);
        let [_, high, middle, low] = (number % 0x00ff_0000 + 0x0001_0002).to_be_bytes();
        Ipv4Addr::new(127, high, middle, low).into()
    }
}

/// Someone who asks.
#[derive(Debug)]
pub struct Caller {
    /// What everyone shares.
    pub load: Arc<Load>,
    from: IpAddr,
    connection: Option<Connection>,
}

impl Caller {
    /// Someone at an address of their own.
    pub fn new(load: Arc<Load>) -> Self {
        let from = load.fresh_address();
        Self { load, from, connection: None }
    }

    /// Gives a command, as often as it takes to know what became of it, always with the same key.
    ///
    /// Whatever was done is in the journal before this returns.
    pub async fn command(&mut self, kind: Kind, request: Request) -> Answer {
        let load = self.load.clone();
        let _in_flight = load.journal.begin();
        let (answer, repeated) = self.ask(&request).await;
        if answer.is_done() {
            load.journal.acknowledged(kind, request, &answer, repeated);
        } else {
            load.journal.refused(kind, &answer);
        }
        answer
    }

    /// Asks as often as it takes to get an answer; also says whether an attempt was lost on the way.
    pub async fn ask(&mut self, request: &Request) -> (Answer, bool) {
        let mut repeated = false;
        loop {
            match self.ask_once(request).await {
                Ok(answer) if matches!(answer.status, 429 | 503) => {}
                Ok(answer) => return (answer, repeated),
                Err(_) => {
                    repeated = true;
                    self.connection = None;
                }
            }
            // The server may be down, and the news of it still be on its way here.
            let mut server = self.load.server.clone();
            drop(tokio::time::timeout(ASK_AGAIN_AFTER, server.changed()).await);
        }
    }

    /// Opens a stream of events.
    pub async fn stream(&self, path: String, by: As) -> std::io::Result<Events> {
        Connection::open(self.server().await, self.from).await?.stream(&Request::get(path, by)).await
    }

    async fn ask_once(&mut self, request: &Request) -> std::io::Result<Answer> {
        let server = self.server().await;
        let mut connection = match self.connection.take().filter(|connection| connection.host() == server) {
            Some(connection) => connection,
            None => Connection::open(server, self.from).await?,
        };
        let answer = connection.ask(request).await?;
        self.connection = Some(connection);
        Ok(answer)
    }

    /// Waits until the server is up, and returns where.
    async fn server(&self) -> SocketAddr {
        let mut server = self.load.server.clone();
        let up = server.wait_for(Option::is_some).await;
        up.ok().and_then(|up| *up).expect("the test ends after everyone who asks")
    }
}
