//! A mail server on loopback, as small as one can be: it speaks SMTP (RFC 5321) and hands over what it takes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use baton::config::{MailServer, SmtpTls};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::app::PATIENCE;

/// A letter that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// From whom, as the envelope says.
    pub from: String,
    /// To whom, as the envelope says.
    pub to: Vec<String>,
    /// Its headers and what follows them.
    pub text: String,
}

impl Taken {
    /// Returns a header's value.
    pub fn header(&self, name: &str) -> &str {
        let start = format!("{name}: ");
        self.text.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_default()
    }
}

/// A mail server that refuses with these replies in turn before it takes anything.
pub struct PostOffice {
    port: u16,
    taken: mpsc::UnboundedReceiver<Taken>,
    refusals: Arc<Mutex<VecDeque<&'static str>>>,
}

impl PostOffice {
    pub async fn open(refusals: impl IntoIterator<Item = &'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (take, taken) = mpsc::unbounded_channel();
        let refusals = Arc::new(Mutex::new(refusals.into_iter().collect()));
        let shared = refusals.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone(), take.clone()));
            }
        });
        Self { port, taken, refusals }
    }

    /// Returns how a server is configured that sends here.
    pub fn server(&self) -> MailServer {
        MailServer {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            tls: SmtpTls::None,
            sign_in: None,
            from: "Baton <baton@shop.example>".parse().unwrap(),
        }
    }

    /// Returns the letter that is taken next.
    pub async fn next(&mut self) -> Taken {
        tokio::time::timeout(PATIENCE, self.taken.recv()).await.expect("a letter comes").unwrap()
    }

    /// Says whether nothing was taken that was not returned.
    pub fn is_empty(&mut self) -> bool {
        self.taken.try_recv().is_err()
    }

    /// Returns how many refusals are left.
    pub fn refusals_left(&self) -> usize {
        self.refusals.lock().unwrap().len()
    }
}

async fn serve(
    stream: TcpStream,
    refusals: Arc<Mutex<VecDeque<&'static str>>>,
    take: mpsc::UnboundedSender<Taken>,
) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 shop.example\r\n").await?;
    let (mut from, mut to) = (String::new(), Vec::new());
    while let Some(line) = lines.next_line().await? {
        let path = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let reply = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => "250-shop.example\r\n250-8BITMIME\r\n250 SMTPUTF8",
            "MAIL" => {
                (from, to) = (path(), Vec::new());
                "250 ok"
            }
            "RCPT" => {
                let refused = refusals.lock().unwrap().pop_front();
                if refused.is_none() {
                    to.push(path());
                }
                refused.unwrap_or("250 ok")
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut text = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    text.push_str(line.strip_prefix('.').unwrap_or(&line));
                    text.push('\n');
                }
                take.send(Taken { from: from.clone(), to: to.clone(), text }).unwrap();
                "250 taken"
            }
            "QUIT" => {
                return write.write_all(b"221 bye\r\n").await;
            }
            _ => "250 ok",
        };
        write.write_all(format!("{reply}\r\n").as_bytes()).await?;
    }
    Ok(())
}
