//! The real server as a process of its own.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, bail};

/// What the server says before its address, once it listens.
const LISTENING: &str = "Baton is listening on http://";

/// How long a server may take to listen: on an empty folder a demo is made first.
const START_WITHIN: Duration = Duration::from_secs(60);

/// How long a server may take to stop after it was told to.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// Returns an environment variable that is set and not empty.
#[expect(clippy::disallowed_methods, reason = "the one place of this package that reads the environment")]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Returns the built server: `BATON_BIN`, or what `cargo xtask build` left in the checkout.
pub fn binary() -> anyhow::Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let binary = environment("BATON_BIN").map_or_else(|| root.join("target/release/baton"), PathBuf::from);
    if binary.is_file() {
        return Ok(binary);
    }
    bail!("there is no server at `{}`; run `cargo xtask build`, or set BATON_BIN", binary.display())
}

/// A server that runs; it is killed when this is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts `command`, which runs `baton serve`, on a free port of loopback, and waits until it listens.
    ///
    /// What it logs goes to the end of the file `log`.
    pub fn start(mut command: Command, data: &Path, log: &Path) -> anyhow::Result<Self> {
        let log = File::options().create(true).append(true).open(log).context("the log cannot be written")?;
        command
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--metrics-listen",
                "127.0.0.1:0",
                "--log",
                "warn",
                "--data",
            ])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        let mut child = command.spawn().with_context(|| format!("`{command:?}` could not be started"))?;
        let output = child.stdout.take().context("the output was piped above")?;
        let (told, address) = mpsc::channel();
        std::thread::spawn(move || {
            // The output is read to its end, so that the server can always write.
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(address) = line.strip_prefix(LISTENING) {
                    drop(told.send(address.parse::<SocketAddr>()));
                }
            }
        });
        let address = match address.recv_timeout(START_WITHIN) {
            Ok(address) => address.context("the server said an address that is none")?,
            Err(_) => {
                drop(child.kill());
                let ended = child.wait()?;
                bail!("the server did not listen within {} s: {ended}", START_WITHIN.as_secs());
            }
        };
        Ok(Self { child, address })
    }

    /// Returns the process's number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Kills the process with SIGKILL and waits until it is gone.
    pub fn kill(mut self) -> anyhow::Result<()> {
        if let Some(ended) = self.child.try_wait()? {
            bail!("the server had ended by itself: {ended}");
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks the process to stop with SIGTERM and waits until it did.
    pub fn stop(mut self) -> anyhow::Result<()> {
        let pid = self.pid().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().context("`kill` could not be started")?;
        let (told, ended) = mpsc::channel();
        std::thread::scope(|scope| {
            let child = &mut self.child;
            scope.spawn(move || drop(told.send(child.wait())));
            if let Ok(ended) = ended.recv_timeout(STOP_WITHIN) {
                let ended = ended?;
                return if ended.success() { Ok(()) } else { bail!("the server stopped badly: {ended}") };
            }
            Command::new("kill").args(["-KILL", &pid]).status()?;
            bail!("the server did not stop within {} s", STOP_WITHIN.as_secs())
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
